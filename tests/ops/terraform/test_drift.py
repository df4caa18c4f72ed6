import pytest

from ops.terraform.drift import find_drift, report_drift
from ops.terraform.plan import PlanExit, plan_stacks
from ops.terraform.stacks import read_stacks
from tests.ops.receivers import GitHubServer
from tests.ops.terraform.test_deploy import GUARDED, run
from tests.ops.tiny_app import TinyApp, data


def look(app: TinyApp, github: GitHubServer) -> tuple[int, str | None]:
    context = app.context(**github.environment())
    code, planned = find_drift(context, read_stacks(context), lock_wait=0)
    return code, report_drift(context, planned, wait_seconds=0)


def test_drift_opens_one_issue_updates_it_and_closes_it_when_clean(tiny_app: TinyApp, github: GitHubServer):
    deployed = {"dev": data(main="1"), "production": data(main="1")}
    tiny_app.synth(deployed)
    run(tiny_app)
    assert look(tiny_app, github) == (PlanExit.NOTHING, None)
    assert not github.issues

    tiny_app.synth(deployed | {"dev": data(main="2")})
    assert look(tiny_app, github)[0] == PlanExit.CHANGES
    tiny_app.synth(deployed | {"production": data(main="1", lost="2")})
    look(tiny_app, github)
    (issue,) = github.issues.values()
    assert issue["title"] == "Drift in production"
    assert "+ add terraform_data.lost" in issue["body"]
    assert "terraform_data.main" not in issue["body"]

    tiny_app.synth(deployed)
    assert look(tiny_app, github) == (PlanExit.NOTHING, "drift issue closed")
    assert issue["state"] == "closed"


def test_a_stack_that_cannot_be_planned_is_an_error_and_leaves_the_issue_alone(tiny_app: TinyApp, github: GitHubServer):
    tiny_app.synth({"dev": data(main="1")})
    assert look(tiny_app, github)[0] == PlanExit.CHANGES
    run(tiny_app)
    tiny_app.synth({"dev": data(main="${no_such.thing}")})
    assert look(tiny_app, github) == (PlanExit.ERROR, None)
    assert github.issues[1]["state"] == "open"


def test_what_the_guard_would_refuse_is_drift_like_any_other(tiny_app: TinyApp, monkeypatch: pytest.MonkeyPatch):
    tiny_app.synth({"dev": data(main="1")})
    run(tiny_app)
    tiny_app.synth({"dev": data(other="1")})
    monkeypatch.setattr(plan_stacks, "__kwdefaults__", {**(plan_stacks.__kwdefaults__ or {}), "holds_data": GUARDED})
    context = tiny_app.context()
    assert find_drift(context, read_stacks(context))[0] == PlanExit.CHANGES
