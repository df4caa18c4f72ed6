"""No plan can destroy a resource that holds data."""

from collections.abc import Iterator

from constructs_lib.guards.stack_guard import StackGuard, StackValues, Values, resources

from catalog import CATALOG


class DataLossGuard(StackGuard):
    """`prevent_destroy` on each resource that holds data, by the catalog."""

    def __init__(self, stack: StackValues, *, protected: bool) -> None:
        """
        Args:
            stack: the JSON that the guard reads.
            protected: the stack's database branch holds original data, not a copy.
        """
        super().__init__(stack)
        self._protected = protected

    def findings(self, stack: Values) -> Iterator[str]:
        for kind, address, arguments in resources(stack):
            entry = CATALOG.get(kind)
            if entry is None or not entry.holds or (entry.holds_a_copy and not self._protected):
                continue
            if arguments.get("lifecycle", {}).get("prevent_destroy") is True:
                continue
            advice = "set the lifecycle prevent_destroy in its construct"
            if entry.holds_a_copy:
                advice = f"set environments.{self._stack.name}.protected = true"
            yield f"{address}: holds data that a plan could destroy; {advice}"
