"""DNS records of zones: state and rules. Source: Cloudflare's API reference, "DNS Records for a Zone"."""

from __future__ import annotations

import ipaddress

from sandbox.cloud.cloud_api import ApiError, given
from sandbox.cloud.cloudflare_api import Collection, new_id, now
from sandbox.cloud.document_store import Document

_PROXIABLE = {"A", "AAAA", "CNAME"}
_OTHER_TYPES = "CAA DS HTTPS LOC MX NAPTR NS PTR SRV SSHFP SVCB TLSA TXT URI"
_TYPES = _PROXIABLE | set(_OTHER_TYPES.split())
_ADDRESSES = {"A": ipaddress.IPv4Address, "AAAA": ipaddress.IPv6Address}


class DnsRecords(Collection):
    """Records by zone. A short name is stored as the full name, which the real API returns."""

    name = "dns_records"
    path = "/zones/{zone}/dns_records"
    unknown = (404, "Record does not exist.", 81044)
    filters = ("name", "content", "type")
    terraform = ("cloudflare_dns_record", "zone_id", ("id", "created_on", "modified_on"))
    columns = ("name", "type", "content", "proxied", "ttl", "id")

    def target(self, name: str) -> str | None:
        """The target of a name's CNAME record, in any zone."""
        records = self._store.list(self.name, name=name, type="CNAME")
        return records[0]["content"] if records else None

    def build(self, owner: str, wanted: Document, old: Document | None) -> Document:
        kind, ttl, proxied = wanted.get("type"), wanted.get("ttl") or 1, bool(wanted.get("proxied"))
        _check(wanted, kind, ttl)
        content = wanted.get("content")
        record: Document = {
            "id": old["id"] if old else new_id(),
            "name": self._full_name(owner, str(wanted["name"])),
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
        for other in self.held(owner, name=record["name"]):
            if other["id"] != record["id"]:
                _refuse_conflict(record, other)
        return record

    def _full_name(self, zone_id: str, name: str) -> str:
        name, zone = name.lower().rstrip("."), self._directory.zone(zone_id)["name"]
        if name == "@":
            return zone
        return name if f".{name}".endswith(f".{zone}") else f"{name}.{zone}"


def _check(wanted: Document, kind: str | None, ttl: int) -> None:
    if not wanted.get("name") or kind not in _TYPES:
        raise ApiError(400, "DNS record needs a name and a valid type", 1004)
    if not wanted.get("content") and not wanted.get("data"):
        raise ApiError(400, f"Content for {kind} record is missing", 9020)
    if ttl != 1 and not 60 <= ttl <= 86400:
        raise ApiError(400, "Invalid TTL. Must be between 60 and 86400 seconds, or 1 for Automatic.", 9021)
    if wanted.get("proxied") and kind not in _PROXIABLE:
        raise ApiError(400, "This record type cannot be proxied.", 9004)
    if kind in _ADDRESSES:
        try:
            _ADDRESSES[kind](wanted["content"])
        except ValueError as error:
            raise ApiError(400, f"Content for {kind} record must be a valid IP address.", 9005) from error


def _refuse_conflict(record: Document, other: Document) -> None:
    kinds = {record["type"], other["type"]}
    if "CNAME" in kinds:
        if kinds <= _PROXIABLE:
            raise ApiError(400, "An A, AAAA, or CNAME record with that host already exists.", 81053)
        raise ApiError(400, "A CNAME record with that host already exists.", 81054)
    if all(record.get(field) == other.get(field) for field in ("type", "content", "priority", "data")):
        raise ApiError(400, "An identical record already exists.", 81058)
