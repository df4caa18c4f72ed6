"""The commands that repair a Terraform state: `python -m ops state versions|restore|unlock|push|recover`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ops.commands.options import Allow, LockWait, Targeted, Yes, confirm, must_be_able_to_ask
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.context.target import cloud_in_use

if TYPE_CHECKING:
    from ops.state.state_store import StateLock
    from ops.terraform.plan import PlannedStack
    from ops.terraform.stacks import Stack

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="Unlock, restore or repair a Terraform state.")

StackName = Annotated[str, typer.Argument(metavar="STACK", help="Name of the stack.")]


@app.command()
def versions(
    ctx: typer.Context,
    stack: StackName,
    ids: Annotated[bool, typer.Option("--ids", help="Print only the ids, the newest first.")] = False,
) -> int:
    """List the stored versions of a state, the newest first.

    Exit codes: 0; 1 error.
    """
    from ops.state.state_store import StateStore
    from ops.terraform.stacks import read_stacks

    context: Context = ctx.obj
    found = StateStore(context, read_stacks(context, [stack])[0]).versions()
    if not found:
        raise OpsError(f"{stack}: the bucket has no version of its state; run `python -m ops state recover {stack}`")
    for version in found:
        context.console.say(version.id if ids else version.line)
    return 0


@app.command(cls=Targeted)
def restore(
    ctx: typer.Context,
    stack: StackName,
    version: Annotated[str, typer.Option(metavar="ID", help="Id of the version, from `ops state versions`.")],
    yes: Yes = False,
) -> int:
    """Restore an earlier version of a state.

    The present state remains in the bucket as a version. The state is locked while it is restored. Plan afterwards to
    see what changed since that version. Exit codes: 0 restored; 1 error, nothing was changed.
    """
    from ops.state.state_store import StateStore
    from ops.terraform.stacks import read_stacks

    context: Context = ctx.obj
    store = StateStore(context, read_stacks(context, [stack])[0])
    confirm(yes, f"Restore the state of {stack} to version {version}?")
    serial = store.restore(version, context.actor)
    context.console.say(f"{stack}: restored as serial {serial}; see what changed since: python -m ops plan {stack}")
    return 0


@app.command(cls=Targeted)
def unlock(
    ctx: typer.Context,
    stacks: Annotated[list[str], typer.Argument(metavar="STACK", help="Names of the stacks.")],
    yes: Yes = False,
) -> int:
    """Release the lock that a dead run left on states.

    Shows who holds each lock, and asks once. Exit codes: 0 none is locked anymore; 1 error or not confirmed.
    """
    from ops.state.state_store import StateStore
    from ops.terraform.stacks import read_stacks
    from ops.terraform.terraform_cli import Terraform

    context: Context = ctx.obj
    locked: list[tuple[Stack, StateLock]] = []
    for stack in read_stacks(context, stacks):
        lock = StateStore(context, stack).lock()
        context.console.say(f"{stack.name}: {f'locked by {lock}' if lock else 'not locked'}")
        if lock:
            locked.append((stack, lock))
    if not locked:
        return 0
    confirm(yes, "Has that run ended, and should its lock be released?")
    failed = 0
    for stack, lock in locked:
        try:
            if lock.is_readable:
                Terraform(context, stack).force_unlock(lock.id)
            else:
                StateStore(context, stack).delete_damaged_lock()
        except OpsError as error:
            # The other locks can still be released.
            context.console.warn(str(error))
            failed += 1
        else:
            context.console.say(f"{stack.name}: unlocked; see what is left to do: python -m ops plan {stack.name}")
    return 1 if failed else 0


@app.command(cls=Targeted)
def push(ctx: typer.Context, stack: StackName, lock_wait: LockWait = 120) -> int:
    """Save the state that an interrupted deploy left behind.

    A deploy that can't save its state, for example because the AWS session expired, keeps it in a local file. Exit
    codes: 0 saved, and the file is deleted; 1 error, and the file is kept.
    """
    from ops.terraform.stacks import read_stacks
    from ops.terraform.terraform_cli import Terraform

    context: Context = ctx.obj
    Terraform(context, read_stacks(context, [stack])[0], lock_wait=lock_wait).push_unsaved()
    context.console.say(f"{stack}: state saved; see what is left to do: python -m ops plan {stack}")
    return 0


@app.command(cls=Targeted)
def recover(
    ctx: typer.Context,
    stack: StackName,
    allow: Allow = None,
    yes: Yes = False,
    lock_wait: LockWait = 120,
) -> int:
    """Import existing resources that a state has lost.

    Also works if the whole state is lost. Each resource is found through its service's API and imported by a generated
    import block. The plan is shown before anything is written, and the guard checks it. A missing resource that holds
    data is an error. Exit codes: 0 the state is complete; 1 error; 3 refused by the guard.
    """
    from ops.state.recovery import recovered
    from ops.terraform.deploy import DeployOptions, deploy
    from ops.terraform.plan import PlanExit
    from ops.terraform.stacks import read_stacks
    from ops.terraform.summary import lines
    from ops.terraform.synth import synthesize_if_outdated

    context: Context = ctx.obj
    if stack == "state":
        raise OpsError("state: import its bucket, roles and budget with `python -m ops bootstrap`")
    synthesize_if_outdated(context)
    found = read_stacks(context, [stack])[0]

    def report(planned: "Sequence[PlannedStack]") -> None:
        for line in lines(planned):
            context.console.say(line)

    with recovered(context, found, lock_wait=lock_wait) as recovery:
        for address in recovery.lacking:
            context.console.warn(f"{stack}: {address} is not in the state and was not found: it would be created again")
        if not recovery.imports:
            context.console.say(f"{stack}: nothing to import")
            return PlanExit.NOTHING
        must_be_able_to_ask(yes)
        options = DeployOptions(
            allowed=allow or (),
            lock_wait=lock_wait,
            confirm=lambda _: yes or typer.confirm(f"Apply this plan to {cloud_in_use(context)}?"),
            report=report,
        )
        deployment = deploy(context, [found], options)
    for problem in deployment.problems:
        context.console.warn(problem)
    if deployment.code == PlanExit.NOTHING:
        context.console.say(f"{stack}: {len(recovery.imports)} resources imported")
    return deployment.code
