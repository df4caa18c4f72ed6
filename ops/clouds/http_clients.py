"""Creates every HTTP client of the operator: one place for time-outs and malformed addresses."""

from collections.abc import Mapping

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
        OpsError: the address is malformed.
    """
    try:
        return httpx.Client(base_url=address.rstrip("/"), headers=headers, timeout=timeout, transport=transport)
    except httpx.InvalidURL:
        raise OpsError(f"{about} {address!r} is not a valid address; correct the environment variable") from None
