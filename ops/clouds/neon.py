"""Neon's API: a project's branches, with expiry, compute and connection. Creating one is idempotent.

Source: Neon's API reference (v2) and its pages "Branch expiration" and "Branch restore"; its OpenAPI document 2.7.3:
recoverProjectBranch and recoverProject, which are in beta.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, Self

from ops.clouds.key_advice import NEON_KEY
from ops.clouds.rest import PassingError, RefusedError, Rest
from ops.context.errors import OpsError
from ops.context.run_context import Context

_UNDER_WAY = frozenset({"scheduling", "running", "cancelling"})
_OPERATION_SECONDS = 120.0
_ADVICE = {
    401: NEON_KEY,
    403: "the key does not reach this organization or project",
}


class BranchLimitError(OpsError):
    """The plan allows no further branch."""


class OtherParentError(OpsError):
    """A branch of this name exists, but was created from another parent."""


@dataclass(frozen=True)
class Deleted:
    """A branch or project that was deleted and can still be recovered.

    Attributes:
        kind: `branch` or `project`.
        id: Neon's own.
        name: its name when it was deleted.
        until: when Neon deletes it for good.
    """

    kind: Literal["branch", "project"]
    id: str
    name: str
    until: datetime


@dataclass(frozen=True)
class Branch:
    """A branch of a Neon project.

    Attributes:
        id: Neon's own, such as `br-quiet-river-12345678`.
        name: unique in the project.
        parent_id: the branch it was created from; None for a root branch.
        parent_lsn: the position in the parent's log at which it was created; empty for a root branch.
        computed: whether a compute has run on it, which may have changed its rows.
        default: whether it is the project's default branch, which can't be deleted.
        protected: whether Neon protects it against deletion.
        expires_at: when Neon deletes it; None means never.
        created_at: when it was created.
    """

    id: str
    name: str
    parent_id: str | None
    parent_lsn: str
    computed: bool
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
            parent_lsn=document.get("parent_lsn") or "",
            computed=bool(document.get("compute_time_seconds")),
            default=bool(document.get("default")),
            protected=bool(document.get("protected")),
            expires_at=datetime.fromisoformat(expiry) if expiry else None,
            created_at=datetime.fromisoformat(document["created_at"]),
        )


class Neon(Rest):
    """Neon's API with the run's key. Use it as a context manager."""

    def __init__(self, context: Context, *, attempts: int = 6, wait_seconds: float = 1.0) -> None:
        """
        Args:
            context: has the key, the organization and the API's address.
            attempts: how often an action is tried while Neon is busy (423), rate-limits (429), fails (5xx) or can't be
                reached.
            wait_seconds: seconds before the second try; the wait doubles each time, up to 20 s.

        Raises:
            OpsError: there is no key.
        """
        key = context.credentials.need("neon_api_key")
        organization = context.credentials.neon_org_id
        self._organization = organization.get_secret_value() if organization else None
        self._context, self._wait_seconds = context, wait_seconds
        super().__init__(
            "Neon",
            context.addresses.neon,
            key,
            context.console.mask,
            attempts=attempts,
            wait_seconds=wait_seconds,
        )

    def _advise(self, status: int, path: str, reason: str) -> str:
        del path, reason
        return _ADVICE.get(status, "")

    def _reason(self, document: Any) -> tuple[str, str]:
        return str(document.get("code") or ""), str(document["message"])

    def project_ids(self, name: str) -> list[str]:
        """The ids of all projects of this name that the key reaches.

        Raises:
            OpsError: Neon refused, or did not answer.
        """
        return sorted(project["id"] for project in self._projects(name))

    def project_descriptions(self, name: str) -> dict[str, str]:
        """What distinguishes the projects of this name, by id: age, branches and size.

        Raises:
            OpsError: Neon refused, or did not answer.
        """
        return {project["id"]: describe_project(self, project) for project in self._projects(name)}

    def find_project(self, name: str) -> str | None:
        """The id of the settings' project; None if it does not exist yet.

        If there isn't exactly one of this name, the state of the stack `project` decides: a project that was renamed in
        Neon's Console is still found by its id.

        Args:
            name: project.name of the settings.

        Raises:
            OpsError: there are several and the state names none of them, or Neon refused or did not answer.
        """
        ids = self.project_ids(name)
        if len(ids) == 1:
            return ids[0]
        known = self._project_in_state()
        if known in ids or (known and not ids and self.call("GET", f"/projects/{known}", missing={})):
            return known
        if ids:
            listed = "; ".join(self.project_descriptions(name).values())
            raise OpsError(
                f"there are {len(ids)} Neon projects called {name}: {listed}. No state names one of them: in Neon's "
                "Console, rename all but the one with your data; then run `python -m ops state recover project`"
            )
        return None

    def projects_with_database(self, database: str, organization: str = "") -> dict[str, str]:
        """What distinguishes the projects, of any name, whose default branch has a database of this name, by id.

        Args:
            database: the database's name.
            organization: the Neon organization's id. Default: the run's own.

        Raises:
            OpsError: Neon refused, or did not answer.
        """
        query = {"limit": "400"} | ({"org_id": found} if (found := organization or self._organization) else {})
        projects = self.tried(lambda: list(self.items("/projects", "projects", query=query)))
        return {
            project["id"]: f"{project['name']}: {describe_project(self, project)}"
            for project in projects
            if database in self._default_databases(project["id"])
        }

    def _default_databases(self, project_id: str) -> list[str]:
        branches = self.tried(lambda: list(self._branches(project_id)))
        root = next((branch["id"] for branch in branches if branch.get("default")), None)
        if root is None:
            return []
        path = f"/projects/{project_id}/branches/{root}/databases"
        return [each["name"] for each in self.tried(lambda: self.call("GET", path))["databases"]]

    def _projects(self, name: str) -> list[dict[str, Any]]:
        query = {"search": name, "limit": "400"} | ({"org_id": self._organization} if self._organization else {})
        found = self.tried(lambda: list(self.items("/projects", "projects", query=query)))
        return [project for project in found if project["name"] == name]

    def _project_in_state(self) -> str:
        """The id of the project in the state of the stack `project`; empty if there is none or it can't be read."""
        from ops.clouds.stored_states import StateBucket

        settings = self._context.settings
        try:
            document = StateBucket(self._context, settings.state.bucket, settings.state.region).read(
                settings.state_key("project")
            )
        except OpsError:
            return ""
        found = (each for each in (document or {}).get("resources", []) if each.get("type") == "neon_project")
        return next((each["instances"][0]["attributes"]["id"] for each in found if each.get("instances")), "")

    def project(self, name: str) -> str:
        """The id of the project of this name.

        Raises:
            OpsError: it does not exist, there are several, or Neon refused or did not answer.
        """
        found = self.find_project(name)
        if found is None:
            raise OpsError(f"there is no Neon project called {name}; deploy the stack project first")
        return found

    def deleted(self, name: str) -> list[Deleted]:
        """What can still be recovered: the deleted projects of this name, and the existing one's deleted branches.

        Raises:
            OpsError: Neon refused, or did not answer.
        """
        query = {"recoverable": "true", "limit": "400"}
        query |= {"org_id": self._organization} if self._organization else {}
        projects = self.tried(lambda: list(self.items("/projects", "projects", query=query)))
        found = [
            Deleted("project", each["id"], each["name"], datetime.fromisoformat(each["recoverable_until"]))
            for each in projects
            # A list without the filter would have the projects that exist.
            if each["name"] == name and each.get("recoverable_until")
        ]
        for project in self.project_ids(name):
            path, every = f"/projects/{project}/branches", {"limit": "100", "include_deleted": "true"}
            branches = self.tried(lambda path=path, every=every: list(self.items(path, "branches", query=every)))
            found += [
                Deleted(
                    "branch",
                    each["id"],
                    each["name"],
                    datetime.fromisoformat(each["recovery"]["recoverable_until"]),
                )
                for each in branches
                if each.get("recovery")
            ]
        return found

    def recover(self, deleted: Deleted, project_id: str | None) -> None:
        """Recovers a deleted branch or project, with its computes and addresses. A branch's expiry is removed.

        Args:
            deleted: of `deleted`.
            project_id: a branch's project.

        Raises:
            OpsError: its name is taken, its parent is deleted, the time is over, the account does not have the
                preview "Branch Recovery", or Neon did not answer.
        """
        path = (
            f"/projects/{deleted.id}" if deleted.kind == "project" else f"/projects/{project_id}/branches/{deleted.id}"
        )

        def recover() -> None:
            try:
                self.call("POST", f"{path}/recover")
            except RefusedError as error:
                # If an answer was lost, it is no longer among the deleted ones, because it has been recovered.
                if error.status != 404 or not self._exists(path, deleted.kind):
                    raise

        self.tried(recover)

    def _exists(self, path: str, kind: str) -> bool:
        found = self.call("GET", path, missing={}).get(kind)
        return bool(found) and not (found.get("recovery") or found.get("recoverable_until"))

    def endpoint_hosts(self, project_id: str) -> dict[str, str]:
        """The id of each endpoint's branch, by the endpoint's host name.

        Raises:
            OpsError: Neon refused, or did not answer.
        """
        answer = self.tried(lambda: self.call("GET", f"/projects/{project_id}/endpoints"))
        return {endpoint["host"]: endpoint["branch_id"] for endpoint in answer["endpoints"]}

    def branches(self, project_id: str) -> list[Branch]:
        """All branches of a project, the oldest first.

        Raises:
            OpsError: Neon refused, or did not answer.
        """
        found = self.tried(lambda: list(self._branches(project_id)))
        return sorted(map(Branch.read, found), key=lambda branch: branch.created_at)

    def branch(self, project_id: str, name: str) -> Branch | None:
        """The branch of this name; None if it doesn't exist.

        Raises:
            OpsError: Neon refused, or did not answer.
        """
        return next((branch for branch in self.branches(project_id) if branch.name == name), None)

    def create_branch(
        self,
        project_id: str,
        name: str,
        *,
        parent_id: str,
        expires_at: datetime | None,
        endpoint: bool,
        schema_only: bool = False,
    ) -> Branch:
        """Creates a branch with its parent's roles, databases and rows as of now.

        An existing one keeps its data; its expiry is updated, and a compute is added if it has none.

        Args:
            project_id: the project.
            name: the branch's name.
            parent_id: the branch whose data it starts with.
            expires_at: when Neon deletes it: at most 30 days ahead; None means never.
            endpoint: whether it gets a compute, without which nobody can connect to it.
            schema_only: without the parent's rows, as a root branch (Neon's docs, "Schema-only branches": it has no
                parent; its API's `init_source`).

        Raises:
            BranchLimitError: the plan allows no further branch.
            OtherParentError: a branch of this name was created from another parent.
            OpsError: Neon refused, or did not answer.
        """
        wanted = {
            "name": name,
            "parent_id": parent_id,
            "expires_at": expires_at and _timestamp(expires_at),
            "init_source": schema_only and "schema-only",
        }
        document = {
            "branch": {key: value for key, value in wanted.items() if value},
            "endpoints": [{"type": "read_write"}] if endpoint else [],
        }

        def make() -> Branch:
            found = self._find(project_id, name)
            if found is None:
                answer = self._create(project_id, document)
                self._wait(project_id, answer)
                return Branch.read(answer["branch"])
            if found.parent_id != (None if schema_only else parent_id):
                raise OtherParentError(f"Neon branch {name} was created from another branch; delete it first")
            if endpoint:
                self._add_endpoint(project_id, found.id)
            return self._set_expiry(project_id, found, expires_at)

        return self.tried(make)

    def delete_branch(self, project_id: str, branch_id: str, *, for_good: bool = False) -> bool:
        """Deletes a branch with all its data.

        Args:
            project_id: the project.
            branch_id: the branch.
            for_good: it can't be recovered. Accounts without Neon's preview "Branch Recovery" ignore this.

        Returns:
            Whether it existed.

        Raises:
            OpsError: it is the default or a protected branch, has children, or Neon refused or did not answer.
        """
        path = f"/projects/{project_id}/branches/{branch_id}"

        def delete() -> bool:
            found = self.call("GET", path, missing={}).get("branch")
            if found is None:
                return False
            branch = Branch.read(found)
            if branch.default or branch.protected:
                kind = "the default branch" if branch.default else "protected"
                raise OpsError(f"Neon branch {branch.name} is {kind}, so it is not deleted")
            query = {"hard_delete": "true"} if for_good else None
            self._wait(project_id, self.call("DELETE", path, query=query, missing={}))
            return True

        return self.tried(delete)

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
        uri = self.tried(lambda: self.call("GET", f"/projects/{project_id}/connection_uri", query=query))["uri"]
        self._mask.add(uri)
        return uri

    def own_password(self, project_id: str, branch: Branch, role: str, *, source_id: str) -> None:
        """Resets a role's password on a branch, if it is still that of the branch that it was created from.

        A new branch has its source's passwords: whoever gets one could connect to the source as well.

        Raises:
            OpsError: there is no such role, or Neon refused or did not answer.
        """
        own = f"/projects/{project_id}/branches/{branch.id}/roles/{role}"
        parents = f"/projects/{project_id}/branches/{source_id}/roles/{role}"

        def change() -> None:
            inherited = self.call("GET", f"{parents}/reveal_password", missing={}).get("password")
            if inherited and inherited == self.call("GET", f"{own}/reveal_password")["password"]:
                self._wait(project_id, self.call("POST", f"{own}/reset_password"))

        self.tried(change)

    def password(self, project_id: str, branch_id: str, role: str) -> str | None:
        """A role's password on a branch; None if there is no such role. It is hidden in all output.

        Raises:
            OpsError: Neon refused, or did not answer.
        """
        path = f"/projects/{project_id}/branches/{branch_id}/roles/{role}/reveal_password"
        found: str | None = self.tried(lambda: self.call("GET", path, missing={})).get("password")
        if found:
            self._mask.add(found)
        return found

    def reset_password(self, project_id: str, branch_id: str, role: str) -> None:
        """Resets a role's password on a branch. The old one no longer works.

        Raises:
            OpsError: there is no such role, or Neon refused or did not answer.
        """
        path = f"/projects/{project_id}/branches/{branch_id}/roles/{role}/reset_password"
        self.tried(lambda: self._wait(project_id, self.call("POST", path)))

    def empty_database(self, project_id: str, branch_id: str, name: str, *, owner: str) -> None:
        """Deletes a branch's database, if it exists, and creates it again without any content.

        Args:
            project_id: the project.
            branch_id: a branch without data that anyone needs.
            name: the database's name.
            owner: its role.

        Raises:
            OpsError: there is no such role, or Neon refused or did not answer.
        """
        path = f"/projects/{project_id}/branches/{branch_id}/databases"
        document = {"database": {"name": name, "owner_name": owner}}
        self.tried(lambda: self._wait(project_id, self.call("DELETE", f"{path}/{name}", missing={})))
        self.tried(lambda: self._wait(project_id, self.call("POST", path, document)))

    def restore(
        self,
        project_id: str,
        branch_id: str,
        *,
        source_id: str,
        at: datetime | str | None,
        backup: str,
    ) -> Branch:
        """Replaces a branch's data with another's, or with its own of an earlier moment; its address stays.

        Args:
            project_id: the project.
            branch_id: the branch whose data is replaced.
            source_id: where the data comes from; the branch itself for an earlier moment of its own.
            at: a time or a position in the log, within the project's history; None means the source as it is now.
            backup: the name of a new branch that keeps the present data.

        Raises:
            OpsError: a branch called `backup` exists, the moment is outside the history, or Neon refused
                or did not answer.
        """
        document = {"source_branch_id": source_id, "preserve_under_name": backup}
        if isinstance(at, datetime):
            document["source_timestamp"] = _timestamp(at)
        elif at:
            document["source_lsn"] = at
        path = f"/projects/{project_id}/branches/{branch_id}"
        if self.branch(project_id, backup):
            raise OpsError(f"Neon branch {backup} already exists and would not hold this backup; choose another name")

        def restore() -> Branch:
            # If an answer was lost, the backup shows that the restore has started.
            if self._find(project_id, backup):
                self._wait(project_id, {"operations": self._under_way(project_id, branch_id)})
                return Branch.read(self.call("GET", path)["branch"])
            answer = self.call("POST", f"{path}/restore", document)
            self._wait(project_id, answer)
            return Branch.read(answer["branch"])

        return self.tried(restore)

    def _create(self, project_id: str, document: Mapping[str, Any]) -> Any:
        try:
            return self.call("POST", f"/projects/{project_id}/branches", document)
        except RefusedError as error:
            if error.status == 409:
                # Another run has just created it: list the branches again.
                raise PassingError(str(error)) from None
            if error.code == "BRANCHES_LIMIT_EXCEEDED" or "branches limit" in str(error):
                raise BranchLimitError("Neon's plan allows no further branch in this project") from None
            raise

    def _find(self, project_id: str, name: str) -> Branch | None:
        found = (Branch.read(branch) for branch in self._branches(project_id))
        return next((branch for branch in found if branch.name == name), None)

    def _branches(self, project_id: str) -> Iterator[dict[str, Any]]:
        return self.items(f"/projects/{project_id}/branches", "branches", query={"limit": "100"})

    def _next_page(self, answer: Any, asked: Mapping[str, str]) -> dict[str, str]:
        """Branches name the next page's cursor; projects one on each page, which leads to an empty page at the end."""
        del asked
        pagination = answer.get("pagination") or {}
        cursor = pagination.get("next") or pagination.get("cursor")
        return {"cursor": cursor} if cursor else {}

    def _add_endpoint(self, project_id: str, branch_id: str) -> None:
        found = self.call("GET", f"/projects/{project_id}/branches/{branch_id}/endpoints")["endpoints"]
        if any(endpoint["type"] == "read_write" for endpoint in found):
            return
        document = {"endpoint": {"branch_id": branch_id, "type": "read_write"}}
        self._wait(project_id, self.call("POST", f"/projects/{project_id}/endpoints", document))

    def _set_expiry(self, project_id: str, branch: Branch, expires_at: datetime | None) -> Branch:
        wanted = _timestamp(expires_at) if expires_at else None
        if wanted == (_timestamp(branch.expires_at) if branch.expires_at else None):
            return branch
        document = {"branch": {"expires_at": wanted}}
        return Branch.read(self.call("PATCH", f"/projects/{project_id}/branches/{branch.id}", document)["branch"])

    def _under_way(self, project_id: str, branch_id: str) -> list[dict[str, Any]]:
        """A branch's operations that have not ended, of the first 1000 that Neon lists: it returns no more at once."""
        answer = self.call("GET", f"/projects/{project_id}/operations", query={"limit": "1000"})
        return [
            operation
            for operation in answer["operations"]
            if operation.get("branch_id") == branch_id and operation["status"] in _UNDER_WAY
        ]

    def _wait(self, project_id: str, answer: Mapping[str, Any]) -> None:
        """Waits for the operations that a call started: until they end, Neon answers 423 and the branch is unusable."""
        deadline = time.monotonic() + _OPERATION_SECONDS
        for operation in answer.get("operations") or ():
            state = operation["status"]
            while state in _UNDER_WAY:
                if time.monotonic() > deadline:
                    raise OpsError(f"Neon is still busy with {operation['action']}; run the command again later")
                time.sleep(self._wait_seconds / 2)
                path = f"/projects/{project_id}/operations/{operation['id']}"
                state = self.call("GET", path)["operation"]["status"]
            if state in ("failed", "error", "cancelled"):
                raise OpsError(f"Neon's {operation['action']} ended as {state}; run the command again")


def describe_project(neon: Rest, project: Mapping[str, Any]) -> str:
    """What distinguishes a project from others of its name: its id, age, branches and size.

    Args:
        neon: Neon's client.
        project: the project, as Neon lists it.

    Raises:
        OpsError: Neon refused, or did not answer.
    """
    path = f"/projects/{project['id']}/branches"
    branches = neon.tried(lambda: list(neon.items(path, "branches", query={"limit": "100"})))
    size = project.get("synthetic_storage_size")
    if size is None:
        size = sum(branch.get("logical_size") or 0 for branch in branches)
    names = ", ".join(sorted(branch["name"] for branch in branches)[:5])
    more = ", …" if len(branches) > 5 else ""
    created = f"created {str(project.get('created_at', 'unknown'))[:10]}"
    return f"{project['id']}, {created}, {len(branches)} branches: {names}{more}, {size / 1_000_000:.1f} MB"


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
