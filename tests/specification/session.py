"""Calls of the local cloud, each checked against the specification, and each valid body also broken in every way."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from sandbox.cloud.cloud_api import shape_of
from tests.sandbox.cloud.world import Api, World
from tests.specification.answers import answer_schemas, error_problems
from tests.specification.mutations import forbidden_bodies


@dataclass(frozen=True, order=True)
class Finding:
    """A difference between the local cloud and a specification.

    Attributes:
        operation: method and the path's template.
        text: what differs.
    """

    operation: str
    text: str


class Session:
    """One API of a cloud in this process.

    Args:
        world: the cloud.
        api: `neon` or `cloudflare`.

    Attributes:
        findings: the differences so far.
        called: the operations so far.
        valid: how many valid requests were sent.
        forbidden: how many forbidden ones.
    """

    def __init__(self, world: World, api: str) -> None:
        self._world, self._name = world, api
        self._api: Api = getattr(world, api)
        self._answers = answer_schemas(api)
        requests = json.loads((files("sandbox.cloud") / "request_schemas" / f"{api}.json").read_text())
        self._requests, self._definitions = requests["operations"], requests["$defs"]
        services = [service for service in world.cloud.services if service.api.prefix == self._api.prefix]
        self.operations = {f"{item.method} {shape_of(item.path)}" for each in services for item in each.operations}
        self.findings: set[Finding] = set()
        self.called: set[str] = set()
        self.valid = self.forbidden = 0

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        status: int | None = None,
        never: Mapping[str, Any] | None = None,
        form: Mapping[str, Any] | None = None,
    ) -> Any:
        """Send a valid request and check its answer; before that, its body broken in every way.

        Args:
            method: the HTTP method.
            path: below the API's prefix, with its query.
            body: the JSON body.
            status: the expected one; by default any below 300.
            never: further changes of the body that must be refused, by what they break.
            form: the parts of a multipart body, in place of `body`.

        Returns:
            The parsed answer; None without a body.
        """
        operation = self._operation(method, path)
        if body is not None:
            schema = self._requests.get(operation, {}).get("body")
            for why, wrong in forbidden_bodies(schema, self._definitions, body) if schema else ():
                self.refused(method, path, wrong, why)
            for why, change in (never or {}).items():
                self.refused(method, path, _merged(body, change), why)
        self.valid += 1
        found, answer = self._send(method, path, body, form)
        if found not in (range(200, 300) if status is None else (status,)):
            self._add(operation, f"answers a valid request with {found}: {json.dumps(answer)[:200]}")
        elif found < 400:
            for text in self._answers.problems(operation, found, answer):
                self._add(operation, text)
        else:
            for text in error_problems(self._name, found, answer):
                self._add(operation, text)
        return answer

    def refused(
        self, method: str, path: str, body: Any = None, why: str = "", form: Mapping[str, Any] | None = None
    ) -> None:
        """Send a request that must be refused with a status of 4xx, and must not change what is stored."""
        self.forbidden += 1
        operation, before = self._operation(method, path), self._stored()
        status, answer = self._send(method, path, body, form)
        if status < 400:
            self._add(operation, f"accepts {why or path}")
        else:
            for text in error_problems(self._name, status, answer):
                self._add(operation, f"{text} for {why or path}")
        if status >= 400 and self._stored() != before:
            self._add(operation, f"stores {why or path}")

    def finish(self) -> None:
        """Add a difference for each operation that was not called, and for each that no specification has."""
        for operation in self.operations - self.called:
            self._add(operation, "is not called by this check")
        for operation in self.operations:
            if not self._answers.knows(operation):
                self._add(operation, "has no answer in the specification")

    def _send(self, method: str, path: str, body: Any, form: Mapping[str, Any] | None) -> tuple[int, Any]:
        content: dict[str, Any] = {"json": body} if form is None else {"files": dict(form)}
        headers = {"Authorization": f"Bearer {self._api.token}"}
        response = self._api.client.request(method, self._api.prefix + path, headers=headers, **content)
        is_json = response.headers.get("content-type", "").startswith("application/json")
        return response.status_code, response.json() if is_json and response.content else None

    def _operation(self, method: str, path: str) -> str:
        """The operation that a path belongs to; the one with the fewest parts that vary, as the cloud routes it."""
        wanted = f"{method} {path.partition('?')[0]}"
        fits = [
            operation
            for operation in self.operations
            if re.fullmatch(re.escape(operation).replace(re.escape("{}"), "[^/]+"), wanted)
        ]
        found = min(fits, key=lambda operation: operation.count("{}"), default=wanted)
        self.called.add(found)
        return found

    def _stored(self) -> Any:
        return self._world.cloud.dump()

    def _add(self, operation: str, text: str) -> None:
        self.findings.add(Finding(operation, re.sub(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b[0-9a-f]{32}\b", "ID", text)))


def _merged(body: Any, change: Any) -> Any:
    """A body with a change merged into it; a None drops a field."""
    if not isinstance(body, dict) or not isinstance(change, Mapping):
        return change
    merged = {name: _merged(body.get(name), value) for name, value in change.items() if value is not None}
    return {name: value for name, value in {**body, **merged}.items() if change.get(name, 0) is not None}
