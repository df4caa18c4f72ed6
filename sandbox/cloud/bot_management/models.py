"""Settings of zones against bots: each zone has them, and nobody is ever challenged.

Source: Cloudflare's API reference, "Bot Management", whose shapes by plan say which settings a zone has.
"""

from __future__ import annotations

from sandbox.cloud.api import ApiError, Call, Table
from sandbox.cloud.store import Document, Store
from sandbox.cloud.zones import Directory

_SWITCH = (True, False)
_ACTIONS = ("allow", "block", "managed_challenge")
# By setting, what it accepts and what a new zone has: those of every plan, of a free one, and of those that are paid.
_COMMON = {
    "ai_bots_protection": (("block", "disabled", "only_on_ad_pages"), "disabled"),
    "crawler_protection": (("enabled", "disabled"), "disabled"),
    "enable_js": (_SWITCH, False),
    "is_robots_txt_managed": (_SWITCH, False),
}
_FREE = {"fight_mode": (_SWITCH, False)}
_PAID = {
    "optimize_wordpress": (_SWITCH, False),
    "sbfm_definitely_automated": (_ACTIONS, "allow"),
    "sbfm_likely_automated": (_ACTIONS, "allow"),
    "sbfm_static_resource_protection": (_SWITCH, False),
    "sbfm_verified_bots": (("allow", "block"), "allow"),
}


class BotManagement:
    """What was set in a zone, over the defaults. A PUT changes what it names and leaves the rest alone.

    Args:
        plan: of all zones: ``free``, or ``paid``, which has what Business has.
    """

    def __init__(self, store: Store, directory: Directory, plan: str) -> None:
        self._store, self._directory = store, directory
        self._known = _COMMON | (_FREE if plan == "free" else _PAID)

    def one(self, call: Call) -> Document:
        return self._get(self._directory.zone(call["zone"])["id"])

    def change(self, call: Call) -> Document:
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
        """Whether the zone has a setting; what an earlier plan had may be taken back."""
        if name not in _COMMON | _FREE | _PAID:
            raise ApiError(400, f"unknown setting {name}", 10400)
        if name not in self._known:
            if value not in (False, "allow"):
                raise ApiError(403, f"zone not entitled to set {name}", 10403)
            return False
        accepted, _ = self._known[name]
        if value not in accepted or isinstance(value, bool) != (accepted is _SWITCH):
            raise ApiError(400, f"invalid value for {name}", 10400)
        return True

    def tables(self) -> list[Table]:
        return [Table("bot settings", tuple(self._known), self._store.list("bot_management"))]
