"""What the tests of ops share."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ops.context import Context
from tests.ops.receivers import Discord, GitHubServer
from tests.ops.tiny_app import TinyApp


@pytest.fixture
def tiny_app(tmp_path: Path) -> TinyApp:
    return TinyApp(tmp_path)


@pytest.fixture
def make_context(tmp_path: Path) -> Callable[..., Context]:
    """Makes a context with nothing in its environment but what the test names."""

    def make(**environment: str) -> Context:
        return Context.read({"PATH": os.environ["PATH"], "HOME": str(tmp_path)} | environment, root=tmp_path)

    return make


@pytest.fixture
def github() -> Iterator[GitHubServer]:
    with GitHubServer() as server:
        yield server


@pytest.fixture
def discord() -> Iterator[Discord]:
    with Discord() as server:
        yield server
