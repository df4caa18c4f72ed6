"""A cloud in this process, without Postgres, and a client for each of its APIs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from starlette.testclient import TestClient

from sandbox.cloud.cloud_server import create_app
from sandbox.cloud.local_cloud import LocalCloud
from tests.sandbox.cloud.fake_databases import FakeDatabases

STATES = Path(__file__).parents[3] / "sandbox/fixtures/hcl-state"
NEON_KEY = "napi_for_tests"
CLOUDFLARE_TOKEN = "t" * 40
CREDENTIALS = {"SANDBOX_NEON_API_KEY": NEON_KEY, "SANDBOX_CLOUDFLARE_API_TOKEN": CLOUDFLARE_TOKEN}
"""The environment in which `new_world` is called."""


class Clock:
    """A clock that only a test moves."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **duration: float) -> None:
        self.moment += timedelta(**duration)


@dataclass
class Api:
    """A client of one API; ``call`` returns the status and the parsed answer."""

    client: TestClient
    prefix: str
    token: str

    def call(self, method: str, path: str, body: object = None, token: str | None = None) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token or self.token}"}
        response = self.client.request(method, self.prefix + path, json=body, headers=headers)
        return response.status_code, response.json() if response.content else None

    def ok(self, method: str, path: str, body: object = None) -> Any:
        status, answer = self.call(method, path, body)
        assert status < 300, answer
        return answer


@dataclass
class World:
    cloud: LocalCloud
    client: TestClient
    databases: FakeDatabases
    clock: Clock
    neon: Api
    cloudflare: Api

    def load(self, *stacks: str) -> dict[str, int]:
        states = [json.loads((STATES / f"{stack}.tfstate").read_text()) for stack in stacks]
        response = self.client.post("/_sandbox/load", json=states)
        assert response.status_code == 200, response.text
        return response.json()


def new_world(home: Path, seed: Mapping[str, str]) -> World:
    """A cloud with nothing in it.

    Args:
        home: its folder.
        seed: constants of the cloud that are not the defaults, such as `neon_plan`.
    """
    (home / "seed.json").write_text(json.dumps(seed))
    databases, clock = FakeDatabases(), Clock()
    cloud = LocalCloud(home, cast(Any, databases), now=clock)
    client = TestClient(create_app(cloud, lambda _: None), base_url="http://127.0.0.1")
    neon = Api(client, "/api/v2", NEON_KEY)
    cloudflare = Api(client, "/client/v4", CLOUDFLARE_TOKEN)
    return World(cloud, client, databases, clock, neon, cloudflare)
