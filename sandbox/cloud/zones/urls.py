"""Routes of accounts and zones."""

from __future__ import annotations

from sandbox.cloud.api import Api, Operation, Service
from sandbox.cloud.zones.models import Directory


def service(api: Api, directory: Directory) -> Service:
    """The service over a directory of accounts and zones."""
    user = {"id": "7c5dae5552338874e5053f2534d2767a", "email": "owner@example.com", "suspended": False}
    operations = [
        Operation("GET", "/user", lambda _: user),
        Operation("GET", "/accounts", lambda call: directory.find("accounts", call.query)),
        Operation("GET", "/accounts/{account}", lambda call: directory.account(call["account"])),
        Operation("GET", "/zones", lambda call: directory.find("zones", call.query)),
        Operation("GET", "/zones/{zone}", lambda call: directory.zone(call["zone"])),
    ]
    return Service("Zones", api, operations, directory.tables, {})
