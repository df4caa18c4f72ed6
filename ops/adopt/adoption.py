"""Adopts hand-written Terraform: creates settings from its states, and proves that they change nothing."""

import os
import shlex
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import tomli_w

from ops.adopt.copies import plan_over_copies
from ops.adopt.explain import explain
from ops.adopt.hcl_states import HclState, find_states
from ops.adopt.reading import Reading, by_stack, read_settings
from ops.context.errors import OpsError
from ops.context.private_folder import private_folder
from ops.context.run_context import Context
from ops.terraform.changes import read_changes
from settings import Settings, SettingsError, load_settings
from settings.neon_plans import NEON_PLANS

_HEADER = """\
# Created by `python -m ops adopt` from the states of hand-written Terraform. docs/settings.md describes every key.
# No secret belongs here: tokens and account ids are Terraform variables (README, "Credentials").
# A state does not say which plans you pay for; database.plan is the smallest one that allows what is deployed.
"""


@dataclass(frozen=True)
class Candidate:
    """Settings for states, not yet proven.

    Attributes:
        text: the settings file.
        settings: the parsed file.
        states: each state by its stack's name.
        notes: values that no setting controls.
    """

    text: str
    settings: Settings
    states: Mapping[str, HclState]
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Adoption:
    """The effect that a deploy of the settings would have on the states.

    Attributes:
        plans: one line for each stack.
        differences: each attribute that differs, with the fix. Empty if nothing is added, changed or destroyed.
        notes: other facts that the owner should know.
    """

    plans: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read(
    context: Context,
    source: str,
    *,
    bucket: str | None = None,
    region: str | None = None,
    repository: str | None = None,
) -> Candidate:
    """Creates settings from states.

    Args:
        context: has the credentials for S3.
        source: a folder, or `s3://bucket/prefix`.
        bucket: the bucket of the states, if `source` doesn't name it.
        region: its region, if `source` doesn't name it. Default: us-east-1.
        repository: `owner/name` on GitHub, if no state names it. Default: this checkout's own.

    Raises:
        OpsError: the states don't have this project's shape; one line for each reason.
    """
    found = find_states(context, source)
    bucket = bucket or found.bucket
    if not bucket:
        raise OpsError(f"{source}: the bucket of these states is unknown; pass --bucket <name>")
    region = region or found.region or "us-east-1"
    reading = read_settings(found.states, bucket=bucket, region=region, repository=repository or context.repository)
    if reading.problems:
        raise OpsError("\n".join(reading.problems))
    text, settings = _valid(reading)
    return _in_place(Candidate(text, settings, reading.stacks, reading.notes))


def given(context: Context, source: str, file: Path) -> Candidate:
    """Reads an owner's settings for states, so that they can be proven.

    Raises:
        OpsError: the states can't be read, or are not where the settings expect them.
        SettingsError: the file is invalid.
    """
    settings = load_settings(file)
    states = by_stack(find_states(context, source).states)
    return _in_place(Candidate(file.read_text(encoding="utf-8"), settings, states))


def prove(context: Context, candidate: Candidate) -> Adoption:
    """Plans the settings over copies of the states.

    Raises:
        OpsError: it can't be planned.
    """
    with private_folder("adopt") as folder:
        file = folder / "settings.toml"
        file.write_text(candidate.text, encoding="utf-8")
        plans = plan_over_copies(context, file, candidate.states, folder)
    adoption = Adoption(notes=list(candidate.notes))
    for stack, plan in plans.items():
        changes = read_changes(plan)
        adoption.plans.append(f"{stack}: {changes.sentence}")
        adoption.differences.extend(explain(stack, changes.resources))
        adoption.notes.extend(f"{stack}: output {line}: the next deploy writes it" for line in changes.outputs)
    stateless = [name for name in candidate.settings.environments if name not in plans]
    adoption.notes.extend(f"{name}: it has no state, so a deploy would create it" for name in stateless)
    return adoption


def _in_place(candidate: Candidate) -> Candidate:
    """Refuses states that are not where the settings expect them: a deploy would create everything a second time."""
    settings = candidate.settings
    lines: list[str] = []
    for stack, state in candidate.states.items():
        wanted = f"s3://{settings.state.bucket}/{settings.state_key(stack)}"
        if state.key and state.place != wanted:
            copy = shlex.join(["aws", "s3", "cp", state.place, wanted])
            lines.append(f"{state.place}: the stack {stack} expects its state at {wanted}; copy it there: {copy}")
    if lines:
        raise OpsError("\n".join(lines))
    return candidate


def check_free(file: Path, *, force: bool) -> None:
    """Refuses a file that exists, unless it may be overwritten.

    Raises:
        OpsError: it exists and `force` is not set.
    """
    if file.exists() and not force:
        raise OpsError(f"{file}: exists; choose another file with --write, or overwrite it with --force")


def unproven(file: Path) -> Path:
    """The file for settings that change something or could not be planned, in place of the requested one."""
    return file.with_name(f"{file.name}.unproven")


def write(file: Path, text: str, *, force: bool) -> None:
    """Writes a settings file atomically.

    Raises:
        OpsError: it exists and `force` is not set, or it can't be written.
    """
    check_free(file, force=force)
    try:
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    except OSError as error:
        raise OpsError(f"{file}: can't be written: {error.strerror}; choose another folder") from None
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as output:
            output.write(text)
        temporary.chmod(0o644)
        if force:
            temporary.replace(file)
        else:
            # Fails if another process has created the file in the meantime.
            file.hardlink_to(temporary)
    except FileExistsError:
        raise OpsError(f"{file}: exists; choose another file with --write, or overwrite it with --force") from None
    except OSError as error:
        raise OpsError(f"{file}: can't be written: {error.strerror}; choose another folder") from None
    finally:
        temporary.unlink(missing_ok=True)


def _valid(reading: Reading) -> tuple[str, Settings]:
    """The settings as a valid file, on the smallest Neon plan that allows them."""
    refused: SettingsError | None = None
    for plan in NEON_PLANS:
        values = dict(reading.values)
        if plan != "free":
            values["database"] = {"plan": plan, **values["database"]}
        text = f"{_HEADER}{''.join(f'# {note}{chr(10)}' for note in reading.notes)}\n{tomli_w.dumps(values)}"
        try:
            return text, _load(text)
        except SettingsError as error:
            refused = refused or error
    raise OpsError(
        "\n".join(f"the states hold a value that no setting accepts: {line}" for line in str(refused).splitlines())
    )


def _load(text: str) -> Settings:
    with tempfile.TemporaryDirectory() as name:
        file = Path(name, "settings.toml")
        file.write_text(text, encoding="utf-8")
        try:
            return load_settings(file)
        except SettingsError as error:
            raise SettingsError(str(error).replace(f"{file}: ", "")) from None
