"""The credentials that the cloud accepts, kept in its home for the next start."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox.cloud.api import secret


@dataclass(frozen=True, repr=False)
class Tokens:
    """A Neon API key, and a Cloudflare API token of exactly 40 characters."""

    neon: str
    cloudflare: str


def load_tokens(home: Path, environment: Mapping[str, str]) -> Tokens:
    """The tokens kept in a home.

    Its first start takes SANDBOX_NEON_API_KEY and SANDBOX_CLOUDFLARE_API_TOKEN, or makes tokens up.
    """
    path = home / "tokens.json"
    if not path.exists():
        neon, cloudflare = (environment.get(f"SANDBOX_{name}") for name in ("NEON_API_KEY", "CLOUDFLARE_API_TOKEN"))
        made = Tokens(neon or f"napi_{secret(59)}", cloudflare or secret(40))
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(asdict(made), file)
    return Tokens(**json.loads(path.read_text()))


def bearer(headers: Mapping[str, str]) -> str:
    """The token of an Authorization header of the Bearer kind; empty where there is none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def same(one: str, other: str) -> bool:
    """Compare secrets in constant time."""
    return secrets.compare_digest(one.encode(), other.encode())
