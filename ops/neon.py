"""Neon's API: a project's branches, with expiry, compute and connection; made once, however often they are asked for.

Source: Neon's API reference (v2) and its pages "Branch expiration" and "Branch restore".
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from ops.context import Context
from ops.errors import OpsError

# The project is busy with another operation (423), or the API asks for patience.
_PASSING = frozenset({408, 423, 425, 429, 500, 502, 503, 504})
_UNDER_WAY = frozenset({"scheduling", "running", "cancelling"})
_OPERATION_SECONDS = 120.0
_ADVICE = {
    401: "; the key is wrong or revoked: make a new one and set NEON_API_KEY",
    403: "; the key does not reach this organisation or project",
}

_T = TypeVar("_T")


class BranchLimitError(OpsError):
    """The plan allows no further branch."""


class _PassingError(OpsError):
    """A fault that may pass: the project is busy, too many requests, a server's error, or no connection."""


@dataclass(frozen=True)
class Branch:
    """A branch of a Neon project.

    Attributes:
        id: Neon's own, such as `br-quiet-river-12345678`.
        name: unique in the project.
        parent_id: the branch it was made from; None for the first one.
        default: whether it is the project's default branch, which can't be deleted.
        protected: whether Neon protects it against deletion.
        expires_at: when Neon deletes it by itself; None means never.
        created_at: when it was made.
    """

    id: str
    name: str
    parent_id: str | None
    default: bool
    protected: bool
    expires_at: datetime | None
    created_at: datetime

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        expiry = document.get("expires_at")
        return cls(
            id=document["id"],
            name=document["name"],
            parent_id=document.get("parent_id"),
            default=bool(document.get("default")),
            protected=bool(document.get("protected")),
            expires_at=datetime.fromisoformat(expiry) if expiry else None,
            created_at=datetime.fromisoformat(document["created_at"]),
        )


