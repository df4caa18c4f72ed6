"""The commands of `python -m ops preview`."""

from pathlib import Path
from typing import Annotated

import typer

from ops.context.errors import OpsError
from ops.context.run_context import Context

app = typer.Typer(help="A pull request's preview: up, down, sweep.", no_args_is_help=True, rich_markup_mode=None)

Number = Annotated[
    int | None, typer.Option("--pr", min=1, help="The pull request; the workflow's own one if left out.")
]
# So that the three commands are called alike.
Unused = Annotated[Path | None, typer.Option("--app", help="Not needed here: names are enough.")]


@app.command()
def up(
    ctx: typer.Context,
    app: Annotated[Path, typer.Option(help="The app's checkout at the pull request's commit.", file_okay=False)],
    pr: Number = None,
) -> int:
    """Make a pull request's preview, or bring it up to date: database branch, migrations, Worker, comment.

    A pull request from a fork gets nothing. Exit codes: 0 up, or a fork's; 1 error, and the comment says which.
    """
    from ops import preview

    context: Context = ctx.obj
    made = preview.up(context, _number(context, pr), app)
    if made:
        context.console.say(f"preview: {made.parts.address}")
    return 0


@app.command()
def down(ctx: typer.Context, pr: Number = None, app: Unused = None) -> int:
    """Remove a pull request's preview: Worker and database branch. Exit codes: 0 it is gone, 1 error."""
    from ops import preview

    del app
    context: Context = ctx.obj
    preview.down(context, _number(context, pr))
    return 0


@app.command()
def sweep(ctx: typer.Context, app: Unused = None) -> int:
    """Remove the previews of closed pull requests. Where GitHub can't be asked, nothing is removed.

    Exit codes: 0 none is left, 1 error.
    """
    from ops import preview

    del app
    context: Context = ctx.obj
    removed = preview.sweep(context)
    context.console.say(f"swept: {', '.join(map(str, removed)) or 'nothing was left over'}")
    return 0


def _number(context: Context, pr: int | None) -> int:
    number = pr or context.pull_request
    if number is None:
        raise OpsError("no pull request started this run; name one with --pr")
    return number
