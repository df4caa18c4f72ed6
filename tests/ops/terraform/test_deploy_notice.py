"""The text of a deploy's notice: each reason once, what was applied, and the addresses of its environments."""

from pathlib import Path

import pytest

from ops.clouds.discord import Notice
from ops.context.run_context import Context
from ops.terraform.deploy_notice import applied_list, deploy_notice, each_reason_once

ROOT = Path(__file__).parents[3]
ERROR = """Error: creating branch

  with module.db.neon_branch.this,
  on cdk.tf.json line 42, in resource.neon_branch.this:
  42:       },

branches limit exceeded"""


def notice(settings: Path, names: str = "project, production", **changed: object) -> Notice:
    values: dict[str, object] = {"code": 0, "applied": [], "problems": [], "unsaved": False, "seconds": 1.0}
    context = Context.read({"INFRA_SETTINGS": str(settings)})
    return deploy_notice(context, names=names, **values | changed)  # pyright: ignore[reportArgumentType]


def test_two_stacks_with_the_same_reason_share_it():
    problems = ["dev: Neon refused the credentials", "production: Neon refused the credentials", "edge: other"]
    assert each_reason_once(problems) == ["dev, production: Neon refused the credentials", "edge: other"]


def test_the_same_error_of_several_resources_is_said_once():
    other = ERROR.replace("neon_branch.this", "neon_branch.other").replace("42", "77")
    assert each_reason_once([f"dev: {ERROR}\n\n{other}", f"production: {ERROR}"]) == [
        "dev, production: Error: creating branch",
        "  | branches limit exceeded",
    ]


def test_different_errors_are_all_said():
    assert each_reason_once(["dev: Error: one\n\nbody\n\nError: two"]) == [
        "dev: Error: one", "  | body", "  | Error: two"
    ]  # fmt: skip


def test_a_long_list_of_resources_is_counted():
    lines = applied_list([f"dev: created thing.n{number}" for number in range(20)]).splitlines()
    assert lines[0] == "Applied:"
    assert lines[1] == "  | dev: created thing.n0"
    assert (len(lines), lines[-1]) == (17, "  | and 5 more")


def test_the_environments_site_and_api_are_linked():
    settings = ROOT / "sandbox/fixtures/expense-tracker.toml"
    assert notice(settings).links == {
        "Site": "https://intent.luisibarra.dev/",
        "API": "https://intent-expense-tracker-api-production.sebastianiv21.workers.dev",
    }
    assert notice(settings, "project, dev").links == {}


def test_unreadable_settings_do_not_stop_a_notice(tmp_path: Path):
    assert notice(tmp_path / "none.toml").links == {}


@pytest.mark.parametrize(("unsaved", "advice"), [(False, "Fix the cause"), (True, "Don't deploy again")])
def test_a_failure_says_what_was_applied_and_what_to_do(unsaved: bool, advice: str):
    settings = ROOT / "sandbox/fixtures/expense-tracker.toml"
    applied = ["project: created neon_project.main"]
    text = notice(settings, code=1, applied=applied, problems=["project: Error: x"], unsaved=unsaved).text
    lines = text.splitlines()
    assert lines[:3] == ["project: Error: x", "Applied:", "  | project: created neon_project.main"]
    assert lines[3].startswith(advice)
    assert "Nothing was applied" not in text
