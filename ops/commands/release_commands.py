"""The commands that release the app: `python -m ops release|rollback|migrate|restore|smoke`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from ops.commands.moments import FORMS, moment
from ops.commands.options import Environment, Targeted, Yes, confirm
from ops.context.run_context import Context

app = typer.Typer(rich_markup_mode=None)

App = Annotated[Path, typer.Option(metavar="DIR", help="The app's checkout, with packages installed.", file_okay=False)]
Id = Annotated[
    str | None,
    typer.Option(
        "--id",
        metavar="NAME",
        help="Name of the release. Default: the app's commit. A new name releases the same commit again, for "
        "example with other secrets.",
    ),
]

RestorePoint = Annotated[
    bool, typer.Option("--restore-point", help="Create a restore point even if no migration is pending.")
]


@app.command(cls=Targeted)
def release(
    ctx: typer.Context,
    environment: Environment,
    app: App,
    id: Id = None,
    allow_older: Annotated[
        bool, typer.Option("--allow-older", help="Release a commit older than the one serving traffic.")
    ] = False,
    restore_point: RestorePoint = False,
) -> int:
    """Release the app to an environment.

    Steps: checks, restore point, migrations, a new version at 0 %, smoke test, promotion, smoke test. A version that
    fails its smoke test is rolled back. Run an interrupted release again to continue it; a finished one is not
    repeated. Exit codes: 0 released; 1 error, the last lines say whether anything was promoted; 4 rolled back; 5 the
    rollback failed, the last lines say what to do by hand.
    """
    from ops.release import read_release_request
    from ops.release import release as run

    request = read_release_request(ctx.obj, environment, app, id, allow_older=allow_older, restore_point=restore_point)
    return int(run(request))


@app.command(cls=Targeted)
def rollback(
    ctx: typer.Context,
    environment: Environment,
    app: App,
    to: Annotated[
        str | None,
        typer.Option(
            metavar="VERSION",
            help="Version id (or its first 8 digits) or release id. Default: the version before the current one.",
        ),
    ] = None,
) -> int:
    """Roll back to an earlier version.

    The version is tested at 0 % first. The database doesn't change. Exit codes: 0 rolled back; 1 error, nothing was
    changed; 5 the rollback failed, the last lines say which version is serving traffic.
    """
    from ops.release import read_release_request, roll_back

    return int(roll_back(read_release_request(ctx.obj, environment, app, must_be_clean=False), to))


@app.command(cls=Targeted)
def migrate(
    ctx: typer.Context, environment: Environment, app: App, id: Id = None, restore_point: RestorePoint = False
) -> int:
    """Create a restore point, then run the migrations.

    If it is known that no migration is pending, there is no restore point. Exit codes: 0 the schema is up to date,
    1 error.
    """
    from ops.release import migrations, read_release_request
    from ops.release.journal import release_lock
    from ops.release.migration_run import migrate
    from ops.release.pending import find_pending, must_be_applied, must_not_skip
    from ops.terraform.outputs import database_url

    request = read_release_request(ctx.obj, environment, app, id)
    console, way_back = request.context.console, ""
    with release_lock(request.folder, environment):
        uri = database_url(request.context, environment)
        migrations.check_database(request.context, environment, uri)
        before = find_pending(request.context, request.app, uri)
        must_not_skip(before)
        if before.none and not restore_point:
            console.say("restore point: none, because no migration is pending")
        else:
            hours = request.settings.restore_point_hours
            point = migrations.make_restore_point(request.context, environment, request.base, hours)
            console.say(f"restore point: {point.name}, until {point.expires_at}")
            way_back = f"; to go back: {migrations.restore_command(environment, point.name)}"
        migrate(request.context, request.app, uri)
        must_be_applied(find_pending(request.context, request.app, uri))
    console.say(f"migrated{way_back}")
    return 0


@app.command(cls=Targeted)
def restore(
    ctx: typer.Context,
    environment: Environment,
    point: Annotated[
        str | None, typer.Option("--from", metavar="BRANCH", help="Restore point, as the release named it.")
    ] = None,
    at: Annotated[
        datetime | None,
        typer.Option(metavar="TIME", help=f"Time within Neon's history: {FORMS}.", parser=moment),
    ] = None,
    yes: Yes = False,
) -> int:
    """Restore a database to a restore point or a time.

    The rows that it has now are saved on another branch. Asks first; without a terminal it needs --yes. Exit codes: 0
    restored, 1 error.
    """
    from ops.context.errors import OpsError
    from ops.release import migrations
    from ops.release.journal import release_lock

    context: Context = ctx.obj
    if bool(point) == bool(at):
        raise OpsError("restore: pass either a restore point (--from BRANCH) or a time (--at '10m ago')")
    context.environment_settings(environment)
    if at:
        restore = migrations.restore_of_time(context, environment, at)
    else:
        restore = migrations.restore_of_point(context, environment, point or "")
    if restore.lasting:
        context.console.warn(
            f"the present rows are saved on root branch {restore.backup}, which Neon does not let anyone delete: "
            "it counts as one of the plan's root branches"
        )
    confirm(yes, f"Restore {environment}'s database to {restore.source}? Its present rows are saved on another branch.")
    with release_lock(context.releases / environment, environment):
        restore.run(context)
    context.console.say(
        f"restored {environment} to {restore.source}; its rows before that are on branch {restore.backup}"
    )
    return 0


@app.command(cls=Targeted, name="restore-points")
def restore_points(
    ctx: typer.Context,
    delete: Annotated[
        list[str] | None, typer.Option("--delete", metavar="BRANCH", help="Delete this one, with its rows.")
    ] = None,
    yes: Yes = False,
) -> int:
    """List the restore points, or delete some.

    They count against the branches of Neon's plan. Exit codes: 0; 1 error or not confirmed.
    """
    from ops.release import migrations

    context: Context = ctx.obj
    found = migrations.restore_points(context)
    if not delete:
        for branch in found:
            until = f"until {branch.expires_at:%Y-%m-%d %H:%M} UTC" if branch.expires_at else "until it is deleted"
            context.console.say(f"{branch.name}  {branch.created_at:%Y-%m-%d %H:%M} UTC, {until}")
        if not found:
            context.console.say("there are no restore points")
        return 0
    confirm(yes, f"Delete {', '.join(delete)}? Their rows can't be restored afterwards.")
    for name in delete:
        migrations.delete_restore_point(context, name)
        context.console.say(f"deleted {name}")
    return 0


@app.command()
def smoke(
    ctx: typer.Context,
    environment: Environment,
    app: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The app's checkout: also check which version answers."),
    ] = None,
) -> int:
    """Run a release's smoke test on an environment's API.

    Exit codes: 0 it is healthy, 1 it is not.
    """
    from ops.health.smoke import probe_of
    from ops.health.smoke import smoke as test
    from ops.release import read_release_request

    context: Context = ctx.obj
    version = names_itself = ""
    if app is not None:
        wrangler = read_release_request(context, environment, app, must_be_clean=False).wrangler()
        version = wrangler.live() or ""
        names_itself = wrangler.names_itself(version) if version else ""
    context.environment_settings(environment)
    probe = probe_of(context, environment, version=version, names_itself=names_itself)
    test(context, probe)
    context.console.say(f"{probe.url} is healthy" + (f", version {version}" if names_itself else ""))
    return 0
