"""The table [release]: how the app is released. Only ops reads it; no stack's JSON depends on it."""

from typing import Annotated

from pydantic import AfterValidator, Field

from settings.table import Table
from settings.text import EnvironmentName, EnvironmentVariable, FilePath, Line


def _url_path(value: str) -> str:
    if not value.startswith("/") or any(character.isspace() for character in value) or "#" in value:
        raise ValueError(f"{value!r} is not a path of an address; use the form /health")
    return value


class Release(Table):
    """How the app's releases and previews are made."""

    worker_dir: FilePath = Field(
        "apps/api", description="The folder of the API Worker's wrangler configuration, from the app repository's root."
    )
    migrate_command: Line = Field(
        description="The command that brings the database's schema up to date. It runs in the app repository's root, "
        "gets DATABASE_URL in its environment, and must do nothing when it is run again."
    )
    audit_command: Line | None = Field(
        None, description="A command that must succeed before a release, such as an audit of the dependencies."
    )
    secrets: list[EnvironmentVariable] = Field(
        ["DATABASE_URL"],
        description="The Worker's secrets, by name. Each is taken from the environment variable of that name, "
        "except DATABASE_URL, which is made from the environment's own database branch.",
    )
    health_path: Annotated[Line, AfterValidator(_url_path)] = Field(
        "/health", description="The path on the API that answers 200 when the app and its database work."
    )
    required_headers: list[Line] = Field(
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
