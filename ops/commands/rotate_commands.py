"""The commands that rotate credentials: `python -m ops rotate neon|cloudflare|database`."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from ops.commands.options import Environment, Targeted, Yes, confirm, reveal
from ops.context.run_context import Context

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="Rotate API keys and database passwords.")

Into = typer.Option("--into", metavar="FILE", dir_okay=False, help="Write the new value here, for a shell to source.")
Force = Annotated[bool, typer.Option("--force", help="Let --into replace an existing file.")]


@app.command(cls=Targeted)
def neon(
    ctx: typer.Context,
    into: Annotated[Path | None, Into] = None,
    revoke: Annotated[int | None, typer.Option(metavar="ID", help="Revoke this key once the new one works.")] = None,
    organization: Annotated[
        bool,
        typer.Option("--organization", help="Rotate a key of the organization, using an administrator's personal key."),
    ] = False,
    force: Force = False,
    yes: Yes = False,
) -> int:
    """Create a Neon API key, revoke an old one, or list them.

    Neon doesn't say which key is the one in use: find it by name and time, and pass it to --revoke. Exit codes: 0 done;
    1 error, or the revoked key is not the one in use.
    """
    from ops.clouds.api_keys import NeonKeys
    from ops.rotate.rotation import find_neon_key, neon_key, revoke_neon_key
    from ops.rotate.secret_file import SecretFile

    context: Context = ctx.obj
    with NeonKeys(context, organization=organization) as client:
        keys = client.keys()
        for key in keys:
            context.console.say(f"key {key}")
        old = None if revoke is None else find_neon_key(keys, revoke, keep_newest=into is None)
        if old:
            confirm(yes, f"Revoke the key {old.name}, created {old.created_at}? Everything that uses it will fail.")
        if into is None:
            if old and not revoke_neon_key(context, client, old.id, organization=organization):
                context.console.warn(f"revoked: {old.name}; it was the key in use, so switch to the new one")
                return 1
            if old:
                context.console.say(f"revoked: {old.name}; the key in use still works")
            return 0
    with SecretFile(into, force=force) as file, neon_key(context, file, organization=organization) as new:
        context.console.say("the new key works")
        _advise(context, into, "NEON_API_KEY", "neon_api_key")
        if old is None:
            context.console.say("the old key still works; revoke it with: python -m ops rotate neon --revoke ID")
            return 0
        still = revoke_neon_key(context, new, old.id, organization=organization)
    if still:
        context.console.warn(f"revoked: {old.name}, but the key in use still works: it is another of the keys above")
        return 1
    context.console.say(f"revoked: {old.name}; the key that was in use no longer works")
    return 0


@app.command(cls=Targeted)
def cloudflare(ctx: typer.Context, into: Annotated[Path, Into], force: Force = False, yes: Yes = False) -> int:
    """Roll the Cloudflare API token.

    The old value stops working at once, everywhere. The token needs the permission API Tokens: Edit. Exit codes: 0 the
    new value works, 1 error.
    """
    from ops.rotate.rotation import cloudflare_token
    from ops.rotate.secret_file import SecretFile

    context: Context = ctx.obj
    confirm(yes, "Roll the token? Everything that uses it fails until it has the new value.")
    with SecretFile(into, force=force) as file:
        cloudflare_token(context, file, reveal)
    context.console.say("the new value works")
    _advise(context, into, "CLOUDFLARE_API_TOKEN", "cloudflare_api_token")
    return 0


@app.command(cls=Targeted)
def database(
    ctx: typer.Context,
    environment: Environment,
    yes: Yes = False,
) -> int:
    """Reset the password of an environment's database.

    The password is also reset on every branch that copied it. The Worker can't open new connections until the
    environment is deployed and released again. Exit codes: 0 done, 1 error.
    """
    from ops.rotate.rotation import database_password

    context: Context = ctx.obj
    confirm(yes, f"Reset the password? {environment}'s Worker can't connect until it is deployed and released again.")
    branches = database_password(context, environment)
    context.console.say(f"password reset on: {', '.join(branches)}")
    context.console.say("next, pass the new password to the Worker:")
    context.console.say("  python -m ops deploy")
    context.console.say(f"  python -m ops release {environment} --app PATH --id NAME   (a new name)")
    return 0


def _advise(context: Context, file: Path, secret: str, credential: str) -> None:
    """Prints where else to set the new value. gh reads it from standard input: arguments are public."""
    from ops.rotate.rotation import variables

    # With a slash, or the shell would look for it on its PATH.
    where = shlex.quote(str(file) if len(file.parts) > 1 else f"./{file}")
    used = variables(context, credential)[0]
    app = context.settings.repository
    repositories = [context.repository or "OWNER/THIS_REPOSITORY", f"{app.owner}/{app.name}"]
    context.console.say(f"load it into this shell: . {where}")
    context.console.say("set it on GitHub where the old value was set, also with --env production (docs/pipelines.md):")
    for repository in repositories:
        context.console.say(f"""  (. {where} && printf %s "${used}" | gh secret set {secret} --repo {repository})""")
