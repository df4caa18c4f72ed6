"""Real Terraform creates, plans, changes, imports and destroys through the stand-in providers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sandbox.providers.neon_provider import pooled_host
from tests.sandbox.cloud.world import STATES
from tests.sandbox.providers.conftest import RunningCloud, Terraform
from tests.sandbox.providers.provider_processes import ended, fork_clients, forked_providers, until

pytestmark = pytest.mark.slow

WEBSITE = """
resource "cloudflare_pages_project" "web" {
  account_id        = local.account
  name              = "web"
  production_branch = "main"
  build_config      = { root_dir = "/" }
  deployment_configs = {
    production = {
      compatibility_date = "2025-09-27"
      env_vars           = { SECRET = { type = "secret_text", value = "hidden" } }
    }
  }
}
resource "cloudflare_dns_record" "web" {
  zone_id = local.zone
  name    = "web"
  ttl     = 1
  type    = "CNAME"
  content = cloudflare_pages_project.web.subdomain
  proxied = true
}
resource "cloudflare_pages_domain" "web" {
  account_id   = local.account
  project_name = cloudflare_pages_project.web.name
  name         = "web.luisibarra.dev"
  depends_on   = [cloudflare_dns_record.web]
}
data "cloudflare_pages_project" "web" {
  account_id   = local.account
  project_name = cloudflare_pages_project.web.id
}
"""
# The provider's own default for the history, a day, is more than a free plan has.
PROJECT = """
resource "neon_project" "main" {
  name                      = "app"
  history_retention_seconds = 21600
}
"""
DATABASE = (
    PROJECT
    + """
