"""The commands of `python -m ops`. Each is thin: it reads options, calls one module, and prints what came of it."""

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ops.commands.preview import app as preview_app
from ops.commands.release import app as release_app
from ops.commands.rotate import app as rotate_app
from ops.commands.state import app as state_app
from ops.context import Context
from ops.errors import OpsError

if TYPE_CHECKING:
    from ops.deploy import Deployment
    from ops.plan import PlannedStack

INTERRUPTED = 130

app = typer.Typer(
    name="ops",
    help="What runs around Terraform. Exit code 1 is an error; 0 is success.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(preview_app, name="preview")
app.add_typer(release_app)
app.add_typer(rotate_app, name="rotate")
app.add_typer(state_app, name="state")

Stacks = Annotated[list[str] | None, typer.Argument(help="Stacks by name; all of them where none is named.")]
Allow = Annotated[
    list[str] | None,
    typer.Option(
        "--allow",
        metavar="STACK:ADDRESS",
        help="Let this run destroy, replace or forget exactly this resource that holds data. Repeatable.",
    ),
]
LockWait = Annotated[
    int, typer.Option(min=0, max=3600, help="Seconds to wait for a state that another run has locked.")
]
Page = Annotated[Path | None, typer.Option(dir_okay=False, help="Also write the plans as one HTML page to this file.")]
Markdown = Annotated[Path | None, typer.Option(dir_okay=False, help="Also write it as Markdown to this file.")]


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
    from ops.plan import exit_code, plan_folder, plan_stacks
    from ops.stacks import read_stacks

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
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask on a terminal before applying.")] = False,
    page: Page = None,
    markdown: Markdown = None,
) -> int:
    """Plan all stacks, then apply exactly those plans: in order, side by side where stacks are independent.

    Nothing is applied where a plan fails or the guard refuses one. On a terminal it asks first.
    Exit codes: 0 deployed or nothing to deploy, 3 refused by the guard, 1 error.
    """
    from ops.deploy import Options
    from ops.deploy import deploy as run_deploy
    from ops.stacks import read_stacks

    context: Context = ctx.obj
    ask = not yes and sys.stdin.isatty()
    options = Options(
        allowed=allow or (),
        lock_wait=lock_wait,
        confirm=lambda _: not ask or typer.confirm("Apply these plans?"),
        report=lambda planned: _show(context, planned, page, markdown),
    )
    return _tell(context, run_deploy(context, read_stacks(context, stacks or ()), options))


@app.command()
def bootstrap(
    ctx: typer.Context,
    lock_wait: LockWait = 120,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask on a terminal before applying.")] = False,
) -> int:
    """Deploy the stack state: make the bucket of the states, or import it, and move this stack's own state into it.

    Needs an administrator's AWS credentials. Running it again finishes what was cut off, or does nothing.
    Exit codes: 0 deployed or nothing to deploy, 3 refused by the guard, 1 error.
    """
    from ops.bootstrap import bootstrap as run_bootstrap
    from ops.deploy import Options

    context: Context = ctx.obj
    ask = not yes and sys.stdin.isatty()
    options = Options(
        lock_wait=lock_wait,
        confirm=lambda _: not ask or typer.confirm("Apply this plan?"),
        report=lambda planned: _show(context, planned, None, None),
    )
    return _tell(context, run_bootstrap(context, options))


@app.command()
def drift(
    ctx: typer.Context,
    stacks: Stacks = None,
    lock_wait: LockWait = 120,
    issue: Annotated[
        bool, typer.Option("--issue", help="Open or update the GitHub issue on drift; close it where there is none.")
    ] = False,
    page: Page = None,
    markdown: Markdown = None,
) -> int:
    """See whether what is deployed still is what the settings say.

    Exit codes: 0 clean, 2 drift, 1 error.
    """
    from ops.drift import find_drift, report_drift
    from ops.stacks import read_stacks

    context: Context = ctx.obj
    code, planned = find_drift(context, read_stacks(context, stacks or ()), lock_wait=lock_wait)
    _show(context, planned, page, markdown)
    if issue:
        done = report_drift(context, planned)
        if done:
            context.console.say(done)
    return code


