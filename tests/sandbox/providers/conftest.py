"""Real Terraform on the stand-in providers, against a cloud in this process that has no Postgres."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
import uvicorn

from provider_pins import PINS
from sandbox.cloud.cloud_server import create_app
from sandbox.cloud.local_cloud import LocalCloud
from sandbox.providers.mirror import MirrorPaths, write_mirror
from tests.sandbox.cloud.fake_databases import FakeDatabases
from tests.sandbox.cloud.world import CLOUDFLARE_TOKEN, NEON_KEY


@dataclass
class RunningCloud:
    """A running cloud: its address, and its control routes."""

    url: str

    def control(self, route: str, document: object) -> Any:
        answer = httpx.post(f"{self.url}/_sandbox/{route}", json=document, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def cloudflare(self, method: str, path: str, body: object = None) -> Any:
        headers = {"Authorization": f"Bearer {CLOUDFLARE_TOKEN}"}
        answer = httpx.request(method, f"{self.url}/client/v4/{path}", json=body, headers=headers, timeout=10)
        return answer.json()["result"]

    def neon(self, method: str, path: str, body: object = None) -> Any:
        headers = {"Authorization": f"Bearer {NEON_KEY}"}
        return httpx.request(method, f"{self.url}/api/v2/{path}", json=body, headers=headers, timeout=10).json()

    def requests(self, method: str, path: str) -> int:
        """How often the log has a request to a path of the APIs."""
        log = httpx.get(f"{self.url}/_sandbox/log", timeout=10).json()
        return sum(entry["method"] == method and entry["path"].endswith(path) for entry in log)


@dataclass
class Terraform:
    """Terraform in one folder, with a state file there and nothing of the machine's own configuration."""

    folder: Path
    environment: dict[str, str]

    def write(self, configuration: str) -> None:
        (self.folder / "main.tf").write_text(REQUIREMENTS + configuration)

    def run(self, *arguments: str, succeeds: bool = True, **more: str) -> str:
        """The output of a command, standard error included, in one line and without Terraform's frames."""
        done = subprocess.run(
            ["terraform", *arguments, "-no-color"],
            cwd=self.folder,
            env=self.environment | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert (done.returncode == 0) == succeeds, done.stdout
        return " ".join(done.stdout.replace("│", " ").split())

    def apply(self) -> str:
        return self.run("apply", "-auto-approve", "-input=false")

    def plan(self) -> dict[str, list[str]]:
        """What a plan would do, by resource address, without what it would leave alone."""
        self.run("plan", "-input=false", "-out=plan")
        changes = self.show("plan").get("resource_changes", [])
        actions = {change["address"]: change["change"]["actions"] for change in changes if change["mode"] == "managed"}
        return {address: action for address, action in actions.items() if action != ["no-op"]}

    def show(self, *what: str) -> dict[str, Any]:
        command = ["terraform", "show", "-json", *what]
        return json.loads(subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True).stdout)

    def values(self) -> dict[str, dict[str, Any]]:
        """The attributes in the state by resource address."""
        root = self.show().get("values", {}).get("root_module", {})
        return {resource["address"]: resource["values"] for resource in root.get("resources", [])}


REQUIREMENTS = f"""
terraform {{
  required_providers {{
    cloudflare = {{ source = "cloudflare/cloudflare", version = "~> 5" }}
    neon       = {{ source = "kislerdm/neon", version = "{PINS.providers["neon"].version}" }}
    random     = {{ source = "hashicorp/random", version = "~> 3.8" }}
  }}
}}
provider "cloudflare" {{}}
provider "neon" {{}}
locals {{
  account = "4f1c0e5b8d7a49e2a6c3b9d0e1f2a3b4"
  zone    = "9a7806061c88ada191ed06f989cc3dac"
}}
"""


@pytest.fixture(scope="session")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> MirrorPaths:
    return write_mirror(tmp_path_factory.mktemp("mirror"))


@pytest.fixture
def cloud(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningCloud]:
    """A running cloud. The values of its seed can be set by an indirect parameter, such as `{"neon_plan": "paid"}`."""
    monkeypatch.setenv("SANDBOX_NEON_API_KEY", NEON_KEY)
    monkeypatch.setenv("SANDBOX_CLOUDFLARE_API_TOKEN", CLOUDFLARE_TOKEN)
    home = tmp_path / "cloud"
    home.mkdir()
    (home / "seed.json").write_text(json.dumps(getattr(request, "param", {})))
    inside = LocalCloud(home, cast(Any, FakeDatabases()))
    listener = socket.create_server(("127.0.0.1", 0))
    # Closing the connection without an answer is the real server's part; here the answer is cut off instead.
    app = create_app(inside, lambda _: None)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    yield RunningCloud(f"http://127.0.0.1:{listener.getsockname()[1]}")
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture
def terraform(tmp_path: Path, mirror: MirrorPaths) -> Terraform:
    """Terraform with no cloud to reach."""
    folder, temporary = tmp_path / "stack", tmp_path / "tmp"
    folder.mkdir()
    temporary.mkdir()
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TMPDIR": str(temporary), **mirror.environment}
    return Terraform(folder, environment | {"TF_IN_AUTOMATION": "1"})


@pytest.fixture
def deployed(terraform: Terraform, cloud: RunningCloud) -> Terraform:
    """Terraform with the cloud's addresses and credentials."""
    terraform.environment |= {
        "NEON_API_BASE_URL": f"{cloud.url}/api/v2",
        "CLOUDFLARE_BASE_URL": f"{cloud.url}/client/v4",
        "NEON_API_KEY": NEON_KEY,
        "CLOUDFLARE_API_TOKEN": CLOUDFLARE_TOKEN,
    }
    return terraform
