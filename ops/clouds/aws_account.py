"""Finds existing resources of the stack `state` in the AWS account, before its first deploy."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ops.clouds.aws import aws_clients
from ops.context.errors import AWS_ADVICE, OpsError
from ops.context.run_context import Context

_ABSENT = frozenset(
    {
        *("404", "NoSuchBucket", "NoSuchBucketPolicy", "NoSuchKey", "NoSuchEntity", "NotFoundException"),
        *("NoSuchLifecycleConfiguration", "NoSuchPublicAccessBlockConfiguration"),
        *("OwnershipControlsNotFoundError", "ServerSideEncryptionConfigurationNotFoundError"),
    }
)
_REFUSED = frozenset({"403", "AccessDenied", "AccessDeniedException"})
AUDIENCE = "sts.amazonaws.com"

Resources = Mapping[str, Mapping[str, Mapping[str, Any]]]


class AwsAccount:
    """The account that the run's AWS credentials belong to.

    Attributes:
        id: its 12 digits.
    """

    def __init__(self, context: Context) -> None:
        """
        Args:
            context: has the credentials, or leaves them to the AWS SDK's own lookup.

        Raises:
            OpsError: there are no valid credentials.
        """
        self._region, self._bucket = context.settings.state.region, context.settings.state.bucket
        client = aws_clients(context, self._region, total_max_attempts=3, mode="standard")
        self._s3, self._iam, self._budgets = client("s3"), client("iam"), client("budgets")
        self.id: str = _ask("the identity of these credentials", lambda: client("sts").get_caller_identity()["Account"])

    def has_bucket(self) -> bool:
        """Whether the state bucket exists, in this account.

        Raises:
            OpsError: another account has a bucket of this name, or it is in another region.
        """
        name = self._bucket
        try:
            answer = self._s3.head_bucket(Bucket=name, ExpectedBucketOwner=self.id)
        except ClientError as error:
            code = _code(error)
            if code in _ABSENT:
                return False
            if code in _REFUSED:
                raise OpsError(
                    f"bucket {name}: belongs to another AWS account, or is closed to these credentials (account "
                    f"{self.id}); choose another name in state.bucket, or use the owner's credentials"
                ) from None
            raise _explained(f"bucket {name}", error) from None
        except BotoCoreError as error:
            raise _explained(f"bucket {name}", error) from None
        region = answer["ResponseMetadata"]["HTTPHeaders"].get("x-amz-bucket-region", self._region)
        if region != self._region:
            raise OpsError(f"bucket {name}: is in {region}, and state.region is {self._region}; set state.region to it")
        return True

    def state(self, key: str) -> dict[str, Any] | None:
        """A state in the bucket; None if it doesn't exist. It may hold secrets.

        Args:
            key: its object key.

        Raises:
            OpsError: it can't be read.
        """
        answer = _find(f"s3://{self._bucket}/{key}", lambda: self._s3.get_object(Bucket=self._bucket, Key=key))
        return json.loads(answer["Body"].read()) if answer else None

    def existing(self, resources: Resources) -> dict[str, str]:
        """Which of a stack's resources already exist.

        Args:
            resources: the stack's resources by type and name, as its JSON has them.

        Returns:
            Their ids for `terraform import`, by address.

        Raises:
            OpsError: AWS refused a request, or the existing identity provider lacks the audience of AWS.
        """
        looks = self._looks()
        found: dict[str, str] = {}
        for kind, named in resources.items():
            for name, resource in named.items():
                for import_id in looks[kind](resource, resources) if kind in looks else ():
                    found[f"{kind}.{name}"] = import_id
        return found

    def _looks(self) -> dict[str, Callable[[Mapping[str, Any], Resources], Iterator[str]]]:
        """By resource type, what yields the import id of an existing resource."""

        def setting(what: str, call: Callable[..., Any], part: str) -> Callable[..., Iterator[str]]:
            def look(_resource: Mapping[str, Any], _resources: Resources) -> Iterator[str]:
                answer = _find(f"the {what} of bucket {self._bucket}", lambda: call(Bucket=self._bucket))
                if answer and part in answer:
                    yield self._bucket

            return look

        s3 = self._s3
        return {
            "aws_s3_bucket": setting("place", s3.get_bucket_location, "ResponseMetadata"),
            "aws_s3_bucket_lifecycle_configuration": setting(
                "lifecycle", s3.get_bucket_lifecycle_configuration, "Rules"
            ),
            "aws_s3_bucket_ownership_controls": setting(
                "ownership", s3.get_bucket_ownership_controls, "OwnershipControls"
            ),
            "aws_s3_bucket_policy": setting("policy", s3.get_bucket_policy, "Policy"),
            "aws_s3_bucket_public_access_block": setting(
                "public access block", s3.get_public_access_block, "PublicAccessBlockConfiguration"
            ),
            "aws_s3_bucket_server_side_encryption_configuration": setting(
                "encryption", s3.get_bucket_encryption, "ServerSideEncryptionConfiguration"
            ),
            "aws_s3_bucket_versioning": setting("versioning", s3.get_bucket_versioning, "Status"),
            "aws_iam_openid_connect_provider": self._look_for_identity_provider,
            "aws_iam_role": self._look_for_role,
            "aws_iam_role_policy": self._look_for_role_policy,
            "aws_budgets_budget": self._look_for_budget,
        }

    def _look_for_identity_provider(self, resource: Mapping[str, Any], _resources: Resources) -> Iterator[str]:
        issuer = resource["url"].removeprefix("https://")
        answer = _ask("the identity providers", self._iam.list_open_id_connect_providers)
        for arn in (each["Arn"] for each in answer["OpenIDConnectProviderList"]):
            if arn.partition(":oidc-provider/")[2] != issuer:
                continue
            provider = _ask(arn, lambda arn=arn: self._iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn))
            if AUDIENCE not in provider["ClientIDList"]:
                raise OpsError(
                    f"{arn}: already exists, and does not accept the audience {AUDIENCE}; add it: "
                    f"aws iam add-client-id-to-open-id-connect-provider --client-id {AUDIENCE} "
                    f"--open-id-connect-provider-arn {arn}"
                )
            yield arn

    def _look_for_role(self, resource: Mapping[str, Any], _resources: Resources) -> Iterator[str]:
        name = resource["name"]
        if _find(f"role {name}", lambda: self._iam.get_role(RoleName=name)):
            yield name

    def _look_for_role_policy(self, resource: Mapping[str, Any], resources: Resources) -> Iterator[str]:
        reference = re.fullmatch(r"\$\{aws_iam_role\.([\w-]+)\.\w+\}", resource["role"])
        role = resources["aws_iam_role"][reference[1]]["name"] if reference else resource["role"]
        name = resource["name"]
        if _find(f"policy {name} of {role}", lambda: self._iam.get_role_policy(RoleName=role, PolicyName=name)):
            yield f"{role}:{name}"

    def _look_for_budget(self, resource: Mapping[str, Any], _resources: Resources) -> Iterator[str]:
        name = resource["name"]
        if _find(f"budget {name}", lambda: self._budgets.describe_budget(AccountId=self.id, BudgetName=name)):
            yield f"{self.id}:{name}"


def _find(what: str, call: Callable[[], Any]) -> Any:
    """AWS's answer; None if it reports that nothing of that name exists."""
    try:
        return call()
    except ClientError as error:
        if _code(error) in _ABSENT:
            return None
        raise _explained(what, error) from None
    except BotoCoreError as error:
        raise _explained(what, error) from None


def _ask(what: str, call: Callable[[], Any]) -> Any:
    """AWS's answer to a request that always has one."""
    try:
        return call()
    except (BotoCoreError, ClientError) as error:
        raise _explained(what, error) from None


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "unknown")


def _explained(what: str, error: BotoCoreError | ClientError) -> OpsError:
    if isinstance(error, ClientError) and _code(error) in _REFUSED:
        return OpsError(f"AWS: {what}: {_code(error)}; use credentials of the account's administrator (docs/state.md)")
    text = " ".join(str(error).split())
    return OpsError(f"AWS: {what}: {text}; {AWS_ADVICE}")