class Neon:
    """Neon's API with the run's key. Use it as a context manager."""

    def __init__(self, context: Context, *, attempts: int = 6, wait_seconds: float = 1.0) -> None:
        """
        Args:
            context: has the key, the organisation and the API's address.
            attempts: how often a call is tried while Neon is busy (423), asks for patience (429), fails (5xx) or is
                not reached.
            wait_seconds: the first wait between two tries; it doubles each time, up to 20 s.

        Raises:
            OpsError: there is no key.
        """
        key = context.credentials.need("neon_api_key")
        organisation = context.credentials.neon_org_id
        self._organisation = organisation.get_secret_value() if organisation else None
        self._mask = context.console.mask
        self._wait_seconds = wait_seconds
        self._client = httpx.Client(
            base_url=context.addresses.neon.rstrip("/"),
            headers={"Authorization": f"Bearer {key}", "Accept": "application/json"},
            timeout=30,
        )
        self._retrying = Retrying(
            retry=retry_if_exception_type(_PassingError),
            stop=stop_after_attempt(attempts),
            wait=wait_exponential(multiplier=wait_seconds, max=20),
            reraise=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def project(self, name: str) -> str:
        """The id of the project of a name.

        Raises:
            OpsError: there is none, there are several, or Neon refused.
        """
        query = {"search": name, "limit": "400"} | ({"org_id": self._organisation} if self._organisation else {})
        answer = self._tried(lambda: self._call("GET", "/projects", query=query))
        ids = [project["id"] for project in answer["projects"] if project["name"] == name]
        if not ids:
            raise OpsError(f"there is no Neon project called {name}; deploy the stack project first")
        if len(ids) > 1:
            raise OpsError(f"there are {len(ids)} Neon projects called {name}; rename or delete the others")
        return ids[0]

    def branches(self, project_id: str) -> list[Branch]:
        """All branches of a project, the oldest first.

        Raises:
            OpsError: Neon refused, or did not answer.
        """
        found = self._tried(lambda: list(self._branch_pages(project_id)))
        return sorted(map(Branch.read, found), key=lambda branch: branch.created_at)

    def branch(self, project_id: str, name: str) -> Branch | None:
        """The branch of a name; None where there is none.

        Raises:
            OpsError: Neon refused, or did not answer.
        """
        return next((branch for branch in self.branches(project_id) if branch.name == name), None)

    def create_branch(
        self, project_id: str, name: str, *, parent_id: str, expires_at: datetime | None, endpoint: bool
    ) -> Branch:
        """A branch of this name, with its parent's roles, databases and rows as of now.

        One that is there already is kept with its data; its expiry is set anew, and a compute is added if it lacks one.

        Args:
            project_id: the project.
            name: the branch's name.
            parent_id: the branch whose data it begins with.
            expires_at: when Neon deletes it by itself: at most 30 days ahead; None means never.
            endpoint: whether it gets a compute, without which nobody can connect to it.

        Raises:
            BranchLimitError: the plan allows no further branch.
            OpsError: a branch of this name was made from another parent, or Neon refused or did not answer.
        """
        wanted = {"name": name, "parent_id": parent_id, "expires_at": expires_at and _timestamp(expires_at)}
        document = {
            "branch": {key: value for key, value in wanted.items() if value},
            "endpoints": [{"type": "read_write"}] if endpoint else [],
        }

        def make() -> Branch:
            found = self._find(project_id, name)
            if found is None:
                answer = self._call("POST", f"/projects/{project_id}/branches", document)
                self._wait(project_id, answer)
                return Branch.read(answer["branch"])
            if found.parent_id != parent_id:
                raise OpsError(f"Neon branch {name} is there already, made from another branch; delete it first")
            if endpoint:
                self._add_endpoint(project_id, found.id)
            return self._set_expiry(project_id, found, expires_at)

        return self._tried(make)

    def delete_branch(self, project_id: str, branch_id: str) -> bool:
        """Deletes a branch with all its data.

        Returns:
            Whether it was there.

        Raises:
            OpsError: it is the default or a protected branch, has children, or Neon refused or did not answer.
        """
        path = f"/projects/{project_id}/branches/{branch_id}"

        def delete() -> bool:
            found = self._call("GET", path, accept=(200, 404)).get("branch")
            if found is None:
                return False
            branch = Branch.read(found)
            if branch.default or branch.protected:
                kind = "the default branch" if branch.default else "protected"
                raise OpsError(f"Neon branch {branch.name} is {kind} and is not deleted")
            self._wait(project_id, self._call("DELETE", path, accept=(200, 202, 204, 404)))
            return True

        return self._tried(delete)

    def connection_uri(self, project_id: str, branch_id: str, role: str, database: str, *, pooled: bool = False) -> str:
        """The address, with its password, at which a role connects to a branch's database. It is hidden in all output.

        Args:
            project_id: the project.
            branch_id: the branch; it must have a compute.
            role: the Postgres role.
            database: the database's name.
            pooled: whether the address is that of Neon's connection pooler.

        Raises:
            OpsError: the branch has no compute, role or database of this name, or Neon refused or did not answer.
        """
        query = {
            "branch_id": branch_id,
            "role_name": role,
            "database_name": database,
            "pooled": "true" if pooled else "false",
        }
        uri = self._tried(lambda: self._call("GET", f"/projects/{project_id}/connection_uri", query=query))["uri"]
        self._mask.add(uri)
        return uri

    def restore(self, project_id: str, branch_id: str, *, source_id: str, at: datetime | None, backup: str) -> Branch:
        """Gives a branch the data of another, or its own of an earlier moment; its address stays.

        Args:
            project_id: the project.
            branch_id: the branch whose data is replaced.
            source_id: where the data comes from; the branch itself for an earlier moment of its own.
            at: the moment, within the project's history; None means the source as it is now.
            backup: the name of a new branch that keeps what was there before.

        Raises:
            OpsError: a branch called `backup` is there already, the moment lies outside the history, or Neon refused
                or did not answer.
        """
        document = {"source_branch_id": source_id, "preserve_under_name": backup}
        if at is not None:
            document["source_timestamp"] = _timestamp(at)
        path = f"/projects/{project_id}/branches/{branch_id}"
        if self.branch(project_id, backup):
            raise OpsError(
                f"Neon branch {backup} is there already, and would not hold this backup; choose another name"
            )

        def restore() -> Branch:
            # An answer that got lost: the backup shows that the restore was done.
            if self._find(project_id, backup):
                return Branch.read(self._call("GET", path)["branch"])
            answer = self._call("POST", f"{path}/restore", document)
            self._wait(project_id, answer)
            return Branch.read(answer["branch"])

        return self._tried(restore)

    def _find(self, project_id: str, name: str) -> Branch | None:
        found = (Branch.read(branch) for branch in self._branch_pages(project_id))
        return next((branch for branch in found if branch.name == name), None)

    def _branch_pages(self, project_id: str) -> Iterator[dict[str, Any]]:
        cursor = ""
        while True:
            query = {"limit": "100"} | ({"cursor": cursor} if cursor else {})
            answer = self._call("GET", f"/projects/{project_id}/branches", query=query)
            yield from answer["branches"]
            following = (answer.get("pagination") or {}).get("next") or ""
            if not following or following == cursor or not answer["branches"]:
                return
            cursor = following

    def _add_endpoint(self, project_id: str, branch_id: str) -> None:
        found = self._call("GET", f"/projects/{project_id}/branches/{branch_id}/endpoints")["endpoints"]
        if any(endpoint["type"] == "read_write" for endpoint in found):
            return
        document = {"endpoint": {"branch_id": branch_id, "type": "read_write"}}
        self._wait(project_id, self._call("POST", f"/projects/{project_id}/endpoints", document))

    def _set_expiry(self, project_id: str, branch: Branch, expires_at: datetime | None) -> Branch:
        wanted = _timestamp(expires_at) if expires_at else None
        if wanted == (_timestamp(branch.expires_at) if branch.expires_at else None):
            return branch
        document = {"branch": {"expires_at": wanted}}
        return Branch.read(self._call("PATCH", f"/projects/{project_id}/branches/{branch.id}", document)["branch"])

    def _wait(self, project_id: str, answer: Mapping[str, Any]) -> None:
        """Waits until what a call began has been done: until then Neon answers 423, and a branch can't be used."""
        deadline = time.monotonic() + _OPERATION_SECONDS
        for operation in answer.get("operations") or ():
            state = operation["status"]
            while state in _UNDER_WAY:
                if time.monotonic() > deadline:
                    raise OpsError(f"Neon is still busy with {operation['action']}; run the command again later")
                time.sleep(self._wait_seconds / 2)
                path = f"/projects/{project_id}/operations/{operation['id']}"
                state = self._call("GET", path)["operation"]["status"]
            if state in ("failed", "error", "cancelled"):
                raise OpsError(f"Neon's {operation['action']} ended as {state}; run the command again")

    def _tried(self, action: Callable[[], _T]) -> _T:
        # The whole action again, not the one call: it looks first, and so makes nothing twice.
        return self._retrying.copy()(action)

    def _call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        accept: tuple[int, ...] = (200, 201, 202),
    ) -> Any:
        try:
            answer = self._client.request(method, path, json=body, params=query)
        except httpx.HTTPError as error:
            raise _PassingError(f"Neon did not answer ({type(error).__name__}); try again later") from None
        if answer.status_code in accept:
            if answer.status_code == 404 or not answer.content:
                return {}
            return answer.json()
        code, reason = _reason(answer)
        reason = self._mask.hide(reason)
        if answer.status_code in _PASSING:
            raise _PassingError(f"Neon answered {answer.status_code} ({reason}); try again later")
        if code == "BRANCHES_LIMIT_EXCEEDED" or "branches limit" in reason.lower():
            raise BranchLimitError(f"Neon's plan allows no further branch ({reason})")
        what = f"{method} {self._mask.hide(path)}: {answer.status_code} ({reason})"
        raise OpsError(f"Neon refused {what}{_ADVICE.get(answer.status_code, '')}")


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _reason(answer: httpx.Response) -> tuple[str, str]:
    try:
        document = answer.json()
        return str(document.get("code") or ""), str(document["message"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", answer.reason_phrase
