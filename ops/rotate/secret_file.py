"""A file for a new secret: readable only by its owner, and either complete or absent."""

import contextlib
import errno
import os
import shlex
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from ops.context.errors import OpsError

# More than any export lines need: a key and a token have fewer than 200 characters.
_RESERVE = b"#" * 16 * 1024


class SecretFile:
    """Stores variables as a shell's `export` lines. Use it as a context manager.

    A service shows a new secret only once, so everything that can fail is tried before there is one: the file and a
    spare one in another place are created and their space is reserved on disk.
    """

    def __init__(self, path: Path, *, force: bool) -> None:
        """
        Args:
            path: the file.
            force: whether it may replace an existing file.

        Raises:
            OpsError: the file exists, its folder can't be written to, or the disk is full.
        """
        self.path = path
        if path.is_dir() or (path.exists() and not force):
            raise OpsError(f"{path}: already exists; choose another file, or replace it with --force")
        try:
            self._reserved = _reserve(path.parent)
        except OSError as error:
            raise OpsError(f"{path}: can't be written: {error.strerror}; choose another file") from None
        self._spare = _reserve_spare(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in (self._reserved, self._spare):
            if file:
                file.unlink(missing_ok=True)

    def write(self, variables: Mapping[str, str]) -> None:
        """Writes the file, and reads it back from disk. Once.

        Raises:
            OSError: it can't be written; the secret is not in it.
        """
        _fill(self._reserved, variables)
        self._reserved.replace(self.path)
        # The rename as well: after a power cut the file must be found under its name.
        _sync_folder(self.path.parent)

    def write_spare(self, variables: Mapping[str, str]) -> Path:
        """Writes the spare file, for a secret that `write` could not store and that can't be had again.

        Returns:
            Where it is; only its owner can read it.

        Raises:
            OSError: it can't be written either.
        """
        if self._spare is None:
            raise OSError("there is no spare file")
        _fill(self._spare, variables)
        spare, self._spare = self._spare, None
        return spare


def _reserve(folder: Path) -> Path:
    """Creates a file that holds as much as a secret will need, so that writing it needs no further space."""
    # 0600 from the beginning (Python docs, tempfile.mkstemp).
    descriptor, name = tempfile.mkstemp(prefix=".secret-", suffix=".env", dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            # Real bytes: a file with a hole would reserve nothing.
            file.write(_RESERVE)
            file.flush()
            # Some file systems allocate only here (Linux man-pages, fsync(2): ENOSPC).
            os.fsync(file.fileno())
        _must_hold(Path(name), _RESERVE)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def _reserve_spare(path: Path) -> Path | None:
    """A spare file, on another file system than the first one if possible; None if there is nowhere to create one."""
    for folder in _spare_folders(path.parent):
        with contextlib.suppress(OSError):
            return _reserve(folder)
    return None


def _spare_folders(used: Path) -> Iterator[Path]:
    folders: list[Path] = []
    # A user without a home folder has no home; Path.home then raises RuntimeError.
    with contextlib.suppress(RuntimeError):
        folders.append(Path.home())
    folders += [Path(tempfile.gettempdir()), Path.cwd(), used]
    device = used.stat().st_dev
    yield from sorted((each for each in folders if each.is_dir()), key=lambda each: each.stat().st_dev == device)


def _fill(reserved: Path, variables: Mapping[str, str]) -> None:
    content = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items()).encode()
    with reserved.open("r+b") as file:
        file.write(content)
        file.flush()
        # On disk before the rest is cut off, so that the space reserved for it is not given away first.
        os.fsync(file.fileno())
        file.truncate(len(content))
        os.fsync(file.fileno())
    _must_hold(reserved, content)


def _must_hold(file: Path, content: bytes) -> None:
    if file.read_bytes() != content:
        raise OSError(errno.EIO, "it does not hold what was written")


def _sync_folder(folder: Path) -> None:
    # Not every file system can sync a folder.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
