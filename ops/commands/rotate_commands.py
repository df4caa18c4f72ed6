"""The commands after a leak: `python -m ops rotate neon|cloudflare|database`."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from ops.commands.options import Yes, confirm
from ops.context.run_context import Context

app = typer.Typer(
    rich_markup_mode=None, no_args_is_help=True, help="New keys and passwords in place of those that leaked."
)

Into = typer.Option("--into", dir_okay=False, help="Write the new one to this file, as a line for the shell. Mode 600.")
Force = Annotated[bool, typer.Option("--force", help="Let --into replace a file.")]


@app.command()
def neon(
    ctx: typer.Context,
    into: Annotated[Path | None, Into] = None,
    revoke: Annotated[int | None, typer.Option(metavar="ID", help="End this key, once the new one works.")] = None,
    organisation: Annotated[
        bool,
        typer.Option(
            "--organisation", help="A key of the organisation; the key in use is one of its administrators' own."
        ),
    ] = False,
    force: Force = False,
    yes: Yes = False,
) -> int:
    """Make a new API key of Neon's, and revoke an old one. Without an option it shows the keys.

    Neon doesn't say which of its keys is the one in use: look at the names and times, and name it with --revoke.
    Exit codes: 0 done; 1 error, or another key than the one in use was revoked.
    """
    from ops.clouds.api_keys import NeonKeys
    from ops.rotate.rotation import find_neon_key, neon_key, revoke_neon_key
    from ops.rotate.secret_file import SecretFile

    context: Context = ctx.obj
    with NeonKeys(context, organisation=organisation) as client:
        keys = client.keys()
        for key in keys:
            context.console.say(f"key {key}")
        old = None if revoke is None else find_neon_key(keys, revoke, keep_newest=into is None)
        if old:
            confirm(yes, f"Revoke the key {old.name}, made {old.created_at}? Whatever uses it fails from then on.")
        if into is None:
            if old and not revoke_neon_key(context, client, old.id, organisation=organisation):
                context.console.warn(f"revoked: {old.name}; it was the key in use: take the new one")
                return 1
            if old:
                context.console.say(f"revoked: {old.name}; the key in use still works")
            return 0
    with SecretFile(into, force=force) as file, neon_key(context, file, organisation=organisation) as new:
        context.console.say("the new key works")
        _advise(context, into, "NEON_API_KEY", "neon_api_key")
        if old is None:
            context.console.say("the old key still works; end it with: python -m ops rotate neon --revoke ID")
            return 0
        still = revoke_neon_key(context, new, old.id, organisation=organisation)
    if still:
        context.console.warn(f"revoked: {old.name}, but the key in use still works: it is another one of those above")
        return 1
    context.console.say(f"revoked: {old.name}; the key that was in use is refused")
    return 0


@app.command()
def cloudflare(ctx: typer.Context, into: Annotated[Path, Into], force: Force = False, yes: Yes = False) -> int:
    """Give Cloudflare's API token a new value. The old one stops at once, wherever it is used.

    The token needs the permission API Tokens: Edit. Exit codes: 0 the new value works; 1 error.
    """
    from ops.rotate.rotation import cloudflare_token
    from ops.rotate.secret_file import SecretFile

    context: Context = ctx.obj
    confirm(yes, "Roll the token? Whatever uses it fails until it has the new value.")
    with SecretFile(into, force=force) as file:
        cloudflare_token(context, file)
    context.console.say("the new value works")
    _advise(context, into, "CLOUDFLARE_API_TOKEN", "cloudflare_api_token")
    return 0


@app.command()
def database(
    ctx: typer.Context,
    environment: Annotated[str, typer.Argument(help="The environment, by its name in the settings.")],
    yes: Yes = False,
) -> int:
    """Have Neon give an environment's database role a new password, also on the branches that copied the present one.

    The Worker can't make new connections until the environment is deployed and released again.
    Exit codes: 0 done; 1 error.
    """
    from ops.rotate.rotation import database_password

    context: Context = ctx.obj
    confirm(yes, f"Reset the password? {environment}'s Worker can't connect until it is deployed and released again.")
    branches = database_password(context, environment)
    context.console.say(f"new password on: {', '.join(branches)}")
    context.console.say("now, so that the outputs and the Worker get it:")
    context.console.say("  python -m ops deploy")
    context.console.say(f"  python -m ops release {environment} --app PATH --id NAME   (a name that was not used yet)")
    return 0


def _advise(context: Context, file: Path, secret: str, credential: str) -> None:
    """Where else the new value belongs. It goes to gh on standard input: arguments are shown to everyone."""
    from ops.rotate.rotation import variables

    # With a slash, or the shell would look for it on its PATH.
    where = shlex.quote(str(file) if len(file.parts) > 1 else f"./{file}")
    used = variables(context, credential)[0]
    app = context.settings.repository
    repositories = [context.repository or "OWNER/THIS_REPOSITORY", f"{app.owner}/{app.name}"]
    context.console.say(f"take it into this shell: . {where}")
    context.console.say("give it to GitHub where it had the old one, also with --env production (docs/pipelines.md):")
    for repository in repositories:
        context.console.say(f"""  (. {where} && printf %s "${used}" | gh secret set {secret} --repo {repository})""")
