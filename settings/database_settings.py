"""The tables of Postgres on Neon: the project, and an environment's branch."""

from pydantic import Field

from settings.neon_plans import NeonPlanName
from settings.settings_table import SettingsTable
from settings.text_kinds import DatabaseName, IpRange, NeonBranchName, RoleName, RotationKey


class ComputeSettings(SettingsTable):
    """The size of a branch's compute, and when it is suspended."""

    autoscaling_limit_min_cu: float | None = Field(
        None, description="The smallest compute, in Neon compute units. Default: Neon's own 0.25."
    )
    autoscaling_limit_max_cu: float = Field(
        0.25, description="The largest compute, in Neon compute units (0.25, 0.5, or a whole number)."
    )
    suspend_timeout_seconds: int | None = Field(
        None,
        description="Idle time before the compute is suspended, in seconds; -1 means never. "
        "Default: Neon's own 300. Paid plans only.",
    )


class QuotaSettings(SettingsTable):
    """Monthly limits: Neon suspends the project's computes when one of them is reached."""

    active_time_seconds: int | None = Field(None, gt=0, description="Active time of computes, in seconds.")
    compute_time_seconds: int | None = Field(
        None, gt=0, description="Compute time, in CU-seconds: an hour of 0.25 CU is 900."
    )
    written_data_bytes: int | None = Field(None, gt=0, description="Written data, in bytes.")
    data_transfer_bytes: int | None = Field(None, gt=0, description="Egress, in bytes.")
    logical_size_bytes: int | None = Field(None, gt=0, description="The size of a branch, in bytes.")


class DatabaseSettings(ComputeSettings):
    plan: NeonPlanName = Field("free", description="The Neon plan. It sets the limits for these settings.")
    branch: NeonBranchName = Field(
        "main", description="The name of the default branch, the parent of the environments' branches."
    )
    name: DatabaseName = Field(description="The database's name, the same on every branch.")
    role: RoleName = Field(description="The Postgres role that owns the database on the default branch.")
    history_retention_seconds: int = Field(
        21600,
        ge=0,
        description="How far back a restore can go, in seconds. Neon's free plan allows up to 21600 (6 hours).",
    )
    allowed_ips: list[IpRange] = Field(
        [], description="Addresses or ranges that can connect. Empty: all. Neon's scale plan only."
    )
    allowed_ips_protected_branches_only: bool | None = Field(
        None,
        description="Apply allowed_ips to protected branches only. Neon keeps the last value: to undo true, "
        "deploy false before you remove the key.",
    )
    quota: QuotaSettings | None = Field(None, description="Limits on the project's monthly usage.")


class BranchSettings(ComputeSettings):
    branch: NeonBranchName | None = Field(None, description="The Neon branch's name. Default: the environment's name.")
    role: RoleName | None = Field(
        None, description="The branch's own Postgres role. Default: `<database.role>_<environment>`."
    )
    own_database: DatabaseName | None = Field(
        None,
        description="A database to create on this branch, owned by its role. "
        "Default: the one inherited from the default branch.",
    )
    neon_protected: bool | None = Field(
        None,
        description="Make it a protected branch in Neon: it can't be deleted or reset, nor the project deleted. "
        "Paid plans only. Neon keeps the last value: to undo true, deploy false before you remove the key.",
    )
    read_replica: ComputeSettings | None = Field(None, description="A read-only compute on the branch.")


class SecretSettings(SettingsTable):
    rotation: RotationKey = Field(
        description="Change this number or date, and the next deploy creates a new BETTER_AUTH_SECRET. "
        "The Worker keeps the old one until the next release."
    )
