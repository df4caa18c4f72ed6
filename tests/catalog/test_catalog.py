"""Each entry of the catalog agrees with the providers' schemas, and there is one for each type that stacks use."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from catalog import CATALOG, TAGS, ResourceType
from catalog.resource_type import NOT_CREATED
from tests.support import ROOT

Values = dict[str, Any]


def _schemas(group: str) -> Iterator[tuple[str, Values]]:
    """Each type of the catalog with its attributes by path, as the providers' schemas have them."""
    for file in sorted((ROOT / "sandbox/providers/schemas").glob("*.json")):
        for provider in json.loads(file.read_text()).get("provider_schemas", {}).values():
            for kind, schema in provider.get(group, {}).items():
                if kind in CATALOG:
                    yield kind, dict(_paths(schema["block"]))


def _paths(block: Values, before: str = "") -> Iterator[tuple[str, Values]]:
    """Each attribute of a block by its path, blocks in it included; the keys of a map are `*`."""
    for name, attribute in block.get("attributes", {}).items():
        yield f"{before}{name}", attribute
        if nested := attribute.get("nested_type"):
            key = "*." if nested["nesting_mode"] == "map" else ""
            yield from _paths(nested, f"{before}{name}.{key}")
    for name, nested in block.get("block_types", {}).items():
        yield from _paths(nested["block"], f"{before}{name}.")


RESOURCES = list(_schemas("resource_schemas"))
SCHEMAS = [*RESOURCES, *_schemas("data_source_schemas")]
CREATED = {
    kind
    for file in (ROOT / "tests/snapshots").glob("*/*.json")
    for group in ("resource", "data")
    for kind in json.loads(file.read_text()).get(group, {})
    if not kind.startswith("terraform_")
}
"""The types that the settings create, or read: examples/full.toml has every option."""


def test_the_catalog_has_every_type_that_a_stack_uses() -> None:
    assert sorted(CREATED - CATALOG.keys()) == []


def test_the_catalog_has_no_other_type_but_ones_that_hold_data() -> None:
    others = {kind for kind, entry in CATALOG.items() if entry.no_lookup == NOT_CREATED}
    assert sorted(CATALOG.keys() - CREATED) == sorted(others)
    assert [kind for kind in others if not CATALOG[kind].holds] == []


def test_every_type_that_the_settings_create_has_a_schema_to_check_it_against() -> None:
    assert sorted(CREATED - {kind for kind, _ in RESOURCES}) == []


@pytest.mark.parametrize("entry", CATALOG.values(), ids=CATALOG)
def test_an_entry_says_how_a_resource_is_found_or_why_it_cannot_be(entry: ResourceType) -> None:
    assert (entry.lookup is None) == bool(entry.no_lookup)
    # A provider's resources all begin with its name, and its entries are in the module of that name.
    assert entry.type.partition("_")[0] in ("aws", "cloudflare", "neon", "random")


@pytest.mark.parametrize(("kind", "attributes"), SCHEMAS, ids=[kind for kind, _ in SCHEMAS])
def test_the_secrets_are_the_attributes_that_the_provider_marks_as_sensitive(kind: str, attributes: Values) -> None:
    marked = {path for path, attribute in attributes.items() if attribute.get("sensitive")}
    assert marked == set(CATALOG[kind].secrets)


@pytest.mark.parametrize(("kind", "attributes"), RESOURCES, ids=[kind for kind, _ in RESOURCES])
def test_an_entry_names_only_arguments_that_the_type_has(kind: str, attributes: Values) -> None:
    entry = CATALOG[kind]
    arguments = {entry.label} - {""}
    arguments |= set(entry.lookup.same.values()) if entry.lookup else set()
    assert arguments - attributes.keys() == set()


@pytest.mark.parametrize("kind", sorted({kind for kind, _ in RESOURCES}))
def test_what_the_guard_watches_are_arguments_of_a_version_of_the_provider(kind: str) -> None:
    """A misspelled path would protect nothing. Some protections exist only since a later version."""
    entry = CATALOG[kind]
    watched = {path for each in entry.protections for path in (each.argument, each.only_with) if path}
    watched |= {each.argument for each in entry.entries}
    known = {path for other, attributes in RESOURCES if other == kind for path in attributes}
    blocks = {path.rpartition(".")[0] for path in known}
    assert watched - known - blocks == set()


LABELS_ELSEWHERE = {
    "aws_iam_role": TAGS,  # it has a description too, but everything on AWS is found by its tags
    "cloudflare_dns_record": "comment",  # tags need a paid plan
    "cloudflare_notification_policy_webhooks": "name",  # it has nothing else
}


@pytest.mark.parametrize(("kind", "attributes"), RESOURCES, ids=[kind for kind, _ in RESOURCES])
def test_every_type_with_room_for_a_label_has_one(kind: str, attributes: Values) -> None:
    rooms = [name for name in (TAGS, "comment", "description") if _can_be_set(attributes.get(name, {}))]
    assert CATALOG[kind].label == (LABELS_ELSEWHERE.get(kind) or "".join(rooms))


def _can_be_set(attribute: Values) -> bool:
    return bool(attribute.get("optional") or attribute.get("required"))
