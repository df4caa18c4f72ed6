"""Starts stand-in providers by forking a process that has already imported them, as multiprocessing's forkserver does.

Each provider still is a process of its own for each start, with Terraform's environment, folder and pipes: only the
imports and the schemas are shared. TF_REATTACH_PROVIDERS would save the processes too, but Terraform then neither
downloads those providers nor checks their versions, and doesn't restart them for each walk of the graph
(hashicorp/terraform commit 5127f1ef, "command: Unmanaged providers"); one environment would serve all runs.

Linux only: forking a process with gRPC loaded isn't safe on macOS. Elsewhere fork_client.py starts each provider.
"""

from __future__ import annotations

import array
import atexit
import contextlib
import functools
import gc
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from sandbox.process import ROOT
from sandbox.providers.plugin import import_grpc, serve
from sandbox.providers.protocol import PluginService
from sandbox.providers.provider_modules import provider_service

PARENT_SECONDS = 0.5
WAITING_CLIENTS = 128


@functools.cache
def start_fork_server(python: str) -> str:
    """Starts this process's fork server, unless it runs; it ends with this process.

    Args:
        python: the interpreter that runs the providers.

    Returns:
        The path of its socket. Clients may connect at once: they wait until it has started.
    """
    folder = Path(tempfile.mkdtemp(prefix="tf-fork-server-"))
    path = folder / "socket"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        listener.listen(WAITING_CLIENTS)
        arguments = [str(listener.fileno()), str(folder), str(os.getpid())]
        server = subprocess.Popen(
            [python, "-s", "-P", "-m", "sandbox.providers.fork_server", *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[listener.fileno()],
            start_new_session=True,  # so that Ctrl-C reaches the run first
        )
    atexit.register(_stop, server, folder)
    return str(path)


def _stop(server: subprocess.Popen[bytes], folder: Path) -> None:
    server.kill()
    server.wait()
    shutil.rmtree(folder, ignore_errors=True)


def serve_forks(listener: socket.socket, folder: Path, parent: int) -> None:
    """Forks a provider for each client until the parent process has ended, however it ended; then deletes the folder.

    Args:
        listener: the socket that clients connect to.
        folder: what the socket is in.
        parent: the parent's process id; it may have ended already.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel forgets the providers that have ended
    import_grpc()
    while os.getppid() == parent:
        if select.select([listener], [], [], PARENT_SECONDS)[0]:
            with contextlib.suppress(OSError), listener.accept()[0] as client:
                _fork(client, listener)
    shutil.rmtree(folder, ignore_errors=True)


def _fork(client: socket.socket, listener: socket.socket) -> None:
    client.settimeout(5)  # one that says nothing must not hold up the others
    streams, address, folder, environment = _received(client)
    client.settimeout(None)
    try:
        service = prepared_service(address)
        gc.freeze()  # the children share what is loaded
        if os.fork() == 0:
            listener.close()
            _run(client, service, streams, folder, environment)
    except Exception:  # a provider that can't be imported: the server stays for the others
        os.write(streams[2], traceback.format_exc().encode())
    finally:
        for stream in streams:
            os.close(stream)


@functools.cache
def prepared_service(address: str) -> PluginService:
    """A provider's service with what is the same in each start: its modules and its schemas' messages."""
    service = provider_service(address)
    service.GetProviderSchema(None)
    return service


def _received(client: socket.socket) -> tuple[list[int], str, bytes, dict[bytes, bytes]]:
    """What fork_client.py sent: its standard streams, the source address, its folder and its environment."""
    streams = array.array("i")
    size, ancillary, _, _ = client.recvmsg(4, socket.CMSG_SPACE(3 * streams.itemsize))
    for _level, _type, data in ancillary:
        streams.frombytes(data)
    message = b""
    while len(message) < int.from_bytes(size, "big"):
        part = client.recv(1 << 16)
        if not part:
            raise ConnectionResetError
        message += part
    address, folder, *variables = message.split(b"\0")
    environment = dict(variable.split(b"=", 1) for variable in variables)
    return list(streams), address.decode(), folder, environment


def _run(
    client: socket.socket, service: PluginService, streams: list[int], folder: bytes, environment: dict[bytes, bytes]
) -> None:
    """Turns this forked process into the provider's, and ends it."""
    status = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        os.chdir(folder)
        os.environb.clear()
        os.environb.update(environment)
        time.tzset()
        tempfile.tempdir = None  # it is read from the environment again

        def watch_client(leave: Callable[[], object]) -> None:
            def watch() -> None:
                with contextlib.suppress(OSError):
                    client.recv(1)
                leave()

            threading.Thread(target=watch, daemon=True).start()

        serve(service, watch_client)
        status = 0
    except SystemExit as problem:
        print(problem.code, file=sys.stderr, flush=True)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        with contextlib.suppress(OSError):
            client.send(bytes([status]))
        os._exit(status)  # a call still under way must not keep the process


if __name__ == "__main__":
    serve_forks(socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2]), int(sys.argv[3]))
