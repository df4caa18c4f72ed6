"""The guard of plans: a plan may lose no data, weaken no protection of data and delete no entry of others.

A run allows each by name.

The catalog says which resource types hold data, and which of their arguments protect it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from catalog import CATALOG, HOLDS_DATA, ResourceType
from ops.context.errors import OpsError
from ops.terraform.foreign_entries import foreign_entries

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
class WeakenedProtection:
    """A protection of data that a plan would weaken.

    Attributes:
        stack: the stack that plans it.
        address: the resource's address in Terraform.
        argument: the argument that protects; empty if the resource as a whole does, and would be destroyed.
        effect: what the weakening does, with the resource as the subject.
    """

    stack: str
    address: str
    argument: str
    effect: str

    @property
    def permit(self) -> str:
        """The value of `--allow`: it allows this argument's change, and nothing else of the resource."""
        return f"{self.stack}:{self.address}" + (f".{self.argument}" if self.argument else "")

    def __str__(self) -> str:
        change = f"would change {self.argument}, which" if self.argument else "would be destroyed, which"
        return f"{self.stack}: {self.address} {change} {self.effect}"


class Refusal(Protocol):
    """Something that the guard refuses; its text says what and why."""

    @property
    def permit(self) -> str:
        """The value of `--allow` that allows it."""
        ...


@dataclass(frozen=True)
class Verdict:
    """The guard's decision on a plan.

    Attributes:
        refused: what the plan would lose, weaken or delete without being allowed to.
        allowed: what it would lose or weaken, and this run allows.
    """

    refused: tuple[Refusal, ...] = ()
    allowed: tuple[Refusal, ...] = ()


def judge(
    stack: str,
    plan: Mapping[str, Any],
    *,
    allowed: Collection[str] = (),
    holds_data: Collection[str] = HOLDS_DATA,
    catalog: Mapping[str, ResourceType] = CATALOG,
) -> Verdict:
    """Judges a plan.

    Args:
        stack: the stack's name.
        plan: the output of `terraform show -json` (Terraform docs, "JSON Output Format").
        allowed: what this run may lose or weaken, each exactly as the refusal's `permit`.
        holds_data: the resource types that hold data.
        catalog: the resource types with their protections.

    Raises:
        OpsError: the plan has an unknown format or is incomplete; it must not be applied.
    """
    version = str(plan.get("format_version", ""))
    if version.split(".")[0] != "1":
        raise OpsError(f"{stack}: can't check a plan of format {version or 'unknown'}, so nothing is applied")
    if plan.get("errored"):
        raise OpsError(f"{stack}: the plan is incomplete because of an error, so nothing is applied")
    changes = [change for change in plan.get("resource_changes", []) if change["mode"] == "managed"]
    found: list[Refusal] = [
        DataLoss(stack=stack, address=change["address"], action=action)
        for change in changes
        if change["type"] in holds_data and (action := _harmful(change["change"]["actions"]))
    ]
    for change in changes:
        if entry := catalog.get(change["type"]):
            found += _weakened(stack, change, entry)
            found += foreign_entries(stack, change, entry)
    return Verdict(
        refused=tuple(each for each in found if each.permit not in allowed),
        allowed=tuple(each for each in found if each.permit in allowed),
    )


def _weakened(stack: str, document: Mapping[str, Any], entry: ResourceType) -> list[WeakenedProtection]:
    """The protections that a change of a resource weakens. A replacement counts as an update: data has its own rule."""
    address, change = document["address"], document["change"]
    actions = set(change["actions"])
    if "delete" in actions and "create" not in actions:
        return [WeakenedProtection(stack, address, "", entry.when_destroyed)] if entry.when_destroyed else []
    if not actions & {"update", "delete"}:
        return []
    before, after, unknown = (change.get(name) or {} for name in ("before", "after", "after_unknown"))
    return [
        WeakenedProtection(stack, address, protection.argument, protection.effect)
        for protection in entry.weakened(before, after, unknown)
    ]


def _harmful(actions: Collection[str]) -> str | None:
    """How the actions would lose a resource; None if they don't. An unknown action counts as destruction."""
    if set(actions) <= _HARMLESS:
        return None
    if "forget" in actions and "delete" not in actions:
        return "forgotten"
    return "replaced" if "create" in actions else "destroyed"
