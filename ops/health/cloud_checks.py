"""Checks of what the clouds hold: Neon's project and branches, Cloudflare's token, zone and domains, each only read."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.health.finding import Finding, State
from settings.neon_plans import NEON_PLANS

# 40 characters; tokens made or rolled since 2026 have a prefix and a checksum too (Cloudflare's page "Token formats").
_TOKEN = re.compile(r"[A-Za-z0-9_-]{40,80}")


def database_finding(context: Context, environment: str, uri: str) -> Finding:
    """Whether a connection URI leads to an environment's own database branch, and not to another's.

    Args:
        context: has Neon's key and the settings.
        environment: the environment's name.
        uri: a Postgres connection URI; a pooled host counts as its endpoint's.

    Raises:
        OpsError: Neon can't be asked, or has no such project or branch.
    """
    project, branches = _neon_branches(context)
    wanted = context.settings.branch_name(environment)
    hosts = _endpoint_hosts(context, project)
    names = {branch["id"]: branch["name"] for branch in branches}
    host = _host(urlsplit(uri).netloc.rpartition("@")[2])
    found = next((names.get(branch, branch) for at, branch in hosts.items() if at == host), None)
    if found == wanted:
        return Finding("database", State.OK, f"DATABASE_URL is {environment}'s own, on branch {wanted}")
    where = f"leads to branch {found}" if found else "leads to no branch of this Neon project"
    return Finding(
        "database",
        State.WRONG,
        f"DATABASE_URL {where}, but {environment} is on branch {wanted}",
        "take the connection URI from this environment's stack",
    )


def neon(context: Context, *, spare_branch: bool = True) -> Iterator[Finding]:
    """Whether Neon's key works and the environments' branches are there.

    Args:
        context: has the key and the settings.
        spare_branch: whether the plan must have room for a further branch.
    """
    context.credentials.need("neon_org_id")
    project, branches = _neon_branches(context)
    if project is None:
        yield Finding("Neon", State.OK, "the key works; the project does not exist yet: the first deploy makes it")
        return
    yield Finding("Neon", State.OK, f"project {project}, {len(branches)} branches")
    plan = context.settings.database.plan
    limit = NEON_PLANS[plan].branches
    if spare_branch and len(branches) >= limit:
        yield Finding(
            "Neon",
            State.WRONG,
            f"the {plan} plan's {limit} branches are used up, so that no restore point or preview can be made",
            "close pull requests' previews, delete a branch, or raise database.plan",
        )
    names = {branch["name"] for branch in branches}
    for environment in context.settings.environments:
        wanted = context.settings.branch_name(environment)
        if wanted not in names:
            yield Finding("Neon", State.WRONG, f"{environment}'s branch {wanted} is not there", "deploy its stack")


def _neon_branches(context: Context) -> tuple[str | None, list[dict[str, Any]]]:
    """The Neon project's id and its branches; None where the project is yet to be made."""
    credentials, name = context.credentials, context.settings.project.name
    organisation = credentials.neon_org_id
    query = {"search": name, "limit": "100"}
    if organisation:
        query["org_id"] = organisation.get_secret_value()
    found = _neon_get(context, "/projects", query)["projects"]
    ids = [project["id"] for project in found if project["name"] == name]
    if len(ids) > 1:
        raise OpsError(f"there are {len(ids)} Neon projects called {name}; rename or delete the others")
    if not ids:
        return None, []
    return ids[0], _neon_get(context, f"/projects/{ids[0]}/branches", {"limit": "100"})["branches"]


def _endpoint_hosts(context: Context, project: str | None) -> dict[str, str]:
    """The branch of each endpoint, by the endpoint's host."""
    if project is None:
        return {}
    endpoints = _neon_get(context, f"/projects/{project}/endpoints")["endpoints"]
    return {endpoint["host"]: endpoint["branch_id"] for endpoint in endpoints}


def _host(address: str) -> str:
    """An endpoint's host from a connection URI's: without the pooler's suffix and the usual port."""
    first, dot, rest = address.removesuffix(":5432").partition(".")
    return f"{first.removesuffix('-pooler')}{dot}{rest}"


def _neon_get(context: Context, path: str, query: Mapping[str, str] | None = None) -> Any:
    key = context.credentials.need("neon_api_key")
    answer = get(context.addresses.neon, path, key, query)
    advice = {
        401: "the key is wrong or revoked: make a new one and set NEON_API_KEY",
        403: "the key does not reach this organisation or project",
    }
    return content(context, "Neon", path, answer, advice)


