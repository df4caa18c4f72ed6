"""Notification policies and webhooks of accounts. Nothing is ever sent. A write is answered with the id alone.

Sources: Cloudflare's API reference, "Alerting"; its pages "Configure webhooks" and "Available Notifications".
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from sandbox.cloud.cloud_api import ApiCall, ApiError, given, require
from sandbox.cloud.cloudflare_api import Collection, new_id, now
from sandbox.cloud.document_store import Document, DocumentStore
from sandbox.cloud.zone_directory import ZoneDirectory

_ALERT_TYPES = {
    "dos_attack_l7",
    "health_check_status_notification",
    "incident_alert",
    "pages_event_alert",
    "universal_ssl_event_type",
}
# The API accepts these in this case only.
_FILTER_VALUES = {
    "environment": {"ENVIRONMENT_PREVIEW", "ENVIRONMENT_PRODUCTION"},
    "event": {"EVENT_DEPLOYMENT_STARTED", "EVENT_DEPLOYMENT_FAILED", "EVENT_DEPLOYMENT_SUCCESS"},
    "status": {"Healthy", "Unhealthy"},
    "incident_impact": {f"INCIDENT_IMPACT_{impact}" for impact in ("NONE", "MINOR", "MAJOR", "CRITICAL")},
}
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_DISCORD = ("discord.com", "discordapp.com")


class NotificationWebhooks(Collection):
    """Webhook destinations. The secret is never returned; a Discord URL without one loses its token.

    Args:
        plan: ``free`` accounts have no webhooks.
    """

    name = "webhooks"
    path = "/accounts/{account}/alerting/v3/destinations/webhooks"
    unknown = (404, "webhook not found", 17025)
    without = ("PATCH",)
    created = 201
    terraform = ("cloudflare_notification_policy_webhooks", "account_id", ("id", "created_at"))
    columns = ("name", "type", "created_at", "id")

    def __init__(self, store: DocumentStore, directory: ZoneDirectory, plan: str) -> None:
        super().__init__(store, directory)
        self._free = plan == "free"

    def build(self, owner: str, wanted: Document, old: Document | None) -> Document:  # noqa: ARG002
        require(wanted, "name", "url")
        if self._free:
            raise ApiError(403, "webhooks need at least one zone with a pro plan or above", 17115)
        url, secret = wanted["url"], wanted.get("secret")
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ApiError(400, "the webhook's url is not a valid URL", 17021)
        discord = parts.hostname in _DISCORD
        if discord and not secret:
            url, _, secret = url.rpartition("/")
        return {
            "id": old["id"] if old else new_id(),
            "name": wanted["name"],
            "url": url,
            "type": "discord" if discord else "generic",
            "created_at": old["created_at"] if old else now(),
            "last_success": None,
            "last_failure": None,
            "_secret": secret,
        }

    def create(self, call: ApiCall) -> Document:
        return {"id": super().create(call)["id"]}

    def replace(self, call: ApiCall) -> Document:
        return {"id": super().replace(call)["id"]}


class StoredNotificationPolicies(Collection):
    """Notification policies."""

    name = "notification_policies"
    path = "/accounts/{account}/alerting/v3/policies"
    unknown = (404, "policy not found", 17014)
    without = ("PATCH",)
    terraform = ("cloudflare_notification_policy", "account_id", ("id", "created", "modified"))
    columns = ("name", "alert_type", "enabled", "modified", "id")

    def __init__(self, store: DocumentStore, directory: ZoneDirectory, webhooks: NotificationWebhooks) -> None:
        super().__init__(store, directory)
        self._webhooks = webhooks

    def build(self, owner: str, wanted: Document, old: Document | None) -> Document:
        require(wanted, "name", "alert_type")
        if wanted["alert_type"] not in _ALERT_TYPES:
            raise ApiError(400, f"alert type {wanted['alert_type']!r} is not emulated by the sandbox", 17012)
        filters = given(wanted.get("filters"))
        for name, values in filters.items():
            if not set(values) <= _FILTER_VALUES.get(name, set(values)):
                raise ApiError(400, f"invalid value in filter {name!r}", 17105)
        for check in filters.get("health_check_id", []):
            if self._store.get("health_checks", check) is None:
                raise ApiError(400, f"health check {check} does not exist", 17105)
        return {
            "id": old["id"] if old else new_id(),
            "name": wanted["name"],
            "description": wanted.get("description") or "",
            "enabled": wanted.get("enabled", True) is not False,
            "alert_type": wanted["alert_type"],
            "mechanisms": self._mechanisms(owner, given(wanted.get("mechanisms"))),
            "filters": filters,
            "created": old["created"] if old else now(),
            "modified": now(),
        }

    def create(self, call: ApiCall) -> Document:
        return {"id": super().create(call)["id"]}

    def replace(self, call: ApiCall) -> Document:
        return {"id": super().replace(call)["id"]}

    def _mechanisms(self, owner: str, wanted: Document) -> Document:
        """The destinations; an empty kind is left out of the answer."""
        for item in (item for items in wanted.values() for item in items):
            require(item, "id")
        found: dict[str, list[dict[str, Any]]] = {
            kind: [{"id": item["id"]} for item in items] for kind, items in wanted.items() if items
        }
        if not found:
            raise ApiError(400, "a policy needs at least one mechanism", 17103)
        for item in found.get("email", []):
            if not _EMAIL.fullmatch(item["id"]):
                raise ApiError(400, f"{item['id'][:80]!r} is not an email address", 17104)
        known = {item["id"] for item in self._webhooks.held(owner)}
        for item in found.get("webhooks", []):
            if item["id"] not in known:
                raise ApiError(400, f"webhook {item['id']} does not exist", 17025)
        return found
