"""Loading states, faults, the request log and the page."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.sandbox.cloud.world import NEON_KEY, STATES, World

BRANCH = "/projects/proj-6f576726/branches/br-577d1bc1"


def attributes(stack: str, kind: str) -> dict[str, Any]:
    resources = json.loads((STATES / f"{stack}.tfstate").read_text())["resources"]
    return next(item for item in resources if item["type"] == kind)["instances"][0]["attributes"]


def test_a_loaded_neon_project_equals_the_states(world: World) -> None:
    counts = world.load("project", "dev", "production")
    assert counts["neon_role"] == 1
    held = attributes("project", "neon_project")
    project = world.neon.ok("GET", f"/projects/{held['id']}")["project"]
    for name in ("name", "org_id", "history_retention_seconds", "pg_version", "region_id"):
        assert project[name] == held[name]
    assert project["settings"]["quota"] == held["quota"][0]
    assert project["settings"]["maintenance_window"] == held["maintenance_window"][0]
    main = f"/projects/{held['id']}/branches/{held['default_branch_id']}"
    assert world.neon.ok("GET", main)["branch"]["default"] is True
    assert world.neon.ok("GET", f"{main}/roles/intent_owner/reveal_password")["password"] == held["database_password"]
    assert world.neon.ok("GET", f"{main}/endpoints")["endpoints"][0]["host"] == held["database_host"]
    uri = f"/projects/{held['id']}/connection_uri?database_name=intent_db&role_name=intent_owner&pooled=true"
    pooled = world.neon.ok("GET", uri)["uri"]
    assert pooled == held["connection_uri_pooler"].replace("postgres://", "postgresql://")


def test_a_loaded_branch_endpoint_and_role_equal_the_states(world: World) -> None:
    world.load("project", "dev", "production")
    held = attributes("dev", "neon_branch")
    branch = world.neon.ok("GET", BRANCH)["branch"]
    assert (branch["name"], branch["parent_id"], branch["parent_lsn"]) == ("dev", held["parent_id"], "0/1")
    assert (branch["parent_timestamp"], branch["protected"], branch["logical_size"]) == (
        "2026-01-01T00:00:00Z",
        False,
        0,
    )
    endpoint = world.neon.ok("GET", f"{BRANCH}/endpoints")["endpoints"][0]
    held = attributes("dev", "neon_endpoint")
    for name in ("id", "host", "proxy_host", "region_id", "type", "suspend_timeout_seconds", "pooler_mode", "disabled"):
        assert endpoint[name] == held[name]
    password = world.neon.ok("GET", f"{BRANCH}/roles/intent_owner_dev/reveal_password")["password"]
    assert password == attributes("dev", "neon_role")["password"]


def test_loaded_pages_and_dns_equal_the_states(world: World) -> None:
    world.load("project", "dev", "production")
    held = attributes("production", "cloudflare_dns_record")
    record = world.cloudflare.ok("GET", f"/zones/zone1/dns_records/{held['id']}")["result"]
    assert record["name"] == "intent.luisibarra.dev"
    for name in ("content", "created_on", "modified_on", "proxied", "ttl", "tags", "comment"):
        assert record[name] == held[name]
    address = "/accounts/acc1/pages/projects/intent-expense-tracker"
    project, held = world.cloudflare.ok("GET", address)["result"], attributes("project", "cloudflare_pages_project")
    for name in ("created_on", "domains", "production_branch", "production_script_name", "subdomain", "framework"):
        assert project[name] == held[name]
    variables = project["deployment_configs"]["production"]["env_vars"]
    assert variables == held["deployment_configs"]["production"]["env_vars"]
    domain = world.cloudflare.ok("GET", f"{address}/domains/intent.luisibarra.dev")["result"]
    held = attributes("production", "cloudflare_pages_domain")
    assert (domain["id"], domain["status"], domain["zone_tag"]) == (held["domain_id"], "active", "z")


def test_loading_a_branch_without_its_project_says_so_and_loads_nothing(world: World) -> None:
    states = [json.loads((STATES / f"{stack}.tfstate").read_text()) for stack in ("production", "dev")]
    response = world.client.post("/_sandbox/load", json=states)
    assert (response.status_code, response.json()) == (404, {"error": "project not found"})
    assert world.databases.branches == {}
    assert "zone1" not in world.client.get("/_sandbox/dump").text


def test_loading_the_same_states_twice_is_refused(world: World) -> None:
    world.load("project", "dev")
    states = [json.loads((STATES / "project.tfstate").read_text())]
    assert world.client.post("/_sandbox/load", json=states).status_code == 409


def test_reset_keeps_the_seed(world: World) -> None:
    world.load("project", "dev", "production")
    world.client.post("/_sandbox/reset")
    assert world.neon.ok("GET", "/projects")["projects"] == []
    assert len(world.cloudflare.ok("GET", "/zones")["result"]) == 1
    assert (world.databases.branches, world.databases.endpoints) == ({}, {})


def test_the_dump_shows_objects_and_no_secret(world: World) -> None:
    world.load("project", "dev", "production")
    dump = world.client.get("/_sandbox/dump").text
    assert "ep-3280ce03251d.us-east-2.aws.neon.tech" in dump
    assert "npg_" not in dump


def test_a_fault_applies_to_as_many_requests_as_set_in_the_form_of_the_api(world: World) -> None:
    rule = {"method": "POST", "path": "/projects$", "status": 423, "times": 2}
    world.client.post("/_sandbox/faults", json=[rule])
    body = {"project": {"history_retention_seconds": 0}}
    answers = [world.neon.call("POST", "/projects", body) for _ in range(3)]
    assert [status for status, _ in answers] == [423, 423, 201]
    assert answers[0][1]["message"]
    assert [found["id"] for found in world.neon.ok("GET", "/projects")["projects"]] == [answers[2][1]["project"]["id"]]


def test_a_fault_after_the_write_leaves_the_write_done(world: World) -> None:
    world.client.post("/_sandbox/faults", json=[{"method": "POST", "status": 500, "when": "after"}])
    assert world.neon.call("POST", "/projects", {"project": {"name": "done", "history_retention_seconds": 0}})[0] == 500
    assert [item["name"] for item in world.neon.ok("GET", "/projects")["projects"]] == ["done"]


def test_an_invalid_fault_is_refused(world: World) -> None:
    assert world.client.post("/_sandbox/faults", json=[{"action": "explode"}]).status_code == 400
    assert world.client.post("/_sandbox/faults", json=[{"verb": "GET"}]).status_code == 400


def test_the_request_log_holds_no_token_and_no_control_request(world: World) -> None:
    world.neon.ok("GET", "/projects")
    log = world.client.get("/_sandbox/log")
    assert NEON_KEY not in log.text
    assert [(entry["method"], entry["path"], entry["status"]) for entry in log.json()] == [
        ("GET", "/api/v2/projects", "200")
    ]


def test_another_origin_and_another_host_are_refused(world: World) -> None:
    foreign = {"Origin": "https://elsewhere.example"}
    assert world.client.post("/_sandbox/reset", headers=foreign).status_code == 403
    assert world.client.get("/_sandbox/dump", headers={"Host": "rebound.example"}).status_code == 400


def test_the_page_shows_what_exists_and_no_secret(world: World) -> None:
    world.load("project", "dev", "production")
    page = world.client.get("/").text
    for word in ("intent-expense-tracker", "br-577d1bc1", "intent.luisibarra.dev", "intent_owner_dev"):
        assert word in page
    assert "npg_" not in page


def test_the_page_allows_the_browser_to_load_nothing_and_to_store_nothing(world: World) -> None:
    headers = world.client.get("/").headers
    assert headers["content-security-policy"].startswith("default-src 'none'; ")
    assert headers["cache-control"] == "no-store"


def test_the_page_shows_states_and_locks_of_a_local_s3_and_no_attribute(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        keys = {"region_name": "us-east-1", "aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}
        client: Any = boto3.client("s3", endpoint_url=f"http://{host}:{port}", **keys)
        client.create_bucket(Bucket="state")
        client.put_bucket_versioning(Bucket="state", VersioningConfiguration={"Status": "Enabled"})
        rule = {"ID": "old-versions", "Status": "Enabled", "Prefix": "", "Expiration": {"Days": 90}}
        client.put_bucket_lifecycle_configuration(Bucket="state", LifecycleConfiguration={"Rules": [rule]})
        client.put_object(Bucket="state", Key="notes.txt", Body=b"no state")
        client.put_object(Bucket="state", Key="dev/terraform.tfstate", Body=(STATES / "dev.tfstate").read_bytes())
        client.put_object(Bucket="state", Key="dev/terraform.tfstate.tflock", Body=b'{"Who": "owner@laptop"}')
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        page = world.client.get("/").text
    finally:
        server.stop()
    for word in ("dev/terraform.tfstate", "module.db.neon_branch.this", "owner@laptop", "Enabled", "old-versions"):
        assert word in page
    assert "dev: the state is locked by owner@laptop" in page
    assert "npg_" not in page
    assert "S3 does not answer" in world.client.get("/").text
