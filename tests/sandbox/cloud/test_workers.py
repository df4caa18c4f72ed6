"""Workers' rules over HTTP; the runtime is one that only remembers (the real one: test_workers_runtime.py)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.cloud.cloud_seed import CloudSeed
from sandbox.cloud.workers import worker_scripts
from sandbox.cloud.workers.worker_runtime import Front
from tests.sandbox.cloud.fake_runtime import FakeRuntime
from tests.sandbox.cloud.world import CLOUDFLARE_TOKEN, World

WORKERS = f"/accounts/{CloudSeed.account_id}/workers"
SCRIPT = f"{WORKERS}/scripts/api"
HEADERS = {"Authorization": f"Bearer {CLOUDFLARE_TOKEN}"}
SECRET = "a-secret-text"


@pytest.fixture
def world(make_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(worker_scripts, "Runtime", FakeRuntime)
    return make_world()


def fronts(world: World) -> dict[str, Front]:
    return vars(world.cloud.workers)["_runtime"].fronts


def send(world: World, method: str, path: str, code: str = "good", **metadata: Any) -> tuple[int, Any]:
    held = {"main_module": "index.js", "keep_bindings": ["secret_text", "secret_key"], **metadata}
    files: Any = {
        "metadata": (None, json.dumps(held)),
        "index.js": ("index.js", code, "application/javascript+module"),
        "index.js.map": ("index.js.map", "{}", "application/source-map"),
    }
    response = world.client.request(method, f"/client/v4{path}", files=files, headers=HEADERS)
    return response.status_code, response.json()


def deploy(world: World, **metadata: Any) -> str:
    status, answer = send(world, "PUT", SCRIPT, **metadata)
    assert status == 200, answer
    return world.cloudflare.ok("GET", f"{SCRIPT}/deployments")["result"]["deployments"][0]["versions"][0]["version_id"]


def upload(world: World, **metadata: Any) -> str:
    status, answer = send(world, "POST", f"{SCRIPT}/versions", **metadata)
    assert status == 200, answer
    return answer["result"]["id"]


def set_secrets(world: World, **secrets: str | None) -> tuple[int, Any]:
    changes = {
        name: None if text is None else {"name": name, "text": text, "type": "secret_text"}
        for name, text in secrets.items()
    }
    return world.cloudflare.call("PATCH", f"{SCRIPT}/secrets-bulk", {"secrets": changes})


def served(world: World) -> list[tuple[str, float]]:
    return [(target.id, target.percentage) for target in fronts(world)["api"].targets]


def test_a_missing_worker_has_the_error_that_wrangler_expects(world: World) -> None:
    for method, path in (("GET", f"{WORKERS}/services/api"), ("GET", f"{SCRIPT}/secrets"), ("DELETE", SCRIPT)):
        status, answer = world.cloudflare.call(method, path)
        assert (status, answer["errors"][0]["code"]) == (404, 10007)
    status, answer = send(world, "POST", f"{SCRIPT}/versions")
    assert (status, answer["errors"][0]["code"]) == (404, 10007)


def test_a_deploy_serves_its_version_with_all_requests(world: World) -> None:
    version = deploy(world)
    assert served(world) == [(version, 100)]
    worker = world.cloudflare.ok("GET", f"{WORKERS}/workers/api")["result"]
    assert worker["subdomain"]["url"] == "https://api.sebastianiv21.workers.dev"
    addresses = world.client.get("/_sandbox/addresses").json()
    assert addresses == {"https://api.sebastianiv21.workers.dev": "http://127.0.0.1:4001"}


def test_a_free_account_has_at_most_100_workers(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_scripts, "_MOST_SCRIPTS", 1)
    deploy(world)
    status, answer = send(world, "PUT", f"{SCRIPT}-two")
    assert (status, answer["errors"][0]["code"]) == (400, 10037)
    deploy(world)


def test_an_uploaded_version_answers_nothing_until_it_is_deployed(world: World) -> None:
    first = deploy(world)
    second = upload(world, annotations={"workers/message": "second"})
    assert served(world) == [(first, 100)]
    assert second in fronts(world)["api"].keep
    body = {"strategy": "percentage", "versions": [{"version_id": second, "percentage": 100}]}
    world.cloudflare.ok("POST", f"{SCRIPT}/deployments", body)
    assert served(world) == [(second, 100)]
    versions = world.cloudflare.ok("GET", f"{SCRIPT}/versions")["result"]["items"]
    assert [(item["id"], item["number"]) for item in versions] == [(second, 2), (first, 1)]
    assert versions[0]["annotations"]["workers/message"] == "second"


def test_percentages_add_up_to_100_over_versions_that_exist(world: World) -> None:
    first = deploy(world)
    second = upload(world)

    def post(*versions: tuple[str, float]) -> int:
        body = {
            "strategy": "percentage",
            "versions": [{"version_id": name, "percentage": part} for name, part in versions],
        }
        return world.cloudflare.call("POST", f"{SCRIPT}/deployments", body)[0]

    assert post((first, 50)) == 400
    assert post() == 400
    assert post((first, 50), ("00000000-0000-0000-0000-000000000000", 50)) == 404
    assert post((first, 0.001), (second, 99.999)) == 400
    assert post((first, 50), (first, 50)) == 400
    assert post((second, 0), (first, 100)) == 200
    assert served(world) == [(second, 0), (first, 100)]


def test_a_version_that_does_not_start_is_refused_and_the_old_one_stays(world: World) -> None:
    first = deploy(world)
    status, answer = send(world, "PUT", SCRIPT, code="broken")
    assert (status, answer["errors"][0]["code"]) == (400, 10021)
    assert "SyntaxError" in answer["errors"][0]["message"]
    assert served(world) == [(first, 100)]
    assert len(world.cloudflare.ok("GET", f"{SCRIPT}/versions")["result"]["items"]) == 1


def test_secrets_become_a_version_that_is_deployed_at_once(world: World) -> None:
    first = deploy(world)
    assert set_secrets(world, DATABASE_URL=SECRET, OLD="x")[0] == 200
    [(second, _)] = served(world)
    assert second != first
    assert set_secrets(world, OLD=None)[0] == 200
    named = world.cloudflare.ok("GET", f"{SCRIPT}/secrets")["result"]
    assert named == [{"name": "DATABASE_URL", "type": "secret_text"}]


def test_secrets_are_refused_while_the_newest_version_is_not_deployed(world: World) -> None:
    first = deploy(world)
    second = upload(world)
    status, answer = set_secrets(world, DATABASE_URL=SECRET)
    assert (status, answer["errors"][0]["code"]) == (400, 10215)
    body = {"env": {"DATABASE_URL": {"type": "secret_text", "text": SECRET}}}
    third = world.cloudflare.ok("PATCH", f"{WORKERS}/workers/api/versions/latest", body)["result"]["id"]
    assert served(world) == [(first, 100)]
    assert len({first, second, third}) == 3


def test_secrets_stay_with_later_versions_and_variables_do_not(world: World) -> None:
    deploy(world, bindings=[{"name": "OLD", "type": "plain_text", "text": "1"}])
    set_secrets(world, DATABASE_URL=SECRET)
    version = deploy(world, bindings=[{"name": "NEW", "type": "plain_text", "text": "2"}])
    options = world.cloud.workers._options(version)  # pyright: ignore[reportPrivateUsage]
    assert options["bindings"] == {"DATABASE_URL": SECRET, "NEW": "2"}


def test_an_inherited_binding_must_exist(world: World) -> None:
    deploy(world)
    inherit = [{"name": "DATABASE_URL", "type": "inherit"}]
    status, answer = send(world, "POST", f"{SCRIPT}/versions", bindings=inherit)
    assert (status, answer["errors"][0]["code"]) == (400, 10057)
    assert answer["errors"][0]["message"].startswith("inherit binding 'DATABASE_URL' is invalid")
    set_secrets(world, DATABASE_URL=SECRET)
    upload(world, bindings=inherit, keep_bindings=[])


def test_a_binding_that_the_cloud_lacks_is_named(world: World) -> None:
    status, answer = send(
        world, "PUT", SCRIPT, bindings=[{"name": "CACHE", "type": "kv_namespace", "namespace_id": "n"}]
    )
    assert status == 400
    assert "CACHE of type kv_namespace" in answer["errors"][0]["message"]


def test_no_answer_and_no_document_shows_a_secret_and_its_file_is_private(world: World, tmp_path: Path) -> None:
    deploy(world)
    set_secrets(world, DATABASE_URL=SECRET)
    version = served(world)[0][0]
    for path in ("settings", "secrets", "versions", f"versions/{version}", "deployments", "script-settings"):
        assert SECRET not in json.dumps(world.cloudflare.ok("GET", f"{SCRIPT}/{path}"))
    for address in ("/_sandbox/dump", "/_sandbox/log", "/"):
        assert SECRET not in world.client.get(address).text
    holders = [file for file in tmp_path.rglob("*") if file.is_file() and SECRET.encode() in file.read_bytes()]
    assert [file.name for file in holders] == [f"{version}.json"]
    assert holders[0].stat().st_mode & 0o777 == 0o600


def test_a_deleted_worker_is_gone_with_its_code(world: World, tmp_path: Path) -> None:
    deploy(world)
    world.cloudflare.ok("DELETE", f"{WORKERS}/services/api?force=true")
    assert fronts(world) == {}
    assert world.cloudflare.call("GET", f"{SCRIPT}/settings")[0] == 404
    assert list((tmp_path / "workers" / "code").iterdir()) == []


def test_a_reset_removes_the_workers(world: World, tmp_path: Path) -> None:
    deploy(world)
    assert world.client.post("/_sandbox/reset").status_code == 200
    assert world.client.get("/_sandbox/addresses").json() == {}
    assert list((tmp_path / "workers" / "code").iterdir()) == []


def test_a_cloud_that_starts_again_serves_the_deployed_versions_on_the_same_port(
    world: World, make_world: Callable[..., World]
) -> None:
    first = deploy(world)
    port = 4001
    upload(world)
    again = make_world()
    again.cloud.workers.start(0)
    assert served(again) == [(first, 100)]
    assert fronts(again)["api"].port == port


def test_settings_outside_versions_are_stored(world: World) -> None:
    deploy(world)
    world.cloudflare.ok("PATCH", f"{SCRIPT}/script-settings", {"observability": {"enabled": True}, "tags": ["a"]})
    settings = world.cloudflare.ok("GET", f"{SCRIPT}/settings")["result"]
    assert (settings["observability"], settings["tags"], settings["logpush"]) == ({"enabled": True}, ["a"], False)


def test_a_worker_with_workers_dev_turned_off_has_no_address(world: World) -> None:
    deploy(world)
    world.cloudflare.ok("POST", f"{SCRIPT}/subdomain", {"enabled": False})
    assert world.client.get("/_sandbox/addresses").json() == {}


def test_a_custom_domain_routes_to_the_worker(world: World) -> None:
    deploy(world)
    body = {"hostname": f"api.{CloudSeed.zone_name}", "service": "api", "zone_id": CloudSeed.zone_id}
    world.cloudflare.ok("PUT", f"{WORKERS}/domains", body)
    addresses = world.client.get("/_sandbox/addresses").json()
    assert addresses[f"https://api.{CloudSeed.zone_name}"] == "http://127.0.0.1:4001"


def test_the_page_shows_workers_and_their_deployments(world: World) -> None:
    version = deploy(world)
    page = world.client.get("/").text
    assert "https://api.sebastianiv21.workers.dev" in page
    assert version in page
    assert "100 %" in page
