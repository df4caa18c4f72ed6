"""What a synth prints when the disk is full. Imported before anything large, which needs a temporary folder itself."""

import errno
import os
import sys
import tempfile
from types import TracebackType

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})


def explain_full_disk(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """An exception hook: one line and exit code 2 if the disk is full, else Python's own hook."""
    if isinstance(error, OSError) and error.errno in _NO_SPACE:
        # jsii unpacks its runtime into the temporary folder, and its error doesn't name it.
        place = error.filename or tempfile.gettempdir()
        print(f"{place}: {error.strerror}; free some space, and synthesize again", file=sys.stderr, flush=True)
        # jsii's destructor would print a traceback for the runtime that never started.
        os._exit(2)
    sys.__excepthook__(kind, error, trace)
