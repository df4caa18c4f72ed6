"""Each guard is broken on purpose: the synth stops, with one line that names the resource and what to do."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from constructs_lib.guards import guard_lines
from constructs_lib.guards.secret_guard import SecretGuard
from constructs_lib.guards.stack_guard import StackValues

import pytest
from cdktf import App, TerraformStack
from hypothesis import given
from hypothesis import strategies as st

from catalog import CATALOG
from main import build
from settings import Settings
from tests.support import ROOT, load_values, merged, read_values, tool_environment

FULL = "examples/full.toml"
COMMITTED = "sandbox/fixtures/expense-tracker.toml"
SECRETS = {
    kind: [path.replace("*", "KEY") for path in entry.secrets] for kind, entry in CATALOG.items() if entry.secrets
}
NEON_KEY = "napi_" + "k3v9" * 8
LOGIN = "postgresql://owner:" + "plain-words" + "@db.example/ledger"
CLOUDFLARE_TOKEN = "Ab3_" * 10
WORKER_SECRET = "${random_password.better_auth.result}"
CHANGES = {
    "the Neon project may go": (
        COMMITTED,
        "project",
        {"resource.neon_project.main.lifecycle.prevent_destroy": False},
        "neon_project.main: holds data that a plan could destroy; set the lifecycle prevent_destroy in its construct",
    ),
    "the Pages project may go": (
        COMMITTED,
        "project",
        {"resource.cloudflare_pages_project.web.lifecycle.prevent_destroy": False},
        "cloudflare_pages_project.web: holds data that a plan could destroy; "
        "set the lifecycle prevent_destroy in its construct",
    ),
    "a bucket may go": (
        COMMITTED,
        "project",
        {
            "resource.aws_s3_bucket.state.bucket": "states",
            "terraform.required_providers.aws": {"source": "hashicorp/aws", "version": "6.0.0"},
        },
        "aws_s3_bucket.state: holds data that a plan could destroy; set the lifecycle prevent_destroy in its construct",
    ),
    "production's branch may go": (
        FULL,
        "production",
        {"resource.neon_branch.this.lifecycle.prevent_destroy": False},
        "neon_branch.this: holds data that a plan could destroy; set environments.production.protected = true",
    ),
    "production's database may go": (
        FULL,
        "production",
        {"resource.neon_database.this.lifecycle.prevent_destroy": False},
        "neon_database.this: holds data that a plan could destroy; set environments.production.protected = true",
    ),
    "a key in an argument": (
        COMMITTED,
        "project",
        {"resource.cloudflare_pages_project.web.deployment_configs.production.env_vars.KEY.value": NEON_KEY},
        "cloudflare_pages_project.web.deployment_configs.production.env_vars.KEY.value: "
        "holds what looks like a secret; pass it as a sensitive Terraform variable",
    ),
    "a key as a literal inside an expression": (
        COMMITTED,
        "project",
        {"resource.cloudflare_pages_project.web.name": f'${{lower("{NEON_KEY}")}}'},
        "cloudflare_pages_project.web.name: holds what looks like a secret; pass it as a sensitive Terraform variable",
    ),
    "a password in an address": (
        COMMITTED,
        "dev",
        {"output.database_uri.value": LOGIN},
        "output.database_uri.value: holds what looks like a secret; pass it as a sensitive Terraform variable",
    ),
    "a plain password between expressions": (
        COMMITTED,
        "dev",
        {"output.database_uri.value": "postgresql://${neon_role.this.name}:plain-words@${neon_endpoint.this.host}/x"},
        "output.database_uri.value: holds what looks like a secret; pass it as a sensitive Terraform variable",
    ),
    "a token in a list": (
        FULL,
        "project",
        {"resource.neon_project.main.allowed_ips": [CLOUDFLARE_TOKEN]},
        "neon_project.main.allowed_ips.2: holds what looks like a secret; pass it as a sensitive Terraform variable",
    ),
    "a credential with a default": (
        COMMITTED,
        "project",
        {"variable.neon_api_key.default": "given"},
        "var.neon_api_key: is sensitive and has a default; remove the default",
    ),
    "a credential that is not sensitive": (
        COMMITTED,
        "project",
        {"variable.neon_api_key.sensitive": False},
        "var.neon_api_key: has a secret's name and is not sensitive; mark it as sensitive",
    ),
    "a plain output of a role's password": (
        COMMITTED,
        "dev",
        {"output.database_uri.sensitive": False},
        "output.database_uri: shows neon_role.this.password, which is sensitive; mark the output as sensitive",
    ),
    "a plain output of a secret deep inside": (
        FULL,
        "staging",
        {"output.extra": {"value": {"of": [{"it": WORKER_SECRET}]}}},
        "output.extra: shows random_password.better_auth.result, which is sensitive; mark the output as sensitive",
    ),
    "a plain output of a sensitive variable": (
        COMMITTED,
        "project",
        {"output.organisation.value": "${var.neon_org_id}"},
        "output.organisation: shows var.neon_org_id, which is sensitive; mark the output as sensitive",
    ),
    "a plain output of another stack's secret": (
        COMMITTED,
        "dev",
        {"output.extra.value": "${data.terraform_remote_state.project.outputs.project_connection_uri}"},
        "output.extra: shows terraform_remote_state.project.outputs.project_connection_uri, which is sensitive; "
        "mark the output as sensitive",
    ),
    "a range of provider versions": (
        COMMITTED,
        "project",
        {"terraform.required_providers.cloudflare.version": "~> 5"},
        "terraform.required_providers.cloudflare: ~> 5 is not one version; pin it in provider_pins/versions.tf",
    ),
    "a provider that nothing pins": (
        COMMITTED,
        "project",
        {"resource.random_password.name.length": 32},
        "provider.random: is used and not pinned; add it with a function of constructs_lib/providers.py",
    ),
    "a state on this machine": (
        COMMITTED,
        "dev",
        {"terraform.backend": {"local": {}, "s3": {}}},
        "terraform.backend: is s3, local and not s3; use StateBackend of constructs_lib/state_backend.py",
    ),
    "a state without a lock": (
        COMMITTED,
        "dev",
        {"terraform.backend.s3.use_lockfile": False},
        "terraform.backend.s3: use_lockfile is not true; use StateBackend of constructs_lib/state_backend.py",
    ),
    "a state in the clear": (
        COMMITTED,
        "dev",
        {"terraform.backend.s3.encrypt": False},
        "terraform.backend.s3: encrypt is not true; use StateBackend of constructs_lib/state_backend.py",
    ),
    "a record of nobody": (
        FULL,
        "production",
        {"resource.cloudflare_dns_record.web.comment": "temporary"},
        "cloudflare_dns_record.web: its comment does not name ledger/production; add it",
    ),
    "a ruleset of another stack": (
        FULL,
        "edge",
        {"resource.cloudflare_ruleset.firewall.description": "ledger/other"},
        "cloudflare_ruleset.firewall: its description does not name ledger/edge; add it",
    ),
    "a role without its stack": (
        FULL,
        "state",
        {"resource.aws_iam_role.plan.tags.stack": "production"},
        "aws_iam_role.plan: its tags lack project = ledger, stack = state; add them",
    ),
    "a resource type that the catalog lacks": (
        FULL,
        "state",
        {"resource.aws_sns_topic.alarm.name": "alarm"},
        "aws_sns_topic.alarm: the catalog has no entry for aws_sns_topic; "
        "add one to catalog/aws_types.py (docs/add-a-resource-type.md)",
    ),
    "a data source that the catalog lacks": (
        FULL,
        "project",
        {"data.neon_branch_role_password.app.branch_id": "br-1"},
        "data.neon_branch_role_password.app: the catalog has no entry for neon_branch_role_password; "
        "add one to catalog/neon_types.py (docs/add-a-resource-type.md)",
    ),
    "a record that leads past the proxy": (
        COMMITTED,
        "production",
        {"resource.cloudflare_dns_record.web.proxied": False},
        "cloudflare_dns_record.web: leads visitors past Cloudflare's proxy; set proxied in its construct",
    ),
    "a plain variable of the site with a secret's name": (
        COMMITTED,
        "project",
        {
            "resource.cloudflare_pages_project.web.deployment_configs.preview.env_vars.API_KEY": {
                "type": "plain_text",
                "value": "x",
            }
        },
        "cloudflare_pages_project.web.deployment_configs.preview.env_vars.API_KEY: "
        "has a secret's name, and visitors can read it; remove it",
    ),
    "a short generated secret": (
        FULL,
        "staging",
        {"resource.random_password.better_auth.length": 31},
        "random_password.better_auth: has fewer than 32 characters; raise its length",
    ),
    "a site's secret in a plain output": (
        COMMITTED,
        "project",
        {"output.extra.value": '${cloudflare_pages_project.web.deployment_configs.production.env_vars["A"].value}'},
        'output.extra: shows cloudflare_pages_project.web.deployment_configs.production.env_vars["A"].value, '
        "which is sensitive; mark the output as sensitive",
    ),
}


def _settings(name: str) -> Settings:
    """A settings file; the one with every option has labels on too."""
    values = read_values(ROOT / name)
    return load_values(merged(values, {"project": {"label_resources": True}}) if name == FULL else values)


def _synth(app: App) -> list[str]:
    """The lines of the guards that stop the synth; none if it succeeds."""
    try:
        app.synth()
    except RuntimeError as error:
        lines = guard_lines(error)
        if not lines:
            raise
        return lines
    return []


def _broken(settings: Settings, stack: str, overrides: dict[str, Any], folder: Path) -> list[str]:
    app = build(settings, outdir=folder)
    found = app.node.find_child(stack)
    assert isinstance(found, TerraformStack)
    for path, value in overrides.items():
        found.add_override(path, value)
    return _synth(app)


@pytest.mark.parametrize(("name", "stack", "overrides", "line"), CHANGES.values(), ids=CHANGES.keys())
def test_a_broken_rule_stops_the_synth_with_one_line(
    tmp_path: Path, name: str, stack: str, overrides: dict[str, Any], line: str
) -> None:
    assert _broken(_settings(name), stack, overrides, tmp_path) == [f"guard: {stack}: {line}"]
    assert not list(tmp_path.glob(f"stacks/{stack}/*"))


def test_each_finding_of_a_guard_has_a_line(tmp_path: Path) -> None:
    overrides = {
        "resource.neon_project.main.lifecycle.prevent_destroy": False,
        "resource.cloudflare_pages_project.web.lifecycle.prevent_destroy": False,
    }
    lines = _broken(_settings(COMMITTED), "project", overrides, tmp_path)
    assert {line.split(": ")[2] for line in lines} == {"neon_project.main", "cloudflare_pages_project.web"}


def test_a_branch_that_is_a_copy_may_be_destroyed_and_labels_are_off_by_default(tmp_path: Path) -> None:
    overrides = {"resource.neon_branch.this.lifecycle.prevent_destroy": False}
    assert _broken(_settings(COMMITTED), "dev", overrides, tmp_path) == []


@pytest.mark.parametrize("name", [COMMITTED, "examples/acme.toml", FULL])
def test_the_committed_settings_hold_every_rule(tmp_path: Path, name: str) -> None:
    assert _synth(build(_settings(name), outdir=tmp_path)) == []


def _main(folder: Path, code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = tool_environment(PYTHONPATH=str(ROOT), **variables)
    return subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True)


BROKEN_PROGRAM = """
import sys
import main
build = main.build
def broken(*arguments, **options):
    app = build(*arguments, **options)
    app.node.find_child("project").add_override("terraform.required_providers.neon.version", ">= 0.13.0")
    return app
