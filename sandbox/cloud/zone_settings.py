"""Settings of zones: each exists in every zone, with a default. Source: Cloudflare's API reference, "Zone Settings"."""

from __future__ import annotations

from typing import Any

from sandbox.cloud.cloud_api import Api, ApiCall, ApiError, ApiOperation, CloudService, PageTable
from sandbox.cloud.cloudflare_api import now
from sandbox.cloud.document_store import Document, DocumentStore
from sandbox.cloud.zone_directory import ZoneDirectory

_SWITCH = ("on", "off")
# The settings that this cloud knows: what each accepts, and what a new zone has.
_SETTINGS: dict[str, tuple[tuple[str, ...], str]] = {
    "0rtt": (_SWITCH, "off"),
    "always_use_https": (_SWITCH, "off"),
    "automatic_https_rewrites": (_SWITCH, "on"),
    "brotli": (_SWITCH, "on"),
    "browser_check": (_SWITCH, "on"),
    "early_hints": (_SWITCH, "off"),
    "email_obfuscation": (_SWITCH, "on"),
    "http2": (_SWITCH, "on"),
    "http3": (_SWITCH, "on"),
    "ipv6": (_SWITCH, "on"),
    "min_tls_version": (("1.0", "1.1", "1.2", "1.3"), "1.0"),
    "opportunistic_encryption": (_SWITCH, "on"),
    "security_level": (("off", "essentially_off", "low", "medium", "high", "under_attack"), "medium"),
    "ssl": (("off", "flexible", "full", "strict"), "full"),
    "tls_1_3": (("on", "off", "zrt"), "on"),
    "websockets": (_SWITCH, "on"),
}
_HSTS = "security_header"
_NO_HSTS: Document = {
    "strict_transport_security": {
        **dict.fromkeys(("enabled", "include_subdomains", "nosniff", "preload"), False),
        "max_age": 0,
    }
}


_FLAG = (True, False)
_ACTIONS = ("allow", "block", "managed_challenge")
# By setting, accepted values and the default: of every plan, of the free plan, and of paid plans.
_COMMON = {
    "ai_bots_protection": (("block", "disabled", "only_on_ad_pages"), "disabled"),
    "crawler_protection": (("enabled", "disabled"), "disabled"),
    "enable_js": (_FLAG, False),
    "is_robots_txt_managed": (_FLAG, False),
}
_FREE = {"fight_mode": (_FLAG, False)}
_PAID = {
    "optimize_wordpress": (_FLAG, False),
    "sbfm_definitely_automated": (_ACTIONS, "allow"),
    "sbfm_likely_automated": (_ACTIONS, "allow"),
    "sbfm_static_resource_protection": (_FLAG, False),
    "sbfm_verified_bots": (("allow", "block"), "allow"),
}


class StoredZoneSettings:
    """A zone's settings: defaults, overridden by what was set."""

    def __init__(self, store: DocumentStore, directory: ZoneDirectory) -> None:
        self._store, self._directory = store, directory

    def find(self, call: ApiCall) -> list[Document]:
        zone_id = self._directory.zone(call["zone"])["id"]
        return [self._get(zone_id, name) for name in (*_SETTINGS, _HSTS)]

    def one(self, call: ApiCall) -> Document:
        return self._get(self._directory.zone(call["zone"])["id"], call["key"])

    def change(self, call: ApiCall) -> Document:
        old = self.one(call)
        value = call.body.get("value")
        if not (_is_hsts(value) if old["id"] == _HSTS else value in _SETTINGS[old["id"]][0]):
            raise ApiError(400, f"Invalid value for zone setting {old['id']}", 1007)
        return self._keep(call["zone"], {**old, "value": value, "modified_on": now()})

    def load(self, state: Document) -> None:
        """The setting of a Terraform state."""
        fields = ("value", "modified_on")
        old = self._get(state["zone_id"], state["setting_id"])
        self._keep(state["zone_id"], old | {name: state[name] for name in fields})

    def _get(self, zone_id: str, name: str) -> Document:
        if name not in (*_SETTINGS, _HSTS):
            raise ApiError(400, f"Undefined zone setting: {name}", 1006)
        value = _NO_HSTS if name == _HSTS else _SETTINGS[name][1]
        default: Document = {"id": name, "value": value, "editable": True, "modified_on": None}
        return self._store.get("zone_settings", f"{zone_id}/{name}") or default

    def _keep(self, zone_id: str, setting: Document) -> Document:
        self._store.put("zone_settings", f"{zone_id}/{setting['id']}", setting)
        return setting

    def tables(self) -> list[PageTable]:
        return [PageTable("zone settings", ("id", "value", "modified_on"), self._store.list("zone_settings"))]


