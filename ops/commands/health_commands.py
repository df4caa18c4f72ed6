"""The commands that check and report: `python -m ops doctor|uptime|notify`."""

from pathlib import Path
from typing import Annotated

import typer

from ops.commands.options import Targeted
from ops.context.errors import OpsError
from ops.context.run_context import Context

app = typer.Typer(rich_markup_mode=None)


@app.command(cls=Targeted)
def doctor(
    ctx: typer.Context,
    environment: Annotated[
        str | None, typer.Option(metavar="NAME", help="Also check that DATABASE_URL is this environment's.")
    ] = None,
    app: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also check the wrangler of this checkout.", file_okay=False)
    ] = None,
) -> int:
    """Check tools, settings, credentials, state and domain.

    Each line says ok, skipped, or what is wrong and how to fix it. Exit codes: 0 everything is ok, 1 something is
    wrong.
    """
    from ops.health.doctor import examine
    from ops.health.finding import FindingStatus

    context: Context = ctx.obj
    wrong = 0
    for finding in examine(context, environment, app):
        context.console.say(str(finding))
        wrong += finding.state is FindingStatus.WRONG
    return 1 if wrong else 0


@app.command()
def uptime(
    ctx: typer.Context,
    attempts: Annotated[
        int, typer.Option(min=1, max=10, metavar="COUNT", help="Tries before an address counts as down.")
    ] = 3,
    wait: Annotated[float, typer.Option(min=0, max=300, metavar="SECONDS", help="Pause between two tries.")] = 20,
) -> int:
    """Request every site and API, and announce what is down.

    Exit codes: 0 everything is up, 1 something is down, or an error.
    """
    from ops.health.uptime import addresses, announce, find_outages

    context: Context = ctx.obj
    asked = addresses(context.settings)
    if not asked:
        raise OpsError(f"{context.settings_file}: has no site and no API to request; set one, or drop this check")
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
    kind: Annotated[str, typer.Argument(metavar="KIND", help="started, migration, success, failure or rolled-back.")],
    what: Annotated[str, typer.Argument(metavar="SUBJECT", help="Subject, such as `deploy of the infrastructure`.")],
    text: Annotated[str, typer.Option(help="What happened and what to do.")] = "",
) -> int:
    """Send a notice to the webhook in DISCORD_WEBHOOK_URL.

    For a workflow's own steps. Exit codes: 0 sent, or not delivered, because a notice never fails the step that sends
    it; 1 no such kind.
    """
    from ops.clouds.discord import Notice, NoticeKind, Notices

    context: Context = ctx.obj
    kinds = {known.name.lower().replace("_", "-"): known for known in NoticeKind}
    if kind not in kinds:
        raise OpsError(f"there is no kind of notice {kind!r}; choose one of {', '.join(kinds)}")
    if context.credentials.discord_webhook_url is None:
        context.console.say("no notice: DISCORD_WEBHOOK_URL is not set")
    elif Notices(context).send(Notice(kinds[kind], what, text)):
        context.console.say(f"notice sent: {kinds[kind].words}: {what}")
    return 0
