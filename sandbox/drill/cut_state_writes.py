"""A way to S3 on which the connection breaks while a state is written."""

import contextlib
import re
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from urllib.parse import urlsplit

# The state itself, not its lock file terraform.tfstate.tflock.
_STATE_WRITE = re.compile(rb"PUT [^ ?\r\n]*/terraform\.tfstate[ ?]")
_CHUNK = 65536


@contextmanager
def cut_state_writes(s3: str) -> Generator[str]:
    """Forwards every request to S3 except writes of a state, whose connections it closes.

    S3 stores an object only when it has all of it (S3 user guide, "Amazon S3 data consistency model"), so a write that
    is cut off is one that never happened.

    Args:
        s3: the address of S3.

    Yields:
        The address to use in its place.
    """
    target = urlsplit(s3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        stopped = threading.Event()
        thread = threading.Thread(target=_accept, args=(server, (target.hostname, target.port), stopped), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            stopped.set()
            # Wakes accept(), which a close from another thread does not on every system.
            with contextlib.suppress(OSError):
                socket.create_connection(server.getsockname(), timeout=1).close()
            thread.join()


def _accept(server: socket.socket, target: tuple[str, int], stopped: threading.Event) -> None:
    while True:
        client, _ = server.accept()
        if stopped.is_set():
            client.close()
            return
        upstream = socket.create_connection(target)
        for source, sink in ((client, upstream), (upstream, client)):
            threading.Thread(target=_forward, args=(source, sink), daemon=True).start()


def _forward(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while (chunk := source.recv(_CHUNK)) and not _STATE_WRITE.match(chunk):
            sink.sendall(chunk)
    for end in (source, sink):
        # shutdown, not only close: the other thread waits in recv() on the same sockets.
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
