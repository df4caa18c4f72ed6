"""What moto's server leaves out of Budgets, S3 and IAM, and the real AWS has. `install()` adds it."""

# pyright: reportPrivateUsage=false, reportUnknownParameterType=false
from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from moto.budgets.models import Budget
from moto.budgets.responses import BudgetsResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.iam.responses import IamResponse
from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response


def install() -> None:
    """Adds the calls to moto's classes; once in a process."""
    _add_budgets()
    _add_lifecycle()
    _add_audiences()
    _take_connections_for_tls()


def _add_budgets() -> None:
    """Changes of a budget, the recipients of a notification, and tags."""
    plain_create: Any = BudgetsResponse.create_budget

    def budgets(response: Any) -> dict[str, Budget]:
        return response.backend.budgets[response._get_param("AccountId") or response.current_account]

    def create_budget(response: Any) -> str:
        answer = plain_create(response)
        budget: Any = budgets(response)[response._get_param("Budget")["BudgetName"]]
        month = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        budget.budget["TimePeriod"].setdefault("Start", month.timestamp())
        budget.tags = {tag["Key"]: tag["Value"] for tag in response._get_param("ResourceTags", [])}
        return answer

    def update_budget(response: Any) -> str:
        new = response._get_param("NewBudget")
        response.backend.describe_budget(response._get_param("AccountId"), new["BudgetName"])
        kept = budgets(response)[new["BudgetName"]].budget
        kept.update(new, TimePeriod=kept["TimePeriod"] | new.get("TimePeriod", {}))
        return json.dumps({})

    def describe_subscribers(response: Any) -> str:
        wanted = response._get_param("Notification")
        found: list[Any] = budgets(response)[response._get_param("BudgetName")].notifications
        keys = ("NotificationType", "ComparisonOperator", "Threshold")
        subscribers = next(
            (each.subscribers for each in found if all(each.details[key] == wanted[key] for key in keys)), []
        )
        return json.dumps({"Subscribers": subscribers})

    def tags_of(response: Any) -> dict[str, str]:
        name = response._get_param("ResourceARN").partition(":budget/")[2]
        return getattr(budgets(response)[name], "tags", {})

    def list_tags(response: Any) -> str:
        return json.dumps({"ResourceTags": [{"Key": key, "Value": value} for key, value in tags_of(response).items()]})

    def tag(response: Any) -> str:
        tags_of(response).update({tag["Key"]: tag["Value"] for tag in response._get_param("ResourceTags")})
        return json.dumps({})

    def untag(response: Any) -> str:
        for key in response._get_param("ResourceTagKeys"):
            tags_of(response).pop(key, None)
        return json.dumps({})

    added: dict[str, Any] = {
        "create_budget": create_budget,
        "update_budget": update_budget,
        "describe_subscribers_for_notification": describe_subscribers,
        "list_tags_for_resource": list_tags,
        "tag_resource": tag,
        "untag_resource": untag,
    }
    for name, call in added.items():
        setattr(BudgetsResponse, name, call)


def _add_lifecycle() -> None:
    """How many newer versions a rule keeps when it lets older ones expire."""
    plain_set: Any = FakeBucket.set_lifecycle
    plain_get: Any = S3Response.get_bucket_lifecycle

    def set_lifecycle(bucket: Any, rules: list[dict[str, Any]]) -> None:
        plain_set(bucket, rules)
        for kept, rule in zip(bucket.rules, rules, strict=True):
            kept.newer_versions = (rule.get("NoncurrentVersionExpiration") or {}).get("NewerNoncurrentVersions")

    def get_lifecycle(response: Any) -> Any:
        bucket = response.backend.get_bucket(response.bucket_name)

        def serialized(answer: Any) -> Any:
            rules = answer.result["Rules"] if isinstance(answer.result, dict) else []  # else it is an error
            for rule, kept in zip(rules, bucket.rules, strict=True):
                if kept.newer_versions:
                    rule["NoncurrentVersionExpiration"]["NewerNoncurrentVersions"] = kept.newer_versions
            return S3Response.serialized(response, answer)

        response.serialized = serialized  # of this request alone
        return plain_get(response)

    patched: Any = FakeBucket
    patched.set_lifecycle = set_lifecycle
    patched = S3Response
    patched.get_bucket_lifecycle = get_lifecycle


def _add_audiences() -> None:
    """An identity provider's audiences, added and removed one by one."""

    def clients(response: Any) -> list[str]:
        provider = response.backend.get_open_id_connect_provider(response._get_param("OpenIDConnectProviderArn"))
        return provider.client_id_list

    def add(response: Any) -> ActionResult:
        found = clients(response)
        if response._get_param("ClientID") not in found:
            found.append(response._get_param("ClientID"))
        return EmptyResult()

    def remove(response: Any) -> ActionResult:
        found = clients(response)
        if response._get_param("ClientID") in found:
            found.remove(response._get_param("ClientID"))
        return EmptyResult()

    patched: Any = IamResponse
    patched.add_client_id_to_open_id_connect_provider = add
    patched.remove_client_id_from_open_id_connect_provider = remove


def _take_connections_for_tls() -> None:
    """Leaves out a bucket policy's statements about TLS: on this machine's own address there is none.

    moto knows no conditions, so it would take a denial without TLS for a denial of everything.
    """
    plain: Any = FakeBucket.get_permission
    about_tls = {"aws:SecureTransport", "s3:TlsVersion"}

    def get_permission(bucket: Any, action: str, resource: str) -> Any:
        policy = bucket.policy
        if policy is None:
            return plain(bucket, action, resource)
        document = json.loads(policy)
        document["Statement"] = [
            statement
            for statement in document["Statement"]
            if not {key for keys in statement.get("Condition", {}).values() for key in keys} & about_tls
        ]
        view: Any = FakeBucket.__new__(FakeBucket)
        view.policy = json.dumps(document).encode() if document["Statement"] else None
        return plain(view, action, resource)

    patched: Any = FakeBucket
    patched.get_permission = get_permission
