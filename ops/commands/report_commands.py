"""The command that writes the owner's report: `python -m ops report`."""

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

    It lists environments, addresses, database branches, the latest deployments, drift and cost. A part that can't be
    read is named on the page. Exit codes: 0 complete, 1 incomplete or an error.
    """
    from ops.report import owner_report as reporting

    context: Context = ctx.obj
    found = reporting.collect(context, drift=drift, lock_wait=lock_wait)
    save(page, reporting.page(context, found))
    context.console.say(f"written: {page}")
    for problem in found.problems:
        context.console.warn(f"missing from the page: {problem}")
    return 1 if found.problems else 0
