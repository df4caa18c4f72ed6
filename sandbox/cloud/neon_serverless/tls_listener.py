"""A listener that terminates TLS for any endpoint's host name and forwards to the cloud's HTTP port."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sandbox.cloud.neon_serverless.hosts import is_ours


class Certificates:
    """Certificates for single host names, signed by the cloud's own.

    Args:
        authority: a PEM file with a private key and its self-signed certificate.
    """

    def __init__(self, authority: Path) -> None:
        pem = authority.read_bytes()
        self._certificate = x509.load_pem_x509_certificate(pem)
        key = serialization.load_pem_private_key(pem, None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{authority}: its key is not an elliptic curve's")
        self._authority = key
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._contexts: dict[str, ssl.SSLContext] = {}

    def context(self, host: str) -> ssl.SSLContext:
        """TLS with a certificate for a host name."""
        if host not in self._contexts:
            self._contexts[host] = self._new_context(host)
        return self._contexts[host]

    def _new_context(self, host: str) -> ssl.SSLContext:
        now = datetime.now(UTC)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._certificate.subject)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=365))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .sign(self._authority, hashes.SHA256())
        )
        private = serialization.PrivateFormat.PKCS8
        pem = self._key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile(
            suffix=".pem"
        ) as file:  # ssl reads files only; only their owner can read this one
            file.write(pem + certificate.public_bytes(serialization.Encoding.PEM))
            file.flush()
            context.load_cert_chain(file.name)
        return context


class TlsListener:
    """Terminates TLS on a free loopback port.

    Args:
        authority: as for `Certificates`; it is read when a name is first asked for.
        upstream: the HTTP port to forward to.
    """

    def __init__(self, authority: Path, upstream: Callable[[], int]) -> None:
        self._authority = authority
        self._certificates: Certificates | None = None
        self._upstream = upstream
        self._server: asyncio.Server | None = None

    async def start(self) -> int:
        """Listen; returns the port."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.sni_callback = self._choose
        self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0, ssl=context)
        return self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Stop listening."""
        if self._server:
            self._server.close()

    def _choose(self, connection: ssl.SSLObject, host: str | None, _context: ssl.SSLContext) -> int | None:
        if host is None or not is_ours(host):
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        if self._certificates is None:
            self._certificates = Certificates(self._authority)
        connection.context = self._certificates.context(host.lower())
        return None

    async def _pass_on(self, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        try:
            server, requests = await asyncio.open_connection("127.0.0.1", self._upstream())
        except OSError:
            answers.transport.abort()
            return
        ways = [asyncio.create_task(_copy(client, requests)), asyncio.create_task(_copy(server, answers))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for writer in (requests, answers):
                with contextlib.suppress(OSError):
                    writer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
