"""The parts of every API of the cloud: operations, errors and response envelopes."""

from __future__ import annotations

import json
import logging
import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.cloud.document_store import Document
from sandbox.cloud.multipart_forms import is_form, read_form

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
log = logging.getLogger(__name__)


class ApiError(Exception):
    """An error response: an HTTP status, a message and the API's own error code."""

    def __init__(self, status: int, message: str, code: int | str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.code = status, message, code


@dataclass(frozen=True)
class ApiCall:
    """One request as an operation sees it; ``call["name"]`` is a path parameter."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Document

    def __getitem__(self, name: str) -> str:
        return self.path[name]


@dataclass(frozen=True)
class ApiOperation:
    """A method and path of an API, and its handler (called in a thread of the pool).

    Attributes:
        status: of a response without an error.
        page_size: the items of a list's page where the query has no `per_page`.
    """

    method: str
    path: str
    answer: Callable[[ApiCall], Any]
    status: int = 200
    page_size: int = 100


@dataclass(frozen=True)
class PageTable:
    """A table of the cloud's page: documents, and the fields that are its columns."""

    title: str
    columns: Sequence[str]
    documents: Sequence[Document]


@dataclass(frozen=True)
class CloudService:
    """One service: its heading on the page, its API, and a loader for each Terraform resource type of a state."""

    name: str
    api: Api
    operations: Sequence[ApiOperation]
    tables: Callable[[], list[PageTable]]
    loaders: Mapping[str, Callable[[Document], None]]


class Api(ABC):
    """An API's address, its authentication, and its response envelope."""

    prefix: str
    unknown_route: tuple[int, str, int | str]

    @abstractmethod
    def authenticate(self, headers: Mapping[str, str]) -> None:
        """Raise ApiError unless the request's credentials are valid."""

    def check(self, method: str, shape: str, call: ApiCall) -> None:  # noqa: B027 - an API without a specification
        """Raise ApiError if a request breaks the API's published specification."""

    @abstractmethod
    def respond(self, result: Any, status: int, query: Mapping[str, str]) -> Response:
        """The response for a result."""

    @abstractmethod
    def refuse(self, error: ApiError) -> Response:
        """The response for an error."""

    def routes(self, operations: Sequence[ApiOperation]) -> list[BaseRoute]:
        """Starlette routes for the operations of all services of this API."""
        by_path: dict[str, dict[str, ApiOperation]] = {}
        for operation in operations:
            by_path.setdefault(operation.path, {})[operation.method] = operation
        by_path["/{rest:path}"] = {}
        return [Route(path, self._endpoint(path, methods), methods=_METHODS) for path, methods in by_path.items()]

    def _endpoint(self, path: str, methods: Mapping[str, ApiOperation]) -> Callable[[Request], Awaitable[Response]]:
        shape = shape_of(path)

        async def endpoint(request: Request) -> Response:
            try:
                self.authenticate(request.headers)
                operation = methods.get(request.method)
                if operation is None:
                    raise ApiError(*self.unknown_route)
                body = await read_form(request) if is_form(request) else _parse(await request.body())
                call = ApiCall(request.path_params, request.query_params, body)
                self.check(request.method, shape, call)
                result = await run_in_threadpool(operation.answer, call)
                query = {"per_page": str(operation.page_size), **request.query_params}
                return self.respond(_public(result), operation.status, query)
            except ApiError as error:
                return self.refuse(error)
            except Exception:
                log.exception("%s %s failed", request.method, request.url.path)
                return self.refuse(ApiError(500, "internal server error"))

        return endpoint


def _public(value: Any) -> Any:
    """A document without its private fields, which begin with an underscore."""
    if isinstance(value, dict):
        return {name: _public(item) for name, item in value.items() if not name.startswith("_")}
    return [_public(item) for item in value] if isinstance(value, list) else value


def _parse(body: bytes) -> Document:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError as error:
        raise ApiError(400, "request body is not valid JSON") from error
    if not isinstance(parsed, dict):
        raise ApiError(400, "request body must be a JSON object")
    return parsed


def shape_of(path: str) -> str:
    """A path's template with ``{}`` for each part that varies: ``/zones/{zone}`` gives ``/zones/{}``."""
    return re.sub(r"\{[^}]+\}", "{}", path)


def template(name: str) -> Any:
    """A JSON file with the defaults of a new object."""
    return json.loads((files("sandbox.cloud") / "templates" / name).read_text(encoding="utf-8"))


def require(body: Document, *names: str) -> None:
    """Raise ApiError if a field is missing or empty."""
    for name in names:
        if body.get(name) in (None, ""):
            raise ApiError(400, f"missing required field {name!r}")


def given(values: Document | None) -> Document:
    """The fields that are not null."""
    return {name: value for name, value in (values or {}).items() if value is not None}


def utc_now() -> datetime:
    return datetime.now(UTC)


def timestamp(moment: datetime) -> str:
    """RFC 3339 in whole seconds, the format of both clouds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def secret(length: int) -> str:
    """A random password of letters and digits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(length))
