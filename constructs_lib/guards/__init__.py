"""The rules that every synthesized stack must hold, each one an aspect. A broken rule stops the synth, with one line.

Constructs set what the rules ask for. The guards only read the JSON that the stack is about to be written as.
docs/policy.md lists them, and says which rules are kept elsewhere.
"""

from constructs_lib.guards.catalog_guard import CatalogGuard
from constructs_lib.guards.data_loss_guard import DataLossGuard
from constructs_lib.guards.label_guard import LabelGuard
from constructs_lib.guards.proxy_guard import ProxyGuard
from constructs_lib.guards.secret_guard import SecretGuard
from constructs_lib.guards.stack_guard import StackGuard, StackValues, guard_lines
from constructs_lib.guards.version_guard import VersionGuard

from cdktf import Aspects, TerraformStack
from constructs import Construct

__all__ = ["guard", "guard_lines"]


def guard(stack: TerraformStack, *, protected: bool, labeled_as: str | None = None) -> None:
    """Adds every guard to a stack.

    Args:
        stack: the stack, before or after its resources are created.
        protected: the stack's database branch holds original data, which no plan may destroy.
        labeled_as: `<project>/<stack>`, which every resource with room for it must name; None: labels are optional.

    Raises:
        RuntimeError: later, from the app's `synth()`; `guard_lines` returns its lines.
    """
    values = StackValues(stack)
    guards: list[StackGuard] = [
        CatalogGuard(values),
        DataLossGuard(values, protected=protected),
        SecretGuard(values),
        ProxyGuard(values),
        VersionGuard(values),
    ]
    if labeled_as:
        guards.append(LabelGuard(values, labeled_as=labeled_as))
    # An aspect visits the construct that it was added to, and everything below: a leaf is visited once. On the stack,
    # Node would call each guard for each construct.
    aspects = Aspects.of(Construct(stack, "guards"))
    for each in guards:
        aspects.add(each)
