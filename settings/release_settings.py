"""The table [release]: how the app is released. Only ops reads it; no stack depends on it."""

import re
import shlex
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from settings.settings_table import SettingsTable
from settings.text_kinds import EnvironmentName, EnvironmentVariable, FilePath, Line, shown


def _url_path(value: str) -> str:
    if not value.startswith("/") or any(character.isspace() for character in value) or "#" in value:
        raise ValueError(f"{shown(value)} is not a path of an address; use the form /health")
    return value


def _json_path(value: str) -> str:
    if not all(re.fullmatch(r"[A-Za-z0-9_-]+", name) for name in value.split(".")):
        raise ValueError(f"{shown(value)} is not a path in JSON; use the form status or checks.database")
    return value


def _folder_within(value: str) -> str:
    if value.startswith("/") or "*" in value or ".." in value.split("/"):
        raise ValueError(f"{shown(value)} is not a folder within the app's repository; use the form apps/api")
    return value


# The release's own credentials: as a Worker's secret they would reach the app's code.
_OWN_VARIABLES = frozenset({"PATH", "HOME", "NEON_API_KEY", "GITHUB_TOKEN", "GH_TOKEN", "DISCORD_WEBHOOK_URL"})
_OWN_PREFIXES = ("CLOUDFLARE_", "AWS_", "TF_", "ACTIONS_")


def _apps_own(value: str) -> str:
    if value in _OWN_VARIABLES or value.startswith(_OWN_PREFIXES):
        raise ValueError(
            f"{value} is a variable of the release itself, not a secret of the app; choose another variable"
        )
    return value


_SHELLS = frozenset({"sh", "bash", "dash", "zsh"})
# Without a shell, `a && b` would run only a with the arguments && and b, and succeed. In single quotes, and after a
# backslash, all of these are plain characters; in double quotes only $ and ` are not.
_LITERAL = re.compile(r"\\.|'[^']*'")
_DOUBLE_QUOTED = re.compile(r'"[^"]*"')
_SHELL_ONLY = re.compile(r"&&?|\|\|?|[<>]+|[;()]")
_EXPANDED = re.compile(r"`|\$(?:[({]|[A-Za-z_]\w*)")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")


def _command(value: str) -> str:
    try:
        words = shlex.split(value)
    except ValueError as error:
        raise ValueError(f"{shown(value)} can't be read as a command: {error}; close each quote") from None
    if not words or not words[0]:
        raise ValueError(f"{shown(value)} has no program; use the form npm run migrate")
    bare = _LITERAL.sub("", value)
    found = _SHELL_ONLY.search(_DOUBLE_QUOTED.sub("", bare)) or _ASSIGNMENT.match(words[0])
    if not found and not (words[0].rpartition("/")[2] in _SHELLS and "-c" in words):
        found = _EXPANDED.search(bare)
    if found:
        raise ValueError(
            f"{found[0]} works only in a shell, and no shell runs {shown(value)}; use a script of package.json, or "
            "sh -c '…'"
        )
    return value


