"""The product's Postgres on Neon: one project, and a branch for each environment that has its own."""

from constructs_lib.naming import named

from cdktf import TerraformResource, TerraformResourceLifecycle
from constructs import Construct
from neon.branch import Branch
from neon.endpoint import Endpoint
from neon.project import Project, ProjectBranch, ProjectDefaultEndpointSettings
from neon.role import Role


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
        organisation: str,
        branch: str,
        database: str,
        role: str,
        history_retention_seconds: int,
        autoscaling_limit_max_cu: float,
    ) -> None:
        """
        Args:
            scope: the stack.
            id: unique in the scope.
            name: the Neon project's name.
            organisation: the Neon organisation's id, sensitive.
            branch: the default branch's name.
            database: the database's name.
            role: the role that owns the database.
            history_retention_seconds: how far back a restore can go, in seconds; at most 21600 on Neon's free plan.
            autoscaling_limit_max_cu: the default branch's largest compute, in compute units.
        """
        super().__init__(scope, id)
        self.project = named(
            Project(
                self,
                "project",
                name=name,
                org_id=organisation,
                history_retention_seconds=history_retention_seconds,
                branch=ProjectBranch(name=branch, database_name=database, role_name=role),
                default_endpoint_settings=ProjectDefaultEndpointSettings(
                    autoscaling_limit_max_cu=autoscaling_limit_max_cu
                ),
                lifecycle=TerraformResourceLifecycle(prevent_destroy=True),
            ),
            "main",
        )


class DatabaseBranch(Construct):
    """A Neon branch made from the default branch, with a read-write endpoint and a role of its own.

    Attributes:
        connection_uri: the branch's address with role and password; a secret.
        resources: what Terraform manages here.
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
        autoscaling_limit_max_cu: float,
        protected: bool = False,
    ) -> None:
        """
        Args:
            scope: the stack.
            id: unique in the scope.
            project_id: the Neon project's id.
            name: the branch's name.
            database: a database that the branch has from its parent, for the connection URI.
            role: the name of the role that is made on this branch.
            autoscaling_limit_max_cu: the endpoint's largest compute, in compute units.
            protected: refuse any plan that destroys the branch.
        """
        super().__init__(scope, id)
        lifecycle = TerraformResourceLifecycle(prevent_destroy=True) if protected else None
        branch = named(Branch(self, "branch", project_id=project_id, name=name, lifecycle=lifecycle), "this")
        endpoint = named(
            Endpoint(
                self,
                "endpoint",
                project_id=project_id,
                branch_id=branch.id,
                autoscaling_limit_max_cu=autoscaling_limit_max_cu,
            ),
            "this",
        )
        owner = named(Role(self, "role", project_id=project_id, branch_id=branch.id, name=role), "this")
        self.connection_uri = f"postgresql://{owner.name}:{owner.password}@{endpoint.host}/{database}?sslmode=require"
        self.resources: list[TerraformResource] = [branch, endpoint, owner]
