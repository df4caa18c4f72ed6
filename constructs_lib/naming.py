"""Addresses in Terraform's state: a resource's name, and its former one."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from cdktf import TerraformElement, TerraformResource, TerraformStack

Element = TypeVar("Element", bound=TerraformElement)


def named(element: Element, logical_id: str) -> Element:
    """Sets an element's name in Terraform (`neon_branch.<logical_id>`), whatever scope it is in.

    Call it in the expression that creates the element: a token that was read earlier has the generated name, and
    Terraform would plan to replace the resource.
    """
    element.override_logical_id(logical_id)
    return element


def adopt(
    stack: TerraformStack,
    modules: Mapping[str, Sequence[TerraformResource]],
    moved: Mapping[str, str] | None = None,
) -> None:
    """Adds a `moved` block for each resource that the hand-written Terraform has in a module under the same name.

    cdktf has no class for `moved` blocks, so they are an override of the stack. If a state has nothing at the
    old address, the block does nothing.

    Args:
        stack: the stack whose state is adopted.
        modules: for each module address (`module.db`), its resources.
        moved: more addresses, the one in the state → the one here; they override the modules'.
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
