"""Each resource names the project and the stack that it belongs to, if it has room for that."""

from collections.abc import Iterator

from constructs_lib.guards.stack_guard import StackGuard, StackValues, Values, resources

from catalog import CATALOG, TAGS


class LabelGuard(StackGuard):
    """`<project>/<stack>` in each comment or description, and the tags `project` and `stack` on AWS."""

    def __init__(self, stack: StackValues, *, labeled_as: str) -> None:
        """
        Args:
            stack: the JSON that the guard reads.
            labeled_as: `<project>/<stack>`.
        """
        super().__init__(stack)
        self._label = labeled_as

    def findings(self, stack: Values) -> Iterator[str]:
        for kind, address, arguments in resources(stack):
            argument = CATALOG[kind].label if kind in CATALOG else ""
            if argument == TAGS:
                yield from self._tags(address, arguments.get(TAGS, {}))
            elif argument and self._label not in str(arguments.get(argument, "")):
                yield f"{address}: its {argument} does not name {self._label}; add it"

    def _tags(self, address: str, tags: Values) -> Iterator[str]:
        project, stack = self._label.rsplit("/", 1)
        if tags.get("project") != project or tags.get("stack") != stack:
            yield f"{address}: its tags lack project = {project}, stack = {stack}; add them"
