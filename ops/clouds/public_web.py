"""Requests to public addresses, as a visitor's browser sends them."""

import httpx

from ops.clouds.http_clients import http_client, usable_machine
from ops.context.errors import OpsError
from ops.context.run_context import Context


def client(context: Context, *, timeout: float = 10) -> httpx.Client:
    """A client for the public addresses of sites and APIs. Use it as a context manager.

    Args:
        context: names the product. If PUBLIC_ADDRESSES_URL is set, only a rehearsal's addresses are reached: see
            `Addresses`.
        timeout: seconds that one step of a request may take.
    """
    directory = context.addresses.public
    transport = _Rehearsed(directory) if directory else None
    agent = f"{context.settings.project.name}-infrastructure"
    return http_client(about="the address", timeout=timeout, headers={"User-Agent": agent}, transport=transport)


class _Rehearsed(httpx.BaseTransport):
    """Sends each request to where a rehearsal serves its host, and none to the internet."""

    def __init__(self, directory: str) -> None:
        self._directory = directory
        with usable_machine():
            self._local = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        origin = f"{request.url.scheme}://{request.url.netloc.decode()}"
        # Read each time: a Worker that is deployed for the first time appears in it only then.
        served = self._served().get(origin)
        if served is None:
            raise httpx.ConnectError(f"the rehearsal does not serve {origin}", request=request)
        # The Host header stays the public one, and Workers read it.
        request.url = httpx.URL(served.rstrip("/") + request.url.raw_path.decode())
        return self._local.handle_request(request)

    def _served(self) -> dict[str, str]:
        try:
            with http_client(about="PUBLIC_ADDRESSES_URL", timeout=10) as local:
                return local.get(self._directory).raise_for_status().json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            raise OpsError(f"PUBLIC_ADDRESSES_URL: {self._directory} returned no list of addresses") from None

    def close(self) -> None:
        self._local.close()
