"""The sandbox's own routes below `/_sandbox`: faults, loading of Terraform states, reset, dump and request log."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.cloud.cloud_api import ApiError
from sandbox.cloud.local_cloud import LocalCloud

_SECRET_FIELDS = ("password", "secret", "token")


def routes(cloud: LocalCloud) -> list[BaseRoute]:
    """The control routes of a cloud."""

    def set_faults(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
        cloud.faults.set(rules)
        return cloud.faults.all()

    def reset(_: object) -> dict[str, str]:
        cloud.reset()
        return {"status": "empty"}

    def addresses(request: Request) -> JSONResponse:
        """Each public address of a Worker or a site → where it is served on this machine."""
        sites = cloud.deployments.addresses(f"{request.base_url}_sandbox/sites")
        return JSONResponse(cloud.workers.addresses() | sites)

    return [
        _route("/faults", "GET", lambda _: cloud.faults.all()),
        _route("/faults", "POST", set_faults),
        _route("/load", "POST", cloud.load),
        _route("/reset", "POST", reset),
        _route("/dump", "GET", lambda _: _masked(cloud.dump())),
        _route("/log", "GET", lambda _: list(cloud.log.entries)),
        _route("/pages/push", "POST", cloud.deployments.push),
        Route("/addresses", addresses),
        Route("/sites/{host}/{path:path}", cloud.deployments.serve),
    ]


def _route(path: str, method: str, answer: Callable[[Any], Any]) -> Route:
    async def endpoint(request: Request) -> Response:
        origin = request.headers.get("origin")
        if origin and urlsplit(origin).netloc != request.headers.get("host"):
            return JSONResponse({"error": "another origin may not control the sandbox"}, 403)
        try:
            body = await request.json() if await request.body() else None
            return JSONResponse(await run_in_threadpool(answer, body))
        except ApiError as error:
            return JSONResponse({"error": error.message}, error.status)
        except (KeyError, TypeError, ValueError, re.error) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)

    return Route(path, endpoint, methods=[method])


def _masked(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        hidden = ("value", "text") if value.get("type") == "secret_text" else ()
        return {key: _masked(item, "secret" if key in hidden else key) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item) for item in value]
    return "***" if isinstance(value, str) and any(word in name for word in _SECRET_FIELDS) else value
