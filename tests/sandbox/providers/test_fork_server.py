"""The fork server: each provider is a process with Terraform's own environment, and ends when it should."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from sandbox.process import ROOT
from sandbox.providers.fork_server import start_fork_server
from sandbox.providers.plugin import MAGIC_COOKIE
from tests.sandbox.providers.provider_processes import ended, forked_providers, until

ADDRESS = "registry.terraform.io/hashicorp/random"
CLIENT = [sys.executable, "-I", "-S", str(ROOT / "sandbox/providers/fork_client.py")]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each provider is started by itself")


def _environment(folder: Path, **variables: str) -> dict[str, str]:
    base = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TMPDIR": str(folder)}
    return base | {"SANDBOX_FORK_SERVER": start_fork_server(sys.executable)} | variables


def _started(folder: Path, **variables: str) -> subprocess.Popen[str]:
    environment = _environment(folder, **{MAGIC_COOKIE[0]: MAGIC_COOKIE[1]}, **variables)
    return subprocess.Popen([*CLIENT, ADDRESS], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)


def test_a_provider_has_its_clients_environment_folder_and_pipes_and_ends_with_it(tmp_path: Path) -> None:
    before = forked_providers()
    with _started(tmp_path) as client:
        assert client.stdout
        handshake = client.stdout.readline()
        (fork,) = forked_providers() - before
        folder = fork.cwd()
        client.kill()

    assert handshake.startswith(f"1|6|unix|{tmp_path}/tf-provider-")  # from the client's TMPDIR
    assert folder == str(tmp_path)
    until(lambda: ended(fork))
    assert list(tmp_path.iterdir()) == []


def test_a_client_ends_with_its_provider(tmp_path: Path) -> None:
    before = forked_providers()
    with _started(tmp_path) as client:
        assert client.stdout
        client.stdout.readline()
        (fork,) = forked_providers() - before
        fork.terminate()

        assert client.wait(10) == 0


@pytest.mark.parametrize(
    ("address", "variables", "message"),
    [
        (ADDRESS, {}, "Terraform starts it, through a filesystem mirror"),
        (ADDRESS, {MAGIC_COOKIE[0]: MAGIC_COOKIE[1], "PLUGIN_CLIENT_CERT": "some"}, "set TF_DISABLE_PLUGIN_TLS"),
        ("registry.terraform.io/hashicorp/none", {}, "KeyError"),
    ],
)
def test_a_provider_that_cannot_start_says_why_and_the_server_goes_on(
    tmp_path: Path, address: str, variables: dict[str, str], message: str
) -> None:
    for _ in range(2):
        environment = _environment(tmp_path, **variables)
        done = subprocess.run([*CLIENT, address], env=environment, capture_output=True, text=True, timeout=60)

        assert (done.returncode, done.stdout) == (1, "")
        assert message in done.stderr


def test_a_client_without_a_server_runs_the_provider_itself(tmp_path: Path) -> None:
    with _started(tmp_path, SANDBOX_FORK_SERVER=str(tmp_path / "none")) as client:
        assert client.stdout
        assert client.stdout.readline().startswith("1|6|unix|")
        assert psutil.Process(client.pid).cmdline()[-2:] == ["sandbox.providers", ADDRESS]
        client.terminate()


@pytest.mark.parametrize("number", [None, signal.SIGTERM, signal.SIGKILL], ids=["its end", "SIGTERM", "SIGKILL"])
def test_a_server_and_its_providers_end_with_the_process_that_started_it(
    tmp_path: Path, number: signal.Signals | None
) -> None:
    """A provider's process ends with its Terraform, here the parent."""
    program = (
        "import subprocess, sys; from sandbox.providers.fork_server import start_fork_server;"
        "import os; os.environ['SANDBOX_FORK_SERVER'] = path = start_fork_server(sys.executable);"
        "provider = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE);"
        "provider.stdout.readline(); print(path, flush=True); sys.stdin.read()"
    )
    environment = _environment(tmp_path, **{MAGIC_COOKIE[0]: MAGIC_COOKIE[1]})
    command = [sys.executable, "-c", program, *CLIENT, ADDRESS]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        assert parent.stdin
        socket = Path(parent.stdout.readline().strip())
        started = psutil.Process(parent.pid).children(recursive=True)
        assert socket.exists()
        assert len(started) == 3  # the server, its provider, and the client
        if number:
            os.kill(parent.pid, number)
        else:
            parent.stdin.close()

    until(lambda: all(map(ended, started)))
    until(lambda: list(tmp_path.iterdir()) == [])  # neither the server's socket nor the provider's
