"""The commands for a state in trouble: `python -m ops state versions|restore|unlock|recover`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ops.commands.options import LockWait, Yes, confirm, must_be_able_to_ask
from ops.context.errors import OpsError
from ops.context.run_context import Context

if TYPE_CHECKING:
    from ops.terraform.plan import PlannedStack

app = typer.Typer(
    rich_markup_mode=None, no_args_is_help=True, help="A state's versions, its lock, and resources that it lost."
)

StackName = Annotated[str, typer.Argument(metavar="STACK", help="The stack, by name.")]


@app.command()
def versions(
    ctx: typer.Context,
    stack: StackName,
    ids: Annotated[bool, typer.Option("--ids", help="Print the versions' ids alone, the newest first.")] = False,
) -> int:
    """Show the versions that the bucket keeps of a state, the newest first. Exit codes: 0; 1 error."""
    from ops.state.state_store import StateStore
    from ops.terraform.stacks import read_stacks

    context: Context = ctx.obj
    found = StateStore(context, read_stacks(context, [stack])[0]).versions()
    if not found:
        raise OpsError(f"{stack}: the bucket has no version of its state; see `python -m ops state recover {stack}`")
    for version in found:
        context.console.say(version.id if ids else version.line)
    return 0


@app.command()
def restore(
    ctx: typer.Context,
    stack: StackName,
    version: Annotated[str, typer.Option(help="The version's id, as `state versions` shows it.")],
    yes: Yes = False,
) -> int:
    """Put an earlier version of a state in the place of the present one, which stays as a version.

    It takes the state's lock meanwhile. Plan afterwards: what was changed since that version shows there.
    Exit codes: 0 restored; 1 error, nothing was changed.
    """
    from ops.state.state_store import StateStore
    from ops.terraform.stacks import read_stacks

    context: Context = ctx.obj
    store = StateStore(context, read_stacks(context, [stack])[0])
    confirm(yes, f"Make {version} the state of {stack}?")
    serial = store.restore(version, context.actor)
    context.console.say(f"{stack}: restored as serial {serial}; see what differs: python -m ops plan {stack}")
    return 0


@app.command()
def unlock(
    ctx: typer.Context,
    stack: StackName,
    yes: Yes = False,
) -> int:
    """Show who holds a state's lock, and release it. Only for a run that is dead.

    Exit codes: 0 free; 1 error or not confirmed.
    """
    from ops.state.state_store import StateStore
    from ops.terraform.stacks import read_stacks
    from ops.terraform.terraform_cli import Terraform

    context: Context = ctx.obj
    found = read_stacks(context, [stack])[0]
    lock = StateStore(context, found).lock()
    if lock is None:
        context.console.say(f"{stack}: not locked")
        return 0
    context.console.say(f"{stack}: locked by {lock}")
    confirm(yes, "Is that run dead, and shall its lock be released?")
    Terraform(context, found).force_unlock(lock.id)
    context.console.say(f"{stack}: unlocked; a plan shows what that run left undone: python -m ops plan {stack}")
    return 0


@app.command()
def recover(
    ctx: typer.Context,
    stack: StackName,
    yes: Yes = False,
    lock_wait: LockWait = 120,
) -> int:
    """Take back into a state what is there but what it no longer knows, such as all of it where the state is lost.

    Each resource is found by the clouds' APIs and imported by a generated import block. The plan is shown before
    anything is written, and the guard judges it as always. What holds data and is not found is an error.
    Exit codes: 0 nothing is lacking now; 1 error; 3 refused by the guard.
    """
    from ops.state.recovery import recovered
    from ops.terraform.deploy import Options, deploy
    from ops.terraform.plan import Exit
    from ops.terraform.stacks import read_stacks
    from ops.terraform.summary import lines

    context: Context = ctx.obj
    if stack == "state":
        raise OpsError("state: `python -m ops bootstrap` takes its bucket, roles and budget back")
    found = read_stacks(context, [stack])[0]

    def report(planned: "Sequence[PlannedStack]") -> None:
        for line in lines(planned):
            context.console.say(line)

    with recovered(context, found, lock_wait=lock_wait) as recovery:
        for address in recovery.lacking:
            context.console.warn(f"{stack}: {address} is not in the state and was not found: it would be made anew")
        if not recovery.imports:
            context.console.say(f"{stack}: nothing to take back")
            return Exit.NOTHING
        must_be_able_to_ask(yes)
        options = Options(
            lock_wait=lock_wait, confirm=lambda _: yes or typer.confirm("Apply this plan?"), report=report
        )
        deployment = deploy(context, [found], options)
    for problem in deployment.problems:
        context.console.warn(problem)
    if deployment.code == Exit.NOTHING:
        context.console.say(f"{stack}: {len(recovery.imports)} resources taken back")
    return deployment.code
