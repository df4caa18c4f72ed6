"""Routes of a zone's settings."""

from __future__ import annotations

from sandbox.cloud.api import Api, Operation, Service
from sandbox.cloud.zone_settings.models import ZoneSettings


def service(api: Api, settings: ZoneSettings) -> Service:
    """The service over the zones' settings."""
    operations = [
        Operation("GET", "/zones/{zone}/settings", settings.find),
        Operation("GET", "/zones/{zone}/settings/{key}", settings.one),
        Operation("PATCH", "/zones/{zone}/settings/{key}", settings.change),
    ]
    return Service("Zone settings", api, operations, settings.tables, {"cloudflare_zone_setting": settings.load})
