"""Deploys by real Terraform, on stacks of built-in resources."""

from collections.abc import Sequence
from typing import Any

import pytest

from ops.terraform.deploy import DeployOptions, DeployResult, deploy
from ops.terraform.plan import Outcome, PlanExit, PlannedStack
from ops.terraform.stacks import read_stacks
from tests.ops.receivers import Discord
from tests.ops.tiny_app import Document, TinyApp, data, reading

GUARDED = frozenset({"terraform_data"})


def run(app: TinyApp, *names: str, environment: dict[str, str] | None = None, **options: Any) -> DeployResult:
    context = app.context(**(environment or {}))
    return deploy(context, read_stacks(context, names), DeployOptions(holds_data=GUARDED, lock_wait=0, **options))


def refuse(planned: Sequence[PlannedStack]) -> bool:
    del planned
    return False


def project(**resources: str) -> Document:
    return data(**resources) | {"output": {"id": {"value": "${terraform_data.main.output}"}}}


@pytest.fixture
def app(tiny_app: TinyApp) -> TinyApp:
    """An app with a stack that two others read."""
    tiny_app.synth({"project": project(main="1"), **readers(tiny_app)})
    return tiny_app


def readers(app: TinyApp) -> dict[str, Document]:
    return {name: reading(app, "project", "id") for name in ("dev", "production")}


def test_a_first_deploy_brings_up_everything_in_order(app: TinyApp):
    assert run(app) == DeployResult(PlanExit.NOTHING, ("project", "dev", "production"))
    assert [app.resources(name) for name in ("project", "dev", "production")] == [
        {"main": "1"},
        {"copy": "1"},
        {"copy": "1"},
    ]


def test_a_second_deploy_does_nothing_and_tells_nobody(app: TinyApp, discord: Discord):
    run(app)
    assert run(app, environment=discord.environment()) == DeployResult(PlanExit.NOTHING)
    assert not discord.requests


def test_one_stack_is_deployed_alone(app: TinyApp):
    run(app)
    app.synth({"project": project(main="1"), **readers(app), "dev": data(other="9")})
    assert run(app, "dev", allowed=["dev:terraform_data.copy"]).applied == ("dev",)
    assert app.resources("dev") == {"other": "9"}


def test_where_one_plan_is_refused_nothing_at_all_is_applied_and_that_is_told(app: TinyApp, discord: Discord):
    run(app)
    app.synth({"project": project(main="1", new="2"), **readers(app), "dev": data(other="9")}, {"dev": ["project"]})
    assert run(app, environment=discord.environment()) == DeployResult(PlanExit.REFUSED)
    assert app.resources("project") == {"main": "1"}
    (embed,) = discord.embeds
    assert embed["title"].startswith("❌ Failed: deploy of project, ")
    assert embed["description"].splitlines()[:2] == [
        "The guard refused a plan.",
        "dev: terraform_data.copy would be destroyed, and its data with it; to allow exactly this in one run: "
        "--allow 'dev:terraform_data.copy'",
    ]
    assert "Nothing was applied." in embed["description"].splitlines()


def test_where_one_plan_fails_nothing_at_all_is_applied_and_that_is_told(app: TinyApp, discord: Discord):
    run(app)
    broken = data(x="${no_such.thing}")
    later = {"dev": broken, "production": data(copy="1", new="2")}
    app.synth({"project": project(main="1"), **later}, {"dev": ["production"]})
    assert run(app, environment=discord.environment()) == DeployResult(PlanExit.ERROR)
    assert app.resources("production") == {"copy": "1"}
    (embed,) = discord.embeds
    assert embed["description"].startswith("dev: Error: Reference to undeclared resource")
    assert "Nothing was applied." in embed["description"].splitlines()


def test_a_stack_is_judged_again_once_what_it_reads_has_changed(app: TinyApp):
    run(app)
    app.synth({"project": project(main="2"), **readers(app)})
    deployment = run(app, allowed=["project:terraform_data.main", "dev:terraform_data.copy"])
    # Only now it shows that production's resource would be replaced, too.
    assert deployment == DeployResult(PlanExit.REFUSED, ("project",))
    assert [app.resources("dev"), app.resources("production")] == [{"copy": "1"}, {"copy": "1"}]
    permits = ["dev:terraform_data.copy", "production:terraform_data.copy"]
    assert run(app, allowed=permits) == DeployResult(PlanExit.NOTHING, ("dev", "production"))
    assert app.resources("production") == {"copy": "2"}


