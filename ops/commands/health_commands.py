"""The commands that check and report: `python -m ops doctor|uptime|notify|logs`."""

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
    github: Annotated[
        bool, typer.Option("--github", help="Only check how both repositories are set up on GitHub.")
    ] = False,
) -> int:
    """Check tools, settings, credentials, state and domain.

    Each line says ok, skipped, or what is wrong and how to fix it. Exit codes: 0 everything is ok, 1 something is
    wrong.
    """
    from ops.health.doctor import examine
    from ops.health.finding import FindingStatus
    from ops.health.github_checks import github_findings

    context: Context = ctx.obj
    wrong = 0
    for finding in github_findings(context) if github else examine(context, environment, app):
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

    Also checks the age of the newest backups, if [backup] is set and AWS credentials are. Exit codes: 0 everything is
    up, 1 something is down, a backup is too old, or an error.
    """
    from ops.health.uptime import addresses, announce, announce_backups, find_outages, old_backups

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
    old = old_backups(context)
    if old:
        announce_backups(context, old)
    return 1 if outages or old else 0


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


@app.command()
def logs(
    ctx: typer.Context,
    environment: Annotated[str | None, typer.Argument(metavar="ENVIRONMENT", help="The environment.")] = None,
    app: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The app's checkout, for its wrangler.", file_okay=False)
    ] = None,
    pr: Annotated[int | None, typer.Option(min=1, metavar="NUMBER", help="A pull request's preview.")] = None,
    errors: Annotated[bool, typer.Option("--errors", help="Only failed requests.")] = False,
    last: Annotated[
        float | None, typer.Option(min=0.1, max=168, metavar="HOURS", help="Stored errors instead of the live log.")
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(min=1, metavar="SECONDS", help="End after this time. Default: Ctrl-C.")
    ] = None,
) -> int:
    """Show the API's live log, or its last errors.

    The live log is that of `wrangler tail`. --last lists the errors that Cloudflare has stored, where Workers Logs are
    on. Exit codes: 0 shown, 1 error.
    """
    from ops.clouds.wrangler import Wrangler
    from ops.health.stored_errors import stored_errors
    from ops.preview.parts import worker_name

    context: Context = ctx.obj
    if (environment is None) == (pr is None):
        raise OpsError("name an environment, or a preview with --pr; not both")
    if environment is not None:
        context.environment_settings(environment)
        worker = context.api_settings.worker_name(environment)
    else:
        worker = worker_name(context, pr or 0)
    if last is not None:
        for line in stored_errors(context, worker, last):
            context.console.say(line)
        return 0
    if app is None:
        raise OpsError(
            "pass --app with the app's checkout: its wrangler shows the live log; or --last for stored errors"
        )
    Wrangler(context, app, worker=worker).tail(only_errors=errors, seconds=seconds)
    return 0
