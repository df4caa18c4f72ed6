"""Routes of API keys and tokens.

Source: Neon's API reference, "API Keys" and "Organizations"; Cloudflare's, "User / Tokens" and "Accounts / Tokens".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from sandbox.cloud.cloud_api import Api, ApiCall, ApiError, ApiOperation, CloudService, PageTable, require
from sandbox.cloud.document_store import Document
from sandbox.cloud.keyring import Keyring, StoredNeonKey

_TOKEN_ID = "ed17574386854bf78a67040be0a770b0"  # noqa: S105  (an id, not a token)
_PERSON = {"id": "7c5dae55-5233-4887-8e50-53f2534d2767", "name": "Owner", "image": ""}


def neon_service(api: Api, keyring: Keyring, check_organization: Callable[[str], object]) -> CloudService:
    """Neon's keys: personal ones, and those of an organization.

    Args:
        api: Neon's.
        keyring: holds the keys.
        check_organization: raises ApiError if no organization has an id.
    """

    def owner(call: ApiCall) -> str | None:
        organization = call.path.get("organization")
        if organization is not None:
            check_organization(organization)
        return organization

    def find(call: ApiCall) -> list[Document]:
        return [_shown(key) | {"created_by": _PERSON} for key in keyring.neon_keys(owner(call))]

    def make(call: ApiCall) -> Document:
        require(call.body, "key_name")
        key, value = keyring.make_neon_key(call.body["key_name"], owner(call))
        return {"id": key.id, "key": value, "name": key.name, "created_at": key.created_at, "created_by": _PERSON["id"]}

    def revoke(call: ApiCall) -> Document:
        number = call["key"]
        key = keyring.revoke_neon_key(int(number), owner(call)) if number.isdecimal() else None
        if key is None:
            raise ApiError(404, "API key not found")
        return _shown(key) | {"created_by": _PERSON["id"], "revoked": True}

    operations = [
        operation
        for path in ("/api_keys", "/organizations/{organization}/api_keys")
        for operation in (
            ApiOperation("GET", path, find),
            ApiOperation("POST", path, make),
            ApiOperation("DELETE", path + "/{key}", revoke),
        )
    ]

    def tables() -> list[PageTable]:
        shown = [_shown(key) for key in keyring.neon_keys(None)]
        return [PageTable("API keys", ("name", "id", "created_at", "last_used_at"), shown)]

    return CloudService("Neon API keys", api, operations, tables, {})


def _shown(key: StoredNeonKey) -> Document:
    shown = {name: value for name, value in asdict(key).items() if name != "organization"}
    return shown | {"last_used_from_addr": "127.0.0.1" if key.last_used_at else ""}


def cloudflare_service(api: Api, keyring: Keyring, check_account: Callable[[str], object]) -> CloudService:
    """The token in use, which may also roll itself.

    Args:
        api: Cloudflare's.
        keyring: holds the token.
        check_account: raises ApiError if no account has an id.
    """

    def verify(call: ApiCall) -> Document:
        if "account" in call.path:
            check_account(call["account"])
        return {"id": _TOKEN_ID, "status": "active"}

    def roll(call: ApiCall) -> str:
        if verify(call)["id"] != call["token"]:
            raise ApiError(404, "Token not found", 1001)
        return keyring.roll_cloudflare()

    operations = [
        operation
        for owner in ("/user", "/accounts/{account}")
        for operation in (
            ApiOperation("GET", f"{owner}/tokens/verify", verify),
            ApiOperation("PUT", owner + "/tokens/{token}/value", roll),
        )
    ]
    return CloudService("Cloudflare API token", api, operations, lambda: [], {})
