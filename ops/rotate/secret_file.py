"""A file for a new secret: only its owner can read it, and it is there with all of the secret or not at all."""

import os
import shlex
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from ops.context.errors import OpsError


class SecretFile:
    """Takes variables as a shell's `export` lines. Use it as a context manager.

    Its place is proven before there is a secret: a service shows a new one only once.
    """

    def __init__(self, path: Path, *, force: bool) -> None:
        """
        Args:
            path: the file.
            force: whether it may replace one.

        Raises:
            OpsError: the file is there, or its folder can't be written to.
        """
        self.path = path
        if path.is_dir() or (path.exists() and not force):
            raise OpsError(f"{path}: is there already; name another file, or replace it with --force")
        try:
            # 0600 from the beginning (Python docs, tempfile.mkstemp).
            descriptor, beside = tempfile.mkstemp(prefix=".secret-", dir=path.parent)
        except OSError as error:
            raise OpsError(f"{path}: can't be written: {error.strerror}; name another file") from None
        self._descriptor: int | None = descriptor
        self._beside = Path(beside)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._beside.unlink(missing_ok=True)

    def write(self, variables: Mapping[str, str]) -> None:
        """Puts the file in its place, and sees it on the disk. Once."""
        assert self._descriptor is not None, "written already"  # noqa: S101
        lines = [f"export {name}={shlex.quote(value)}\n" for name, value in variables.items()]
        with os.fdopen(self._descriptor, "w", encoding="utf-8") as file:
            self._descriptor = None
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        self._beside.replace(self.path)
