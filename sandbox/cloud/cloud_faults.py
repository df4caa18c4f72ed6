"""Injected faults: an error status, a dropped connection or a delay for the next requests that match a rule."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import anyio
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_MESSAGES = {423: "project is busy with another operation", 429: "rate limit exceeded", 500: "internal server error"}


@dataclass
class Fault:
    """A rule that applies to the next ``times`` matching requests.

    Attributes:
        method: an HTTP method, or `*`.
        path: a regular expression, searched for in the request's path.
        action: ``status``, ``drop`` (close the connection without an answer) or ``delay``; these two after ``seconds``.
        when: ``before`` the request is carried out, or ``after``: it is carried out, but the caller gets no success.
    """

    method: str = "*"
    path: str = ""
    action: str = "status"
    status: int = 500
    seconds: float = 0
    when: str = "before"
    times: int = 1

    def __post_init__(self) -> None:
        if self.action not in ("status", "drop", "delay") or self.when not in ("before", "after"):
            raise ValueError("action must be status, drop or delay; when must be before or after")
        re.compile(self.path)

    def matches(self, method: str, path: str) -> bool:
        return self.times > 0 and self.method in ("*", method) and re.search(self.path, path) is not None


class Faults:
    """The rules that are set, in order; the first that matches a request is used once."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self._lock = threading.Lock()

    def set(self, rules: Sequence[Mapping[str, Any]]) -> None:
        """Replace all rules. Raises TypeError, ValueError or re.error if one is invalid."""
        self._rules = [Fault(**rule) for rule in rules]

    def all(self) -> list[dict[str, Any]]:
        return [asdict(rule) for rule in self._rules]

    def take(self, method: str, path: str) -> Fault | None:
        """The first rule that matches a request; one of its ``times`` is used up."""
        with self._lock:
            rule = next((rule for rule in self._rules if rule.matches(method, path)), None)
            if rule:
                rule.times -= 1
            return rule


class FaultMiddleware:
    """Applies the rules to an API; ``drop`` closes the connection of a request's scope."""

    def __init__(self, app: ASGIApp, faults: Faults, drop: Callable[[Scope], None]) -> None:
        self._app, self._faults, self._drop = app, faults, drop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self._faults.take(scope["method"], scope["path"])
        if fault is None or fault.action == "delay":
            await anyio.sleep(fault.seconds if fault else 0)
            await self._app(scope, receive, send)
            return
        if fault.when == "after":
            await self._app(scope, receive, _swallow)
        if fault.action == "status":
            await _refusal(fault.status)(scope, receive, send)
            return
        scope["state"]["status"] = "dropped"
        await anyio.sleep(fault.seconds)
        self._drop(scope)
        while (await receive())["type"] != "http.disconnect":
            pass


async def _swallow(message: Message) -> None:
    """Discards a response."""


def _refusal(status: int) -> JSONResponse:
    # One body for both APIs: Neon's clients read `message`, Cloudflare's read `errors`.
    message = _MESSAGES.get(status, "injected fault")
    errors = [{"code": 10000 + status, "message": message}]
    content = {"code": "", "message": message, "success": False, "errors": errors, "messages": [], "result": None}
    return JSONResponse(content, status, headers={"retry-after": "1"} if status == 429 else None)
