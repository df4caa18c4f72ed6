"""The commands that look and tell: `python -m ops doctor|uptime|notify`."""

from pathlib import Path
from typing import Annotated

import typer

from ops.context.errors import OpsError
from ops.context.run_context import Context

app = typer.Typer(rich_markup_mode=None)


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
    from ops.health.doctor import examine
    from ops.health.finding import State

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
    from ops.health.uptime import addresses, announce, find_outages

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
    from ops.clouds.discord import Kind, Notice, Notices

    context: Context = ctx.obj
    kinds = {known.name.lower().replace("_", "-"): known for known in Kind}
    if kind not in kinds:
        raise OpsError(f"there is no kind of notice {kind!r}; choose one of {', '.join(kinds)}")
    if context.credentials.discord_webhook_url is None:
        context.console.say("no notice: DISCORD_WEBHOOK_URL is not set")
    elif Notices(context).send(Notice(kinds[kind], what, text)):
        context.console.say(f"notice sent: {kinds[kind].words}: {what}")
    return 0
