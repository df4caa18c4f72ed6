"""Postgres on Neon: one project, and a branch for each environment that has its own."""

from constructs_lib.naming import named

from cdktf import TerraformResource, TerraformResourceLifecycle
from constructs import Construct
from neon.branch import Branch
from neon.database import Database
from neon.endpoint import Endpoint
from neon.project import Project, ProjectBranch, ProjectDefaultEndpointSettings, ProjectQuota
from neon.role import Role

from settings import BranchSettings, ComputeSettings, DatabaseSettings


def _switch(position: bool | None) -> str | None:
    """A switch as the Neon provider takes it. For None it sends nothing, and Neon keeps the last position."""
    return None if position is None else "yes" if position else "no"


class DatabaseProject(Construct):
    """A Neon project with its default branch, database, role and endpoint. It is never destroyed.

    Attributes:
        project: the `neon_project`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        organization: str,
        settings: DatabaseSettings,
    ) -> None:
        """
        Args:
            scope: the stack.
            id: unique in the scope.
            name: the Neon project's name.
            organization: the Neon organization's id, sensitive.
            settings: the table [database]. Its keys have the names of `neon_project`'s arguments.
        """
        super().__init__(scope, id)
        self.project = named(
            Project(
                self,
                "project",
                name=name,
                org_id=organization,
                history_retention_seconds=settings.history_retention_seconds,
                branch=ProjectBranch(name=settings.branch, database_name=settings.name, role_name=settings.role),
                default_endpoint_settings=ProjectDefaultEndpointSettings(
                    autoscaling_limit_max_cu=settings.autoscaling_limit_max_cu,
                    autoscaling_limit_min_cu=settings.autoscaling_limit_min_cu,
                    suspend_timeout_seconds=settings.suspend_timeout_seconds,
                ),
                allowed_ips=settings.allowed_ips or None,
                allowed_ips_protected_branches_only=_switch(settings.allowed_ips_protected_branches_only),
                quota=ProjectQuota(**settings.quota.model_dump(exclude_none=True)) if settings.quota else None,
                lifecycle=TerraformResourceLifecycle(
                    prevent_destroy=True,
                    # False unless it is set (provider 0.15.0, provider/resource_project.go), and any apply would then
                    # unprotect a default branch that the owner protected in Neon's console.
                    ignore_changes=["default_branch_protected"],
                ),
            ),
            "main",
        )


class DatabaseBranch(Construct):
    """A Neon branch of the default branch, with its own read-write endpoint and role.

    Attributes:
        connection_uri: the branch's connection URI, with role and password; a secret.
        read_replica_uri: the read replica's connection URI, None without a replica; a secret.
        resources: the Terraform resources, in the order of creation.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        project_id: str,
        name: str,
        database: str,
        role: str,
        settings: BranchSettings,
        protected: bool = False,
    ) -> None:
        """
        Args:
            scope: the stack.
            id: unique in the scope.
            project_id: the Neon project's id.
            name: the branch's name.
            database: the database that the branch inherits from the default branch.
            role: the role to create on the branch.
            settings: the environment's table [environments.<name>.database].
            protected: refuse any plan that destroys the branch.
        """
        super().__init__(scope, id)
        lifecycle = TerraformResourceLifecycle(prevent_destroy=True) if protected else None
        branch = named(
            Branch(
                self,
                "branch",
                project_id=project_id,
                name=name,
                protected=_switch(settings.neon_protected),
                lifecycle=lifecycle,
            ),
            "this",
        )
        endpoint = self._endpoint("endpoint", "this", project_id, branch, settings, kind=None)
        owner = named(
            Role(self, "role", project_id=project_id, branch_id=branch.id, name=role, lifecycle=lifecycle), "this"
        )
        self.resources: list[TerraformResource] = [branch, endpoint, owner]
        database_name = database
        if settings.own_database:
            own = named(
                Database(
                    self,
                    "database",
                    project_id=project_id,
                    branch_id=branch.id,
                    name=settings.own_database,
                    owner_name=owner.name,
                    lifecycle=lifecycle,
                ),
                "this",
            )
            self.resources.append(own)
            database_name = own.name
        login = f"{owner.name}:{owner.password}"
        self.connection_uri = f"postgresql://{login}@{endpoint.host}/{database_name}?sslmode=require"
        self.read_replica_uri: str | None = None
        if settings.read_replica:
            replica = self._endpoint(
                "read_replica", "read_replica", project_id, branch, settings.read_replica, kind="read_only"
            )
            self.resources.append(replica)
            self.read_replica_uri = f"postgresql://{login}@{replica.host}/{database_name}?sslmode=require"

    def _endpoint(
        self, id: str, name: str, project_id: str, branch: Branch, compute: ComputeSettings, *, kind: str | None
    ) -> Endpoint:
        return named(
            Endpoint(
                self,
                id,
                project_id=project_id,
                branch_id=branch.id,
                type=kind,
                autoscaling_limit_max_cu=compute.autoscaling_limit_max_cu,
                autoscaling_limit_min_cu=compute.autoscaling_limit_min_cu,
                suspend_timeout_seconds=compute.suspend_timeout_seconds,
            ),
            name,
        )
