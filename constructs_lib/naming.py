"""Addresses in Terraform's state: what a resource is called, and what it was called before."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from cdktf import TerraformElement, TerraformResource, TerraformStack

Element = TypeVar("Element", bound=TerraformElement)


def named(element: Element, logical_id: str) -> Element:
    """Gives an element its name in Terraform (`neon_branch.<logical_id>`), whatever scope it was made in.

    Call it in the same expression that makes the element: a token that was read earlier keeps the generated name, and
    Terraform would then plan to replace the resource.
    """
    element.override_logical_id(logical_id)
    return element


def adopt(
    stack: TerraformStack,
    modules: Mapping[str, Sequence[TerraformResource]],
    moved: Mapping[str, str] | None = None,
) -> None:
    """Adds a `moved` block for each resource that the hand-written HCL kept in a module under the same name.

    cdktf has no class for `moved` blocks, so they are an override of the stack. Where a state holds nothing at the old
    address, the block does nothing.

    Args:
        stack: the stack whose state is taken over.
        modules: for each module address (`module.db`), the resources that were in it.
        moved: further addresses, the one in the state → the one here; they go before the modules'.
    """
    further = dict(moved or {})
    blocks = [
        {"from": f"{module}.{_address(resource)}", "to": _address(resource)}
        for module, resources in modules.items()
        for resource in resources
        if _address(resource) not in further.values()
    ] + [{"from": old, "to": new} for old, new in further.items()]
    if blocks:
        stack.add_override("moved", blocks)


def _address(resource: TerraformResource) -> str:
    return f"{resource.terraform_resource_type}.{resource.friendly_unique_id}"
