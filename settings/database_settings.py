"""The tables about Postgres on Neon: the project's own, and an environment's branch."""

from pydantic import Field

from settings.neon_plans import NeonPlanName
from settings.settings_table import SettingsTable
from settings.text_kinds import DatabaseName, IpRange, NeonBranchName, RoleName, RotationKey


class ComputeSettings(SettingsTable):
    """How large a branch's compute may grow, and when it sleeps."""

    autoscaling_limit_min_cu: float | None = Field(
        None, description="The smallest compute, in Neon compute units. Left out: Neon's own 0.25."
    )
    autoscaling_limit_max_cu: float = Field(
        0.25, description="The largest compute, in Neon compute units (0.25, 0.5, or a whole number)."
    )
    suspend_timeout_seconds: int | None = Field(
        None,
        description="Idle time after which the compute is suspended, in seconds; -1 means never. "
        "Left out: Neon's own 300. Only paid plans can change it.",
    )


class QuotaSettings(SettingsTable):
    """A guard on what a month may cost: Neon suspends the project's computes when one of these is used up."""

    active_time_seconds: int | None = Field(None, gt=0, description="Time that computes may be awake, in seconds.")
    compute_time_seconds: int | None = Field(
        None, gt=0, description="Compute time, in CU-seconds: an hour of a 0.25 CU compute is 900."
    )
    written_data_bytes: int | None = Field(None, gt=0, description="Data that may be written, in bytes.")
    data_transfer_bytes: int | None = Field(None, gt=0, description="Data that may be sent out, in bytes.")
    logical_size_bytes: int | None = Field(None, gt=0, description="The size that a branch may have, in bytes.")


class DatabaseSettings(ComputeSettings):
    plan: NeonPlanName = Field(
        "free", description="The Neon plan that is paid for; it sets the limits that these settings are held against."
    )
    branch: NeonBranchName = Field(
        "main", description="The name of the project's default branch, from which the environments' branches are made."
    )
    name: DatabaseName = Field(description="The database's name, the same on every branch.")
    role: RoleName = Field(description="The Postgres role that owns the database on the default branch.")
    history_retention_seconds: int = Field(
        21600,
        ge=0,
        description="How far back a restore can go, in seconds. Neon's free plan allows 21600 (6 hours).",
    )
    allowed_ips: list[IpRange] = Field(
        [], description="Addresses (or ranges) that may connect. Empty: all. Neon's scale plan only."
    )
    allowed_ips_protected_branches_only: bool | None = Field(
        None,
        description="Let allowed_ips guard protected branches only. Neon keeps what it was told last: to undo true, "
        "deploy false before the key is removed.",
    )
    quota: QuotaSettings | None = Field(None, description="Limits on what the project may use in a month.")


class BranchSettings(ComputeSettings):
    branch: NeonBranchName | None = Field(
        None, description="The Neon branch's name; the environment's name where it is left out."
    )
    role: RoleName | None = Field(
        None, description="The branch's own Postgres role; `<database.role>_<environment>` where it is left out."
    )
    own_database: DatabaseName | None = Field(
        None,
        description="A database that is made on this branch and owned by its role. "
        "Left out: the one that the branch has from the default branch.",
    )
    neon_protected: bool | None = Field(
        None,
        description="Let Neon itself protect the branch: it can't be deleted or reset, nor the project deleted. "
        "Paid plans only. Neon keeps what it was told last: to undo true, deploy false before the key is removed.",
    )
    read_replica: ComputeSettings | None = Field(None, description="A second, read-only compute on the branch.")


class SecretSettings(SettingsTable):
    rotation: RotationKey = Field(
        description="Raise this number, or set a new date, and the next deploy makes a new BETTER_AUTH_SECRET. "
        "The Worker keeps the old one until the next release."
    )
