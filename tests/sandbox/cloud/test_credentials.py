"""Neon's API keys and Cloudflare's token: made, rolled and revoked as by the real services."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sandbox.cloud.cloud_seed import CloudSeed
from sandbox.cloud.keyring import Keyring
from tests.sandbox.cloud.world import CLOUDFLARE_TOKEN, NEON_KEY, World

OWNERS = ["", f"/organizations/{CloudSeed.org_id}"]


def keys(world: World, owner: str = "") -> list[dict[str, Any]]:
    return world.neon.ok("GET", f"{owner}/api_keys")


@pytest.mark.parametrize("owner", OWNERS)
def test_a_new_key_works_and_its_value_is_never_listed(world: World, owner: str) -> None:
    made = world.neon.ok("POST", f"{owner}/api_keys", {"key_name": "second"})
    assert world.neon.call("GET", "/projects", token=made["key"])[0] == 200
    listed = keys(world, owner)
    assert listed[0]["name"] == "second"
    assert listed[0]["last_used_at"]
    assert made["key"] not in json.dumps(listed)
    assert NEON_KEY not in json.dumps(keys(world))


@pytest.mark.parametrize("owner", OWNERS)
def test_a_revoked_key_is_refused_at_once_and_the_others_work(world: World, owner: str) -> None:
    made = world.neon.ok("POST", f"{owner}/api_keys", {"key_name": "second"})
    assert world.neon.ok("DELETE", f"{owner}/api_keys/{made['id']}")["revoked"] is True
    assert world.neon.call("GET", "/projects", token=made["key"])[0] == 401
    assert world.neon.call("GET", "/projects")[0] == 200
    assert world.neon.call("DELETE", f"{owner}/api_keys/{made['id']}")[0] == 404


def test_personal_and_organization_keys_are_separate(world: World) -> None:
    made = world.neon.ok("POST", f"{OWNERS[1]}/api_keys", {"key_name": "the organization's"})
    assert [key["name"] for key in keys(world)] == ["first"]
    assert world.neon.call("DELETE", f"/api_keys/{made['id']}")[0] == 404
    assert world.neon.call("GET", "/organizations/org-unknown/api_keys")[0] == 404
    assert world.neon.call("POST", "/api_keys", {})[0] == 400


@pytest.mark.parametrize("owner", ["/user", f"/accounts/{CloudSeed.account_id}"])
def test_a_rolled_token_has_the_newer_form_and_the_old_one_stops(world: World, owner: str) -> None:
    own = world.cloudflare.ok("GET", f"{owner}/tokens/verify")["result"]["id"]
    assert world.cloudflare.call("PUT", f"{owner}/tokens/another/value", {})[0] == 404
    rolled = world.cloudflare.ok("PUT", f"{owner}/tokens/{own}/value", {})["result"]
    assert re.fullmatch(r"cfut_[A-Za-z0-9]{40}[0-9a-f]{8}", rolled)
    assert world.cloudflare.call("GET", f"{owner}/tokens/verify")[0] == 401
    status, answer = world.cloudflare.call("GET", f"{owner}/tokens/verify", token=rolled)
    assert (status, answer["result"]) == (200, {"id": own, "status": "active"})


def test_created_and_revoked_keys_survive_a_restart(tmp_path: Path) -> None:
    first = Keyring(tmp_path, {"SANDBOX_NEON_API_KEY": NEON_KEY, "SANDBOX_CLOUDFLARE_API_TOKEN": CLOUDFLARE_TOKEN})
    _, second = first.make_neon_key("second", None)
    third, third_value = first.make_neon_key("third", None)
    first.revoke_neon_key(third.id, None)
    rolled = first.roll_cloudflare()
    again = Keyring(tmp_path, {"SANDBOX_NEON_API_KEY": "other"})
    assert again.accepts_neon(second)
    assert again.accepts_neon(NEON_KEY)
    assert not again.accepts_neon(third_value)
    assert not again.accepts_neon("other")
    assert again.accepts_cloudflare(rolled)
    assert again.make_neon_key("fourth", None)[0].id > third.id
    assert (tmp_path / "keyring.json").stat().st_mode & 0o777 == 0o600
