"""The workflows as documents."""

import tomllib
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
OWN = sorted((ROOT / ".github/workflows").glob("*.yml"))
CALLERS = sorted((ROOT / "examples/app/.github/workflows").glob("*.yml"))
ACTIONS = sorted((ROOT / ".github/actions").glob("*/action.yml"))

Document = dict[str, Any]


def _own_secrets() -> frozenset[str]:
    release = tomllib.loads((ROOT / "settings.toml").read_text(encoding="utf-8")).get("release", {})
    return frozenset(release.get("secrets", ()))


OWNERS_SECRETS = _own_secrets()
"""Secrets of the Worker that an owner added to the called workflows (docs/pipelines.md, step 10)."""


def read(file: Path) -> Document:
    """A workflow; its triggers are under `on`, which YAML 1.1 reads as the truth."""
    document: dict[Any, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in document.items()}


def named(name: str, files: list[Path] = OWN) -> Document:
    return read(next(file for file in files if file.name == name))


def jobs(file: Path) -> dict[str, Document]:
    return read(file)["jobs"]


def steps(file: Path) -> list[Document]:
    """Every step of a workflow or an action."""
    document = read(file)
    if "runs" in document:
        return document["runs"]["steps"]
    return [step for job in document["jobs"].values() for step in job.get("steps", [])]