@app.command()
def doctor(
    ctx: typer.Context,
    environment: Annotated[
        str | None, typer.Option(help="Also check that DATABASE_URL is this environment's own database.")
    ] = None,
    app: Annotated[
        Path | None, typer.Option(help="The app's checkout: also check its wrangler.", file_okay=False)
    ] = None,
) -> int:
    """Check tools, settings, tokens and what they reach, the state's bucket and locks, and the domain.

    Each line says: ok, left out, or what is wrong and what to do. Exit codes: 0 all well, 1 something is wrong.
    """
    from ops.doctor import examine
    from ops.finding import State

    context: Context = ctx.obj
    wrong = 0
    for finding in examine(context, environment, app):
        context.console.say(str(finding))
        wrong += finding.state is State.WRONG
    return 1 if wrong else 0


@app.command()
def uptime(
    ctx: typer.Context,
    attempts: Annotated[int, typer.Option(min=1, max=10, help="Tries before an address counts as down.")] = 3,
    wait: Annotated[float, typer.Option(min=0, max=300, help="Seconds between two tries.")] = 20,
) -> int:
    """Ask every site and API of the settings, as a visitor does, and send a notice of what is down.

    Exit codes: 0 all answer as they should, 1 something is down, or an error.
    """
    from ops.uptime import addresses, announce, find_outages

    context: Context = ctx.obj
    asked = addresses(context.settings)
    if not asked:
        raise OpsError(f"{context.settings_file}: there is no site and no API to ask; set one, or drop this check")
    outages = find_outages(context, asked, attempts=attempts, wait_seconds=wait)
    down = {outage.address for outage in outages}
    for address in asked:
        if address not in down:
            context.console.say(f"ok: {address.about} ({address.url})")
    for outage in outages:
        context.console.warn(f"down: {outage}")
    if outages:
        announce(context, outages)
    return 1 if outages else 0


@app.command()
def notify(
    ctx: typer.Context,
    kind: Annotated[str, typer.Argument(help="started, migration, success, failure or rolled-back.")],
    what: Annotated[str, typer.Argument(help="What it is about, such as `deploy of the infrastructure`.")],
    text: Annotated[str, typer.Option(help="What happened, and what to do.")] = "",
) -> int:
    """Send a notice to the Discord webhook of DISCORD_WEBHOOK_URL, for a workflow's own steps.

    Exit codes: 0 also where it could not be delivered, since a notice never fails what it tells of; 1 no such kind.
    """
    from ops.notices import Kind, Notice, Notices

    context: Context = ctx.obj
    kinds = {known.name.lower().replace("_", "-"): known for known in Kind}
    if kind not in kinds:
        raise OpsError(f"there is no kind of notice {kind!r}; choose one of {', '.join(kinds)}")
    if context.credentials.discord_webhook_url is None:
        context.console.say("no notice: DISCORD_WEBHOOK_URL is not set")
    elif Notices(context).send(Notice(kinds[kind], what, text)):
        context.console.say(f"notice sent: {kinds[kind].words}: {what}")
    return 0


@app.command()
def adopt(
    ctx: typer.Context,
    states: Annotated[
        str, typer.Option(metavar="DIR|s3://BUCKET/PREFIX", help="Where the hand-written Terraform's states are.")
    ],
    write: Annotated[Path | None, typer.Option(dir_okay=False, help="Write the settings to this file.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Let --write replace a file.")] = False,
    check: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Prove this settings file, instead of making settings.")
    ] = None,
    bucket: Annotated[str | None, typer.Option(help="The states' bucket, where a folder does not say it.")] = None,
    region: Annotated[str | None, typer.Option(help="The bucket's AWS region.")] = None,
    repository: Annotated[
        str | None, typer.Option(metavar="OWNER/NAME", help="The app on GitHub, where there is no site to say it.")
    ] = None,
) -> int:
    """Make settings from hand-written Terraform's states, and prove that they change nothing: it plans over copies.

    Nothing is deployed and no state is written. Exit codes: 0 nothing would be added, changed or destroyed; 1 error or
    not an adoption, with each attribute that differs.
    """
    from ops import adopt as adoption

    context: Context = ctx.obj
    if write and check:
        raise OpsError("--write and --check: choose one; --check takes settings that are there")
    if check:
        candidate = adoption.given(context, states, check)
    else:
        candidate = adoption.read(context, states, bucket=bucket, region=region, repository=repository)
    if write:
        adoption.write(write, candidate.text, force=force)
        context.console.say(f"written: {write}")
    elif not check:
        context.console.say(candidate.text)
    proof = adoption.prove(context, candidate)
    for line in proof.plans:
        context.console.say(line)
    for note in proof.notes:
        context.console.say(f"note: {note}")
    for line in proof.differences:
        context.console.warn(line)
    if proof.differences:
        context.console.warn("not an adoption yet: deploy nothing; mend each line above, then prove it with --check")
        return 1
    context.console.say("nothing would be added, changed or destroyed: cdktf deploy takes the states over")
    return 0


