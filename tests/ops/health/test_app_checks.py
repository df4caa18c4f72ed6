"""What the doctor says of an app before anything runs, with the lines to add."""

import json
from pathlib import Path
from typing import Any

import pytest

from ops.context.run_context import Context
from ops.health.app_checks import app_findings, preview_findings
from ops.health.finding import FindingStatus

GOOD: dict[str, Any] = {
    "name": "api",
    "main": "src/index.ts",
    "compatibility_date": "2025-09-27",
    "compatibility_flags": ["nodejs_compat"],
    "env": {"production": {"vars": {"A": "1"}, "version_metadata": {"binding": "CF_VERSION_METADATA"}}},
}
SETTINGS = """
[project]
name = "intent"
[repository]
owner = "acme"
name = "intent"
[state]
bucket = "acme-states"
[database]
plan = "free"
name = "intent"
role = "owner"
history_retention_seconds = 21600
autoscaling_limit_max_cu = 0.25
[api]
worker = "intent-api"
workers_subdomain = "acme"
[environments.dev.database]
[environments.production.database]
[release]
migrate_command = "pnpm run db:migrate"
secrets = ["DATABASE_URL", "BETTER_AUTH_SECRET"]
"""


def findings(
    folder: Path,
    configuration: str | dict[str, Any],
    *,
    release: str = 'version_variable = "GIT_SHA"',
    wrangler: str = "4.60.0",
    file: str = "wrangler.jsonc",
    **environment: str,
) -> dict[FindingStatus, list[str]]:
    app = folder / "app"
    tools = app / "apps/api/node_modules"
    (tools / ".bin").mkdir(parents=True)
    (tools / "wrangler").mkdir()
    (tools / ".bin/wrangler").write_text("")
    (tools / "wrangler/package.json").write_text(json.dumps({"version": wrangler}))
    (app / "package.json").write_text('{"packageManager": "pnpm@9.0.0"}')
    (app / "pnpm-lock.yaml").write_text("")
    (app / ".nvmrc").write_text("24.13.0")
    text = configuration if isinstance(configuration, str) else json.dumps(configuration)
    (app / "apps/api" / file).write_text(text)
    settings = folder / "settings.toml"
    settings.write_text(SETTINGS + release + "\n")
    context = Context.read({"INFRA_SETTINGS": str(settings), "BETTER_AUTH_SECRET": "s", **environment})
    found: dict[FindingStatus, list[str]] = {state: [] for state in FindingStatus}
    for finding in app_findings(context, app, "production"):
        found[finding.state].append(str(finding))
    return found


def changed(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in (GOOD | values).items() if value is not None}


def test_an_app_that_can_be_released_has_nothing_wrong(tmp_path: Path):
    found = findings(tmp_path, GOOD)
    assert found[FindingStatus.WRONG] == found[FindingStatus.LEFT_OUT] == []
    assert found[FindingStatus.OK] == [
        "ok: app: pnpm 9.0.0 (packageManager in package.json), Node 24.13.0 (.nvmrc), Worker in apps/api",
        "ok: wrangler: 4.60.0",
        "ok: apps/api/wrangler.jsonc: has environment production",
        "ok: secrets: DATABASE_URL, BETTER_AUTH_SECRET",
    ]


@pytest.mark.parametrize(
    ("configuration", "says"),
    [
        (
            changed(
                env={
                    "staging": {
                        "name": "x",
                        "vars": {"SITE": "https://app.example"},
                        "ratelimits": [{"name": "L", "namespace_id": "1"}],
                        "kv_namespaces": [{"binding": "CACHE", "id": "k"}],
                        "routes": ["app.example"],
                    }
                }
            ),
            'add "env": {"production": {"vars": {"SITE": "https://app.example"}, '
            '"ratelimits": [{"name": "L", "namespace_id": "1"}]}}, with a namespace_id of its own for each limit; '
            "staging also has kv_namespaces: add others of its own",
        ),
        (
            changed(
                env={"staging": {"unsafe": {"bindings": [{"name": "L", "type": "ratelimit"}, {"type": "telemetry"}]}}}
            ),
            'add "env": {"production": {"unsafe": {"bindings": [{"name": "L", "type": "ratelimit"}]}}}; '
            "staging also has unsafe.bindings: add others of its own",
        ),
        (
            changed(env={"staging": {}}),
            'has no environment production (it has: staging); add "env": {"production": {"vars": {}}}',
        ),
        (changed(env=None), "has no environment production (it has: none)"),
        (changed(compatibility_date=None), 'has no compatibility_date; add "compatibility_date": "2025-09-27"'),
        (changed(main=None), 'has no main, the Worker\'s first module; add "main": "src/index.ts"'),
        ("{", "can't be read"),
    ],
)
def test_what_is_missing_is_named_with_the_lines_to_add(tmp_path: Path, configuration: Any, says: str):
    try:
        wrong = findings(tmp_path, configuration)[FindingStatus.WRONG]
    except Exception as error:
        wrong = [str(error)]
    assert len(wrong) == 1
    assert says in wrong[0]


