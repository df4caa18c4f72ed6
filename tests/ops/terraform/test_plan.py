"""Plans by real Terraform, on stacks of built-in resources."""

import json
import stat
import subprocess
import sys
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from ops.context.errors import OpsError
from ops.context.programs import Finished
from ops.terraform import summary
from ops.terraform.plan import Outcome, PlanExit, PlannedStack, beside, exit_code, plan_folder, plan_stacks
from ops.terraform.stacks import Stack, read_stacks
from ops.terraform.terraform_cli import Terraform, TerraformError
from tests.ops.tiny_app import Document, TinyApp, data, reading

GUARDED = frozenset({"terraform_data"})


def plan(app: TinyApp, *names: str, allowed: Collection[str] = (), lock_wait: int = 0) -> list[PlannedStack]:
    context = app.context()
    with plan_folder() as folder:
        return plan_stacks(
            context, read_stacks(context, names), folder, allowed=allowed, lock_wait=lock_wait, holds_data=GUARDED
        )


def apply(app: TinyApp, name: str) -> None:
    context = app.context()
    (stack,) = read_stacks(context, [name])
    with plan_folder() as folder:
        terraform = Terraform(context, stack)
        assert terraform.plan(folder / "plan")
        terraform.apply(folder / "plan")


def with_output(document: Document, value: str = "${terraform_data.main.output}") -> Document:
    return document | {"output": {"id": {"value": value}}}


def test_exit_codes_tell_nothing_changes_refusal_and_error_apart(tiny_app: TinyApp):
    tiny_app.synth({"project": data(main="1")})
    assert exit_code(plan(tiny_app)) == PlanExit.CHANGES
    apply(tiny_app, "project")
    assert exit_code(plan(tiny_app)) == PlanExit.NOTHING
    tiny_app.synth({"project": data(main="2")})
    assert exit_code(plan(tiny_app)) == PlanExit.REFUSED
    assert exit_code(plan(tiny_app, allowed=["project:terraform_data.main"])) == PlanExit.CHANGES
    tiny_app.synth({"project": {"resource": {"no_such_type": {"x": {}}}}})
    assert exit_code(plan(tiny_app)) == PlanExit.ERROR


def test_a_plan_that_deletes_a_branch_which_neon_keeps_is_an_error(tiny_app: TinyApp, monkeypatch: pytest.MonkeyPatch):
    def refuse(_: object, stack: str, plan: Document) -> None:
        raise OpsError(f"{stack}: {len(plan['resource_changes'])} can't be deleted")

    monkeypatch.setattr("ops.terraform.plan.refuse_undeletable_branches", refuse)
    tiny_app.synth({"project": data(main="1")})
    (planned,) = plan(tiny_app)
    assert (planned.outcome, planned.problem) == (Outcome.FAILED, "project: 1 can't be deleted")


def test_an_error_is_terraforms_own_without_its_frame(tiny_app: TinyApp):
    tiny_app.synth({"project": data(main="${var.missing}")})
    (planned,) = plan(tiny_app)
    assert planned.problem.startswith("project: Error: Reference to undeclared input variable")
    assert not set("╷│╵") & set(planned.problem)


def test_a_stack_that_reads_one_that_is_not_there_yet_waits(tiny_app: TinyApp):
    tiny_app.synth({"project": with_output(data(main="1")), "dev": reading(tiny_app, "project", "id")})
    project, dev = plan(tiny_app)
    assert (project.outcome, dev.outcome) == (Outcome.CHANGED, Outcome.WAITS)
    assert exit_code([project, dev]) == PlanExit.CHANGES
    assert dev.line == "dev: waits until project is deployed"


def test_a_stack_that_reads_one_that_failed_is_not_planned_and_says_why(tiny_app: TinyApp):
    tiny_app.synth({"project": with_output(data(main="${var.missing}")), "dev": reading(tiny_app, "project", "id")})
    project, dev = plan(tiny_app)
    assert (project.outcome, dev.outcome) == (Outcome.FAILED, Outcome.WAITS)
    assert exit_code([project, dev]) == PlanExit.ERROR
    assert dev.line == "dev: not planned, because project failed"
    assert summary.lines([dev]) == [dev.line], "no error of Terraform follows"


def test_refused_credentials_are_an_error_although_another_stack_is_to_come(tiny_app: TinyApp):
    """A data source that may not be read is not one that is not there yet."""
    tiny_app.synth({"project": with_output(data(main="1")), "dev": reading(tiny_app, "project", "id")})
    project, dev = plan(tiny_app)
    refused = replace(dev, outcome=Outcome.FAILED, problem="dev: Error: data.x.y: 401 Unauthorized")
    assert beside(refused, [project]).outcome is Outcome.FAILED


