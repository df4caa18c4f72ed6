"""Neon's API from an empty organization to a recovered project: each operation that the local cloud has."""

from __future__ import annotations

from sandbox.cloud.cloud_seed import CloudSeed
from tests.specification.session import Session

_ORGANIZATION = CloudSeed.org_id
_PROJECT = {
    "name": "check",
    "org_id": _ORGANIZATION,
    "pg_version": 17,
    "region_id": "aws-us-east-2",
    "history_retention_seconds": 86400,
    "branch": {"name": "main", "role_name": "owner", "database_name": "app"},
    "default_endpoint_settings": {"autoscaling_limit_min_cu": 0.25, "autoscaling_limit_max_cu": 1},
    "settings": {
        "quota": {"active_time_seconds": 0},
        "allowed_ips": {"ips": ["192.0.2.1"], "protected_branches_only": False},
        "maintenance_window": {"weekdays": [1], "start_time": "01:00", "end_time": "02:00"},
    },
}


def call_all(call: Session) -> None:
    """Every operation, with the answers to what is missing, taken, protected or out of range."""
    call("GET", f"/organizations/{_ORGANIZATION}")
    call("GET", "/organizations/org-none-none-00000000", status=404)
    _keys(call)
    project = _projects(call)
    branch = _branches(call, project)
    _endpoints(call, project, branch)
    _contents(call, f"{project}/branches/{branch}")
    _deletions(call, project)


def _keys(call: Session) -> None:
    for owner in ("", f"/organizations/{_ORGANIZATION}"):
        key = call("POST", f"{owner}/api_keys", {"key_name": "k"})
        call("GET", f"{owner}/api_keys")
        call("DELETE", f"{owner}/api_keys/{key['id']}")
        call("DELETE", f"{owner}/api_keys/{key['id']}", status=404)


def _projects(call: Session) -> str:
    made = call("POST", "/projects", {"project": _PROJECT}, status=201)
    path = f"/projects/{made['project']['id']}"
    call("GET", path)
    call("GET", "/projects/no-such-project-12345678", status=404)
    call("PATCH", path, {"project": {"name": "check", "settings": {"quota": {"active_time_seconds": 1000}}}})
    call("POST", "/projects", {"project": {"name": "other"}}, status=201)
    call("GET", f"/projects?org_id={_ORGANIZATION}&limit=1")
    call("GET", f"{path}/operations?limit=1")
    found = call("GET", f"{path}/operations")
    call("GET", f"{path}/operations/{found['operations'][0]['id']}")
    call("GET", f"{path}/operations/00000000-0000-0000-0000-000000000000", status=404)
    address = f"{path}/connection_uri?database_name=app"
    call("GET", f"{address}&role_name=owner&pooled=true&endpoint_id={made['endpoints'][0]['id']}")
    for query in ("", "&role_name=nobody", "&role_name=owner&endpoint_id=ep-none-1", "&role_name=owner&branch_id=br-1"):
        call.refused("GET", address + query)
    for collection in ("/projects", f"{path}/branches", f"{path}/operations"):
        for limit in ("0", "-1", "100000", "x"):
            call.refused("GET", f"{collection}?limit={limit}", why=f"limit {limit}")
    return path


def _branches(call: Session, project: str) -> str:
    main = call("GET", f"{project}/branches")["branches"][0]["id"]
    body = {"branch": {"name": "dev", "parent_id": main}, "endpoints": [{"type": "read_write"}]}
    never = {
        "a parent that does not exist": {"branch": {"parent_id": "br-none-1"}},
        "a taken name": {"branch": {"name": "main"}},
    }
    dev = call("POST", f"{project}/branches", body, status=201, never=never)["branch"]["id"]
    path = f"{project}/branches/{dev}"
    call("GET", path)
    call("GET", f"{project}/branches/br-none-1", status=404)
    call("GET", f"{project}/branches/count?search=dev")
    call("GET", f"{project}/branches?limit=1&sort_by=name&sort_order=desc")
    call.refused("GET", f"{project}/branches?sort_by=size")
    call("PATCH", path, {"branch": {"name": "dev", "protected": True, "expires_at": None}})
    call("DELETE", path, status=422)
    call("PATCH", path, {"branch": {"protected": False}})
    call(
        "POST",
        f"{path}/restore",
        {"source_branch_id": main},
        never={"a source that does not exist": {"source_branch_id": "br-1"}},
    )
    call.refused("POST", f"{path}/restore", {"source_branch_id": dev}, "itself without a moment")
    call("POST", f"{path}/set_as_default")
    call("POST", f"{project}/branches/{main}/set_as_default")
    return dev


