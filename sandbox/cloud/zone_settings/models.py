"""Settings of zones: each exists in every zone, with a default. Source: Cloudflare's API reference, "Zone Settings"."""

from __future__ import annotations

from sandbox.cloud.api import ApiError, Call, Table
from sandbox.cloud.cloudflare import now
from sandbox.cloud.store import Document, Store
from sandbox.cloud.zones import Directory

_SWITCH = ("on", "off")
# The settings that this cloud knows: what each accepts, and what a new zone has.
_SETTINGS: dict[str, tuple[tuple[str, ...], str]] = {
    "always_use_https": (_SWITCH, "off"),
    "automatic_https_rewrites": (_SWITCH, "on"),
    "browser_check": (_SWITCH, "on"),
    "http3": (_SWITCH, "on"),
    "min_tls_version": (("1.0", "1.1", "1.2", "1.3"), "1.0"),
    "opportunistic_encryption": (_SWITCH, "on"),
    "security_level": (("off", "essentially_off", "low", "medium", "high", "under_attack"), "medium"),
    "ssl": (("off", "flexible", "full", "strict"), "full"),
    "tls_1_3": (("on", "off", "zrt"), "on"),
}


class ZoneSettings:
    """What was set in a zone, over the defaults."""

    def __init__(self, store: Store, directory: Directory) -> None:
        self._store, self._directory = store, directory

    def find(self, call: Call) -> list[Document]:
        zone_id = self._directory.zone(call["zone"])["id"]
        return [self._get(zone_id, name) for name in _SETTINGS]

    def one(self, call: Call) -> Document:
        return self._get(self._directory.zone(call["zone"])["id"], call["key"])

    def change(self, call: Call) -> Document:
        old = self.one(call)
        value = call.body.get("value")
        if value not in _SETTINGS[old["id"]][0]:
            raise ApiError(400, f"Invalid value for zone setting {old['id']}", 1007)
        return self._keep(call["zone"], {**old, "value": value, "modified_on": now()})

    def load(self, state: Document) -> None:
        """The setting of a Terraform state."""
        fields = ("value", "modified_on")
        old = self._get(state["zone_id"], state["setting_id"])
        self._keep(state["zone_id"], old | {name: state[name] for name in fields})

    def _get(self, zone_id: str, name: str) -> Document:
        if name not in _SETTINGS:
            raise ApiError(400, f"Undefined zone setting: {name}", 1006)
        default: Document = {"id": name, "value": _SETTINGS[name][1], "editable": True, "modified_on": None}
        return self._store.get("zone_settings", f"{zone_id}/{name}") or default

    def _keep(self, zone_id: str, setting: Document) -> Document:
        self._store.put("zone_settings", f"{zone_id}/{setting['id']}", setting)
        return setting

    def tables(self) -> list[Table]:
        return [Table("zone settings", ("id", "value", "modified_on"), self._store.list("zone_settings"))]
