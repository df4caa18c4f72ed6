"""Build variables of the site: those of the settings, and those that somebody set in Cloudflare's dashboard."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.world import IDS, World
from settings import SettingsError, load_settings
from tests.ops.terraform.test_rehearsed import Rehearsal
from tests.support import EXPENSE_TRACKER, load_values, merged, read_values, synthesize

pytestmark = pytest.mark.slow

PROJECT = f"/accounts/{IDS['account_id']}/pages/projects/intent-expense-tracker"
SECRET = "a value that only its owner knows"


def set_in_the_dashboard(world: World) -> None:
    variables = {
        "production": {
            "SENTRY": {"type": "secret_text", "value": SECRET},
            "NODE_VERSION": {"type": "plain_text", "value": "24"},
        },
        "preview": {"FLAG": {"type": "secret_text", "value": SECRET}},
    }
    configs: dict[str, dict[str, Any]] = {builds: {"env_vars": found} for builds, found in variables.items()}
    configs["production"]["kv_namespaces"] = {"cache": {"namespace_id": "0" * 32}}
    body = {"deployment_configs": configs}
    with world.cloudflare() as cloudflare:
        cloudflare.patch(PROJECT, json=body).raise_for_status()


def variables(world: World) -> dict[str, dict[str, Any]]:
    with world.cloudflare() as cloudflare:
        configs = cloudflare.get(PROJECT).raise_for_status().json()["result"]["deployment_configs"]
    return {builds: config["env_vars"] or {} for builds, config in configs.items()}


def bindings(world: World) -> dict[str, Any]:
    with world.cloudflare() as cloudflare:
        configs = cloudflare.get(PROJECT).raise_for_status().json()["result"]["deployment_configs"]
    return configs["production"]["kv_namespaces"]


def test_what_the_settings_do_not_declare_is_refused_left_alone_or_taken_over(tmp_path: Path):
    settings = tmp_path / "settings.toml"
    text = EXPENSE_TRACKER.read_text()
    settings.write_text(text)

    def declare(lines: str) -> None:
        settings.write_text(text.replace("[website]\n", f"[website]\n{lines}\n", 1))

    with World("variables", load_settings(EXPENSE_TRACKER)) as world:
        rehearsal = Rehearsal(world)

        def ops(*arguments: str, **more: str) -> tuple[int, str]:
            done = rehearsal.ops(*arguments, INFRA_SETTINGS=str(settings), **more)
            return done.returncode, done.stdout + done.stderr

        assert ops("deploy", "project", "--yes")[0] == 0
        set_in_the_dashboard(world)
        code, printed = ops("deploy", "project", "--yes")
        assert code == 3
        for name in ("SENTRY", "NODE_VERSION", "FLAG", "cache"):
            assert f'[website] unmanaged_variables = ["{name}"]' in printed
        assert set(variables(world)["production"]) == {"NEXT_PUBLIC_API_URL", "SENTRY", "NODE_VERSION"}

        declare('unmanaged_variables = ["SENTRY", "NODE_VERSION", "FLAG", "cache"]')
        assert ops("deploy", "project", "--yes")[0] == 0
        assert list(bindings(world)) == ["cache"]
        assert ops("plan", "project")[0] == 0
        assert set(variables(world)["production"]) == {"NEXT_PUBLIC_API_URL", "SENTRY", "NODE_VERSION"}
        assert set(variables(world)["preview"]) == {"FLAG"}

        declare(
            'unmanaged_variables = ["cache"]\nsecret_variables = ["SENTRY"]\nvariables = { NODE_VERSION = "22" }\n'
            'preview_secret_variables = ["FLAG"]\npreview_variables = { MOCKS = "on" }'
        )
        values = {"TF_VAR_website_SENTRY": SECRET, "TF_VAR_website_preview_FLAG": f"{SECRET}, for previews"}
        code, printed = ops("deploy", "project", "--yes", **values)
        assert code == 0, printed
        assert SECRET not in rehearsal.printed
        found = variables(world)
        assert found["production"]["NODE_VERSION"]["value"] == "22"
        assert found["production"]["SENTRY"] == {"type": "secret_text", "value": ""}
        assert set(found["preview"]) == {"FLAG", "MOCKS"}
        assert list(bindings(world)) == ["cache"]
        assert ops("plan", "project", **values)[0] == 0, "the service never shows a secret again"


def website(**changes: Any) -> dict[str, Any]:
    return merged(read_values(EXPENSE_TRACKER), {"website": changes})


def test_values_of_secrets_are_sensitive_variables_of_terraform():
    stack = synthesize(load_values(website(secret_variables=["SENTRY"], build_image=2)))["project"]
    declared = stack["variable"]["website_SENTRY"]
    assert declared["sensitive"] is True
    assert "default" not in declared
    configs = stack["resource"]["cloudflare_pages_project"]["web"]["deployment_configs"]
    assert configs["production"]["env_vars"]["SENTRY"] == {"type": "secret_text", "value": "${var.website_SENTRY}"}
    assert {builds: config["build_image_major_version"] for builds, config in configs.items()} == {
        "production": 2,
        "preview": 2,
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"variables": {"A": "1"}, "secret_variables": ["A"]}, "website.secret_variables: A is also in variables"),
        ({"variables": {"NEXT_PUBLIC_API_URL": "x"}}, "website.variables: NEXT_PUBLIC_API_URL is also in api_url"),
        ({"unmanaged_variables": ["A", "A"]}, "website.unmanaged_variables: A is also in unmanaged_variables"),
        (
            {"preview_secret_variables": ["A"], "unmanaged_variables": ["A"]},
            "website.unmanaged_variables: A is also in preview_secret_variables",
        ),
    ],
)
def test_a_variable_has_one_home(changes: dict[str, Any], message: str):
    with pytest.raises(SettingsError, match=message):
        load_values(website(**changes))
