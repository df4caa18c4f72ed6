"""Objects of a Terraform state, created in the cloud with the state's ids, hosts and passwords."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sandbox.cloud.cloud_api import timestamp
from sandbox.cloud.document_store import Document
from sandbox.cloud.neon.neon_projects import NeonProjects

_FLAGS = ("block_public_connections", "block_vpc_connections", "enable_logical_replication")


def loaders(neon: NeonProjects) -> dict[str, Callable[[Document], Any]]:
    """A loader for each resource type, in order of dependency."""
    contents = neon.contents

    def project(state: Document) -> None:
        endpoint, branch = state["default_endpoint_settings"][0], state["branch"][0]
        compute = {name: value for name, value in endpoint.items() if name != "id"}
        allowed = {
            "ips": state.get("allowed_ips"),
            "protected_branches_only": _flag(state.get("allowed_ips_protected_branches_only")),
        }
        settings = {name: (state.get(name) or [None])[0] for name in ("quota", "maintenance_window")}
        settings |= {name: _flag(state.get(name)) for name in _FLAGS} | {"allowed_ips": allowed}
        same = ("id", "name", "org_id", "region_id", "pg_version", "history_retention_seconds")
        wanted = {name: state[name] for name in same} | {"provisioner": state["compute_provisioner"]}
        stored = {"store_passwords": _flag(state.get("store_password"))}
        neon.add_organization(state["org_id"])
        made = neon.add_project({**wanted, **stored, "settings": settings, "default_endpoint_settings": compute})
        neon.add_default_branch(made["id"], branch["id"], branch["name"])
        contents.create_role(branch["id"], state["database_user"], state["database_password"])
        contents.create_database(branch["id"], state["database_name"], state["database_user"])
        host = {"host": state["database_host"], "proxy_host": made["proxy_host"]}
        contents.create_endpoint(made, {"id": endpoint["id"], "branch_id": branch["id"], **host})

    def branch(state: Document) -> None:
        parent = neon.branch(state["project_id"], state["parent_id"])
        own = {name: state[name] for name in ("parent_id", "parent_lsn", "logical_size")}
        own["parent_timestamp"] = timestamp(datetime.fromtimestamp(state["parent_timestamp"], UTC))
        own["protected"] = _flag(state.get("protected"))
        neon.add_branch(parent, neon.new_branch(state["project_id"], state["id"], state["name"], own))

    def endpoint(state: Document) -> None:
        own = {name: value for name, value in state.items() if name not in ("compute_provisioner", "pg_settings")}
        held = {"provisioner": state["compute_provisioner"], "settings": {"pg_settings": state.get("pg_settings")}}
        contents.create_endpoint(neon.project(state["project_id"]), {**own, **held})

    return {
        "neon_project": project,
        "neon_branch": branch,
        "neon_endpoint": endpoint,
        "neon_role": lambda state: contents.create_role(state["branch_id"], state["name"], state["password"]),
        "neon_database": lambda state: contents.create_database(state["branch_id"], state["name"], state["owner_name"]),
    }


def _flag(value: str | None) -> bool | None:
    """The provider's flag: ``yes``, ``no`` or unset."""
    return None if value is None else value == "yes"
