"""The command that starts another product's settings: `python -m ops init`."""

import json
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from ops.commands.options import confirm
from ops.context.errors import OpsError
from ops.context.run_context import Context

app = typer.Typer(rich_markup_mode=None)

_SETTINGS = """\
# The one file an owner edits. Every key is described in docs/settings.md. No secret belongs here: see .env.

[project]
name = {name}

# The app on GitHub, from which Cloudflare Pages builds the site.
[repository]
owner = {owner}
name = {repository}

# The S3 bucket of Terraform's states, with versioning on.
[state]
bucket = {bucket}
region = {region}

# Neon's free plan: six hours of history, and a quarter of a compute unit.
[database]
name = {database}
role = {role}
history_retention_seconds = 21600
autoscaling_limit_max_cu = 0.25

# How Pages builds the site, and the folder it then serves.
[website]
build_command = {build_command}
destination_dir = {destination_dir}
compatibility_date = "2025-09-27"

# The zone's name, as in Cloudflare's dashboard.
[cloudflare]
zone = {zone}

# One table an environment; each is a stack with a state of its own.

[environments.dev.database]

[environments.production.website]
domain = {domain}
"""

# Where each value is found. Cloudflare docs: "Create API token", "Find account and zone IDs" (2026-08-03); Neon docs:
# "Manage API keys", and "Manage organizations using the Neon API" under "Finding your org_id"; AWS's IAM User Guide,
# "Manage access keys for IAM users". The permissions are those of docs/credentials.md.
_VARIABLES = """\
# Credentials for the settings.toml beside it. ops reads them; variables set in the shell win. Never commit this file.

# Cloudflare's dashboard: My Profile, API Tokens, Create Token, custom token. Permissions on the account: Cloudflare
# Pages: Edit, Workers Scripts: Edit; on the zone: Zone: Read, DNS: Edit, Workers Routes: Edit (docs/credentials.md).
TF_VAR_cloudflare_api_token=
# Cloudflare's dashboard: press Ctrl-K or Cmd-K, and enter "Copy account ID".
TF_VAR_cloudflare_account_id=
# Cloudflare's dashboard: the domain's Overview page, API, Zone ID.
TF_VAR_cloudflare_zone_id=

# Neon's Console: Account settings, API keys, Create new API key; or the organization's Settings, API keys.
TF_VAR_neon_api_key=
# Neon's Console: the organization's Settings, General information.
TF_VAR_neon_org_id=

# AWS's console: IAM, Users, the user, Security credentials, Create access key. It reads and writes the state bucket.
# Leave both empty if you log in another way, such as AWS_PROFILE in the shell.
AWS_ACCESS_KEY_ID=
AWS_SECRET_ACCESS_KEY=
"""


def settings_text(values: dict[str, str]) -> str:
    """The settings of a new product, proven to load.

    Args:
        values: for each field of the template, the owner's text.

    Raises:
        SettingsError: a value is not accepted; the message names its key.
    """
    from settings import SettingsError, load_settings

    # A TOML string is a JSON string, except for this character.
    quoted = {key: json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f") for key, value in values.items()}
    text = _SETTINGS.format(**quoted)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "settings.toml")
        file.write_text(text, encoding="utf-8", errors="surrogatepass")
        try:
            load_settings(file)
        except SettingsError as error:
            # The owner knows no such file.
            raise SettingsError(str(error).replace(f"{file}: ", "")) from None
    return text


@app.command()
def init(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="The product's name.")] = None,
    repository: Annotated[str | None, typer.Option(metavar="OWNER/NAME", help="The app on GitHub.")] = None,
    domain: Annotated[str | None, typer.Option(metavar="DOMAIN", help="Where the site is served.")] = None,
    zone: Annotated[str | None, typer.Option(metavar="ZONE", help="The domain's zone in Cloudflare.")] = None,
    bucket: Annotated[str | None, typer.Option(metavar="NAME", help="The bucket of the states.")] = None,
    region: Annotated[str, typer.Option(metavar="NAME", help="The bucket's AWS region.")] = "us-east-1",
    build_command: Annotated[str, typer.Option(metavar="COMMAND", help="Builds the site.")] = "npm run build",
    destination_dir: Annotated[str, typer.Option(metavar="DIR", help="The built site.")] = "dist",
    yes: Annotated[bool, typer.Option("--yes", help="Replace existing settings without asking.")] = False,
) -> int:
    """Write settings and a .env for your own product.

    On a terminal it asks for what no option sets. An existing .env is never changed. Exit codes: 0 written; 1 an error,
    nothing was written.
    """
    context: Context = ctx.obj
    name = _ask(name, "--name", "Product's name")
    repository = _ask(repository, "--repository", "App on GitHub (owner/name)")
    owner, slash, project = repository.partition("/")
    if not slash:
        raise OpsError(f"--repository: {repository[:80]} has no slash; write it as owner/name")
    domain = _ask(domain, "--domain", "Domain of the site")
    zone = _ask(zone, "--zone", "Cloudflare zone of the domain", ".".join(domain.split(".")[-2:]))
    identifier = re.sub(r"\W", "_", name.lower(), flags=re.ASCII)
    values = {
        "name": name,
        "owner": owner,
        "repository": project,
        "bucket": _ask(bucket, "--bucket", "S3 bucket of the states"),
        "region": region,
        "database": f"{identifier}_db",
        "role": f"{identifier}_owner",
        "build_command": build_command,
        "destination_dir": destination_dir,
        "zone": zone,
        "domain": domain,
    }
    text = settings_text(values)
    if context.settings_file.exists():
        confirm(yes, f"{context.settings_file} exists. Replace it?")
    variables = context.settings_file.with_name(".env")
    beside = context.settings_file.with_name(f"{context.settings_file.name}.new")
    try:
        try:
            # Only its owner can open it, from the first moment on.
            descriptor = os.open(variables, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            context.console.say(f"unchanged: {variables}")
        else:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(_VARIABLES)
            context.console.say(f"written: {variables}; fill it in: each comment says where the value is found")
        beside.write_text(text, encoding="utf-8")
        beside.replace(context.settings_file)
    except OSError as error:
        raise OpsError(f"{context.settings_file}: can't be written: {error.strerror}") from None
    context.console.say(f"written: {context.settings_file}; next: python -m ops doctor")
    return 0


def _ask(value: str | None, option: str, question: str, default: str | None = None) -> str:
    if value is not None:
        return value
    if not sys.stdin.isatty():
        raise OpsError(f"{option} is not set, and there is no terminal to ask on; pass {option}")
    return str(typer.prompt(question, default=default))
