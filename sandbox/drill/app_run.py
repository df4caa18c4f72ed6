"""The reference app in a world: its checkout, the settings that say how it is released, and `python -m ops`."""

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import threading
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import tomli_w

from sandbox.drill.drill_report import DrillError
from sandbox.process import ROOT
from sandbox.world import World
from settings import Settings, load_settings

APP = ROOT / "examples" / "app"
RELEASE = (APP / "release.toml").read_text(encoding="utf-8")
"""How the reference app is released: a table [release] for settings that have none."""
_REHEARSED = """secrets = ["DATABASE_URL", "BETTER_AUTH_SECRET", "BETTER_AUTH_URL"]
audit_command = "node --version"
smoke_seconds = 10
"""
_SECRETS = ("NEON_API_KEY", "CLOUDFLARE_API_TOKEN", "BETTER_AUTH_SECRET")
_API = "apps/api"
# A table [release] or [release.…], up to the next other table and the comments right before it.
_RELEASE_TABLES = re.compile(r"^\[release[\].].*?(?=^(?:#[^\n]*\n)*\[(?!release[\].])|\Z)", re.MULTILINE | re.DOTALL)
_MIGRATIONS = f"{_API}/migrations"


def installed() -> bool:
    """Whether `make app` was run: the app's packages and its Worker's runner are installed."""
    runner = ROOT / "sandbox" / "cloud" / "workers" / "runner"
    return all((folder / "node_modules").is_dir() for folder in (APP / _API, runner))


def with_reference_release(text: str, more: str = "") -> str:
    """A settings file in which [release] is that of the reference app: the owner's commands are of another app.

    Args:
        text: the settings file's text.
        more: keys to add to the table.
    """
    values = tomllib.loads(text)
    if values.pop("release", None) is not None:
        kept = _RELEASE_TABLES.sub("", text)
        # Only text that is cut out whole keeps its comments and empty tables.
        text = kept if _same(kept, values) else tomli_w.dumps(values)
    return f"{text.rstrip()}\n\n{RELEASE}{more}"


