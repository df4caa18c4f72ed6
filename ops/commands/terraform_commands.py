"""The commands on stacks: `python -m ops plan|deploy|bootstrap|drift`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ops.commands.options import LockWait, Markdown, Yes, must_be_able_to_ask, save
from ops.context.errors import OpsError
from ops.context.run_context import Context

if TYPE_CHECKING:
    from ops.terraform.deploy import Deployment
    from ops.terraform.plan import PlannedStack

app = typer.Typer(rich_markup_mode=None)

Stacks = Annotated[list[str] | None, typer.Argument(help="Stacks by name; all of them where none is named.")]
Allow = Annotated[
    list[str] | None,
    typer.Option(
        "--allow",
        metavar="STACK:ADDRESS",
        help="Let this run destroy, replace or forget exactly this resource that holds data. Repeatable.",
    ),
]
Page = Annotated[Path | None, typer.Option(dir_okay=False, help="Also write the plans as one HTML page to this file.")]


@app.command()
def plan(
    ctx: typer.Context,
    stacks: Stacks = None,
    allow: Allow = None,
    lock_wait: LockWait = 120,
    comment: Annotated[
        bool, typer.Option("--comment", help="Write the plans into the pull request's one comment.")
    ] = False,
    pr: Annotated[int | None, typer.Option(min=1, help="The pull request; the workflow's own one if left out.")] = None,
    page: Page = None,
    markdown: Markdown = None,
) -> int:
    """Plan stacks, and have the guard judge the plans. Nothing is applied.

    Exit codes: 0 no changes, 2 changes, 3 refused by the guard, 1 error.
    """
    from ops.terraform.plan import exit_code, plan_folder, plan_stacks
    from ops.terraform.stacks import read_stacks

    context: Context = ctx.obj
    chosen = read_stacks(context, stacks or ())
    with plan_folder() as folder:
        planned = plan_stacks(context, chosen, folder, allowed=allow or (), lock_wait=lock_wait)
    code = exit_code(planned)
    _show(context, planned, page, markdown)
    if comment:
        _comment(context, planned, pr)
    return code


@app.command()
def deploy(
    ctx: typer.Context,
    stacks: Stacks = None,
    allow: Allow = None,
    lock_wait: LockWait = 120,
    yes: Yes = False,
    page: Page = None,
    markdown: Markdown = None,
) -> int:
    """Plan all stacks, then apply exactly those plans: in order, side by side where stacks are independent.

    Nothing is applied where a plan fails or the guard refuses one. It asks first; without a terminal it needs --yes.
    Exit codes: 0 deployed or nothing to deploy, 3 refused by the guard, 1 error.
    """
    from ops.terraform.deploy import Options
    from ops.terraform.deploy import deploy as run_deploy
    from ops.terraform.stacks import read_stacks

    context: Context = ctx.obj
    chosen = read_stacks(context, stacks or ())
    must_be_able_to_ask(yes)
    options = Options(
        allowed=allow or (),
        lock_wait=lock_wait,
        confirm=lambda _: yes or typer.confirm("Apply these plans?"),
        report=lambda planned: _show(context, planned, page, markdown),
    )
    return _tell(context, run_deploy(context, chosen, options))


@app.command()
def bootstrap(
    ctx: typer.Context,
    lock_wait: LockWait = 120,
    yes: Yes = False,
) -> int:
    """Deploy the stack state: make the bucket of the states, or import it, and move this stack's own state into it.

    Needs an administrator's AWS credentials, and --yes where there is no terminal. Running it again finishes what was
    cut off, or does nothing.
    Exit codes: 0 deployed or nothing to deploy, 3 refused by the guard, 1 error.
    """
    from ops.state.bootstrap import bootstrap as run_bootstrap
    from ops.terraform.deploy import Options

    context: Context = ctx.obj
    must_be_able_to_ask(yes)
    options = Options(
        lock_wait=lock_wait,
        confirm=lambda _: yes or typer.confirm("Apply this plan?"),
        report=lambda planned: _show(context, planned, None, None),
    )
    return _tell(context, run_bootstrap(context, options))


@app.command()
def drift(
    ctx: typer.Context,
    stacks: Stacks = None,
    lock_wait: LockWait = 120,
    issue: Annotated[
        bool,
        typer.Option(
            "--issue", help="Open or update the GitHub issue on drift of all stacks; close it where there is none."
        ),
    ] = False,
    page: Page = None,
    markdown: Markdown = None,
) -> int:
    """See whether what is deployed still is what the settings say.

    Exit codes: 0 clean, 2 drift, 1 error.
    """
    from ops.terraform.drift import find_drift, report_drift
    from ops.terraform.stacks import read_stacks

    context: Context = ctx.obj
    if issue and stacks:
        raise OpsError("--issue: the issue tells of all stacks; name none, or leave --issue out")
    code, planned = find_drift(context, read_stacks(context, stacks or ()), lock_wait=lock_wait)
    _show(context, planned, page, markdown)
    if issue:
        done = report_drift(context, planned)
        if done:
            context.console.say(done)
    return code


def _tell(context: Context, deployment: "Deployment") -> int:
    from ops.terraform.plan import Exit

    if deployment.code == Exit.NOTHING:
        names = ", ".join(deployment.applied)
        context.console.say(f"deployed: {names}" if names else "nothing to deploy: every stack is as the settings say")
        return deployment.code
    for problem in deployment.problems:
        context.console.warn(problem)
    if deployment.problems:
        context.console.warn("a stack that failed may be applied in part: mend the cause, plan again, and deploy again")
    context.console.warn(f"applied to the end: {', '.join(deployment.applied) or 'no stack'}")
    return deployment.code


def _show(context: Context, planned: "Sequence[PlannedStack]", page: Path | None, markdown: Path | None) -> None:
    from ops.terraform import summary

    for line in summary.lines(planned):
        context.console.say(line)
    if page:
        save(page, summary.page(context, planned))
    if markdown:
        save(markdown, summary.markdown(context, planned))
    if context.step_summary:
        with context.step_summary.open("a") as file:
            file.write(summary.markdown(context, planned) + "\n\n")


def _comment(context: Context, planned: "Sequence[PlannedStack]", number: int | None) -> None:
    from ops.clouds.github import GitHub
    from ops.terraform import summary

    if context.from_fork:
        context.console.say("no comment: a forked pull request's token may not write; see the step's summary")
        return
    number = number or context.pull_request
    if number is None:
        raise OpsError("--comment: no pull request started this run; name one with --pr")
    with GitHub(context) as github:
        context.console.say(f"comment: {github.comment(number, 'plan', summary.markdown(context, planned))}")