def test_an_output_that_another_stack_is_yet_to_get_is_waited_for(tiny_app: TinyApp):
    tiny_app.synth({"project": data(main="1"), "dev": reading(tiny_app, "project", "id")})
    apply(tiny_app, "project")
    tiny_app.synth({"project": with_output(data(main="1")), "dev": reading(tiny_app, "project", "id")})
    assert [planned.outcome for planned in plan(tiny_app)] == [Outcome.CHANGED, Outcome.WAITS]


def test_a_mistake_in_a_stack_is_an_error_whatever_is_to_come(tiny_app: TinyApp):
    tiny_app.synth({"project": data(main="1"), "dev": data(x="${no_such.thing}")}, {"dev": ["project"]})
    assert [planned.outcome for planned in plan(tiny_app)] == [Outcome.CHANGED, Outcome.FAILED]


def test_the_same_failure_is_an_error_where_nothing_is_to_come(tiny_app: TinyApp):
    tiny_app.synth({"project": with_output(data(main="1")), "dev": reading(tiny_app, "project", "no_such_output")})
    apply(tiny_app, "project")
    assert exit_code(plan(tiny_app)) == PlanExit.ERROR
    assert exit_code(plan(tiny_app, "dev")) == PlanExit.ERROR


def test_a_stack_behind_one_that_changes_is_said_to_be_planned_again(tiny_app: TinyApp):
    stacks = {"project": with_output(data(main="1")), "dev": reading(tiny_app, "project", "id")}
    tiny_app.synth(stacks)
    apply(tiny_app, "project")
    apply(tiny_app, "dev")
    tiny_app.synth(stacks | {"project": with_output(data(main="1", new="2"))})
    _, dev = plan(tiny_app)
    assert dev.line == "dev: no changes (planned again after project)"


