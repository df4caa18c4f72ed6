"""The endpoints: each listens on a port and connects clients to one branch's databases.

Source of the wire format: the PostgreSQL documentation, "Frontend/Backend Protocol", "Message Formats".
"""

from __future__ import annotations

import asyncio
import errno
import ssl
import struct
import threading
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sandbox.cloud.postgres.certificate import HostCertificates, new_certificate
from sandbox.cloud.stream_relay import pass_on, until_one_ends

_Result = TypeVar("_Result")

_CANCEL, _TLS, _GSS = 80877102, 80877103, 80877104
_LONGEST_STARTUP = 10_000
_PORT_WAIT_SECONDS = 5.0


def server_context(file: Path) -> ssl.SSLContext:
    """TLS with the certificate in a file, created if missing; endpoints' names get certificates that it signs."""
    if not file.exists():
        unfinished = file.with_suffix(".unfinished")
        unfinished.touch(0o600)
        unfinished.write_bytes(new_certificate())
        unfinished.rename(file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    context.sni_callback = HostCertificates(file).choose
    return context


@dataclass
class _Endpoint:
    branch_id: str
    server: asyncio.Server
    port: int
    sessions: set[asyncio.Task[None]] = field(default_factory=lambda: set[asyncio.Task[None]]())


class Proxy:
    """Connects each endpoint's clients to the server, as the roles and databases of the endpoint's branch.

    A client that asks for TLS gets it; others may use plain text, since all is on loopback. Bytes after the startup
    message are passed through unread, so the server checks the password.

    Args:
        tls: for clients that ask for TLS.
        upstream: the server's port.
    """

    def __init__(self, tls: ssl.SSLContext, upstream: Callable[[], int]) -> None:
        self._tls = tls
        self._upstream = upstream
        self._endpoints: dict[str, _Endpoint] = {}
        self._held: set[str] = set()
        self._loop = asyncio.new_event_loop()
        self._released = asyncio.Condition()
        self._thread = threading.Thread(target=self._loop.run_forever, name="postgres-endpoints", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close every endpoint."""
        for endpoint_id in list(self._endpoints):
            self.close(endpoint_id)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def open(self, endpoint_id: str, branch_id: str, port: int | None) -> int:
        """Listen for a branch's clients; returns the port.

        Raises:
            OSError: if the wanted port is taken.
        """
        if endpoint_id in self._endpoints:
            self.close(endpoint_id)
        return self._call(self._open(endpoint_id, branch_id, port or 0))

    def close(self, endpoint_id: str) -> None:
        """Stop listening and end the endpoint's sessions; does nothing if it is not open."""
        self._call(self._close(endpoint_id))

    @contextmanager
    def hold(self, *branch_ids: str) -> Generator[None]:
        """New sessions of branches wait while the block runs; existing ones continue."""
        self._call(self._change_held(self._held.update, branch_ids))
        try:
            yield
        finally:
            self._call(self._change_held(self._held.difference_update, branch_ids))

    def _call(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _open(self, endpoint_id: str, branch_id: str, port: int) -> int:
        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._accept(endpoint_id, reader, writer)

        deadline = self._loop.time() + _PORT_WAIT_SECONDS
        while True:
            try:
                server = await asyncio.start_server(accept, "127.0.0.1", port)
                break
            except OSError as error:  # The port may be another's outgoing connection for a moment.
                if error.errno != errno.EADDRINUSE or self._loop.time() > deadline:
                    raise
                await asyncio.sleep(0.1)
        port = server.sockets[0].getsockname()[1]
        self._endpoints[endpoint_id] = _Endpoint(branch_id, server, port)
        return port

    async def _close(self, endpoint_id: str) -> None:
        endpoint = self._endpoints.pop(endpoint_id, None)
        if endpoint is None:
            return
        endpoint.server.close()
        for session in endpoint.sessions:
            session.cancel()
        await asyncio.gather(*endpoint.sessions, return_exceptions=True)

    async def _change_held(self, change: Callable[[tuple[str, ...]], None], branch_ids: tuple[str, ...]) -> None:
        async with self._released:
            change(branch_ids)
            self._released.notify_all()

    async def _accept(self, endpoint_id: str, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        endpoint, task = self._endpoints.get(endpoint_id), asyncio.current_task()
        if endpoint is None or task is None:
            answers.transport.abort()
            return
        endpoint.sessions.add(task)
        try:
            await self._lead(endpoint.branch_id, client, answers)
        except (OSError, EOFError, ValueError):
            pass  # Either side left, or the client does not speak PostgreSQL's protocol.
        except asyncio.CancelledError:
            answers.transport.abort()
        finally:
            endpoint.sessions.discard(task)
            answers.close()

    async def _lead(self, branch_id: str, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        first = await self._first_message(branch_id, client, answers)
        async with self._released:
            await self._released.wait_for(lambda: branch_id not in self._held)
        server, requests = await asyncio.open_connection("127.0.0.1", self._upstream())
        try:
            requests.write(first)
            await until_one_ends(pass_on(client, requests), pass_on(server, answers))
        finally:
            requests.close()

    async def _first_message(
        self, branch_id: str, client: asyncio.StreamReader, answers: asyncio.StreamWriter
    ) -> bytes:
        """Answer the requests for encryption that may come first; returns the startup message for the server."""
        while True:
            header = await client.readexactly(8)
            length, code = struct.unpack("!II", header)
            if not 8 <= length <= _LONGEST_STARTUP:
                raise ValueError("not a startup message")
            body = await client.readexactly(length - 8)
            if code == _TLS:
                answers.write(b"S")
                await answers.start_tls(self._tls)
            elif code == _GSS:
                answers.write(b"N")
            elif code == _CANCEL:
                return header + body
            else:
                return _startup_of_branch(branch_id, code, body)


def _startup_of_branch(branch_id: str, version: int, body: bytes) -> bytes:
    """A startup message with the branch's own names in place of the plain ones."""
    fields = body[:-2].split(b"\0")
    parameters = dict(zip(fields[::2], fields[1::2], strict=True))
    user = parameters.get(b"user", b"")
    prefix = branch_id.encode() + b"/"
    parameters |= {b"user": prefix + user, b"database": prefix + (parameters.get(b"database") or user)}
    body = b"".join(name + b"\0" + value + b"\0" for name, value in parameters.items()) + b"\0"
    return struct.pack("!II", len(body) + 8, version) + body
