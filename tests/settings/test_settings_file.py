"""An invalid settings file gives one line for each error, without its secrets."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from settings import Settings, SettingsError, load_settings
from tests.support import EXPENSE_TRACKER, load_text, load_values, read_values

Change = Callable[[Mapping[str, Any]], Settings]

# (what is changed in the committed settings, the key that the line names, a part of what it says)
MISTAKES: dict[str, tuple[dict[str, Any], str, str]] = {
    "wrong key": ({"project": {"nam": "x"}}, "project.nam", "did you mean name?"),
    "wrong key far from any": ({"state": {"quux": "x"}}, "state.quux", "known keys here: bucket, region"),
    "wrong table": ({"datbase": {}}, "datbase", "did you mean database?"),
    "wrong key of a branch": (
        {"environments": {"dev": {"database": {"rol": "x"}}}},
        "environments.dev.database.rol",
        "did you mean role?",
    ),
    "wrong key of an environment": (
        {"environments": {"dev": {"protect": True}}},
        "environments.dev.protect",
        "did you mean protected?",
    ),
    "text for a number": (
        {"database": {"history_retention_seconds": "6h"}},
        "database.history_retention_seconds",
        "valid integer, not text",
    ),
    "number for text": ({"project": {"name": 7}}, "project.name", "text, not a whole number; put the value in quotes"),
    "text for yes or no": (
        {"environments": {"dev": {"protected": "yes"}}},
        "environments.dev.protected",
        "valid boolean, not text",
    ),
    "text for a list": ({"website": {"path_excludes": "infra"}}, "website.path_excludes", "valid list, not text"),
    "text for a table": ({"database": "intent_db"}, "database", "should be a table, not text"),
    "table for text": ({"project": {"name": {}}}, "project.name", "valid string, not a table"),
    "number in a list": ({"website": {"path_excludes": ["a", 1]}}, "website.path_excludes.1", "should be text"),
    "missing name": ({"project": {"name": None}}, "project.name", "is missing; add it"),
    "missing table": ({"state": None}, "state", "is missing; add it"),
    "missing domain": (
        {"environments": {"production": {"website": {"domain": None}}}},
        "environments.production.website.domain",
        "is missing; add it",
    ),
    "missing zone": ({"cloudflare": None}, "cloudflare.zone", "environments.production.website.domain needs it"),
    "domain without a site": (
        {"website": None, "api": None},
        "environments.production.website",
        "add a [website] table",
    ),
    "domain outside the zone": (
        {"environments": {"production": {"website": {"domain": "intent.example.com"}}}},
        "environments.production.website.domain",
        "is not in cloudflare.zone (luisibarra.dev)",
    ),
    "domain that only ends like the zone": (
        {"environments": {"production": {"website": {"domain": "notluisibarra.dev"}}}},
        "environments.production.website.domain",
        "is not in cloudflare.zone",
    ),
    "domain that is none": ({"cloudflare": {"zone": "luisibarra"}}, "cloudflare.zone", "is not a domain name"),
    "domain taken": (
        {"environments": {"dev": {"website": {"domain": "intent.luisibarra.dev"}}}},
        "environments.production.website.domain",
        "already used by environments.dev.website.domain",
    ),
    "compute below what Neon has": (
        {"database": {"autoscaling_limit_max_cu": 0.1}},
        "database.autoscaling_limit_max_cu",
        "0.25 to 2 CU",
    ),
    "compute above the plan": (
        {"environments": {"dev": {"database": {"autoscaling_limit_max_cu": 3}}}},
        "environments.dev.database.autoscaling_limit_max_cu",
        "3 CU is outside what Neon's free plan allows",
    ),
    "compute of no size": (
        {"database": {"autoscaling_limit_max_cu": 1.5}},
        "database.autoscaling_limit_max_cu",
        "Neon has no size 1.5 CU",
    ),
    "history above the plan": (
        {"database": {"history_retention_seconds": 21601}},
        "database.history_retention_seconds",
        "21601 s is more than Neon's free plan allows (21600 s)",
    ),
    "history above a paid plan": (
        {"database": {"plan": "launch", "history_retention_seconds": 604801}},
        "database.history_retention_seconds",
        "launch plan allows (604800 s)",
    ),
    "history below nothing": (
        {"database": {"history_retention_seconds": -1}},
        "database.history_retention_seconds",
        "greater than or equal to 0; change the value",
    ),
    "plan that Neon has not": (
        {"database": {"plan": "business"}},
        "database.plan",
        "'free', 'launch' or 'scale'; change the value",
    ),
    "too many branches": (
        {"environments": {f"e{number}": {"database": {}} for number in range(10)} | {"dev": None}},
        "environments",
        "11 database branches are more than Neon's free plan allows (10)",
    ),
    "branch name": (
        {"environments": {"dev": {"database": {"branch": "dev branch"}}}},
        "environments.dev.database.branch",
        "'dev branch' is not a Neon branch name",
    ),
    "default branch name": ({"database": {"branch": "-main"}}, "database.branch", "is not a Neon branch name"),
    "git branch name": (
        {"repository": {"production_branch": "main..x"}},
        "repository.production_branch",
        "is not a git branch name",
    ),
    "branch taken by the default one": (
        {"environments": {"dev": {"database": {"branch": "main"}}}},
        "environments.dev.database.branch",
        "already used by database.branch",
    ),
    "branch taken by another environment": (
        {"environments": {"test": {"database": {"branch": "dev"}}}},
        "environments.test.database.branch",
        "already used by environments.dev.database.branch",
    ),
    "role that the branch has already": (
        {"environments": {"dev": {"database": {"role": "intent_owner"}}}},
        "environments.dev.database.role",
        "already has intent_owner",
    ),
    "role too long with the environment": (
        {"database": {"role": "r" * 60}},
        "environments.dev.database.role",
        "longer than Postgres's 63 characters",
    ),
    "role with a hyphen": ({"database": {"role": "intent-owner"}}, "database.role", "is not a Postgres name"),
    "role that Postgres keeps": ({"database": {"role": "pg_owner"}}, "database.role", "no pg_ in front"),
    "environment name": ({"environments": {"Dev": {}}}, "environments.Dev", "is not an environment name"),
    "environment called project": ({"environments": {"project": {}}}, "environments.project", "name is taken"),
    "environment called state": ({"environments": {"state": {}}}, "environments.state", "name is taken"),
    "environment called edge": ({"environments": {"edge": {}}}, "environments.edge", "name is taken"),
    "project name": ({"project": {"name": "Intent Tracker"}}, "project.name", "is not a name"),
    "project name for a host": ({"project": {"name": "x" * 59}}, "project.name", "1 to 58"),
    "bucket": ({"state": {"bucket": "My_Bucket"}}, "state.bucket", "is not an S3 bucket name"),
    "region": ({"state": {"region": "us-east"}}, "state.region", "is not an AWS region"),
    "date": ({"website": {"compatibility_date": "27.9.2025"}}, "website.compatibility_date", "is not a date"),
    "date that is none": ({"website": {"compatibility_date": "2025-02-30"}}, "website.compatibility_date", "date"),
    "variable name": ({"website": {"api_url_variable": "api-url"}}, "website.api_url_variable", "variable name"),
    "Terraform expression": (
        {"website": {"build_command": "echo ${var.neon_api_key}"}},
        "website.build_command",
        "a Terraform expression is not allowed",
    ),
    "two lines": ({"website": {"build_command": "a\nb"}}, "website.build_command", "on one line"),
    "invisible character": (
        {"website": {"build_command": "ls\x1b[2J"}},
        "website.build_command",
        r"'ls\x1b[2J' is not a line of text; use visible characters",
    ),
    "line separator": ({"website": {"build_command": "a\u2028b"}}, "website.build_command", r"'a\u2028b'"),
    "digits of another script": ({"state": {"region": "us-east-١"}}, "state.region", "is not an AWS region"),
    "environment that ends with a hyphen": (
        {"environments": {"dev-": {"database": {}}}},
        "environments.dev-",
        "inner hyphens",
    ),
    "empty environment": (
        {"environments": {"bare": {}}},
        "environments.bare",
        "add environments.bare.database, .website, .api or .secrets, or remove environments.bare",
    ),
    "environment with a guard on nothing": (
        {"environments": {"bare": {"protected": True}}},
        "environments.bare",
        "is empty",
    ),
    "site of an environment that is not there": (
        {"environments": {"production": None}},
        "api.site_environment",
        "calls the API of production, and there is no such environment; set it to one of: dev",
    ),
    "Worker with a long name": (
        {"api": {"worker": "w" * 53}},
        "api.worker",
        f"Worker {'w' * 53}-production of environment production would have 64 characters, and 63 is the most",
    ),
    "number for a mark": (
        {"environments": {"dev": {"secrets": {"rotation": 1}}}},
        "environments.dev.secrets.rotation",
        "should be text, not a whole number; put the value in quotes",
    ),
    "role that Postgres has": ({"database": {"role": "postgres"}}, "database.role", "has such a role; choose another"),
    "role that Neon has": (
        {"environments": {"dev": {"database": {"role": "neon_superuser"}}}},
        "environments.dev.database.role",
        "has such a role; choose another",
    ),
    "role that means everybody": ({"database": {"role": "public"}}, "database.role", "has such a role"),
    "database that Postgres has": ({"database": {"name": "template1"}}, "database.name", "has such a database"),
    "second database that Postgres has": (
        {"environments": {"dev": {"database": {"own_database": "postgres"}}}},
        "environments.dev.database.own_database",
        "has such a database; choose another",
    ),
    "owner that is a step": ({"repository": {"owner": ".."}}, "repository.owner", "is not a GitHub user"),
    "repository that is a step": ({"repository": {"name": "."}}, "repository.name", "is not a GitHub repository"),
    "branch with an empty step": ({"database": {"branch": "a//b"}}, "database.branch", "is not a Neon branch name"),
    "branch that ends with a slash": ({"database": {"branch": "a/"}}, "database.branch", "inner slashes"),
    "branch called like a restore point": (
        {"database": {"branch": "restore-main"}},
        "database.branch",
        "restore-main is reserved for restore points",
    ),
    "environment called like a restore point": (
        {"environments": {"before-x": {"database": {}}}},
        "environments.before-x.database.branch",
        "before-x is reserved for restore points",
    ),
    "bucket with a step that begins with a hyphen": (
        {"state": {"bucket": "a.-b"}},
        "state.bucket",
        "is not an S3 bucket",
    ),
    "bucket with a beginning of S3's": ({"state": {"bucket": "xn--states"}}, "state.bucket", "is not an S3 bucket"),
    "bucket with an end of S3's": ({"state": {"bucket": "states-s3alias"}}, "state.bucket", "is not an S3 bucket"),
    "command with an open quote": (
        {"release": {"migrate_command": "npm run 'migrate"}},
        "release.migrate_command",
        "can't be read as a command: No closing quotation",
    ),
    "command of spaces": ({"release": {"migrate_command": "  "}}, "release.migrate_command", "has no program"),
    "command that begins with nothing": (
        {"release": {"migrate_command": "m", "audit_command": "'' audit"}},
        "release.audit_command",
        "has no program",
    ),
    "header with its value": (
        {"release": {"migrate_command": "m", "required_headers": ["x-frame-options: DENY"]}},
        "release.required_headers.0",
        "is not a header's name; use letters, digits and hyphens",
    ),
    "header of another script": (
        {"release": {"migrate_command": "m", "required_headers": ["x-främe"]}},
        "release.required_headers.0",
        "is not a header's name",
    ),
    "Worker outside the app": (
        {"release": {"migrate_command": "m", "api_dir": "apps/../../x"}},
        "release.api_dir",
        "is not a folder within the app's repository",
    ),
    "many Workers": (
        {"release": {"migrate_command": "m", "api_dir": "apps/*"}},
        "release.api_dir",
        "is not a folder within",
    ),
    **{
        f"{name} as a Worker's secret": (
            {"release": {"migrate_command": "m", "secrets": ["DATABASE_URL", name]}},
            "release.secrets.1",
            f"{name} is a variable of the release itself",
        )
        for name in ("PATH", "CLOUDFLARE_API_TOKEN", "NEON_API_KEY", "AWS_SECRET_ACCESS_KEY")
    },
    "key of two lines": ({"project": {"a\nb": 1}}, "project.'a\\nb'", "is not a line of text"),
    "key of 1,001 characters": ({"project": {"k" * 1001: 1}}, f"project.{'k' * 79}…", "1,001 characters are too long"),
    "text of 1,001 characters": ({"project": {"name": "x" * 1001}}, "project.name", "use at most 1,000"),
    "expression as a zone id": (
        {"database": {"allowed_ips": ["fe80::1%${1+1}"]}},
        "database.allowed_ips.0",
        "a Terraform expression is not allowed here",
    ),
    "address with a zone id": (
        {"database": {"allowed_ips": ["fe80::1%eth0"]}},
        "database.allowed_ips.0",
        "is not an address or a range",
    ),
    "expression among healthy fields": (
        {"release": {"migrate_command": "m", "healthy_fields": {"status": "%{if true}"}}},
        "release.healthy_fields.status",
        "a Terraform expression is not allowed here",
    ),
    "bell among healthy fields": (
        {"release": {"migrate_command": "m", "healthy_fields": {"status": "o\x07k"}}},
        "release.healthy_fields.status",
        "is not a line of text",
    ),
}
SECRETS = {
    "Neon password": "npg_a3c01bc1cfbc4c6b",
    "Neon API key": "napi_0k3j2h1g9f8d7s6a5q4w3e2r1t",
    "Cloudflare token": "Zq3vN8xT1kLmP0sRwYb5uHcJ7dGfE2aQ9iOxMnBV",
    "Cloudflare token of the newer form": "cfut_" + "0a1b2c3d" * 6,
    "AWS key": "AKIAIOSFODNN7EXAMPLE",
    "GitHub token": "ghp_0123456789abcdefghij0123456789abcdef",
    "connection URI": "postgresql://owner:hunter2@host/db",
    "Discord webhook": "https://discord.com/api/webhooks/1/abc",
    "Discord webhook of a version": "https://discord.com/api/v10/webhooks/1/abc",
    "AWS key of a session": "ASIA" + "IOSFODNN" * 2,
    "GitLab token": "glpat-" + "a1B2_" * 4,
    "OpenAI key": "sk-proj-" + "a1B2_" * 8,
    "Stripe key": "sk_live_" + "a1b2" * 6,
    "login at any service": "amqp://owner:" + "hunter2@host",
}


def _refusal(load: Callable[[], object]) -> str:
    with pytest.raises(SettingsError) as refused:
        load()
    return str(refused.value)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_one_line_that_names_the_key(changed: Change, mistake: str) -> None:
    changes, key, words = MISTAKES[mistake]
    line = _refusal(lambda: changed(changes))
    assert len(line.splitlines()) == 1
    assert f"settings.toml: {key}: " in line
    assert words in line


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    ("table", "key"), [("project", "name"), ("website", "build_command"), ("database", "role"), ("state", "bucket")]
)
def test_secret_as_a_plain_value_is_refused_and_not_shown(changed: Change, table: str, key: str, secret: str) -> None:
    line = _refusal(lambda: changed({table: {key: SECRETS[secret]}}))
    assert len(line.splitlines()) == 1
    assert f"{table}.{key}: this looks like a secret" in line
    assert SECRETS[secret] not in line


@pytest.mark.parametrize(
    ("table", "key"), [("project", "name"), ("database", "role"), ("state", "bucket"), ("repository", "owner")]
)
@pytest.mark.parametrize("key_of_nobody", ["f00d" * 16, "Zq3vN8xT1kLmP0sRwYb5uHcJ7dGf!"], ids=["hex", "letters"])
def test_a_refused_value_that_may_be_a_secret_is_not_shown(
    changed: Change, table: str, key: str, key_of_nobody: str
) -> None:
    line = _refusal(lambda: changed({table: {key: key_of_nobody}}))
    assert f"{table}.{key}: this text is not " in line
    assert key_of_nobody[:12] not in line


def test_secret_inside_a_value_is_refused(changed: Change) -> None:
    line = _refusal(lambda: changed({"website": {"build_command": f"NEON={SECRETS['Neon API key']} pnpm build"}}))
    assert "website.build_command: this looks like a secret" in line
    assert SECRETS["Neon API key"] not in line


@pytest.mark.parametrize(
    "key", ["cloudflare_api_token", "neon_api_key", "cloudflare_account_id", "cloudflare_zone_id", "neon_org_id"]
)
def test_key_for_a_secret_leads_to_the_terraform_variable(changed: Change, key: str) -> None:
    line = _refusal(lambda: changed({"project": {key: "q" * 40}}))
    assert len(line.splitlines()) == 1
    assert f"project.{key}: " in line
    assert f"TF_VAR_{key}" in line
    assert "qqqq" not in line


@pytest.mark.parametrize(
    ("table", "key", "variable"),
    [
        ("cloudflare", "api_token", "TF_VAR_cloudflare_api_token"),
        ("cloudflare", "token", "TF_VAR_cloudflare_api_token"),
        ("cloudflare", "account_id", "TF_VAR_cloudflare_account_id"),
        ("database", "api_key", "TF_VAR_neon_api_key"),
        ("database", "org_id", "TF_VAR_neon_org_id"),
        ("project", "zone_id", "TF_VAR_cloudflare_zone_id"),
        ("project", "Webhook", "TF_VAR_discord_webhook_url"),
        ("project", "password", "through the environment"),
        ("database", "token", "through the environment"),
    ],
)
def test_hint_names_a_variable_that_there_is(changed: Change, table: str, key: str, variable: str) -> None:
    line = _refusal(lambda: changed({table: {key: "q" * 40}}))
    assert len(line.splitlines()) == 1
    assert f"pass it {'as the Terraform variable ' if 'TF_VAR' in variable else ''}{variable} (README" in line


def test_date_without_quotes_is_told_to_get_some() -> None:
    text = EXPENSE_TRACKER.read_text().replace('"2025-09-27"', "2025-09-27")
    line = _refusal(lambda: load_text(text))
    assert line.endswith("website.compatibility_date: should be text, not a date; put the value in quotes")


@pytest.mark.parametrize("table", ["environments", "project"])
def test_secret_as_a_key_is_not_shown(changed: Change, table: str) -> None:
    secret = SECRETS["Neon API key"]
    line = _refusal(lambda: changed({table: {secret: {}}}))
    assert len(line.splitlines()) == 1
    assert f"{table}.…: " in line
    assert secret not in line


def test_secret_of_the_wrong_type_is_not_shown(changed: Change) -> None:
    line = _refusal(lambda: changed({"database": {"history_retention_seconds": SECRETS["Neon password"]}}))
    assert SECRETS["Neon password"] not in line


def test_two_mistakes_are_two_lines(changed: Change) -> None:
    lines = _refusal(lambda: changed({"project": {"name": "No Name"}, "state": {"bucket": None}})).splitlines()
    assert [line.split("settings.toml: ")[1].split(":")[0] for line in lines] == ["project.name", "state.bucket"]


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    line = _refusal(lambda: load_settings(tmp_path / "gone.toml"))
    assert line.startswith(f"{tmp_path}/gone.toml: no such file; ")


def test_folder_is_told_from_a_file(tmp_path: Path) -> None:
    assert _refusal(lambda: load_settings(tmp_path)).startswith(f"{tmp_path}: is a folder, not a file; ")


def test_pipe_is_told_from_a_file_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    line = _refusal(lambda: load_settings(tmp_path / "pipe"))
    assert line.startswith(f"{tmp_path}/pipe: is a pipe or a device, not a file; ")


def test_path_that_can_not_be_is_one_line(tmp_path: Path) -> None:
    line = _refusal(lambda: load_settings(tmp_path / ("x" * 300)))
    assert "can't be found: File name too long; " in line
    assert len(line.splitlines()) == 1


def test_byte_order_mark_is_named(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes(b"\xef\xbb\xbf" + EXPENSE_TRACKER.read_bytes())
    line = _refusal(lambda: load_settings(file))
    assert line.endswith("starts with a byte order mark, which TOML does not allow; save it as UTF-8 without BOM")


def test_file_that_is_not_toml_is_told_by_its_line() -> None:
    line = _refusal(lambda: load_text('[project]\nname = "x\n'))
    assert "not valid TOML" in line
    assert "line 2" in line
    assert len(line.splitlines()) == 1


def test_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(b"\xff\xfe")
    assert "not UTF-8 text" in _refusal(lambda: load_settings(tmp_path / "settings.toml"))


def test_settings_are_frozen_at_every_depth(settings: Settings) -> None:
    with pytest.raises(ValidationError):
        settings.project = settings.project
    with pytest.raises(ValidationError):
        settings.environments["dev"].protected = True


@pytest.mark.parametrize(
    ("variable", "value"), [("PROJECT", "other"), ("DATABASE", "{}"), ("API", '{"site_environment": "dev"}')]
)
def test_variables_of_the_owners_shell_are_not_settings(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert load_settings(EXPENSE_TRACKER) == settings


def test_the_smallest_file_is_a_database_alone() -> None:
    values = read_values(EXPENSE_TRACKER)
    needed = {table: values[table] for table in ("project", "repository", "state")}
    settings = load_values({**needed, "database": {"name": "db", "role": "owner"}})
    assert (settings.environments, settings.website, settings.database.plan) == ({}, None, "free")
    assert settings.database.history_retention_seconds == 21600
    assert settings.database.autoscaling_limit_max_cu == 0.25


@pytest.mark.parametrize("cu", [0.25, 0.5, 1, 2])
def test_neons_sizes_are_accepted(changed: Change, cu: float) -> None:
    assert changed({"database": {"autoscaling_limit_max_cu": cu}}).database.autoscaling_limit_max_cu == cu


def test_a_paid_plan_lifts_the_limits(changed: Change) -> None:
    paid = {"plan": "scale", "history_retention_seconds": 30 * 86400, "autoscaling_limit_max_cu": 16}
    assert changed({"database": paid}).database.history_retention_seconds == 30 * 86400


def test_ten_branches_are_within_the_free_plan(changed: Change) -> None:
    more = {f"e{number}": {"database": {}} for number in range(8)}
    assert len(changed({"environments": more}).environments) == 10


@pytest.mark.parametrize("plan", ["launch", "scale"])
def test_a_paid_plan_has_branches_beyond_those_that_it_includes(changed: Change, plan: str) -> None:
    more: dict[str, Any] = {f"e{number}": {"database": {}} for number in range(30)}
    assert len(changed({"database": {"plan": plan}, "environments": more}).environments) > 30


def test_every_key_is_described() -> None:
    def undescribed(model: Any, path: str) -> list[str]:
        missing: list[str] = []
        for name, field in model.model_fields.items():
            if not field.description:
                missing.append(f"{path}{name}")
            for inner in (field.annotation, *getattr(field.annotation, "__args__", ())):
                if hasattr(inner, "model_fields"):
                    missing += undescribed(inner, f"{path}{name}.")
        return missing

    assert undescribed(Settings, "") == []


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("a && b", "&&"),
        ("a;b", ";"),
        ("a | tee log", "|"),
        ("a > log 2>&1", ">"),
        ("(a)", "("),
        ("NODE_ENV=production a", "NODE_ENV="),
        ("psql $DATABASE_URL", "$DATABASE_URL"),
        ('psql "$DATABASE_URL" -f x.sql', "$DATABASE_URL"),
        ("a `date`", "`"),
        ('a "$(date)"', "$("),
    ],
)
@pytest.mark.parametrize("key", ["migrate_command", "pending_command", "audit_command"])
def test_a_command_that_needs_a_shell_is_refused(changed: Change, key: str, command: str, word: str) -> None:
    line = _refusal(lambda: changed({"release": {"migrate_command": "m", key: command}}))
    assert f"release.{key}: {word} works only in a shell" in line
    assert len(line.splitlines()) == 1


@pytest.mark.parametrize(
    "command",
    [
        "pnpm --filter @intent/api db:migrate",
        "sh -c 'a && b > log'",
        'sh -c "a && psql $DATABASE_URL"',
        "psql --command 'select 1; select $$x$$'",
        'grep "a|b;c" file',
        r"echo \$HOME \; a\&b",
        "m --price '$5' cost$",
    ],
)
def test_a_command_that_needs_no_shell_is_accepted(changed: Change, command: str) -> None:
    settings = changed({"release": {"migrate_command": command}})
    assert settings.release
    assert settings.release.migrate_command == command


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = '" + "x" * 100_000 + "'", "line 1 has 100,009 characters, and at most 10,000 are allowed"),
        ("\n" + "a." * 90_000 + "b = 1", "line 2 has 180,005 characters"),
        ("# a comment\n" * 20_000, "has 240,000 characters, and at most 200,000 are allowed"),
    ],
)
def test_a_file_that_is_too_long_is_one_line_before_it_is_parsed(text: str, words: str) -> None:
    line = _refusal(lambda: load_text(text))
    assert words in line
    assert len(line.splitlines()) == 1
