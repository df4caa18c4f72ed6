"""Child processes that serve requests: start, wait, and end with the run that needs them."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]


_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy", "no_proxy"})


def leave_the_owners_environment() -> None:
    """Makes this process forget the owner's proxies, AWS profile and passwords of hosts: it only talks to loopback.

    A world's programs get an environment of their own anyway, but httpx and boto3 in this process read these variables
    and files (their pages "Environment variables" and "Configuration").
    """
    for name in [name for name in os.environ if name.lower() in _PROXIES or name.startswith("AWS_")]:
        del os.environ[name]
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "NETRC"):
        os.environ[name] = os.devnull


class ServiceError(Exception):
    """A local service that did not start; the message says which, and shows the end of its log."""


class LocalService:
    """A Python module of this project running as a server, which writes its address to a JSON file.

    Attributes:
        url: where it answers.
    """

    def __init__(self, module: str, arguments: list[str], *, answer: Path, log: Path, environment: Mapping[str, str]):
        """
        Args:
            module: the module to run with `python -m`.
            arguments: its arguments; never a secret.
            answer: the file it writes `{"url": …}` to once it accepts requests.
            log: where its output goes.
            environment: its whole environment.
        """
        answer.unlink(missing_ok=True)
        with log.open("ab") as output:
            self._process = subprocess.Popen(  # a session of its own, so that Ctrl-C reaches the run first
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._module, self._answer, self._log = module, answer, log
        self.url = ""

    def wait(self, seconds: float = 60) -> None:
        """Waits until the service accepts requests.

        Raises:
            ServiceError: it ended, or did not start in time.
        """
        deadline = time.monotonic() + seconds
        while not self._answer.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                tail = self._log.read_text(errors="replace", encoding="utf-8")[-1500:]
                raise ServiceError(f"{self._module} did not start:\n{tail}")
            time.sleep(0.02)
        self.url = json.loads(self._answer.read_text(encoding="utf-8"))["url"]

    def kill(self) -> None:
        """Ends it at once, as `kill -9` does."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Asks it to end, and kills it after ten seconds."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()


def watch_parent(leave: Callable[[], object]) -> None:
    """Calls `leave` soon after the parent process has ended, however it ended."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        leave()

    threading.Thread(target=watch, daemon=True).start()
