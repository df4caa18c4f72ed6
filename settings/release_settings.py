"""The table [release]: how the app is released. Only ops reads it; no stack's JSON depends on it."""

import re
import shlex
from typing import Annotated

from pydantic import AfterValidator, Field

from settings.settings_table import SettingsTable
from settings.text_kinds import EnvironmentName, EnvironmentVariable, FilePath, Line, shown


def _url_path(value: str) -> str:
    if not value.startswith("/") or any(character.isspace() for character in value) or "#" in value:
        raise ValueError(f"{shown(value)} is not a path of an address; use the form /health")
    return value


def _folder_within(value: str) -> str:
    if value.startswith("/") or "*" in value or ".." in value.split("/"):
        raise ValueError(f"{shown(value)} is not a folder within the app's repository; use the form apps/api")
    return value


# What a run itself lives by: as a Worker's secret it would hand the owner's own keys to the app's code.
_OWN_VARIABLES = frozenset({"PATH", "HOME", "NEON_API_KEY", "GITHUB_TOKEN", "GH_TOKEN", "DISCORD_WEBHOOK_URL"})
_OWN_PREFIXES = ("CLOUDFLARE_", "AWS_", "TF_", "ACTIONS_")


def _apps_own(value: str) -> str:
    if value in _OWN_VARIABLES or value.startswith(_OWN_PREFIXES):
        raise ValueError(f"{value} is a variable of the release itself, not a secret of the app; name another variable")
    return value


def _command(value: str) -> str:
    try:
        words = shlex.split(value)
    except ValueError as error:
        raise ValueError(f"{value!r} can't be read as a command: {error}; close each quote") from None
    if not words or not words[0]:
        raise ValueError(f"{value!r} names no program; use the form npm run migrate")
    return value


def _header(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+", value):
        raise ValueError(f"{value!r} is not a header's name; use letters, digits and hyphens")
    return value


_Command = Annotated[Line, AfterValidator(_command)]
_Header = Annotated[Line, AfterValidator(_header)]


class ReleaseSettings(SettingsTable):
    """How the app's releases and previews are made."""

    worker_dir: Annotated[FilePath, AfterValidator(_folder_within)] = Field(
        "apps/api", description="The folder of the API Worker's wrangler configuration, from the app repository's root."
    )
    migrate_command: _Command = Field(
        description="The command that brings the database's schema up to date. It runs in the app repository's root, "
        "gets DATABASE_URL in its environment, and must do nothing when it is run again."
    )
    audit_command: _Command | None = Field(
        None, description="A command that must succeed before a release, such as an audit of the dependencies."
    )
    secrets: list[Annotated[EnvironmentVariable, AfterValidator(_apps_own)]] = Field(
        ["DATABASE_URL"],
        description="The Worker's secrets, by name. Each is taken from the environment variable of that name, "
        "except DATABASE_URL, which is made from the environment's own database branch.",
    )
    health_path: Annotated[Line, AfterValidator(_url_path)] = Field(
        "/health", description="The path on the API that answers 200 when the app and its database work."
    )
    required_headers: list[_Header] = Field(
        ["strict-transport-security", "x-content-type-options", "x-frame-options"],
        description="The response headers without which a release is not promoted.",
    )
    smoke_seconds: int = Field(
        60, ge=1, le=900, description="How long a new version may take until it answers well, in seconds."
    )
    restore_point_hours: int = Field(
        24,
        ge=1,
        le=720,
        description="How long the database branch that is made before each migration is kept, in hours.",
    )
    preview_hours: int = Field(
        72, ge=1, le=720, description="How long a pull request's preview database is kept, in hours."
    )
    preview_parent: EnvironmentName | None = Field(
        None,
        description="The environment whose database a preview begins with: its schema and its rows are copied, and the "
        "pull request's code reads them. Left out: the one environment that has a branch of its own, is not protected "
        "and is not api.site_environment.",
    )
    preview_origin_variable: EnvironmentVariable | None = Field(
        None,
        description="The Worker's variable that holds the site's origin, such as WEB_ORIGIN: a preview's Worker gets "
        "its Pages preview's address in it. Left out: the variable stays as wrangler's configuration has it.",
    )
