"""Read-only checks of the clouds: Neon's project and branches; Cloudflare's token, zone and domains."""

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta

from ops.clouds.cloudflare import Cloudflare, DomainStatus
from ops.clouds.neon import Neon
from ops.clouds.rest import RefusedError
from ops.context.run_context import Context
from ops.context.split_address import split_address
from ops.health.finding import Finding, FindingStatus
from settings.neon_plans import NEON_PLANS

# A temporary fault must not stop a release; a network that is down should show within seconds.
ATTEMPTS = 4
# 40 characters; tokens created or rolled since 2026 also have a prefix and a checksum (Cloudflare's page "Token
# formats").
_TOKEN = re.compile(r"[A-Za-z0-9_-]{40,80}")
_RECOVER_FIRST = "if it was deleted, recover it with its rows: python -m ops recover; otherwise deploy its stack"
_NEW = frozenset({"initializing", "pending"})
# Cloudflare's page "Update nameservers": a change can take up to 24 hours. Longer means that something is missing.
_LONGEST_PENDING = timedelta(hours=24)


def database_finding(context: Context, environment: str, uri: str) -> Finding:
    """Whether a connection URI belongs to an environment's own database branch, and not to another branch.

    Args:
        context: has Neon's key and the settings.
        environment: the environment's name.
        uri: a Postgres connection URI; a pooled host counts as its endpoint's.

    Raises:
        OpsError: Neon did not answer, or there are several projects of the settings' name.
    """
    wanted = context.settings.branch_name(environment)
    host = _host(split_address(uri).netloc.rpartition("@")[2])
    if not host:
        remedy = "copy it again; % [ and ] in a password are written as %25 %5B and %5D"
        return Finding("database", FindingStatus.WRONG, "DATABASE_URL is not a valid connection URI", remedy)
    found: str | None = None
    with Neon(context, attempts=ATTEMPTS) as neon:
        project = neon.find_project(context.settings.project.name)
        if project and (branch_id := neon.endpoint_hosts(project).get(host)):
            names = {branch.id: branch.name for branch in neon.branches(project)}
            found = names.get(branch_id, branch_id)
    if found == wanted:
        return Finding("database", FindingStatus.OK, f"DATABASE_URL points to {environment}'s own branch {wanted}")
    where = f"points to branch {found}" if found else "points to no branch of this Neon project"
    return Finding(
        "database",
        FindingStatus.WRONG,
        f"DATABASE_URL {where}, but {environment} is on branch {wanted}",
        "take the connection URI from this environment's stack",
    )


def neon(context: Context, *, need_room: bool = True) -> Iterator[Finding]:
    """Checks that Neon's key works and that the environments' branches exist.

    Args:
        context: has the key and the settings.
        need_room: whether the plan must have room for another branch.
    """
    context.credentials.need("neon_org_id")
    with Neon(context, attempts=ATTEMPTS) as client:
        project = client.find_project(context.settings.project.name)
        if project is None:
            yield _without_project(context, client)
            return
        names = {branch.name for branch in client.branches(project)}
        others = client.project_descriptions(context.settings.project.name)
        others.pop(project, None)
    for other in others.values():
        yield Finding(
            "Neon",
            FindingStatus.WRONG,
            f"a second project has the name {context.settings.project.name}: {other}; the state names {project}",
            "move any data that you need to the project in the state; then delete the second one in Neon's Console",
        )
    yield Finding("Neon", FindingStatus.OK, f"project {project}, {len(names)} branches")
    if need_room:
        yield from _room(context, names)
    for environment in context.settings.environments:
        wanted = context.settings.branch_name(environment)
        if wanted not in names:
            yield Finding(
                "Neon", FindingStatus.WRONG, f"{environment}'s branch {wanted} does not exist", _RECOVER_FIRST
            )


def _without_project(context: Context, client: Neon) -> Finding:
    """Whether there is no project yet, or not anymore: a deploy would create an empty one."""
    name = context.settings.project.name
    try:
        deleted = [each for each in client.deleted(name) if each.kind == "project"]
    except RefusedError:
        # Not every account has this preview.
        deleted = []
    if deleted:
        text = f"project {name} ({deleted[-1].id}) was deleted; it can be recovered until {deleted[-1].until:%Y-%m-%d}"
        return Finding("Neon", FindingStatus.WRONG, text, _RECOVER_FIRST)
    return Finding("Neon", FindingStatus.OK, "the key works; the first deploy creates the project")


def spare_branch(context: Context) -> Iterator[Finding]:
    """Checks that the plan has room for another branch.

    Raises:
        OpsError: Neon can't be asked.
    """
    with Neon(context, attempts=ATTEMPTS) as client:
        project = client.find_project(context.settings.project.name)
        names = {branch.name for branch in client.branches(project)} if project else set[str]()
    yield from _room(context, names)


