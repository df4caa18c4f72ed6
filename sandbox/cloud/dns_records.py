"""DNS records of zones: state and rules.

Sources: Cloudflare's API reference, "DNS Records for a Zone"; its pages "Record attributes" for comments and tags, and
"DNS record types"; RFC 1035, section 2.3.4 for the lengths of names.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

from sandbox.cloud.cloud_api import ApiCall, ApiError, given
from sandbox.cloud.cloudflare_api import Collection, new_id, now
from sandbox.cloud.document_store import Document

_PROXIABLE = {"A", "AAAA", "CNAME"}
_OTHER_TYPES = "CAA CERT DNSKEY DS HTTPS LOC MX NAPTR NS OPENPGPKEY PTR SMIMEA SRV SSHFP SVCB TLSA TXT URI"
_TYPES = _PROXIABLE | set(_OTHER_TYPES.split())
_ADDRESSES = {"A": ipaddress.IPv4Address, "AAAA": ipaddress.IPv6Address}
_HOSTS = {"CNAME", "MX", "NS", "PTR"}
# Not the whole of `is_private`: Cloudflare's pages set up hosts without a server with 192.0.2.1 and 100::.
_PRIVATE = [
    ipaddress.ip_network(network)
    for network in ("10.0.0.0/8", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
]
_LABEL = re.compile(r"[\w*-]([\w-]{0,61}\w)?", re.ASCII)
_LONGEST_NAME, _LONGEST_TEXT = 255, 2048
_LONGEST_COMMENT = {"free": 100, "paid": 500}
_MOST_TAGS = {"free": 0, "paid": 20}
_FILTERED = ("name", "content", "comment", "type")
_PAGES = {"page", "per_page"}
_TESTS: dict[str, Callable[[str, str], bool]] = {
    "": lambda value, wanted: value.lower() == wanted.lower(),
    "exact": lambda value, wanted: value.lower() == wanted.lower(),
    "contains": lambda value, wanted: wanted.lower() in value.lower(),
    "startswith": lambda value, wanted: value.lower().startswith(wanted.lower()),
    "endswith": lambda value, wanted: value.lower().endswith(wanted.lower()),
    "present": lambda value, _: bool(value),
    "absent": lambda value, _: not value,
}


class DnsRecords(Collection):
    """Records by zone. A short name is stored as the full name, which the real API returns."""

    name = "dns_records"
    path = "/zones/{zone}/dns_records"
    page_range = (5, 5_000_000)
    unknown = (404, "Record does not exist.", 81044)
    terraform = ("cloudflare_dns_record", "zone_id", ("id", "created_on", "modified_on"))
    columns = ("name", "type", "content", "proxied", "ttl", "id")

    def target(self, name: str) -> str | None:
        """The target of a name's CNAME record, in any zone."""
        records = self._store.list(self.name, name=name, type="CNAME")
        return records[0]["content"] if records else None

    def find(self, call: ApiCall) -> list[Document]:
        """A zone's records that pass the query's filters, in its order. Tags can't be searched here."""
        query = {name: value for name, value in call.query.items() if name not in _PAGES}
        order, direction = query.pop("order", "type"), query.pop("direction", "asc")
        any_of = query.pop("match", "all") == "any"
        found = self.held(self.owner(call))
        if query:
            decide = any if any_of else all
            found = [record for record in found if decide([_passes(record, *one) for one in query.items()])]
        if "order" in call.query:
            found.sort(key=lambda record: str(record[order]), reverse=direction == "desc")
        return found

    def build(self, owner: str, wanted: Document, old: Document | None) -> Document:
        kind, ttl, proxied = wanted.get("type"), wanted.get("ttl", 1), bool(wanted.get("proxied"))
        zone = self._directory.zone(owner)
        _check(wanted, kind, ttl)
        _check_notes(wanted, "free" if zone["plan"]["legacy_id"] == "free" else "paid")
        content = wanted.get("content")
        record: Document = {
            "id": old["id"] if old else new_id(),
            "name": _full_name(zone["name"], str(wanted["name"])),
            "type": kind,
            "content": content.rstrip(".").lower() if kind == "CNAME" and content else content,
            "proxiable": kind in _PROXIABLE,
            "proxied": proxied,
            "ttl": 1 if proxied else ttl,
            "settings": given(wanted.get("settings")),
            "meta": {},
            "comment": wanted.get("comment"),
            "tags": wanted.get("tags") or [],
            "created_on": old["created_on"] if old else now(),
            "modified_on": now(),
        } | given({field: wanted.get(field) for field in ("priority", "data")})
        _check_place(record, zone["name"])
        for other in self.held(owner, name=record["name"]):
            if other["id"] != record["id"]:
                _refuse_conflict(record, other)
        return record


