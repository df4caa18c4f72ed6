"""Routes of a zone's settings against bots."""

from __future__ import annotations

from sandbox.cloud.api import Api, Operation, Service
from sandbox.cloud.bot_management.models import BotManagement


def service(api: Api, bots: BotManagement) -> Service:
    """The service over the zones' settings against bots."""
    path = "/zones/{zone}/bot_management"
    operations = [Operation("GET", path, bots.one), Operation("PUT", path, bots.change)]
    return Service("Bots", api, operations, bots.tables, {"cloudflare_bot_management": bots.load})
