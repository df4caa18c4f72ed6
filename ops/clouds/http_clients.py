"""Creates every HTTP client of the operator: one place for time-outs and malformed addresses."""

import ssl
from collections.abc import Generator, Mapping
from contextlib import contextmanager

import httpx

from ops.context.errors import OpsError


def http_client(
    address: str = "",
    *,
    about: str,
    timeout: float,
    headers: Mapping[str, str] | None = None,
    transport: httpx.BaseTransport | None = None,
) -> httpx.Client:
    """Creates an HTTP client. Use it as a context manager.

    Args:
        address: what every request's address begins with; empty if each request has a full address.
        about: what the address is, for the error message, such as `Neon's API address`.
        timeout: seconds that one step of a request (connect, send, receive) may take.
        headers: sent with every request.
        transport: sends the requests in place of httpx's own.

    Raises:
        OpsError: the address is malformed, or the machine's proxy or certificates can't be used.
    """
    try:
        base = httpx.URL(address.rstrip("/"))
    except httpx.InvalidURL:
        raise OpsError(f"{about} {address!r} is not a valid address; correct the environment variable") from None
    with usable_machine():
        return httpx.Client(base_url=base, headers=headers, timeout=timeout, transport=transport)


@contextmanager
def usable_machine() -> Generator[None]:
    """Explains what keeps httpx from creating a client or a transport.

    Raises:
        OpsError: the machine's proxy or certificates can't be used.
    """
    try:
        yield
    except OSError as error:
        # httpx reads SSL_CERT_FILE and SSL_CERT_DIR (its docs, "Environment Variables").
        reason = "it holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
        raise OpsError(f"SSL_CERT_FILE: can't be read: {reason}; set it to a PEM file, or unset it") from None
    except (ImportError, ValueError, httpx.InvalidURL):
        # A SOCKS proxy, another scheme, or no address at all.
        raise OpsError(
            "ALL_PROXY, HTTPS_PROXY or HTTP_PROXY is not the address of an HTTP proxy; set it to http://<host>:<port>, "
            "or unset it"
        ) from None