def _same(text: str, values: Mapping[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == values
    except tomllib.TOMLDecodeError:
        return False


def releases_to(settings: Settings) -> str | None:
    """The environment that the drill releases the app to, or None if the settings have no API or lack it."""
    if settings.api is None or settings.api.site_environment not in settings.environments:
        return None
    return settings.api.site_environment


def check_out(folder: Path, settings: Settings) -> None:
    """Copies the reference app as a product's own: wrangler knows each of the settings' environments.

    Args:
        folder: where to; it must not exist. The packages are linked, not copied.
        settings: name the environments. One that the app does not know gets the bindings of its `production`.
    """
    copy_app(folder)
    file = folder / _API / "wrangler.jsonc"
    document = json.loads(re.sub(r"^\s*//.*$", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE))
    known = document["env"]
    document["env"] = known | {name: known["production"] for name in settings.environments if name not in known}
    file.write_text(json.dumps(document, indent=2), encoding="utf-8")


def copy_app(folder: Path) -> None:
    """Copies the reference app with its packages linked, not copied; the folder must not exist."""
    # The workspace's own folders have links into the root's node_modules, which are relative: they lead there here too.
    shutil.copytree(APP, folder, symlinks=True, ignore=_not_copied)
    (folder / "node_modules").symlink_to(APP / "node_modules")


def _not_copied(folder: str, names: list[str]) -> list[str]:
    built = {".wrangler", ".turbo", ".next", "dist"}
    return [name for name in names if name in built or (name == "node_modules" and Path(folder) == APP)]


class AppRun:
    """The reference app in a world, and the commands around its releases.

    Attributes:
        world: the world.
        environment: the environment that is released to.
        folder: the app's checkout, a git repository of its own.
        settings: the settings with their table [release].
        printed: all that the commands printed.
        secrets: what must be in no output: tokens, passwords and addresses that hold them.
    """

    def __init__(self, world: World, settings_file: Path, synthesized: Path, environment: str) -> None:
        """
        Args:
            world: where it is released.
            settings_file: the infrastructure's settings; the reference app's [release] replaces theirs.
            synthesized: a `cdktf.out` folder that was made from them.
            environment: the environment to release to.
        """
        self.world, self.environment = world, environment
        self.folder, self.printed = world.home / "app", ""
        settings = world.home / "settings.toml"
        text = settings_file.read_text(encoding="utf-8")
        settings.write_text(with_reference_release(text, _REHEARSED), encoding="utf-8")
        # No stack's JSON depends on [release], so what was synthesized is not older than these settings.
        os.utime(settings, ns=(0, 0))
        shutil.copytree(synthesized, world.home / "cdktf.out")
        self.settings = load_settings(settings)
        webhook = world.discord_webhook()
        world.environment |= {
            "INFRA_SETTINGS": str(settings),
            "CDKTF_OUTDIR": str(world.home / "cdktf.out"),
            "INFRA_RELEASES": str(world.home / "releases"),
            "DISCORD_WEBHOOK_URL": webhook,
            "BETTER_AUTH_SECRET": secrets.token_hex(32),
            "BETTER_AUTH_URL": self.settings.api_url(environment) if self.settings.api else "",
        }
        self.secrets = [webhook, *(world.environment[name] for name in _SECRETS)]
        check_out(self.folder, self.settings)
        self._git("init", "--quiet", "--initial-branch", "main")
        self.commit("the reference app")

    def ops(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs `python -m ops` in the world, as an owner does."""
        done = self.world.run([sys.executable, "-m", "ops", *arguments], ROOT)
        self.printed += done.stdout + done.stderr
        return done

    def release(self) -> subprocess.CompletedProcess[str]:
        """Runs `python -m ops release` on the app's commit."""
        return self.ops("release", self.environment, "--app", str(self.folder))

    def commit(self, message: str) -> str:
        """Commits the app's files; returns the commit."""
        self._git("add", "--all")
        identity = ("-c", "user.name=Rehearsal", "-c", "user.email=rehearsal@example.com")
        self._git(*identity, "commit", "--quiet", "--allow-empty", "--message", message)
        return self._git("rev-parse", "HEAD")

    def edit(self, file: str, old: str, new: str) -> None:
        """Replaces a text in one of the app's files.

        Raises:
            DrillError: the file does not contain the text.
        """
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        if old not in text:
            raise DrillError(f"{file} does not contain {old!r}")
        path.write_text(text.replace(old, new), encoding="utf-8")

    def write_migration(self, tag: str, statement: str) -> None:
        """Writes a migration as drizzle-kit does; one of the same tag is replaced.

        Args:
            tag: its file's name without `.sql`.
            statement: the SQL statement.
        """
        file = self.folder / _MIGRATIONS / "meta" / "_journal.json"
        journal = json.loads(file.read_text(encoding="utf-8"))
        last = journal["entries"][-1]
        if tag not in [entry["tag"] for entry in journal["entries"]]:
            journal["entries"].append({**last, "idx": last["idx"] + 1, "tag": tag, "when": last["when"] + 1000})
        file.write_text(json.dumps(journal), encoding="utf-8")
        (self.folder / _MIGRATIONS / f"{tag}.sql").write_text(f"{statement}\n", encoding="utf-8")

    def served_at(self) -> str:
        """Where the environment's Worker is served on this machine."""
        addresses = httpx.get(f"{self.world.cloud}/_sandbox/addresses", timeout=60).json()
        assert self.settings.api is not None  # noqa: S101  (releases_to looked)
        return addresses[self.settings.api.url(self.environment)]

    def notices(self) -> list[str]:
        """The titles of the notices that were sent, the oldest first."""
        dump = httpx.get(f"{self.world.cloud}/_sandbox/dump", timeout=60).json()
        return [embed["title"] for message in _documents(dump, "discord_messages") for embed in message["embeds"]]

    def _git(self, *arguments: str) -> str:
        done = self.world.run(["git", *arguments], self.folder)
        if done.returncode != 0:
            raise DrillError(f"git {arguments[0]} failed: {done.stderr.strip()}")
        return done.stdout.strip()


class Visitors:
    """Requests an address continuously and records failures. Use it as a context manager."""

    def __init__(self, url: str, path: str = "/health") -> None:
        """
        Args:
            url: where the Worker is served.
            path: what is asked.
        """
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._ask, args=(url, path), daemon=True)
        self.failures: list[str] = []
        self.versions: list[str] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _ask(self, url: str, path: str) -> None:
        with httpx.Client(base_url=url, timeout=30) as client:
            while not self._stop.wait(0.05):
                try:
                    answer = client.get(path)
                    if answer.status_code == 200:
                        self.versions.append(answer.json()["version"])
                    else:
                        self.failures.append(str(answer.status_code))
                except (httpx.HTTPError, ValueError, KeyError) as error:
                    self.failures.append(repr(error))


def watched(run: AppRun, action: Callable[[], subprocess.CompletedProcess[str]]) -> tuple[Visitors, int, str]:
    """Runs an action under constant requests; returns the visitors, its exit code and its output."""
    with Visitors(run.served_at()) as visitors:
        done = action()
    return visitors, done.returncode, done.stdout + done.stderr


def _documents(dump: object, table: str) -> list[dict[str, list[dict[str, str]]]]:
    found = dump.get(table, []) if isinstance(dump, dict) else []
    return list(found.values()) if isinstance(found, dict) else found
