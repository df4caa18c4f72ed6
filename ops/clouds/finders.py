"""How a resource that is there is found again by what its plan says, and the id that imports it.

Sources: the "Import" section of each resource's page in the providers' documentation, and the APIs' references.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ops.clouds.rest import Rest
from ops.context.errors import OpsError
from ops.context.run_context import Context

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Finder:
    """How resources of one type are found.

    Attributes:
        id: the form of the import's id, filled from the plan's values and from what was found (as `found`).
        service: `neon` or `cloudflare`; empty where the id follows from the plan alone.
        path: what lists the candidates.
        listed: the key of the list in the answer.
        same: the attributes in which a candidate must be as planned, by the candidate's names for them.
        in_zone: a planned name may lack the zone's, with which Cloudflare answers.
        in_organisation: Neon lists a personal key's own projects only, unless it is told the organisation.
    """

    id: str
    service: str = ""
    path: str = ""
    listed: str = "result"
    same: Mapping[str, str] | None = None
    in_zone: bool = False
    in_organisation: bool = False


# Not here: a Web Analytics site, since Cloudflare's API does not say which host one is for; and what is nowhere but in
# the state, such as a random password.
FINDERS: Mapping[str, Finder] = {
    "neon_project": Finder(
        "{found[id]}",
        "neon",
        "/projects?search={name}&limit=400",
        "projects",
        {"name": "name"},
        in_organisation=True,
    ),
    "neon_branch": Finder(
        "{project_id}/{found[id]}",
        "neon",
        "/projects/{project_id}/branches?search={name}&limit=100",
        "branches",
        {"name": "name"},
    ),
    "neon_endpoint": Finder(
        "{project_id}/{found[id]}",
        "neon",
        "/projects/{project_id}/branches/{branch_id}/endpoints",
        "endpoints",
        {"type": "type"},
    ),
    "neon_role": Finder(
        "{project_id}/{branch_id}/{name}",
        "neon",
        "/projects/{project_id}/branches/{branch_id}/roles",
        "roles",
        {"name": "name"},
    ),
    "neon_database": Finder(
        "{project_id}/{branch_id}/{name}",
        "neon",
        "/projects/{project_id}/branches/{branch_id}/databases",
        "databases",
        {"name": "name"},
    ),
    "cloudflare_pages_project": Finder(
        "{account_id}/{name}", "cloudflare", "/accounts/{account_id}/pages/projects", same={"name": "name"}
    ),
    "cloudflare_pages_domain": Finder(
        "{account_id}/{project_name}/{name}",
        "cloudflare",
        "/accounts/{account_id}/pages/projects/{project_name}/domains",
        same={"name": "name"},
    ),
    "cloudflare_dns_record": Finder(
        "{zone_id}/{found[id]}",
        "cloudflare",
        "/zones/{zone_id}/dns_records?name={name}&type={type}&per_page=100",
        same={"name": "name", "type": "type"},
        in_zone=True,
    ),
    "cloudflare_ruleset": Finder(
        "zones/{zone_id}/{found[id]}",
        "cloudflare",
        "/zones/{zone_id}/rulesets",
        same={"phase": "phase", "kind": "kind"},
    ),
    "cloudflare_zone_setting": Finder("{zone_id}/{setting_id}"),
    "cloudflare_bot_management": Finder("{zone_id}"),
    "cloudflare_workers_custom_domain": Finder(
        "{account_id}/{found[id]}",
        "cloudflare",
        "/accounts/{account_id}/workers/domains",
        same={"hostname": "hostname"},
    ),
    "cloudflare_workers_route": Finder(
        "{zone_id}/{found[id]}", "cloudflare", "/zones/{zone_id}/workers/routes", same={"pattern": "pattern"}
    ),
    "cloudflare_healthcheck": Finder(
        "{zone_id}/{found[id]}", "cloudflare", "/zones/{zone_id}/healthchecks", same={"name": "name"}
    ),
    "cloudflare_notification_policy": Finder(
        "{account_id}/{found[id]}",
        "cloudflare",
        "/accounts/{account_id}/alerting/v3/policies",
        same={"name": "name"},
    ),
    "cloudflare_notification_policy_webhooks": Finder(
        "{account_id}/{found[id]}",
        "cloudflare",
        "/accounts/{account_id}/alerting/v3/destinations/webhooks",
        same={"name": "name"},
    ),
}


class Finders:
    """Finds resources by the clouds' APIs, with the run's keys."""

    def __init__(self, context: Context) -> None:
        """
        Args:
            context: has the keys and the APIs' addresses. A service is asked only when a resource of it is looked
                for.
        """
        self._context = context
        self._services: dict[str, Rest] = {}

    def import_id(self, kind: str, values: Values) -> str | None:
        """The id that imports a resource.

        Args:
            kind: the resource's type.
            values: what the plan says of it, unknown values left out.

        Returns:
            None where it can't be told yet, since a value that leads to it is not known, or where there is none.

        Raises:
            OpsError: there are several that fit, or the service refused.
        """
        finder = FINDERS.get(kind)
        if finder is None:
            return None
        if finder.in_zone and {"name", "zone_id"} <= values.keys():
            values = {**values, "name": self._full_name(values)}
        path = _filled(finder.path, values)
        if path is None or not set((finder.same or {}).values()) <= values.keys():
            return None
        same = {theirs: values[ours] for theirs, ours in (finder.same or {}).items()}
        if not finder.service:
            return _filled(finder.id, values)
        if finder.in_organisation and (organisation := self._organisation(values)):
            path = f"{path}&org_id={quote(organisation, safe='')}"
        found = [candidate for candidate in self._list(finder, path) if _fits(candidate, same)]
        if len(found) > 1:
            raise OpsError(f"{kind}: {len(found)} of them have {_said(same)}; import the right one by hand")
        return _filled(finder.id, {**values, "found": found[0]}) if found else None

    def _list(self, finder: Finder, path: str) -> Iterator[Mapping[str, Any]]:
        service = self._service(finder.service)
        answer = service.tried(lambda: service.call("GET", path, missing={finder.listed: []}))
        yield from answer.get(finder.listed) or []

    def _organisation(self, values: Values) -> str:
        """The planned organisation, else the run's own; empty where a project is the key owner's personal one."""
        own = self._context.credentials.neon_org_id
        return str(values.get("org_id") or "") or (own.get_secret_value() if own else "")

    def _full_name(self, values: Values) -> str:
        cloudflare, name = self._service("cloudflare"), str(values["name"])
        zone = cloudflare.tried(lambda: cloudflare.call("GET", f"/zones/{values['zone_id']}"))["result"]["name"]
        if name == "@":
            return zone
        return name if name == zone or name.endswith(f".{zone}") else f"{name}.{zone}"

    def _service(self, name: str) -> Rest:
        if name not in self._services:
            makers: dict[str, Callable[[Context], Rest]] = {"neon": _neon, "cloudflare": _cloudflare}
            self._services[name] = makers[name](self._context)
        return self._services[name]


def _neon(context: Context) -> Rest:
    from ops.clouds.neon import Neon

    return Neon(context)


def _cloudflare(context: Context) -> Rest:
    from ops.clouds.cloudflare import Cloudflare

    return Cloudflare(context)


def _filled(form: str, values: Values) -> str | None:
    """A form with values in it; None where one that it needs is not known."""
    try:
        return form.format_map(values)
    except KeyError:
        return None


def _fits(candidate: Mapping[str, Any], same: Mapping[str, Any]) -> bool:
    return all(candidate.get(name) == value for name, value in same.items())


def _said(same: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in same.items())
