"""The product's Postgres on Neon: one project, and a branch for each environment that has its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from constructs_lib.naming import named

from cdktf import TerraformResource, TerraformResourceLifecycle
from constructs import Construct
from neon.branch import Branch
from neon.database import Database
from neon.endpoint import Endpoint
from neon.project import Project, ProjectBranch, ProjectDefaultEndpointSettings, ProjectQuota
from neon.role import Role


@dataclass(frozen=True, kw_only=True)
class ComputeSize:
    """How large a compute may grow and when it sleeps; None leaves a value to Neon.

    Attributes:
        autoscaling_limit_max_cu: the largest size, in compute units.
        autoscaling_limit_min_cu: the smallest size, in compute units.
        suspend_timeout_seconds: idle time after which it is suspended, in seconds; -1 means never.
    """

    autoscaling_limit_max_cu: float
    autoscaling_limit_min_cu: float | None = None
    suspend_timeout_seconds: int | None = None


def _switch(position: bool | None) -> str | None:
    """A switch as the Neon provider has it. It sends nothing for one that is left out: Neon keeps the last position."""
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
        organisation: str,
        branch: str,
        database: str,
        role: str,
        history_retention_seconds: int,
        compute: ComputeSize,
        allowed_ips: Sequence[str] = (),
        allowed_ips_protected_branches_only: bool | None = None,
        quota: Mapping[str, int] | None = None,
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
            compute: the default branch's compute.
            allowed_ips: addresses or ranges that may connect; empty: all.
            allowed_ips_protected_branches_only: let `allowed_ips` guard protected branches only; None leaves it alone.
            quota: limits on a month's use, by the names of `neon_project`'s block `quota`.
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
                    autoscaling_limit_max_cu=compute.autoscaling_limit_max_cu,
                    autoscaling_limit_min_cu=compute.autoscaling_limit_min_cu,
                    suspend_timeout_seconds=compute.suspend_timeout_seconds,
                ),
                allowed_ips=list(allowed_ips) or None,
                allowed_ips_protected_branches_only=_switch(allowed_ips_protected_branches_only),
                quota=ProjectQuota(**quota) if quota else None,
                lifecycle=TerraformResourceLifecycle(prevent_destroy=True),
            ),
            "main",
        )


class DatabaseBranch(Construct):
    """A Neon branch made from the default branch, with a read-write endpoint and a role of its own.

    Attributes:
        connection_uri: the branch's address with role and password; a secret.
        read_replica_uri: the same for the read replica, None where there is none; a secret.
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
        compute: ComputeSize,
        own_database: bool = False,
        protected: bool = False,
        neon_protected: bool | None = None,
        read_replica: ComputeSize | None = None,
    ) -> None:
        """
        Args:
            scope: the stack.
            id: unique in the scope.
            project_id: the Neon project's id.
            name: the branch's name.
            database: the database of the connection URI.
            role: the name of the role that is made on this branch.
            compute: the read-write endpoint's compute.
            own_database: make `database` on this branch; otherwise the branch has it from its parent.
            protected: refuse any plan that destroys the branch, its role or its database.
            neon_protected: let Neon itself refuse to delete or reset the branch; paid plans only. None leaves that
                alone.
            read_replica: a read-only endpoint's compute; None: no replica.
        """
        super().__init__(scope, id)
        lifecycle = TerraformResourceLifecycle(prevent_destroy=True) if protected else None
        branch = named(
            Branch(
                self,
                "branch",
                project_id=project_id,
                name=name,
                protected=_switch(neon_protected),
                lifecycle=lifecycle,
            ),
            "this",
        )
        endpoint = self._endpoint("endpoint", "this", project_id, branch, compute, kind=None)
        owner = named(
            Role(self, "role", project_id=project_id, branch_id=branch.id, name=role, lifecycle=lifecycle), "this"
        )
        self.resources: list[TerraformResource] = [branch, endpoint, owner]
        database_name = database
        if own_database:
            own = named(
                Database(
                    self,
                    "database",
                    project_id=project_id,
                    branch_id=branch.id,
                    name=database,
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
        if read_replica:
            replica = self._endpoint("read_replica", "read_replica", project_id, branch, read_replica, kind="read_only")
            self.resources.append(replica)
            self.read_replica_uri = f"postgresql://{login}@{replica.host}/{database_name}?sslmode=require"

    def _endpoint(
        self, id: str, name: str, project_id: str, branch: Branch, compute: ComputeSize, *, kind: str | None
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
