"""The rules of [database] and of the environments' branches: what the Neon plan allows, and what Neon can do."""

from settings.address_ranges import covers_everyone
from settings.database_settings import ComputeSettings
from settings.neon_plans import NEON_MIN_CU, NEON_PLANS, NEVER_SUSPEND, NeonPlan
from settings.settings_shape import SettingsShape


def check_database(settings: SettingsShape) -> None:
    """Compares the database settings with the Neon plan.

    Raises:
        ValueError: one line: where, what, what to do.
    """
    database = settings.database
    branches = {
        f"environments.{name}.database": environment.database
        for name, environment in settings.environments.items()
        if environment.database
    }
    plan = NEON_PLANS[database.plan]
    if database.history_retention_seconds > plan.history_retention_seconds:
        _refuse(
            "database.history_retention_seconds",
            f"{database.history_retention_seconds} s is more than Neon's {database.plan} plan allows "
            f"({plan.history_retention_seconds} s); lower it",
        )
    if database.allowed_ips and not plan.allowed_ips:
        _refuse("database.allowed_ips", f"Neon's {database.plan} plan can't limit addresses; remove the list")
    if covers_everyone(database.allowed_ips):
        raise ValueError("database.allowed_ips: contains every address, and so limits nobody; name yours, or remove it")
    if database.allowed_ips_protected_branches_only and not database.allowed_ips:
        raise ValueError("database.allowed_ips_protected_branches_only: allowed_ips is empty; fill it, or remove this")
    computes: dict[str, ComputeSettings] = {"database": database}
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
    if not plan.has_room(len(branches)):
        _refuse(
            "environments",
            f"{1 + len(branches)} database branches are more than Neon's {database.plan} plan allows "
            f"({plan.branches}); remove some",
        )


def _check_compute(compute: ComputeSettings, where: str, name: str, plan: NeonPlan) -> None:
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
    raise ValueError(f"{key}: {what}, or set database.plan to a plan that allows it")
