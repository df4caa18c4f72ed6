"""The accounts and zones that exist, for all Cloudflare services."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.cloud.cloud_api import Api, ApiError, ApiOperation, CloudService, PageTable, template
from sandbox.cloud.cloud_seed import CloudSeed
from sandbox.cloud.document_store import Document, DocumentStore


class ZoneDirectory:
    """Accounts and zones by id. The seed or a loaded state creates them, not the API."""

    def __init__(self, store: DocumentStore, seed: CloudSeed) -> None:
        self._store = store
        self._seed = seed
        self.plant()

    def plant(self) -> None:
        """Create the seed's account and zone if they are missing."""
        self.add_account(self._seed.account_id)
        self.add_zone(self._seed.zone_id)

    def add_account(self, account_id: str) -> None:
        """An account of the seed's name under an id."""
        settings = {"enforce_twofactor": False, "abuse_contact_email": None}
        account = {"id": account_id, "name": self._seed.account_name, "type": "standard", "settings": settings}
        self._store.put("accounts", account_id, account | {"created_on": "2026-01-01T00:00:00Z"})

    def add_zone(self, zone_id: str) -> None:
        """A zone of the seed's name under an id."""
        zone = template("zone.json")
        legacy, plan = ("free", "Free Website") if self._seed.cloudflare_plan == "free" else ("pro", "Pro Website")
        zone |= {"id": zone_id, "name": self._seed.zone_name}
        zone["account"] = {"id": self._seed.account_id, "name": self._seed.account_name}
        zone["plan"] |= {"name": plan, "legacy_id": legacy}
        self._store.put("zones", zone_id, zone)

    def learn(self, attributes: Document) -> None:
        """Register the account and the zone that a state's resource names."""
        if attributes.get("account_id"):
            self.add_account(attributes["account_id"])
        if attributes.get("zone_id"):
            self.add_zone(attributes["zone_id"])

    def account(self, account_id: str) -> Document:
        found = self._store.get("accounts", account_id)
        if found is None:
            raise ApiError(403, "Authentication error", 10000)
        return found

    def zone(self, zone_id: str) -> Document:
        found = self._store.get("zones", zone_id)
        if found is None:
            raise ApiError(403, "Unauthorized to access requested resource", 9109)
        return found

    def find(self, collection: str, query: Mapping[str, str]) -> list[Document]:
        """Accounts or zones, filtered by the query's ``name``."""
        return self._store.list(collection, **({"name": query["name"]} if "name" in query else {}))

    def zone_of(self, host: str) -> Document | None:
        """The zone that a host name belongs to."""
        return next((zone for zone in self.find("zones", {}) if f".{host}".endswith(f".{zone['name']}")), None)

    def tables(self) -> list[PageTable]:
        return [PageTable("zones", ("name", "id", "status"), self.find("zones", {}))]


def service(api: Api, directory: ZoneDirectory) -> CloudService:
    """The service of accounts and zones."""
    user = {"id": "7c5dae5552338874e5053f2534d2767a", "email": "owner@example.com", "suspended": False}
    operations = [
        ApiOperation("GET", "/user", lambda _: user),
        ApiOperation("GET", "/accounts", lambda call: directory.find("accounts", call.query), page_size=20),
        ApiOperation("GET", "/accounts/{account}", lambda call: directory.account(call["account"])),
        ApiOperation("GET", "/zones", lambda call: directory.find("zones", call.query), page_size=20),
        ApiOperation("GET", "/zones/{zone}", lambda call: directory.zone(call["zone"])),
    ]
    return CloudService("Zones", api, operations, directory.tables, {})