main.build = broken
sys.exit(main.main())
"""


def test_the_program_ends_with_2_and_the_line(tmp_path: Path) -> None:
    answer = _main(tmp_path, BROKEN_PROGRAM, INFRA_SETTINGS=str(ROOT / COMMITTED))
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr == (
        "guard: project: terraform.required_providers.neon: >= 0.13.0 is not one version; "
        "pin it in provider_pins/versions.tf\n"
    )
    assert not list(tmp_path.glob("cdktf.out/stacks/*/*"))


def test_an_unprotected_production_branch_is_refused_with_the_setting_that_protects_it(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    text = (ROOT / FULL).read_text()
    assert text.count("protected = true\n\n[environments.production.database]") == 1
    file.write_text(
        text.replace("protected = true\n\n[environments.production.database]", "[environments.production.database]")
    )
    answer = _main(tmp_path, "import sys, main; sys.exit(main.main())", INFRA_SETTINGS=str(file))
    assert answer.returncode == 2
    finding = "holds data that a plan could destroy; set environments.production.protected = true"
    # Node adds a warning of its own where a function of Terraform's is used, as in the stack edge.
    assert [line for line in answer.stderr.splitlines() if not line.startswith("(")] == [
        f"guard: production: neon_{kind}.this: {finding}" for kind in ("branch", "role", "database")
    ]


def test_the_branch_that_the_sites_api_reads_is_protected_whatever_its_environment_is_called(tmp_path: Path) -> None:
    values = merged(
        read_values(ROOT / FULL),
        {"api": {"site_environment": "staging"}, "environments": {"staging": {"protected": False}}},
    )
    finding = "holds data that a plan could destroy; set environments.staging.protected = true"
    lines = _synth(build(load_values(values), outdir=tmp_path))
    assert lines == [f"guard: staging: neon_{kind}.this: {finding}" for kind in ("branch", "role")]


def test_any_other_error_is_not_swallowed(tmp_path: Path) -> None:
    program = BROKEN_PROGRAM.replace("add_override", "no_such_method")
    answer = _main(tmp_path, program, INFRA_SETTINGS=str(ROOT / COMMITTED))
    assert answer.returncode == 1
    assert "no_such_method" in answer.stderr


@pytest.fixture(scope="module")
def secret_guard() -> SecretGuard:
    return SecretGuard(StackValues(TerraformStack(App(), "any")))


_WORDS = st.text(alphabet=st.characters(codec="ascii", exclude_characters="/@:_-+"), max_size=20).map(
    lambda text: f" {text} "
)
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_SECRETS = st.one_of(
    st.text(_LETTERS, min_size=16, max_size=64).map("napi_".__add__),
    st.text(_LETTERS, min_size=8, max_size=30).map("npg_".__add__),
    st.text(_LETTERS, min_size=36, max_size=36).map("ghp_".__add__),
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=16, max_size=16).map("AKIA".__add__),
    st.text(_LETTERS + "_-", min_size=37, max_size=37).map("aB3".__add__),
    st.text(_LETTERS + "/+", min_size=37, max_size=37).map("aB3".__add__),
    st.text("0123456789abcdef", min_size=37, max_size=37),
    st.text(_LETTERS, min_size=1, max_size=20).map(lambda word: f"mysql://root:{word}@db.example/x"),
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=16, max_size=16).map("ASIA".__add__),
    st.text(_LETTERS, min_size=20, max_size=20).map("glpat-".__add__),
    st.text(_LETTERS, min_size=20, max_size=60).map("sk-proj-".__add__),
    st.text(_LETTERS, min_size=60, max_size=70).map("https://discord.com/api/webhooks/1/".__add__),
    st.text(_LETTERS, min_size=60, max_size=70).map("https://discord.com/api/v10/webhooks/1/".__add__),
    st.text(_LETTERS, min_size=10, max_size=30).map(lambda part: f"eyJ{part}.eyJ{part}.{part}"),
)


@given(before=_WORDS, secret=_SECRETS, after=_WORDS, place=st.sampled_from(["value", "key", "list"]))
def test_a_secret_is_found_anywhere_and_never_shown(
    secret_guard: SecretGuard, before: str, secret: str, after: str, place: str
) -> None:
    text = before + secret + after
    values: Any = {"value": {"note": text}, "key": {text: 1}, "list": {"notes": ["x", {"inner": [text]}]}}[place]
    found = list(secret_guard.findings({"resource": {"kind": {"name": values}}}))
    assert found
    assert all(line.startswith("kind.name") for line in found)
    assert secret not in "".join(found)


@given(name=st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True), kind=st.sampled_from(sorted(SECRETS)))
def test_a_reference_to_a_secret_is_refused_in_a_plain_output_and_nowhere_else(
    secret_guard: SecretGuard, name: str, kind: str
) -> None:
    for attribute in SECRETS[kind]:
        uri = f"postgresql://${{{kind}.{name}.id}}:${{{kind}.{name}.{attribute}}}@host/x"
        assert not list(secret_guard.findings({"resource": {"kind": {"name": {"uri": uri}}}}))
        assert not list(secret_guard.findings({"output": {"it": {"value": uri, "sensitive": True}}}))
        assert list(secret_guard.findings({"output": {"it": {"value": uri}}})) == [
            f"output.it: shows {kind}.{name}.{attribute}, which is sensitive; mark the output as sensitive"
        ]


@pytest.mark.parametrize(
    "text",
    [
        "${random_password.this[0].result}",
        "${random_password.this.0.result}",
        "${random_password.this[*].result}",
        "${random_password.this.*.result}",
        '${random_password.this["result"]}',
        '${random_password.this["one"].result}',
        "${random_password.this[var.which].result}",
        '${random_password.this[local.of["one"]].result}',
        "${random_password . this . result}",
        "${random_password.this}",
        "${jsonencode(random_password.this)}",
        "${[for each in random_password.this : each.result]}",
        "${values(random_password.this)[*].result}",
        '${data.terraform_remote_state.project.outputs["project_connection_uri"]}',
        '${data.terraform_remote_state.project["outputs"].project_connection_uri}',
        "${data.terraform_remote_state.project[0].outputs.project_connection_uri}",
        "${jsonencode(data.terraform_remote_state.project.outputs)}",
        "${data.terraform_remote_state.project.outputs[var.which]}",
        "${data.terraform_remote_state.project}",
    ],
)
def test_every_reference_to_a_secret_or_to_a_value_that_contains_one_is_found_in_a_plain_output(
    secret_guard: SecretGuard, text: str
) -> None:
    assert len(list(secret_guard.findings({"output": {"it": {"value": [text]}}}))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "${random_password.this.length}",
        "${random_password.this[0].id}",
        "${neon_role.this[*].name}",
        '${neon_project.main["one"].id}',
        "${data.terraform_remote_state.project.outputs.project_id}",
        '${data.terraform_remote_state.project.outputs["project_id"]}',
        "${data.terraform_remote_state.project.workspace}",
    ],
)
def test_an_attribute_beside_a_secret_may_be_shown(secret_guard: SecretGuard, text: str) -> None:
    assert not list(secret_guard.findings({"output": {"it": {"value": text}}}))
