"""Rulesets of zones: state and rules. Source: Cloudflare's pages "Rulesets API" and "WAF: Availability"."""

from __future__ import annotations

from typing import Any

from sandbox.cloud.cloud_api import ApiCall, ApiError, ApiOperation, given, require
from sandbox.cloud.cloudflare_api import Collection, new_id, now
from sandbox.cloud.document_store import Document, DocumentStore
from sandbox.cloud.zone_directory import ZoneDirectory

_FREE_RULES = {"http_request_firewall_custom": 5, "http_ratelimit": 1}
_FREE_SECONDS = (None, 10)


class Rulesets(Collection):
    """Rulesets by zone; one of kind ``zone`` is the entry point of its phase.

    Args:
        plan: ``free`` or ``paid``; free zones have five custom rules and one rate limit over ten seconds.
    """

    name = "rulesets"
    path = "/zones/{zone}/rulesets"
    unknown = (404, "could not find ruleset", 10000)
    deleted = 204
    terraform = ("cloudflare_ruleset", "zone_id", ("id",))
    columns = ("phase", "name", "kind", "version", "last_updated", "id")

    def __init__(self, store: DocumentStore, directory: ZoneDirectory, plan: str) -> None:
        super().__init__(store, directory)
        self._free = plan == "free"

    def find(self, call: ApiCall) -> list[Document]:
        """A zone's rulesets, without their rules."""
        return [{name: value for name, value in item.items() if name != "rules"} for item in super().find(call)]

    def build(self, owner: str, wanted: Document, old: Document | None) -> Document:
        if old is None:
            require(wanted, "name", "kind", "phase")
            if wanted["kind"] == "zone" and self.held(owner, kind="zone", phase=wanted["phase"]):
                reason = f"exceeded maximum number of zone rulesets for phase {wanted['phase']}"
                raise ApiError(400, f"'zone' is not a valid value for kind because {reason}", 20217)
        base: Document = old or {"id": new_id(), "kind": wanted["kind"], "phase": wanted["phase"], "version": "0"}
        changed = {"version": str(int(base["version"]) + 1), "last_updated": now()}
        rules = [_rule(rule, changed) for rule in wanted.get("rules") or []]
        if self._free:
            _refuse_beyond_free(base["phase"], rules)
        texts = {"name": wanted.get("name") or base.get("name"), "description": wanted.get("description") or ""}
        return {**base, **texts, **changed, "rules": rules}

    def _entry_point(self, call: ApiCall) -> Document | None:
        found = self.held(self.owner(call), kind="zone", phase=call["phase"])
        return found[0] if found else None

    def get_entry_point(self, call: ApiCall) -> Document:
        found = self._entry_point(call)
        if found is None:
            raise ApiError(404, f"could not find entrypoint ruleset in the {call['phase']!r} phase", 10003)
        return found

    def put_entry_point(self, call: ApiCall) -> Document:
        """Replace the rules of a phase's entry point, which is created if missing."""
        with self._store.transaction():
            wanted = {"name": "default", **call.body, "kind": "zone", "phase": call["phase"]}
            return self.keep(call["zone"], self.build(call["zone"], wanted, self._entry_point(call)))

    def operations(self) -> list[ApiOperation]:
        entry_point = self.path + "/phases/{phase}/entrypoint"
        return [
            ApiOperation("GET", entry_point, self.get_entry_point),
            ApiOperation("PUT", entry_point, self.put_entry_point),
            *super().operations(),
        ]


def _rule(wanted: Any, changed: Document) -> Document:
    if not isinstance(wanted, dict):
        raise ApiError(400, "a rule must be an object", 20015)
    require(wanted, "action", "expression")
    rule_id = wanted.get("id") or new_id()
    return {"enabled": True, "ref": rule_id, **given(wanted), "id": rule_id, **changed}


def _refuse_beyond_free(phase: str, rules: list[Document]) -> None:
    limit = _FREE_RULES.get(phase, len(rules))
    if len(rules) > limit:
        message = f"exceeded the maximum number of rules in the phase {phase}: {len(rules)} out of {limit}"
        raise ApiError(400, message, 20217)
    for limits in (rule.get("ratelimit") or {} for rule in rules):
        if limits.get("period") not in _FREE_SECONDS:
            message = f"not entitled to use the period {limits['period']}, can only use a period among [10]"
            raise ApiError(400, message, 20120)
        if limits.get("mitigation_timeout") not in _FREE_SECONDS:
            raise ApiError(400, "not entitled to use a mitigation timeout different from 10", 20120)
