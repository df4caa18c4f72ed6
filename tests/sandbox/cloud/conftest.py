"""Worlds: clouds in this process, without Postgres."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sandbox.cloud.world import CREDENTIALS, World, new_world


@pytest.fixture
def make_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., World]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)

    def make(**seed: str) -> World:
        return new_world(tmp_path, seed)

    return make


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()