def _endpoints(call: Session, project: str, branch: str) -> None:
    call("GET", f"{project}/branches/{branch}/endpoints")
    first = call("GET", f"{project}/endpoints")["endpoints"][0]["id"]
    call("GET", f"{project}/endpoints/{first}")
    call("GET", f"{project}/endpoints/ep-none-1", status=404)
    change = {"endpoint": {"autoscaling_limit_max_cu": 2, "suspend_timeout_seconds": 300}}
    never = {"a maximum below the minimum": {"endpoint": {"autoscaling_limit_max_cu": 0.1}}}
    call("PATCH", f"{project}/endpoints/{first}", change, never=never)
    body = {"endpoint": {"branch_id": branch, "type": "read_only", "settings": {"pg_settings": {}}}}
    second_writer = {"a second writer": {"endpoint": {"type": "read_write"}}}
    made = call("POST", f"{project}/endpoints", body, status=201, never=second_writer)["endpoint"]["id"]
    call("DELETE", f"{project}/endpoints/{made}")
    call("DELETE", f"{project}/endpoints/{made}", status=204)


def _contents(call: Session, branch: str) -> None:
    """Roles and databases. The names that PostgreSQL reserves are refused, and those over 63 bytes."""
    names = {f"the name {name[:12]}": {"name": name} for name in ("public", "pg_x", "x" * 64, "ä" * 32, "a/b", "owner")}
    role = call(
        "POST",
        f"{branch}/roles",
        {"role": {"name": "app"}},
        status=201,
        never={why: {"role": x} for why, x in names.items()},
    )
    path = f"{branch}/roles/{role['role']['name']}"
    call("GET", path)
    call("GET", f"{branch}/roles")
    call("GET", f"{branch}/roles/none", status=404)
    call("GET", f"{path}/reveal_password")
    call("POST", f"{path}/reset_password")
    never = {
        f"the name {name[:12]}": {"database": {"name": name}} for name in ("postgres", "template1", "x" * 64, "app")
    }
    never["an owner that does not exist"] = {"database": {"owner_name": "nobody"}}
    call("POST", f"{branch}/databases", {"database": {"name": "second", "owner_name": "app"}}, status=201, never=never)
    call("GET", f"{branch}/databases")
    call("GET", f"{branch}/databases/second")
    call("GET", f"{branch}/databases/none", status=404)
    call("PATCH", f"{branch}/databases/second", {"database": {"name": "third"}})
    call("DELETE", path, status=422)
    for kind, name in (("databases", "third"), ("roles", "app")):
        call("DELETE", f"{branch}/{kind}/{name}")
        call("DELETE", f"{branch}/{kind}/{name}", status=204)


def _deletions(call: Session, project: str) -> None:
    branches = call("GET", f"{project}/branches")["branches"]
    main, dev = (next(each["id"] for each in branches if each["name"] == name) for name in ("main", "dev"))
    call("DELETE", f"{project}/branches/{main}", status=422)
    call("DELETE", f"{project}/branches/{dev}")
    call("DELETE", f"{project}/branches/{dev}", status=204)
    call("GET", f"{project}/branches?include_deleted=true")
    call("POST", f"{project}/branches/{dev}/recover")
    call("POST", f"{project}/branches/{dev}/recover", status=404)
    call("DELETE", f"{project}/branches/{dev}?hard_delete=true")
    call("DELETE", project)
    call("DELETE", project, status=404)
    call("GET", "/projects?recoverable=true")
    call("POST", f"{project}/recover")
    call("DELETE", project)
