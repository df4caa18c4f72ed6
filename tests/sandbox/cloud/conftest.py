"""Worlds: clouds in this process, without Postgres."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from starlette.testclient import TestClient

from sandbox.cloud.cloud_server import create_app
from sandbox.cloud.local_cloud import LocalCloud
from tests.sandbox.cloud.fake_databases import FakeDatabases
from tests.sandbox.cloud.world import CLOUDFLARE_TOKEN, NEON_KEY, Api, Clock, World


@pytest.fixture
def make_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., World]:
    monkeypatch.setenv("SANDBOX_NEON_API_KEY", NEON_KEY)
    monkeypatch.setenv("SANDBOX_CLOUDFLARE_API_TOKEN", CLOUDFLARE_TOKEN)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)

    def make(**seed: str) -> World:
        (tmp_path / "seed.json").write_text(json.dumps(seed))
        databases, clock = FakeDatabases(), Clock()
        cloud = LocalCloud(tmp_path, cast(Any, databases), now=clock)
        client = TestClient(create_app(cloud, lambda _: None), base_url="http://127.0.0.1")
        neon = Api(client, "/api/v2", NEON_KEY)
        cloudflare = Api(client, "/client/v4", CLOUDFLARE_TOKEN)
        return World(cloud, client, databases, clock, neon, cloudflare)

    return make


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()
