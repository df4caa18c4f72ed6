"""The routes `/sql` and `/v2` as an ASGI app."""

from __future__ import annotations

import asyncio
import json

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.cloud.neon_serverless.hosts import Endpoints
from sandbox.cloud.neon_serverless.sql_over_http import SqlError, answer, find_endpoint
from sandbox.cloud.neon_serverless.websocket_tunnel import tunnel

_ALL_ORIGINS = {"access-control-allow-origin": "*"}
_PREFLIGHT = {
    **_ALL_ORIGINS,
    "access-control-allow-headers": (
        "Authorization, Neon-Connection-String, Neon-Raw-Text-Output, Neon-Array-Mode, Neon-Pool-Opt-In, "
        "Neon-Batch-Read-Only, Neon-Batch-Isolation-Level, Neon-Batch-Deferrable"
    ),
    "access-control-max-age": "86400",
}
_CLOSED_BY_POLICY = 1008


def create_app(endpoints: Endpoints) -> Starlette:
    """An app that serves Neon's serverless protocols for the endpoints of a cloud."""

    async def sql(request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=200, headers=_PREFLIGHT)
        try:
            headers, body = await run_in_threadpool(answer, request.headers, await request.body(), endpoints)
        except SqlError as error:
            body, status = json.dumps(error.fields).encode(), error.status
            return Response(body, status, _ALL_ORIGINS, "application/json")
        return Response(body, 200, _ALL_ORIGINS | headers, "application/json")

    async def websocket(socket: WebSocket) -> None:
        try:
            endpoint = find_endpoint(socket.headers.get("host", ""), endpoints)
        except SqlError as error:
            await socket.accept()
            await socket.close(_CLOSED_BY_POLICY, str(error)[:120])
            return
        await socket.accept()
        client = asyncio.StreamReader()
        receiving = asyncio.create_task(_receive(socket, client))
        try:
            await tunnel(client, socket.send_bytes, endpoint.port)
            await socket.close()
        except (OSError, EOFError, ValueError, KeyError, RuntimeError, WebSocketDisconnect):
            pass  # Either side left, or the client does not speak PostgreSQL's protocol.
        finally:
            receiving.cancel()

    return Starlette(routes=[Route("/sql", sql, methods=["POST", "OPTIONS"]), WebSocketRoute("/v2", websocket)])


async def _receive(socket: WebSocket, client: asyncio.StreamReader) -> None:
    """Feeds what a client sends into a stream, until it leaves."""
    try:
        while True:
            client.feed_data(await socket.receive_bytes())
    except (WebSocketDisconnect, KeyError):
        client.feed_eof()
