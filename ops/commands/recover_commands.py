"""The command that recovers a deleted Neon branch or project: `python -m ops recover`."""

from typing import Annotated

import typer

from ops.commands.options import Targeted
from ops.context.errors import OpsError
from ops.context.run_context import Context

app = typer.Typer(rich_markup_mode=None)


@app.command(cls=Targeted)
def recover(
    ctx: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME", help="Name or id of the branch or project. Default: list what can be recovered."
        ),
    ] = None,
) -> int:
    """Recover a deleted Neon branch or project.

    Possible for seven days, with all rows, and the addresses stay. Terraform's state still fits if nothing was deployed
    since the deletion. Exit codes: 0; 1 error, nothing was changed.
    """
    from ops.clouds.neon import Neon

    context: Context = ctx.obj
    say, project_name = context.console.say, context.settings.project.name
    with Neon(context) as neon:
        found = neon.deleted(project_name)
        if name is None:
            for each in found:
                say(f"{each.kind} {each.name} ({each.id}): until {each.until:%Y-%m-%d %H:%M} UTC")
            if not found:
                say("nothing to recover: Neon has no deleted branch of this project, nor a deleted project of its name")
            return 0
        fitting = [each for each in found if name in (each.id, each.name)]
        if len(fitting) != 1:
            listed = ", ".join(f"{each.kind} {each.name} ({each.id})" for each in fitting or found) or "none"
            problem = "is not among the deleted branches and projects" if not fitting else "is not unique; pass an id"
            raise OpsError(f"{name} {problem}: {listed}")
        [deleted] = fitting
        existing = neon.find_project(project_name)
        if deleted.kind == "project" and existing:
            raise OpsError(
                f"project {existing} has the name {project_name} too, and Terraform manages it; recover {deleted.id} "
                "in Neon's Console, and copy the rows that you need"
            )
        neon.recover(deleted, existing)
    say(f"recovered: {deleted.kind} {deleted.name}, with its rows and addresses; see what differs: python -m ops plan")
    return 0
