"""What several tests need: settings files made from values, and the JSON that settings synthesize."""

import json
import os
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cdktf import TerraformStack

from main import build
from settings import Settings, load_settings

ROOT = Path(__file__).parents[1]
EXPENSE_TRACKER = ROOT / "sandbox/fixtures/expense-tracker.toml"
"""The expense tracker's settings as the hand-written HCL had them; settings.toml itself is the owner's to change."""
SETTINGS_FILES = (EXPENSE_TRACKER, *sorted((ROOT / "examples").glob("*.toml")))


def own_errors(text: str) -> str:
    """What a command printed on standard error, without the line that says which cloud it works on."""
    first, _, rest = text.partition("\n")
    return rest if first.startswith("target: ") else text


Values = dict[str, Any]
Stacks = dict[str, Values]


def read_values(file: Path) -> Values:
    """The values of a settings file, to be changed and written again."""
    return tomllib.loads(file.read_text(encoding="utf-8"))


def merged(values: Mapping[str, Any], changes: Mapping[str, Any]) -> Values:
    """Values with changes laid over them, table by table; None takes a key away."""
    result = dict(values)
    for key, change in changes.items():
        if change is None:
            result.pop(key, None)
        elif isinstance(change, Mapping) and isinstance(result.get(key), Mapping):
            result[key] = merged(result[key], change)
        else:
            result[key] = change
    return result


def load_text(text: str) -> Settings:
    """Loads settings from the text of a file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "settings.toml")
        file.write_text(text, encoding="utf-8")
        return load_settings(file)


def load_values(values: Mapping[str, Any]) -> Settings:
    """Loads settings from values, by way of a file, as an owner would."""
    return load_text("".join(f"{_toml(key)} = {_toml(value)}\n" for key, value in values.items()))


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_toml(key)} = {_toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    # A TOML string is a JSON string, except for this one character and for surrogates.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def stack_names(settings: Settings) -> list[str]:
    """The names of the stacks that settings lead to."""
    with tempfile.TemporaryDirectory() as folder:
        children = build(settings, outdir=Path(folder)).node.children
        return [child.node.id for child in children if isinstance(child, TerraformStack)]


def synthesize(settings: Settings) -> Stacks:
    """The JSON of each stack, parsed."""
    with tempfile.TemporaryDirectory() as folder:
        build(settings, outdir=Path(folder)).synth()
        return {file.parent.name: json.loads(file.read_text()) for file in Path(folder).glob("stacks/*/cdk.tf.json")}


def dependencies(settings: Settings, command_line: Sequence[str]) -> dict[str, list[str]]:
    """For each stack, the ones that cdktf runs before it."""
    with tempfile.TemporaryDirectory() as folder:
        build(settings, outdir=Path(folder), command_line=command_line).synth()
        manifest = json.loads(Path(folder, "manifest.json").read_text(encoding="utf-8"))
        return {name: stack["dependencies"] for name, stack in manifest["stacks"].items()}


def without_metadata(value: Any) -> Any:
    """JSON without the `//` keys, in which cdktf writes of itself."""
    if isinstance(value, dict):
        return {key: without_metadata(inner) for key, inner in value.items() if key != "//"}
    if isinstance(value, list):
        return [without_metadata(inner) for inner in value]
    return value


def strings(value: Any) -> Iterator[str]:
    """Every text in a JSON value, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def addresses(stack: Values) -> set[str]:
    """The addresses of the resources that a stack manages."""
    return {f"{kind}.{name}" for kind, named in stack.get("resource", {}).items() for name in named}


def tool_environment(**variables: str) -> dict[str, str]:
    """The environment in which the project's tools run, as the Makefile sets it."""
    path = f"{ROOT / '.venv/bin'}:{ROOT / 'node_modules/.bin'}:{os.environ['PATH']}"
    return os.environ | {"PATH": path, "CHECKPOINT_DISABLE": "1", "DISABLE_VERSION_CHECK": "1", "CI": "1"} | variables
