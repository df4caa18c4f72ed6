"""The guard: no plan may destroy, replace or forget what holds data, unless exactly that was allowed for this run."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from catalog import HOLDS_DATA
from ops.context.errors import OpsError

_HARMLESS = frozenset({"no-op", "create", "read", "update"})


@dataclass(frozen=True)
class Loss:
    """One resource that a plan would take away.

    Attributes:
        stack: the stack that plans it.
        address: the resource, as Terraform names it.
        deed: `destroyed`, `replaced` or `forgotten`.
    """

    stack: str
    address: str
    deed: str

    @property
    def permit(self) -> str:
        """What `--allow` must name: addresses are the same in every environment, so the stack belongs to it."""
        return f"{self.stack}:{self.address}"

    def __str__(self) -> str:
        what = {
            "destroyed": "would be destroyed, and its data with it",
            "replaced": "would be replaced: destroyed with its data, and made anew without it",
            "forgotten": "would be forgotten: it stays, but Terraform no longer manages it",
        }[self.deed]
        return f"{self.stack}: {self.address} {what}"


@dataclass(frozen=True)
class Verdict:
    """What the guard says to a plan.

    Attributes:
        refused: what the plan would take away and nobody allowed.
        allowed: what the plan takes away by permission.
    """

    refused: tuple[Loss, ...] = ()
    allowed: tuple[Loss, ...] = ()


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
        plan: the plan as `terraform show -json` gives it (Terraform docs, "JSON Output Format").
        allowed: what may be lost in this run, each as `<stack>:<address>`, exactly.
        holds_data: the resource types that hold data.

    Raises:
        OpsError: the plan is of a form that this guard does not know, or incomplete; it must not be applied.
    """
    version = str(plan.get("format_version", ""))
    if version.split(".")[0] != "1":
        raise OpsError(f"{stack}: the guard does not know plans of format {version or 'unknown'}; nothing is applied")
    if plan.get("errored"):
        raise OpsError(f"{stack}: the plan is incomplete, since Terraform met an error; nothing is applied")
    losses = [
        Loss(stack=stack, address=change["address"], deed=deed)
        for change in plan.get("resource_changes", [])
        if change["mode"] == "managed" and change["type"] in holds_data
        if (deed := _deed(change["change"]["actions"]))
    ]
    return Verdict(
        refused=tuple(loss for loss in losses if loss.permit not in allowed),
        allowed=tuple(loss for loss in losses if loss.permit in allowed),
    )


def _deed(actions: Collection[str]) -> str | None:
    """What is done to a resource that is more than harmless. An action that is not known counts as the worst."""
    if set(actions) <= _HARMLESS:
        return None
    if "forget" in actions and "delete" not in actions:
        return "forgotten"
    return "replaced" if "create" in actions else "destroyed"
