"""A provider's schemas: the JSON that `terraform providers schema -json` prints, its types, its form on the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sandbox.providers.values import Type, Value

SCHEMAS = Path(__file__).parent / "schemas"
FLAGS = ("required", "optional", "computed", "sensitive", "deprecated")
NESTING = {"single": 1, "list": 2, "set": 3, "map": 4}  # the same numbers for nested attributes and blocks


@dataclass(frozen=True)
class Member:
    """One name inside a block; `inside` is the body of a nested attribute or block, repeated as `nesting` says."""

    name: str
    computed: bool
    optional: bool
    type: Type
    nesting: str
    inside: Block | None


class Block:
    """A body of attributes and blocks, read when first used: a command touches few of a provider's types."""

    def __init__(self, source: dict[str, Any]) -> None:
        self._attributes: dict[str, Any] = source.get("attributes", {})
        self._blocks: dict[str, Any] = source.get("block_types", {})

    @cached_property
    def members(self) -> dict[str, Member]:
        return {member.name: member for member in self._read()}

    def _read(self) -> Iterator[Member]:
        for name, source in self._attributes.items():
            flags = source.get("computed", False), source.get("optional", False)
            if nested := source.get("nested_type"):
                yield _nested(name, *flags, nested["nesting_mode"], Block(nested))
            else:
                yield Member(name, *flags, source["type"], "", None)
        for name, source in self._blocks.items():
            yield _nested(name, False, True, source["nesting_mode"], Block(source["block"]))

    @cached_property
    def type(self) -> Type:
        return ["object", {name: member.type for name, member in self.members.items()}]

    def to_protobuf(self, pb: Any) -> Any:
        """This block as the plugin protocol (module `pb`) describes it."""
        block = pb.Schema.Block(attributes=_attributes_to_protobuf(pb, self._attributes))
        for name, source in sorted(self._blocks.items()):
            limits = {limit: source.get(limit, 0) for limit in ("min_items", "max_items")}
            inner, nesting = Block(source["block"]).to_protobuf(pb), NESTING[source["nesting_mode"]]
            block.block_types.append(pb.Schema.NestedBlock(type_name=name, block=inner, nesting=nesting, **limits))
        return block


def _nested(name: str, computed: bool, optional: bool, nesting: str, inside: Block) -> Member:
    return Member(
        name, computed, optional, inside.type if nesting == "single" else [nesting, inside.type], nesting, inside
    )


def _attributes_to_protobuf(pb: Any, attributes: dict[str, Any]) -> list[Any]:
    messages: list[Any] = []
    for name, source in sorted(attributes.items()):
        message = pb.Schema.Attribute(name=name, **{flag: source.get(flag, False) for flag in FLAGS})
        if nested := source.get("nested_type"):
            message.nested_type.nesting = NESTING[nested["nesting_mode"]]
            message.nested_type.attributes.extend(_attributes_to_protobuf(pb, nested.get("attributes", {})))
        else:
            message.type = json.dumps(source["type"]).encode()
        messages.append(message)
    return messages


@dataclass(frozen=True)
class Schema:
    """The schema of one resource, data source or provider."""

    version: int
    block: Block

    @property
    def type(self) -> Type:
        return self.block.type

    def to_protobuf(self, pb: Any) -> Any:
        return pb.Schema(version=self.version, block=self.block.to_protobuf(pb))


class ProviderSchemas:
    """Every schema of one provider, from schemas/<namespace>-<name>-<version>.json."""

    def __init__(self, address: str, version: str) -> None:
        _, namespace, name = address.split("/")
        source = _read(SCHEMAS / f"{namespace}-{name}-{version}.json", address)
        self.provider = _schema(source["provider"])
        self.resources = {name: _schema(each) for name, each in source["resource_schemas"].items()}
        self.data_sources = {name: _schema(each) for name, each in source["data_source_schemas"].items()}


def _read(file: Path, address: str) -> dict[str, Any]:
    return json.loads(file.read_text(encoding="utf-8"))["provider_schemas"][address]


def _schema(source: dict[str, Any]) -> Schema:
    return Schema(source["version"], Block(source["block"]))


def elements(nesting: str, value: Value) -> dict[Any, Value]:
    """The bodies inside a nested value by their key: a map's, a list's index, None for a single one."""
    if not value:
        return {}
    if nesting == "single":
        return {None: value}
    return value if nesting == "map" else dict(enumerate(value))


def rebuild(nesting: str, bodies: dict[Any, Value]) -> Value:
    """The nested value that `elements` took apart."""
    if nesting == "single":
        return bodies[None]
    return bodies if nesting == "map" else list(bodies.values())
