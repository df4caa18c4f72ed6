"""A file with the steps that a release has done, from which an interrupted release continues."""

import contextlib
import fcntl
import json
import os
from collections.abc import Generator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ops.context.console import Mask
from ops.context.errors import OpsError


class Journal:
    """One release's file. Each change is on disk before the next step begins.

    Attributes:
        file: its path; only its owner can read it, and it holds no secret.
        id: the release's id.
    """

    def __init__(self, folder: Path, id: str, mask: Mask) -> None:
        """
        Args:
            folder: the environment's folder of journals.
            id: the release's id.
            mask: hides secrets in what is written.

        Raises:
            OpsError: the file is damaged.
        """
        self.file, self.id, self._mask = folder / f"{id}.json", id, mask
        self._content: dict[str, Any] = {"id": id, "steps": {}, "notices": []}
        if self.file.is_file():
            try:
                self._content |= json.loads(self.file.read_text(encoding="utf-8"))
            except ValueError:
                raise OpsError(
                    f"{self.file}: is damaged; delete it and run the release again: it asks Neon and Cloudflare"
                ) from None

    @property
    def started(self) -> datetime | None:
        """When the release began; None if it has not."""
        text = self._content.get("started")
        return datetime.fromisoformat(text) if text else None

    @property
    def outcome(self) -> str:
        """How it ended, `released`, `rolled back` or `failed`; empty while it runs."""
        return str(self._content.get("outcome", ""))

    @property
    def withdrawn(self) -> str:
        """Why it is being rolled back; empty if it is not."""
        return str(self._content.get("withdrawn", ""))

    def begin(self, **facts: str) -> None:
        """Records that the release has begun, with these facts; does nothing if it has begun already."""
        if self.started is None:
            self._content |= {"started": datetime.now(UTC).isoformat(), **facts}
            self._write()

    def step(self, name: str) -> dict[str, Any] | None:
        """The result of a step; None if it has not been done."""
        return self._content["steps"].get(name)

    def done(self, name: str, facts: Mapping[str, Any]) -> None:
        """Records that a step has been done."""
        self._content["steps"][name] = {"at": datetime.now(UTC).isoformat(), **facts}
        self._write()

    def undo(self, name: str) -> None:
        """Records that a step has to be done again; does nothing if it was not done."""
        if self._content["steps"].pop(name, None) is not None:
            self._write()

    def first_time(self, notice: str) -> bool:
        """Whether a notice has not been sent yet. Marks it as sent, even if the run is killed before it is."""
        if notice in self._content["notices"]:
            return False
        self._content["notices"].append(notice)
        self._write()
        return True

    def withdraw(self, reason: str) -> None:
        """Records that the release must be rolled back: the run that continues it does only that."""
        self._content["withdrawn"] = reason
        self._write()

    def end(self, outcome: str) -> None:
        """Records how it ended."""
        self._content["outcome"] = outcome
        self._write()

    def _write(self) -> None:
        try:
            self._replace()
        except OSError as error:
            raise OpsError(
                f"{self.file}: can't be written ({error.strerror}); fix that, or set INFRA_RELEASES to another folder"
            ) from None

    def _replace(self) -> None:
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        text = self._mask.hide(json.dumps(self._content, indent=2))
        new = self.file.with_suffix(".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.file)


@contextlib.contextmanager
def release_lock(folder: Path, environment: str) -> Generator[None]:
    """Locks an environment's releases on this machine. The lock ends with the process, however it ends.

    Raises:
        OpsError: another release is running, or the folder can't be written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = (folder / "lock").open("w", encoding="utf-8")
    except OSError as error:
        raise OpsError(
            f"{folder}: can't be written ({error.strerror}); fix that, or set INFRA_RELEASES to another folder"
        ) from None
    with file as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OpsError(f"another release of {environment} is running on this machine; wait for it") from None
        yield
