"""The sandbox that `make sandbox` runs: a world in one folder, which the next start continues with."""

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from sandbox.cloud.keyring import held_credentials
from sandbox.drill.drill_report import DrillError
from sandbox.drill.prepared_shell import Prepared, checkouts, enter, prepare, shell_variables
from sandbox.shell import shell_script
from sandbox.world import World
from settings import SettingsError, load_settings

_FRESH = "add --fresh (make: FRESH=1) to delete all that it holds and begin again"


class KeptSandbox:
    """The folder of a sandbox. Use it as a context manager: one process has it at a time.

    Attributes:
        home: the folder.
        script: what a shell sources to use the sandbox.
    """

    def __init__(self, home: Path, *, fresh: bool) -> None:
        """
        Args:
            home: the folder; made if it does not exist.
            fresh: what it holds is deleted.
        """
        self.home, self._fresh = home, fresh
        self.script = home / "environment.sh"
        self._record = home / "prepared.json"
        self._lock = -1
        self._folder: Path | None = None
        self._written: tuple[str, str] | None = None
        self._settings_file: Path | None = None
        self._described = 0

    def __enter__(self) -> Self:
        self.home.parent.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self.home.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise DrillError("a sandbox is running already; end it with Ctrl-C first") from None
        if self._fresh:
            shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._lock)

    def check(self, prepared: Prepared | None) -> Prepared | None:
        """What was prepared before; None if nothing was.

        Raises:
            DrillError: it is not what is wanted now.
        """
        before = Prepared(json.loads(self._record.read_text(encoding="utf-8"))) if self._record.exists() else None
        if before and prepared not in (None, before):
            raise DrillError(f"this sandbox was prepared with {before}; {_FRESH}")
        return before

    def prepare(
        self,
        world: World,
        settings_file: Path,
        prepared: Prepared | None,
        *,
        say: Callable[[str], object] = lambda _: None,
    ) -> None:
        """Prepares the world if that was not done before, and writes the script.

        Args:
            world: in this folder.
            settings_file: what is deployed.
            prepared: what is wanted; None continues with what is there, and makes no checkouts at a first start.
            say: gets a line before each step that takes a while.

        Raises:
            DrillError: something else was prepared before, or a step failed.
        """
        before = self.check(prepared)
        if checkouts(world).exists():
            if before is None:
                raise DrillError(f"this sandbox was not prepared to the end; {_FRESH}")
            self._folder = enter(world)
        elif prepared:
            self._folder = prepare(world, settings_file, prepared, say=say)
        else:
            world.environment |= shell_variables(world)
        self._record.write_text(json.dumps(prepared or before or Prepared.NOTHING), encoding="utf-8")
        self._settings_file = self._folder / "settings.toml" if self._folder else settings_file
        self.follow(world)

    def follow(self, world: World) -> None:
        """Follows what was done in the sandbox's shells: the script has rotated keys, the page new environments."""
        self.write_script(world)
        if self._settings_file is None:
            return
        with contextlib.suppress(OSError, SettingsError):  # it is being edited: the page keeps what it shows
            changed = self._settings_file.stat().st_mtime_ns
            if changed != self._described:
                self._described = changed
                world.describe(load_settings(self._settings_file))

    def write_script(self, world: World) -> None:
        """Writes the script, if the credentials that the cloud accepts are others than in it (`ops rotate`)."""
        held = held_credentials(self.home)
        if held is None or held == self._written:
            return
        world.environment["NEON_API_KEY"], world.environment["CLOUDFLARE_API_TOKEN"] = self._written = held
        beside = self.script.with_suffix(".new")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(shell_script(world.environment, self._folder))
        beside.replace(self.script)
