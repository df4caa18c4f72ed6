"""What a synth prints when the disk is full or a package is missing. Imported before every package."""

import errno
import os
import sys
import tempfile
from pathlib import Path
from types import TracebackType

_ROOT = Path(__file__).parents[1]
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})


def explain_machine_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """An exception hook: one line and exit code 2 if the disk is full or a package is missing, else Python's own."""
    if isinstance(error, ModuleNotFoundError) and not (_ROOT / str(error.name).partition(".")[0]).exists():
        print(
            f"{error.name} is not installed for this Python; run make setup, then . .venv/bin/activate",
            file=sys.stderr,
            flush=True,
        )
        os._exit(2)
    if isinstance(error, OSError) and error.errno in _NO_SPACE:
        # jsii unpacks its runtime into the temporary folder, and its error doesn't name it.
        place = error.filename or tempfile.gettempdir()
        print(f"{place}: {error.strerror}; free some space, and synthesize again", file=sys.stderr, flush=True)
        # jsii's destructor would print a traceback for the runtime that never started.
        os._exit(2)
    sys.__excepthook__(kind, error, trace)