def test_saved_plans_are_for_their_owner_only_and_do_not_stay(tiny_app: TinyApp):
    tiny_app.synth({"project": data(main="1")})
    context = tiny_app.context()
    with plan_folder() as folder:
        (planned,) = plan_stacks(context, read_stacks(context), folder)
        assert stat.S_IMODE(planned.file.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not folder.exists()


def test_a_locked_state_names_who_holds_it_and_the_command_that_unlocks_it(tiny_app: TinyApp):
    tiny_app.synth({"project": with_output(data(main="1")), "dev": reading(tiny_app, "project", "id")})
    apply(tiny_app, "project")
    tiny_app.synth({"project": with_output(data(main="2")), "dev": reading(tiny_app, "project", "id")})
    lock = {
        "ID": "lock-id-1",
        "Operation": "OperationTypeApply",
        "Who": "ada@laptop",
        "Created": "2026-11-24T00:00:00Z",
    }
    holder = (
        "import fcntl, os, sys, time\n"
        "file = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)\n"
        "fcntl.lockf(file, fcntl.LOCK_EX)\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    (tiny_app.folder / ".project.tfstate.lock.info").write_text(json.dumps(lock))
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(tiny_app.state("project"))], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        process.stdout.readline()
        project = plan(tiny_app)[0]
    assert project.outcome is Outcome.FAILED
    assert project.problem.startswith(
        "project: the state is locked by ada@laptop (OperationTypeApply) since 2026-11-24 00:00:00 +0000 UTC; waited"
    )
    assert project.problem.endswith("unlock: python -m ops state unlock project")


# What Terraform 1.11 prints if the lock's file in the bucket is empty.
EMPTY_LOCK = """
╷
│ Error: Error acquiring the state lock
│ 
│ Error message: operation error S3: PutObject, https response error
│ StatusCode: 412, RequestID: vJ2kUAB8, HostID: 9Gjjt1m+, api error
│ PreconditionFailed: At least one of the pre-conditions you specified did not hold
│ failed to unmarshal JSON data into LockInfo struct: unexpected end of JSON
│ input
│ 
│ Terraform acquires a state lock to protect the state from being written
│ by multiple users at the same time. Please resolve the issue above and try
│ again. For most commands, you can disable locking with the "-lock=false"
│ flag, but this is not recommended.
╵
"""


def test_a_lock_whose_file_is_empty_is_one_line_with_the_command_that_unlocks_it(
    tiny_app: TinyApp, monkeypatch: pytest.MonkeyPatch
):
    tiny_app.synth({"project": data(main="1")})
    context = tiny_app.context()
    printed = Finished(name="terraform", code=1, stdout="", text=EMPTY_LOCK)
    monkeypatch.setattr(context.runner, "run", Mock(return_value=printed))
    with pytest.raises(TerraformError) as refused:
        Terraform(context, read_stacks(context)[0], lock_wait=3).has_resources()
    assert refused.value.locked
    assert str(refused.value) == (
        "project: the state is locked by a run that left no readable lock; waited 3 s. If no run is active, unlock: "
        "python -m ops state unlock project"
    )


@pytest.mark.parametrize("permit", ["terraform_data.main", "prod:terraform_data.main", "project:"])
def test_a_permit_without_a_stack_is_refused_with_the_form_to_use(tiny_app: TinyApp, permit: str):
    tiny_app.synth({"project": data(main="1")})
    with pytest.raises(OpsError, match=rf"^--allow {permit}: must be <stack>:<address> with one of the stacks project"):
        plan(tiny_app, allowed=[permit])


def counted_inits(app: TinyApp, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    seen: list[str] = []
    original = Terraform._try  # pyright: ignore[reportPrivateUsage]

    def recorded(self: Terraform, command: str, *arguments: str, **options: Any):
        seen.append(command)
        return original(self, command, *arguments, **options)

    monkeypatch.setattr(Terraform, "_try", recorded)
    return seen


def test_no_work_is_done_twice(tiny_app: TinyApp, monkeypatch: pytest.MonkeyPatch):
    commands = counted_inits(tiny_app, monkeypatch)
    tiny_app.synth({"project": data(main="1")})
    plan(tiny_app)
    assert commands == ["init", "plan", "show"]
    commands.clear()
    plan(tiny_app)
    assert commands == ["plan", "show"]
    apply(tiny_app, "project")
    commands.clear()
    plan(tiny_app)
    assert commands == ["plan"]


def test_init_is_done_again_where_it_no_longer_fits(tiny_app: TinyApp, monkeypatch: pytest.MonkeyPatch):
    tiny_app.synth({"project": data(main="1")})
    plan(tiny_app)
    commands = counted_inits(tiny_app, monkeypatch)
    # As after a crash in the middle of an init: the stamp is there, and the backend is not.
    (tiny_app.out / "stacks/project/.terraform/terraform.tfstate").unlink()
    assert exit_code(plan(tiny_app)) == PlanExit.CHANGES
    assert commands == ["plan", "init", "plan", "show"]
    commands.clear()
    document = json.loads((tiny_app.out / "stacks/project/cdk.tf.json").read_text())
    document["terraform"]["required_version"] = ">= 1.11.0"
    (tiny_app.out / "stacks/project/cdk.tf.json").write_text(json.dumps(document))
    plan(tiny_app)
    assert commands == ["init", "plan", "show"]


def test_outputs_are_read_and_the_sensitive_ones_hidden_from_then_on(tiny_app: TinyApp):
    output = {"uri": {"value": "${terraform_data.main.output}", "sensitive": True}}
    tiny_app.synth({"project": data(main="postgresql://a:pw-of-db-1@h/d") | {"output": output}})
    apply(tiny_app, "project")
    context = tiny_app.context()
    (stack,) = read_stacks(context)
    assert Terraform(context, stack).outputs() == {"uri": "postgresql://a:pw-of-db-1@h/d"}
    assert context.console.mask.hide("pw-of-db-1") == "***"


def test_a_plan_that_is_stale_is_not_applied(tiny_app: TinyApp):
    tiny_app.synth({"project": data(main="1")})
    context = tiny_app.context()
    (stack,) = read_stacks(context)
    with plan_folder() as folder:
        terraform = Terraform(context, stack)
        terraform.plan(folder / "old")
        apply(tiny_app, "project")
        with pytest.raises(TerraformError, match=r"^project: Error: Saved plan is stale"):
            terraform.apply(folder / "old")


def test_a_sensitive_value_is_in_no_summary(tiny_app: TinyApp):
    document = data(main="${var.token}") | {
        "variable": {"token": {"type": "string", "sensitive": True}},
        "output": {"token": {"value": "${var.token}", "sensitive": True}},
    }
    tiny_app.synth({"project": document})
    context = tiny_app.context(TF_VAR_token="plain word")
    with plan_folder() as folder:
        planned = plan_stacks(context, read_stacks(context), folder)
    assert planned[0].outcome is Outcome.CHANGED
    texts = [summary.markdown(context, planned), summary.page(context, planned), *summary.lines(planned)]
    assert not any("plain word" in text for text in texts)
    assert "input: (sensitive)" in texts[0]


def test_a_stack_is_hashable_by_its_place():
    assert len({Stack("a", Path("x"), frozenset()), Stack("a", Path("x"), frozenset())}) == 1
