"""The commands that show what is deployed: `python -m ops status|report`."""

from pathlib import Path
from typing import Annotated

import typer

from ops.commands.options import LockWait, save
from ops.context.run_context import Context

app = typer.Typer(rich_markup_mode=None)


@app.command()
def report(
    ctx: typer.Context,
    page: Annotated[Path, typer.Option(metavar="FILE", dir_okay=False, help="Write the page to this file.")],
    drift: Annotated[bool, typer.Option("--drift/--no-drift", help="Plan the stacks to find drift.")] = True,
    lock_wait: LockWait = 0,
) -> int:
    """Write an HTML report: deployments, drift and cost.

    It begins with what `ops status` shows, and lists environments, addresses, database branches, the latest
    deployments, drift and cost. A part that can't be read is named on the page. Exit codes: 0 complete, 1 incomplete
    or an error.
    """
    from ops.report import owner_report as reporting
    from ops.report import status as showing

    context: Context = ctx.obj
    now = showing.read_status(context, drift=drift, lock_wait=lock_wait)
    found = now.report
    save(page, reporting.page(context, found, list(showing.lines(context, now)), now.answering))
    context.console.say(f"written: {page}")
    for problem in found.problems:
        context.console.warn(f"missing from the page: {problem}")
    return 1 if found.problems else 0


@app.command()
def status(
    ctx: typer.Context,
    drift: Annotated[bool, typer.Option("--drift", help="Also plan the stacks to find drift.")] = False,
    lock_wait: LockWait = 0,
) -> int:
    """Show what serves now, its health, and what is wrong.

    Each environment with its site, API, version, database branch and newest backup; then cost, branches, locks and
    drift. Exit codes: 0 nothing is wrong, 1 something is, or can't be read.
    """
    from ops.report import status as showing

    context: Context = ctx.obj
    found = showing.read_status(context, drift=drift, lock_wait=lock_wait)
    for line in showing.lines(context, found):
        context.console.say(line)
    return 1 if found.problems(context) else 0