resource "neon_branch" "dev" {
  project_id = neon_project.main.id
  name       = "dev"
}
resource "neon_endpoint" "dev" {
  project_id = neon_project.main.id
  branch_id  = neon_branch.dev.id
}
resource "neon_role" "dev" {
  project_id = neon_project.main.id
  branch_id  = neon_branch.dev.id
  name       = "owner"
  depends_on = [neon_endpoint.dev]
}
resource "neon_database" "dev" {
  project_id = neon_project.main.id
  branch_id  = neon_branch.dev.id
  name       = "app"
  owner_name = neon_role.dev.name
}
"""
)
EDGE = """
resource "cloudflare_ruleset" "headers" {
  zone_id = local.zone
  name    = "headers"
  kind    = "zone"
  phase   = "http_response_headers_transform"
  rules = [{
    action            = "rewrite"
    expression        = "true"
    action_parameters = { headers = { X-Frame-Options = { operation = "set", value = "DENY" } } }
  }]
}
resource "cloudflare_workers_route" "api" {
  zone_id = local.zone
  pattern = "api.luisibarra.dev/*"
  script  = "api"
}
resource "cloudflare_notification_policy" "failed" {
  account_id = local.account
  name       = "failed"
  alert_type = "pages_event_alert"
  mechanisms = { email = [{ id = "owner@example.com" }] }
  lifecycle { ignore_changes = [filters, mechanisms.pagerduty, mechanisms.webhooks] }
}
resource "cloudflare_web_analytics_site" "web" {
  account_id   = local.account
  host         = "web.luisibarra.dev"
  auto_install = false
}
resource "cloudflare_zone_setting" "tls" {
  zone_id    = local.zone
  setting_id = "min_tls_version"
  value      = "1.2"
}
resource "cloudflare_bot_management" "bots" {
  zone_id    = local.zone
  fight_mode = true
}
"""
RANDOM = """
resource "random_password" "one" {
  length      = 20
  special     = false
  min_numeric = 5
  keepers     = { rotation = "1" }
}
"""


def apply(terraform: Terraform, configuration: str) -> dict[str, dict[str, Any]]:
    terraform.write(configuration)
    terraform.run("init")
    terraform.apply()
    return terraform.values()


def test_a_website_is_made_with_the_api_s_defaults_and_its_second_plan_is_empty(deployed: Terraform) -> None:
    values = apply(deployed, WEBSITE)

    project = values["cloudflare_pages_project.web"]
    assert project["id"] == "web"
    assert project["subdomain"] == values["data.cloudflare_pages_project.web"]["subdomain"] == "web.pages.dev"
    assert project["deployment_configs"]["production"]["fail_open"] is True
    assert project["deployment_configs"]["production"]["compatibility_flags"] is None
    assert values["cloudflare_dns_record.web"]["name"] == "web"
    assert values["cloudflare_pages_domain.web"]["status"] == "active"
    assert deployed.plan() == {}


def test_a_secret_that_the_api_never_shows_stays_in_the_state(deployed: Terraform) -> None:
    apply(deployed, WEBSITE)

    deployed.run("apply", "-refresh-only", "-auto-approve")

    configs = deployed.values()["cloudflare_pages_project.web"]["deployment_configs"]
    assert configs["production"]["env_vars"]["SECRET"]["value"] == "hidden"


def test_a_database_is_made_and_its_second_plan_is_empty(deployed: Terraform) -> None:
    values = apply(deployed, DATABASE)

    project, role = values["neon_project.main"], values["neon_role.dev"]
    assert project["store_password"] == "yes"
    assert project["connection_uri"].startswith(
        f"postgres://{project['database_user']}:{project['database_password']}@"
    )
    assert role["id"] == f"{project['id']}/{role['branch_id']}/owner"
    assert role["password"]
    assert values["neon_database.dev"]["owner_name"] == "owner"
    assert deployed.plan() == {}


def test_edge_and_account_resources_are_made_and_destroyed(deployed: Terraform, cloud: RunningCloud) -> None:
    values = apply(deployed, EDGE)

    assert values["cloudflare_ruleset.headers"]["rules"][0]["id"]
    assert values["cloudflare_zone_setting.tls"]["id"] == "min_tls_version"
    bots = values["cloudflare_bot_management.bots"]
    assert (bots["id"], bots["fight_mode"], bots["ai_bots_protection"]) == (bots["zone_id"], True, "disabled")
    assert bots["sbfm_verified_bots"] is None, "a free zone has no such setting"
    assert deployed.plan() == {}
    deployed.run("destroy", "-auto-approve")
    zone = "zones/9a7806061c88ada191ed06f989cc3dac"
    assert cloud.cloudflare("GET", f"{zone}/workers/routes") == []
    assert cloud.cloudflare("GET", f"{zone}/settings/min_tls_version")["value"] == "1.2"
    assert cloud.cloudflare("GET", f"{zone}/bot_management")["fight_mode"] is True


def test_bots_are_changed_imported_and_known_by_their_zone(deployed: Terraform, cloud: RunningCloud) -> None:
    resource = EDGE[EDGE.index('resource "cloudflare_bot_management"') :]
    apply(deployed, resource)
    zone = "9a7806061c88ada191ed06f989cc3dac"
    # What the configuration leaves out is left alone.
    cloud.cloudflare("PUT", f"zones/{zone}/bot_management", {"ai_bots_protection": "block"})
    changed = resource.replace("true", "false")
    deployed.write(changed)
    deployed.apply()
    left = cloud.cloudflare("GET", f"zones/{zone}/bot_management")
    assert (left["fight_mode"], left["ai_bots_protection"]) == (False, "block")

    deployed.run("state", "rm", "cloudflare_bot_management.bots")
    deployed.run("import", "cloudflare_bot_management.bots", zone)
    assert deployed.values()["cloudflare_bot_management.bots"]["ai_bots_protection"] == "block"
    assert deployed.plan() == {}


def test_random_values_keep_until_an_argument_changes(deployed: Terraform) -> None:
    values = apply(deployed, RANDOM)

    password = values["random_password.one"]["result"]
    assert len(password) == 20
    assert password.isalnum()
    assert sum(character.isdigit() for character in password) >= 5
    assert deployed.plan() == {}
    deployed.write(RANDOM.replace('"1"', '"2"'))
    assert deployed.plan() == {"random_password.one": ["delete", "create"]}


def test_changes_are_made_in_place_and_only_where_something_changed(deployed: Terraform) -> None:
    apply(deployed, WEBSITE)

    deployed.write(WEBSITE.replace("2025-09-27", "2026-01-01").replace("ttl     = 1", 'ttl = 1\n  comment = "new"'))

    assert deployed.plan() == {
        "cloudflare_pages_project.web": ["update"],
        "cloudflare_dns_record.web": ["update"],
    }
    deployed.apply()
    assert deployed.values()["cloudflare_dns_record.web"]["comment"] == "new"
    assert deployed.plan() == {}


@pytest.mark.parametrize(
    ("configuration", "old", "new", "replaced"),
    [
        (WEBSITE, 'name              = "web"', 'name = "site"', "cloudflare_pages_project.web"),
        (DATABASE, 'name       = "owner"', 'name = "other"', "neon_role.dev"),
        (EDGE, "http_response_headers_transform", "http_request_firewall_custom", "cloudflare_ruleset.headers"),
    ],
)
def test_arguments_that_the_api_cannot_change_replace_the_resource(
    deployed: Terraform, configuration: str, old: str, new: str, replaced: str
) -> None:
    apply(deployed, configuration)

    deployed.write(configuration.replace(old, new))

    assert deployed.plan()[replaced] == ["delete", "create"]


def test_everything_can_be_imported_and_is_then_up_to_date(deployed: Terraform) -> None:
    values = apply(deployed, WEBSITE + DATABASE)
    project, branch = values["neon_project.main"]["id"], values["neon_branch.dev"]["id"]
    account, zone = "4f1c0e5b8d7a49e2a6c3b9d0e1f2a3b4", "9a7806061c88ada191ed06f989cc3dac"
    ids = {
        "neon_project.main": project,
        "neon_branch.dev": f"{project}/{branch}",
        "neon_endpoint.dev": f"{project}/{values['neon_endpoint.dev']['id']}",
        "neon_role.dev": f"{project}/{branch}/owner",
        "neon_database.dev": f"{project}/{branch}/app",
        "cloudflare_dns_record.web": f"{zone}/{values['cloudflare_dns_record.web']['id']}",
        "cloudflare_pages_domain.web": f"{account}/web/web.luisibarra.dev",
    }
    deployed.run("state", "rm", *ids)
    blocks = "".join(f'import {{\n  to = {address}\n  id = "{ID}"\n}}\n' for address, ID in ids.items())
    deployed.write(WEBSITE + DATABASE + blocks)

    assert deployed.plan() == {}
    deployed.apply()

    after = deployed.values()
    assert after["neon_role.dev"] == values["neon_role.dev"]
    assert after["cloudflare_dns_record.web"]["id"] == values["cloudflare_dns_record.web"]["id"]
    assert deployed.plan() == {}


def test_an_import_id_of_another_form_names_the_right_one(deployed: Terraform) -> None:
    apply(deployed, "")
    deployed.write(WEBSITE + DATABASE)

    assert '"<zone_id>/<dns_record_id>", got "abc"' in deployed.run(
        "import", "cloudflare_dns_record.web", "abc", succeeds=False
    )
    assert "expected {{.project_id}}/{{.id}}" in deployed.run("import", "neon_branch.dev", "abc", succeeds=False)
    assert "expected {{.project_id}}/{{.id}}" in deployed.run(
        "import", "neon_endpoint.dev", "project/branch/endpoint", succeeds=False
    )


@pytest.mark.parametrize(
    ("host", "pooled"),
    [
        ("ep-calm-sea-12345678.us-east-2.aws.neon.tech", "ep-calm-sea-12345678-pooler.us-east-2.aws.neon.tech"),
        ("127.0.0.1:34481", "127-pooler.0.0.1:34481"),
        ("localhost", ""),
    ],
)
def test_a_pooled_host_has_the_suffix_after_its_first_label(host: str, pooled: str) -> None:
    assert pooled_host(host) == pooled


def test_a_branch_with_children_is_forgotten_though_it_stays(deployed: Terraform, cloud: RunningCloud) -> None:
    # Provider 0.15.0 takes the answer 422 for done, so only a guard can refuse that.
    branch = apply(deployed, DATABASE)["neon_branch.dev"]
    branches = f"projects/{branch['project_id']}/branches"
    cloud.neon("POST", branches, {"branch": {"name": "child", "parent_id": branch["id"]}})

    deployed.write(PROJECT)
    deployed.apply()

    assert deployed.plan() == {}
    assert {each["name"] for each in cloud.neon("GET", branches)["branches"]} >= {branch["name"], "child"}


def test_drift_is_detected_and_reconciled(deployed: Terraform, cloud: RunningCloud) -> None:
    values = apply(deployed, WEBSITE + DATABASE)
    record, branch = values["cloudflare_dns_record.web"], values["neon_branch.dev"]
    path = f"zones/{record['zone_id']}/dns_records/{record['id']}"
    cloud.cloudflare("PATCH", path, {"content": "elsewhere.example.com"})
    cloud.neon("DELETE", f"projects/{branch['project_id']}/branches/{branch['id']}")

    plan = deployed.plan()

    assert plan["cloudflare_dns_record.web"] == ["update"]
    assert plan["neon_branch.dev"] == ["create"]
    deployed.apply()
    assert deployed.plan() == {}


@pytest.mark.parametrize("status", [423, 429, 500])
def test_a_busy_api_is_asked_again(deployed: Terraform, cloud: RunningCloud, status: int) -> None:
    cloud.control("faults", [{"method": "POST", "status": status, "times": 1}])

    apply(deployed, PROJECT)

    assert cloud.requests("POST", "/projects") == 2
    assert len(cloud.neon("GET", "projects")["projects"]) == 1


def test_an_object_created_without_an_answer_is_not_created_twice(deployed: Terraform, cloud: RunningCloud) -> None:
    cloud.control("faults", [{"method": "POST", "path": "dns_records", "action": "status", "when": "after"}])
    deployed.write(WEBSITE)
    deployed.run("init")

    output = deployed.run("apply", "-auto-approve", succeeds=False)

    assert "already exists" in output
    assert "import it instead of creating it" in output
    records = cloud.cloudflare("GET", "zones/9a7806061c88ada191ed06f989cc3dac/dns_records")
    assert len(records) == 1
    deployed.run("import", "cloudflare_dns_record.web", f"9a7806061c88ada191ed06f989cc3dac/{records[0]['id']}")
    deployed.apply()
    assert deployed.plan() == {}


def test_a_refusal_of_the_api_is_shown_with_status_and_message(deployed: Terraform) -> None:
    deployed.environment["NEON_API_KEY"] = "wrong"
    deployed.write(PROJECT)
    deployed.run("init")

    output = deployed.run("apply", "-auto-approve", succeeds=False)

    assert "[HTTP Code: 401]" in output
    assert "supplied credentials do not pass authentication" in output


def test_a_deletion_that_neon_answers_without_a_body_is_an_error(deployed: Terraform, cloud: RunningCloud) -> None:
    """As seen with provider 0.15.0; a plan that looks first finds that the role is gone."""
    apply(deployed, DATABASE)
    role = deployed.values()["neon_role.dev"]
    path = f"projects/{role['project_id']}/branches/{role['branch_id']}"
    cloud.neon("DELETE", f"{path}/databases/app")
    cloud.neon("DELETE", f"{path}/roles/owner")

    output = deployed.run("destroy", "-auto-approve", "-refresh=false", "-target=neon_database.dev", succeeds=False)
    assert "unexpected end of JSON input" in output
    deployed.run("destroy", "-auto-approve")
    assert deployed.values() == {}


def test_the_hand_written_states_are_adopted_without_a_change(deployed: Terraform, cloud: RunningCloud) -> None:
    states = {
        stack: json.loads((STATES / f"{stack}.tfstate").read_text()) for stack in ("project", "dev", "production")
    }
    cloud.control("load", list(states.values()))
    for stack, state in states.items():
        folder = deployed.folder / stack
        folder.mkdir()
        each = Terraform(folder, deployed.environment)
        each.write("")
        each.run("init")
        shutil.copyfile(STATES / f"{stack}.tfstate", folder / "terraform.tfstate")

        each.run("apply", "-refresh-only", "-auto-approve")

        refreshed = json.loads((folder / "terraform.tfstate").read_text())
        new, old = _attributes(refreshed), _attributes(state)
        if record := old.get("cloudflare_dns_record"):  # the API answers with the full name
            assert new["cloudflare_dns_record"]["name"].startswith(f"{record['name']}.")
            record["name"] = new["cloudflare_dns_record"]["name"]
        # A newer provider adds attributes: unset, or false.
        assert {kind: {name: new[kind][name] for name in body} for kind, body in old.items()} == old
        assert not any(value for kind, body in new.items() for name, value in body.items() if name not in old[kind])


def _attributes(state: dict[str, Any]) -> dict[str, Any]:
    managed = [resource for resource in state["resources"] if resource["mode"] == "managed"]
    return {resource["type"]: resource["instances"][0]["attributes"] for resource in managed}


def test_a_resource_that_only_has_a_schema_says_so(deployed: Terraform) -> None:
    deployed.write('resource "neon_api_key" "key" { name = "ci" }\n')
    deployed.run("init")

    assert "neon_api_key is not emulated by the stand-in provider" in deployed.run("plan", succeeds=False)


def test_no_provider_outlives_a_killed_terraform_and_none_leaves_a_file(
    deployed: Terraform, cloud: RunningCloud
) -> None:
    cloud.control("faults", [{"method": "POST", "path": "projects", "action": "delay", "seconds": 30}])
    deployed.write(PROJECT)
    deployed.run("init")
    command = ["terraform", "apply", "-auto-approve"]
    before = forked_providers()
    with subprocess.Popen(command, cwd=deployed.folder, env=deployed.environment, stdout=subprocess.DEVNULL) as running:
        until(lambda: fork_clients(running.pid) and forked_providers() - before)
        providers = fork_clients(running.pid) | forked_providers() - before
        os.kill(running.pid, signal.SIGKILL)

    assert providers
    until(lambda: all(map(ended, providers)))
    until(lambda: not list(Path(deployed.environment["TMPDIR"]).glob("tf-provider-*")))
