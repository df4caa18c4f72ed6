"""What GitHub's workflows can do on AWS: they assume a role for an hour with GitHub's token; no key is stored."""

from collections.abc import Mapping, Sequence

from constructs_lib.aws_policy import Statement, policy_document
from constructs_lib.naming import named

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.iam_openid_connect_provider import IamOpenidConnectProvider
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from constructs import Construct

from settings.state_settings import LOCK_SUFFIX, STATE_FILE

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"
SESSION_SECONDS = 3600
STATE, LOCK = STATE_FILE, f"{STATE_FILE}{LOCK_SUFFIX}"


class GitHubRoles(Construct):
    """GitHub as an identity provider, and two roles on the states: one that reads, one that deploys.

    Attributes:
        plan: the role that can read states and lock them.
        deploy: the role that can write states; only jobs of the protected GitHub environment can assume it.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        project: str,
        own_stack: str,
        bucket_arn: str,
        repositories: Sequence[str],
        environment: str,
        tags: Mapping[str, str],
    ) -> None:
        """
        Args:
            scope: the stack.
            id: unique in the scope.
            project: the prefix of the roles' names and the states' keys.
            own_stack: the stack of these roles. They can't write its state: only an owner deploys it.
            bucket_arn: the state bucket's ARN.
            repositories: the GitHub repositories that can assume the roles, each as `owner/name`.
            environment: the GitHub environment whose jobs can deploy.
            tags: project and stack.
        """
        super().__init__(scope, id)
        self._bucket_arn, self._project, self._own_stack = bucket_arn, project, own_stack
        self._tags = dict(tags)
        self._provider = named(
            IamOpenidConnectProvider(
                self,
                "github",
                url=f"https://{ISSUER}",
                client_id_list=[AUDIENCE],
                tags=self._tags,
                # An account has one, which others may use too: it keeps their audiences, and is never destroyed.
                lifecycle=TerraformResourceLifecycle(
                    ignore_changes=["client_id_list", "thumbprint_list"], prevent_destroy=True
                ),
            ),
            "github",
        )
        # A fork's pull request gets no token, so `pull_request` means one from the repository itself.
        inside = [f"repo:{name}:{context}" for name in repositories for context in ("pull_request", "ref:*")]
        protected = [f"repo:{name}:environment:{environment}" for name in repositories]
        self.plan = self._role(
            "plan", "Terraform plans: reads states, holds their locks", inside, *self._reading(), *self._locking()
        )
        self.deploy = self._role(
            "deploy",
            "Terraform deploys: writes states",
            protected,
            *self._reading(),
            Statement(sid="WriteStates", actions=["s3:PutObject"], resources=[self._objects("*", STATE)]),
            *self._locking(),
        )

    def _reading(self) -> list[Statement]:
        return [
            Statement(
                sid="SeeBucket",
                actions=["s3:GetBucketVersioning"],  # `ops doctor` checks that versioning is on
                resources=[self._bucket_arn],
            ),
            Statement(
                sid="ListStates",
                # Whether a state was deleted is in the list of its versions.
                actions=["s3:ListBucket", "s3:ListBucketVersions"],
                resources=[self._bucket_arn],
                # Terraform also looks for workspaces, whose keys would begin with env:/.
                conditions={"StringLike": {"s3:prefix": [f"{self._project}/*", "env:/"]}},
            ),
            Statement(
                sid="ReadStates",
                actions=["s3:GetObject"],
                resources=[self._objects("*", STATE), self._objects("*", LOCK)],
            ),
        ]

    def _locking(self) -> list[Statement]:
        return [
            Statement(sid="Lock", actions=["s3:PutObject", "s3:DeleteObject"], resources=[self._objects("*", LOCK)]),
            Statement(
                sid="LeaveOwnStateToTheOwner",
                effect="Deny",
                actions=["s3:PutObject", "s3:DeleteObject"],
                resources=[self._objects(self._own_stack, "*")],
            ),
        ]

    def _objects(self, stack: str, name: str) -> str:
        return f"{self._bucket_arn}/{self._project}/{stack}/{name}"

    def _role(self, name: str, description: str, subjects: Sequence[str], *statements: Statement) -> IamRole:
        claims: dict[str, dict[str, str | Sequence[str]]] = {"StringEquals": {f"{ISSUER}:aud": AUDIENCE}}
        operator = "StringLike" if any("*" in subject for subject in subjects) else "StringEquals"
        claims.setdefault(operator, {})[f"{ISSUER}:sub"] = list(subjects)
        trust = Statement(
            sid="GitHub",
            actions=["sts:AssumeRoleWithWebIdentity"],
            principals={"Federated": self._provider.arn},
            conditions=claims,
        )
        role = named(
            IamRole(
                self,
                name,
                name=f"{self._project}-{name}",
                description=description,
                assume_role_policy=policy_document(trust),
                max_session_duration=SESSION_SECONDS,
                tags=self._tags,
            ),
            name,
        )
        named(
            IamRolePolicy(self, f"{name}_policy", name="states", role=role.id, policy=policy_document(*statements)),
            name,
        )
        return role
