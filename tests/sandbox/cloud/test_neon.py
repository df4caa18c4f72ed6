"""Neon's API as its clients see it, and the rules that the real one enforces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.cloud.world import World

PROJECT = {
    "name": "intent-expense-tracker",
    "history_retention_seconds": 21600,
    "branch": {"name": "main", "database_name": "intent_db", "role_name": "intent_owner"},
    "default_endpoint_settings": {"autoscaling_limit_max_cu": 0.25},
}


def new_project(world: World, **changes: Any) -> dict[str, Any]:
    return world.neon.ok("POST", "/projects", {"project": {**PROJECT, **changes}})


def new_branch(world: World, project: str, **branch: Any) -> dict[str, Any]:
    return world.neon.ok("POST", f"/projects/{project}/branches", {"branch": branch})["branch"]


@pytest.fixture
def project(world: World) -> str:
    return new_project(world)["project"]["id"]


def test_a_wrong_key_is_refused(world: World) -> None:
    assert world.neon.call("GET", "/projects", token="napi_wrong")[0] == 401


def test_a_new_project_comes_with_branch_endpoint_role_database_and_address(world: World) -> None:
    made = new_project(world)
    assert made["branch"]["name"] == "main"
    assert (made["branch"]["default"], made["branch"]["primary"]) == (True, True)
    password, host = made["roles"][0]["password"], made["endpoints"][0]["host"]
    uri = f"postgresql://intent_owner:{password}@{host}/intent_db?sslmode=require"
    assert made["connection_uris"][0]["connection_uri"] == uri
    assert made["project"]["settings"]["allowed_ips"] == {"ips": [], "protected_branches_only": False}
    assert {operation["status"] for operation in made["operations"]} == {"finished"}
    assert world.neon.ok("GET", f"/projects/{made['project']['id']}")["project"] == made["project"]


def test_every_write_can_be_followed_by_its_operations(world: World, project: str) -> None:
    operations = world.neon.ok("GET", f"/projects/{project}/operations")["operations"]
    found = world.neon.ok("GET", f"/projects/{project}/operations/{operations[0]['id']}")
    assert found["operation"] == operations[0]


def test_project_settings_that_a_change_omits_stay(world: World, project: str) -> None:
    change = {"settings": {"quota": {"active_time_seconds": 3600}, "allowed_ips": {"protected_branches_only": None}}}
    changed = world.neon.ok("PATCH", f"/projects/{project}", {"project": change})["project"]
    assert changed["name"] == PROJECT["name"]
    assert changed["settings"]["quota"] == {"active_time_seconds": 3600}
    assert changed["settings"]["allowed_ips"]["ips"] == []


def test_a_branch_holds_its_parents_roles_passwords_and_databases(world: World, project: str) -> None:
    dev = f"/projects/{project}/branches/{new_branch(world, project, name='dev')['id']}"
    main = f"/projects/{project}/branches/{world.neon.ok('GET', f'/projects/{project}/branches')['branches'][0]['id']}"
    reveal = "/roles/intent_owner/reveal_password"
    assert world.neon.ok("GET", dev + reveal) == world.neon.ok("GET", main + reveal)
    assert [item["name"] for item in world.neon.ok("GET", f"{dev}/databases")["databases"]] == ["intent_db"]


def test_null_fields_of_a_new_branch_count_as_absent_and_an_empty_name_is_refused(world: World, project: str) -> None:
    branch = new_branch(world, project, name=None, parent_id=None, parent_lsn=None)
    assert branch["name"] == branch["id"]
    assert (branch["parent_lsn"], branch["parent_timestamp"]) == ("0/1DE2850", "2026-11-24T12:00:00Z")
    status, answer = world.neon.call("POST", f"/projects/{project}/branches", {"branch": {"name": ""}})
    assert status == 400
    assert "/branch/name" in answer["message"]


def test_lists_come_in_pages(world: World, project: str) -> None:
    for name in ("a", "b", "c"):
        new_branch(world, project, name=name)
    path = f"/projects/{project}/branches?limit=3&sort_by=name&sort_order=asc"
    first = world.neon.ok("GET", path)
    second = world.neon.ok("GET", f"{path}&cursor={first['pagination']['next']}")
    assert [branch["name"] for branch in (*first["branches"], *second["branches"])] == ["a", "b", "c", "main"]
    assert "pagination" not in second
    operations = world.neon.ok("GET", f"/projects/{project}/operations?limit=1")
    rest = world.neon.ok("GET", f"/projects/{project}/operations?cursor={operations['pagination']['cursor']}")
    assert operations["operations"][0] not in rest["operations"]
    last = world.neon.ok("GET", "/projects")["pagination"]["cursor"]
    empty = world.neon.ok("GET", f"/projects?cursor={last}")
    assert (empty["projects"], "pagination" in empty) == ([], False)


@pytest.mark.parametrize("query", ["limit=0", "limit=10001", "limit=x", "sort_by=id", "cursor=unknown"])
def test_a_query_out_of_range_is_refused(world: World, project: str, query: str) -> None:
    assert world.neon.call("GET", f"/projects/{project}/branches?{query}")[0] == 400


def test_a_body_of_the_wrong_type_is_not_stored(world: World, project: str) -> None:
    before = world.neon.ok("GET", f"/projects/{project}")
    for change in ({"name": 5}, {"settings": {"quota": {"active_time_seconds": "long"}}}, {"name": "x" * 257}):
        status, answer = world.neon.call("PATCH", f"/projects/{project}", {"project": change})
        assert status == 400, change
        assert "/project/" in answer["message"]
    assert world.neon.ok("GET", f"/projects/{project}") == before


def test_a_branch_name_is_unique_in_its_project(world: World, project: str) -> None:
    new_branch(world, project, name="dev")
    status, answer = world.neon.call("POST", f"/projects/{project}/branches", {"branch": {"name": "dev"}})
    assert status == 409
    assert "dev" in answer["message"]
    assert len(world.databases.branches) == 2


def test_the_default_branch_cannot_be_deleted_even_alone(world: World) -> None:
    made = new_project(world)
    address = f"/projects/{made['project']['id']}/branches/{made['branch']['id']}"
    assert world.neon.call("DELETE", address)[0] == 422
    assert made["branch"]["id"] in world.databases.branches


def test_protected_and_parent_branches_cannot_be_deleted(make_world: Callable[..., World]) -> None:
    world = make_world(neon_plan="paid")
    made = new_project(world)
    branches = f"/projects/{made['project']['id']}/branches"
    protected = new_branch(world, made["project"]["id"], name="production", protected=True)
    parent = new_branch(world, made["project"]["id"], name="parent")
    child = new_branch(world, made["project"]["id"], name="child", parent_id=parent["id"])
    for branch in (protected, parent):
        assert world.neon.call("DELETE", f"{branches}/{branch['id']}")[0] == 422
    for branch in (child, parent):
        world.neon.ok("DELETE", f"{branches}/{branch['id']}?hard_delete=true")
        assert branch["id"] not in world.databases.branches
        assert world.neon.call("GET", f"{branches}/{branch['id']}")[0] == 404


def test_a_branch_has_one_read_write_endpoint_on_a_port_of_its_own(world: World, project: str) -> None:
    branch = new_branch(world, project, name="dev")["id"]
    body = {"endpoint": {"branch_id": branch, "type": "read_write"}}
    endpoint = world.neon.ok("POST", f"/projects/{project}/endpoints", body)["endpoint"]
    port = world.databases.endpoints[endpoint["id"]][1]
    assert endpoint["host"] == f"{endpoint['id']}.us-east-2.aws.neon.localhost:{port}"
    assert world.neon.call("POST", f"/projects/{project}/endpoints", body)[0] == 409
    replica = {"endpoint": {"branch_id": branch, "type": "read_only"}}
    world.neon.ok("POST", f"/projects/{project}/endpoints", replica)
    assert len(world.neon.ok("GET", f"/projects/{project}/branches/{branch}/endpoints")["endpoints"]) == 2


def test_a_disabled_endpoint_does_not_listen(world: World, project: str) -> None:
    endpoint = world.neon.ok("GET", f"/projects/{project}/endpoints")["endpoints"][0]
    address = f"/projects/{project}/endpoints/{endpoint['id']}"
    world.neon.ok("PATCH", address, {"endpoint": {"disabled": True}})
    assert endpoint["id"] not in world.databases.endpoints
    again = world.neon.ok("PATCH", address, {"endpoint": {"disabled": False}})["endpoint"]
    assert again["host"] == endpoint["host"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"history_retention_seconds": 86400}, "history_retention_seconds"),
        ({"default_endpoint_settings": {"autoscaling_limit_max_cu": 4}}, "autoscaling_limit_max_cu"),
        ({"default_endpoint_settings": {"suspend_timeout_seconds": 600}}, "suspend_timeout_seconds"),
        ({"settings": {"allowed_ips": {"ips": ["203.0.113.7"]}}}, "allowed_ips"),
    ],
)
def test_what_the_free_plan_lacks_is_refused_and_the_paid_plan_has_it(
    make_world: Callable[..., World], change: dict[str, Any], word: str
) -> None:
    status, answer = make_world(neon_plan="free").neon.call("POST", "/projects", {"project": {**PROJECT, **change}})
    assert status == 422
    assert word in answer["message"]
    new_project(make_world(neon_plan="paid"), **change)


def test_the_free_plan_has_ten_branches(world: World, project: str) -> None:
    for number in range(9):
        new_branch(world, project, name=f"preview-{number}")
    status, answer = world.neon.call("POST", f"/projects/{project}/branches", {"branch": {"name": "eleventh"}})
    assert (status, answer["code"]) == (422, "BRANCHES_LIMIT_EXCEEDED")


def test_an_expired_branch_is_gone_at_the_next_request(world: World, project: str) -> None:
    branch = new_branch(world, project, name="preview", expires_at="2026-11-24T13:00:00Z")
    address = f"/projects/{project}/branches/{branch['id']}"
    assert world.neon.call("GET", address)[0] == 200
    world.clock.forward(hours=1)
    assert world.neon.call("GET", address)[0] == 404
    deleted = world.neon.ok("GET", f"/projects/{project}/branches?include_deleted=true&search=preview")["branches"]
    assert [found["recovery"]["deletion_method"] for found in deleted] == ["ttl"]
    assert "expires_at" not in world.neon.ok("POST", f"{address}/recover")["branch"]
    assert world.neon.call("GET", address)[0] == 200


@pytest.mark.parametrize("expiry", ["2026-11-24T11:59:59Z", "2027-01-24T12:00:00Z", "soon"])
def test_an_expiry_is_within_the_next_thirty_days(world: World, project: str, expiry: str) -> None:
    body = {"branch": {"name": "preview", "expires_at": expiry}}
    assert world.neon.call("POST", f"/projects/{project}/branches", body)[0] == 400


def test_a_branch_of_an_earlier_time_is_created_within_the_history_window(world: World, project: str) -> None:
    world.clock.forward(hours=3)
    branch = new_branch(world, project, name="earlier", parent_timestamp="2026-11-24T13:00:00Z")
    assert branch["parent_timestamp"] == "2026-11-24T13:00:00Z"
    assert str(world.databases.copies[-1][2]) == "2026-11-24 13:00:00+00:00"
    body = {"branch": {"name": "too early", "parent_timestamp": "2026-11-24T08:00:00Z"}}
    assert world.neon.call("POST", f"/projects/{project}/branches", body)[0] == 400


def test_restoring_a_branch_onto_itself_keeps_the_old_contents_under_a_name(world: World, project: str) -> None:
    main = world.neon.ok("GET", f"/projects/{project}/branches")["branches"][0]["id"]
    restore = f"/projects/{project}/branches/{main}/restore"
    world.neon.ok("POST", f"/projects/{project}/branches/{main}/roles", {"role": {"name": "before"}})
    world.clock.forward(hours=2)
    world.neon.ok("POST", f"/projects/{project}/branches/{main}/roles", {"role": {"name": "after"}})
    body = {"source_branch_id": main, "source_timestamp": "2026-11-24T13:00:00Z"}
    assert world.neon.call("POST", restore, body)[0] == 400
    world.neon.ok("POST", restore, {**body, "preserve_under_name": "main-old"})
    branches = {item["name"]: item["id"] for item in world.neon.ok("GET", f"/projects/{project}/branches")["branches"]}
    assert branches["main"] == main

    def roles(branch: str) -> set[str]:
        found = world.neon.ok("GET", f"/projects/{project}/branches/{branch}/roles")["roles"]
        return {role["name"] for role in found}

    assert roles(main) == {"intent_owner", "before"}
    assert roles(branches["main-old"]) == {"intent_owner", "before", "after"}


def test_roles_and_databases_are_unique_and_an_owner_stays(world: World, project: str) -> None:
    main = world.neon.ok("GET", f"/projects/{project}/branches")["branches"][0]["id"]
    branch = f"/projects/{project}/branches/{main}"
    created = world.neon.ok("POST", f"{branch}/roles", {"role": {"name": "reader"}})["role"]
    assert world.neon.ok("GET", f"{branch}/roles/reader/reveal_password") == {"password": created["password"]}
    assert "password" not in world.neon.ok("GET", f"{branch}/roles/reader")["role"]
    assert world.neon.call("POST", f"{branch}/roles", {"role": {"name": "reader"}})[0] == 409
    database = {"database": {"name": "intent_db", "owner_name": "reader"}}
    assert world.neon.call("POST", f"{branch}/databases", database)[0] == 409
    assert world.neon.call("DELETE", f"{branch}/roles/intent_owner")[0] == 422
    world.neon.ok("PATCH", f"{branch}/databases/intent_db", {"database": {"owner_name": "reader", "name": "renamed"}})
    world.neon.ok("DELETE", f"{branch}/roles/intent_owner")
    assert world.neon.ok("GET", f"{branch}/databases")["databases"][0]["owner_name"] == "reader"


def test_a_change_that_postgres_refuses_leaves_no_record(world: World, project: str) -> None:
    main = world.neon.ok("GET", f"/projects/{project}/branches")["branches"][0]["id"]
    world.databases.refuse = True
    role = {"role": {"name": "reader"}}
    assert world.neon.call("POST", f"/projects/{project}/branches/{main}/roles", role)[0] == 500
    assert world.neon.call("GET", f"/projects/{project}/branches/{main}/roles/reader")[0] == 404


def test_a_deleted_branch_can_be_recovered_for_seven_days(world: World, project: str) -> None:
    branches = f"/projects/{project}/branches"
    body = {"branch": {"name": "dev"}, "endpoints": [{"type": "read_write"}]}
    made = world.neon.ok("POST", branches, body)
    branch, endpoint = made["branch"], made["endpoints"][0]
    address = f"{branches}/{branch['id']}"
    roles = world.neon.ok("GET", f"{address}/roles")

    world.neon.ok("DELETE", address)
    assert world.neon.call("GET", address)[0] == 404
    assert [found["name"] for found in world.neon.ok("GET", branches)["branches"]] == ["main"]
    assert len(world.neon.ok("GET", f"{branches}?include_deleted=true")["branches"]) == 2
    assert world.databases.endpoints.keys() == {
        found["id"] for found in world.neon.ok("GET", f"/projects/{project}/endpoints")["endpoints"]
    }

    recovered = world.neon.ok("POST", f"{address}/recover")
    assert (recovered["branch"]["id"], recovered["endpoints"]) == (branch["id"], [endpoint])
    assert world.neon.ok("GET", f"{address}/roles") == roles
    assert world.databases.endpoints[endpoint["id"]][0] == branch["id"]
    assert world.neon.call("POST", f"{address}/recover")[0] == 404

    world.neon.ok("DELETE", address)
    world.clock.forward(days=7)
    assert world.neon.call("POST", f"{address}/recover")[0] == 404
    assert branch["id"] not in world.databases.branches


def test_a_recovery_is_refused_while_the_name_is_taken_or_the_parent_deleted(world: World, project: str) -> None:
    branches = f"/projects/{project}/branches"
    parent = new_branch(world, project, name="parent")
    child = new_branch(world, project, name="child", parent_id=parent["id"])
    for branch in (child, parent):
        world.neon.ok("DELETE", f"{branches}/{branch['id']}")

    assert world.neon.call("POST", f"{branches}/{child['id']}/recover")[0] == 404
    other = new_branch(world, project, name="parent")
    assert world.neon.call("POST", f"{branches}/{parent['id']}/recover")[0] == 409
    world.neon.ok("DELETE", f"{branches}/{other['id']}")
    for branch in (parent, child):  # a refusal has lost nothing
        world.neon.ok("POST", f"{branches}/{branch['id']}/recover")


def test_a_deleted_project_can_be_recovered_with_all_that_it_held(world: World, project: str) -> None:
    new_branch(world, project, name="dev")
    paths = [f"/projects/{project}{rest}" for rest in ("", "/branches", "/endpoints")]
    before = [world.neon.ok("GET", path) for path in paths]

    world.neon.ok("DELETE", f"/projects/{project}")
    assert world.neon.call("GET", f"/projects/{project}")[0] == 404
    assert [found["id"] for found in world.neon.ok("GET", "/projects?recoverable=true")["projects"]] == [project]
    world.neon.ok("POST", f"/projects/{project}/recover")
    assert [world.neon.ok("GET", path) for path in paths] == before

    world.neon.ok("DELETE", f"/projects/{project}")
    world.clock.forward(days=7)
    assert world.neon.ok("GET", "/projects?recoverable=true")["projects"] == []
    assert (world.databases.branches, world.databases.endpoints) == ({}, {})


def test_the_deletion_of_what_is_gone_is_answered_with_no_content(world: World, project: str) -> None:
    branch = new_branch(world, project, name="dev")["id"]
    paths = [
        f"branches/{branch}/roles/none",
        f"branches/{branch}/databases/none",
        "endpoints/ep-none-1",
        "branches/br-1",
    ]
    assert [world.neon.call("DELETE", f"/projects/{project}/{path}") for path in paths] == [(204, None)] * 4


@pytest.mark.parametrize(("kind", "name"), [("role", "ä" * 32), ("role", "public"), ("database", "template1")])
def test_names_that_postgres_refuses_are_refused(world: World, project: str, kind: str, name: str) -> None:
    branch = world.neon.ok("GET", f"/projects/{project}/branches")["branches"][0]["id"]
    body = {kind: {"name": name, "owner_name": "intent_owner"}}
    assert world.neon.call("POST", f"/projects/{project}/branches/{branch}/{kind}s", body)[0] == 400


def restored(world: World, project: str, branch: str, source: str, **more: str) -> tuple[int, Any]:
    body = {"source_branch_id": source, **more}
    return world.neon.call("POST", f"/projects/{project}/branches/{branch}/restore", body)


def test_only_a_root_branch_has_a_history(world: World, project: str) -> None:
    dev = new_branch(world, project, name="dev")["id"]
    world.clock.forward(hours=3)
    at = "2026-11-24T13:00:00Z"
    status, answer = restored(world, project, dev, dev, source_timestamp=at, preserve_under_name="dev-old")
    assert (status, "only root branches have a history" in answer["message"]) == (422, True)
    body = {"branch": {"name": "earlier", "parent_id": dev, "parent_timestamp": at}}
    assert world.neon.call("POST", f"/projects/{project}/branches", body)[0] == 422


def test_the_backup_of_a_root_branch_counts_as_a_root_and_may_be_undeletable(world: World, project: str) -> None:
    branches = f"/projects/{project}/branches"
    main = world.neon.ok("GET", branches)["branches"][0]["id"]
    other = new_branch(world, project, name="other")["id"]
    world.clock.forward(hours=1)
    assert restored(world, project, main, other, preserve_under_name="by-other")[0] == 200
    at = "2026-11-24T12:30:00Z"
    assert restored(world, project, main, main, source_timestamp=at, preserve_under_name="by-itself")[0] == 200
    found = {item["name"]: item for item in world.neon.ok("GET", branches)["branches"]}
    assert [name for name, item in found.items() if not item.get("parent_id")] == ["main", "by-other", "by-itself"]

    status, answer = restored(world, project, main, other, preserve_under_name="third")
    assert (status, answer["message"]) == (422, "root branches limit exceeded: 3")
    world.neon.ok("DELETE", f"{branches}/{other}")
    assert world.neon.call("DELETE", f"{branches}/{found['by-other']['id']}")[0] == 422
    world.neon.ok("DELETE", f"{branches}/{found['by-itself']['id']}")
