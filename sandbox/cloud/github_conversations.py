"""Issues, pull requests and their comments. Source: GitHub's REST API documentation, version 2022-11-28.

Every repository exists, empty. Issues and pull requests of a repository share their numbers, as on GitHub.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox.cloud.cloud_api import Api, ApiCall, ApiError, ApiOperation, CloudService, PageTable, timestamp, utc_now
from sandbox.cloud.document_store import Document, DocumentStore

_THREADS, _COMMENTS = "github_issues", "github_comments"
_REPOSITORY = "/repos/{owner}/{repo}"
_ISSUES = _REPOSITORY + "/issues"
_COMMENT = _ISSUES + "/comments/{comment}"
_PULLS = _REPOSITORY + "/pulls"
_PAGE_SIZE, _PAGE_LIMIT = 30, 100
_BOT = {"login": "github-actions[bot]", "type": "Bot"}


class Conversations:
    """Issues and pull requests by repository and number, with their comments."""

    def __init__(self, store: DocumentStore) -> None:
        self._store = store

    # Issues and pull requests

    def find(self, call: ApiCall) -> list[Document]:
        """Issues and pull requests, the newest first; ``state`` and ``labels`` narrow."""
        state = call.query.get("state", "open")
        labels = set(filter(None, call.query.get("labels", "").split(",")))
        found = [item for item in self._of(call) if state in ("all", item["state"])]
        return [item for item in found if labels <= {label["name"] for label in item["labels"]}][::-1]

    def find_pulls(self, call: ApiCall) -> list[Document]:
        return [_as_pull(item) for item in self.find(call) if "pull_request" in item]

    def get(self, call: ApiCall) -> Document:
        found = self._store.get(_THREADS, f"{_repository(call)}#{call['number']}")
        if found is None:
            raise ApiError(404, "Not Found")
        return found

    def get_pull(self, call: ApiCall) -> Document:
        found = self.get(call)
        if "pull_request" not in found:
            raise ApiError(404, "Not Found")
        return _as_pull(found)

    def create(self, call: ApiCall) -> Document:
        return self._create(call, {})

    def create_pull(self, call: ApiCall) -> Document:
        repository = {"full_name": _repository(call), "fork": False}
        source = str(call.body.get("head") or "")
        # A fork's branch is written owner:branch.
        owner, _, branch = source.rpartition(":")
        name = f"{owner}/{call['repo']}" if owner else repository["full_name"]
        head = {"ref": branch, "repo": {"full_name": name, "fork": bool(owner)}}
        base = {"ref": call.body.get("base") or "main", "repo": repository}
        pull = {"pull_request": {"merged_at": None}, "_head": head, "_base": base}
        return _as_pull(self._create(call, pull))

    def _create(self, call: ApiCall, more: Document) -> Document:
        if not call.body.get("title"):
            raise ApiError(422, "Validation Failed")
        with self._store.transaction():
            number = len(self._of(call)) + 1
            moment = timestamp(utc_now())
            thread = {
                "id": len(self._store.list(_THREADS)) + 1,
                "number": number,
                "state": "open",
                "title": call.body["title"],
                "body": call.body.get("body"),
                "labels": [{"name": name} for name in call.body.get("labels") or []],
                "user": _BOT,
                "comments": 0,
                "html_url": f"https://github.com/{_repository(call)}/issues/{number}",
                "created_at": moment,
                "updated_at": moment,
                "closed_at": None,
                "_repository": _repository(call),
            }
            return self._store.put(_THREADS, f"{_repository(call)}#{number}", thread | more)

    def change(self, call: ApiCall) -> Document:
        with self._store.transaction():
            thread, moment = self.get(call), timestamp(utc_now())
            changed = {name: call.body[name] for name in ("title", "body", "state") if name in call.body}
            if "labels" in call.body:
                changed["labels"] = [{"name": name} for name in call.body["labels"]]
            if changed.get("state", thread["state"]) not in ("open", "closed"):
                raise ApiError(422, "Validation Failed")
            closed = {"closed_at": moment if changed.get("state", thread["state"]) == "closed" else None}
            changed |= closed | {"updated_at": moment}
            return self._store.put(_THREADS, f"{_repository(call)}#{call['number']}", thread | changed)

    def change_pull(self, call: ApiCall) -> Document:
        self.get_pull(call)
        return _as_pull(self.change(call))

    def _of(self, call: ApiCall) -> list[Document]:
        return self._store.list(_THREADS, _repository=_repository(call))

    # Comments

    def comments(self, call: ApiCall) -> list[Document]:
        self.get(call)
        return self._store.list(_COMMENTS, _repository=_repository(call), _number=call["number"])

    def comment(self, call: ApiCall) -> Document:
        found = self._store.get(_COMMENTS, call["comment"])
        if found is None or found["_repository"] != _repository(call):
            raise ApiError(404, "Not Found")
        return found

    def add_comment(self, call: ApiCall) -> Document:
        with self._store.transaction():
            thread = self.get(call)
            numbers = [comment["id"] for comment in self._store.list(_COMMENTS)]
            moment = timestamp(utc_now())
            comment = {
                "id": max(numbers, default=0) + 1,
                "body": _body(call),
                "user": _BOT,
                "created_at": moment,
                "updated_at": moment,
                "_repository": _repository(call),
                "_number": call["number"],
            }
            comment["html_url"] = f"{thread['html_url']}#issuecomment-{comment['id']}"
            self._store.put(_COMMENTS, str(comment["id"]), comment)
            self._count(thread, 1)
            return comment

    def change_comment(self, call: ApiCall) -> Document:
        changed = {"body": _body(call), "updated_at": timestamp(utc_now())}
        with self._store.transaction():
            return self._store.put(_COMMENTS, call["comment"], self.comment(call) | changed)

    def delete_comment(self, call: ApiCall) -> None:
        with self._store.transaction():
            comment = self.comment(call)
            self._store.delete(_COMMENTS, call["comment"])
            thread = self._store.get(_THREADS, f"{comment['_repository']}#{comment['_number']}")
            if thread:
                self._count(thread, -1)

    def _count(self, thread: Document, change: int) -> None:
        key = f"{thread['_repository']}#{thread['number']}"
        self._store.put(_THREADS, key, thread | {"comments": thread["comments"] + change})

    def tables(self) -> list[PageTable]:
        threads = [
            item | {"repository": item["_repository"], "kind": "pull request" if "pull_request" in item else "issue"}
            for item in self._store.list(_THREADS)
        ]
        comments = [
            item | {"on": f"{item['_repository']}#{item['_number']}", "text": item["body"]}
            for item in self._store.list(_COMMENTS)
        ]
        return [
            PageTable("Issues and pull requests", ("repository", "number", "kind", "state", "title", "body"), threads),
            PageTable("Comments", ("on", "text", "created_at", "updated_at"), comments),
        ]


def _repository(call: ApiCall) -> str:
    return f"{call['owner']}/{call['repo']}"


def _body(call: ApiCall) -> str:
    body = call.body.get("body")
    if not body:
        raise ApiError(422, "Validation Failed")
    return str(body)


def _as_pull(thread: Document) -> Document:
    """A pull request as its own routes return it, with its branches."""
    fields = {"head": thread["_head"], "base": thread["_base"], "merged_at": None, "draft": False}
    url = thread["html_url"].replace("/issues/", "/pull/")
    return {name: value for name, value in thread.items() if name != "pull_request"} | fields | {"html_url": url}


class GithubApi(Api):
    """`/api/v3`, the path on GitHub Enterprise Server. Any token is accepted, since nothing here is real."""

    prefix = "/api/v3"
    unknown_route = (404, "Not Found", "")

    def authenticate(self, headers: Mapping[str, str]) -> None:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() not in ("bearer", "token") or not token.strip():
            raise ApiError(401, "Requires authentication")

    def respond(self, result: Any, status: int, query: Mapping[str, str]) -> Response:
        if status == 204:
            return Response(status_code=204)
        if isinstance(result, list):
            size = min(int(query.get("per_page", _PAGE_SIZE)), _PAGE_LIMIT)
            begin = (int(query.get("page", 1)) - 1) * size
            result = result[begin : begin + size]
        return JSONResponse(result, status)

    def refuse(self, error: ApiError) -> Response:
        url = "https://docs.github.com/rest"
        return JSONResponse({"message": error.message, "documentation_url": url}, error.status)


def service(api: Api, conversations: Conversations) -> CloudService:
    """The service of issues, pull requests and comments."""
    comments = _ISSUES + "/{number}/comments"
    operations = [
        ApiOperation("GET", _COMMENT, conversations.comment),
        ApiOperation("PATCH", _COMMENT, conversations.change_comment),
        ApiOperation("DELETE", _COMMENT, conversations.delete_comment, 204),
        ApiOperation("GET", comments, conversations.comments),
        ApiOperation("POST", comments, conversations.add_comment, 201),
        ApiOperation("GET", _ISSUES, conversations.find),
        ApiOperation("POST", _ISSUES, conversations.create, 201),
        ApiOperation("GET", _ISSUES + "/{number}", conversations.get),
        ApiOperation("PATCH", _ISSUES + "/{number}", conversations.change),
        ApiOperation("GET", _PULLS, conversations.find_pulls),
        ApiOperation("POST", _PULLS, conversations.create_pull, 201),
        ApiOperation("GET", _PULLS + "/{number}", conversations.get_pull),
        ApiOperation("PATCH", _PULLS + "/{number}", conversations.change_pull),
    ]
    return CloudService("GitHub", api, operations, conversations.tables, {})
