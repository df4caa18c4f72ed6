"""The commands around a release: `python -m ops release|rollback|migrate|restore|smoke`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ops.commands.options import Yes, confirm
from ops.context.run_context import Context

app = typer.Typer(rich_markup_mode=None)

Environment = Annotated[str, typer.Argument(help="The environment, by its name in the settings.")]
App = Annotated[Path, typer.Option(help="The root of the app's checkout, its packages installed.", file_okay=False)]
Id = Annotated[
    str | None,
    typer.Option(
        "--id",
        help="The release's name in place of the app's commit: 1 to 20 letters, digits, dots, hyphens, underscores. "
        "Another name releases the same commit once more, say with other secrets.",
    ),
]


@app.command()
def release(ctx: typer.Context, environment: Environment, app: App, id: Id = None) -> int:
    """Release the app: checks, restore point, migrations, a version at 0 %, smoke tests, promotion.

    A version that does not answer well is rolled back. A release that was interrupted goes on when it is run again;
    one that is done is not done again. Exit codes: 0 released; 1 error, the last lines say whether anything was
    promoted; 4 rolled back; 5 not rolled back: the last lines say what to do by hand.
    """
    from ops.release import read_order
    from ops.release import release as run

    return int(run(read_order(ctx.obj, environment, app, id)))


@app.command()
def rollback(
    ctx: typer.Context,
    environment: Environment,
    app: App,
    to: Annotated[
        str | None,
        typer.Option(
            help="A version's id or its first 8 digits, or a release's id. Left out: the one before the live version."
        ),
    ] = None,
) -> int:
    """Let an earlier version of the Worker answer all requests again. The database stays as it is.

    It is tested at 0 % first. Exit codes: 0 it answers well; 1 error, nothing was changed; 5 not rolled back: it could
    not be deployed, or does not answer well; the last lines say which version is live.
    """
    from ops.release import read_order, roll_back

    return int(roll_back(read_order(ctx.obj, environment, app, must_be_clean=False), to))


@app.command()
def migrate(ctx: typer.Context, environment: Environment, app: App, id: Id = None) -> int:
    """Run the migrations alone, after a restore point. Exit codes: 0 the schema is up to date, 1 error."""
    from ops.release import migrations, read_order
    from ops.release.journal import alone
    from ops.terraform.outputs import database_url

    order = read_order(ctx.obj, environment, app, id)
    with alone(order.folder, environment):
        uri = database_url(order.context, environment)
        migrations.check_database(order.context, environment, uri)
        hours = order.settings.restore_point_hours
        point = migrations.make_restore_point(order.context, environment, order.base, hours)
        order.context.console.say(f"restore point: {point.name}, until {point.expires_at}")
        migrations.migrate(order.context, order.app, uri)
    order.context.console.say(f"migrated; the way back: {migrations.restore_command(environment, point.name)}")
    return 0


@app.command()
def restore(
    ctx: typer.Context,
    environment: Environment,
    point: Annotated[
        str | None, typer.Option("--from", help="The restore point's branch, as the release named it.")
    ] = None,
    at: Annotated[
        datetime | None,
        typer.Option(help="A moment in UTC, within the history that Neon keeps.", formats=["%Y-%m-%dT%H:%M:%SZ"]),
    ] = None,
    yes: Yes = False,
) -> int:
    """Give an environment's database the rows of a restore point, or its own of an earlier moment.

    What it holds now is kept on another branch. It asks first; without a terminal it needs --yes.
    Exit codes: 0 restored, 1 error.
    """
    from ops.context.errors import OpsError
    from ops.release import migrations
    from ops.release.journal import alone

    context: Context = ctx.obj
    if bool(point) == bool(at):
        raise OpsError("restore: name either a restore point (--from BRANCH) or a moment (--at 2026-01-31T12:00:00Z)")
    context.environment_settings(environment)
    source = point or f"{at:%Y-%m-%d %H:%M:%S} UTC"
    confirm(yes, f"Give {environment}'s database the rows of {source}? Those it has now go to another branch.")
    with alone(context.releases / environment, environment):
        if at:
            backup = migrations.rewind_database(context, environment, at.replace(tzinfo=UTC))
        else:
            backup = migrations.restore_database(context, environment, source)
    context.console.say(f"restored: {environment} has the rows of {source}; those it had are on branch {backup}")
    return 0


@app.command()
def smoke(
    ctx: typer.Context,
    environment: Environment,
    app: Annotated[
        Path | None,
        typer.Option(help="The app's checkout: also check that the live version is the one that answers."),
    ] = None,
) -> int:
    """Ask an environment's API for its health, as a release does. Exit codes: 0 it answers well, 1 it does not."""
    from ops.context.errors import OpsError
    from ops.health.smoke import probe_of
    from ops.health.smoke import smoke as test
    from ops.release import read_order

    context: Context = ctx.obj
    version = ""
    if app is not None:
        version = read_order(context, environment, app, must_be_clean=False).wrangler().live() or ""
    if context.settings.api is None:
        raise OpsError(f"{context.settings_file}: has no [api] table; add one (docs/settings.md)")
    if environment not in context.settings.environments:
        names = ", ".join(context.settings.environments)
        raise OpsError(f"there is no environment {environment}; there are: {names}")
    url = context.settings.api_url(environment)
    test(context, probe_of(context, url, version=version))
    context.console.say(f"{url} answers well" + (f", as version {version}" if version else ""))
    return 0
