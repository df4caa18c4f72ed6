"""Write the workflows that the app's repository calls this one with, or raise the commit that they pin.

`python -m tools.app_callers ../app` copies the files of examples/app/.github that the app lacks, with this repository's
name and newest commit. In workflows that it finds, it changes only the pins: what the owner has changed there stays.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ops.health.app_checks import MADE_BY_THE_STACK
from settings import Settings, SettingsError, load_settings

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "examples/app/.github"
# What the templates name in place of this repository and its commit.
PLACEHOLDER, NO_COMMIT = "sebastianiv21/intent-infrastructure", "0" * 40
_PIN = re.compile(r"[\w.-]+/[\w.-]+(/\.github/workflows/app-\w+\.yml)@[0-9a-f]{40}")
_GITHUB = re.compile(r"github\.com[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?$")
_CALLED = ("app-deploy.yml", "app-preview.yml")


class CallersError(Exception):
    """The callers can't be written; `str()` is one line that says why and what to do."""


@dataclass(frozen=True)
class Pin:
    """What the callers call.

    Attributes:
        repository: this repository on GitHub, as owner/name.
        commit: the commit whose workflows, code and settings the app's workflows run.
    """

    repository: str
    commit: str

    def put_into(self, text: str) -> str:
        """A caller's text with this pin in place of any other."""
        return _PIN.sub(lambda match: f"{self.repository}{match[1]}@{self.commit}", text)


def newest_pin(root: Path, settings: Settings, repository: str = "") -> Pin:
    """The checked-out commit of this repository, which must be on GitHub, with the settings in it.

    Args:
        root: the checkout.
        settings: its settings.
        repository: its name on GitHub, as owner/name. Default: that of the remote origin.

    Raises:
        CallersError: the commit is not pushed, the settings are not committed or have no [release], or there is no
            name.
    """
    if settings.release is None:
        raise CallersError("settings.toml has no [release], which a release needs: add it, deploy, and run this again")
    if _git(root, "status", "--porcelain", "--", "settings.toml"):
        raise CallersError("settings.toml is not committed: releases would not use it; commit and push it")
    commit = _git(root, "rev-parse", "HEAD")
    if not _git(root, "branch", "--remotes", "--contains", commit):
        raise CallersError(f"commit {commit[:12]} is not on GitHub: push it (git push origin main), and run this again")
    found = _GITHUB.search(_git(root, "remote", "get-url", "origin"))
    name = repository or (found[1] if found else "")
    if not name:
        raise CallersError("the remote origin is not on GitHub; name the repository: --repository owner/name")
    return Pin(name, commit)


def write_callers(app: Path, pin: Pin, environments: Sequence[str] = ()) -> list[Path]:
    """Writes the files that the app lacks, and puts the pin into every workflow that has one.

    Args:
        app: the app's checkout.
        pin: what they call.
        environments: further environments to release to. Each gets two files of its own, like production's.

    Returns:
        The files that were written.

    Raises:
        CallersError: there is no such checkout, or a file of the same name calls something else.
    """
    if not app.is_dir():
        raise CallersError(f"{app}: no such folder; name the app's checkout")
    new: dict[Path, str] = {}
    # Also those of an environment that is not named this time: a rollback by an older pin would use older settings.
    for file in sorted((app / ".github/workflows").glob("*.yml")):
        own = file.read_text(encoding="utf-8")
        if (text := pin.put_into(own)) != own:
            new[file] = text
    for name, text in sorted(_templates(environments).items()):
        file = app / ".github" / name
        text = text.replace(PLACEHOLDER, pin.repository).replace(NO_COMMIT, pin.commit)
        if file.exists():
            own = file.read_text(encoding="utf-8")
            if _PIN.search(text) and not _PIN.search(own):
                raise CallersError(f"{file}: is another workflow; rename it, and run this again")
            continue
        new[file] = text
    for file, text in new.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return list(new)


def _templates(environments: Sequence[str]) -> dict[str, str]:
    """The text of each file by its path within .github."""
    found = {str(file.relative_to(TEMPLATES)): file.read_text(encoding="utf-8") for file in TEMPLATES.rglob("*.yml")}
    for name, text in list(found.items()):
        for environment in environments if name.endswith("-production.yml") else ():
            own = text.replace("production", environment).replace("Production", environment.capitalize())
            found[name.replace("production", environment)] = own
    return found


def unpassed_secrets(settings: Settings, workflows: Path) -> list[str]:
    """The secrets of the Worker that no stack generates and no workflow passes on.

    Args:
        settings: the settings.
        workflows: the folder of the called workflows.
    """
    if settings.release is None:
        return []
    generated = (
        MADE_BY_THE_STACK if any(table.secrets for table in settings.environments.values()) else frozenset[str]()
    )
    texts = [(workflows / name).read_text(encoding="utf-8") for name in _CALLED]
    wanted = [name for name in settings.release.secrets if name != "DATABASE_URL" and name not in generated]
    return [name for name in wanted if any(f"secrets.{name} " not in text for text in texts)]


def _git(root: Path, *arguments: str) -> str:
    finished = subprocess.run(["git", "-C", root, *arguments], capture_output=True, text=True)
    return finished.stdout.strip() if finished.returncode == 0 else ""


def main(arguments: Sequence[str]) -> int:
    """Prints each file that was written, and what is left to do."""
    parser = argparse.ArgumentParser(prog="python -m tools.app_callers", description="Write the app's workflows.")
    parser.add_argument("app", type=Path, metavar="APP", help="the app's checkout")
    parser.add_argument(
        "--environment",
        action="append",
        default=[],
        metavar="NAME",
        help="also write workflows for this environment; repeatable",
    )
    parser.add_argument("--repository", default="", metavar="OWNER/NAME", help="this repository, if not origin's")
    named = parser.parse_args(arguments)
    try:
        settings = load_settings(ROOT / "settings.toml")
        pin = newest_pin(ROOT, settings, named.repository)
        if unknown := [name for name in named.environment if name not in settings.environments]:
            raise CallersError(f"settings.toml has no environment {', '.join(unknown)}; add it, or name another one")
        written = write_callers(named.app, pin, named.environment)
    except (CallersError, SettingsError) as error:
        print(f"app_callers: {error}", file=sys.stderr)
        return 1
    for file in written:
        print(f"wrote {file}")
    print(f"the app's workflows call {pin.repository} at {pin.commit}")
    for name in unpassed_secrets(settings, ROOT / ".github/workflows"):
        print(f"{name}: add it to {' and '.join(_CALLED)} and to their callers (docs/pipelines.md)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