def _header(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+", value):
        raise ValueError(f"{shown(value)} is not a header's name; use letters, digits and hyphens")
    return value


_Command = Annotated[Line, AfterValidator(_command)]
_Header = Annotated[Line, AfterValidator(_header)]


class ReleaseSettings(SettingsTable):
    """How the app is released and previewed."""

    api_dir: Annotated[FilePath, AfterValidator(_folder_within)] | None = Field(
        None,
        description="The folder with the API Worker's wrangler configuration, relative to the app repository's root. "
        "Default: the only folder that has one.",
    )
    migrate_command: _Command = Field(
        description="The command that migrates the database. It runs without a shell in the app repository's root, "
        "gets DATABASE_URL in its environment, and must be safe to run again."
    )
    pending_command: _Command | None = Field(
        None,
        description="A command that prints each migration that the database lacks on a line of its own, and nothing "
        "else; it gets DATABASE_URL. Default: an app with drizzle is read directly, and otherwise a release assumes "
        "that migrations are pending.",
    )
    audit_command: _Command | None = Field(
        None, description="A command that must succeed before a release, such as a dependency audit."
    )
    secrets: list[Annotated[EnvironmentVariable, AfterValidator(_apps_own)]] = Field(
        ["DATABASE_URL"],
        description="The names of the Worker's secrets. Each value comes from the environment variable of that name, "
        "except DATABASE_URL, which comes from the environment's database branch.",
    )
    version_variable: EnvironmentVariable | None = Field(
        None,
        description="A plain variable that each release sets to the app's commit, such as GIT_SHA. If the app's health "
        "answer repeats it (version_field), the smoke test knows which version answered.",
    )
    version_metadata: bool = Field(
        False,
        description="Whether the app's health answer has, in version_field, the id from wrangler's binding "
        "version_metadata. With neither this nor version_variable, the smoke test can't tell versions apart: it relies "
        "on the deployment's percentages and waits settle_seconds.",
    )
    version_field: Annotated[Line, AfterValidator(_json_path)] = Field(
        "version", description="Where the health answer's JSON names the version, such as version or build.commit."
    )
    healthy_fields: dict[Annotated[Line, AfterValidator(_json_path)], str | int | bool] = Field(
        {},
        description="Values that the health answer's JSON must have beside status 200, by their path, such as "
        'status = "healthy" or "checks.database" = "ok".',
    )
    settle_seconds: int = Field(
        15,
        ge=0,
        le=300,
        description="How long to wait after a promotion before the smoke test of a version that does not name itself, "
        "in seconds: until then Cloudflare may still serve the version before.",
    )
    health_path: Annotated[Line, AfterValidator(_url_path)] = Field(
        "/health", description="The path on the API that answers 200 if the app and its database work."
    )
    required_headers: list[_Header] = Field(
        [], description="The response headers that a health answer must have, such as strict-transport-security."
    )
    smoke_seconds: int = Field(
        60, ge=1, le=900, description="How long a new version has to become healthy, in seconds."
    )
    restore_point_hours: int = Field(
        24,
        ge=1,
        le=720,
        description="How long the restore point of each migration (a database branch) is retained, in hours.",
    )
    preview_hours: int = Field(
        72, ge=1, le=720, description="How long a pull request's preview database is retained, in hours."
    )
    preview_parent: EnvironmentName | None = Field(
        None,
        description="The environment whose database a preview copies, schema and rows; the "
        "pull request's code can read them. Default: the one environment that has its own branch, is not protected "
        "and is not api.site_environment.",
    )
    preview_data: Literal["copy", "schema_only"] = Field(
        "copy",
        description="What a preview's database starts with: copy (the parent's schema and rows) or schema_only (no "
        "rows, except the record of applied migrations of drizzle and Prisma).",
    )
    preview_mask_command: _Command | None = Field(
        None,
        description="A command that replaces personal data in a preview's copy, before anything else uses it. It runs "
        "in the app repository's root, gets DATABASE_URL in its environment, and must be safe to run again.",
    )
    preview_origin_variable: EnvironmentVariable | None = Field(
        None,
        description="The Worker's variable for the site's origin, such as WEB_ORIGIN: a preview's Worker gets "
        "its Pages preview's address in it. Default: wrangler's configuration sets it.",
    )

    def version_variables(self, commit: str) -> dict[str, str]:
        """The variable by which a version names itself, with its value: the app's commit."""
        return {self.version_variable: commit} if self.version_variable else {}

    @model_validator(mode="after")
    def _one_way_to_know_a_version(self) -> Self:
        if self.version_variable and self.version_metadata:
            raise ValueError("set version_variable or version_metadata, not both")
        if self.preview_mask_command and self.preview_data == "schema_only":
            raise ValueError("preview_mask_command has nothing to mask if preview_data is schema_only; set one of them")
        return self
