"""Routes of Neon's API v2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from sandbox.cloud.cloud_api import Api, ApiCall, ApiError, ApiOperation, CloudService, require
from sandbox.cloud.document_store import Document
from sandbox.cloud.neon import neon_loading, neon_objects
from sandbox.cloud.neon.neon_projects import NeonProjects

_PROJECTS_LIMIT = 10
"""Projects on a page where the query has no limit. Source: Neon's OpenAPI document, version 2.7.3."""
_PROJECT = "/projects/{project}"
_BRANCH = _PROJECT + "/branches/{branch}"
_ENDPOINT = _PROJECT + "/endpoints/{endpoint}"
_ROLE = _BRANCH + "/roles/{role}"
_DATABASE = _BRANCH + "/databases/{database}"


def service(api: Api, neon: NeonProjects) -> CloudService:
    """The service of Neon's projects."""
    handlers = [*_projects(neon), *_branches(neon), *_endpoints(neon), *_roles(neon), *_databases(neon)]
    operations = [ApiOperation(item.method, item.path, _expiring(neon, item.answer), item.status) for item in handlers]
    return CloudService("Neon", api, operations, neon.tables, neon_loading.loaders(neon))


def _expiring(neon: NeonProjects, answer: Callable[[ApiCall], Any]) -> Callable[[ApiCall], Any]:
    def look(call: ApiCall) -> Any:
        neon.expire()
        return answer(call)

    return look


def _inner(call: ApiCall, name: str, *required: str) -> Document:
    """The object that a body wraps: ``{"branch": {...}}``."""
    wrapped = call.body.get(name) or {}
    if not isinstance(wrapped, dict):
        raise ApiError(400, f"{name} must be an object")
    require(wrapped, *required)
    return wrapped


def _page(call: ApiCall, items: list[Document], default: int) -> tuple[list[Document], str | None]:
    """One page of a list, and the cursor of the next: the id of the page's last item; None for an empty page.

    Args:
        call: its query may have `limit` and `cursor`.
        items: the whole list.
        default: the limit where the query has none.
    """
    cursor = call.query.get("cursor")
    begin = 0
    if cursor:
        begin = next((number for number, item in enumerate(items, 1) if item["id"] == cursor), 0)
        if not begin:
            raise ApiError(400, f"cursor {cursor[:80]!r} is unknown")
    page = items[begin : begin + int(call.query.get("limit", default))]
    return page, page[-1]["id"] if page else None


def _pagination(name: str, cursor: str | None) -> Document:
    """Left out of an empty page, as in the API's answers recorded by neon-api-python (2024-01)."""
    return {"pagination": {name: cursor}} if cursor else {}


def _deleting(answer: Callable[[ApiCall], Document]) -> Callable[[ApiCall], Document | Response]:
    """The handler of a deletion, which answers 204 if the object doesn't exist or has been deleted."""

    def delete(call: ApiCall) -> Document | Response:
        try:
            return answer(call)
        except ApiError as error:
            if error.status != 404:
                raise
            return Response(status_code=204)

    return delete


def _shown(role: Document) -> Document:
    return role | {"password": role["_password"]}


def _details(neon: NeonProjects, branch: Document) -> Document:
    """The rest of the answer to the creation of a project or a branch."""
    endpoints = neon.contents.endpoints(branch["project_id"], branch["id"])
    roles, databases = (neon.contents.held(kind, branch["id"]) for kind in ("roles", "databases"))
    uris: list[Document] = []
    for database, endpoint in ((database, endpoint) for database in databases for endpoint in endpoints):
        role, host = neon.contents.one("roles", branch["id"], database["owner_name"]), endpoint["host"]
        login = {"role": role["name"], "password": role["_password"], "database": database["name"]}
        hosts = {"host": host, "pooler_host": neon_objects.pooled_host(endpoint)}
        uri = neon_objects.connection_uri(role, host, database["name"])
        uris.append({"connection_uri": uri, "connection_parameters": {**login, **hosts}})
    actions = ["create_branch", *("start_compute" for _ in endpoints)]
    return {
        "branch": branch,
        "endpoints": endpoints,
        "roles": [_shown(role) for role in roles],
        "databases": databases,
        "connection_uris": uris,
        "operations": neon.record(branch["project_id"], branch["id"], *actions),
    }


