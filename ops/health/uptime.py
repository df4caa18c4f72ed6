"""Uptime: whether each site and API of the settings answers a visitor, with the headers that it must have."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from ops.clouds import public_web as public
from ops.clouds.discord import Kind, Notice, Notices
from ops.context.run_context import Context
from settings import Settings

# What the stack edge puts on every answer of a site, where [edge.headers] is set.
EDGE_HEADERS = ("permissions-policy", "referrer-policy", "strict-transport-security", "x-frame-options")
_MOST_REDIRECTS = 5


@dataclass(frozen=True)
class Address:
    """What is asked.

    Attributes:
        about: what it is, such as `production's site`.
        url: the whole address.
        headers: the response headers that must be there, in lower case.
    """

    about: str
    url: str
    headers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outage:
    """An address that did not answer well at any of the tries.

    Attributes:
        address: which one.
        problem: what was wrong at the last try.
    """

    address: Address
    problem: str

    def __str__(self) -> str:
        return f"{self.address.about} ({self.address.url}): {self.problem}"


def addresses(settings: Settings) -> list[Address]:
    """The addresses that visitors of the settings' environments use.

    An API on workers.dev counts where a site calls it: nothing in the settings says whether another one is released.
    """
    headers = EDGE_HEADERS if settings.edge and settings.edge.headers else ()
    found = [
        Address(f"{name}'s site", f"https://{environment.website.domain}/", headers)
        for name, environment in settings.environments.items()
        if environment.website
    ]
    if settings.api is None:
        return found
    required = tuple(name.lower() for name in settings.release.required_headers) if settings.release else ()
    asked = [
        name
        for name, environment in settings.environments.items()
        if environment.api or name == settings.api.site_environment
    ]
    return found + [Address(f"{name}'s API", settings.health_url(name), required) for name in asked]


def find_outages(
    context: Context, asked: Sequence[Address], *, attempts: int = 3, wait_seconds: float = 20
) -> list[Outage]:
    """Asks each address, and those that did not answer well again after a while: one bad answer is no outage.

    Args:
        context: what the run knows.
        asked: the addresses.
        attempts: how often an address is asked before it counts as down.
        wait_seconds: seconds between two tries.

    Returns:
        What is down.
    """
    remaining = [Outage(address, "it was not asked") for address in asked]
    with public.client(context) as visitor:
        for attempt in range(attempts):
            if attempt:
                time.sleep(wait_seconds)
            answers = [(outage.address, _problem(visitor, outage.address)) for outage in remaining]
            remaining = [Outage(address, problem) for address, problem in answers if problem]
            if not remaining:
                break
            for outage in remaining:
                context.console.warn(f"try {attempt + 1} of {attempts}: {outage}")
    return remaining


def _problem(visitor: httpx.Client, address: Address) -> str:
    """What is wrong with an address's answer; empty where nothing is."""
    visitor.max_redirects = _MOST_REDIRECTS
    try:
        answer = visitor.get(address.url, follow_redirects=True)
    except httpx.HTTPError as error:
        return f"no answer ({type(error).__name__})"
    if answer.status_code != 200:
        return f"it answered {answer.status_code}"
    missing = [name for name in address.headers if name not in answer.headers]
    return f"the answer lacks {', '.join(missing)}" if missing else ""


def announce(context: Context, outages: Sequence[Outage]) -> None:
    """Sends one notice of all that is down."""
    text = "\n".join(map(str, outages))
    links = {outage.address.about: outage.address.url for outage in outages}
    Notices(context).send(Notice(Kind.FAILURE, "uptime", text, links))
