"""Rules that hold for every stack, each one an aspect. What breaks one stops the synth, in one line that names it.

Constructs set what the rules ask for; the guards only look, at the JSON that the stack is about to be written as.
"""

from constructs_lib.guards.data_loss import DataLossGuard
from constructs_lib.guards.guard import Guard, StackValues, guard_lines
from constructs_lib.guards.labels import LabelGuard
from constructs_lib.guards.secrets import SecretGuard
from constructs_lib.guards.versions import VersionGuard

from cdktf import Aspects, TerraformStack
from constructs import Construct

__all__ = ["guard", "guard_lines"]


def guard(stack: TerraformStack, *, protected: bool, labelled_as: str | None = None) -> None:
    """Adds every guard to a stack.

    Args:
        stack: the stack, before or after its resources are made.
        protected: the stack's database branches hold data that no plan may destroy.
        labelled_as: `<project>/<stack>`, which every resource that can carry it has to name; None: labels are free.

    Raises:
        RuntimeError: later, from the app's `synth()`; `guard_lines` has its lines.
    """
    values = StackValues(stack)
    guards: list[Guard] = [DataLossGuard(values, protected=protected), SecretGuard(values), VersionGuard(values)]
    if labelled_as:
        guards.append(LabelGuard(values, labelled_as=labelled_as))
    # An aspect visits what it was added to and all below: on a leaf that is once. On the stack, each guard would be
    # called over from Node for each construct, only to say no.
    aspects = Aspects.of(Construct(stack, "guards"))
    for each in guards:
        aspects.add(each)
