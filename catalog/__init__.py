"""What is known about each Terraform resource type: the data in it, its secrets, its label, how to find it, its price.

One module for each provider, one entry for each type. Everything that needs such a fact reads it here: the guards of
every stack, the guard of every plan, `ops state recover`, `ops cost` and docs/resource-types.md. The sandbox does not:
it keeps its own knowledge of the clouds, so that it can disagree.
"""

from catalog.aws_types import AWS_TYPES
from catalog.cloudflare_types import CLOUDFLARE_TYPES, PAGES_BINDINGS
from catalog.entry_list import EntryList
from catalog.neon_types import NEON_TYPES
from catalog.random_types import RANDOM_TYPES
from catalog.resource_type import TAGS, Lookup, Protection, ResourceType

__all__ = ["CATALOG", "HOLDS_DATA", "PAGES_BINDINGS", "TAGS", "EntryList", "Lookup", "Protection", "ResourceType"]

CATALOG = {entry.type: entry for entry in (*NEON_TYPES, *CLOUDFLARE_TYPES, *AWS_TYPES, *RANDOM_TYPES)}
"""Every entry by its resource type."""

HOLDS_DATA = frozenset(entry.type for entry in CATALOG.values() if entry.holds)
"""The types that hold data."""
