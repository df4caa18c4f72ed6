"""Ends running programs if this run is killed: Terraform must still save its state and release its lock.

Nothing in a process runs after SIGKILL, so a second process waits for the first one's end: the end of a socket between
the two. It also holds the programs' output pipes. Otherwise Terraform's next line would end it with SIGPIPE (Go's
os/signal, "SIGPIPE"), before it has saved anything. Works on Linux and macOS alike.
"""

import contextlib
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import weakref

# How long an interrupted program may take to shut down cleanly.
GRACE_SECONDS = 60.0
_MESSAGE = struct.Struct("!cq")
_WATCH, _FORGET = b"+", b"-"


class Watchdog:
    """The side of the run. The second process starts with the first program and ends with this object."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None

    def watch(self, process: subprocess.Popen[str]) -> None:
        """Ends a program, the leader of its process group, if this run is killed."""
        assert process.stdout is not None  # noqa: S101  (both are pipes)
        assert process.stderr is not None  # noqa: S101
        self._send(_WATCH, process.pid, [process.stdout.fileno(), process.stderr.fileno()])

    def forget(self, process: subprocess.Popen[str]) -> None:
        """Stops watching a program, which has ended."""
        self._send(_FORGET, process.pid, [])

    def _send(self, kind: bytes, group: int, descriptors: list[int]) -> None:
        # Without a watchdog the program still runs; it is only not ended after a kill.
        with self._lock, contextlib.suppress(OSError):
            if self._socket is None:
                self._socket = self._start()
            socket.send_fds(self._socket, [_MESSAGE.pack(kind, group)], descriptors)

    def _start(self) -> socket.socket:
        ours, others = socket.socketpair()
        with others:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", __file__],
                stdin=others.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                # A session of its own: neither Ctrl-C nor a closed terminal ends it before its work is done.
                start_new_session=True,
            )
        weakref.finalize(self, _stop, ours, process)
        return ours


def _stop(ours: socket.socket, process: subprocess.Popen[bytes]) -> None:
    ours.close()
    process.wait()


def main() -> None:
    """The second process: keeps track of the programs, and ends those that are left when the run is gone."""
    watched: dict[int, list[int]] = {}
    with socket.socket(fileno=0) as run:
        while message := _receive(run):
            (kind, group), descriptors = _MESSAGE.unpack(message[0]), message[1]
            for descriptor in watched.pop(group, []):
                os.close(descriptor)
            if kind == _WATCH:
                watched[group] = descriptors
    drains = [
        threading.Thread(target=_drain, args=(pipe,), daemon=True) for pipes in watched.values() for pipe in pipes
    ]
    for drain in drains:
        drain.start()
    for group in watched:
        _signal(group, signal.SIGINT)
    deadline = time.monotonic() + GRACE_SECONDS
    for drain in drains:
        # A pipe ends with the last program that could write to it. A group can outlive them all, as zombies.
        drain.join(max(deadline - time.monotonic(), 0))
    for group in watched:
        _signal(group, signal.SIGKILL)


def _receive(run: socket.socket) -> tuple[bytes, list[int]] | None:
    try:
        data, descriptors, _, _ = socket.recv_fds(run, _MESSAGE.size, 2)
        while data and len(data) < _MESSAGE.size:
            more = run.recv(_MESSAGE.size - len(data))
            data = data + more if more else b""
    except OSError:
        return None
    return (data, list(descriptors)) if data else None


def _drain(descriptor: int) -> None:
    with contextlib.suppress(OSError):
        while os.read(descriptor, 65536):
            pass


def _signal(group: int, number: int) -> None:
    # macOS answers a group of zombies with EPERM.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


if __name__ == "__main__":
    main()
