"""The server process: APIs, control routes and page on one loopback port, from start to shutdown."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.cloud import cloud_page, control_routes, neon_serverless
from sandbox.cloud.cloud_faults import FaultMiddleware
from sandbox.cloud.local_cloud import LocalCloud
from sandbox.cloud.postgres import Databases
from sandbox.cloud.request_log import LogMiddleware
from sandbox.process import watch_parent

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class CloudServer(uvicorn.Server):
    """uvicorn on one port; it writes its address to a file once it accepts requests."""

    def __init__(self, cloud: LocalCloud, address_file: Path, listener: socket.socket) -> None:
        self._address_file = address_file
        self._port = listener.getsockname()[1]
        app = by_host(neon_serverless.create_app(cloud.endpoint), create_app(cloud, self.drop))
        quiet: dict[str, Any] = {"log_level": "warning", "access_log": False, "lifespan": "off"}
        kinds: dict[str, Any] = {"loop": "asyncio", "http": "h11"}
        super().__init__(uvicorn.Config(app, timeout_graceful_shutdown=5, **kinds, **quiet))
        self._neon_tls = neon_serverless.TlsListener(cloud.certificate, lambda: self._port)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        facts = {"url": f"http://127.0.0.1:{self._port}", "pid": os.getpid()}
        facts["neon_tls_port"] = await self._neon_tls.start()
        partial = self._address_file.with_suffix(".new")
        partial.write_text(json.dumps(facts), encoding="utf-8")
        partial.replace(self._address_file)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._neon_tls.stop()
        await super().shutdown(sockets)

    def drop(self, scope: Scope) -> None:
        """Close a request's connection without an answer."""
        for protocol in self.server_state.connections:
            transport: Any = protocol.transport
            if transport is not None and transport.get_extra_info("peername") == tuple(scope["client"]):
                transport.abort()


def by_host(endpoints: ASGIApp, others: ASGIApp) -> ASGIApp:
    """Sends requests for the Neon endpoints' own host names to one app, and all others to another.

    A Worker can't choose the header Host of its requests: its runner puts the name into X-Neon-Host.
    """

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", ()))
        host = headers.get(b"x-neon-host", headers.get(b"host", b""))
        if neon_serverless.is_ours(host.decode("latin-1")):
            scope["headers"] = [*(headers | {b"host": host}).items()]
            await endpoints(scope, receive, send)
        else:
            await others(scope, receive, send)

    return app


def create_app(cloud: LocalCloud, drop: Callable[[Scope], None]) -> Starlette:
    """The ASGI app of a cloud. Faults and the request log apply to the APIs only."""
    around = [
        Middleware(LogMiddleware, log=cloud.log),
        Middleware(FaultMiddleware, faults=cloud.faults, drop=drop),
    ]
    mounts: list[Mount] = []
    for api in cloud.apis:
        operations = [item for service in cloud.services if service.api is api for item in service.operations]
        mounts.append(Mount(api.prefix, routes=api.routes(operations), middleware=around))
    own = [Mount("/_sandbox", routes=control_routes.routes(cloud)), Route("/", cloud_page.endpoint(cloud))]
    # A web page that resolves its own name to 127.0.0.1 must not reach the cloud.
    known_host = Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    return Starlette(routes=[*mounts, *own], middleware=[Middleware(_SiteByItsName), known_host])


class _SiteByItsName:
    """Lets a visitor's request for a site have the site's public name in its header Host, as `ops status` sends it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", ()))
        name = headers.get(b"host", b"").decode("latin-1")
        if name and scope.get("path", "").startswith(f"/_sandbox/sites/{name}/"):
            scope = {**scope, "headers": [*(headers | {b"host": b"127.0.0.1"}).items()]}
        await self._app(scope, receive, send)


def serve(home: Path, port: int = 0) -> None:
    """Run the cloud of a home folder until SIGTERM, SIGINT or the end of the parent process.

    Args:
        port: on 127.0.0.1; 0 picks a free one.
    """
    home.mkdir(parents=True, exist_ok=True)
    address_file = home / "cloud.json"
    address_file.unlink(missing_ok=True)
    for number in _SIGNALS:
        signal.signal(number, _leave)
    watch_parent(lambda: os.kill(os.getpid(), signal.SIGTERM))
    cloud = LocalCloud(home, Databases(home))
    with socket.create_server(("127.0.0.1", port), backlog=128) as listener:
        try:
            cloud.start(listener.getsockname()[1])
            # uvicorn shuts down on a signal, and then raises the signal again.
            CloudServer(cloud, address_file, listener).run([listener])
        finally:
            for number in _SIGNALS:
                signal.signal(number, signal.SIG_IGN)
            address_file.unlink(missing_ok=True)
            cloud.stop()


def _leave(_number: int, _frame: object) -> None:
    raise SystemExit(0)
