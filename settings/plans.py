"""What each plan of a service allows: facts with their source, so that a limit shows before anything is applied."""

from dataclasses import dataclass
from typing import Literal

NeonPlanName = Literal["free", "launch", "scale"]


@dataclass(frozen=True, kw_only=True)
class NeonPlan:
    """Limits of a Neon plan (Neon docs, "Neon plans").

    Attributes:
        history_retention_seconds: the longest window for a restore to a point in time, in seconds.
        autoscaling_limit_max_cu: the largest compute, in compute units (1 CU is about 4 GB of memory).
        branches: branches that a project may have before more are charged or refused.
    """

    history_retention_seconds: int
    autoscaling_limit_max_cu: float
    branches: int


NEON_PLANS: dict[NeonPlanName, NeonPlan] = {
    "free": NeonPlan(history_retention_seconds=6 * 3600, autoscaling_limit_max_cu=2, branches=10),
    "launch": NeonPlan(history_retention_seconds=7 * 86400, autoscaling_limit_max_cu=16, branches=10),
    "scale": NeonPlan(history_retention_seconds=30 * 86400, autoscaling_limit_max_cu=16, branches=25),
}
NEON_MIN_CU = 0.25
