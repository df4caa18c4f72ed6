"""Asks public addresses, as a visitor does."""

import httpx

from ops.context.errors import OpsError
from ops.context.run_context import Context


def client(context: Context, *, timeout: float = 10) -> httpx.Client:
    """A client for the sites' and APIs' public addresses. Use it as a context manager.

    Args:
        context: where PUBLIC_ADDRESSES_URL is set, a rehearsal's addresses are asked and no other one: see `Addresses`.
        timeout: seconds that one step of a request may take.
    """
    directory = context.addresses.public
    transport = _Rehearsed(directory) if directory else None
    return httpx.Client(transport=transport, timeout=timeout, headers={"User-Agent": "intent-infrastructure"})


class _Rehearsed(httpx.BaseTransport):
    """Sends each request to where a rehearsal serves its host, and none to the internet."""

    def __init__(self, directory: str) -> None:
        self._directory = directory
        self._local = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        origin = f"{request.url.scheme}://{request.url.netloc.decode()}"
        # Asked each time: a Worker that is deployed for the first time appears in it only then.
        served = self._served().get(origin)
        if served is None:
            raise httpx.ConnectError(f"the rehearsal does not serve {origin}", request=request)
        # The Host header stays the public one, and Workers read it.
        request.url = httpx.URL(served.rstrip("/") + request.url.raw_path.decode())
        return self._local.handle_request(request)

    def _served(self) -> dict[str, str]:
        try:
            return httpx.get(self._directory, timeout=10).raise_for_status().json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            raise OpsError(f"PUBLIC_ADDRESSES_URL: {self._directory} gives no list of addresses") from None

    def close(self) -> None:
        self._local.close()
