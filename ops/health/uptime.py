"""The uptime check: requests each site and API of the settings as a visitor does, and checks the headers."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import httpx

from ops.clouds import public_web as public
from ops.clouds.discord import Notice, NoticeKind, Notices
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.health.backup_findings import backup_findings
from ops.health.finding import Finding, FindingStatus
from ops.health.health_contract import HealthContract, health_contract
from settings import Settings

# The headers that the stack edge adds to every response of a site, if [edge.headers] is set.
EDGE_HEADERS = ("permissions-policy", "referrer-policy", "strict-transport-security", "x-frame-options")
_MOST_REDIRECTS = 5


@dataclass(frozen=True)
class PublicAddress:
    """An address to check.

    Attributes:
        about: what it is, such as `production's site`.
        url: the whole address.
        contract: what a healthy answer is.
    """

    about: str
    url: str
    contract: HealthContract = field(default_factory=HealthContract)


@dataclass(frozen=True)
class Outage:
    """An address that failed every try.

    Attributes:
        address: which one.
        problem: why the last try failed.
    """

    address: PublicAddress
    problem: str

    def __str__(self) -> str:
        return f"{self.address.about} ({self.address.url}): {self.problem}"


def addresses(settings: Settings) -> list[PublicAddress]:
    """The addresses that visitors of the settings' environments use.

    An API on workers.dev is included if a site calls it; the settings don't say whether any other one is released.
    """
    page = HealthContract(headers=EDGE_HEADERS if settings.edge and settings.edge.headers else ())
    found = [
        PublicAddress(f"{name}'s site", settings.public_links(name)["Site"], page)
        for name, environment in settings.environments.items()
        if environment.website
    ]
    if settings.api is None:
        return found
    asked = [
        name
        for name, environment in settings.environments.items()
        if environment.api or name == settings.api.site_environment
    ]
    return found + [
        PublicAddress(f"{name}'s API", settings.health_url(name), health_contract(settings)) for name in asked
    ]


def find_outages(
    context: Context, asked: Sequence[PublicAddress], *, attempts: int = 3, wait_seconds: float = 20
) -> list[Outage]:
    """Requests each address, and retries those that fail: a single failure is not an outage.

    Args:
        context: the run's context.
        asked: the addresses.
        attempts: how many tries must fail for an outage.
        wait_seconds: seconds between two tries.

    Returns:
        The outages.
    """
    remaining = [Outage(address, "it was not requested") for address in asked]
    with public.client(context) as visitor:
        for attempt in range(attempts):
            if attempt:
                time.sleep(wait_seconds)
            answers = [(outage.address, problem_now(visitor, outage.address)) for outage in remaining]
            remaining = [Outage(address, problem) for address, problem in answers if problem]
            if not remaining:
                break
            for outage in remaining:
                context.console.warn(f"try {attempt + 1} of {attempts}: {outage}")
    return remaining


def problem_now(visitor: httpx.Client, address: PublicAddress) -> str:
    """What is wrong with an address's response; empty if nothing is."""
    visitor.max_redirects = _MOST_REDIRECTS
    try:
        answer = visitor.get(address.url, follow_redirects=True)
    except httpx.HTTPError as error:
        return f"no answer ({type(error).__name__})"
    return address.contract.problem(answer)


def old_backups(context: Context) -> list[Finding]:
    """The backups that are missing, too old or not readable, after a line for each that is fine.

    Empty without credentials for AWS. Those that may not list backups are a problem: nobody would hear of an old one.
    """
    if context.settings.backup is None:
        return []
    if not {"AWS_ACCESS_KEY_ID", "AWS_PROFILE"} & context.environment.keys():
        context.console.say("skipped: the age of backups, because no AWS credentials are set")
        return []
    try:
        found = list(backup_findings(context))
        findings = [_unreadable(each) if each.state is FindingStatus.LEFT_OUT else each for each in found]
    except OpsError as error:
        findings = [Finding("backup", FindingStatus.WRONG, str(error))]
    for finding in findings:
        (context.console.warn if finding.state is FindingStatus.WRONG else context.console.say)(str(finding))
    return [finding for finding in findings if finding.state is FindingStatus.WRONG]


def _unreadable(finding: Finding) -> Finding:
    return replace(finding, state=FindingStatus.WRONG, remedy="use the role of backups (docs/state.md)")


def announce_backups(context: Context, findings: Sequence[Finding]) -> None:
    """Sends one notice about all backups that are missing or too old."""
    text = "\n".join(f"{finding.text}; {finding.remedy}" for finding in findings)
    Notices(context).send(Notice(NoticeKind.FAILURE, "backup", text))


def announce(context: Context, outages: Sequence[Outage]) -> None:
    """Sends one notice about all outages."""
    text = "\n".join(map(str, outages))
    links = {outage.address.about: outage.address.url for outage in outages}
    Notices(context).send(Notice(NoticeKind.FAILURE, "uptime", text, links))
