"""The commands of `python -m ops preview`."""

from pathlib import Path
from typing import Annotated

import typer

from ops.commands.options import Targeted
from ops.context.errors import OpsError
from ops.context.run_context import Context

app = typer.Typer(help="Create and remove previews of pull requests.", no_args_is_help=True, rich_markup_mode=None)

Number = Annotated[
    int | None, typer.Option("--pr", min=1, metavar="NUMBER", help="Pull request. Default: the workflow's own.")
]
# Lets a workflow call all three commands with the same arguments.
Unused = Annotated[Path | None, typer.Option("--app", metavar="DIR", help="Ignored: only `up` needs it.")]


@app.command(cls=Targeted)
def up(
    ctx: typer.Context,
    app: Annotated[
        Path, typer.Option(metavar="DIR", help="The app's checkout at the pull request's commit.", file_okay=False)
    ],
    pr: Number = None,
) -> int:
    """Create or update a pull request's preview.

    A preview is a database branch with the migrations applied, a Worker, and a comment on the pull request. A pull
    request from a fork gets none. Exit codes: 0 the preview is up, or the pull request is from a fork; 1 an error,
    which the comment names.
    """
    from ops import preview

    context: Context = ctx.obj
    made = preview.up(context, _number(context, pr), app)
    if made:
        context.console.say(f"preview: {made.parts.address}")
    return 0


@app.command(cls=Targeted)
def down(ctx: typer.Context, pr: Number = None, app: Unused = None) -> int:
    """Remove a pull request's preview.

    Deletes its Worker and its database branch. Exit codes: 0 removed, 1 error.
    """
    from ops import preview

    del app
    context: Context = ctx.obj
    preview.down(context, _number(context, pr))
    return 0


@app.command(cls=Targeted)
def sweep(ctx: typer.Context, app: Unused = None) -> int:
    """Remove the previews of closed pull requests.

    Nothing is removed if GitHub can't be reached. Exit codes: 0 none is left, 1 error.
    """
    from ops import preview

    del app
    context: Context = ctx.obj
    removed = preview.sweep(context)
    context.console.say(f"swept: {', '.join(map(str, removed)) or 'no preview was left over'}")
    return 0


def _number(context: Context, pr: int | None) -> int:
    number = pr or context.pull_request
    if number is None:
        raise OpsError("no pull request started this run; pass --pr")
    return number
