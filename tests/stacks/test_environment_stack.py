"""Environments differ by their settings alone."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from settings import Settings
from tests.support import EXPENSE_TRACKER, Stacks, addresses, load_text, read_values

Change = Callable[[Mapping[str, Any]], Settings]
Synth = Callable[[Settings], Stacks]

STAGING = """
[environments.staging.database]
autoscaling_limit_max_cu = 0.5
[environments.staging.website]
domain = "staging.luisibarra.dev"
"""


def test_staging_is_five_lines_of_settings(synth: Synth, stacks: Stacks) -> None:
    assert len(STAGING.strip().splitlines()) <= 5
    settings = load_text(EXPENSE_TRACKER.read_text() + STAGING)
    result = synth(settings)
    staging = result.pop("staging")
    assert result == stacks  # nothing else moves
    assert addresses(staging) == {
        "neon_branch.this",
        "neon_endpoint.this",
        "neon_role.this",
        "cloudflare_pages_domain.custom",
        "cloudflare_dns_record.web",
    }
    assert staging["terraform"]["backend"]["s3"]["key"] == "intent-expense-tracker/staging/terraform.tfstate"
    assert staging["resource"]["neon_branch"]["this"]["name"] == "staging"
    assert staging["resource"]["neon_role"]["this"]["name"] == "intent_owner_staging"
    assert staging["resource"]["neon_endpoint"]["this"]["autoscaling_limit_max_cu"] == 0.5
    assert staging["resource"]["cloudflare_dns_record"]["web"]["name"] == "staging.luisibarra.dev"
    assert set(staging["output"]) == {"database_uri"}
    assert "moved" not in staging


def test_an_environment_may_be_renamed_and_keeps_its_shape(changed: Change, synth: Synth, stacks: Stacks) -> None:
    environments = read_values(EXPENSE_TRACKER)["environments"]
    result = synth(changed({"environments": {"dev": None, "test": environments["dev"]}}))
    assert result["test"]["resource"]["neon_branch"]["this"]["name"] == "test"
    assert addresses(result["test"]) == addresses(stacks["dev"])


def test_a_branch_is_protected_where_the_settings_say_so(acme: Stacks) -> None:
    lifecycles = {name: acme[name]["resource"]["neon_branch"]["this"].get("lifecycle") for name in ("dev", "demo")}
    assert lifecycles == {"dev": None, "demo": {"prevent_destroy": True}}


def test_a_product_without_a_site_needs_no_cloudflare(changed: Change, synth: Synth) -> None:
    settings = changed({"website": None, "api": None, "cloudflare": None, "environments": {"production": None}})
    result = synth(settings)
    assert addresses(result["project"]) == {"neon_project.main"}
    for stack in result.values():
        assert set(stack["provider"]) == {"neon"}
        assert not [name for name in stack["variable"] if name.startswith("cloudflare")]


def test_a_product_without_an_api_tells_the_site_of_none(acme: Stacks) -> None:
    configs = acme["project"]["resource"]["cloudflare_pages_project"]["web"]["deployment_configs"]
    assert configs["production"] == {"compatibility_date": "2026-01-15"}


def test_a_record_on_the_zone_itself_has_the_zones_name(acme: Stacks) -> None:
    record = acme["production"]["resource"]["cloudflare_dns_record"]["web"]
    assert record["name"] == "acme.example"
    assert acme["production"]["resource"]["cloudflare_pages_domain"]["custom"]["name"] == "acme.example"


@pytest.mark.parametrize("domain", ["app.luisibarra.dev", "a.b.luisibarra.dev", "luisibarra.dev"])
def test_a_record_is_named_with_its_full_domain(changed: Change, synth: Synth, domain: str) -> None:
    result = synth(changed({"environments": {"production": {"website": {"domain": domain}}}}))
    assert result["production"]["resource"]["cloudflare_dns_record"]["web"]["name"] == domain


def test_the_made_up_product_has_its_own_names(acme: Stacks) -> None:
    project = acme["project"]
    assert project["terraform"]["backend"]["s3"]["bucket"] == "acme-terraform-state"
    assert project["terraform"]["backend"]["s3"]["region"] == "eu-central-1"
    assert project["resource"]["neon_project"]["main"]["branch"] == {
        "name": "trunk",
        "database_name": "notebooks",
        "role_name": "notebooks_owner",
    }
    assert project["resource"]["cloudflare_pages_project"]["web"]["production_branch"] == "release"
    assert project["resource"]["cloudflare_pages_project"]["web"]["source"]["config"]["production_branch"] == "release"
    assert acme["staging"]["resource"]["neon_branch"]["this"]["name"] == "staging/eu"
    assert acme["staging"]["resource"]["neon_role"]["this"]["name"] == "notebooks_staging"
    assert acme["dev"]["data"]["terraform_remote_state"]["project"]["config"] == {
        "bucket": "acme-terraform-state",
        "region": "eu-central-1",
        "key": "acme-notebooks/project/terraform.tfstate",
    }


def test_nothing_of_the_expense_tracker_is_in_the_made_up_product(acme: Stacks) -> None:
    text = str(acme)
    for name in ("intent", "luisibarra", "sebastianiv21", "module.db", "module.web"):
        assert name not in text
