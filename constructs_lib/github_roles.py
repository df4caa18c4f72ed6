"""What GitHub's workflows can do on AWS: they assume a role for an hour with GitHub's token; no key is stored."""

from collections.abc import Mapping, Sequence

from constructs_lib.aws_policy import Statement, policy_document
from constructs_lib.naming import named

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.iam_openid_connect_provider import IamOpenidConnectProvider
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from constructs import Construct

from settings.backup_settings import BACKUP_PREFIX
from settings.state_settings import LOCK_SUFFIX, STATE_FILE, GitHubIds, ManagedStateSettings

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"
SESSION_SECONDS = 3600
MAIN = "main"
"""The branch of the infrastructure's repository that is deployed (docs/pipelines.md)."""
STATE, LOCK = STATE_FILE, f"{STATE_FILE}{LOCK_SUFFIX}"


def subjects(repository: str, ids: Mapping[str, GitHubIds], context: str) -> list[str]:
    """The subjects of a repository's tokens: with its name, and if GitHub's numbers are known, the form with both.

    Repositories that were created, renamed or transferred since 2026-07-15 send the second form, and others may be
    switched to it (GitHub docs, "OpenID Connect", section "Immutable subject claims"; changelog of 2026-04-23).

    Args:
        repository: `owner/name`.
        ids: GitHub's numbers, by repository.
        context: what runs, such as `pull_request` or `environment:production`.
    """
    found = [f"repo:{repository}:{context}"]
    if known := ids.get(repository):
        owner, _, name = repository.partition("/")
        found.append(f"repo:{owner}@{known.owner}/{name}@{known.repository}:{context}")
    return found


class GitHubRoles(Construct):
    """GitHub as an identity provider, and roles on the states, which hold passwords.

    Attributes:
        plan: can read states and lock them; for pull requests and the main branch of the infrastructure's repository.
        deploy: can write states; for jobs of the infrastructure's protected GitHub environment.
        releases: by environment, can read the states that a release of the app to it reads; for jobs of the app's
            GitHub environment of that name.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        project: str,
        own_stack: str,
        bucket_arn: str,
        app: str,
        releases: Mapping[str, Sequence[str]],
        settings: ManagedStateSettings,
        tags: Mapping[str, str],
    ) -> None:
        """
        Args:
            scope: the stack.
            id: unique in the scope.
            project: the prefix of the roles' names and the states' keys.
            own_stack: the stack of these roles. They can't write its state: only an owner deploys it.
            bucket_arn: the state bucket's ARN.
            app: the app's GitHub repository, as `owner/name`.
            releases: the environments that the app is released to, each with the stacks whose states that reads.
            settings: the table [state.manage].
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
        own, ids = settings.infrastructure_repository, settings.github_ids
        self._main = subjects(own, ids, f"ref:refs/heads/{MAIN}")
        self.plan = self._role(
            "plan",
            "Terraform plans: reads states, holds their locks",
            # A fork's pull request gets no token, so `pull_request` means one from the repository itself.
            [*subjects(own, ids, "pull_request"), *self._main],
            *self._reading(["*"]),
            *self._locking(),
        )
        self.deploy = self._role(
            "deploy",
            "Terraform deploys: writes states",
            subjects(own, ids, f"environment:{settings.github_environment}"),
            *self._reading(["*"]),
            Statement(sid="WriteStates", actions=["s3:PutObject"], resources=[self._objects("*", STATE)]),
            *self._locking(),
        )
        self.releases = {
            name: self._role(
                f"release-{name}",
                f"Releases of the app to {name}: read the states of {' and '.join(stacks)}",
                subjects(app, ids, f"environment:{name}"),
                *self._reading(stacks),
            )
            for name, stacks in releases.items()
        }

    def backup_role(self) -> IamRole:
        """Creates the role that adds and reads backups. It can't read or write states, nor delete anything.

        Workflows on the main branch of the infrastructure's repository can assume it.
        """
        prefix = f"{BACKUP_PREFIX}/{self._project}/"
        return self._role(
            "backup",
            "Backups: adds encrypted dumps and reads them",
            self._main,
            Statement(
                sid="ListBackups",
                actions=["s3:ListBucket"],
                resources=[self._bucket_arn],
                conditions={"StringLike": {"s3:prefix": [f"{prefix}*"]}},
            ),
            Statement(
                sid="AddAndReadBackups",
                actions=["s3:PutObject", "s3:GetObject"],
                resources=[f"{self._bucket_arn}/{prefix}*"],
            ),
        )

    def _reading(self, stacks: Sequence[str]) -> list[Statement]:
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
                # A lock says who holds it, and is no secret.
                resources=[*(self._objects(stack, STATE) for stack in stacks), self._objects("*", LOCK)],
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

    def _role(self, name: str, description: str, trusted: Sequence[str], *statements: Statement) -> IamRole:
        trust = Statement(
            sid="GitHub",
            actions=["sts:AssumeRoleWithWebIdentity"],
            principals={"Federated": self._provider.arn},
            conditions={"StringEquals": {f"{ISSUER}:aud": AUDIENCE, f"{ISSUER}:sub": list(trusted)}},
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