def _room(context: Context, names: Collection[str]) -> Iterator[Finding]:
    name = context.settings.database.plan
    plan = NEON_PLANS[name]
    if len(names) < plan.branches:
        return
    if plan.more_branches:
        text = f"{len(names)} branches; the {name} plan includes {plan.branches}, and charges for more"
        yield Finding("Neon", FindingStatus.OK, text)
        return
    yield Finding(
        "Neon",
        FindingStatus.WRONG,
        f"the {name} plan's {plan.branches} branches are used up, so no restore point or preview can be created",
        room_for_a_branch(names),
    )


def room_for_a_branch(names: Iterable[str]) -> str:
    """What to do at the plan's branch limit: names the restore points among the branches, with the command."""
    # As release and restore name them (ops.release.migrations).
    points = sorted(each for each in names if each.startswith(("restore-", "before-")))
    if not points:
        return "close pull requests that have previews, delete a branch, or raise database.plan"
    return (
        f"delete restore points that you don't need (python -m ops restore-points --delete {points[0]}), "
        f"close pull requests that have previews, or raise database.plan; restore points: {', '.join(points)}"
    )


def _host(address: str) -> str:
    """An endpoint's host from a connection URI's: without the pooler's suffix and the usual port."""
    first, dot, rest = address.removesuffix(":5432").partition(".")
    return f"{first.removesuffix('-pooler')}{dot}{rest}"


def cloudflare(context: Context) -> Iterator[Finding]:
    """Checks Cloudflare's token and its permissions, the account and the domains."""
    settings = context.settings
    if settings.website is None and settings.api is None and settings.cloudflare is None:
        yield Finding("Cloudflare", FindingStatus.LEFT_OUT, "not used by the settings")
        return
    if not _TOKEN.fullmatch(context.credentials.need("cloudflare_api_token")):
        yield Finding(
            "Cloudflare",
            FindingStatus.WRONG,
            "CLOUDFLARE_API_TOKEN is not 40 to 80 letters, digits, hyphens and underscores",
            "copy the token again; a global API key is not a token",
        )
        return
    with Cloudflare(context, attempts=ATTEMPTS) as client:
        status = client.verify_token().status
        if status != "active":
            yield Finding("Cloudflare", FindingStatus.WRONG, f"the token is {status}", "create a new one")
            return
        yield Finding("Cloudflare", FindingStatus.OK, "the token is active")
        if settings.website:
            client.pages_projects()
            yield Finding("Cloudflare", FindingStatus.OK, "the token reaches Pages")
        if settings.release:
            found = client.workers_subdomain()
            yield Finding("Cloudflare", FindingStatus.OK, "the token reaches Workers")
            # A release would notice only after its migrations, when its first version answers nowhere.
            if settings.api and found != settings.api.workers_subdomain:
                yield Finding(
                    "Cloudflare",
                    FindingStatus.WRONG,
                    f"the account's subdomain of workers.dev is {found}, but api.workers_subdomain is "
                    f"{settings.api.workers_subdomain}",
                    "change the settings, or set the other account's id",
                )
        yield from _domains(context, client)


def _domains(context: Context, client: Cloudflare) -> Iterator[Finding]:
    settings = context.settings
    if settings.cloudflare is None:
        return
    wanted = settings.cloudflare.zone
    zone = client.zone(context.credentials.need("cloudflare_zone_id"))
    if zone.name != wanted:
        yield Finding(
            "domain",
            FindingStatus.WRONG,
            f"the zone of TF_VAR_cloudflare_zone_id is {zone.name}, but cloudflare.zone is {wanted}",
            "set the other zone's id, or change the settings",
        )
        return
    yield _domain(f"zone {zone.name}", zone, "set the name servers at the registrar that the zone's overview names")
    for name, environment in settings.environments.items():
        if environment.website is None:
            continue
        domain = environment.website.domain
        found = client.pages_domain(settings.project.name, domain)
        if found is None:
            yield Finding("domain", FindingStatus.OK, f"{name}'s {domain} is not attached yet")
        else:
            yield _domain(f"{name}'s {domain}", found, "check the domain in the Pages project's settings")


def _domain(what: str, found: DomainStatus, remedy: str) -> Finding:
    reason = f" ({found.reason})" if found.reason else ""
    age = datetime.now(UTC) - found.created if found.created else timedelta()
    if found.status == "active" or (found.status in _NEW and age < _LONGEST_PENDING):
        return Finding("domain", FindingStatus.OK, f"{what} is {found.status}{reason}")
    since = f" since {found.created:%Y-%m-%d}" if found.created and found.status in _NEW else ""
    return Finding("domain", FindingStatus.WRONG, f"{what} is {found.status}{since}{reason}", remedy)
