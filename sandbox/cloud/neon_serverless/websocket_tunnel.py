"""Postgres's protocol through a WebSocket: bytes both ways, after a login with the password in clear text.

The driver sends its startup message, its password and its first query at once (`pipelineConnect`, CONFIG.md of
@neondatabase/serverless), so the proxy asks for a clear-text password and logs in at the server by SCRAM itself.
Source of the wire format: the PostgreSQL documentation, "Message Formats" and "SASL Authentication"; RFC 5802 and 7677.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
import struct
from collections.abc import Awaitable, Callable

from sandbox.cloud.stream_relay import until_one_ends

_TLS, _GSS, _CANCEL = 80877103, 80877104, 80877102
_LONGEST = 1_000_000
_OK, _CLEAR_TEXT, _SASL, _SASL_CONTINUE, _SASL_FINAL = 0, 3, 10, 11, 12
_MECHANISM = b"SCRAM-SHA-256"

Send = Callable[[bytes], Awaitable[None]]


class LoginRefusedError(Exception):
    """The server refused the login; its message was sent to the client."""


async def tunnel(client: asyncio.StreamReader, send: Send, port: int) -> None:
    """Logs a client in at a server, then passes bytes both ways until one side ends.

    Args:
        client: what the client sends.
        send: sends to the client.
        port: where the endpoint listens on 127.0.0.1.

    Raises:
        OSError, EOFError, ValueError: a side left, or does not speak the protocol.
    """
    startup = await _startup(client, send)
    server, requests = await asyncio.open_connection("127.0.0.1", port)
    try:
        requests.write(startup)
        if struct.unpack("!I", startup[4:8])[0] == _CANCEL:
            await requests.drain()
            return
        await _log_in(client, send, server, requests)
        await until_one_ends(_to_client(server, send), _to_server(client, requests))
    except LoginRefusedError:
        pass
    finally:
        requests.close()


async def _startup(client: asyncio.StreamReader, send: Send) -> bytes:
    """The startup message, once requests for encryption are declined: the WebSocket is encrypted."""
    while True:
        header = await client.readexactly(8)
        length, code = struct.unpack("!II", header)
        if not 8 <= length <= _LONGEST:
            raise ValueError("not a startup message")
        body = await client.readexactly(length - 8)
        if code not in (_TLS, _GSS):
            return header + body
        await send(b"N")


async def _log_in(
    client: asyncio.StreamReader, send: Send, server: asyncio.StreamReader, requests: asyncio.StreamWriter
) -> None:
    kind, body = await _message(server)
    if kind == b"R" and struct.unpack("!I", body[:4])[0] == _OK:
        await send(_packed(kind, body))
        return
    if kind != b"R" or struct.unpack("!I", body[:4])[0] != _SASL:
        await send(_packed(kind, body))
        raise LoginRefusedError
    await send(_packed(b"R", struct.pack("!I", _CLEAR_TEXT)))
    kind, password = await _message(client)
    if kind != b"p":
        raise ValueError("not a password")
    login = _Scram(password.rstrip(b"\0"))
    first = login.first()
    requests.write(_packed(b"p", _MECHANISM + b"\0" + struct.pack("!i", len(first)) + first))
    challenge = await _sasl(server, send, _SASL_CONTINUE)
    requests.write(_packed(b"p", login.final(challenge)))
    login.verify(await _sasl(server, send, _SASL_FINAL))


async def _sasl(server: asyncio.StreamReader, send: Send, wanted: int) -> bytes:
    kind, body = await _message(server)
    if kind == b"R" and struct.unpack("!I", body[:4])[0] == wanted:
        return body[4:]
    await send(_packed(kind, body))
    raise LoginRefusedError


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    kind, length = struct.unpack("!cI", await reader.readexactly(5))
    if not 4 <= length <= _LONGEST:
        raise ValueError("not a message")
    return kind, await reader.readexactly(length - 4)


def _packed(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body


async def _to_client(server: asyncio.StreamReader, send: Send) -> None:
    while data := await server.read(65_536):
        await send(data)


async def _to_server(client: asyncio.StreamReader, requests: asyncio.StreamWriter) -> None:
    while data := await client.read(65_536):
        requests.write(data)
        await requests.drain()


class _Scram:
    """A client's side of SCRAM-SHA-256 without channel binding. Postgres takes the role from the startup message."""

    def __init__(self, password: bytes) -> None:
        self._password = password
        self._nonce = base64.b64encode(secrets.token_bytes(18))
        self._bare = b"n=,r=" + self._nonce
        self._signature = b""

    def first(self) -> bytes:
        return b"n,," + self._bare

    def final(self, challenge: bytes) -> bytes:
        fields = dict(part.split(b"=", 1) for part in challenge.split(b","))
        if not fields[b"r"].startswith(self._nonce):
            raise ValueError("the server answered with another nonce")
        salted = hashlib.pbkdf2_hmac("sha256", self._password, base64.b64decode(fields[b"s"]), int(fields[b"i"]))
        without_proof = b"c=biws,r=" + fields[b"r"]
        signed = b",".join((self._bare, challenge, without_proof))
        key = _hmac(salted, b"Client Key")
        signature = _hmac(hashlib.sha256(key).digest(), signed)
        self._signature = _hmac(_hmac(salted, b"Server Key"), signed)
        proof = bytes(left ^ right for left, right in zip(key, signature, strict=True))
        return without_proof + b",p=" + base64.b64encode(proof)

    def verify(self, final: bytes) -> None:
        if final != b"v=" + base64.b64encode(self._signature):
            raise ValueError("the server does not know the password")


def _hmac(key: bytes, text: bytes) -> bytes:
    return hmac.new(key, text, hashlib.sha256).digest()
