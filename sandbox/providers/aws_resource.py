"""What the resources of AWS have in common: they are looked up, put and dropped through boto3's clients."""

# ruff: noqa: ARG002 (methods of an interface; not every resource needs every argument)
from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from botocore.exceptions import BotoCoreError, ClientError

from sandbox.providers.documents import Document, fill, refresh
from sandbox.providers.plan_rules import PlanRules, RuledResource
from sandbox.providers.provider import PlannedResource, Problem
from sandbox.providers.schema import Schema
from sandbox.providers.values import Value, from_json, is_unknown


@dataclass(frozen=True)
class Clients:
    """boto3's clients, which are not typed, and whose account and region they work in."""

    s3: Any
    iam: Any
    budgets: Any
    account: str
    region: str


Look: TypeAlias = Callable[[Clients, Value], "Document | None"]
Put: TypeAlias = Callable[[Clients, Value, Value], str]
Drop: TypeAlias = Callable[[Clients, Value], None]
Same: TypeAlias = Callable[[str, str], bool]

GONE = frozenset(
    {
        *("NoSuchBucket", "404", "NoSuchEntity", "NotFoundException", "NoSuchBucketPolicy"),
        *("NoSuchLifecycleConfiguration", "NoSuchPublicAccessBlockConfiguration", "OwnershipControlsNotFoundError"),
        "ServerSideEncryptionConfigurationNotFoundError",
    }
)


@dataclass(frozen=True)
class AwsResource(RuledResource):
    """One resource type.

    Attributes:
        title: what the real provider calls it in its messages.
        look: an object's attributes, by a state that has at least its id; None or one of the errors in GONE: not there.
        put: creates (prior state is null) or changes an object, and returns its id.
        drop: deletes an object.
        rules: plan-time behavior.
        same: for an attribute, which texts mean the same; then the one in the state stays.
    """

    title: str
    look: Look
    put: Put
    drop: Drop
    rules: PlanRules = field(default_factory=lambda: PlanRules(keep=None))
    same: Mapping[str, Same] = field(default_factory=dict[str, Same])

    def plan(self, schema: Schema, prior: Value, proposed: Value, config: Value) -> PlannedResource:
        if proposed is not None and prior is not None:
            proposed = self._settled(proposed, prior)
        planned = super().plan(schema, prior, proposed, config)
        if planned.state and "tags_all" in planned.state and not is_unknown(planned.state["tags"]):
            planned.state["tags_all"] = planned.state["tags"] or {}
        return planned

    def create(self, client: Clients, schema: Schema, planned: Value) -> Value:
        return self._written("creating", client, schema, None, planned)

    def update(self, client: Clients, schema: Schema, prior: Value, planned: Value) -> Value:
        return self._written("updating", client, schema, prior, planned)

    def _written(self, doing: str, client: Clients, schema: Schema, prior: Value, planned: Value) -> Value:
        wanted = {name: None if is_unknown(value) else value for name, value in planned.items()}
        try:
            state = {**wanted, "id": self.put(client, prior, wanted)}
            answer = self.look(client, state)
        except (BotoCoreError, ClientError) as error:
            raise self._problem(doing, error) from error
        if answer is None:
            raise Problem(f"{doing} {self.title}: not found after it was written")
        return fill(schema.block, planned, answer, empty_is_null=False)

    def delete(self, client: Clients, schema: Schema, state: Value) -> None:
        try:
            self.drop(client, state)
        except (BotoCoreError, ClientError) as error:
            if _code(error) not in GONE:
                raise self._problem("deleting", error) from error

    def read(self, client: Clients, schema: Schema, state: Value) -> Value:
        answer = self._look(client, state)
        return answer and self._settled(refresh(schema.block, state, answer), state)

    def import_state(self, client: Clients, schema: Schema, import_id: str) -> Value:
        answer = self._look(client, {**dict.fromkeys(schema.block.members), "id": import_id})
        if answer is None:
            detail = f"{self.title} {import_id!r} does not exist, so it can't be imported."
            raise Problem("Cannot import non-existent remote object", detail)
        empty = {
            name: [] if member.nesting in ("list", "set") else None for name, member in schema.block.members.items()
        }
        return {**empty, **{name: from_json(schema.block.members[name].type, answer[name]) for name in answer}}

    def _look(self, client: Clients, state: Value) -> Document | None:
        try:
            return self.look(client, state)
        except (BotoCoreError, ClientError) as error:
            if _code(error) in GONE:
                return None
            raise self._problem("reading", error) from error

    def _settled(self, new: Value, old: Value) -> Value:
        """The new values, but for those that mean the same as the old ones."""
        kept = {
            name: old[name]
            for name, same in self.same.items()
            if isinstance(new[name], str) and isinstance(old[name], str) and same(new[name], old[name])
        }
        return {**new, **kept}

    def _problem(self, doing: str, error: BotoCoreError | ClientError) -> Problem:
        return Problem(f"{doing} {self.title}: {error}")


def _code(error: Exception) -> str:
    return error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else ""


def same_json(left: str, right: str) -> bool:
    """Whether two texts are the same JSON; policies are compared like that."""
    try:
        return bool(json.loads(left) == json.loads(right))
    except ValueError:
        return False


def tag_list(tags: Mapping[str, str] | None) -> list[dict[str, str]]:
    """Tags in the form of most APIs."""
    return [{"Key": key, "Value": value} for key, value in sorted((tags or {}).items())]


def tag_attributes(tags: list[dict[str, str]]) -> Document:
    """The attributes `tags` and `tags_all`, from the form of most APIs."""
    values = {tag["Key"]: tag["Value"] for tag in tags}
    return {"tags": values, "tags_all": values}


def gone_tags(prior: Value, planned: Value) -> list[str]:
    """The keys of the tags that a change deletes."""
    return sorted(set((prior and prior["tags"]) or {}) - set(planned["tags"] or {}))
