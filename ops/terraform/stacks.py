"""The synthesized stacks, and the order in which they are deployed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from ops.context.errors import OpsError
from ops.context.run_context import Context

# Deployed by `ops bootstrap` with an administrator's credentials; those of the workflows can't reach its resources.
APART = frozenset({"state"})


@dataclass(frozen=True)
class Stack:
    """A synthesized stack.

    Attributes:
        name: its name.
        folder: the folder of its cdk.tf.json, in which Terraform runs.
        after: the stacks whose outputs or resources it reads.
    """

    name: str
    folder: Path
    after: frozenset[str]


def read_stacks(context: Context, names: Sequence[str] = (), *, apart: bool = False) -> list[Stack]:
    """The named stacks of the last synth, or all but `state`, each after the ones it depends on.

    A stack depends on those in cdktf's manifest, and on each stack whose state it reads.

    Args:
        context: has the paths of cdktf.out and the settings.
        names: the stacks to choose. Default: all but those in APART.
        apart: also choose those in APART, if none is named.

    Raises:
        OpsError: there are none, they are older than the settings, or a name is unknown.
    """
    manifest = context.out / "manifest.json"
    if not manifest.is_file():
        raise OpsError(f"{context.out} holds no stacks; run make synth")
    if context.settings_file.is_file() and context.settings_file.stat().st_mtime_ns > manifest.stat().st_mtime_ns:
        raise OpsError(f"{context.out} is older than {context.settings_file}; run make synth")
    found = _entries(manifest)
    if unknown := [name for name in names if name not in found]:
        raise OpsError(f"no stack {unknown[0]}; there are: {', '.join(found)}")
    documents = {name: _document(context.out / entry.file) for name, entry in found.items()}
    readers = _readers(documents)
    stacks = {
        name: Stack(name=name, folder=context.out / entry.folder, after=frozenset(readers[name] | entry.dependencies))
        for name, entry in found.items()
    }
    return [stacks[name] for name in _ordered(stacks) if (name in names if names else apart or name not in APART)]


def levels(stacks: Iterable[Stack]) -> list[list[Stack]]:
    """The stacks in groups: the stacks of a group are independent of each other, and follow all earlier groups."""
    remaining = list(stacks)
    groups: list[list[Stack]] = []
    while remaining:
        names = {stack.name for stack in remaining}
        group = [stack for stack in remaining if not stack.after & names]
        groups.append(group)
        remaining = [stack for stack in remaining if stack not in group]
    return groups


@dataclass(frozen=True)
class _Entry:
    """A stack's entry in cdktf's manifest; both paths are below cdktf.out."""

    file: str
    folder: str
    dependencies: frozenset[str]


def _entries(manifest: Path) -> dict[str, _Entry]:
    try:
        found: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))["stacks"]
        return {
            name: _Entry(entry["synthesizedStackPath"], entry["workingDirectory"], frozenset(entry["dependencies"]))
            for name, entry in found.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise OpsError(f"{manifest}: can't be read; run make synth") from None


def _document(file: Path) -> dict[str, Any]:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise OpsError(f"{file}: can't be read; run make synth") from None


def _readers(documents: Mapping[str, dict[str, Any]]) -> dict[str, set[str]]:
    """For each stack, the stacks whose state it reads, matched by the state's location."""
    places = {
        place: name
        for name, document in documents.items()
        for kind, backend in document.get("terraform", {}).get("backend", {}).items()
        if (place := _place(kind, backend))
    }
    return {
        name: {
            places[place]
            for source in document.get("data", {}).get("terraform_remote_state", {}).values()
            if (place := _place(source["backend"], source.get("config", {}))) in places
        }
        for name, document in documents.items()
    }


def _place(kind: str, configuration: Mapping[str, Any]) -> tuple[str, str, str] | None:
    key = configuration.get("key") or configuration.get("path")
    return (kind, str(configuration.get("bucket", "")), str(key)) if key else None


def _ordered(stacks: Mapping[str, Stack]) -> list[str]:
    graph = {name: sorted(stack.after & stacks.keys()) for name, stack in stacks.items()}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise OpsError(f"these stacks wait for each other: {' → '.join(error.args[1])}; remove one reference") from None


def unlock_command(stack: str) -> str:
    """The command that releases the lock that a dead run left on a stack's state."""
    return f"python -m ops state unlock {stack}"
