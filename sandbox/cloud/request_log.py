"""The last requests: method, path, status and time, never a header with a token nor a body."""

from __future__ import annotations

import re
import time
from collections import deque

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.cloud.cloud_api import timestamp, utc_now
from sandbox.cloud.document_store import Document

COLUMNS = ("at", "method", "path", "status", "ms", "agent")
_KEPT = 500
# A webhook's path holds its token.
_SECRET_PATH = re.compile(r"(/api/webhooks/[^/]+/).+")


class RequestLog:
    """The last requests, the newest first."""

    def __init__(self) -> None:
        self.entries: deque[Document] = deque(maxlen=_KEPT)


class LogMiddleware:
    """Writes each request of an API to the log; ``status`` is a number, ``dropped`` or ``no answer``."""

    def __init__(self, app: ASGIApp, log: RequestLog) -> None:
        self._app, self._log = app, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = {"status": "no answer"}
        begun = time.perf_counter()

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                scope["state"]["status"] = str(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            agent = dict(scope["headers"]).get(b"user-agent", b"").decode("latin-1")
            path = _SECRET_PATH.sub(r"\1***", scope["path"])
            spent, status = int((time.perf_counter() - begun) * 1000), scope["state"]["status"]
            values = (timestamp(utc_now()), scope["method"], path, status, spent, agent)
            self._log.entries.appendleft(dict(zip(COLUMNS, values, strict=True)))
