"""What a shell in a world starts from: the hand-written states, the deployed stacks, a released app, a pull request.

`make sandbox WITH=…` prepares it for a reader of docs/, and the tests of the pages run from the same.
"""

import base64
import secrets
import shutil
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import httpx

from sandbox.cloud.postgres.postgres_programs import PostgresPrograms
from sandbox.drill.adoption_drill import load_hand_written_states
from sandbox.drill.app_run import check_out, releases_to, with_reference_release
from sandbox.drill.drill_report import DrillError
from sandbox.process import ROOT
from sandbox.world import IDS, World
from settings import Settings, load_settings

_NOT_COPIED = (
    ".git",
    ".venv",
    ".venv-*",
    "node_modules",
    "cdktf.out",
    ".rehearsal",
    ".releases",
    ".hypothesis",
    ".env",
    "*.tfvars",
    "__pycache__",
    ".*_cache",
)
_PULL_REQUEST = {"title": "Tea", "head": "feature/tea", "base": "main"}


class Prepared(StrEnum):
    """What is there when a shell begins. `app` and `pull-request` include what `deployed` does."""

    NOTHING = "nothing"
    STATES = "states"
    DEPLOYED = "deployed"
    APP = "app"
    PULL_REQUEST = "pull-request"


def shell_variables(world: World) -> dict[str, str]:
    """A world's environment with what `ops` needs besides: GitHub and Discord, which the local cloud answers for."""
    return world.environment | {
        "GITHUB_API_URL": f"{world.cloud}/api/v3",
        "GITHUB_TOKEN": f"ghs_{secrets.token_hex(18)}",
        "DISCORD_WEBHOOK_URL": world.discord_webhook(),
    }


def prepare(
    world: World, settings_file: Path, prepared: Prepared, *, say: Callable[[str], object] = lambda _: None
) -> Path:
    """Prepares a world, with two checkouts side by side, `infra` and `app`; returns the first.

    Nothing that is done there changes this checkout; what is installed is linked, not copied.

    Args:
        world: where to; its environment gets GitHub's and Discord's variables.
        settings_file: becomes the checkout's settings.toml.
        prepared: what there is to begin with.
        say: gets a line before each step that takes a while.

    Raises:
        DrillError: a step failed; the message is the end of its output.
    """
    settings = load_settings(settings_file)
    say("copying this checkout and the reference app")
    infra = _check_out(world, settings)
    enter(world)
    shutil.copy(settings_file, infra / "settings.toml")
    steps: dict[Prepared, tuple[tuple[str, Callable[[], object]], ...]] = {
        Prepared.NOTHING: (),
        Prepared.STATES: (("loading the hand-written states", lambda: load_hand_written_states(world, settings)),),
        Prepared.DEPLOYED: (("deploying all stacks, and the site", lambda: _deploy(world, infra, settings, prepared)),),
    }
    deployed = steps[Prepared.DEPLOYED]
    steps[Prepared.APP] = (*deployed, ("releasing the app", lambda: _release(world, infra, settings)))
    steps[Prepared.PULL_REQUEST] = (*deployed, ("opening a pull request", lambda: _open_pull_request(world, settings)))
    for checkout in (infra, infra.parent / "app"):
        _commit(world, checkout)
    for what, step in steps[prepared]:
        say(what)
        step()
    return infra


def checkouts(world: World) -> Path:
    """The folder that `prepare` puts the checkouts `infra` and `app` in."""
    return world.home / "checkouts"


def enter(world: World) -> Path:
    """Adds to a world's environment what commands in its checkouts need; returns the one of the infrastructure."""
    infra = checkouts(world) / "infra"
    world.environment |= shell_variables(world)
    folders = [infra / ".venv/bin", infra / "node_modules/.bin", world.environment["PATH"], PostgresPrograms().folder]
    world.environment["PATH"] = ":".join(map(str, folders))
    return infra


def _check_out(world: World, settings: Settings) -> Path:
    base = checkouts(world)
    infra = base / "infra"
    shutil.copytree(ROOT, infra, ignore=shutil.ignore_patterns(*_NOT_COPIED), symlinks=True)
    for installed in (".venv", "node_modules"):
        (infra / installed).symlink_to(ROOT / installed)
    check_out(base / "app", settings)
    runner = "sandbox/cloud/workers/runner/node_modules"
    (infra / runner).symlink_to(ROOT / runner)
    return infra


def _commit(world: World, checkout: Path) -> None:
    """Makes a checkout a git repository with one commit; what is installed is not part of it."""
    _run(world, checkout, "git", "-c", "init.defaultBranch=main", "init", "--quiet")
    (checkout / ".git/info/exclude").write_text(".venv\nnode_modules\n", encoding="utf-8")
    for name, value in (("user.name", "Rehearsal"), ("user.email", "rehearsal@example.com")):
        _run(world, checkout, "git", "config", name, value)
    _run(world, checkout, "git", "add", "--all")
    _run(world, checkout, "git", "commit", "--quiet", "--message", "as it is")


def _describe_release(settings_file: Path, settings: Settings, prepared: Prepared) -> None:
    """Adds how the reference app is released, and its secrets.

    What settings say of another app's release stays only where the reader may put that app in place of this one.
    """
    environment, more = releases_to(settings), ""
    if environment and settings.environments[environment].secrets is None:
        more += f'\n[environments.{environment}.secrets]\nrotation = "1"\n'
    text = settings_file.read_text(encoding="utf-8")
    if settings.release is None or prepared is not Prepared.DEPLOYED:
        text = with_reference_release(text, "smoke_seconds = 5\n")
    settings_file.write_text(text + more, encoding="utf-8")


def _deploy(world: World, infra: Path, settings: Settings, prepared: Prepared) -> None:
    _describe_release(infra / "settings.toml", settings, prepared)
    _run(world, infra, sys.executable, "main.py")
    _run(world, infra, sys.executable, "-m", "ops", "deploy", "--yes")
    if settings.website:
        _build_site(world, infra.parent / "app", settings)


def _release(world: World, infra: Path, settings: Settings) -> None:
    environment = releases_to(settings)
    if environment is None:
        raise DrillError("the settings have no [api] with an environment to release to: use --with deployed")
    _run(world, infra, sys.executable, "-m", "ops", "release", environment, "--app", "../app")


def _build_site(world: World, app: Path, settings: Settings) -> None:
    """Does what Cloudflare Pages does for a connected repository, with one page in place of a build by Next.js."""
    commit = _run(world, app, "git", "rev-parse", "HEAD").strip()
    content = f"<!doctype html><title>{settings.project.name}</title>The sandbox's site, at commit {commit[:12]}"
    push = {
        "account": IDS["account_id"],
        "project": settings.project.name,
        "commit_hash": commit,
        "commit_message": "as it is",
        "files": {"index.html": base64.b64encode(content.encode()).decode()},
    }
    world.control("pages/push", push)


def _open_pull_request(world: World, settings: Settings) -> None:
    repository = settings.repository
    url = f"{world.environment['GITHUB_API_URL']}/repos/{repository.owner}/{repository.name}/pulls"
    headers = {"Authorization": f"Bearer {world.environment['GITHUB_TOKEN']}"}
    httpx.post(url, json=_PULL_REQUEST, headers=headers, timeout=60).raise_for_status()


def _run(world: World, folder: Path, *command: str) -> str:
    done = world.run(list(command), folder)
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip()
        raise DrillError(f"{' '.join(command)} ended with exit code {done.returncode}:\n{said[-2000:]}")
    return done.stdout
