import json
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

from constructs_lib.terraform_inputs import DESCRIPTIONS

import pytest
import tomli_w

from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.release.migrations import run_in_app

ROOT = Path(__file__).parents[3]
MakeContext = Callable[..., Context]


def test_no_secret_is_in_the_contexts_own_text(make_context: MakeContext):
    context = make_context(
        NEON_API_KEY="key-of-neon-1", TF_VAR_neon_org_id="org-secret-1", DISCORD_WEBHOOK_URL="hook-1"
    )
    assert not any(secret in repr(context) for secret in ("key-of-neon-1", "org-secret-1", "hook-1"))
    assert "key-of-neon-1" not in repr(context.credentials)


def test_a_terraform_variable_goes_before_the_providers_own(make_context: MakeContext):
    context = make_context(NEON_API_KEY="provider-1", TF_VAR_neon_api_key="variable-1")
    assert context.credentials.need("neon_api_key") == "variable-1"
    assert (
        make_context(NEON_API_KEY="provider-1", TF_VAR_neon_api_key="").credentials.need("neon_api_key") == "provider-1"
    )


def test_a_missing_credential_names_its_variables(make_context: MakeContext):
    with pytest.raises(OpsError, match=r"^TF_VAR_cloudflare_api_token or CLOUDFLARE_API_TOKEN is not set; "):
        make_context().credentials.need("cloudflare_api_token")


def test_programs_get_no_secret_unless_it_is_given_to_them(make_context: MakeContext):
    context = make_context(
        NEON_API_KEY="key-of-neon-1", AWS_SECRET_ACCESS_KEY="secret-of-aws-1", TF_VAR_neon_org_id="org-one-1", LANG="C"
    )
    assert {"NEON_API_KEY", "AWS_SECRET_ACCESS_KEY", "TF_VAR_neon_org_id"}.isdisjoint(context.plain_environment)
    assert context.plain_environment["LANG"] == "C"
    finished = context.run("sh", "-c", 'echo "$DATABASE_URL$NEON_API_KEY"', secrets={"DATABASE_URL": "just-for-it-1"})
    assert (finished.stdout, finished.text) == ("just-for-it-1\n", "***\n")


def test_the_apps_programs_get_no_secret_of_the_worker_and_it_is_hidden(make_context: MakeContext, tmp_path: Path):
    values = tomllib.loads((ROOT / "sandbox/fixtures/expense-tracker.toml").read_text())
    values["release"] = {"migrate_command": "env", "secrets": ["SENTRY_DSN", "NOT_SET"]}
    (tmp_path / "settings.toml").write_text(tomli_w.dumps(values))
    context = make_context(SENTRY_DSN="dsn-of-the-app-1", LANG="C")
    run_in_app(context, tmp_path, """sh -c 'test "$LANG" = C && test -z "${SENTRY_DSN+set}"'""", label="test")
    assert context.console.mask.hide("sent to dsn-of-the-app-1") == "sent to ***"


def test_a_terraform_variable_is_a_secret_only_where_it_is_a_sensitive_one(make_context: MakeContext):
    context = make_context(TF_VAR_project_name="expense-tracker", TF_VAR_mail_password="pass-of-mail-1")
    assert context.console.mask.hide("expense-tracker, pass-of-mail-1") == "expense-tracker, ***"


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_each_variable_of_the_stacks_is_hidden_and_kept_from_programs(make_context: MakeContext, name: str):
    context = make_context(**{f"TF_VAR_{name}": "value-of-it-1"})
    assert context.console.mask.hide("value-of-it-1") == "***"
    assert f"TF_VAR_{name}" not in context.plain_environment


def test_a_file_that_holds_a_token_is_not_a_secret_itself(make_context: MakeContext):
    context = make_context(AWS_WEB_IDENTITY_TOKEN_FILE="/run/token/file")
    assert context.plain_environment["AWS_WEB_IDENTITY_TOKEN_FILE"] == "/run/token/file"
    assert context.console.mask.hide("/run/token/file") == "/run/token/file"


@pytest.mark.parametrize("name", ["CLOUDFLARE_ACCOUNT_ID", "CLOUDFLARE_ZONE_ID", "NEON_ORG_ID"])
def test_an_accounts_id_is_not_printed_and_programs_still_get_it(make_context: MakeContext, name: str):
    context = make_context(**{name: "4f1c0e5b8d7a49e2"})
    finished = context.run("sh", "-c", f'echo "${name}"')
    assert (finished.stdout, finished.text) == ("4f1c0e5b8d7a49e2\n", "***\n")


def test_in_a_workflow_commit_actor_and_links_are_githubs(make_context: MakeContext):
    context = make_context(
        GITHUB_SHA="abc123", GITHUB_ACTOR="octocat", GITHUB_REPOSITORY="owner/infra", GITHUB_RUN_ID="42"
    )
    assert (context.commit, context.actor) == ("abc123", "octocat")
    assert context.run_link == "https://github.com/owner/infra/actions/runs/42"
    assert context.commit_link == "https://github.com/owner/infra/commit/abc123"


