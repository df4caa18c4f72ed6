"""Runs one PostgreSQL server for as long as its owner lives.

    supervisor.py UID:GID AWAY HOME COMMAND...

A separate script, because it outlives an owner that is killed. The owner holds the other end of standard input: when
that closes, at the latest when the owner ends, the server is stopped. The files at AWAY are then moved to HOME, unless
AWAY is empty. UID:GID is the user that the server runs as; empty means this process's own.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1
_STOP_SECONDS = 20


def _end_with_parent() -> None:
    """Linux only: stop the server also when this supervisor itself is killed. Elsewhere the next start does it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def _stop_at_end_of_input(server: "subprocess.Popen[bytes]", released: threading.Event) -> None:
    while os.read(0, 1024):
        pass
    released.set()
    server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown: end all sessions, write everything, leave.
    try:
        server.wait(timeout=_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)


def main(user: str, away: str, home: str, *command: str) -> int:
    """Run the command until it ends or standard input does; returns its exit code."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    identity: dict[str, Any] = {}
    if user:
        uid, gid = user.split(":")
        identity = {"user": int(uid), "group": int(gid), "extra_groups": []}
    server = subprocess.Popen(command, cwd="/", stdin=subprocess.DEVNULL, preexec_fn=_end_with_parent, **identity)
    released = threading.Event()
    threading.Thread(target=_stop_at_end_of_input, args=(server, released), daemon=True).start()
    code = server.wait()
    if away and released.is_set():  # An owner that is still alive may start the server again where the files are.
        if Path(home).parent.exists():
            shutil.move(away, home)
        else:
            shutil.rmtree(away, ignore_errors=True)
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