def _projects(neon: NeonProjects) -> list[ApiOperation]:
    def find(call: ApiCall) -> Document:
        deleted = call.query.get("recoverable") == "true"
        projects = neon.projects(call.query.get("org_id"), call.query.get("search", ""), deleted=deleted)
        page, last = _page(call, projects, _PROJECTS_LIMIT)
        listed = [project | {"active_time": project["active_time_seconds"]} for project in page]
        apps: Document = {"applications": {}, "integrations": {}}
        return {"projects": listed, "unavailable_project_ids": [], **apps, **_pagination("cursor", last)}

    def create(call: ApiCall) -> Document:
        project, branch = neon.create_project(_inner(call, "project"))
        return {"project": project, **_details(neon, branch)}

    def update(call: ApiCall) -> Document:
        project = neon.update_project(call["project"], _inner(call, "project"))
        return {"project": project, "operations": neon.record(project["id"], None, "apply_config")}

    def recover(call: ApiCall) -> Document:
        project, branches = neon.recover_project(call["project"])
        return {"project": project, "branches": branches}

    def uri(call: ApiCall) -> Document:
        query = dict(call.query)
        require(query, "database_name", "role_name")
        return {"uri": neon.connection_uri(call["project"], query)}

    def operations(call: ApiCall) -> Document:
        found = neon.operations(call["project"])
        page, last = _page(call, found, len(found))
        return {"operations": page, **_pagination("cursor", last)}

    def operation(call: ApiCall) -> Document:
        return {"operation": neon.operation(call["project"], call["operation"])}

    return [
        ApiOperation("GET", "/organizations/{organization}", lambda call: neon.organization(call["organization"])),
        ApiOperation("GET", "/projects", find),
        ApiOperation("POST", "/projects", create, 201),
        ApiOperation("GET", _PROJECT, lambda call: {"project": neon.project(call["project"])}),
        ApiOperation("PATCH", _PROJECT, update),
        ApiOperation("DELETE", _PROJECT, lambda call: {"project": neon.delete_project(call["project"])}),
        ApiOperation("POST", f"{_PROJECT}/recover", recover),
        ApiOperation("GET", f"{_PROJECT}/connection_uri", uri),
        ApiOperation("GET", f"{_PROJECT}/operations", operations),
        ApiOperation("GET", _PROJECT + "/operations/{operation}", operation),
    ]


def _branches(neon: NeonProjects) -> list[ApiOperation]:
    def find(call: ApiCall) -> Document:
        deleted = call.query.get("include_deleted") == "true"
        found = neon.branches(call["project"], call.query.get("search", ""), deleted=deleted)
        if "sort_by" in call.query or "sort_order" in call.query:
            field, order = call.query.get("sort_by", "updated_at"), call.query.get("sort_order", "desc")
            found = sorted(found, key=lambda branch: branch[field], reverse=order == "desc")
        page, last = _page(call, found, len(found))
        more = bool(page) and page[-1] != found[-1]
        return {"branches": page, "annotations": {}, **_pagination("next", last if more else None)}

    def create(call: ApiCall) -> Document:
        wanted, endpoints = _inner(call, "branch"), call.body.get("endpoints") or []
        return _details(neon, neon.create_branch(call["project"], wanted, endpoints))

    def changing(action: str, change: Callable[[str, str, Document], Document]) -> Callable[[ApiCall], Document]:
        def answer(call: ApiCall) -> Document:
            branch = change(call["project"], call["branch"], call.body)
            return {"branch": branch, "operations": neon.record(call["project"], branch["id"], action)}

        return answer

    def update(call: ApiCall) -> Document:
        return {"branch": neon.update_branch(call["project"], call["branch"], _inner(call, "branch")), "operations": []}

    def restore(project: str, branch: str, body: Document) -> Document:
        require(body, "source_branch_id")
        return neon.restore_branch(project, branch, body)

    def set_default(project: str, branch: str, _: Document) -> Document:
        return neon.set_default(project, branch)

    def count(call: ApiCall) -> Document:
        return {"count": len(neon.branches(call["project"], call.query.get("search", "")))}

    def one(call: ApiCall) -> Document:
        branch = neon.branch(call["project"], call["branch"])
        return {"branch": branch, "annotation": {"object": {"type": "console/branch", "id": branch["id"]}, "value": {}}}

    def delete(call: ApiCall) -> Document:
        hard = call.query.get("hard_delete") == "true"
        branch = neon.delete_branch(call["project"], call["branch"], hard=hard)
        return {"branch": branch, "operations": neon.record(call["project"], branch["id"], "delete_timeline")}

    def recover(call: ApiCall) -> Document:
        branch, endpoints = neon.recover_branch(call["project"], call["branch"])
        return {"branch": branch, "endpoints": endpoints}

    return [
        ApiOperation("GET", f"{_PROJECT}/branches", find),
        ApiOperation("POST", f"{_PROJECT}/branches", create, 201),
        ApiOperation("GET", f"{_PROJECT}/branches/count", count),
        ApiOperation("GET", _BRANCH, one),
        ApiOperation("PATCH", _BRANCH, update),
        ApiOperation("DELETE", _BRANCH, _deleting(delete)),
        ApiOperation("POST", f"{_BRANCH}/recover", recover),
        ApiOperation("POST", f"{_BRANCH}/restore", changing("create_branch", restore)),
        ApiOperation("POST", f"{_BRANCH}/set_as_default", changing("apply_config", set_default)),
    ]


