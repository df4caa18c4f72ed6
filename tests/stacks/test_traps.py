"""The traps that were met with the real providers; each test is named for what goes wrong without it."""

import json
import subprocess
from pathlib import Path

import pytest

from provider_pins import PINS
from tests.stacks.structure import GENERATED_ID, undeclared_references
from tests.support import Stacks, addresses, strings, tool_environment

STACKS = ("project", "dev", "production")
MOVED = {
    "project": [],
    "dev": [
        {"from": "module.db.neon_branch.this", "to": "neon_branch.this"},
        {"from": "module.db.neon_endpoint.this", "to": "neon_endpoint.this"},
        {"from": "module.db.neon_role.this", "to": "neon_role.this"},
    ],
    "production": [
        {"from": "module.web.cloudflare_pages_domain.custom", "to": "cloudflare_pages_domain.custom"},
        {"from": "module.web.cloudflare_dns_record.web", "to": "cloudflare_dns_record.web"},
    ],
}
IDS = {
    "project": {"cloudflare_account_id", "neon_org_id"},
    "dev": set[str](),
    "production": {"cloudflare_account_id", "cloudflare_zone_id"},
}
CREDENTIALS = {
    "project": {"cloudflare_api_token", "neon_api_key"},
    "dev": {"neon_api_key"},
    "production": {"cloudflare_api_token"},
}


@pytest.mark.parametrize("stack", STACKS)
def test_resources_move_out_of_the_modules(stacks: Stacks, stack: str) -> None:
    assert stacks[stack].get("moved", []) == MOVED[stack]


@pytest.mark.parametrize("stack", STACKS)
def test_no_reference_keeps_the_id_from_before_it_was_set(stacks: Stacks, stack: str) -> None:
    assert undeclared_references(stacks[stack]) == set()
    assert [text for text in strings(stacks[stack]) if GENERATED_ID.search(text)] == []


@pytest.mark.parametrize("stack", STACKS)
def test_ids_and_credentials_stay_sensitive_variables(stacks: Stacks, stack: str) -> None:
    variables = stacks[stack]["variable"]
    assert set(variables) == IDS[stack] | CREDENTIALS[stack]
    for name, variable in variables.items():
        assert (variable["type"], variable["sensitive"]) == ("string", True), name


@pytest.mark.parametrize("stack", STACKS)
def test_an_id_has_to_be_given_and_a_credential_may_come_from_the_providers_own_variable(
    stacks: Stacks, stack: str
) -> None:
    defaults = {
        name: variable["default"] for name, variable in stacks[stack]["variable"].items() if "default" in variable
    }
    assert defaults == dict.fromkeys(CREDENTIALS[stack], "")
    assert all(variable["nullable"] is False for variable in stacks[stack]["variable"].values())


@pytest.mark.parametrize("stack", STACKS)
def test_provider_argument_is_the_variable_or_left_out(stacks: Stacks, stack: str) -> None:
    arguments = {"cloudflare": "api_token", "neon": "api_key"}
    for provider, blocks in stacks[stack]["provider"].items():
        variable = f"var.{provider}_{arguments[provider]}"
        assert blocks == [{arguments[provider]: f'${{{variable} == "" ? null : {variable}}}'}]


def test_an_empty_credential_is_null_for_terraform_since_cloudflares_provider_checks_the_form(
    stacks: Stacks, tmp_path: Path
) -> None:
    expression = stacks["production"]["provider"]["cloudflare"][0]["api_token"].removeprefix("${").removesuffix("}")
    Path(tmp_path, "main.tf").write_text('variable "cloudflare_api_token" {}\n', encoding="utf-8")
    for given, effective in (("", None), ("a" * 40, "a" * 40)):
        answer = subprocess.run(
            ["terraform", "console"],
            input=f"jsonencode([{expression}])\n",
            cwd=tmp_path,
            env=tool_environment(TF_VAR_cloudflare_api_token=given),
            capture_output=True,
            text=True,
            check=True,
        )
        assert json.loads(json.loads(answer.stdout)) == [effective]


@pytest.mark.parametrize("stack", STACKS)
def test_provider_versions_are_the_pins_and_not_the_bindings_own(stacks: Stacks, stack: str) -> None:
    for name, entry in stacks[stack]["terraform"]["required_providers"].items():
        assert entry["version"] == PINS.providers[name].version


@pytest.mark.parametrize("stack", STACKS)
def test_s3_backend_locks_with_a_file_of_its_own(stacks: Stacks, stack: str) -> None:
    assert stacks[stack]["terraform"]["backend"]["s3"]["use_lockfile"] is True
    assert "dynamodb_table" not in stacks[stack]["terraform"]["backend"]["s3"]


def test_no_stack_gives_another_one_outputs_that_cdktf_invents(stacks: Stacks, acme: Stacks) -> None:
    for stack in (*stacks.values(), *acme.values()):
        assert [text for text in strings(stack) if "cross-stack" in text] == []


def test_dev_reads_the_project_id_from_the_projects_existing_state(stacks: Stacks) -> None:
    assert stacks["dev"]["data"] == {
        "terraform_remote_state": {
            "project": {
                "backend": "s3",
                "config": {
                    "bucket": "sebastianiv21-terraform-state",
                    "region": "us-east-1",
                    "key": "intent-expense-tracker/project/terraform.tfstate",
                },
            }
        }
    }
    assert "project_id" in stacks["project"]["output"]


@pytest.mark.parametrize(
    ("stack", "address"), [("project", "neon_project.main"), ("project", "cloudflare_pages_project.web")]
)
def test_what_cannot_be_made_again_refuses_to_be_destroyed(stacks: Stacks, stack: str, address: str) -> None:
    kind, name = address.split(".")
    assert stacks[stack]["resource"][kind][name]["lifecycle"]["prevent_destroy"] is True


def test_a_branch_gets_no_expiry_since_the_provider_has_none(stacks: Stacks, acme: Stacks) -> None:
    for stack in (*stacks.values(), *acme.values()):
        for branch in stack.get("resource", {}).get("neon_branch", {}).values():
            assert set(branch) <= {"name", "project_id", "lifecycle"}


def test_production_has_no_neon_resource(stacks: Stacks) -> None:
    assert [address for address in addresses(stacks["production"]) if address.startswith("neon")] == []
