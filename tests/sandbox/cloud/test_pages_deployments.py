"""Deployments of Pages: pushed, listed, served."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest

from sandbox.cloud.cloud_seed import CloudSeed
from sandbox.cloud.pages_deployments import alias
from tests.sandbox.cloud.world import World

PROJECTS = f"/accounts/{CloudSeed.account_id}/pages/projects"


@pytest.fixture
def site(world: World) -> World:
    world.cloudflare.ok("POST", PROJECTS, {"name": "app", "production_branch": "main"})
    return world


def push(world: World, branch: str, text: str, path: str = "index.html") -> Any:
    files = {path: base64.b64encode(text.encode()).decode(), "about/index.html": base64.b64encode(b"about").decode()}
    body = {"account": CloudSeed.account_id, "project": "app", "branch": branch, "commit_hash": "abc", "files": files}
    answer = world.client.post("/_sandbox/pages/push", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def read(world: World, address: str, path: str = "/") -> tuple[int, str]:
    local = world.client.get("/_sandbox/addresses").json()[address]
    answer = world.client.get(local + path)
    return answer.status_code, answer.text


def test_a_push_to_the_production_branch_is_served_at_the_projects_address(site: World) -> None:
    push(site, "main", "first")
    deployment = push(site, "main", "second")
    assert (deployment["environment"], deployment["aliases"]) == ("production", None)
    assert read(site, "https://app.pages.dev") == (200, "second")
    assert read(site, deployment["url"], "/about") == (200, "about")
    project = site.cloudflare.ok("GET", f"{PROJECTS}/app")["result"]
    assert project["canonical_deployment"]["id"] == deployment["id"]


def test_a_site_answers_under_its_public_name_and_nothing_else_does(site: World) -> None:
    push(site, "main", "first")
    site.cloudflare.ok("POST", f"{PROJECTS}/app/domains", {"name": "app.luisibarra.dev"})
    for name in ("app.luisibarra.dev", "app.pages.dev"):
        local = site.client.get("/_sandbox/addresses").json()[f"https://{name}"]
        assert site.client.get(f"{local}/", headers={"Host": name}).text == "first"
    public = {"Host": "app.pages.dev"}
    for path in ("/_sandbox/sites/other.pages.dev/", "/_sandbox/dump", "/", "/_sandbox/sites/app.pages.dev"):
        assert site.client.get(path, headers=public, follow_redirects=False).status_code == 400, path


def test_a_project_is_deleted_with_its_deployments(site: World) -> None:
    push(site, "main", "first")
    site.cloudflare.ok("DELETE", f"{PROJECTS}/app")
    assert site.client.get("/_sandbox/addresses").json() == {}
    site.cloudflare.ok("POST", PROJECTS, {"name": "app", "production_branch": "main"})
    assert site.cloudflare.ok("GET", f"{PROJECTS}/app/deployments")["result"] == []
    assert site.client.get("/_sandbox/sites/app.pages.dev/").status_code == 404


def test_a_push_to_another_branch_is_a_preview_and_does_not_change_production(site: World) -> None:
    production = push(site, "main", "production")
    preview = push(site, "Feature/One", "preview")
    assert preview["aliases"] == ["https://feature-one.app.pages.dev"]
    assert read(site, "https://feature-one.app.pages.dev") == (200, "preview")
    assert read(site, "https://app.pages.dev") == (200, "production")
    found = site.cloudflare.ok("GET", f"{PROJECTS}/app/deployments?env=preview")["result"]
    assert [item["id"] for item in found] == [preview["id"]]
    project = site.cloudflare.ok("GET", f"{PROJECTS}/app")["result"]
    assert project["canonical_deployment"]["id"] == production["id"]
    assert project["latest_deployment"]["id"] == preview["id"]


def test_a_custom_domain_shows_production(site: World) -> None:
    site.cloudflare.ok("POST", f"{PROJECTS}/app/domains", {"name": f"app.{CloudSeed.zone_name}"})
    push(site, "main", "production")
    assert read(site, f"https://app.{CloudSeed.zone_name}") == (200, "production")


def test_a_deleted_deployment_is_no_longer_served(site: World) -> None:
    preview = push(site, "feature", "preview")
    site.cloudflare.ok("DELETE", f"{PROJECTS}/app/deployments/{preview['id']}?force=true")
    assert site.client.get("/_sandbox/addresses").json() == {}
    assert site.client.get("/_sandbox/sites/feature.app.pages.dev/").status_code == 404


@pytest.mark.parametrize("path", ["../outside.html", "/", "a/../../b"])
def test_a_path_outside_the_site_is_refused(site: World, path: str) -> None:
    body = {"account": CloudSeed.account_id, "project": "app", "branch": "main", "files": {path: ""}}
    assert site.client.post("/_sandbox/pages/push", json=body).status_code == 400
    push(site, "main", "home")
    assert site.client.get("/_sandbox/sites/app.pages.dev/..%2f..%2f..%2fkeyring.json").status_code == 404


def test_a_push_to_a_missing_project_is_refused(world: World) -> None:
    body = {"account": CloudSeed.account_id, "project": "none", "branch": "main", "files": {"index.html": ""}}
    assert world.client.post("/_sandbox/pages/push", json=body).status_code == 404


@pytest.mark.parametrize(
    ("branch", "name"),
    [
        ("main", "main"),
        ("Feature/One_Two", "feature-one-two"),
        ("x" * 40, "x" * 28),
        ("a/" * 14, "a-" * 13 + "a"),
        ("a" * 27 + "/b", "a" * 27 + "-"),
        ("a--b/_c", "a--b--c"),
    ],
)
def test_a_branchs_alias_is_a_host_name(branch: str, name: str) -> None:
    assert alias(branch) == name


def test_a_branch_of_which_nothing_is_left_has_an_alias_of_its_own() -> None:
    assert re.fullmatch(r"branch-[a-z0-9]{10}", alias("茶/_"))
    assert alias("茶/_") != alias("🍵")
