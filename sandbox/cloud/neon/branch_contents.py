"""What a branch holds: endpoints, roles and databases."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import datetime

from sandbox.cloud.cloud_api import ApiError, given, secret, timestamp
from sandbox.cloud.document_store import Document, DocumentStore
from sandbox.cloud.neon import neon_objects
from sandbox.cloud.neon.plan_limits import PlanLimits
from sandbox.cloud.postgres import Databases

_RESERVED = {
    "roles": re.compile(r"pg_.*|postgres|public|none|neon_superuser|neon_service|cloud_admin|web_access"),
    "databases": re.compile(r"postgres|template[01]"),
}
_LONGEST_NAME = 63
"""Bytes of a name in PostgreSQL."""


class BranchContents:
    """Endpoints, roles and databases by branch, each backed by a real Postgres object.

    Postgres changes before the store's transaction commits, so a change that fails there is not recorded.
    Fields that begin with an underscore (a role's password, an endpoint's port) are stored but never returned.
    """

    def __init__(
        self, store: DocumentStore, databases: Databases, plan: PlanLimits, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._databases = databases
        self._plan = plan
        self._now = now

    # Endpoints

    def endpoints(self, project_id: str, branch_id: str | None = None) -> list[Document]:
        return self._store.list("endpoints", **given({"project_id": project_id, "branch_id": branch_id}))

    def endpoint(self, project_id: str, endpoint_id: str) -> Document:
        found = self._store.get("endpoints", endpoint_id)
        if found is None or found["project_id"] != project_id:
            raise ApiError(404, "endpoint not found")
        return found

    def create_endpoint(self, project: Document, wanted: Document) -> Document:
        """Open an endpoint on a loopback port of its own; a ``host`` replaces the generated name."""
        own = {"id": neon_objects.new_id("ep-"), "project_id": project["id"], "region_id": project["region_id"]}
        defaults = {**project["default_endpoint_settings"], "provisioner": project["provisioner"]}
        # Setting one of the two limits moves the other where needed.
        low, high = wanted.get("autoscaling_limit_min_cu"), wanted.get("autoscaling_limit_max_cu")
        if low and not high:
            defaults["autoscaling_limit_max_cu"] = max(low, defaults["autoscaling_limit_max_cu"])
        endpoint = neon_objects.new_object("endpoint", self._now(), own, defaults, wanted)
        self._plan.check_compute(endpoint)
        with self._store.transaction():
            self._refuse_second_writer(endpoint)
            port = self._databases.open_endpoint(endpoint["id"], endpoint["branch_id"])
            if endpoint["disabled"]:
                self._databases.close_endpoint(endpoint["id"])
            domain = neon_objects.local_proxy_host(project["region_id"])
            address = {"host": f"{endpoint['id']}.{domain}:{port}", "proxy_host": domain, "_port": port}
            return self._store.put("endpoints", endpoint["id"], {**address, **endpoint})

    def _refuse_second_writer(self, endpoint: Document) -> None:
        writers = self._store.list("endpoints", branch_id=endpoint["branch_id"], type="read_write")
        if endpoint["type"] == "read_write" and any(writer["id"] != endpoint["id"] for writer in writers):
            raise ApiError(409, "read_write endpoint already exists on this branch")

    def update_endpoint(self, endpoint: Document, wanted: Document) -> Document:
        """Change an endpoint; another branch or ``disabled`` closes its port or opens it again."""
        changed = neon_objects.merged(endpoint, wanted) | {"updated_at": timestamp(self._now())}
        self._plan.check_compute(changed)
        with self._store.transaction():
            self._refuse_second_writer(changed)
            if any(changed[name] != endpoint[name] for name in ("branch_id", "disabled")):
                self._databases.close_endpoint(endpoint["id"])
                if not changed["disabled"]:
                    self._databases.open_endpoint(endpoint["id"], changed["branch_id"], endpoint["_port"])
            return self._store.put("endpoints", endpoint["id"], changed)

    def delete_endpoint(self, endpoint: Document) -> Document:
        with self._store.transaction():
            self._databases.close_endpoint(endpoint["id"])
            self._store.delete("endpoints", endpoint["id"])
        return endpoint

    def reopen_endpoints(self) -> None:
        """Listen on every endpoint's port again, after a restart."""
        for endpoint in self._store.list("endpoints", disabled=False):
            self._databases.open_endpoint(endpoint["id"], endpoint["branch_id"], endpoint["_port"])

    # Roles and databases

    def held(self, collection: str, branch_id: str) -> list[Document]:
        """The ``roles`` or ``databases`` of a branch."""
        return self._store.list(collection, branch_id=branch_id)

    def one(self, collection: str, branch_id: str, name: str) -> Document:
        found = self._store.get(collection, f"{branch_id}/{name}")
        if found is None:
            raise ApiError(404, f"{collection[:-1]} {name!r} not found")
        return found

    def _add(self, collection: str, branch_id: str, document: Document) -> Document:
        return self._store.put(collection, f"{branch_id}/{document['name']}", {**document, "branch_id": branch_id})

    def _refuse_name(self, collection: str, branch_id: str, name: str) -> None:
        if not re.fullmatch(r"[^\x00/]+", name) or len(name.encode()) > _LONGEST_NAME:
            raise ApiError(400, f"{collection[:-1]} name {name[:80]!r} is not allowed")
        if _RESERVED[collection].fullmatch(name):
            raise ApiError(400, f"{collection[:-1]} name {name!r} is reserved")
        if self._store.get(collection, f"{branch_id}/{name}"):
            raise ApiError(409, f"{collection[:-1]} {name!r} already exists")

    def create_role(self, branch_id: str, name: str, password: str | None = None) -> Document:
        """A role with a new password, which only this answer and ``reveal_password`` show."""
        role = {"name": name, "_password": password or f"npg_{secret(12)}"}
        with self._store.transaction():
            self._refuse_name("roles", branch_id, name)
            self._databases.create_role(branch_id, name, role["_password"])
            return self._add("roles", branch_id, neon_objects.new_object("role", self._now(), role))

    def reset_password(self, role: Document) -> Document:
        changed = role | {"_password": f"npg_{secret(12)}", "updated_at": timestamp(self._now())}
        with self._store.transaction():
            self._databases.set_password(role["branch_id"], role["name"], changed["_password"])
            return self._add("roles", role["branch_id"], changed)

    def delete_role(self, role: Document) -> Document:
        branch_id, name = role["branch_id"], role["name"]
        with self._store.transaction():
            if self._store.list("databases", branch_id=branch_id, owner_name=name):
                raise ApiError(422, f"role {name!r} owns a database")
            self._databases.drop_role(branch_id, name)
            self._store.delete("roles", f"{branch_id}/{name}")
        return role

    def create_database(self, branch_id: str, name: str, owner: str) -> Document:
        self.one("roles", branch_id, owner)
        number = random.randrange(10**7, 10**8)  # noqa: S311 - an id, not a secret
        with self._store.transaction():
            self._refuse_name("databases", branch_id, name)
            self._databases.create_database(branch_id, name, owner)
            values = {"id": number, "name": name, "owner_name": owner}
            return self._add("databases", branch_id, neon_objects.new_object("database", self._now(), values))

    def update_database(self, database: Document, wanted: Document) -> Document:
        """Rename a database or give it another owner."""
        branch_id, changed = database["branch_id"], neon_objects.merged(database, wanted)
        name, owner = changed["name"], changed["owner_name"]
        self.one("roles", branch_id, owner)
        with self._store.transaction():
            if name != database["name"]:
                self._refuse_name("databases", branch_id, name)
                self._databases.rename_database(branch_id, database["name"], name)
                self._store.delete("databases", f"{branch_id}/{database['name']}")
            if owner != database["owner_name"]:
                self._databases.set_owner(branch_id, name, owner)
            return self._add("databases", branch_id, changed | {"updated_at": timestamp(self._now())})

    def delete_database(self, database: Document) -> Document:
        branch_id, name = database["branch_id"], database["name"]
        with self._store.transaction():
            self._databases.drop_database(branch_id, name)
            self._store.delete("databases", f"{branch_id}/{name}")
        return database

    # Whole branches

    def record_copy(self, source_id: str, branch_id: str, moment: datetime | str | None) -> None:
        """Record in a branch the roles and databases that another has, or had at a point in time."""
        until = timestamp(moment) if isinstance(moment, datetime) else "9999"
        copies = {name: self.held(name, source_id) for name in ("roles", "databases")}
        for collection, items in copies.items():
            for item in self.held(collection, branch_id):
                self._store.delete(collection, f"{branch_id}/{item['name']}")
            for item in items:
                if item["created_at"] <= until:
                    self._add(collection, branch_id, item)

    def close(self, branch: Document) -> list[Document]:
        """Delete a branch's endpoints and return them, for `open`."""
        endpoints = self.endpoints(branch["project_id"], branch["id"])
        for endpoint in endpoints:
            self.delete_endpoint(endpoint)
        return endpoints

    def open(self, endpoints: list[Document]) -> None:
        """Create endpoints again as they were, with their ids, names and ports."""
        for endpoint in endpoints:
            if not endpoint["disabled"]:
                self._databases.open_endpoint(endpoint["id"], endpoint["branch_id"], endpoint["_port"])
            self._store.put("endpoints", endpoint["id"], endpoint)

    def drop(self, branch: Document) -> None:
        """Close a branch's endpoints and remove all that it holds."""
        self.close(branch)
        self._databases.drop_branch(branch["id"])
        for collection in ("roles", "databases"):
            for item in self.held(collection, branch["id"]):
                self._store.delete(collection, f"{branch['id']}/{item['name']}")
