"""Terraform deploys the edge and the API's addresses to the local cloud, finds nothing left to do, and removes them."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import uvicorn

from sandbox.cloud.cloud_seed import CloudSeed
from sandbox.cloud.cloud_server import create_app
from sandbox.cloud.local_cloud import LocalCloud
from sandbox.providers.mirror import write_mirror
from settings import load_settings
from tests.sandbox.cloud.fake_databases import FakeDatabases
from tests.support import ROOT, Values, synthesize, tool_environment

pytestmark = pytest.mark.slow

TOKEN = "t" * 40
WEBHOOK = "https://discord.com/api/webhooks/123/a-token-of-discord"


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The environment for Terraform, with a local cloud on a port of its own."""
    settings = load_settings(ROOT / "examples/full.toml")
    assert settings.cloudflare
    seed = {"zone_name": settings.cloudflare.zone, "cloudflare_plan": "paid"}
    (tmp_path / "seed.json").write_text(json.dumps(seed))
    monkeypatch.setenv("SANDBOX_CLOUDFLARE_API_TOKEN", TOKEN)
    cloud = LocalCloud(tmp_path, cast(Any, FakeDatabases()))
    server = uvicorn.Server(uvicorn.Config(create_app(cloud, lambda _: None), log_level="error", lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            while not server.started and thread.is_alive():
                time.sleep(0.01)
            yield tool_environment(
                **write_mirror(tmp_path / "providers").environment,
                CLOUDFLARE_BASE_URL=f"http://127.0.0.1:{listener.getsockname()[1]}/client/v4",
                CLOUDFLARE_API_TOKEN=TOKEN,
                TF_VAR_cloudflare_account_id=CloudSeed.account_id,
                TF_VAR_cloudflare_zone_id=CloudSeed.zone_id,
                TF_VAR_discord_webhook_url=WEBHOOK,
            )
        finally:
            server.should_exit = True
            thread.join()


# By stack, what is deployed here: the options' resources, without the site and the database beside them.
OPTIONS = {
    "edge": (
        "cloudflare_ruleset",
        "cloudflare_zone_setting",
        "cloudflare_bot_management",
        "cloudflare_healthcheck",
        "cloudflare_notification_policy",
        "cloudflare_notification_policy_webhooks",
    ),
    "production": ("cloudflare_workers_custom_domain", "cloudflare_web_analytics_site"),
    "staging": ("cloudflare_workers_route",),
}


def _options() -> Values:
    """The options' resources in one stack, with a local state."""
    stacks = synthesize(load_settings(ROOT / "examples/full.toml"))
    edge = stacks["edge"]
    resources = {kind: stacks[name]["resource"][kind] for name, kinds in OPTIONS.items() for kind in kinds}
    required = {"required_providers": edge["terraform"]["required_providers"]}
    return {"terraform": required, "provider": edge["provider"], "variable": edge["variable"], "resource": resources}


def test_the_second_plan_is_empty_a_lost_check_is_imported_and_all_can_be_destroyed(
    environment: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "stack"
    folder.mkdir()
    (folder / "cdk.tf.json").write_text(json.dumps(_options()))

    def terraform(*arguments: str) -> str:
        quiet = [] if arguments[0] in ("show", "state") else ["-no-color", "-input=false"]
        command = ["terraform", *arguments[:1], *quiet, *arguments[1:]]
        answer = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        assert answer.returncode == 0, answer.stdout + answer.stderr
        return answer.stdout

    terraform("init")
    output = terraform("apply", "-auto-approve")
    assert "17 added, 0 changed, 0 destroyed" in output
    assert "a-token-of-discord" not in output
    terraform("plan", "-detailed-exitcode")  # its exit code would be 2 if there were changes
    check = "cloudflare_healthcheck.production"

    def state_of_check() -> Values:
        resources = json.loads(terraform("show", "-json"))["values"]["root_module"]["resources"]
        (found,) = [resource["values"] for resource in resources if resource["address"] == check]
        return found

    made = state_of_check()
    terraform("state", "rm", check)
    terraform("import", check, f"{CloudSeed.zone_id}/{made['id']}")
    assert state_of_check() == made
    assert "17 destroyed" in terraform("destroy", "-auto-approve")
