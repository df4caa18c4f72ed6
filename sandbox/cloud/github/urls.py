"""GitHub's envelope and routes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox.cloud.api import Api, ApiError, Operation, Service
from sandbox.cloud.github.models import Conversations

_REPOSITORY = "/repos/{owner}/{repo}"
_ISSUES = _REPOSITORY + "/issues"
_COMMENT = _ISSUES + "/comments/{comment}"
_PULLS = _REPOSITORY + "/pulls"
_PAGE_SIZE, _PAGE_LIMIT = 30, 100


class GithubApi(Api):
    """`/api/v3`, where GitHub's own servers have it. Any token is accepted: none of it is real."""

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


def service(api: Api, conversations: Conversations) -> Service:
    """The service over issues, pull requests and comments."""
    comments = _ISSUES + "/{number}/comments"
    operations = [
        Operation("GET", _COMMENT, conversations.comment),
        Operation("PATCH", _COMMENT, conversations.change_comment),
        Operation("DELETE", _COMMENT, conversations.delete_comment, 204),
        Operation("GET", comments, conversations.comments),
        Operation("POST", comments, conversations.add_comment, 201),
        Operation("GET", _ISSUES, conversations.find),
        Operation("POST", _ISSUES, conversations.create, 201),
        Operation("GET", _ISSUES + "/{number}", conversations.get),
        Operation("PATCH", _ISSUES + "/{number}", conversations.change),
        Operation("GET", _PULLS, conversations.find_pulls),
        Operation("POST", _PULLS, conversations.create_pull, 201),
        Operation("GET", _PULLS + "/{number}", conversations.get_pull),
        Operation("PATCH", _PULLS + "/{number}", conversations.change_pull),
    ]
    return Service("GitHub", api, operations, conversations.tables, {})
