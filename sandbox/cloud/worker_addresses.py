"""Custom domains and routes of Workers. They route no requests, and the Worker need not exist here.

Source: Cloudflare's API reference, "Workers: Domains" and "Workers: Routes", and its pages of these names.
"""

from __future__ import annotations

import uuid

from sandbox.cloud.cloud_api import ApiCall, ApiError, ApiOperation, require
from sandbox.cloud.cloudflare_api import Collection, new_id
from sandbox.cloud.dns_records import DnsRecords
from sandbox.cloud.document_store import Document, DocumentStore
from sandbox.cloud.zone_directory import ZoneDirectory


class WorkerDomains(Collection):
    """Custom domains by account. A PUT to the collection attaches one, or changes one that is attached."""

    name = "worker_domains"
    path = "/accounts/{account}/workers/domains"
    unknown = (404, "domain not found", 100114)
    without = ("POST", "PUT", "PATCH")
    filters = ("hostname", "service", "zone_id", "zone_name")
    terraform = ("cloudflare_workers_custom_domain", "account_id", ("id",))
    columns = ("hostname", "service", "zone_name", "id")

    def __init__(self, store: DocumentStore, directory: ZoneDirectory, records: DnsRecords) -> None:
        super().__init__(store, directory)
        self._records = records

    def attach(self, call: ApiCall) -> Document:
        with self._store.transaction():
            owner = self.owner(call)
            found = self.held(owner, hostname=call.body.get("hostname"))
            return self.keep(owner, self.build(owner, call.body, found[0] if found else None))

    def build(self, owner: str, wanted: Document, old: Document | None) -> Document:  # noqa: ARG002
        require(wanted, "hostname", "service")
        host, zone = wanted["hostname"], self._zone(wanted)
        if not f".{host}".endswith(f".{zone['name']}"):
            raise ApiError(400, f"hostname {host!r} is not in the zone {zone['name']}", 100115)
        if old and old["service"] != wanted["service"] and not wanted.get("override_existing_origin"):
            raise ApiError(409, f"Hostname {host!r} already in use by the Worker {old['service']!r}", 100116)
        if not old and self._records.held(zone["id"], name=host) and not wanted.get("override_existing_dns_record"):
            raise ApiError(
                409,
                f"Hostname {host!r} already has externally managed DNS records (A, CNAME, etc). Delete them",
                100117,
            )
        return {
            "id": old["id"] if old else new_id(),
            "hostname": host,
            "service": wanted["service"],
            "environment": "production",
            "cert_id": old["cert_id"] if old else str(uuid.uuid4()),
            "zone_id": zone["id"],
            "zone_name": zone["name"],
        }

    def _zone(self, wanted: Document) -> Document:
        if wanted.get("zone_id"):
            return self._directory.zone(wanted["zone_id"])
        named = self._directory.find("zones", {"name": wanted.get("zone_name") or ""})
        if not named:
            raise ApiError(400, "zone_id or zone_name of an existing zone is required", 100113)
        return named[0]

    def operations(self) -> list[ApiOperation]:
        return [ApiOperation("PUT", self.path, self.attach), *super().operations()]


class WorkerRoutes(Collection):
    """Routes by zone. A pattern belongs to one Worker."""

    name = "worker_routes"
    path = "/zones/{zone}/workers/routes"
    unknown = (404, "workers.api.error.route_not_found", 10020)
    without = ("PATCH",)
    terraform = ("cloudflare_workers_route", "zone_id", ("id",))
    columns = ("pattern", "script", "id")

    def build(self, owner: str, wanted: Document, old: Document | None) -> Document:
        require(wanted, "pattern")
        pattern, zone = wanted["pattern"], self._directory.zone(owner)["name"]
        host = pattern.removeprefix("https://").removeprefix("http://").partition("/")[0]
        if not f".{host.removeprefix('*.').removeprefix('*')}".endswith(f".{zone}"):
            raise ApiError(400, f"the route pattern {pattern!r} is not in the zone {zone}", 10022)
        if any(other["pattern"] == pattern and (old is None or other["id"] != old["id"]) for other in self.held(owner)):
            raise ApiError(409, "workers.api.error.duplicate_route", 10020)
        return {"id": old["id"] if old else new_id(), "pattern": pattern, "script": wanted.get("script")}