@app.command()
def cost(ctx: typer.Context, markdown: Markdown = None) -> int:
    """Reckon what a month costs by the settings, with each price's source.

    Exit codes: 0 within the budget, 3 above it, 1 error.
    """
    from datetime import UTC, datetime

    from ops.cost import estimate, read_prices, text

    context: Context = ctx.obj
    settings = context.settings
    found = estimate(settings, read_prices())
    for line in text.lines(found):
        context.console.say(line)
    if markdown:
        markdown.write_text(text.markdown(found))
    today = datetime.now(UTC).date()
    for line in text.warnings(found, today=today, price_days=settings.budget.price_days):
        context.console.warn(line)
    return 3 if found.is_above_budget else 0


@app.command()
def report(
    ctx: typer.Context,
    page: Annotated[Path, typer.Option(dir_okay=False, help="Write the page to this file.")],
    drift: Annotated[bool, typer.Option("--drift/--no-drift", help="Plan the stacks, to see drift.")] = True,
    lock_wait: LockWait = 0,
) -> int:
    """Write one HTML page: environments, addresses, database branches, last deployments, drift and cost.

    What can't be had is told on the page, and the rest of it is made. Exit codes: 0 whole, 1 error or not whole.
    """
    from ops import report as reporting

    context: Context = ctx.obj
    found = reporting.collect(context, drift=drift, lock_wait=lock_wait)
    try:
        page.write_text(reporting.page(context, found), encoding="utf-8")
    except OSError as error:
        raise OpsError(f"{page}: can't be written: {error.strerror}; name another file") from None
    context.console.say(f"written: {page}")
    for problem in found.problems:
        context.console.warn(f"not on the page: {problem}")
    return 1 if found.problems else 0


def _tell(context: Context, deployment: "Deployment") -> int:
    from ops.plan import Exit

    if deployment.code == Exit.NOTHING:
        names = ", ".join(deployment.applied)
        context.console.say(f"deployed: {names}" if names else "nothing to deploy: every stack is as the settings say")
        return deployment.code
    for problem in deployment.problems:
        context.console.warn(problem)
    context.console.warn(f"applied before that: {', '.join(deployment.applied) or 'nothing'}")
    return deployment.code


def _show(context: Context, planned: "Sequence[PlannedStack]", page: Path | None, markdown: Path | None) -> None:
    from ops import summary

    for line in summary.lines(planned):
        context.console.say(line)
    if page:
        page.write_text(summary.page(context, planned))
    if markdown:
        markdown.write_text(summary.markdown(context, planned))
    if context.step_summary:
        with context.step_summary.open("a") as file:
            file.write(summary.markdown(context, planned) + "\n\n")


def _comment(context: Context, planned: "Sequence[PlannedStack]", number: int | None) -> None:
    from ops import summary
    from ops.services.github import GitHub

    if context.from_fork:
        context.console.say("no comment: a forked pull request's token may not write; see the step's summary")
        return
    number = number or context.pull_request
    if number is None:
        raise OpsError("--comment: no pull request started this run; name one with --pr")
    with GitHub(context) as github:
        context.console.say(f"comment: {github.comment(number, 'plan', summary.markdown(context, planned))}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code; a mistake of the owner's is one line on standard error, code 1."""
    context = Context.read(os.environ)
    command: Any = typer.main.get_command(app)
    try:
        with _interruptible(context.runner.stop):
            code = command.main(args=arguments, prog_name="ops", obj=context, standalone_mode=False)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except typer.Abort:
        code = 1
    except typer.TyperException as error:
        context.console.warn(error.format_message())
        code = 1
    except Exception as error:
        context.console.warn(_explained(error))
        code = 1
    if code == INTERRUPTED:
        context.console.warn("interrupted")
    return code if isinstance(code, int) else 0


def _explained(error: Exception) -> str:
    from settings import SettingsError

    if isinstance(error, OpsError | SettingsError):
        return str(error)
    raise error


@contextlib.contextmanager
def _interruptible(stop: Callable[[], None]) -> Generator[None]:
    """Ends the programs that are running in good order on Ctrl-C and on SIGTERM, then the run itself."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        # A cancelled workflow sends SIGINT and soon after SIGTERM: a second one would not let Terraform finish.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        stop()
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
