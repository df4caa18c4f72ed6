"""Deploys stacks: plans and checks all of them before it applies anything, then applies exactly the saved plans."""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from catalog import HOLDS_DATA
from ops.clouds.discord import Notice, NoticeKind, Notices
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.terraform.deploy_notice import applied_list, deploy_notice, reasons
from ops.terraform.plan import Outcome, PlanExit, PlannedStack, exit_code, plan_folder, plan_stacks, side_by_side
from ops.terraform.stacks import Stack, levels
from ops.terraform.terraform_cli import LOCK_WAIT_SECONDS, Terraform, UnsavedStateError


@dataclass(frozen=True)
class DeployResult:
    """How a deploy ended.

    Attributes:
        code: its exit code, see `ops.terraform.plan.PlanExit`.
        applied: the stacks that were applied.
        problems: the errors of the apply; failed and refused plans are in the report.
        unsaved: the stacks that were changed, but whose state could not be saved.
        declined: whether it ended because the owner said no, which is the only problem then.
    """

    code: int
    applied: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    unsaved: tuple[str, ...] = ()
    declined: bool = False


@dataclass(frozen=True)
class DeployOptions:
    """The options of one deploy.

    Attributes:
        allowed: the resources that it may destroy or weaken, each as `<stack>:<address>`.
        lock_wait: seconds to wait for a state's lock.
        holds_data: the resource types that hold data.
        confirm: gets the plans and returns whether to apply them; again for stacks that could not be planned before
            others were applied. Default: yes.
        report: gets the plans, the first ones and later ones.
    """

    allowed: Collection[str] = ()
    lock_wait: int = LOCK_WAIT_SECONDS
    holds_data: Collection[str] = HOLDS_DATA
    confirm: Callable[[Sequence[PlannedStack]], bool] = field(default=lambda _: True)
    report: Callable[[Sequence[PlannedStack]], None] = field(default=lambda _: None)


@dataclass
class _Record:
    """What a deploy has done so far, for its notice.

    Attributes:
        resources: the finished resources by Terraform's own record, each as `<stack>: created <address>`.
        reasons: why a later plan failed or was refused.
    """

    resources: list[str] = field(default_factory=list[str])
    reasons: list[str] = field(default_factory=list[str])


def deploy(context: Context, stacks: Sequence[Stack], options: DeployOptions) -> DeployResult:
    """Plans all stacks, and applies them in order of dependency, independent ones in parallel.

    Nothing is applied if any plan fails or is refused. A stack that reads from one that this run changed is planned and
    checked again before it is applied.

    Args:
        context: the run's context.
        stacks: the stacks, each after those it depends on.
        options: the options.
    """
    started = time.monotonic()
    with plan_folder() as folder:
        planned = _plan(context, stacks, folder, options)
        code = exit_code(planned)
        notices = Notices(context)
        if code != PlanExit.CHANGES:
            if code != PlanExit.NOTHING:
                names = ", ".join(stack.name for stack in stacks)
                problems = tuple(reasons(planned))
                notices.send(_notice(context, DeployResult(code), names, problems, [], time.monotonic() - started))
            return DeployResult(code)
        if waiting := [result.stack.name for result in planned if result.outcome is Outcome.WAITS]:
            context.console.say(
                f"{', '.join(waiting)}: can only be planned once the others are applied; then asked about again, "
                "unless --yes was passed"
            )
        if not options.confirm(planned):
            return DeployResult(PlanExit.ERROR, problems=("not confirmed: nothing was applied",), declined=True)
        names = ", ".join(result.stack.name for result in planned if result.outcome is not Outcome.UNCHANGED)
        notices.send(Notice(NoticeKind.STARTED, f"deploy of {names}"))
        record = _Record()
        try:
            deployment = _apply_all(context, planned, folder, options, record)
        except BaseException:
            text = "\n".join(filter(None, [applied_list(record.resources), "It was interrupted; run it again."]))
            notices.send(Notice(NoticeKind.FAILURE, f"deploy of {names}", text))
            raise
        problems = deployment.problems or tuple(record.reasons)
        notices.send(_notice(context, deployment, names, problems, record.resources, time.monotonic() - started))
    return deployment


def _plan(context: Context, stacks: Sequence[Stack], folder: Path, options: DeployOptions) -> list[PlannedStack]:
    planned = plan_stacks(
        context,
        stacks,
        folder,
        allowed=options.allowed,
        lock_wait=options.lock_wait,
        holds_data=options.holds_data,
    )
    options.report(planned)
    return planned


def _apply_all(
    context: Context, planned: Sequence[PlannedStack], folder: Path, options: DeployOptions, record: _Record
) -> DeployResult:
    current = {result.stack.name: result for result in planned}
    applied: list[str] = []
    for group in levels([result.stack for result in planned]):
        stale = [stack for stack in group if stack.after & set(applied)]
        if stale:
            again = _plan_again(context, stale, folder, options)
            waited = {name for name, result in current.items() if result.outcome is Outcome.WAITS}
            current |= {result.stack.name: result for result in again}
            unseen = [each for each in again if each.stack.name in waited and each.outcome is Outcome.CHANGED]
            # An error or a refusal ends the deploy below.
            if unseen and exit_code(again) == PlanExit.CHANGES and not options.confirm(unseen):
                names = ", ".join(each.stack.name for each in unseen)
                problem = f"not confirmed: {names} was not applied"
                return DeployResult(PlanExit.ERROR, tuple(applied), problems=(problem,), declined=True)
        results = [current[stack.name] for stack in group]
        code = exit_code(results)
        if code in (PlanExit.ERROR, PlanExit.REFUSED):
            record.reasons = reasons(results)
            return DeployResult(code, tuple(applied))
        changed = {result.stack: result for result in results if result.outcome is Outcome.CHANGED}
        errors = side_by_side(
            lambda stack, plans=changed: _apply(context, plans[stack], options, record), list(changed)
        )
        ended = dict(zip((stack.name for stack in changed), errors, strict=True))
        applied += [name for name, error in ended.items() if error is None]
        if failed := {name: error for name, error in ended.items() if error is not None}:
            unsaved = tuple(name for name, error in failed.items() if isinstance(error, UnsavedStateError))
            return DeployResult(PlanExit.ERROR, tuple(applied), tuple(map(str, failed.values())), unsaved)
    return DeployResult(PlanExit.NOTHING, tuple(applied))


def _plan_again(context: Context, stacks: Sequence[Stack], folder: Path, options: DeployOptions) -> list[PlannedStack]:
    names = {stack.name for stack in stacks}
    permits = [permit for permit in options.allowed if permit.partition(":")[0] in names]
    for stack in stacks:
        (folder / f"{stack.name}.tfplan").unlink(missing_ok=True)
    return _plan(context, stacks, folder, replace(options, allowed=permits))


def _apply(context: Context, planned: PlannedStack, options: DeployOptions, record: _Record) -> OpsError | None:
    terraform = Terraform(context, planned.stack, lock_wait=options.lock_wait)
    try:
        terraform.apply(planned.file)
    except OpsError as error:
        return error
    finally:
        record.resources += [f"{planned.stack.name}: {line}" for line in terraform.applied]
    return None


def _notice(
    context: Context, deployment: DeployResult, names: str, problems: Sequence[str], applied: Sequence[str], took: float
) -> Notice:
    return deploy_notice(
        context,
        names=names,
        code=deployment.code,
        applied=applied,
        problems=problems,
        unsaved=bool(deployment.unsaved),
        seconds=took,
    )
