"""Cloudflare's API v4: the token check, the envelope with its pages, and collections of objects."""

from __future__ import annotations

import json
import re
import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from starlette.responses import JSONResponse, Response

from sandbox.cloud.cloud_api import Api, ApiCall, ApiError, ApiOperation, CloudService, PageTable, timestamp, utc_now
from sandbox.cloud.document_store import Document, DocumentStore
from sandbox.cloud.keyring import Keyring, bearer
from sandbox.cloud.multipart_forms import FilePart
from sandbox.cloud.request_checks import cloudflare_schemas
from sandbox.cloud.zone_directory import ZoneDirectory

_TYPE_MAY_LACK = ("PATCH", "/accounts/{}/pages/projects/{}")
"""Of a build variable. The package's types demand it, but Cloudflare's OpenAPI document does not: its example of
`pages_project-patch` has a variable with a value alone, and the Terraform provider sends only what changed (cloudflare
5.18.0, internal/apijson/encoder.go).
"""


class CloudflareApi(Api):
    """`/client/v4`. A list is answered in pages (``page``, ``per_page``) with ``result_info``."""

    prefix = "/client/v4"
    unknown_route = (404, "No route for that URI", 7000)

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def authenticate(self, headers: Mapping[str, str]) -> None:
        if "authorization" not in headers:
            raise ApiError(400, "Missing X-Auth-Key, X-Auth-Email or Authorization headers", 9106)
        token = bearer(headers)
        # 40 characters, or a prefix, 40 and a checksum (Cloudflare's page "Token formats"; its reference: 40 to 80).
        if not re.fullmatch(r"[A-Za-z0-9_-]{40,80}", token):
            raise ApiError(400, "Invalid format for Authorization header", 6111)
        if not self._keyring.accepts_cloudflare(token):
            raise ApiError(401, "Invalid API Token", 1000)

    def check(self, method: str, shape: str, call: ApiCall) -> None:
        schemas = cloudflare_schemas()
        problem = schemas.query_problem(method, shape, call.query)
        body = _without_files(call.body)
        if (method, shape) == _TYPE_MAY_LACK:
            body = _with_types(body)
        problem = problem or schemas.body_problem(method, shape, body)
        if problem:
            raise ApiError(400, f"Invalid request: {problem}", 10001)

    def respond(self, result: Any, status: int, query: Mapping[str, str]) -> Response:
        if isinstance(result, Response):
            return result
        if status == 204:
            return Response(status_code=204)
        content = {"success": True, "errors": [], "messages": [], "result": result}
        return JSONResponse(content | (_page(result, query) if isinstance(result, list) else {}), status)

    def refuse(self, error: ApiError) -> Response:
        errors = [{"code": error.code or 10000, "message": error.message}]
        return JSONResponse({"success": False, "errors": errors, "messages": [], "result": None}, error.status)


def _with_types(body: Document) -> Document:
    """A body in which each build variable has a type, to be checked as the others are."""
    if not isinstance(configs := body.get("deployment_configs"), dict):
        return body
    filled: Document = {}
    for builds, config in configs.items():
        filled[builds] = config
        if isinstance(config, dict) and isinstance(variables := config.get("env_vars"), dict):
            typed = {
                name: {"type": "plain_text", **each} if isinstance(each, dict) else each
                for name, each in variables.items()
            }
            filled[builds] = {**config, "env_vars": typed}
    return {**body, "deployment_configs": filled}


def _without_files(body: Document) -> Document:
    """A body without the files of a form; its part `metadata` is JSON, as in an upload of a Worker."""
    found = {name: part for name, part in body.items() if not isinstance(part, FilePart)}
    metadata = body.get("metadata")
    if isinstance(metadata, FilePart | str):
        try:
            found["metadata"] = json.loads(metadata.content if isinstance(metadata, FilePart) else metadata)
        except ValueError as error:
            raise ApiError(400, "The upload's part metadata is not JSON.", 10021) from error
    return found


