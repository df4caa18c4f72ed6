"""A proxy that redirects Neon's fixed address to the local cloud, for the real Neon provider.

The real provider has no setting for its address, but it honors HTTPS_PROXY, and SSL_CERT_FILE on Linux. The proxy ends
TLS for console.neon.tech with a certificate made for the run, and refuses every other host: nothing leaves the machine.
Addresses of this machine are passed through, for programs that ignore NO_PROXY, such as wrangler 4.60.
Go ignores SSL_CERT_FILE on macOS (crypto/x509, root_darwin.go reads the keychain), so real providers need Linux there.
"""

from __future__ import annotations

import contextlib
import http.client
import http.server
import socket
import ssl
import threading
from pathlib import Path
from typing import Any, Self, cast
from urllib.parse import urlsplit

from sandbox.cloud.postgres.certificate import new_certificate

NEON_HOST = "console.neon.tech"
_LOOPBACK = ("127.0.0.1", "localhost")
_TIMEOUT_SECONDS = 120.0
_LONGEST_HEAD = 65_536
_OF_ONE_HOP = ("host", "connection", "content-length", "transfer-encoding", "keep-alive")


class NeonRedirect:
    """The running proxy. It stops with `stop`, at the latest with the process.

    Attributes:
        url: the proxy's address, for HTTPS_PROXY.
        certificate: the file with the certificate to trust, for SSL_CERT_FILE.
    """

    def __init__(self, cloud: str, folder: Path) -> None:
        """
        Args:
            cloud: the local cloud's address, such as http://127.0.0.1:8000.
            folder: where key and certificate are written; it must exist.
        """
        target = urlsplit(cloud)
        self._target = (target.hostname or "", target.port or 80)
        pem = folder / "neon-redirect.pem"
        pem.touch(mode=0o600)
        pem.write_bytes(new_certificate(NEON_HOST))
        self.certificate = folder / "neon-redirect-certificate.pem"
        text = pem.read_text(encoding="utf-8")
        self.certificate.write_text(text[text.index("-----BEGIN CERTIFICATE") :], encoding="utf-8")
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(pem)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Closes the port. Connections in use end with their clients."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # stopped
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            client.settimeout(_TIMEOUT_SECONDS)
            host, port = self._asked(client)
            if host not in _LOOPBACK and (host, port) != (NEON_HOST, 443):
                client.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            if host in _LOOPBACK:
                _pass_through(client, port)
                return
            with self._tls.wrap_socket(client, server_side=True) as plain:
                _Forward(plain, self._target)

    def _asked(self, client: socket.socket) -> tuple[str, int]:
        """The host and port of a CONNECT request; an empty host for any other request."""
        head = b""
        while b"\r\n\r\n" not in head and len(head) < _LONGEST_HEAD:
            more = client.recv(1)  # byte by byte: what follows the head is TLS
            if not more:
                return "", 0
            head += more
        words = head.split(b"\r\n", 1)[0].decode("latin-1").split()
        if len(words) != 3 or words[0] != "CONNECT":
            return "", 0
        host, _, port = words[1].rpartition(":")
        return (host.lower(), int(port)) if port.isdecimal() else ("", 0)


def _pass_through(client: socket.socket, port: int) -> None:
    """Passes all bytes between a client and a port of this machine, until both have ended."""
    with socket.create_connection(("127.0.0.1", port), timeout=_TIMEOUT_SECONDS) as server:
        back = threading.Thread(target=_copy, args=(server, client), daemon=True)
        back.start()
        _copy(client, server)
        back.join()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while part := source.recv(65_536):
            sink.sendall(part)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


class _Forward(http.server.BaseHTTPRequestHandler):
    """Passes the requests of one connection on, to the cloud's own host name, until the client closes it."""

    protocol_version = "HTTP/1.1"
    timeout = _TIMEOUT_SECONDS

    def __init__(self, client: socket.socket, target: tuple[str, int]) -> None:
        self._cloud = http.client.HTTPConnection(*target, timeout=_TIMEOUT_SECONDS)
        with contextlib.closing(self._cloud):
            super().__init__(client, ("127.0.0.1", 0), cast(Any, None))

    def _forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _OF_ONE_HOP}
        try:
            self._cloud.request(self.command, self.path, body or None, headers)
            answer = self._cloud.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            # A fault of the rehearsal: the client sees the connection break, as it would without this proxy.
            self.close_connection = True
            return
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in _OF_ONE_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _forward  # noqa: N815 (named by the base class)

    def log_message(self, format: str, *args: object) -> None:
        """Logs nothing: standard error is the rehearsal's."""
