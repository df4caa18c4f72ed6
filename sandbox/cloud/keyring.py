"""The credentials that the cloud accepts, stored in its home; its APIs create, roll and revoke them."""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sandbox.cloud.cloud_api import secret, timestamp, utc_now

_FIRST_ID = 3_083_288
_FILE = "keyring.json"


@dataclass(frozen=True)
class StoredNeonKey:
    """An API key of Neon's.

    Attributes:
        id: its number.
        name: chosen by its owner.
        created_at: when it was created.
        organization: the organization that it belongs to; None for a personal key.
        last_used_at: when it was last accepted; None means never.
    """

    id: int
    name: str
    created_at: str
    organization: str | None = None
    last_used_at: str | None = None


@dataclass(frozen=True)
class _Held:
    key: StoredNeonKey
    secret: str


class Keyring:
    """Neon API keys, and one Cloudflare API token."""

    def __init__(self, home: Path, environment: Mapping[str, str]) -> None:
        """
        Args:
            home: the cloud's folder.
            environment: the first start reads SANDBOX_NEON_API_KEY and SANDBOX_CLOUDFLARE_API_TOKEN from it, or
                generates them.
        """
        self._path, self._lock = home / _FILE, threading.Lock()
        if self._path.exists():
            kept: dict[str, Any] = json.loads(self._path.read_text(encoding="utf-8"))
            self._neon = {key["id"]: _Held(StoredNeonKey(**key), held) for key, held in kept["neon"]}
            self._next_id, self._cloudflare = kept["next_id"], kept["cloudflare"]
            return
        first = StoredNeonKey(_FIRST_ID, "first", timestamp(utc_now()))
        neon, cloudflare = (environment.get(f"SANDBOX_{name}") for name in ("NEON_API_KEY", "CLOUDFLARE_API_TOKEN"))
        self._neon = {first.id: _Held(first, neon or f"napi_{secret(59)}")}
        self._next_id, self._cloudflare = first.id + 1, cloudflare or secret(40)
        self._keep()

    def accepts_neon(self, value: str) -> bool:
        """Whether a value is one of Neon's keys; records the use."""
        found = next((held for held in list(self._neon.values()) if same(value, held.secret)), None)
        if found is None:
            return False
        with self._lock:
            # Not stored in the file, which would then be written at each request.
            if found.key.id in self._neon:
                used = replace(found.key, last_used_at=timestamp(utc_now()))
                self._neon[found.key.id] = replace(found, key=used)
        return True

    def accepts_cloudflare(self, value: str) -> bool:
        return same(value, self._cloudflare)

    def neon_keys(self, organization: str | None) -> list[StoredNeonKey]:
        """An organization's keys, or the personal ones, the newest first."""
        keys = (held.key for held in list(self._neon.values()))
        return sorted((key for key in keys if key.organization == organization), key=lambda key: -key.id)

    def make_neon_key(self, name: str, organization: str | None) -> tuple[StoredNeonKey, str]:
        """A new key, with its value."""
        with self._lock:
            key = StoredNeonKey(self._next_id, name, timestamp(utc_now()), organization)
            self._neon[key.id] = _Held(key, f"napi_{secret(59).lower()}")
            self._next_id += 1
            self._keep()
            return key, self._neon[key.id].secret

    def revoke_neon_key(self, number: int, organization: str | None) -> StoredNeonKey | None:
        """Revoke a key; None if it doesn't exist."""
        with self._lock:
            found = self._neon.get(number)
            if found is None or found.key.organization != organization:
                return None
            del self._neon[number]
            self._keep()
            return found.key

    def roll_cloudflare(self) -> str:
        """Roll the token: a new value; the old one is revoked at once.

        Source: Cloudflare's page "Token formats": a prefix, 40 characters and a checksum, 53 in all.
        """
        with self._lock:
            self._cloudflare = f"cfut_{secret(40)}{secrets.token_hex(4)}"
            self._keep()
            return self._cloudflare

    def values(self) -> list[str]:
        """Every key and token that is accepted, for a mask."""
        return [self._cloudflare, *(held.secret for held in list(self._neon.values()))]

    def _keep(self) -> None:
        held = [(asdict(item.key), item.secret) for item in self._neon.values()]
        document = {"neon": held, "next_id": self._next_id, "cloudflare": self._cloudflare}
        beside = self._path.with_suffix(".new")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(document, file)
        beside.replace(self._path)


def held_credentials(home: Path) -> tuple[str, str] | None:
    """The newest Neon key and the Cloudflare token that a cloud's folder holds; None if it has no keyring.

    Args:
        home: the cloud's folder.
    """
    path = home / _FILE
    if not path.exists():
        return None
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if not kept["neon"]:
        return None
    return max(kept["neon"], key=lambda each: each[0]["id"])[1], kept["cloudflare"]


def bearer(headers: Mapping[str, str]) -> str:
    """The token of a Bearer Authorization header; empty if there isn't one."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def same(one: str, other: str) -> bool:
    """Compare secrets in constant time."""
    return secrets.compare_digest(one.encode(), other.encode())
