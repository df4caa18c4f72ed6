"""The AWS provider's budget, with the notifications that belong to it. An id is `<account>:<name>`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sandbox.providers.aws_resource import AwsResource, Clients, gone_tags, tag_attributes, tag_list
from sandbox.providers.documents import Document
from sandbox.providers.plan_rules import PlanRules
from sandbox.providers.provider import Problem
from sandbox.providers.values import Value, known

MOMENT = "%Y-%m-%d_%H:%M"
NOTIFICATION = {
    "comparison_operator": "ComparisonOperator",
    "notification_type": "NotificationType",
    "threshold": "Threshold",
    "threshold_type": "ThresholdType",
}
COST_TYPES = (
    *("credit", "discount", "other_subscription", "recurring", "refund", "subscription", "support", "tax", "upfront"),
)

UNKNOWN_BLOCKS = ("auto_adjust_data", "cost_filter", "cost_types", "planned_limit")


def _look(aws: Clients, state: Value) -> Document:
    account, _, name = state["id"].partition(":")
    where = {"AccountId": account, "BudgetName": name}
    budget = aws.budgets.describe_budget(**where)["Budget"]
    notifications = aws.budgets.describe_notifications_for_budget(**where).get("Notifications", [])
    arn = f"arn:aws:budgets::{account}:budget/{name}"
    return {
        "id": state["id"],
        "account_id": account,
        "arn": arn,
        "budget_type": budget["BudgetType"],
        "cost_types": [_cost_types(budget["CostTypes"])],
        "limit_amount": budget["BudgetLimit"]["Amount"],
        "limit_unit": budget["BudgetLimit"]["Unit"],
        "name": name,
        "name_prefix": "",
        "notification": [_notification(aws, where, found) for found in notifications],
        "time_period_end": budget["TimePeriod"]["End"].astimezone(UTC).strftime(MOMENT),
        "time_period_start": budget["TimePeriod"]["Start"].astimezone(UTC).strftime(MOMENT),
        "time_unit": budget["TimeUnit"],
        **tag_attributes(aws.budgets.list_tags_for_resource(ResourceARN=arn).get("ResourceTags", [])),
    }


def _cost_types(found: Document) -> Document:
    included = {f"include_{name}": found[f"Include{name.title().replace('_', '')}"] for name in COST_TYPES}
    return {**included, "use_amortized": found["UseAmortized"], "use_blended": found["UseBlended"]}


def _notification(aws: Clients, where: dict[str, str], found: Document) -> Document:
    answer = aws.budgets.describe_subscribers_for_notification(**where, Notification=found)
    by_kind: dict[str, list[str]] = {"EMAIL": [], "SNS": []}
    for subscriber in answer["Subscribers"]:
        by_kind[subscriber["SubscriptionType"]].append(subscriber["Address"])
    return {
        **{attribute: found[key] for attribute, key in NOTIFICATION.items()},
        "subscriber_email_addresses": by_kind["EMAIL"],
        "subscriber_sns_topic_arns": by_kind["SNS"],
    }


def _put(aws: Clients, prior: Value, planned: Value) -> str:
    if any(planned[block] and not (prior and prior[block] == planned[block]) for block in UNKNOWN_BLOCKS):
        detail = f"The stand-in provider knows none of: {', '.join(UNKNOWN_BLOCKS)}."
        raise Problem("this kind of budget is not emulated by the stand-in provider", detail)
    account = planned["account_id"] or aws.account
    name = planned["name"]
    period = {
        key: datetime.strptime(planned[attribute], MOMENT).replace(tzinfo=UTC)
        for key, attribute in (("Start", "time_period_start"), ("End", "time_period_end"))
        if planned[attribute]
    }
    budget = {
        "BudgetName": name,
        "BudgetType": planned["budget_type"],
        "BudgetLimit": {"Amount": planned["limit_amount"], "Unit": planned["limit_unit"]},
        "TimeUnit": planned["time_unit"],
        "TimePeriod": period,
    }
    arn = f"arn:aws:budgets::{account}:budget/{name}"
    tags = tag_list(planned["tags"])
    if prior is None:
        aws.budgets.create_budget(AccountId=account, Budget=budget, ResourceTags=tags)
    else:
        aws.budgets.update_budget(AccountId=account, NewBudget=budget)
        if tags:
            aws.budgets.tag_resource(ResourceARN=arn, ResourceTags=tags)
        if keys := gone_tags(prior, planned):
            aws.budgets.untag_resource(ResourceARN=arn, ResourceTagKeys=keys)
    _put_notifications(aws, {"AccountId": account, "BudgetName": name}, prior, planned)
    return f"{account}:{name}"


def _put_notifications(aws: Clients, where: dict[str, str], prior: Value, planned: Value) -> None:
    old = (prior and prior["notification"]) or []
    for notification in old:
        aws.budgets.delete_notification(**where, Notification=_sent(notification))
    for notification in planned["notification"]:
        addresses = {
            "EMAIL": notification["subscriber_email_addresses"] or [],
            "SNS": notification["subscriber_sns_topic_arns"] or [],
        }
        subscribers = [
            {"SubscriptionType": kind, "Address": address} for kind, found in addresses.items() for address in found
        ]
        aws.budgets.create_notification(**where, Notification=_sent(notification), Subscribers=subscribers)


def _sent(notification: Value) -> dict[str, Any]:
    return known({key: notification[attribute] for attribute, key in NOTIFICATION.items()})


def _drop(aws: Clients, state: Value) -> None:
    account, _, name = state["id"].partition(":")
    aws.budgets.delete_budget(AccountId=account, BudgetName=name)


def _same_amount(left: str, right: str) -> bool:
    try:
        return float(left) == float(right)
    except ValueError:
        return False


RESOURCES = {
    "aws_budgets_budget": AwsResource(
        "Budget",
        _look,
        _put,
        _drop,
        PlanRules(
            replace=("account_id", "name", "name_prefix"),
            defaults={"time_period_end": "2087-06-15_00:00"},
            keep=None,
            computed_blocks=("cost_filter", "cost_types"),
        ),
        same={"limit_amount": _same_amount},
    )
}
