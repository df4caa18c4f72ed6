"""The table [environments.<name>.api]: an address of the API's own, instead of the one on workers.dev."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field

from settings.table import Table
from settings.text import DomainName, Line

if TYPE_CHECKING:
    from settings.model import Settings


def _route(value: str) -> str:
    if not re.fullmatch(r"/[A-Za-z0-9._~/-]{1,200}\*?", value):
        raise ValueError(f"{value!r} is not a path below the site; use the form /api/*")
    return value


class ApiAddress(Table):
    domain: DomainName | None = Field(
        None,
        description="A host name for the API alone; it must lie in cloudflare.zone. Cloudflare makes its DNS record.",
    )
    route: Annotated[Line, AfterValidator(_route)] | None = Field(
        None,
        description="The paths of the environment's own site that go to the API, such as /api/*. "
        "The Worker sees the whole path.",
    )


def check_api_addresses(settings: Settings) -> None:
    """The rules that span tables.

    Raises:
        ValueError: one line: where, what, what to do.
    """
    taken = {
        environment.website.domain: f"environments.{name}.website.domain"
        for name, environment in settings.environments.items()
        if environment.website
    }
    for name, environment in settings.environments.items():
        if environment.api is None:
            continue
        where = f"environments.{name}.api"
        if settings.api is None:
            raise ValueError(f"{where}: there is no API to serve; add an [api] table or remove this one")
        if settings.cloudflare is None:
            raise ValueError(f"cloudflare.zone: is missing, and {where} lies in it; add a [cloudflare] table with zone")
        domain = environment.api.domain
        if (domain is None) == (environment.api.route is None):
            raise ValueError(f"{where}: needs either domain or route; set one of the two, or remove this table")
        if domain is None:
            if environment.website is None:
                raise ValueError(
                    f"{where}.route: is a path of the environment's site, and it has none; "
                    f"add environments.{name}.website, or set {where}.domain instead"
                )
            continue
        zone = settings.cloudflare.zone
        if domain != zone and not domain.endswith(f".{zone}"):
            raise ValueError(
                f"{where}.domain: {domain} does not lie in cloudflare.zone ({zone}); change one of the two"
            )
        if domain in taken:
            raise ValueError(f"{where}.domain: domain {domain} is already used by {taken[domain]}; choose another")
        taken[domain] = f"{where}.domain"
