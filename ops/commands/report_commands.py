"""The command that writes the page of what is deployed: `python -m ops report`."""

from pathlib import Path
from typing import Annotated

import typer

from ops.commands.options import LockWait, save
from ops.context.run_context import Context

app = typer.Typer(rich_markup_mode=None)


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
    from ops.report import owner_report as reporting

    context: Context = ctx.obj
    found = reporting.collect(context, drift=drift, lock_wait=lock_wait)
    save(page, reporting.page(context, found))
    context.console.say(f"written: {page}")
    for problem in found.problems:
        context.console.warn(f"not on the page: {problem}")
    return 1 if found.problems else 0
