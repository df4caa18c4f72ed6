"""Deleted branches and projects, which Neon can recover for seven days with their rows and addresses.

Source: Neon's OpenAPI document 2.7.3: deleteProjectBranch, recoverProjectBranch, deleteProject, recoverProject. It says
that the recovery of branches is a preview which not all users have.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sandbox.cloud.cloud_api import ApiError, timestamp
from sandbox.cloud.document_store import Document, DocumentStore
from sandbox.cloud.neon.branch_contents import BranchContents

WINDOW = timedelta(days=7)
_BRANCHES, _PROJECTS = "deleted_branches", "deleted_projects"


class DeletedObjects:
    """What was deleted, until it is recovered or its window ends. Postgres keeps a deleted branch's databases.

    Args:
        store: of projects and branches.
        contents: of branches; closes and opens their endpoints.
    """

    def __init__(self, store: DocumentStore, contents: BranchContents) -> None:
        self._store, self._contents = store, contents

    def branches(self, project_id: str) -> list[Document]:
        """The deleted branches of a project, each with a `recovery`."""
        return self._store.list(_BRANCHES, project_id=project_id)

    def projects(self) -> list[Document]:
        return self._store.list(_PROJECTS)

    def add_branch(self, branch: Document, method: str, now: datetime) -> None:
        """Move a branch here and close its endpoints.

        Args:
            branch: of the store.
            method: `user`, or `ttl` for one that expired.
            now: when it was deleted.
        """
        until = {"deleted_at": timestamp(now), "recoverable_until": timestamp(now + WINDOW)}
        kept = {"recovery": {**until, "deletion_method": method}, "_endpoints": self._contents.close(branch)}
        self._store.put(_BRANCHES, branch["id"], branch | kept)
        self._store.delete("branches", branch["id"])

    def add_project(self, project: Document, branches: list[Document], now: datetime) -> None:
        """Move a project here with its branches."""
        until = {"deleted_at": timestamp(now), "recoverable_until": timestamp(now + WINDOW)}
        endpoints: list[Document] = []
        for branch in branches:
            endpoints += self._contents.close(branch)
            self._store.delete("branches", branch["id"])
        kept = {"_branches": branches, "_endpoints": endpoints}
        self._store.put(_PROJECTS, project["id"], project | until | kept)
        self._store.delete("projects", project["id"])

    def take_branch(self, project_id: str, branch_id: str) -> tuple[Document, list[Document]]:
        """A branch that is no longer deleted and does not expire, and its endpoints, still closed.

        Raises:
            ApiError: it isn't among the deleted ones.
        """
        found = self._taken(_BRANCHES, branch_id, "branch", project_id=project_id)
        endpoints = found.pop("_endpoints")
        for name in ("recovery", "expires_at"):
            found.pop(name, None)
        self._store.put("branches", branch_id, found)
        return found, endpoints

    def take_project(self, project_id: str) -> tuple[Document, list[Document]]:
        """A project that is no longer deleted, and its branches. Raises ApiError if it isn't among the deleted ones."""
        found = self._taken(_PROJECTS, project_id, "project")
        branches, endpoints = found.pop("_branches"), found.pop("_endpoints")
        for name in ("deleted_at", "recoverable_until"):
            del found[name]
        self._store.put("projects", project_id, found)
        for branch in branches:
            self._store.put("branches", branch["id"], branch)
        self._contents.open(endpoints)
        return found, branches

    def _taken(self, collection: str, key: str, kind: str, **equal: Any) -> Document:
        found = self._store.get(collection, key)
        if found is None or any(found[name] != value for name, value in equal.items()):
            raise ApiError(404, f"no recoverable {kind} {key[:80]!r}")
        self._store.delete(collection, key)
        return found

    def purge(self, now: datetime | None) -> None:
        """Delete for good all whose window has ended; all without exception if `now` is None."""
        moment = timestamp(now) if now else "9999"
        for branch in self._store.list(_BRANCHES):
            if branch["recovery"]["recoverable_until"] <= moment:
                self.purge_branch(branch["id"])
        for project in self.projects():
            if project["recoverable_until"] <= moment:
                with self._store.transaction():
                    for branch in [*project["_branches"], *self.branches(project["id"])]:
                        self._contents.drop(branch)
                        self._store.delete(_BRANCHES, branch["id"])
                    self._store.delete(_PROJECTS, project["id"])

    def purge_branch(self, branch_id: str) -> None:
        """Delete one deleted branch for good."""
        with self._store.transaction():
            branch = self._store.get(_BRANCHES, branch_id)
            if branch:
                self._contents.drop(branch)
                self._store.delete(_BRANCHES, branch_id)