def _is_hsts(value: Any) -> bool:
    """Whether a value is one of the setting `security_header`: each field of its own kind, none unknown."""
    inner = value.get("strict_transport_security") if isinstance(value, dict) and len(value) == 1 else None
    defaults: Document = _NO_HSTS["strict_transport_security"]
    return isinstance(inner, dict) and all(
        name in defaults and type(item) is type(defaults[name]) for name, item in inner.items()
    )


class BotManagement:
    """A zone's bot settings: defaults, overridden by what was set. A PUT changes only the fields in it.

    Args:
        plan: of all zones: ``free``, or ``paid``, which has the settings of Business.
    """

    def __init__(self, store: DocumentStore, directory: ZoneDirectory, plan: str) -> None:
        self._store, self._directory = store, directory
        self._known = _COMMON | (_FREE if plan == "free" else _PAID)

    def one(self, call: ApiCall) -> Document:
        return self._get(self._directory.zone(call["zone"])["id"])

    def change(self, call: ApiCall) -> Document:
        with self._store.transaction():
            return self._set(self._directory.zone(call["zone"])["id"], call.body)

    def load(self, state: Document) -> None:
        """The settings of a Terraform state."""
        self._set(state["zone_id"], {name: state[name] for name in self._known if state.get(name) is not None})

    def _get(self, zone_id: str) -> Document:
        defaults = {name: default for name, (_, default) in self._known.items()}
        return defaults | {"using_latest_model": True} | (self._store.get("bot_management", zone_id) or {})

    def _set(self, zone_id: str, wanted: Document) -> Document:
        kept = {name: value for name, value in wanted.items() if self._accepts(name, value)}
        self._store.put("bot_management", zone_id, (self._store.get("bot_management", zone_id) or {}) | kept)
        return self._get(zone_id)

    def _accepts(self, name: str, value: object) -> bool:
        """Whether the zone has a setting; one that an earlier plan allowed may be reset."""
        if name not in _COMMON | _FREE | _PAID:
            raise ApiError(400, f"unknown setting {name}", 10400)
        if name not in self._known:
            if value not in (False, "allow"):
                raise ApiError(403, f"zone not entitled to set {name}", 10403)
            return False
        accepted, _ = self._known[name]
        if value not in accepted or isinstance(value, bool) != (accepted is _FLAG):
            raise ApiError(400, f"invalid value for {name}", 10400)
        return True

    def tables(self) -> list[PageTable]:
        return [PageTable("bot settings", tuple(self._known), self._store.list("bot_management"))]


def settings_service(api: Api, settings: StoredZoneSettings) -> CloudService:
    """The service of the zones' settings."""
    operations = [
        ApiOperation("GET", "/zones/{zone}/settings", settings.find),
        ApiOperation("GET", "/zones/{zone}/settings/{key}", settings.one),
        ApiOperation("PATCH", "/zones/{zone}/settings/{key}", settings.change),
    ]
    return CloudService("Zone settings", api, operations, settings.tables, {"cloudflare_zone_setting": settings.load})


def bots_service(api: Api, bots: BotManagement) -> CloudService:
    """The service of the zones' bot settings."""
    path = "/zones/{zone}/bot_management"
    operations = [ApiOperation("GET", path, bots.one), ApiOperation("PUT", path, bots.change)]
    return CloudService("Bots", api, operations, bots.tables, {"cloudflare_bot_management": bots.load})
