"""Deploys stacks: all are planned and judged before anything is applied, then exactly the saved plans are applied."""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from catalog import HOLDS_DATA
from ops.clouds.discord import Kind, Notice, Notices
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.terraform.plan import Exit, Outcome, PlannedStack, exit_code, plan_folder, plan_stacks, side_by_side
from ops.terraform.stacks import Stack, levels
from ops.terraform.terraform_cli import LOCK_WAIT_SECONDS, Terraform, UnsavedStateError


@dataclass(frozen=True)
class Deployment:
    """How a deploy ended.

    Attributes:
        code: its exit code, see `ops.terraform.plan.Exit`.
        applied: the stacks that were changed.
        problems: what went wrong in applying, a text for each; plans that fail or are refused are in the report.
        unsaved: the stacks that were changed, but whose state could not be saved.
    """

    code: int
    applied: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    unsaved: tuple[str, ...] = ()


@dataclass(frozen=True)
class Options:
    """What one deploy may do.

    Attributes:
        allowed: what it may destroy, each as `<stack>:<address>`.
        lock_wait: seconds to wait for a state's lock.
        holds_data: the resource types that the guard keeps from being destroyed.
        confirm: is shown the plans and says whether to go on; it goes on where it is left out.
        report: is given plans when they are made, the first ones and those made anew.
    """

    allowed: Collection[str] = ()
    lock_wait: int = LOCK_WAIT_SECONDS
    holds_data: Collection[str] = HOLDS_DATA
    confirm: Callable[[Sequence[PlannedStack]], bool] = field(default=lambda _: True)
    report: Callable[[Sequence[PlannedStack]], None] = field(default=lambda _: None)


def deploy(context: Context, stacks: Sequence[Stack], options: Options) -> Deployment:
    """Plans all stacks, and applies them in order, side by side where they are independent.

    Nothing is applied where any plan fails or is refused. A stack that reads from one that was changed in this run is
    planned and judged anew before it is applied.

    Args:
        context: what the run knows.
        stacks: which ones, each after those it depends on.
        options: what the deploy may do.
    """
    started = time.monotonic()
    with plan_folder() as folder:
        planned = _plan(context, stacks, folder, options)
        code = exit_code(planned)
        notices = Notices(context)
        if code != Exit.CHANGES:
            if code != Exit.NOTHING:
                names = ", ".join(stack.name for stack in stacks)
                notices.send(_outcome(Deployment(code), names, time.monotonic() - started))
            return Deployment(code)
        if not options.confirm(planned):
            return Deployment(Exit.ERROR, problems=("not confirmed: nothing was applied",))
        names = ", ".join(result.stack.name for result in planned if result.outcome is not Outcome.UNCHANGED)
        notices.send(Notice(Kind.STARTED, f"deploy of {names}"))
        try:
            deployment = _apply_all(context, planned, folder, options)
        except BaseException:
            notices.send(Notice(Kind.FAILURE, f"deploy of {names}", "It was interrupted; run it again."))
            raise
        notices.send(_outcome(deployment, names, time.monotonic() - started))
    return deployment


def _plan(context: Context, stacks: Sequence[Stack], folder: Path, options: Options) -> list[PlannedStack]:
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


def _apply_all(context: Context, planned: Sequence[PlannedStack], folder: Path, options: Options) -> Deployment:
    current = {result.stack.name: result for result in planned}
    applied: list[str] = []
    for group in levels([result.stack for result in planned]):
        stale = [stack for stack in group if stack.after & set(applied)]
        if stale:
            anew = _plan_anew(context, stale, folder, options)
            current |= {result.stack.name: result for result in anew}
        results = [current[stack.name] for stack in group]
        code = exit_code(results)
        if code in (Exit.ERROR, Exit.REFUSED):
            return Deployment(code, tuple(applied))
        changed = {result.stack: result for result in results if result.outcome is Outcome.CHANGED}
        errors = side_by_side(lambda stack, plans=changed: _apply(context, plans[stack], options), list(changed))
        ended = dict(zip((stack.name for stack in changed), errors, strict=True))
        applied += [name for name, error in ended.items() if error is None]
        if failed := {name: error for name, error in ended.items() if error is not None}:
            unsaved = tuple(name for name, error in failed.items() if isinstance(error, UnsavedStateError))
            return Deployment(Exit.ERROR, tuple(applied), tuple(map(str, failed.values())), unsaved)
    return Deployment(Exit.NOTHING, tuple(applied))


def _plan_anew(context: Context, stacks: Sequence[Stack], folder: Path, options: Options) -> list[PlannedStack]:
    names = {stack.name for stack in stacks}
    permits = [permit for permit in options.allowed if permit.partition(":")[0] in names]
    for stack in stacks:
        (folder / f"{stack.name}.tfplan").unlink(missing_ok=True)
    return _plan(context, stacks, folder, replace(options, allowed=permits))


def _apply(context: Context, planned: PlannedStack, options: Options) -> OpsError | None:
    try:
        Terraform(context, planned.stack, lock_wait=options.lock_wait).apply(planned.file)
    except OpsError as error:
        return error
    return None


def _outcome(deployment: Deployment, names: str, seconds: float) -> Notice:
    what = f"deploy of {names}"
    if deployment.code == Exit.NOTHING:
        return Notice(Kind.SUCCESS, what, seconds=seconds)
    refused = "The guard refused a plan." if deployment.code == Exit.REFUSED else "A plan failed."
    applied = f"Applied before that: {', '.join(deployment.applied)}." if deployment.applied else "Nothing was applied."
    advice = "Fix the cause and deploy again; what was applied remains."
    if deployment.unsaved:
        advice = "Don't deploy again before the state is saved (docs/runbook.md)."
    return Notice(
        Kind.FAILURE, what, "\n".join([*(deployment.problems or [refused]), applied, advice]), seconds=seconds
    )
