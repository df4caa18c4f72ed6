"""Limits of Neon's plans.

Sources: Neon's page "Neon plans"; root branches: its page "Manage branches", "Root branch" (Free 3, Launch 5,
Scale 25).
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.cloud.cloud_api import ApiError
from sandbox.cloud.document_store import Document


@dataclass(frozen=True)
class PlanLimits:
    """Limits of a plan: branches of a project, compute units of an endpoint, history in seconds, protected branches.

    ``root_branches``: branches without a parent, the backups of restores among them.
    ``paid_settings``: whether allowed IP addresses, and a suspend timeout other than five minutes, can be set.
    """

    branches: int
    maximum_cu: float
    history_seconds: int
    protected_branches: int
    root_branches: int
    paid_settings: bool

    def check_compute(self, settings: Document) -> None:
        """Raise ApiError for autoscaling limits or a suspend timeout that the plan doesn't have."""
        low, high = settings["autoscaling_limit_min_cu"], settings["autoscaling_limit_max_cu"]
        suspend = settings["suspend_timeout_seconds"]
        if not 0.25 <= low <= high or not -1 <= suspend <= 604800:
            raise ApiError(400, f"need 0.25 <= min CU {low} <= max CU {high} and suspend timeout {suspend} <= 604800 s")
        if high > self.maximum_cu:
            raise ApiError(422, f"autoscaling_limit_max_cu {high} exceeds the plan's limit of {self.maximum_cu} CU")
        if not self.paid_settings and suspend not in (0, 300):
            raise ApiError(422, "suspend_timeout_seconds can't be changed on this plan")

    def check_project(self, project: Document) -> None:
        """Raise ApiError for a history window, allow list or default endpoint settings that the plan doesn't have."""
        history = project["history_retention_seconds"]
        if not 0 <= history <= self.history_seconds:
            limit = self.history_seconds
            raise ApiError(422, f"history_retention_seconds {history} exceeds the plan's limit of {limit} seconds")
        if project["settings"]["allowed_ips"]["ips"] and not self.paid_settings:
            raise ApiError(422, "allowed_ips can't be set on this plan")
        self.check_compute(project["default_endpoint_settings"])


PLANS = {
    "free": PlanLimits(10, 2, 21_600, protected_branches=0, root_branches=3, paid_settings=False),
    "paid": PlanLimits(5_000, 16, 2_592_000, protected_branches=5, root_branches=5, paid_settings=True),
}
