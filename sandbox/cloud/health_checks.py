"""Health checks of zones. No check is ever run, so their status stays unknown.

Source: Cloudflare's API reference, "Health Checks", and its page of this name for the plans.
"""

from __future__ import annotations

import re

from sandbox.cloud.cloud_api import ApiError, given, require
from sandbox.cloud.cloudflare_api import Collection, new_id, now
from sandbox.cloud.document_store import Document, DocumentStore
from sandbox.cloud.zone_directory import ZoneDirectory

_DEFAULTS: Document = {
    "consecutive_fails": 1,
    "consecutive_successes": 1,
    "interval": 60,
    "retries": 2,
    "suspended": False,
    "timeout": 5,
    "type": "HTTP",
}
_HTTP: Document = {
    "allow_insecure": False,
    "expected_body": "",
    "expected_codes": ["200"],
    "follow_redirects": False,
    "header": None,
    "method": "GET",
    "path": "/",
}
_TCP: Document = {"method": "connection_established", "port": 80}
_RANGES = {"interval": (15, 3600), "retries": (0, 5), "timeout": (1, 10)}
"""Seconds and counts; 15 is the shortest interval of the Business plan."""
_PORTS = (1, 65535)


class HealthChecks(Collection):
    """Health checks by zone.

    Args:
        plan: ``free`` zones have none; ``paid`` has the limits of Business.
    """

    name = "health_checks"
    path = "/zones/{zone}/healthchecks"
    page_size = 25
    unknown = (404, "health check not found", 1001)
    terraform = ("cloudflare_healthcheck", "zone_id", ("id", "created_on", "modified_on"))
    columns = ("name", "address", "type", "interval", "status", "id")

    def __init__(self, store: DocumentStore, directory: ZoneDirectory, plan: str) -> None:
        super().__init__(store, directory)
        self._free = plan == "free"

    def build(self, owner: str, wanted: Document, old: Document | None) -> Document:  # noqa: ARG002
        require(wanted, "name", "address")
        if self._free:
            raise ApiError(403, "health checks need a pro plan or above", 1003)
        if not re.fullmatch(r"[\w-]+", wanted["name"], re.ASCII):
            raise ApiError(400, "name may hold letters, digits, hyphens and underscores only", 1002)
        check = _DEFAULTS | {name: value for name, value in given(wanted).items() if name in _DEFAULTS}
        if check["type"] not in ("HTTP", "HTTPS", "TCP"):
            raise ApiError(400, f"type {check['type']!r} is not supported", 1002)
        for name, (least, most) in _RANGES.items():
            _refuse_beyond(name, check[name], least, most)
        for name in ("consecutive_fails", "consecutive_successes"):
            _refuse_beyond(name, check[name], 1, 100)
        is_tcp = check["type"] == "TCP"
        http = _HTTP | {"port": 443 if check["type"] == "HTTPS" else 80} | given(wanted.get("http_config"))
        if http["method"] not in ("GET", "HEAD"):
            raise ApiError(400, f"method {http['method']!r} is not supported", 1002)
        tcp = _TCP | given(wanted.get("tcp_config"))
        _refuse_beyond("port", tcp["port"] if is_tcp else http["port"], *_PORTS)
        return check | {
            "id": old["id"] if old else new_id(),
            "name": wanted["name"],
            "description": wanted.get("description") or "",
            "address": wanted["address"],
            "check_regions": wanted.get("check_regions"),
            "http_config": None if is_tcp else http,
            "tcp_config": tcp if is_tcp else None,
            "status": "suspended" if check["suspended"] else "unknown",
            "failure_reason": "",
            "created_on": old["created_on"] if old else now(),
            "modified_on": now(),
        }


def _refuse_beyond(name: str, value: float, least: int, most: int) -> None:
    if not least <= value <= most:
        raise ApiError(400, f"{name} is not in range [{least}, {most}]", 1002)
