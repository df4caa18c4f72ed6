"""Neon's wire format: objects, ids, addresses and error responses."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox.cloud.cloud_api import Api, ApiCall, ApiError, given, template, timestamp
from sandbox.cloud.document_store import Document
from sandbox.cloud.keyring import Keyring, bearer
from sandbox.cloud.request_checks import neon_schemas

_ADJECTIVES = ("autumn", "bold", "calm", "crimson", "frosty", "gentle", "green", "late", "misty", "quiet", "shiny")
_NOUNS = ("bird", "brook", "cloud", "dew", "field", "forest", "hill", "lake", "meadow", "moon", "river", "sun")


class NeonApi(Api):
    """`/api/v2`. An error is ``{"code", "message"}``."""

    prefix = "/api/v2"
    unknown_route = (404, "this route does not exist", "")

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def authenticate(self, headers: Mapping[str, str]) -> None:
        if not self._keyring.accepts_neon(bearer(headers)):
            raise ApiError(401, "supplied credentials do not pass authentication")

    def check(self, method: str, shape: str, call: ApiCall) -> None:
        schemas = neon_schemas()
        problem = schemas.query_problem(method, shape, call.query) or schemas.body_problem(method, shape, call.body)
        if problem:
            raise ApiError(400, f"request does not match the schema: {problem}")

    def respond(self, result: Any, status: int, query: Mapping[str, str]) -> Response:  # noqa: ARG002
        return result if isinstance(result, Response) else JSONResponse(result, status)

    def refuse(self, error: ApiError) -> Response:
        content = {"request_id": str(uuid.uuid4()), "code": error.code, "message": error.message}
        return JSONResponse(content, error.status)


def new_id(prefix: str = "") -> str:
    """An id in Neon's form, such as ``ep-quiet-river-12345678``."""
    number = random.randrange(10**7, 10**8)  # noqa: S311 - a name, not a secret
    return f"{prefix}{random.choice(_ADJECTIVES)}-{random.choice(_NOUNS)}-{number}"  # noqa: S311


def new_object(kind: str, now: datetime, *values: Document) -> Document:
    """An object's defaults, overridden by other values; a null keeps the default."""
    document = template("neon_objects.json").get(kind, {})
    for value in values:
        document = merged(document, value)
    return {**document, "created_at": timestamp(now), "updated_at": timestamp(now)}


def merged(current: Document, change: Document) -> Document:
    """A document after a change: nested objects are merged, null fields keep the old value."""
    changed = dict(current)
    for name, value in given(change).items():
        old = changed.get(name)
        changed[name] = merged(old, value) if isinstance(value, dict) and isinstance(old, dict) else value
    return changed


def proxy_host(region: str) -> str:
    """The domain of a region's endpoints: ``aws-us-east-2`` gives ``us-east-2.aws.neon.tech``."""
    cloud, _, place = region.partition("-")
    return f"{place}.{cloud}.neon.tech"


def local_proxy_host(region: str) -> str:
    """The same in a domain that is reserved for loopback (RFC 6761, section 6.3).

    Not every system resolves its names; libpq does without by PGHOSTADDR, Node by neon_serverless/node_loader.mjs.
    """
    return proxy_host(region).removesuffix(".tech") + ".localhost"


def connection_uri(role: Document, host: str, database: str) -> str:
    """The address that a client connects to."""
    return f"postgresql://{role['name']}:{role['_password']}@{host}/{database}?sslmode=require"


def pooled_host(endpoint: Document) -> str:
    """The pooled name of an endpoint's host."""
    return endpoint["host"].replace(endpoint["id"], f"{endpoint['id']}-pooler", 1)
