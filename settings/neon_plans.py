"""What each Neon plan allows, with sources, so that a limit shows before an apply."""

from dataclasses import dataclass
from typing import Literal

NeonPlanName = Literal["free", "launch", "scale"]


@dataclass(frozen=True, kw_only=True)
class NeonPlan:
    """Limits of a Neon plan (Neon docs, "Neon plans", "Protected branches", "Scale to zero" and "Manage branches",
    read 2026-11-24 and 28).

    Attributes:
        history_retention_seconds: the longest window for a restore to a point in time, in seconds.
        autoscaling_limit_max_cu: the largest compute, in compute units (1 CU is about 4 GB of memory).
        branches: branches that a project includes.
        more_branches: whether a project can have more, for a price: on Free the number is a limit, on the paid plans
            an allowance ("Neon plans", "Branches").
        protected_branches: protected branches.
        root_branches: branches without a parent: the project's first one, and the backups that restores of it leave
            ("Manage branches", "Root branch").
        suspend_timeout_seconds: the shortest and longest idle time before a compute is suspended, in seconds;
            None if the plan's 300 s can't be changed.
        allowed_ips: whether a project can restrict the addresses that connect.
    """

    history_retention_seconds: int
    autoscaling_limit_max_cu: float
    branches: int
    more_branches: bool
    protected_branches: int
    root_branches: int
    suspend_timeout_seconds: tuple[int, int] | None
    allowed_ips: bool

    def has_room(self, branches: int) -> bool:
        """Whether a project with so many branches can have another one."""
        return self.more_branches or branches < self.branches


NEON_PLANS: dict[NeonPlanName, NeonPlan] = {
    "free": NeonPlan(
        history_retention_seconds=6 * 3600,
        autoscaling_limit_max_cu=2,
        branches=10,
        more_branches=False,
        protected_branches=0,
        root_branches=3,
        suspend_timeout_seconds=None,
        allowed_ips=False,
    ),
    "launch": NeonPlan(
        history_retention_seconds=7 * 86400,
        autoscaling_limit_max_cu=16,
        branches=10,
        more_branches=True,
        protected_branches=2,
        root_branches=5,
        suspend_timeout_seconds=None,
        allowed_ips=False,
    ),
    "scale": NeonPlan(
        history_retention_seconds=30 * 86400,
        autoscaling_limit_max_cu=16,
        branches=25,
        more_branches=True,
        protected_branches=5,
        root_branches=25,
        suspend_timeout_seconds=(60, 7 * 86400),
        allowed_ips=True,
    ),
}
NEON_MIN_CU = 0.25
NEVER_SUSPEND = -1
