"""The tables about Postgres on Neon: the project's own, and an environment's branch."""

from collections.abc import Mapping

from pydantic import Field

from settings.plans import NEON_MIN_CU, NEON_PLANS, NEVER_SUSPEND, NeonPlan, NeonPlanName
from settings.table import Table
from settings.text import IpRange, NeonBranchName, PostgresName, RotationKey


class Compute(Table):
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


class Quota(Table):
    """A guard on what a month may cost: Neon suspends the project's computes when one of these is used up."""

    active_time_seconds: int | None = Field(None, gt=0, description="Time that computes may be awake, in seconds.")
    compute_time_seconds: int | None = Field(
        None, gt=0, description="Compute time, in CU-seconds: an hour of a 0.25 CU compute is 900."
    )
    written_data_bytes: int | None = Field(None, gt=0, description="Data that may be written, in bytes.")
    data_transfer_bytes: int | None = Field(None, gt=0, description="Data that may be sent out, in bytes.")
    logical_size_bytes: int | None = Field(None, gt=0, description="The size that a branch may have, in bytes.")


class Database(Compute):
    plan: NeonPlanName = Field(
        "free", description="The Neon plan that is paid for; it sets the limits that these settings are held against."
    )
    branch: NeonBranchName = Field(
        "main", description="The name of the project's default branch, from which the environments' branches are made."
    )
    name: PostgresName = Field(description="The database's name, the same on every branch.")
    role: PostgresName = Field(description="The Postgres role that owns the database on the default branch.")
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
    quota: Quota | None = Field(None, description="Limits on what the project may use in a month.")


class BranchSettings(Compute):
    branch: NeonBranchName | None = Field(
        None, description="The Neon branch's name; the environment's name where it is left out."
    )
    role: PostgresName | None = Field(
        None, description="The branch's own Postgres role; `<database.role>_<environment>` where it is left out."
    )
    own_database: PostgresName | None = Field(
        None,
        description="A database that is made on this branch and owned by its role. "
        "Left out: the one that the branch has from the default branch.",
    )
    neon_protected: bool | None = Field(
        None,
        description="Let Neon itself protect the branch: it can't be deleted or reset, nor the project deleted. "
        "Paid plans only. Neon keeps what it was told last: to undo true, deploy false before the key is removed.",
    )
    read_replica: Compute | None = Field(None, description="A second, read-only compute on the branch.")


class Secrets(Table):
    rotation: RotationKey = Field(
        description="Raise this number, or set a new date, and the next deploy makes a new BETTER_AUTH_SECRET. "
        "The Worker keeps the old one until the next release."
    )


def check_database(database: Database, branches: Mapping[str, BranchSettings]) -> None:
    """Holds the database settings against the Neon plan.

    Args:
        database: the project's table.
        branches: the environments' branches, by the path of their table.

    Raises:
        ValueError: one line that names the key, what is wrong and what to do.
    """
    plan = NEON_PLANS[database.plan]
    if database.history_retention_seconds > plan.history_retention_seconds:
        _refuse(
            "database.history_retention_seconds",
            f"{database.history_retention_seconds} s is more than Neon's {database.plan} plan allows "
            f"({plan.history_retention_seconds} s); lower it",
        )
    if database.allowed_ips and not plan.allowed_ips:
        _refuse("database.allowed_ips", f"Neon's {database.plan} plan can't limit addresses; remove the list")
    if database.allowed_ips_protected_branches_only and not database.allowed_ips:
        raise ValueError("database.allowed_ips_protected_branches_only: allowed_ips is empty; fill it, or remove this")
    computes: dict[str, Compute] = {"database": database}
    for where, branch in branches.items():
        computes[where] = branch
        if branch.read_replica:
            computes[f"{where}.read_replica"] = branch.read_replica
        if branch.own_database == database.name:
            raise ValueError(f"{where}.own_database: the branch already has {database.name}; choose another name")
    for where, compute in computes.items():
        _check_compute(compute, where, database.plan, plan)
    protected = [where for where, branch in branches.items() if branch.neon_protected]
    if len(protected) > plan.protected_branches:
        _refuse(
            f"{protected[-1]}.neon_protected",
            f"Neon's {database.plan} plan protects {plan.protected_branches} branches, and this is number "
            f"{len(protected)}; remove it",
        )
    if 1 + len(branches) > plan.branches:
        _refuse(
            "environments",
            f"{1 + len(branches)} database branches are more than Neon's {database.plan} plan allows "
            f"({plan.branches}); remove some",
        )


def _check_compute(compute: Compute, where: str, name: str, plan: NeonPlan) -> None:
    sizes = {"max": compute.autoscaling_limit_max_cu, "min": compute.autoscaling_limit_min_cu}
    for end, cu in sizes.items():
        key = f"{where}.autoscaling_limit_{end}_cu"
        if cu is None:
            continue
        if not NEON_MIN_CU <= cu <= plan.autoscaling_limit_max_cu:
            _refuse(
                key,
                f"{cu:g} CU is outside what Neon's {name} plan allows "
                f"({NEON_MIN_CU} to {plan.autoscaling_limit_max_cu:g} CU); change it",
            )
        if cu not in (0.25, 0.5) and cu != int(cu):
            raise ValueError(f"{key}: Neon has no size {cu:g} CU; use 0.25, 0.5 or a whole number")
    if compute.autoscaling_limit_min_cu and compute.autoscaling_limit_min_cu > compute.autoscaling_limit_max_cu:
        raise ValueError(f"{where}.autoscaling_limit_min_cu: is above autoscaling_limit_max_cu; lower it")
    _check_suspend(compute.suspend_timeout_seconds, f"{where}.suspend_timeout_seconds", name, plan)


def _check_suspend(seconds: int | None, key: str, name: str, plan: NeonPlan) -> None:
    if seconds is None or (seconds == NEVER_SUSPEND and name != "free"):
        return
    if plan.suspend_timeout_seconds is None:
        choice = "; use -1 (never) or remove it" if name != "free" else "; remove it"
        _refuse(key, f"Neon's {name} plan suspends after 300 s and can't change that{choice}")
    elif not plan.suspend_timeout_seconds[0] <= seconds <= plan.suspend_timeout_seconds[1]:
        low, high = plan.suspend_timeout_seconds
        raise ValueError(f"{key}: {seconds} s is outside {low} to {high} s; change it, or use -1 (never)")


def _refuse(key: str, what: str) -> None:
    raise ValueError(f"{key}: {what}, or set database.plan to one that allows it")
