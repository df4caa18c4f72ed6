"""What the tests of ops share."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from ops.context.run_context import Context
from tests.ops.receivers import Discord, GitHubServer
from tests.ops.tiny_app import TinyApp

if TYPE_CHECKING:
    from tests.ops.preview_cloud import PreviewCloud

_EXPENSE_TRACKER = Path(__file__).parents[2] / "sandbox/fixtures/expense-tracker.toml"


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
def product_context(make_context: Callable[..., Context]) -> Callable[..., Context]:
    """Makes a context as `make_context` does, with the expense tracker's settings."""

    def make(**environment: str) -> Context:
        return make_context(INFRA_SETTINGS=str(_EXPENSE_TRACKER), **environment)

    return make


@pytest.fixture
def github() -> Iterator[GitHubServer]:
    with GitHubServer() as server:
        yield server


@pytest.fixture
def discord() -> Iterator[Discord]:
    with Discord() as server:
        yield server


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries follow at once."""
    monkeypatch.setattr("tenacity.nap.time", SimpleNamespace(sleep=_no_sleep))


@pytest.fixture
def preview_cloud(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_waiting: None
) -> "Iterator[PreviewCloud]":
    """The local cloud with the infrastructure that previews need, and no waiting between two tries.

    The values of its seed can be set by an indirect parameter, such as `{"neon_plan": "paid"}`.
    """
    # Only here: most tests need no cloud.
    from sandbox.cloud.workers import worker_scripts
    from tests.ops.preview_cloud import PreviewCloud, Runtime
    from tests.sandbox.cloud.world import CLOUDFLARE_TOKEN, NEON_KEY

    monkeypatch.setenv("SANDBOX_NEON_API_KEY", NEON_KEY)
    monkeypatch.setenv("SANDBOX_CLOUDFLARE_API_TOKEN", CLOUDFLARE_TOKEN)
    del no_waiting
    monkeypatch.setattr(worker_scripts, "Runtime", Runtime)
    with PreviewCloud(tmp_path, **getattr(request, "param", {})) as cloud:
        cloud.settings()
        cloud.deploy_infrastructure()
        yield cloud


def _no_sleep(seconds: float) -> None:
    del seconds
