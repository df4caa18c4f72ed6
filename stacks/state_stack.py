"""The stack `state`: the bucket of all states (its own too), GitHub's roles, and a budget."""

from constructs_lib.cost_alarm import CostAlarm
from constructs_lib.github_roles import GitHubRoles
from constructs_lib.providers import use_aws
from constructs_lib.state_bucket import ManagedStateBucket

from cdktf import TerraformOutput
from constructs import Construct

from settings import Settings
from settings.state_settings import ManagedStateSettings
from stacks.base_stack import BaseStack


class StateStack(BaseStack):
    """Independent of the other stacks: none reads its outputs, and only an owner deploys it.

    Its state is stored in the bucket that it creates, so the first deploy is `python -m ops bootstrap`.
    """

    def __init__(self, scope: Construct, id: str, *, settings: Settings, manage: ManagedStateSettings) -> None:
        """
        Args:
            scope: the app.
            id: the stack's name.
            settings: the owner's settings.
            manage: their table [state.manage].
        """
        super().__init__(scope, id, settings=settings)
        project = settings.project.name
        tags = {"project": project, "stack": id, "managed-by": "terraform"}
        use_aws(self, region=settings.state.region)
        bucket = ManagedStateBucket(
            self,
            "state_bucket",
            name=settings.state.bucket,
            states=f"{project}/",
            noncurrent_version_days=manage.noncurrent_version_days,
            expiring=settings.backup.expiring(project) if settings.backup else {},
            tags=tags,
        ).bucket
        roles = GitHubRoles(
            self,
            "github_roles",
            project=project,
            own_stack=id,
            bucket_arn=bucket.arn,
            app=settings.repository.full_name,
            releases={name: settings.released_from(name) for name in settings.environments if settings.api},
            settings=manage,
            tags=tags,
        )
        if settings.backup:
            TerraformOutput(self, "backup_role_arn", value=roles.backup_role().arn)
        if manage.budget:
            CostAlarm(
                self,
                "cost_alarm",
                name=f"{project}-monthly",
                settings=manage.budget,
                tags=tags,
            )
        TerraformOutput(self, "bucket", value=bucket.bucket)
        TerraformOutput(self, "plan_role_arn", value=roles.plan.arn)
        TerraformOutput(self, "deploy_role_arn", value=roles.deploy.arn)
        if roles.releases:
            arns = {name: role.arn for name, role in roles.releases.items()}
            TerraformOutput(self, "release_role_arns", value=arns)