def _endpoints(neon: NeonProjects) -> list[ApiOperation]:
    contents = neon.contents

    def one(call: ApiCall) -> Document:
        return contents.endpoint(call["project"], call["endpoint"])

    def find(call: ApiCall) -> Document:
        return {"endpoints": contents.endpoints(neon.project(call["project"])["id"])}

    def find_of_branch(call: ApiCall) -> Document:
        return {"endpoints": contents.endpoints(call["project"], neon.branch(call["project"], call["branch"])["id"])}

    def changed(endpoint: Document, action: str) -> Document:
        operations = neon.record(endpoint["project_id"], endpoint["branch_id"], action)
        return {"endpoint": endpoint, "operations": operations}

    def create(call: ApiCall) -> Document:
        wanted = _inner(call, "endpoint", "branch_id", "type")
        neon.branch(call["project"], wanted["branch_id"])
        own = {name: value for name, value in wanted.items() if name not in ("id", "host", "region_id")}
        return changed(contents.create_endpoint(neon.project(call["project"]), own), "start_compute")

    def update(call: ApiCall) -> Document:
        wanted, endpoint = _inner(call, "endpoint"), one(call)
        neon.branch(call["project"], wanted.get("branch_id") or endpoint["branch_id"])
        return changed(contents.update_endpoint(endpoint, wanted), "apply_config")

    def delete(call: ApiCall) -> Document:
        return changed(contents.delete_endpoint(one(call)), "suspend_compute")

    return [
        ApiOperation("GET", f"{_PROJECT}/endpoints", find),
        ApiOperation("POST", f"{_PROJECT}/endpoints", create, 201),
        ApiOperation("GET", f"{_BRANCH}/endpoints", find_of_branch),
        ApiOperation("GET", _ENDPOINT, lambda call: {"endpoint": one(call)}),
        ApiOperation("PATCH", _ENDPOINT, update),
        ApiOperation("DELETE", _ENDPOINT, _deleting(delete)),
    ]


def _roles(neon: NeonProjects) -> list[ApiOperation]:
    contents = neon.contents

    def branch_id(call: ApiCall) -> str:
        return neon.branch(call["project"], call["branch"])["id"]

    def one(call: ApiCall) -> Document:
        return contents.one("roles", branch_id(call), call["role"])

    def changed(call: ApiCall, role: Document) -> Document:
        return {"role": role, "operations": neon.record(call["project"], call["branch"], "apply_config")}

    def create(call: ApiCall) -> Document:
        name = _inner(call, "role", "name")["name"]
        return changed(call, _shown(contents.create_role(branch_id(call), name)))

    return [
        ApiOperation("GET", f"{_BRANCH}/roles", lambda call: {"roles": contents.held("roles", branch_id(call))}),
        ApiOperation("POST", f"{_BRANCH}/roles", create, 201),
        ApiOperation("GET", _ROLE, lambda call: {"role": one(call)}),
        ApiOperation("DELETE", _ROLE, _deleting(lambda call: changed(call, contents.delete_role(one(call))))),
        ApiOperation("GET", f"{_ROLE}/reveal_password", lambda call: {"password": one(call)["_password"]}),
        ApiOperation(
            "POST", f"{_ROLE}/reset_password", lambda call: changed(call, _shown(contents.reset_password(one(call))))
        ),
    ]


def _databases(neon: NeonProjects) -> list[ApiOperation]:
    contents = neon.contents

    def branch_id(call: ApiCall) -> str:
        return neon.branch(call["project"], call["branch"])["id"]

    def one(call: ApiCall) -> Document:
        return contents.one("databases", branch_id(call), call["database"])

    def changed(call: ApiCall, database: Document) -> Document:
        return {"database": database, "operations": neon.record(call["project"], call["branch"], "apply_config")}

    def create(call: ApiCall) -> Document:
        wanted = _inner(call, "database", "name", "owner_name")
        return changed(call, contents.create_database(branch_id(call), wanted["name"], wanted["owner_name"]))

    def update(call: ApiCall) -> Document:
        return changed(call, contents.update_database(one(call), _inner(call, "database")))

    return [
        ApiOperation(
            "GET", f"{_BRANCH}/databases", lambda call: {"databases": contents.held("databases", branch_id(call))}
        ),
        ApiOperation("POST", f"{_BRANCH}/databases", create, 201),
        ApiOperation("GET", _DATABASE, lambda call: {"database": one(call)}),
        ApiOperation("PATCH", _DATABASE, update),
        ApiOperation("DELETE", _DATABASE, _deleting(lambda call: changed(call, contents.delete_database(one(call))))),
    ]
