"""Temporary folders for files with secrets, such as plans. The next run of any command removes a killed run's."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

_PREFIX = "infra-ops-"


@contextlib.contextmanager
def private_folder(purpose: str) -> Generator[Path]:
    """A folder that only its owner can open, removed at the end.

    Its run holds a lock on it, which ends with the run however that ends.

    Args:
        purpose: what it is for, part of its name.
    """
    folder, lock = _create(purpose)
    try:
        yield folder
    finally:
        # Before the lock is released: from then on another run may remove it.
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _create(purpose: str) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{purpose}-"))
        lock = os.open(folder, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.is_dir():
            return folder, lock
        # Another run's sweep came in between.
        os.close(lock)


def sweep_private_folders() -> None:
    """Removes the folders of runs that were killed: those that nobody holds a lock on."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        # Others' folders are not readable, and a link is not one of ours.
        with contextlib.suppress(OSError):
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(lock).st_uid == os.getuid():
                    shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)
