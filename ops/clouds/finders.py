"""Finds existing resources in the clouds by their planned values, as the catalog says, and the ids that import them.

Neon's and Cloudflare's are looked up here; AWS's, where each type has an API call of its own, in
`ops/clouds/aws_account.py`, for `ops bootstrap`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from catalog import CATALOG, Lookup
from ops.clouds.rest import Rest
from ops.context.errors import OpsError
from ops.context.run_context import Context

Values = Mapping[str, Any]

_CNAME = "CNAME"
_ADDRESSES = ("A", "AAAA", _CNAME)


def _neon(context: Context) -> Rest:
    from ops.clouds.neon import Neon

    return Neon(context)


def _cloudflare(context: Context) -> Rest:
    from ops.clouds.cloudflare import Cloudflare

    return Cloudflare(context)


CLIENTS: Mapping[str, Callable[[Context], Rest]] = {"cloudflare": _cloudflare, "neon": _neon}
"""Creates the client of each service that the catalog names."""


class Finders:
    """Finds resources through the clouds' APIs, with the credentials of the run."""

    def __init__(self, context: Context) -> None:
        """
        Args:
            context: has the credentials and the addresses of the APIs. A service is asked only when one of its
                resources is looked up.
        """
        self._context = context
        self._services: dict[str, Rest] = {}

    def import_id(self, type: str, values: Values) -> str | None:
        """The id that imports a resource.

        Args:
            type: the resource type.
            values: its planned values, without the unknown ones.

        Returns:
            None if no such resource exists, if a value that the lookup needs is not known yet, or if resources of this
            type are not looked up here.

        Raises:
            OpsError: several resources match, or the service refused the request.
        """
        lookup = CATALOG[type].lookup if type in CATALOG else None
        if lookup is None or lookup.service == "aws":
            return None
        if not lookup.service:
            return _filled(lookup.id, values)
        values, found = self._candidates(lookup, values)
        if len(found) > 1:
            listed = "; ".join(self._description(lookup, each) for each in found)
            raise OpsError(
                f"{type}: {len(found)} existing resources match ({listed}); import the one that holds your data by hand"
            )
        return _filled(lookup.id, {**values, "found": found[0]}) if found else None

    def describe(self, type: str, values: Values) -> str:
        """What exists of a resource's kind and name, for a message: ids, ages, branches and sizes; empty for nothing.

        Args:
            type: the resource type.
            values: its planned values, without the unknown ones.

        Raises:
            OpsError: the service refused the request.
        """
        lookup = CATALOG[type].lookup
        if lookup is None or lookup.service in ("", "aws"):
            return ""
        return "; ".join(self._description(lookup, each) for each in self._candidates(lookup, values)[1])

    def record_in_the_way(self, type: str, values: Values) -> str:
        """The DNS record of another kind that has a planned resource's host name; empty for none, or if not known yet.

        A CNAME record tolerates no other address of its host, and a Worker's domain no record at all.

        Args:
            type: the resource type.
            values: its planned values, without the unknown ones.

        Raises:
            OpsError: the service refused the request.
        """
        lookup = CATALOG[type].lookup
        if lookup is None or not lookup.host or not {"zone_id", lookup.host} <= values.keys():
            return ""
        name, planned = self._full_name({**values, "name": values[lookup.host]}), values.get("type", _CNAME)
        path = f"/zones/{values['zone_id']}/dns_records?name.exact={name}&per_page=100"
        records = [
            record
            for record in self._list(lookup, path)
            if record["name"] == name and record["type"] in _ADDRESSES and _CNAME in (record["type"], planned)
        ]
        return "; ".join(f"{record['type']} record {self._description(lookup, record)}" for record in records)

    def _candidates(self, lookup: Lookup, values: Values) -> tuple[Values, list[Mapping[str, Any]]]:
        """The values with the full name, and the existing resources that match them; none if a value is not known."""
        if lookup.in_zone and {"name", "zone_id"} <= values.keys():
            values = {**values, "name": self._full_name(values)}
        path = _filled(lookup.path, values)
        if path is None or not set(lookup.same.values()) <= values.keys():
            return values, []
        if lookup.in_organization and (organization := self._organization(values)):
            path = f"{path}&org_id={quote(organization, safe='')}"
        same = {theirs: values[ours] for theirs, ours in lookup.same.items()}
        return values, [candidate for candidate in self._list(lookup, path) if _matches(candidate, same)]

    def _description(self, lookup: Lookup, found: Mapping[str, Any]) -> str:
        if lookup.service == "neon" and lookup.listed == "projects":
            from ops.clouds.neon import describe_project

            return describe_project(self._service("neon"), found)
        created = found.get("created_at") or found.get("created_on")
        parts = [str(found.get("id") or found.get("name")), f"created {str(created)[:10]}" if created else ""]
        return ", ".join(filter(None, parts))

    def _list(self, lookup: Lookup, path: str) -> Iterator[Mapping[str, Any]]:
        service, parts = self._service(lookup.service), urlsplit(path)
        query = dict(parse_qsl(parts.query))
        yield from service.tried(
            lambda: list(service.items(parts.path, lookup.listed, query=query, absent_is_empty=True))
        )

    def _organization(self, values: Values) -> str:
        """The planned organization, else the run's own; empty for a personal project."""
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
            self._services[name] = CLIENTS[name](self._context)
        return self._services[name]


def _filled(form: str, values: Values) -> str | None:
    """A form with the values filled in; None if one that it needs is unknown."""
    try:
        return form.format_map(values)
    except KeyError:
        return None


def _matches(candidate: Mapping[str, Any], same: Mapping[str, Any]) -> bool:
    return all(candidate.get(name) == value for name, value in same.items())