def test_on_a_laptop_commit_actor_and_repository_are_gits(make_context: MakeContext, tmp_path: Path):
    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=tmp_path, check=True, capture_output=True, text=True).stdout

    git("init", "-q")
    git("config", "user.name", "Ada")
    git("config", "user.email", "ada@example.com")
    git("remote", "add", "origin", "git@github.com:owner/infra.git")
    git("commit", "-q", "--allow-empty", "-m", "first")
    context = make_context()
    assert (context.commit, context.actor) == (git("rev-parse", "HEAD").strip(), "Ada")
    assert context.repository == "owner/infra"
    assert context.run_link is None


def test_outside_git_and_workflows_nothing_is_made_up(make_context: MakeContext):
    context = make_context(USER="ada")
    assert (context.commit, context.actor, context.repository) == ("unknown", "ada", None)
    assert context.commit_link is None


@pytest.mark.parametrize(
    ("head", "from_fork"),
    [
        ({"repo": {"full_name": "owner/app"}}, False),
        ({"repo": {"full_name": "stranger/app"}}, True),
        ({"repo": None}, True),
    ],
)
def test_a_fork_is_told_from_the_repository_itself(
    make_context: MakeContext, tmp_path: Path, head: dict[str, object], from_fork: bool
):
    event = {
        "pull_request": {"number": 7, "head": {"sha": "headsha", **head}, "base": {"repo": {"full_name": "owner/app"}}}
    }
    (tmp_path / "event.json").write_text(json.dumps(event))
    context = make_context(GITHUB_EVENT_PATH=str(tmp_path / "event.json"), GITHUB_SHA="mergesha")
    assert (context.pull_request, context.from_fork, context.commit) == (7, from_fork, "headsha")


def test_a_pull_request_that_does_not_say_where_it_comes_from_counts_as_a_fork(
    make_context: MakeContext, tmp_path: Path
):
    (tmp_path / "event.json").write_text(json.dumps({"pull_request": {"number": 7}}))
    assert make_context(GITHUB_EVENT_PATH=str(tmp_path / "event.json")).from_fork


@pytest.mark.parametrize("text", ["", "{", "[]", "7"])
def test_a_damaged_event_is_one_line(make_context: MakeContext, tmp_path: Path, text: str):
    (tmp_path / "event.json").write_text(text)
    context = make_context(GITHUB_EVENT_PATH=str(tmp_path / "event.json"))
    with pytest.raises(OpsError, match=r"event.json: set in GITHUB_EVENT_PATH, but not a GitHub event"):
        _ = context.pull_request


@pytest.mark.parametrize("value", ["napi_ключ_of_neon", "napi_key\nof_neon_1"])
def test_a_key_that_no_header_can_hold_is_one_line_without_it(make_context: MakeContext, value: str):
    with pytest.raises(OpsError, match=r"^TF_VAR_neon_api_key or NEON_API_KEY holds an invalid character") as error:
        make_context(NEON_API_KEY=value).credentials.need("neon_api_key")
    assert value not in str(error.value)


@pytest.mark.parametrize(
    "event",
    [
        {"pull_request": "7"},
        {"pull_request": [7]},
        {"pull_request": {"number": "7"}},
        {"pull_request": {"number": True}},
        {"pull_request": {"number": 7, "head": "x"}},
        {"pull_request": {"number": 7, "head": {"sha": 7, "repo": 7}}},
    ],
)
def test_an_event_of_another_form_is_one_line(make_context: MakeContext, tmp_path: Path, event: object):
    (tmp_path / "event.json").write_text(json.dumps(event), encoding="utf-8")
    context = make_context(GITHUB_EVENT_PATH=str(tmp_path / "event.json"))
    with pytest.raises(OpsError, match=r"event.json: set in GITHUB_EVENT_PATH, but not a GitHub event"):
        _ = context.pull_request, context.from_fork, context.commit


def test_a_steps_summary_that_can_not_be_written_is_a_warning(
    make_context: MakeContext, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    make_context(GITHUB_STEP_SUMMARY=str(tmp_path)).add_to_step_summary("text")
    line = f"{tmp_path}: the step's summary can't be written: Is a directory; see the log instead\n"
    assert capsys.readouterr().err == line


def test_texts_are_added_to_a_steps_summary_without_secrets(make_context: MakeContext, tmp_path: Path):
    file = tmp_path / "summary.md"
    context = make_context(GITHUB_STEP_SUMMARY=str(file), NEON_API_KEY="key-for-a-test")
    context.add_to_step_summary("one")
    context.add_to_step_summary("key-for-a-test")
    assert file.read_text(encoding="utf-8") == "one\n\n***\n\n"