def test_what_is_applied_is_the_plan_that_was_shown(app: TinyApp):
    def change_then_confirm(planned: list[PlannedStack]) -> bool:
        # Someone runs synth between plan and apply.
        app.synth({"project": project(main="of the new synth"), **readers(app)})
        return True

    run(app, "project", confirm=change_then_confirm)
    assert app.resources("project") == {"main": "1"}


def test_without_confirmation_nothing_is_applied(app: TinyApp):
    assert run(app, confirm=refuse).code == PlanExit.ERROR
    assert app.resources("project") == {}


def test_a_failing_apply_stops_before_the_next_stacks_and_says_what_was_done(app: TinyApp, discord: Discord):
    failing = data(main="1", boom="2")
    failing["resource"]["terraform_data"]["boom"]["provisioner"] = [{"local-exec": {"command": "exit 7"}}]
    app.synth({"project": failing | {"output": project(main="1")["output"]}, "solo": data(a="1"), **readers(app)})
    deployment = run(app, environment=discord.environment())
    assert (deployment.code, deployment.applied) == (PlanExit.ERROR, ("solo",))
    (problem,) = deployment.problems
    assert problem.startswith("project: Error: local-exec provisioner error")
    assert app.resources("dev") == {}
    started, failed = discord.embeds
    assert started["title"] == "🚀 Started: deploy of project, solo, dev, production"
    assert failed["title"].startswith("❌ Failed")
    assert failed["description"].startswith("project: Error: local-exec provisioner error")
    assert "  | solo: created terraform_data.a" in failed["description"]
    assert "  | project: created terraform_data.main" in failed["description"], "by Terraform's record, not per stack"
    assert "boom" not in failed["description"].partition("Applied:")[2]


def test_success_is_announced_with_its_duration(app: TinyApp, discord: Discord):
    run(app, environment=discord.environment())
    assert [embed["title"].split(":")[0] for embed in discord.embeds] == ["🚀 Started", "✅ Succeeded"]
    assert "Took" in {field["name"] for field in discord.embeds[1]["fields"]}


def test_a_notice_server_that_is_down_does_not_stop_a_deploy(app: TinyApp, capsys: pytest.CaptureFixture[str]):
    down = {"DISCORD_WEBHOOK_URL": "http://127.0.0.1:9/api/webhooks/1/t"}
    assert run(app, "project", environment=down).code == PlanExit.NOTHING
    assert capsys.readouterr().err.count("notice not delivered") == 2


def test_plans_are_reported_first_and_again_where_made_anew(app: TinyApp):
    reported: list[list[tuple[str, Outcome]]] = []

    def report(planned: Sequence[PlannedStack]) -> None:
        reported.append([(result.stack.name, result.outcome) for result in planned])

    asked: list[list[str]] = []

    def confirm(planned: Sequence[PlannedStack]) -> bool:
        asked.append([result.stack.name for result in planned])
        return True

    run(app, report=report, confirm=confirm)
    assert asked == [["project", "dev", "production"], ["dev", "production"]]
    first, again = reported
    assert first == [("project", Outcome.CHANGED), ("dev", Outcome.WAITS), ("production", Outcome.WAITS)]
    assert again == [("dev", Outcome.CHANGED), ("production", Outcome.CHANGED)]


def test_stacks_that_could_not_be_shown_before_are_asked_about_again(app: TinyApp, capsys: pytest.CaptureFixture[str]):
    answers = iter([True, False])

    def confirm(planned: Sequence[PlannedStack]) -> bool:
        del planned
        return next(answers)

    result = run(app, confirm=confirm)
    assert (result.code, result.applied) == (PlanExit.ERROR, ("project",))
    assert result.problems == ("not confirmed: dev, production was not applied",)
    assert result.declined
    assert "dev, production: can only be planned once the others are applied" in capsys.readouterr().out
