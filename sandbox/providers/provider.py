"""What a provider is made of, for any cloud."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sandbox.providers.schema import Schema
from sandbox.providers.values import Value

Path: TypeAlias = "tuple[str | int, ...]"


class Problem(Exception):  # noqa: N818, the field's word: a diagnostic
    """An error that Terraform shows: a headline, what to do about it, and the attribute at fault if one is."""

    def __init__(self, summary: str, detail: str = "", path: Path = ()) -> None:
        super().__init__(summary)
        self.summary, self.detail, self.path = summary, detail, path


@dataclass(frozen=True)
class PlannedResource:
    """What a resource will look like, and which attributes force a new one in its place."""

    state: Value
    replace: list[Path]


class Resource(ABC):
    """The behavior of one resource type. A state is a dict by attribute; a client is what `configure` made."""

    def validate(self, config: Value) -> None:
        """Raise Problem where the configuration cannot be right; unknown values pass."""
        del config

    @abstractmethod
    def plan(self, schema: Schema, prior: Value, proposed: Value, config: Value) -> PlannedResource:
        """Plan a create (prior is null) or an update, from what Terraform proposes."""

    @abstractmethod
    def create(self, client: Any, schema: Schema, planned: Value) -> Value:
        """Create the object and return its state."""

    @abstractmethod
    def update(self, client: Any, schema: Schema, prior: Value, planned: Value) -> Value:
        """Change the object and return its state."""

    @abstractmethod
    def delete(self, client: Any, schema: Schema, state: Value) -> None:
        """Delete the object."""

    @abstractmethod
    def read(self, client: Any, schema: Schema, state: Value) -> Value:
        """Return the object's current state, or None if it was deleted."""

    @abstractmethod
    def import_state(self, client: Any, schema: Schema, import_id: str) -> Value:
        """Return the state of the object that an import's id names."""


class DataSource(ABC):
    """The behavior of one data source type."""

    @abstractmethod
    def read(self, client: Any, schema: Schema, config: Value) -> Value:
        """Return the data, with what was configured as it was configured."""


class Provider(ABC):
    """A provider: its source address and version, the behavior of its types, and its own configuration.

    `legacy_sdk` says that the real one is built on terraform-plugin-sdk, whose looser rules Terraform then applies.
    """

    address: str
    version: str
    legacy_sdk: bool = False
    resources: Mapping[str, Resource]
    data_sources: Mapping[str, DataSource]

    def validate(self, config: Value) -> None:
        """Raise Problem where the provider's own arguments cannot be right."""
        del config

    @abstractmethod
    def configure(self, config: Value) -> Any:
        """Make the client that resources work with."""
