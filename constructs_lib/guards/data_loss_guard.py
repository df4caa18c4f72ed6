"""What holds data can't be destroyed by a plan."""

from collections.abc import Iterator

from constructs_lib.guards.guard import Guard, StackValues, Values, resources

ALWAYS = frozenset({"neon_project", "cloudflare_pages_project", "aws_s3_bucket"})
"""Kinds that lose data, or an address that others use, wherever they are."""
WHERE_PROTECTED = frozenset({"neon_branch", "neon_database"})
"""Kinds that hold the product's data in some stacks, and in others a copy that may go."""


class DataLossGuard(Guard):
    """`prevent_destroy` on each resource that holds data."""

    def __init__(self, stack: StackValues, *, protected: bool) -> None:
        """
        Args:
            stack: what the guard looks at.
            protected: the stack's database branches hold the product's data too.
        """
        super().__init__(stack)
        self._kinds = ALWAYS | WHERE_PROTECTED if protected else ALWAYS

    def findings(self, stack: Values) -> Iterator[str]:
        for kind, address, arguments in resources(stack):
            if kind not in self._kinds or arguments.get("lifecycle", {}).get("prevent_destroy") is True:
                continue
            advice = "give its construct the lifecycle prevent_destroy"
            if kind in WHERE_PROTECTED:
                advice = f"set environments.{self._stack.name}.protected = true"
            yield f"{address}: holds data that a plan could destroy; {advice}"
