"""Synthesized stacks on the stand-in providers: what the real providers were seen to do must not happen to an owner."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.cloud.cloud_seed import CloudSeed
from sandbox.cloud.notification_policies import StoredNotificationPolicies
from sandbox.drill.adoption_drill import hand_written_states
from sandbox.world import IDS
from tests.sandbox.providers.conftest import RunningCloud, Terraform
from tests.support import EXPENSE_TRACKER, ROOT, Values, load_values, merged, read_values, synthesize

pytestmark = pytest.mark.slow

VARIABLES = {
    "TF_VAR_cloudflare_account_id": CloudSeed.account_id,
    "TF_VAR_cloudflare_zone_id": CloudSeed.zone_id,
    "TF_VAR_neon_org_id": "org-made-up-1234",
    "TF_VAR_discord_webhook_url": "https://discord.com/api/webhooks/123/a-token-of-discord",
}


def _place(terraform: Terraform, stack: Values, *kinds: str) -> None:
    """Writes a stack with a local state; with kinds, only those of its resources."""
    stack = json.loads(json.dumps(stack))
    del stack["terraform"]["backend"]
    stack.pop("output", None)
    if kinds:
        stack["resource"] = {kind: stack["resource"][kind] for kind in kinds if kind in stack["resource"]}
    (terraform.folder / "cdk.tf.json").write_text(json.dumps(stack))
    terraform.environment |= VARIABLES


def _records(cloud: RunningCloud) -> list[tuple[str, str]]:
    records = cloud.cloudflare("GET", f"zones/{CloudSeed.zone_id}/dns_records")
    return [(record["name"], record["content"]) for record in records]


def _production(domain: str) -> Values:
    website = {"environments": {"production": {"website": {"domain": domain}}}}
    return synthesize(load_values(merged(read_values(EXPENSE_TRACKER), website)))["production"]


def test_a_change_of_the_domain_takes_the_dns_record_along(deployed: Terraform, cloud: RunningCloud) -> None:
    zone = CloudSeed.zone_name
    project = {"name": "intent-expense-tracker", "production_branch": "main"}
    cloud.cloudflare("POST", f"accounts/{CloudSeed.account_id}/pages/projects", project)
    for step, domain in enumerate([f"a.b.{zone}", f"a.{zone}", zone, f"a.{zone}"]):
        _place(deployed, _production(domain))
        if step == 0:
            deployed.run("init")
        deployed.apply()
        assert _records(cloud) == [(domain, "intent-expense-tracker.pages.dev")]
        assert deployed.plan() == {}


def test_a_site_without_excluded_paths_is_deployed_and_the_second_plan_is_empty(
    deployed: Terraform, cloud: RunningCloud
) -> None:
    values = merged(read_values(EXPENSE_TRACKER), {"website": {"path_excludes": []}})
    _place(deployed, synthesize(load_values(values))["project"], "cloudflare_pages_project")
    deployed.run("init")
    deployed.apply()
    assert deployed.plan() == {}


@pytest.mark.parametrize("name", ["path_excludes", "path_includes", "preview_branch_excludes"])
def test_an_empty_list_in_the_configuration_is_an_inconsistent_result(
    deployed: Terraform, cloud: RunningCloud, name: str
) -> None:
    # The real providers 5.16.0 to 5.22.0 make null of it, which Terraform refuses.
    stack = synthesize(load_values(read_values(EXPENSE_TRACKER)))["project"]
    (project,) = stack["resource"]["cloudflare_pages_project"].values()
    project["source"]["config"][name] = []
    _place(deployed, stack, "cloudflare_pages_project")
    deployed.run("init")
    output = deployed.run("apply", "-auto-approve", succeeds=False)
    assert "Provider produced inconsistent result after apply" in output
    assert f"{name}: was cty.ListValEmpty(cty.String), but now null" in output


def test_the_domain_of_an_api_stays_on_the_second_plan(deployed: Terraform, cloud: RunningCloud) -> None:
    values = read_values(ROOT / "examples/full.toml")
    values = merged(values, {"cloudflare": {"zone": CloudSeed.zone_name}})
    values["environments"] = {"production": {"api": {"domain": f"api.{CloudSeed.zone_name}"}}}
    values = {
        name: table
        for name, table in values.items()
        if name in ("project", "repository", "cloudflare", "database", "api", "environments")
    }
    values["state"] = {"bucket": "states"}
    stack = synthesize(load_values(values))["production"]
    (domain,) = stack["resource"]["cloudflare_workers_custom_domain"].values()
    assert domain["environment"] == "production"
    _place(deployed, stack)
    deployed.run("init")
    cloud.cloudflare("PUT", f"accounts/{CloudSeed.account_id}/workers/scripts/{domain['service']}", {})
    deployed.apply()
    assert deployed.plan() == {}


# What Cloudflare's API answers for a policy without filters is not known: the local cloud was seen with `{}`, and an
# empty list or null for each mechanism that is not used are as likely.
ANSWERS: dict[str, Values] = {
    "empty": {"filters": {}},
    "null": {"filters": None},
    "lists that are empty": {"filters": {}, "mechanisms": {"pagerduty": [], "webhooks": []}},
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_a_notification_without_filters_does_not_change_on_every_plan(
    deployed: Terraform, cloud: RunningCloud, monkeypatch: pytest.MonkeyPatch, answer: Values
) -> None:
    build = StoredNotificationPolicies.build

    def answered(self: StoredNotificationPolicies, owner: str, wanted: Any, old: Any) -> Any:
        made = build(self, owner, wanted, old)
        if made["filters"]:
            return made
        return made | answer | {"mechanisms": answer.get("mechanisms", {}) | made["mechanisms"]}

    monkeypatch.setattr(StoredNotificationPolicies, "build", answered)
    values = read_values(EXPENSE_TRACKER)
    values["notifications"] = {"emails": ["owner@example.com"], "alerts": ["dos_attack_l7", "pages_event_alert"]}
    stack = synthesize(load_values(values))["edge"]
    lifecycles = {
        name: policy["lifecycle"]["ignore_changes"]
        for name, policy in stack["resource"]["cloudflare_notification_policy"].items()
    }
    unused = ["alert_interval", "mechanisms.pagerduty", "mechanisms.webhooks"]
    assert lifecycles == {"dos_attack_l7": [*unused, "filters"], "pages_event_alert": unused}
    _place(deployed, stack)
    deployed.run("init")
    deployed.apply()
    assert deployed.plan() == {}


@pytest.mark.parametrize("cloud", [{"neon_plan": "paid"}], indirect=True)
def test_adopting_keeps_a_main_protected_that_was_protected_in_the_console(
    deployed: Terraform, cloud: RunningCloud
) -> None:
    states = hand_written_states()
    cloud.control("load", [json.loads(states["project"])])
    project = cloud.neon("GET", "projects")["projects"][0]["id"]
    branches = f"projects/{project}/branches"
    main = f"{branches}/{cloud.neon('GET', branches)['branches'][0]['id']}"
    cloud.neon("PATCH", main, {"branch": {"protected": True}})
    stack = synthesize(load_values(read_values(EXPENSE_TRACKER)))["project"]
    (declared,) = stack["resource"]["neon_project"].values()
    variables = {"TF_VAR_neon_org_id": IDS["org_id"]}

    _place(deployed, stack)
    deployed.environment |= variables
    (deployed.folder / "terraform.tfstate").write_text(states["project"])
    deployed.run("init")
    assert deployed.plan() == {}
    declared["history_retention_seconds"] = 7200
    _place(deployed, stack)
    deployed.environment |= variables
    assert deployed.plan() == {"neon_project.main": ["update"]}
    deployed.apply()
    assert cloud.neon("GET", main)["branch"]["protected"] is True

    # Without the rule of the generator, the provider would take the protection away.
    del declared["lifecycle"]["ignore_changes"]
    declared["default_branch_protected"] = False
    _place(deployed, stack)
    deployed.environment |= variables
    assert deployed.plan() == {"neon_project.main": ["update"]}
