"""What all guards share: the JSON that they read, and how a finding stops the synth."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import jsii
from cdktf import IAspect, TerraformStack
from constructs import IConstruct

Values = Mapping[str, Any]
_MARK = "guard: "


class StackValues:
    """A stack's JSON, created once for all of its guards."""

    def __init__(self, stack: TerraformStack) -> None:
        """
        Args:
            stack: the stack; it is read when the first guard runs, which is after all resources were created.
        """
        self._stack = stack
        self.name = stack.node.id

    @cached_property
    def values(self) -> Values:
        """The JSON as it will be written, parsed, without the `//` keys in which cdktf keeps its metadata."""
        return _without_metadata(self._stack.to_terraform())


def _without_metadata(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_metadata(inner) for key, inner in value.items() if key != "//"}
    if isinstance(value, list):
        return [_without_metadata(inner) for inner in value]
    return value


@jsii.implements(IAspect)
class StackGuard(ABC):
    """A rule that a stack must hold."""

    def __init__(self, stack: StackValues) -> None:
        """
        Args:
            stack: the JSON that the guard reads.
        """
        self._stack = stack

    def visit(self, node: IConstruct) -> None:
        """Stops the synth if the rule is broken. cdktf calls it.

        Raises:
            ValueError: one line for each finding, marked for `guard_lines`.
        """
        del node  # the rule concerns the whole stack
        lines = [f"{_MARK}{self._stack.name}: {finding}" for finding in self.findings(self._stack.values)]
        if lines:
            raise ValueError("\n".join(lines))

    @abstractmethod
    def findings(self, stack: Values) -> Iterator[str]:
        """What breaks the rule: `<address>: <what is wrong>; <what to do>`, on one line and without a secret.

        Args:
            stack: a stack's JSON.
        """


def guard_lines(error: RuntimeError) -> list[str]:
    """The lines of the guard that stopped a synth; none for any other error.

    An exception of a Python aspect returns from Node as a RuntimeError: its own lines first, then Node's stack trace.

    Args:
        error: the error that `App.synth()` raised.
    """
    return [line for line in str(error).splitlines() if line.startswith(_MARK)]


def resources(stack: Values) -> Iterator[tuple[str, str, Values]]:
    """Each resource of a stack's JSON: its type, its address and its arguments."""
    for kind, named in stack.get("resource", {}).items():
        for name, arguments in named.items():
            yield kind, f"{kind}.{name}", arguments
