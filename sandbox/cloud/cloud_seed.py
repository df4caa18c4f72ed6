"""The initial contents of a cloud: account, zone, organization, and the plans that set limits."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class CloudSeed:
    """Constants of the cloud; ``seed.json`` in its home overrides any of them. A plan is ``free`` or ``paid``."""

    account_id: str = "4f1c0e5b8d7a49e2a6c3b9d0e1f2a3b4"
    account_name: str = "Sandbox account"
    zone_id: str = "9a7806061c88ada191ed06f989cc3dac"
    zone_name: str = "luisibarra.dev"
    org_id: str = "org-quiet-harbor-12345678"
    workers_subdomain: str = "sebastianiv21"
    neon_plan: str = "free"
    cloudflare_plan: str = "free"


def load_seed(home: Path) -> CloudSeed:
    """The seed of a home folder. Raises TypeError if its seed.json has an unknown name."""
    path = home / "seed.json"
    return CloudSeed(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else CloudSeed()