def cloudflare(context: Context) -> Iterator[Finding]:
    settings, credentials = context.settings, context.credentials
    if settings.website is None and settings.api is None and settings.cloudflare is None:
        yield Finding("Cloudflare", State.LEFT_OUT, "the settings use nothing of it")
        return
    token = credentials.need("cloudflare_api_token")
    if not _TOKEN.fullmatch(token):
        yield Finding(
            "Cloudflare",
            State.WRONG,
            "CLOUDFLARE_API_TOKEN is not 40 to 80 letters, digits, hyphens and underscores",
            "copy the token again; a global API key is not a token",
        )
        return
    account = f"/accounts/{credentials.need('cloudflare_account_id')}"
    verified = get(context.addresses.cloudflare, "/user/tokens/verify", token)
    # A token that belongs to the account, not to a user, is verified there.
    path = f"{account}/tokens/verify" if verified.status_code == 401 else "/user/tokens/verify"
    status = _cloudflare_get(context, path)["status"]
    if status != "active":
        yield Finding("Cloudflare", State.WRONG, f"the token is {status}", "make a new one")
        return
    yield Finding("Cloudflare", State.OK, "the token is active")
    if settings.website:
        _cloudflare_get(context, f"{account}/pages/projects")
        yield Finding("Cloudflare", State.OK, "the token reaches Pages")
    if settings.release:
        found = _cloudflare_get(context, f"{account}/workers/subdomain")["subdomain"]
        yield Finding("Cloudflare", State.OK, "the token reaches Workers")
        # A release would notice only after its migrations, when its first version answers nowhere.
        if settings.api and found != settings.api.workers_subdomain:
            yield Finding(
                "Cloudflare",
                State.WRONG,
                f"the account's subdomain of workers.dev is {found}, but api.workers_subdomain is "
                f"{settings.api.workers_subdomain}",
                "change the settings, or set the other account's id",
            )
    yield from _domains(context, account)


def _domains(context: Context, account: str) -> Iterator[Finding]:
    settings = context.settings
    if settings.cloudflare is None:
        return
    wanted = settings.cloudflare.zone
    zone = _cloudflare_get(context, f"/zones/{context.credentials.need('cloudflare_zone_id')}")
    if zone["name"] != wanted:
        yield Finding(
            "domain",
            State.WRONG,
            f"the zone of TF_VAR_cloudflare_zone_id is {zone['name']}, but cloudflare.zone is {wanted}",
            "set the other zone's id, or change the settings",
        )
        return
    yield Finding("domain", State.OK, f"zone {zone['name']} is {zone['status']}")
    for name, environment in settings.environments.items():
        if environment.website is None:
            continue
        domain = environment.website.domain
        path = f"{account}/pages/projects/{settings.project.name}/domains/{domain}"
        found = _cloudflare_get(context, path, missing={"status": "not there yet"})
        state = State.OK if found["status"] in ("active", "not there yet", "pending", "initializing") else State.WRONG
        remedy = "look at the domain in the Pages project's settings" if state is State.WRONG else ""
        yield Finding("domain", state, f"{name}'s {domain} is {found['status']}", remedy)


def _cloudflare_get(context: Context, path: str, *, missing: Any = None) -> Any:
    answer = get(context.addresses.cloudflare, path, context.credentials.need("cloudflare_api_token"))
    if answer.status_code == 404 and missing is not None:
        return missing
    needed = "Pages" if "/pages/" in path else "Workers" if "/workers/" in path else "Zone and DNS"
    advice = {
        400: "the token or the id is malformed",
        401: "the token is wrong or revoked: make a new one and set CLOUDFLARE_API_TOKEN",
        403: f"the token has no permission for this; give it {needed}: Edit",
        404: "the id is wrong, or belongs to another account",
    }
    return content(context, "Cloudflare", path, answer, advice)["result"]


def get(base: str, path: str, token: str, query: Mapping[str, str] | None = None) -> httpx.Response:
    """Asks an API for something, with a token."""
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    return httpx.get(f"{base.rstrip('/')}{path}", headers=headers, params=query, timeout=20)


def content(context: Context, service: str, path: str, answer: httpx.Response, advice: Mapping[int, str]) -> Any:
    """What an API answered.

    Raises:
        OpsError: an error; the message ends with the advice for its status.
    """
    if answer.is_success:
        return answer.json()
    remedy = advice.get(answer.status_code, "try again later")
    # A path holds account and zone ids: they are not for a log.
    raise OpsError(f"{service} answered {answer.status_code} to {context.console.mask.hide(path)}; {remedy}")
