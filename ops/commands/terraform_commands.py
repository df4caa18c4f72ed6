"""The commands that run Terraform: `python -m ops plan|deploy|destroy|bootstrap|drift`."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ops.commands.options import Allow, LockWait, Markdown, Targeted, Yes, environment_names, must_be_able_to_ask, save
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.context.target import cloud_in_use

if TYPE_CHECKING:
    from ops.terraform.deploy import DeployResult
    from ops.terraform.plan import PlannedStack

app = typer.Typer(rich_markup_mode=None)

Stacks = Annotated[list[str] | None, typer.Argument(metavar="STACK", help="Names of stacks. Default: all.")]
AllValues = Annotated[
    bool, typer.Option("--all-values", help="Also list values of new resources that are not known yet.")
]
Page = Annotated[Path | None, typer.Option(metavar="FILE", dir_okay=False, help="Also write the plans as HTML.")]


@app.command(cls=Targeted)
def plan(
    ctx: typer.Context,
    stacks: Stacks = None,
    allow: Allow = None,
    lock_wait: LockWait = 120,
    all_values: AllValues = False,
    comment: Annotated[bool, typer.Option("--comment", help="Write the plans to the pull request's comment.")] = False,
    pr: Annotated[
        int | None, typer.Option(min=1, metavar="NUMBER", help="Pull request. Default: the workflow's.")
    ] = None,
    page: Page = None,
    markdown: Markdown = None,
) -> int:
    """Show what a deploy would change.

    The guard checks each plan. Nothing is applied. Exit codes: 0 no changes, 2 changes, 3 refused by the guard, 1
    error.
    """
    from ops.terraform.abandoned import abandoned_plans
    from ops.terraform.plan import exit_code, plan_folder, plan_stacks
    from ops.terraform.stacks import read_stacks
    from ops.terraform.synth import synthesize_if_outdated

    context: Context = ctx.obj
    synthesize_if_outdated(context)
    chosen = read_stacks(context, stacks or ())
    with plan_folder() as folder:
        planned = plan_stacks(context, chosen, folder, allowed=allow or (), lock_wait=lock_wait)
    code = exit_code(planned)
    if not stacks:
        planned += abandoned_plans(context)
    _show(context, planned, page, markdown, all_values=all_values)
    if comment:
        _comment(context, planned, pr)
    return code


@app.command(cls=Targeted)
def deploy(
    ctx: typer.Context,
    stacks: Stacks = None,
    allow: Allow = None,
    lock_wait: LockWait = 120,
    yes: Yes = False,
    all_values: AllValues = False,
    page: Page = None,
    markdown: Markdown = None,
) -> int:
    """Plan the stacks, ask, and apply those plans.

    Stacks are applied in order of dependency, independent ones in parallel. Nothing is applied if a plan fails or the
    guard refuses one. Asks first; without a terminal it needs --yes. Exit codes: 0 deployed or nothing to deploy, 3
    refused by the guard, 1 error.
    """
    from ops.terraform.abandoned import abandoned_plans
    from ops.terraform.deploy import DeployOptions
    from ops.terraform.deploy import deploy as run_deploy
    from ops.terraform.stacks import read_stacks
    from ops.terraform.synth import synthesize_if_outdated

    context: Context = ctx.obj
    synthesize_if_outdated(context)
    chosen = read_stacks(context, stacks or ())
    must_be_able_to_ask(yes)
    # Before the question: a renamed environment would be created beside the one that holds the data.
    abandoned = [] if stacks else abandoned_plans(context)
    options = DeployOptions(
        allowed=allow or (),
        lock_wait=lock_wait,
        confirm=lambda planned: yes or typer.confirm(f"Apply {_names(planned)} to {cloud_in_use(context)}?"),
        report=lambda planned: _show(context, [*planned, *abandoned], page, markdown, all_values=all_values),
    )
    return _print_outcome(context, run_deploy(context, chosen, options))


@app.command(cls=Targeted)
def destroy(
    ctx: typer.Context,
    environment: Annotated[
        str,
        typer.Argument(
            metavar="ENVIRONMENT", help="Name of the environment or stack.", autocompletion=environment_names
        ),
    ],
    allow: Allow = None,
    lock_wait: LockWait = 120,
    confirm: Annotated[
        str | None, typer.Option("--confirm", metavar="NAME", help="The name again; required without a terminal.")
    ] = None,
) -> int:
    """Destroy an environment, after a restore point.

    Lists what would be destroyed; the guard checks it, and each resource with data must be allowed by name. Then asks
    for the environment's name, saves the rows of its database on a Neon branch, and destroys. Also works for an
    abandoned environment, which is no longer in the settings. Exit codes: 0 destroyed or nothing to destroy, 3 refused
    by the guard, 1 error.
    """
    from ops.terraform.destroy import DestroyOptions
    from ops.terraform.destroy import destroy as run_destroy
    from ops.terraform.plan import PlanExit
    from ops.terraform.synth import synthesize_if_outdated

    context: Context = ctx.obj
    synthesize_if_outdated(context)
    if confirm is None and not sys.stdin.isatty():
        raise OpsError(f"not confirmed: nothing was destroyed; pass --confirm {environment}")
    options = DestroyOptions(
        confirm=lambda name: (confirm or typer.prompt(f"Type {name} to destroy it in {cloud_in_use(context)}")) == name,
        allowed=allow or (),
        lock_wait=lock_wait,
        report=lambda planned: _show(context, planned, None, None),
    )
    result = run_destroy(context, environment, options)
    for problem in result.problems:
        context.console.warn(problem)
    if result.code == PlanExit.NOTHING:
        context.console.say(f"destroyed: {environment}" if result.applied else f"{environment}: nothing to destroy")
    return result.code


@app.command(cls=Targeted)
def bootstrap(
    ctx: typer.Context,
    allow: Allow = None,
    lock_wait: LockWait = 120,
    yes: Yes = False,
) -> int:
    """Create or import the bucket for Terraform's states.

    Deploys the stack `state`, and moves its own state into that bucket. Needs an administrator's AWS credentials, and
    --yes without a terminal. Run it again to finish an interrupted run; otherwise it does nothing. Exit codes: 0
    deployed or nothing to deploy, 3 refused by the guard, 1 error.
    """
    from ops.state.bootstrap import bootstrap as run_bootstrap
    from ops.terraform.deploy import DeployOptions
    from ops.terraform.synth import synthesize_if_outdated

    context: Context = ctx.obj
    synthesize_if_outdated(context)
    must_be_able_to_ask(yes)
    options = DeployOptions(
        allowed=allow or (),
        lock_wait=lock_wait,
        confirm=lambda _: yes or typer.confirm(f"Apply this plan to {cloud_in_use(context)}?"),
        report=lambda planned: _show(context, planned, None, None),
    )
    return _print_outcome(context, run_bootstrap(context, options))


@app.command(cls=Targeted)
def drift(
    ctx: typer.Context,
    stacks: Stacks = None,
    lock_wait: LockWait = 120,
    issue: Annotated[
        bool,
        typer.Option("--issue", help="Open or update the GitHub issue about drift; close it if there is none."),
    ] = False,
    page: Page = None,
    markdown: Markdown = None,
) -> int:
    """Show what differs from the settings.

    Exit codes: 0 clean, 2 drift, 1 error.
    """
    from ops.terraform.drift import find_drift, report_drift
    from ops.terraform.stacks import read_stacks
    from ops.terraform.synth import synthesize_if_outdated

    context: Context = ctx.obj
    if issue and stacks:
        raise OpsError("--issue: the issue covers all stacks; name no stack, or drop --issue")
    synthesize_if_outdated(context)
    code, planned = find_drift(context, read_stacks(context, stacks or ()), lock_wait=lock_wait, abandoned=not stacks)
    _show(context, planned, page, markdown)
    if issue:
        done = report_drift(context, planned)
        if done:
            context.console.say(done)
    return code


def _names(planned: "Sequence[PlannedStack]") -> str:
    """The stacks that a deploy would apply now; those that wait for another are asked about again."""
    from ops.terraform.plan import Outcome

    return ", ".join(each.stack.name for each in planned if each.outcome is Outcome.CHANGED)


def _print_outcome(context: Context, deployment: "DeployResult") -> int:
    from ops.terraform.plan import PlanExit

    if deployment.code == PlanExit.NOTHING:
        names = ", ".join(deployment.applied)
        context.console.say(f"deployed: {names}" if names else "nothing to deploy: every stack matches the settings")
        return deployment.code
    for problem in deployment.problems:
        context.console.warn(problem)
    if deployment.problems and not deployment.unsaved and not deployment.declined:
        context.console.warn("a stack that failed may be partly applied: fix the cause, plan again, and deploy again")
    if deployment.applied or not deployment.declined:
        context.console.warn(f"fully applied: {', '.join(deployment.applied) or 'none'}")
    return deployment.code


def _show(
    context: Context,
    planned: "Sequence[PlannedStack]",
    page: Path | None,
    markdown: Path | None,
    *,
    all_values: bool = False,
) -> None:
    from ops.terraform import summary

    for line in summary.lines(planned, unknown=all_values):
        context.console.say(line)
    if page:
        save(page, summary.page(context, planned))
    if markdown:
        save(markdown, summary.markdown(context, planned))
    context.add_to_step_summary(summary.markdown(context, planned))


def _comment(context: Context, planned: "Sequence[PlannedStack]", number: int | None) -> None:
    from ops.clouds.github import GitHub
    from ops.terraform import summary

    if context.from_fork:
        context.console.say("no comment: the token of a forked pull request can't write one; see the step's summary")
        return
    number = number or context.pull_request
    if number is None:
        raise OpsError("--comment: no pull request started this run; pass --pr")
    with GitHub(context) as github:
        context.console.say(f"comment: {github.comment(number, 'plan', summary.markdown(context, planned))}")
