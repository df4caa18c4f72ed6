"""The guard of plans: none may destroy, replace or forget a resource with data, unless this run allows it by name."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from catalog import HOLDS_DATA
from ops.context.errors import OpsError

_HARMLESS = frozenset({"no-op", "create", "read", "update"})


@dataclass(frozen=True)
class DataLoss:
    """A resource with data that a plan would destroy, replace or forget.

    Attributes:
        stack: the stack that plans it.
        address: the resource's address in Terraform.
        action: `destroyed`, `replaced` or `forgotten`.
    """

    stack: str
    address: str
    action: str

    @property
    def permit(self) -> str:
        """The value of `--allow`, with the stack: addresses are the same in every environment."""
        return f"{self.stack}:{self.address}"

    def __str__(self) -> str:
        what = {
            "destroyed": "would be destroyed, and its data with it",
            "replaced": "would be replaced: destroyed with its data, and created again without it",
            "forgotten": "would be forgotten: it remains, but Terraform no longer manages it",
        }[self.action]
        return f"{self.stack}: {self.address} {what}"


@dataclass(frozen=True)
class Verdict:
    """The guard's decision on a plan.

    Attributes:
        refused: the data losses that are not allowed.
        allowed: the data losses that this run allows.
    """

    refused: tuple[DataLoss, ...] = ()
    allowed: tuple[DataLoss, ...] = ()


def judge(
    stack: str,
    plan: Mapping[str, Any],
    *,
    allowed: Collection[str] = (),
    holds_data: Collection[str] = HOLDS_DATA,
) -> Verdict:
    """Judges a plan.

    Args:
        stack: the stack's name.
        plan: the output of `terraform show -json` (Terraform docs, "JSON Output Format").
        allowed: the resources that this run may lose, each exactly as `<stack>:<address>`.
        holds_data: the resource types that hold data.

    Raises:
        OpsError: the plan has an unknown format or is incomplete; it must not be applied.
    """
    version = str(plan.get("format_version", ""))
    if version.split(".")[0] != "1":
        raise OpsError(f"{stack}: can't check a plan of format {version or 'unknown'}, so nothing is applied")
    if plan.get("errored"):
        raise OpsError(f"{stack}: the plan is incomplete because of an error, so nothing is applied")
    losses = [
        DataLoss(stack=stack, address=change["address"], action=action)
        for change in plan.get("resource_changes", [])
        if change["mode"] == "managed" and change["type"] in holds_data
        if (action := _harmful(change["change"]["actions"]))
    ]
    return Verdict(
        refused=tuple(loss for loss in losses if loss.permit not in allowed),
        allowed=tuple(loss for loss in losses if loss.permit in allowed),
    )


def _harmful(actions: Collection[str]) -> str | None:
    """How the actions would lose a resource; None if they don't. An unknown action counts as destruction."""
    if set(actions) <= _HARMLESS:
        return None
    if "forget" in actions and "delete" not in actions:
        return "forgotten"
    return "replaced" if "create" in actions else "destroyed"
