"""One cluster for the tests that leave it running."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from sandbox.cloud.postgres import Databases
from tests.sandbox.cloud.postgres.support import Branch, running


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Generator[Databases]:
    with running(Databases(tmp_path_factory.mktemp("databases"))) as databases:
        yield databases


@pytest.fixture
def main(databases: Databases) -> Generator[Branch]:
    """A branch with a table of two rows."""
    branch = Branch(databases)
    branch.run("CREATE TABLE expenses (id serial PRIMARY KEY, amount int)")
    branch.run("INSERT INTO expenses (amount) VALUES (10), (20)")
    yield branch
    databases.close_endpoint(branch.endpoint_id)
    databases.drop_branch(branch.id)
