"""The processes of stand-in providers: clients below Terraform, and forks of this process's fork server."""

from __future__ import annotations

import time
from collections.abc import Callable

import psutil


def fork_clients(terraform_id: int) -> set[psutil.Process]:
    """The providers' processes below a Terraform."""
    children = psutil.Process(terraform_id).children(recursive=True)
    return {child for child in children if _runs(child, "fork_client.py")}


def forked_providers() -> set[psutil.Process]:
    """The providers that this process's fork server runs."""
    servers = [child for child in psutil.Process().children() if _runs(child, "sandbox.providers.fork_server")]
    return {fork for server in servers for fork in server.children()}


def ended(process: psutil.Process) -> bool:
    """Whether a process has ended, waited for or not."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def until(condition: Callable[[], object]) -> None:
    """Waits up to ten seconds for a condition."""
    for _ in range(200):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("did not happen within 10 s")


def _runs(process: psutil.Process, program: str) -> bool:
    try:
        return any(program in word for word in process.cmdline())
    except psutil.NoSuchProcess:  # a zombie as well
        return False
