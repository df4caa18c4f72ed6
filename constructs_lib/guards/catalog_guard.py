"""Every resource type in a stack has an entry in the catalog: without one, no other guard knows what it holds."""

from collections.abc import Iterator

from constructs_lib.guards.stack_guard import StackGuard, Values

from catalog import CATALOG

_BUILT_IN = "terraform_"
"""How the types begin that are part of Terraform and reach no cloud, such as `terraform_remote_state`."""


class CatalogGuard(StackGuard):
    """An entry in the catalog for the type of each resource and data source."""

    def findings(self, stack: Values) -> Iterator[str]:
        for group, prefix in (("resource", ""), ("data", "data.")):
            for kind, named in stack.get(group, {}).items():
                if kind not in CATALOG and not kind.startswith(_BUILT_IN):
                    for name in named:
                        yield (
                            f"{prefix}{kind}.{name}: the catalog has no entry for {kind}; add one to "
                            f"catalog/{kind.partition('_')[0]}_types.py (docs/add-a-resource-type.md)"
                        )
