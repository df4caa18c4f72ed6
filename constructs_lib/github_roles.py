"""What GitHub's workflows may do on AWS: for a token of GitHub's they get a role for an hour; no key is kept."""

from collections.abc import Mapping, Sequence

from constructs_lib.aws_policy import Statement, policy_document
from constructs_lib.naming import named

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.iam_openid_connect_provider import IamOpenidConnectProvider
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from constructs import Construct

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"
SESSION_SECONDS = 3600
STATE, LOCK = "terraform.tfstate", "terraform.tfstate.tflock"


class GitHubRoles(Construct):
    """GitHub as an identity provider, and two roles on the states: one that reads, one that deploys.

    Attributes:
        plan: the role that may read states, and hold their locks while it does.
        deploy: the role that may write states; only jobs of the protected GitHub environment get it.
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
            project: what the roles' names and the states' keys begin with.
            own_stack: the stack that these roles are in. They may not write its state: an owner alone deploys it.
            bucket_arn: the state bucket's ARN.
            repositories: the GitHub repositories that may take the roles, each as `owner/name`.
            environment: the GitHub environment whose jobs may deploy.
            tags: say whose they are.
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
                # There is one in an account, which others may use too: their audiences stay, and so does it.
                lifecycle=TerraformResourceLifecycle(
                    ignore_changes=["client_id_list", "thumbprint_list"], prevent_destroy=True
                ),
            ),
            "github",
        )
        # A fork's pull request gets no token of GitHub's at all, so `pull_request` means one from inside.
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
                actions=["s3:GetBucketVersioning"],  # `ops doctor` looks whether versions are kept
                resources=[self._bucket_arn],
            ),
            Statement(
                sid="ListStates",
                actions=["s3:ListBucket"],
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