def _full_name(zone: str, name: str) -> str:
    name = name.lower().rstrip(".")
    if name == "@":
        return zone
    return name if f".{name}".endswith(f".{zone}") else f"{name}.{zone}"


def _passes(record: Document, parameter: str, wanted: str) -> bool:
    """Whether a record passes one parameter of a query.

    Raises:
        ApiError: the parameter is not emulated.
    """
    field, _, test = parameter.partition(".")
    if parameter == "proxied":
        return record["proxied"] is (wanted == "true")
    if parameter == "search":
        return any(_TESTS["contains"](str(record[name] or ""), wanted) for name in ("name", "content", "comment"))
    if field not in _FILTERED or test not in _TESTS:
        raise ApiError(400, f"the filter {parameter[:80]!r} is not emulated by the sandbox", 9000)
    return _TESTS[test](str(record[field] or ""), wanted)


def _check(wanted: Document, kind: str | None, ttl: float) -> None:
    name, content = str(wanted.get("name") or ""), wanted.get("content")
    if not name or kind not in _TYPES:
        raise ApiError(400, "DNS record needs a name and a valid type", 1004)
    if name != "@" and not _is_host(name):
        raise ApiError(400, "DNS name is invalid.", 9000)
    if not content and not wanted.get("data"):
        raise ApiError(400, f"Content for {kind} record is missing", 9020)
    if ttl != 1 and not 60 <= ttl <= 86400:
        raise ApiError(400, "Invalid TTL. Must be between 60 and 86400 seconds, or 1 for Automatic.", 9021)
    if wanted.get("proxied") and kind not in _PROXIABLE:
        raise ApiError(400, "This record type cannot be proxied.", 9004)
    if kind in _ADDRESSES:
        try:
            address = _ADDRESSES[kind](content)
        except ValueError as error:
            raise ApiError(400, f"Content for {kind} record must be a valid IP address.", 9005) from error
        if wanted.get("proxied") and any(address in network for network in _PRIVATE):
            raise ApiError(400, f"Target {content} is not allowed for a proxied record.", 9003)
    if kind in _HOSTS and (not _is_host(str(content)) or _is_address(str(content))):
        raise ApiError(400, f"Content for {kind} record is invalid.", 9007)
    if kind == "MX" and wanted.get("priority") is None:
        raise ApiError(400, "priority is a required field for MX records.", 9105)
    if wanted.get("priority") is not None and not 0 <= wanted["priority"] <= 65535:
        raise ApiError(400, "priority must be between 0 and 65535.", 9105)
    if kind == "TXT" and len(str(content)) > _LONGEST_TEXT:
        raise ApiError(400, f"Content for TXT record is longer than {_LONGEST_TEXT} characters.", 9013)


def _check_notes(wanted: Document, plan: str) -> None:
    if len(wanted.get("comment") or "") > _LONGEST_COMMENT[plan]:
        raise ApiError(400, f"comment exceeds the maximum length of {_LONGEST_COMMENT[plan]} characters", 9301)
    tags = len(wanted.get("tags") or [])
    if tags > _MOST_TAGS[plan]:
        raise ApiError(400, f"DNS record has {tags} tags, exceeding the quota of {_MOST_TAGS[plan]}.", 9302)


def _check_place(record: Document, zone: str) -> None:
    if record["type"] == "CNAME" and record["content"] == record["name"]:
        raise ApiError(400, "CNAME content cannot reference itself.", 9039)
    if record["type"] == "NS" and record["name"] == zone:
        raise ApiError(400, "NS records at the zone's own name are managed by Cloudflare.", 81056)


def _is_host(text: str) -> bool:
    name = text.rstrip(".")
    return len(name) <= _LONGEST_NAME and all(_LABEL.fullmatch(label) for label in name.split("."))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _refuse_conflict(record: Document, other: Document) -> None:
    kinds = {record["type"], other["type"]}
    if "CNAME" in kinds:
        if kinds <= _PROXIABLE:
            raise ApiError(400, "An A, AAAA, or CNAME record with that host already exists.", 81053)
        raise ApiError(400, "A CNAME record with that host already exists.", 81054)
    if all(record.get(field) == other.get(field) for field in ("type", "content", "priority", "data")):
        raise ApiError(400, "An identical record already exists.", 81058)
