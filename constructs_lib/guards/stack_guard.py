"""What all guards share: what they look at, and how a finding ends the synth."""

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
    """A stack's JSON, made once for all its guards."""

    def __init__(self, stack: TerraformStack) -> None:
        """
        Args:
            stack: the stack; it is read when the first guard looks, so after all its resources were made.
        """
        self._stack = stack
        self.name = stack.node.id

    @cached_property
    def values(self) -> Values:
        """The JSON as it will be written, parsed and without the `//` keys in which cdktf writes of itself."""
        return _without_metadata(self._stack.to_terraform())


def _without_metadata(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_metadata(inner) for key, inner in value.items() if key != "//"}
    if isinstance(value, list):
        return [_without_metadata(inner) for inner in value]
    return value


@jsii.implements(IAspect)
class Guard(ABC):
    """A rule that a stack has to keep."""

    def __init__(self, stack: StackValues) -> None:
        """
        Args:
            stack: what the guard looks at.
        """
        self._stack = stack

    def visit(self, node: IConstruct) -> None:
        """Stops the synth where the rule is broken. cdktf calls it.

        Raises:
            ValueError: a line for each finding, marked for `guard_lines`.
        """
        del node  # the rule is the whole stack's
        lines = [f"{_MARK}{self._stack.name}: {finding}" for finding in self.findings(self._stack.values)]
        if lines:
            raise ValueError("\n".join(lines))

    @abstractmethod
    def findings(self, stack: Values) -> Iterator[str]:
        """What breaks the rule: `<address>: <what is wrong>; <what to do>`, on one line and with no secret in it.

        Args:
            stack: a stack's JSON.
        """


def guard_lines(error: RuntimeError) -> list[str]:
    """The lines of the guard that ended a synth; none where the error is another one.

    What a Python aspect raises comes back from Node as a RuntimeError, with the lines first and Node's stack after.

    Args:
        error: what `App.synth()` raised.
    """
    return [line for line in str(error).splitlines() if line.startswith(_MARK)]


def resources(stack: Values) -> Iterator[tuple[str, str, Values]]:
    """Each resource of a stack's JSON: its type, its address and its arguments."""
    for kind, named in stack.get("resource", {}).items():
        for name, arguments in named.items():
            yield kind, f"{kind}.{name}", arguments
