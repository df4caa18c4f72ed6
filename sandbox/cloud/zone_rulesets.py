"""Rulesets of zones: state and rules.

Sources: Cloudflare's pages "Rulesets API", "Actions reference", "Rate limiting parameters" and "WAF: Availability"; the
phases and a rule's fields are those of the PyPI package cloudflare 5.9.0.
"""

from __future__ import annotations

import re
from typing import Any

from sandbox.cloud.cloud_api import ApiCall, ApiError, ApiOperation, given, require
from sandbox.cloud.cloudflare_api import Collection, new_id, now
from sandbox.cloud.document_store import Document, DocumentStore
from sandbox.cloud.zone_directory import ZoneDirectory

_FREE_RULES = {"http_request_firewall_custom": 5, "http_ratelimit": 1}
_FREE_SECONDS = (None, 10)
_CHALLENGES = ("block", "challenge", "js_challenge", "managed_challenge", "log")
# The actions of each phase; a phase that isn't here takes any.
_ACTIONS = {
    "http_config_settings": ("set_config",),
    "http_custom_errors": ("serve_error",),
    "http_log_custom_fields": ("log_custom_field",),
    "http_ratelimit": _CHALLENGES,
    "http_request_cache_settings": ("set_cache_settings",),
    "http_request_dynamic_redirect": ("redirect",),
    "http_request_firewall_custom": (*_CHALLENGES, "skip"),
    "http_request_firewall_managed": ("execute", "skip"),
    "http_request_late_transform": ("rewrite",),
    "http_request_origin": ("route",),
    "http_request_redirect": ("redirect",),
    "http_request_transform": ("rewrite",),
    "http_response_compression": ("compress_response",),
    "http_response_headers_transform": ("rewrite",),
}
_OTHER_PHASES = (
    *("ddos_l4", "ddos_l7", "http_request_sanitize", "http_request_sbfm", "http_response_cache_settings"),
    *("http_response_firewall_managed", "magic_transit", "magic_transit_ids_managed", "magic_transit_managed"),
    "magic_transit_ratelimit",
)
_PHASES = {*_ACTIONS, *_OTHER_PHASES}
_RULE_FIELDS = {
    *("action", "action_parameters", "categories", "description", "enabled", "exposed_credential_check", "expression"),
    *("id", "last_updated", "logging", "position", "ratelimit", "ref", "version"),
}
_PERIODS = (
    *(10, 15, 20, 30, 40, 45, 60, 90, 120, 180, 240, 300, 480),
    *(600, 900, 1200, 1800, 2400, 3600, 65535, 86400),
)
_OPENING = {")": "(", "}": "{", "]": "["}


class Rulesets(Collection):
    """Rulesets by zone; one of kind ``zone`` is the entry point of its phase.

    Args:
        plan: ``free`` or ``paid``; free zones have five custom rules and one rate limit over ten seconds.
    """

    name = "rulesets"
    path = "/zones/{zone}/rulesets"
    unknown = (404, "could not find ruleset", 10000)
    without = ("PATCH",)
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
        rules = [_rule(rule, base["phase"], changed) for rule in wanted.get("rules") or []]
        refs = [rule["ref"] for rule in rules]
        if len(set(refs)) < len(refs):
            raise ApiError(400, "the rules' refs are not unique", 20014)
        if self._free:
            _refuse_beyond_free(base["phase"], rules)
        texts = {"name": wanted.get("name") or base.get("name"), "description": wanted.get("description") or ""}
        return {**base, **texts, **changed, "rules": rules}

    def _entry_point(self, call: ApiCall) -> Document | None:
        if call["phase"] not in _PHASES:
            raise ApiError(400, f"unknown phase {call['phase'][:80]!r}", 10014)
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


def _rule(wanted: Any, phase: str, changed: Document) -> Document:
    if not isinstance(wanted, dict):
        raise ApiError(400, "a rule must be an object", 20015)
    require(wanted, "action", "expression")
    if unknown := sorted(wanted.keys() - _RULE_FIELDS):
        raise ApiError(400, f"unknown field {unknown[0][:80]!r} in a rule", 20015)
    if wanted["action"] not in _ACTIONS.get(phase, (wanted["action"],)):
        raise ApiError(400, f"the action {wanted['action']!r} is not allowed in the phase {phase}", 20016)
    if not _is_balanced(wanted["expression"]):
        raise ApiError(400, f"invalid expression {wanted['expression'][:80]!r}", 20127)
    if phase == "http_ratelimit":
        _check_limit(wanted.get("ratelimit") or {})
    rule_id = wanted.get("id") or new_id()
    return {"enabled": True, "ref": rule_id, **given(wanted), "id": rule_id, **changed}


def _is_balanced(expression: str) -> bool:
    """Whether each bracket and quote of an expression is closed. No more of the language is checked."""
    opened: list[str] = []
    for sign in re.sub(r'"(\\.|[^"\\])*"', "", expression):
        if sign in "({[":
            opened.append(sign)
        elif sign == '"' or (sign in _OPENING and (not opened or opened.pop() != _OPENING[sign])):
            return False
    return not opened


def _check_limit(limit: Document) -> None:
    require(limit, "characteristics", "period")
    if "cf.colo.id" not in limit["characteristics"]:
        raise ApiError(400, "characteristics must have 'cf.colo.id'", 20120)
    if limit["period"] not in _PERIODS:
        raise ApiError(400, f"the period {limit['period']} is not among {', '.join(map(str, _PERIODS))}", 20120)


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