@pytest.mark.parametrize(
    ("settings", "environments", "lacks"),
    [
        ("", {"production": {"vars": {"A": "b"}}}, "dev"),
        ("", {"production": {}, "dev": {}}, ""),
        ('preview_parent = "production"', {"production": {}}, ""),
        ('preview_parent = "production"', {"dev": {}}, "production"),
    ],
)
def test_doctor_says_what_previews_need_without_failing(
    tmp_path: Path, settings: str, environments: dict[str, Any], lacks: str
):
    findings(tmp_path, changed(env=environments), release=settings)
    context = Context.read({"INFRA_SETTINGS": str(tmp_path / "settings.toml")})
    found = list(map(str, preview_findings(context, tmp_path / "app")))
    assert len(found) == bool(lacks)
    for line in found:
        text = f"left out: previews: not possible yet: apps/api/wrangler.jsonc has no environment {lacks} "
        assert line.startswith(text)
        assert f'add "env": {{"{lacks}": ' in line


def test_settings_that_say_nothing_of_a_release_are_wrong_before_one(tmp_path: Path):
    findings(tmp_path, GOOD)
    settings = tmp_path / "settings.toml"
    settings.write_text(SETTINGS.partition("[release]")[0])
    context, app = Context.read({"INFRA_SETTINGS": str(settings)}), tmp_path / "app"
    last = list(app_findings(context, app, "production"))[-1]
    assert str(last).startswith("wrong: settings: there is no table [release]; add it, with migrate_command")
    assert not [each for each in app_findings(context, app) if each.state is FindingStatus.WRONG]


def test_a_toml_configuration_gets_lines_of_toml(tmp_path: Path):
    text = 'main = "a.ts"\n[env.production.vars]\nA = "1"\n'
    wrong = findings(tmp_path, text, file="wrangler.toml", release="version_metadata = true")[FindingStatus.WRONG]
    assert wrong == [
        'wrong: apps/api/wrangler.toml: has no compatibility_date; add compatibility_date = "2025-09-27"',
        "wrong: apps/api/wrangler.toml: release.version_metadata is set, and there is no such binding; "
        'add [env.production.version_metadata] binding = "CF_VERSION_METADATA"',
    ]


def test_a_missing_environment_gets_lines_of_toml(tmp_path: Path):
    text = (
        'main = "a.ts"\ncompatibility_date = "2025-09-27"\n[env.staging.vars]\nA = "1"\n'
        '[[env.staging.ratelimits]]\nname = "L"\nnamespace_id = "1"\nsimple = { limit = 5, period = 60 }\n'
    )
    (wrong,) = findings(tmp_path, text, file="wrangler.toml")[FindingStatus.WRONG]
    lines = wrong.partition("; add ")[2].partition(", with a namespace_id of its own")[0]
    assert lines == (
        '[env.production] ratelimits = [ { name = "L", namespace_id = "1", simple = { limit = 5, period = 60 } }, ] '
        '[env.production.vars] A = "1"'
    )


def test_an_old_wrangler_is_named_with_the_command_that_raises_it(tmp_path: Path):
    assert findings(tmp_path, GOOD, wrangler="4.59.2")[FindingStatus.WRONG] == [
        "wrong: wrangler: version 4.59.2; install 4.60 or newer: pnpm --dir apps/api add --save-dev wrangler@^4.60.0"
    ]


def test_a_version_that_cannot_be_told_apart_is_mentioned(tmp_path: Path):
    left = findings(tmp_path, GOOD, release="")[FindingStatus.LEFT_OUT]
    assert len(left) == 1
    assert "can't tell versions apart" in left[0]


def test_bindings_that_the_environment_does_not_inherit_are_mentioned(tmp_path: Path):
    left = findings(tmp_path, changed(ratelimits=[{"name": "X"}], kv_namespaces=[]))[FindingStatus.LEFT_OUT]
    assert len(left) == 1
    assert "does not inherit ratelimits from the top" in left[0]


def test_secrets_that_nobody_set_are_wrong(tmp_path: Path):
    assert findings(tmp_path, GOOD, BETTER_AUTH_SECRET="")[FindingStatus.WRONG] == [
        "wrong: secrets: BETTER_AUTH_SECRET: not set; set them in the environment, or remove them from release.secrets"
    ]


def test_secrets_that_wrangler_requires_belong_into_the_settings(tmp_path: Path):
    assert findings(tmp_path, changed(secrets={"required": ["API_KEY"]}))[FindingStatus.WRONG] == [
        "wrong: secrets: API_KEY: required by wrangler's configuration; add them to release.secrets"
    ]
