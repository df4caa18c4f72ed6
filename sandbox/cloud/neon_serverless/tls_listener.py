"""A listener that terminates TLS for any endpoint's host name and forwards to the cloud's HTTP port."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Callable
from pathlib import Path

from sandbox.cloud.postgres.certificate import HostCertificates
from sandbox.cloud.stream_relay import pass_on, until_one_ends


class TlsListener:
    """Terminates TLS on a free loopback port.

    Args:
        authority: as for `HostCertificates`.
        upstream: the HTTP port to forward to.
    """

    def __init__(self, authority: Path, upstream: Callable[[], int]) -> None:
        self._authority = authority
        self._upstream = upstream
        self._server: asyncio.Server | None = None

    async def start(self) -> int:
        """Listen; returns the port."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.sni_callback = HostCertificates(self._authority).choose
        self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0, ssl=context)
        return self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Stop listening."""
        if self._server:
            self._server.close()

    async def _pass_on(self, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        try:
            server, requests = await asyncio.open_connection("127.0.0.1", self._upstream())
        except OSError:
            answers.transport.abort()
            return
        try:
            await until_one_ends(pass_on(client, requests), pass_on(server, answers))
        finally:
            for writer in (requests, answers):
                with contextlib.suppress(OSError):
                    writer.close()
