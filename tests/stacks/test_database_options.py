"""Database options and the Worker's secrets: what each table adds, and what it leaves alone."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from provider_pins import PINS
from settings import Settings, SettingsError

Changed = Callable[[Mapping[str, Any]], Settings]
Synth = Callable[[Settings], dict[str, Any]]


def test_a_branch_can_have_a_database_of_its_own(changed: Changed, synth: Synth) -> None:
    stack = synth(changed({"environments": {"dev": {"database": {"own_database": "scratch"}}}}))["dev"]
    database = stack["resource"]["neon_database"]["this"]
    assert database["name"] == "scratch"
    assert database["owner_name"] == "${neon_role.this.name}"
    assert database["branch_id"] == "${neon_branch.this.id}"
    assert stack["output"]["database_uri"]["value"].endswith("/${neon_database.this.name}?sslmode=require")


def test_production_can_have_a_protected_branch_of_its_own(changed: Changed, synth: Synth) -> None:
    changes = {
        "database": {"plan": "launch"},
        "environments": {"production": {"protected": True, "database": {"neon_protected": True}}},
    }
    stack = synth(changed(changes))["production"]
    branch = stack["resource"]["neon_branch"]["this"]
    assert branch["name"] == "production"
    assert branch["protected"] == "yes"
    assert branch["lifecycle"] == {"prevent_destroy": True}
    assert stack["output"]["database_uri"]["sensitive"] is True


@pytest.mark.parametrize(("wanted", "written"), [(None, None), (True, "yes"), (False, "no")])
def test_a_switch_that_neon_keeps_can_be_turned_back(
    changed: Changed, synth: Synth, wanted: bool | None, written: str | None
) -> None:
    database = {
        "plan": "scale",
        "allowed_ips": ["203.0.113.7"],
        "allowed_ips_protected_branches_only": wanted,
    }
    stacks = synth(changed({"database": database, "environments": {"dev": {"database": {"neon_protected": wanted}}}}))
    assert stacks["dev"]["resource"]["neon_branch"]["this"].get("protected") == written
    project = stacks["project"]["resource"]["neon_project"]["main"]
    assert project.get("allowed_ips_protected_branches_only") == written


def test_a_read_replica_is_a_second_endpoint(changed: Changed, synth: Synth) -> None:
    replica = {"autoscaling_limit_max_cu": 0.5}
    stack = synth(changed({"environments": {"dev": {"database": {"read_replica": replica}}}}))["dev"]
    endpoints = stack["resource"]["neon_endpoint"]
    assert endpoints["read_replica"]["type"] == "read_only"
    assert endpoints["read_replica"]["autoscaling_limit_max_cu"] == 0.5
    assert "type" not in endpoints["this"]
    assert "${neon_endpoint.read_replica.host}" in stack["output"]["read_replica_uri"]["value"]
    assert stack["output"]["read_replica_uri"]["sensitive"] is True


def test_the_project_takes_a_quota_allowed_ips_and_compute_limits(changed: Changed, synth: Synth) -> None:
    changes = {
        "database": {
            "plan": "scale",
            "autoscaling_limit_min_cu": 0.25,
            "autoscaling_limit_max_cu": 4.0,
            "suspend_timeout_seconds": 60,
            "allowed_ips": ["203.0.113.0/24"],
            "allowed_ips_protected_branches_only": True,
            "quota": {"compute_time_seconds": 360000},
        }
    }
    project = synth(changed(changes))["project"]["resource"]["neon_project"]["main"]
    assert project["default_endpoint_settings"] == {
        "autoscaling_limit_min_cu": 0.25,
        "autoscaling_limit_max_cu": 4,
        "suspend_timeout_seconds": 60,
    }
    assert project["allowed_ips"] == ["203.0.113.0/24"]
    assert project["allowed_ips_protected_branches_only"] == "yes"
    assert project["quota"] == {"compute_time_seconds": 360000}


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"database": {"allowed_ips": ["203.0.113.7"]}}, "database.allowed_ips"),
        ({"database": {"plan": "scale", "allowed_ips": ["here"]}}, "database.allowed_ips"),
        ({"database": {"plan": "scale", "allowed_ips": ["203.0.113.7", "0.0.0.0/0"]}}, "database.allowed_ips"),
        ({"database": {"plan": "scale", "allowed_ips": ["0.0.0.0/1", "128.0.0.0/1"]}}, "database.allowed_ips"),
        ({"database": {"plan": "scale", "allowed_ips": ["::/0"]}}, "database.allowed_ips"),
        (
            {"database": {"allowed_ips_protected_branches_only": True}},
            "database.allowed_ips_protected_branches_only",
        ),
        ({"database": {"suspend_timeout_seconds": 60}}, "database.suspend_timeout_seconds"),
        ({"database": {"plan": "launch", "suspend_timeout_seconds": 60}}, "database.suspend_timeout_seconds"),
        ({"database": {"plan": "scale", "suspend_timeout_seconds": 5}}, "database.suspend_timeout_seconds"),
        ({"database": {"autoscaling_limit_min_cu": 1.0}}, "database.autoscaling_limit_min_cu"),
        ({"database": {"autoscaling_limit_min_cu": 0.1}}, "database.autoscaling_limit_min_cu"),
        ({"database": {"quota": {"compute_time_seconds": 0}}}, "database.quota.compute_time_seconds"),
        (
            {"environments": {"dev": {"database": {"neon_protected": True}}}},
            "environments.dev.database.neon_protected",
        ),
        (
            {"environments": {"dev": {"database": {"own_database": "intent_db"}}}},
            "environments.dev.database.own_database",
        ),
        (
            {"environments": {"dev": {"database": {"read_replica": {"autoscaling_limit_max_cu": 3.0}}}}},
            "environments.dev.database.read_replica.autoscaling_limit_max_cu",
        ),
        ({"environments": {"dev": {"secrets": {"rotation": "soon"}}}}, "environments.dev.secrets.rotation"),
        ({"environments": {"dev": {"secrets": {}}}}, "environments.dev.secrets.rotation"),
    ],
)
def test_what_the_plan_can_not_do_is_one_line(changed: Changed, changes: Mapping[str, Any], key: str) -> None:
    with pytest.raises(SettingsError) as error:
        changed(changes)
    message = str(error.value)
    assert len(message.splitlines()) == 1
    assert f": {key}" in message


def test_a_paid_plan_can_keep_a_compute_awake(changed: Changed, synth: Synth) -> None:
    stack = synth(changed({"database": {"plan": "launch", "suspend_timeout_seconds": -1}}))["project"]
    settings = stack["resource"]["neon_project"]["main"]["default_endpoint_settings"]
    assert settings["suspend_timeout_seconds"] == -1


def test_secrets_are_made_here_and_leave_only_as_one_sensitive_output(changed: Changed, synth: Synth) -> None:
    stacks = synth(changed({"environments": {"production": {"secrets": {"rotation": "1"}}}}))
    stack = stacks["production"]
    password = stack["resource"]["random_password"]["better_auth"]
    assert password["length"] >= 32
    assert password["keepers"] == {"rotation": "1"}
    assert password["lifecycle"] == {"create_before_destroy": True}
    assert stack["terraform"]["required_providers"]["random"]["version"] == PINS.providers["random"].version
    output = stack["output"]["worker_secrets"]
    assert output["sensitive"] is True
    assert output["value"] == {
        "BETTER_AUTH_SECRET": "${random_password.better_auth.result}",
        "BETTER_AUTH_URL": "https://intent-expense-tracker-api-production.sebastianiv21.workers.dev",
        "DATABASE_URL": "${data.terraform_remote_state.project.outputs.project_connection_uri}",
    }
    variables = stacks["project"]["resource"]["cloudflare_pages_project"]["web"]["deployment_configs"]["production"]
    assert list(variables["env_vars"]) == ["NEXT_PUBLIC_API_URL"]


def test_a_branch_gives_its_own_address_to_the_secrets(changed: Changed, synth: Synth) -> None:
    stack = synth(changed({"environments": {"dev": {"secrets": {"rotation": "1"}}}}))["dev"]
    assert stack["output"]["worker_secrets"]["value"]["DATABASE_URL"] == stack["output"]["database_uri"]["value"]


def test_another_rotation_mark_changes_the_keeper_and_nothing_else(changed: Changed, synth: Synth) -> None:
    def stacks(mark: str) -> dict[str, Any]:
        return synth(changed({"environments": {"production": {"secrets": {"rotation": mark}}}}))

    first, second = stacks("1"), stacks("2")
    second["production"]["resource"]["random_password"]["better_auth"]["keepers"]["rotation"] = "1"
    assert first == second
