"""Databases without Postgres, for tests in which it is beside the point."""

from __future__ import annotations

from datetime import datetime


class FakeDatabases:
    """Keeps which names exist, and refuses what Postgres would refuse."""

    def __init__(self) -> None:
        self.branches: dict[str, tuple[set[str], set[str]]] = {}
        self.endpoints: dict[str, tuple[str, int]] = {}
        self.refuse = False
        self.emptied: list[str] = []
        self.copies: list[tuple[str, str, datetime | str | None]] = []

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def create_branch(self, branch_id: str) -> None:
        self.branches[branch_id] = (set(), set())

    def copy_branch(self, source_id: str, branch_id: str, *, at: datetime | str | None = None) -> None:
        roles, databases = self.branches.get(source_id, (set(), set()))
        self.branches[branch_id] = (set(roles), set(databases))
        self.copies.append((source_id, branch_id, at))

    def empty_branch(self, branch_id: str) -> None:
        self.emptied.append(branch_id)

    def drop_branch(self, branch_id: str) -> None:
        self.branches.pop(branch_id, None)

    def swap_branches(self, a: str, b: str) -> None:
        self.branches[a], self.branches[b] = self.branches[b], self.branches[a]

    def create_role(self, branch_id: str, name: str, password: str) -> None:  # noqa: ARG002
        if self.refuse:
            raise RuntimeError("no")
        self.branches[branch_id][0].add(name)

    def drop_role(self, branch_id: str, name: str) -> None:
        self.branches[branch_id][0].discard(name)

    def set_password(self, branch_id: str, name: str, password: str) -> None: ...

    def create_database(self, branch_id: str, name: str, owner: str) -> None:  # noqa: ARG002
        self.branches[branch_id][1].add(name)

    def drop_database(self, branch_id: str, name: str) -> None:
        self.branches[branch_id][1].discard(name)

    def rename_database(self, branch_id: str, old: str, new: str) -> None: ...

    def set_owner(self, branch_id: str, name: str, owner: str) -> None: ...

    def open_endpoint(self, endpoint_id: str, branch_id: str, port: int | None = None) -> int:
        number = port or 40_000 + len(self.endpoints)
        self.endpoints[endpoint_id] = (branch_id, number)
        return number

    def close_endpoint(self, endpoint_id: str) -> None:
        self.endpoints.pop(endpoint_id, None)

    def row_counts(self, branch_id: str) -> dict[str, dict[str, int]]:
        return {name: {} for name in self.branches.get(branch_id, (set(), set[str]()))[1]}

    def size(self, branch_id: str) -> int:
        return 7_000_000 * len(self.row_counts(branch_id))

    def current_lsn(self) -> str:
        return "0/1DE2850"
