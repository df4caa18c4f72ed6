"""The stacks hold what the hand-written HCL held: every fact, and that nothing was added to it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support import ROOT, Stacks, Values, addresses

STACKS = ("project", "dev", "production")
PROJECT_ID = "${data.terraform_remote_state.project.outputs.project_id}"

RESOURCES: dict[tuple[str, str], Values] = {
    ("project", "neon_project.main"): {
        "name": "intent-expense-tracker",
        "org_id": "${var.neon_org_id}",
        "history_retention_seconds": 21600,
        "branch": {"name": "main", "database_name": "intent_db", "role_name": "intent_owner"},
        "default_endpoint_settings": {"autoscaling_limit_max_cu": 0.25},
        "lifecycle": {"prevent_destroy": True, "ignore_changes": ["default_branch_protected"]},
    },
    ("project", "cloudflare_pages_project.web"): {
        "account_id": "${var.cloudflare_account_id}",
        "name": "intent-expense-tracker",
        "production_branch": "main",
        "source": {
            "type": "github",
            "config": {
                "owner": "sebastianiv21",
                "repo_name": "intent-expense-tracker",
                "production_branch": "main",
                "pr_comments_enabled": True,
                "path_excludes": ["apps/api", "infra"],
                "production_deployments_enabled": True,
            },
        },
        "build_config": {
            "build_command": "pnpm build --filter=web",
            "destination_dir": "apps/web/dist",
            "root_dir": "/",
        },
        "deployment_configs": {
            "production": {
                "compatibility_date": "2025-09-27",
                "env_vars": {
                    "NEXT_PUBLIC_API_URL": {
                        "type": "plain_text",
                        "value": "https://intent-expense-tracker-api-production.sebastianiv21.workers.dev",
                    }
                },
            },
            "preview": {"compatibility_date": "2025-09-27"},
        },
        "lifecycle": {"prevent_destroy": True},
    },
    ("dev", "neon_branch.this"): {"project_id": PROJECT_ID, "name": "dev"},
    ("dev", "neon_endpoint.this"): {
        "project_id": PROJECT_ID,
        "branch_id": "${neon_branch.this.id}",
        "autoscaling_limit_max_cu": 0.25,
    },
    ("dev", "neon_role.this"): {
        "project_id": PROJECT_ID,
        "branch_id": "${neon_branch.this.id}",
        "name": "intent_owner_dev",
    },
    ("production", "cloudflare_pages_domain.custom"): {
        "account_id": "${var.cloudflare_account_id}",
        "project_name": "${data.cloudflare_pages_project.web.name}",
        "name": "intent.luisibarra.dev",
    },
    ("production", "cloudflare_dns_record.web"): {
        "zone_id": "${var.cloudflare_zone_id}",
        "name": "intent.luisibarra.dev",
        "ttl": 1,
        "type": "CNAME",
        "content": "${data.cloudflare_pages_project.web.name}.pages.dev",
        "proxied": True,
    },
}
OUTPUTS: dict[str, Values] = {
    "project": {
        "project_id": {"value": "${neon_project.main.id}"},
        "project_connection_uri": {"value": "${neon_project.main.connection_uri}", "sensitive": True},
        "project_connection_uri_pooler": {"value": "${neon_project.main.connection_uri_pooler}", "sensitive": True},
        "project_default_branch_id": {"value": "${neon_project.main.default_branch_id}"},
        "project_database_user": {"value": "${neon_project.main.database_user}"},
        "pages_project_name": {"value": "${cloudflare_pages_project.web.name}"},
    },
    "dev": {
        "database_uri": {
            "value": "postgresql://${neon_role.this.name}:${neon_role.this.password}@${neon_endpoint.this.host}"
            "/intent_db?sslmode=require",
            "sensitive": True,
        }
    },
    "production": {},
}
PROVIDERS = {"project": {"neon", "cloudflare"}, "dev": {"neon"}, "production": {"cloudflare"}}


@pytest.mark.parametrize("stack", STACKS)
def test_terraform_version_is_the_hcls(stacks: Stacks, stack: str) -> None:
    assert stacks[stack]["terraform"]["required_version"] == ">= 1.11.0, < 2.0.0"


@pytest.mark.parametrize("stack", STACKS)
def test_state_stays_where_it_is_encrypted_and_locked_by_s3(stacks: Stacks, stack: str) -> None:
    assert stacks[stack]["terraform"]["backend"] == {
        "s3": {
            "bucket": "sebastianiv21-terraform-state",
            "region": "us-east-1",
            "key": f"intent-expense-tracker/{stack}/terraform.tfstate",
            "encrypt": True,
            "use_lockfile": True,
        }
    }


@pytest.mark.parametrize("stack", STACKS)
def test_providers_are_the_hcls(stacks: Stacks, stack: str) -> None:
    sources = {name: entry["source"] for name, entry in stacks[stack]["terraform"]["required_providers"].items()}
    known = {"neon": "kislerdm/neon", "cloudflare": "cloudflare/cloudflare"}
    assert sources == {name: known[name] for name in PROVIDERS[stack]}
    assert set(stacks[stack]["provider"]) == PROVIDERS[stack]


@pytest.mark.parametrize(("stack", "address"), RESOURCES, ids=lambda value: value)
def test_resource_is_the_hcls(stacks: Stacks, stack: str, address: str) -> None:
    kind, name = address.split(".")
    assert stacks[stack]["resource"][kind][name] == RESOURCES[stack, address]


@pytest.mark.parametrize("stack", STACKS)
def test_no_other_resource_is_managed(stacks: Stacks, stack: str) -> None:
    assert addresses(stacks[stack]) == {address for owner, address in RESOURCES if owner == stack}


@pytest.mark.parametrize("stack", STACKS)
def test_outputs_are_the_hcls(stacks: Stacks, stack: str) -> None:
    assert stacks[stack].get("output", {}) == OUTPUTS[stack]


def test_production_finds_the_site_by_its_name(stacks: Stacks) -> None:
    assert stacks["production"]["data"] == {
        "cloudflare_pages_project": {
            "web": {"account_id": "${var.cloudflare_account_id}", "project_name": "intent-expense-tracker"}
        }
    }


# The states that the hand-written code wrote with the real providers say the same, by another road.


def _state(stack: str) -> Values:
    return json.loads(Path(ROOT, f"sandbox/fixtures/hcl-state/{stack}.tfstate").read_text(encoding="utf-8"))


def _written(configured: Any, stored: Any) -> Any:
    """What the state stores for the attributes that are configured; a reference is taken as it is."""
    if isinstance(configured, str) and "${" in configured:
        return configured
    if isinstance(configured, dict):
        stored = stored[0] if isinstance(stored, list) else stored  # a block is a list of one in the state
        return {key: _written(value, stored[key]) for key, value in configured.items()}
    return stored


@pytest.mark.parametrize("stack", STACKS)
def test_every_resource_of_the_state_has_its_new_address(stacks: Stacks, stack: str) -> None:
    moves = {block["from"]: block["to"] for block in stacks[stack].get("moved", [])}
    old = {
        ".".join(filter(None, (resource.get("module"), resource["type"], resource["name"])))
        for resource in _state(stack)["resources"]
        if resource["mode"] == "managed"
    }
    assert {moves.get(address, address) for address in old} == addresses(stacks[stack])
    assert set(moves) <= old


@pytest.mark.parametrize("stack", STACKS)
def test_every_plain_value_is_the_one_in_the_state(stacks: Stacks, stack: str) -> None:
    for resource in _state(stack)["resources"]:
        if resource["mode"] == "managed":
            configured = dict(stacks[stack]["resource"][resource["type"]][resource["name"]])
            configured.pop("lifecycle", None)
            stored = _written(configured, resource["instances"][0]["attributes"])
            if resource["type"] == "cloudflare_dns_record":
                # The one value in another form: the provider takes the short name for the full one.
                assert configured["name"] == f"{stored['name']}.luisibarra.dev"
                stored["name"] = configured["name"]
            assert configured == stored


@pytest.mark.parametrize("stack", STACKS)
def test_every_output_is_as_sensitive_as_in_the_state(stacks: Stacks, stack: str) -> None:
    def sensitivity(outputs: Values) -> dict[str, bool]:
        return {name: output.get("sensitive", False) for name, output in outputs.items()}

    assert sensitivity(stacks[stack].get("output", {})) == sensitivity(_state(stack)["outputs"])
