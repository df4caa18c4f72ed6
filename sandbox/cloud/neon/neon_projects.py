"""Neon's projects and branches: state and rules.

Sources: Neon's API reference and its pages "Branching"; "Neon plans", "Instant restore" (updated 2026-03-20): a point
in time is only restored from a root branch; "Instant restore" (updated 2025-11-27), "Automatic backups" and "Deleting
backup branches": the backup of a root branch is a root branch too, and can't be deleted if the rows came from another
branch; the backup of another branch becomes its parent. The status and text of these refusals are not documented.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sandbox.cloud.cloud_api import ApiError, PageTable, given, timestamp
from sandbox.cloud.cloud_seed import CloudSeed
from sandbox.cloud.document_store import Document, DocumentStore
from sandbox.cloud.neon import neon_objects
from sandbox.cloud.neon.branch_contents import BranchContents
from sandbox.cloud.neon.deleted_objects import DeletedObjects
from sandbox.cloud.neon.plan_limits import PLANS
from sandbox.cloud.postgres import Databases


@dataclass(frozen=True)
class BranchUsage:
    """What a branch holds.

    Attributes:
        rows: by database and table.
        size: bytes.
    """

    rows: Mapping[str, Mapping[str, int]]
    size: int


_PARENT = ("parent_id", "parent_lsn", "parent_timestamp")


class NeonProjects:
    """Projects and branches: documents and real databases. ``now`` is the clock for expiry."""

    def __init__(
        self, store: DocumentStore, databases: Databases, seed: CloudSeed, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._databases = databases
        self._seed = seed
        self._now = now
        self._plan = PLANS[seed.neon_plan]
        self.contents = BranchContents(store, databases, self._plan, now)
        self.deleted = DeletedObjects(store, self.contents)

    # Organizations and operations

    def organization(self, org_id: str) -> Document:
        if org_id != self._seed.org_id and self._store.get("organizations", org_id) is None:
            raise ApiError(404, f"organization {org_id!r} not found")
        moments = dict.fromkeys(("created_at", "updated_at"), "2026-01-01T00:00:00Z")
        names = {"id": org_id, "name": "Sandbox", "handle": org_id}
        return {**names, "plan": self._seed.neon_plan, "managed_by": "console", **moments}

    def record(self, project_id: str, branch_id: str | None, *actions: str) -> list[Document]:
        """Record the operations of one change; they are always finished."""
        of = {"project_id": project_id, "branch_id": branch_id}
        made = [
            neon_objects.new_object("operation", self._now(), of, {"id": str(uuid.uuid4()), "action": action})
            for action in actions
        ]
        for operation in made:
            self._store.put("operations", operation["id"], operation)
        return made

    def operations(self, project_id: str) -> list[Document]:
        return self._store.list("operations", project_id=self.project(project_id)["id"])[::-1]

    def operation(self, project_id: str, operation_id: str) -> Document:
        found = self._store.get("operations", operation_id)
        if found is None or found["project_id"] != project_id:
            raise ApiError(404, "operation not found")
        return found

    # Projects

    def projects(self, org_id: str | None = None, search: str = "", *, deleted: bool = False) -> list[Document]:
        every = self.deleted.projects() if deleted else self._store.list("projects")
        found = [item for item in every if org_id in (None, item["org_id"])]
        return [item for item in found if search in item["name"] or search == item["id"]]

    def project(self, project_id: str) -> Document:
        found = self._store.get("projects", project_id)
        if found is None:
            raise ApiError(404, "project not found")
        return found

    def create_project(self, wanted: Document) -> tuple[Document, Document]:
        """A project with its default branch, a role, a database and an endpoint; returns project and branch."""
        first = given(wanted.get("branch"))
        role = first.get("role_name") or "neondb_owner"
        with self._store.transaction():
            project = self.add_project({**wanted, "id": neon_objects.new_id()})
            branch = self.add_default_branch(project["id"], neon_objects.new_id("br-"), first.get("name") or "main")
            self.contents.create_role(branch["id"], role)
            self.contents.create_database(branch["id"], first.get("database_name") or "neondb", role)
            self.contents.create_endpoint(project, {"branch_id": branch["id"]})
        return project, branch

    def add_project(self, wanted: Document) -> Document:
        """A project without a branch."""
        org_id, region = wanted.get("org_id") or self._seed.org_id, wanted.get("region_id") or "aws-us-east-2"
        self.organization(org_id)
        named = {"name": wanted.get("name") or wanted["id"], "org_id": org_id, "owner_id": org_id, "region_id": region}
        owner = {
            "email": "owner@example.com",
            "name": "",
            "branches_limit": self._plan.branches,
            "subscription_type": "free_v3",
        }
        own = {"owner": owner, "proxy_host": neon_objects.proxy_host(region)}
        asked = {name: value for name, value in wanted.items() if name != "branch"}
        project = neon_objects.new_object("project", self._now(), asked, named, own)
        self._plan.check_project(project)
        return self._store.put("projects", project["id"], project)

    def add_organization(self, org_id: str) -> None:
        """Register the organization of a loaded state."""
        self._store.put("organizations", org_id, {"id": org_id})

    def update_project(self, project_id: str, wanted: Document) -> Document:
        allowed = ("name", "history_retention_seconds", "settings", "default_endpoint_settings")
        change = {name: value for name, value in wanted.items() if name in allowed}
        with self._store.transaction():
            project = neon_objects.merged(self.project(project_id), change) | {"updated_at": timestamp(self._now())}
            self._plan.check_project(project)
            return self._store.put("projects", project_id, project)

    def delete_project(self, project_id: str) -> Document:
        """Delete a project; it can be recovered."""
        with self._store.transaction():
            project = self.project(project_id)
            for operation in self.operations(project_id):
                self._store.delete("operations", operation["id"])
            self.deleted.add_project(project, self.branches(project_id), self._now())
        return project

    def recover_project(self, project_id: str) -> tuple[Document, list[Document]]:
        """A deleted project and its branches, as they were."""
        with self._store.transaction():
            return self.deleted.take_project(project_id)

    # Branches

    def branches(self, project_id: str, search: str = "", *, deleted: bool = False) -> list[Document]:
        """A project's branches whose name contains a text; also the deleted ones if `deleted`."""
        found = self._store.list("branches", project_id=self.project(project_id)["id"])
        found += self.deleted.branches(project_id) if deleted else []
        return [item for item in found if search in item["name"] or search == item["id"]]

    def branch(self, project_id: str, branch_id: str) -> Document:
        found = self._store.get("branches", branch_id)
        if self.project(project_id) and (found is None or found["project_id"] != project_id):
            raise ApiError(404, "branch not found")
        return found or {}

    def default_branch(self, project_id: str) -> Document:
        return next(branch for branch in self.branches(project_id) if branch["default"])

    def keep_branch(self, branch: Document) -> Document:
        return self._store.put("branches", branch["id"], branch | {"updated_at": timestamp(self._now())})

    def new_branch(self, project_id: str, branch_id: str, name: str, *more: Document) -> Document:
        """A branch that is not the default one. `primary` is the older name of `default`; clients read either."""
        own = {"id": branch_id, "project_id": project_id, "name": name, "default": False, "primary": False}
        return neon_objects.new_object("branch", self._now(), own, *more)

    def add_default_branch(self, project_id: str, branch_id: str, name: str) -> Document:
        """The branch that has no parent."""
        self._databases.create_branch(branch_id)
        return self.keep_branch(self.new_branch(project_id, branch_id, name, {"default": True, "primary": True}))

    def create_branch(self, project_id: str, wanted: Document, endpoints: Sequence[Document]) -> Document:
        """A branch with its parent's roles, passwords, databases and rows, of now or of a point in time."""
        source = wanted.get("init_source") or "parent-data"
        if source not in ("parent-data", "schema-only"):
            raise ApiError(400, f"init_source {source!r} is neither parent-data nor schema-only")
        schema_only = source == "schema-only"
        with self._store.transaction():
            project = self.project(project_id)
            parent = self.branch(project_id, wanted.get("parent_id") or self.default_branch(project_id)["id"])
            branch_id = neon_objects.new_id("br-")
            name = wanted.get("name") or branch_id
            self._refuse_branch(project_id, name)
            if schema_only:
                self._refuse_root(project_id)
            moment = self._moment(project, parent, wanted.get("parent_lsn"), wanted.get("parent_timestamp"))
            origin = {
                "parent_id": parent["id"],
                "parent_lsn": moment if isinstance(moment, str) else self._databases.current_lsn(),
                "parent_timestamp": timestamp(moment if isinstance(moment, datetime) else self._now()),
            }
            # Neon's docs, "Schema-only branches": a root branch, which shares nothing with its source.
            branch = self.new_branch(project_id, branch_id, name, {} if schema_only else origin)
            branch["init_source"] = source
            self._set_protection(branch, wanted)
            self.add_branch(parent, branch, moment)
            if schema_only:
                self._databases.empty_branch(branch_id)
            for endpoint in endpoints:
                self.contents.create_endpoint(project, {**endpoint, "branch_id": branch_id})
        return branch

    def add_branch(self, parent: Document, branch: Document, moment: datetime | str | None = None) -> None:
        """Fill a new branch from its parent."""
        self._copy(parent["id"], branch["id"], moment)
        self.contents.record_copy(parent["id"], branch["id"], moment)
        self.keep_branch(branch)

    def _copy(self, source_id: str, target_id: str, moment: datetime | str | None) -> None:
        try:
            self._databases.copy_branch(source_id, target_id, at=moment)
        except ValueError as error:
            raise ApiError(400, str(error)) from error

    def _refuse_branch(self, project_id: str, name: str) -> None:
        if len(self.branches(project_id)) >= self._plan.branches:
            raise ApiError(422, f"branches limit exceeded: {self._plan.branches}", "BRANCHES_LIMIT_EXCEEDED")
        self._refuse_taken_name(project_id, name)

    def _refuse_root(self, project_id: str) -> None:
        limit = self._plan.root_branches
        if sum(not branch.get("parent_id") for branch in self.branches(project_id)) >= limit:
            raise ApiError(422, f"root branches limit exceeded: {limit}")

    def _refuse_taken_name(self, project_id: str, name: str) -> None:
        if self._store.list("branches", project_id=project_id, name=name):
            raise ApiError(409, f"branch with the provided name {name!r} already exists")

    def _set_protection(self, branch: Document, wanted: Document) -> None:
        """Set ``protected`` and ``expires_at``, which exclude each other."""
        if wanted.get("protected") and not branch["protected"]:
            protected = self._store.list("branches", project_id=branch["project_id"], protected=True)
            if len(protected) >= self._plan.protected_branches:
                raise ApiError(422, f"protected branches limit exceeded: {self._plan.protected_branches}")
        branch |= given({"protected": wanted.get("protected")})
        if "expires_at" in wanted:
            branch.pop("expires_at", None)
            branch |= given({"expires_at": wanted["expires_at"] and self._expiry(wanted["expires_at"])})
        if "expires_at" in branch and (branch["default"] or branch["protected"] or self._children(branch)):
            raise ApiError(422, "a branch that is default, protected or has children can't expire")

    def _expiry(self, text: str) -> str:
        expiry = _parse_time(text)
        if not self._now() < expiry <= self._now() + timedelta(days=30):
            raise ApiError(400, "expires_at must be within the next 30 days")
        return timestamp(expiry)

    def _moment(self, project: Document, source: Document, lsn: str | None, at: str | None) -> datetime | str | None:
        """The point in time that a request names, within the history of a root branch."""
        if (lsn or at) and source.get("parent_id"):
            raise ApiError(422, f"branch {source['name']!r} has a parent: only root branches have a history")
        if lsn and (at or not re.fullmatch(r"[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}", lsn)):
            raise ApiError(400, f"set a valid LSN or a timestamp, not both: {lsn!r}")
        if not at:
            return lsn or None
        moment, now = _parse_time(at), self._now()
        if not now - timedelta(seconds=project["history_retention_seconds"]) <= moment <= now:
            raise ApiError(400, f"timestamp {at} is outside the project's history window")
        return moment

    def _children(self, branch: Document) -> list[Document]:
        return self._store.list("branches", parent_id=branch["id"])

    def update_branch(self, project_id: str, branch_id: str, wanted: Document) -> Document:
        with self._store.transaction():
            branch = self.branch(project_id, branch_id)
            name = wanted.get("name") or branch["name"]
            if name != branch["name"]:
                self._refuse_taken_name(project_id, name)
            self._set_protection(branch, wanted)
            return self.keep_branch(branch | {"name": name})

    def set_default(self, project_id: str, branch_id: str) -> Document:
        with self._store.transaction():
            branch = self.branch(project_id, branch_id)
            self.keep_branch(self.default_branch(project_id) | {"default": False, "primary": False})
            return self.keep_branch(branch | {"default": True, "primary": True})

    def delete_branch(self, project_id: str, branch_id: str, *, hard: bool = False) -> Document:
        """Delete a branch.

        Args:
            project_id: of the branch.
            branch_id: of the branch.
            hard: it can't be recovered.
        """
        with self._store.transaction():
            branch = self.branch(project_id, branch_id)
            if branch["default"]:
                raise ApiError(422, "cannot delete the project's default branch")
            if branch["protected"]:
                raise ApiError(422, "cannot delete a protected branch")
            if self._children(branch):
                raise ApiError(422, "cannot delete a branch that has children")
            if branch.get("_undeletable"):
                raise ApiError(422, "cannot delete the backup of a root branch that was restored from another branch")
            self.deleted.add_branch(branch, "user", self._now())
            if hard:
                self.deleted.purge_branch(branch_id)
        return branch

    def recover_branch(self, project_id: str, branch_id: str) -> tuple[Document, list[Document]]:
        """A deleted branch and its endpoints, as they were; its name must be free, and its parent not deleted."""
        with self._store.transaction():
            self.project(project_id)
            branch, endpoints = self.deleted.take_branch(project_id, branch_id)
            if len(self._store.list("branches", project_id=project_id, name=branch["name"])) > 1:
                raise ApiError(409, f"branch with the provided name {branch['name']!r} already exists")
            if branch.get("parent_id"):
                self.branch(project_id, branch["parent_id"])
            self.contents.open(endpoints)
            return self.keep_branch(branch), endpoints

    def restore_branch(self, project_id: str, branch_id: str, wanted: Document) -> Document:
        """Restore a branch from another, or from its own past; its endpoints stay."""
        with self._store.transaction():
            project, branch = self.project(project_id), self.branch(project_id, branch_id)
            source = self.branch(project_id, wanted["source_branch_id"])
            moment = self._moment(project, source, wanted.get("source_lsn"), wanted.get("source_timestamp"))
            kept_name, onto_itself = wanted.get("preserve_under_name"), source["id"] == branch_id
            if onto_itself and moment is None:
                raise ApiError(400, "restoring a branch onto itself needs source_lsn or source_timestamp")
            root = not branch.get("parent_id")
            if kept_name:
                self._refuse_branch(project_id, kept_name)
                if root:
                    self._refuse_root(project_id)
            elif onto_itself or self._children(branch):
                raise ApiError(400, "preserve_under_name is required: the branch is its own source or has children")
            spare = self.new_branch(project_id, neon_objects.new_id("br-"), kept_name or "")
            self._copy(source["id"], spare["id"], moment)
            self._databases.swap_branches(branch_id, spare["id"])
            self.contents.record_copy(branch_id, spare["id"], None)
            self.contents.record_copy(spare["id"] if onto_itself else source["id"], branch_id, moment)
            if kept_name:
                lasting = {"_undeletable": True} if root and not onto_itself else {}
                self.keep_branch(spare | {name: branch[name] for name in _PARENT if name in branch} | lasting)
                if not root:
                    branch["parent_id"] = spare["id"]
                for child in self._children(branch):
                    self.keep_branch(child | {"parent_id": spare["id"]})
            else:
                self.contents.drop(spare)
            return self.keep_branch(branch)

    def expire(self) -> None:
        """Delete expired branches, and for good what can't be recovered any more.

        Called before each request, so that no timer has to run.
        """
        now = timestamp(self._now())
        for branch in self._store.list("branches"):
            if branch.get("expires_at", "9999") <= now and not self._children(branch):
                with self._store.transaction():
                    self.deleted.add_branch(branch, "ttl", self._now())
        self.deleted.purge(self._now())

    # Connections

    def connection_uri(self, project_id: str, query: Document) -> str:
        """The address of a database of a branch, by default the project's own branch."""
        branch_id = query.get("branch_id") or self.default_branch(project_id)["id"]
        endpoints = self.contents.endpoints(project_id, self.branch(project_id, branch_id)["id"])
        if not endpoints:
            raise ApiError(404, "the branch has no endpoint")
        wanted = query.get("endpoint_id")
        if wanted and wanted not in [item["id"] for item in endpoints]:
            raise ApiError(404, f"the branch has no endpoint {wanted[:80]!r}")
        endpoint = min(endpoints, key=lambda item: item["id"] != wanted if wanted else item["type"] != "read_write")
        host = neon_objects.pooled_host(endpoint) if query.get("pooled") == "true" else endpoint["host"]
        database = self.contents.one("databases", branch_id, query["database_name"])
        return neon_objects.connection_uri(
            self.contents.one("roles", branch_id, query["role_name"]), host, database["name"]
        )

    # For the cloud itself

    def clear(self) -> None:
        """Remove every project."""
        for project in self.projects():
            self.delete_project(project["id"])
        self.deleted.purge(None)
        self._store.clear()

    def usage(self) -> dict[str, BranchUsage]:
        """What each branch holds, by its id."""
        return {
            branch["id"]: BranchUsage(self._databases.row_counts(branch["id"]), self._databases.size(branch["id"]))
            for branch in self._store.list("branches")
        }

    def tables(self) -> list[PageTable]:
        branches = self._store.list("branches")
        names = {branch["id"]: branch["name"] for branch in branches}
        for branch in branches:
            branch["parent"] = names.get(branch.get("parent_id", ""))
        endpoints = [
            {**item, "branch": names[item["branch_id"]], "listens on": f"127.0.0.1:{item['_port']}"}
            for item in self._store.list("endpoints")
        ]
        # A deleted branch keeps its roles until it can't be recovered any more.
        roles = [{**item, "branch": names.get(item["branch_id"], "deleted")} for item in self._store.list("roles")]
        project_columns = ("id", "name", "region_id", "pg_version", "history_retention_seconds")
        return [
            PageTable("projects", project_columns, self.projects()),
            PageTable("branches", ("name", "id", "parent", "default", "protected", "expires_at"), branches),
            PageTable("endpoints", ("id", "branch", "type", "host", "listens on", "disabled"), endpoints),
            PageTable("roles", ("branch", "name"), roles),
        ]


def _parse_time(text: str) -> datetime:
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError as error:
        raise ApiError(400, f"invalid timestamp {text!r}") from error
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