def _page(items: list[Any], query: Mapping[str, str]) -> dict[str, Any]:
    wanted = query.get("page", "1"), query["per_page"]
    if not all(re.fullmatch(r"[1-9]\d{0,5}", number) for number in wanted):
        raise ApiError(400, "page and per_page must be positive numbers", 1003)
    page, size = int(wanted[0]), int(wanted[1])
    part = items[(page - 1) * size : page * size]
    counts = {"count": len(part), "total_count": len(items), "total_pages": -(-len(items) // size)}
    return {"result": part, "result_info": {"page": page, "per_page": size, **counts}}


class Collection(ABC):
    """Objects of one kind that belong to an account, a zone or a project, as most of Cloudflare's API works.

    A subclass defines the path and builds an object; listing, creating, reading, replacing (PUT), changing (PATCH),
    deleting, loading from a Terraform state and the page's table follow. Its class attributes describe one kind of
    object; a method is overridden only where the real API has a rule of its own.

    Attributes:
        path: the collection's; ``key`` is the field that names an object below it.
        unknown: status, message and code of the error for an object that does not exist.
        without: methods that its objects do not have.
        created: the status of a successful creation.
        deleted: the status of a successful deletion.
        filters: the fields that a list can be filtered by.
        page_size: the items of a list's page where the query has no `per_page`. The 25 of health checks are the default
            in Cloudflare's reference. The other small sizes are not looked up: they make callers follow pages.
        page_range: the least and the most items that a query can ask for: 25 for Pages' projects (error 8000024), 5 to
            5,000,000 for DNS records (Cloudflare's OpenAPI document of 2024-08).
        terraform: the resource type, the attribute with the owner's id, and attributes that are loaded unchanged.
        columns: the fields on the page.
    """

    name: ClassVar[str]
    path: ClassVar[str]
    key: ClassVar[str] = "id"
    unknown: ClassVar[tuple[int, str, int]] = (404, "not found", 10000)
    without: ClassVar[Sequence[str]] = ()
    created: ClassVar[int] = 200
    deleted: ClassVar[int] = 200
    filters: ClassVar[Sequence[str]] = ()
    page_size: ClassVar[int] = 100
    page_range: ClassVar[tuple[int, int]] = (1, 5_000_000)
    terraform: ClassVar[tuple[str, str, Sequence[str]]]
    columns: ClassVar[Sequence[str]]

    def __init__(self, store: DocumentStore, directory: ZoneDirectory) -> None:
        self._store, self._directory = store, directory

    def owner(self, call: ApiCall) -> str:
        """The id of the account or zone that a path begins with. Raises ApiError if it doesn't exist."""
        if "account" in call.path:
            return self._directory.account(call["account"])["id"]
        return self._directory.zone(call["zone"])["id"]

    @abstractmethod
    def build(self, owner: str, wanted: Document, old: Document | None) -> Document:
        """A new object, or one after a change. Raises ApiError if it is invalid."""

    def patched(self, old: Document, body: Document) -> Document:
        """An object with a PATCH applied, as input of `build`."""
        return {**old, **body}

    def show(self, document: Document) -> Document:
        """An object as the API returns it."""
        return document

    def held(self, owner: str, **equal: object) -> list[Document]:
        """The objects of an owner whose fields have these values."""
        return self._store.list(self.name, _owner=owner, **equal)

    def one(self, call: ApiCall) -> Document:
        """The object that a path names."""
        found = self._store.get(self.name, call["key"])
        if found is None or found["_owner"] != self.owner(call):
            raise ApiError(*self.unknown)
        return found

    def keep(self, owner: str, document: Document) -> Document:
        self._store.put(self.name, document[self.key], document | {"_owner": owner})
        return self.show(document)

    def listed(self, call: ApiCall) -> list[Document]:
        """The answer to a list's request. Raises ApiError if its pages are too large or too small."""
        size, (least, most) = call.query.get("per_page", ""), self.page_range
        if size.isdecimal() and not least <= int(size) <= most:
            raise ApiError(400, "Invalid list options provided. Review the `page` or `per_page` parameter.", 8000024)
        return self.find(call)

    def find(self, call: ApiCall) -> list[Document]:
        """The objects that a query's filters let pass."""
        wanted = {name: call.query.get(name) or call.query.get(f"{name}.exact") for name in self.filters}
        found = self.held(self.owner(call), **{name: value for name, value in wanted.items() if value})
        return [self.show(document) for document in found]

    def create(self, call: ApiCall) -> Document:
        with self._store.transaction():
            owner = self.owner(call)
            return self.keep(owner, self.build(owner, call.body, None))

    def replace(self, call: ApiCall) -> Document:
        with self._store.transaction():
            old = self.one(call)
            return self.keep(old["_owner"], self.build(old["_owner"], call.body, old))

    def change(self, call: ApiCall) -> Document:
        with self._store.transaction():
            old = self.one(call)
            return self.keep(old["_owner"], self.build(old["_owner"], self.patched(old, call.body), old))

    def delete(self, call: ApiCall) -> Document | None:
        with self._store.transaction():
            self._store.delete(self.name, self.one(call)[self.key])
        return {"id": call["key"]}

    def load(self, state: Document) -> None:
        """The object of a Terraform state's attributes."""
        _, owner, same_as_state = self.terraform
        built = self.build(state[owner], state, None) | {name: state[name] for name in same_as_state}
        self.keep(state[owner], built)

    def operations(self) -> list[ApiOperation]:
        item = self.path + "/{key}"
        every = [
            ApiOperation("GET", self.path, self.listed, page_size=self.page_size),
            ApiOperation("POST", self.path, self.create, self.created),
            ApiOperation("GET", item, lambda call: self.show(self.one(call))),
            ApiOperation("PUT", item, self.replace),
            ApiOperation("PATCH", item, self.change),
            ApiOperation("DELETE", item, self.delete, self.deleted),
        ]
        return [operation for operation in every if operation.method not in self.without]

    def table(self) -> PageTable:
        return PageTable(
            self.name.replace("_", " "), self.columns, [self.show(item) for item in self._store.list(self.name)]
        )


def collections_service(name: str, api: Api, collections: Sequence[Collection], *more: ApiOperation) -> CloudService:
    """A service made of collections, in the order in which a state is loaded, and further operations."""
    return CloudService(
        name,
        api,
        [*more, *(operation for item in collections for operation in item.operations())],
        lambda: [item.table() for item in collections],
        {item.terraform[0]: item.load for item in collections},
    )


def new_id() -> str:
    """An id in Cloudflare's form: 32 hexadecimal digits."""
    return uuid.uuid4().hex


def now() -> str:
    return timestamp(utc_now())
