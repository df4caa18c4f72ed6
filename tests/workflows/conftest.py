"""What the tests of the workflows share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ops.receivers import Discord, GitHubServer
from tests.workflows.act import Act


@pytest.fixture
def act(tmp_path: Path) -> Act:
    return Act(tmp_path / "act")


@pytest.fixture
def github() -> Iterator[GitHubServer]:
    with GitHubServer() as server:
        yield server


@pytest.fixture
def discord() -> Iterator[Discord]:
    with Discord() as server:
        yield server
