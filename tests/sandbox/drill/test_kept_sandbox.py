"""`make sandbox`: what it holds is there at the next start, with the same credentials."""

import re
from pathlib import Path

import httpx
import pytest

from sandbox.drill.drill_report import DrillError
from sandbox.drill.kept_sandbox import KeptSandbox
from sandbox.drill.page_drill import EXPENSE_TRACKER
from sandbox.drill.prepared_shell import Prepared
from sandbox.world import World
from settings import load_settings

pytestmark = pytest.mark.slow

SETTINGS = load_settings(EXPENSE_TRACKER)


def assert_cards(world: World, *names: str) -> None:
    """The page shows these environments of the shells' settings, and the site and branch of the adopted states."""
    page = httpx.get(world.cloud).text
    assert re.findall(r'<article data-key="card-(.+)">', page) == [*names]
    assert "intent.luisibarra.dev" in page
    assert "<strong>main</strong>" in page
    assert "npg_" not in page


def test_a_restart_keeps_states_resources_and_keys(tmp_path: Path):
    home = tmp_path / "sandbox"
    key = SETTINGS.state_key("project")
    with KeptSandbox(home, fresh=False) as kept, World("kept", SETTINGS, keep=kept.home) as world:
        kept.prepare(world, EXPENSE_TRACKER, Prepared.STATES)
        assert_cards(world, "dev", "production")
        with (home / "checkouts/infra/settings.toml").open("a", encoding="utf-8") as file:
            file.write("[environments.staging.database]\n")
        kept.follow(world)
        assert_cards(world, "dev", "production", "staging")
        bucket = world.bucket()
        before = bucket.get_object(Bucket=SETTINGS.state.bucket, Key=key)["Body"].read()
        bucket.put_object(Bucket=SETTINGS.state.bucket, Key=key, Body=before, IfMatch=_tag(bucket, key))
        bucket.put_object(Bucket=SETTINGS.state.bucket, Key="gone", Body=b"1")
        bucket.delete_object(Bucket=SETTINGS.state.bucket, Key="gone")
        projects = world.neon().get("/projects", params={"org_id": world.environment["TF_VAR_neon_org_id"]}).json()
        rolled = world.neon().post("/api_keys", json={"key_name": "rotated"}).json()["key"]
        first = httpx.Headers({"Authorization": f"Bearer {world.environment['NEON_API_KEY']}"})
        kept.follow(world)
        assert rolled in kept.script.read_text(), "a new shell has the new key"
        assert kept.script.stat().st_mode & 0o077 == 0
        with pytest.raises(DrillError, match="running already"), KeptSandbox(home, fresh=False):
            pass
    with KeptSandbox(home, fresh=False) as kept, World("kept", SETTINGS, keep=kept.home) as world:
        with pytest.raises(DrillError, match="was prepared with states; add --fresh"):
            kept.prepare(world, EXPENSE_TRACKER, Prepared.APP)
        kept.prepare(world, EXPENSE_TRACKER, None)
        assert world.environment["NEON_API_KEY"] == rolled
        assert httpx.get(f"{world.cloud}/api/v2/api_keys", headers=first).status_code == 200
        query = {"org_id": world.environment["TF_VAR_neon_org_id"]}
        assert world.neon().get("/projects", params=query).json()["projects"] == projects["projects"]
        bucket = world.bucket()
        assert bucket.get_object(Bucket=SETTINGS.state.bucket, Key=key)["Body"].read() == before
        listed = bucket.list_object_versions(Bucket=SETTINGS.state.bucket)
        assert [each["Key"] for each in listed["Versions"]].count(key) == 2
        assert [each["Key"] for each in listed["DeleteMarkers"]] == ["gone"]
    with KeptSandbox(home, fresh=True):
        assert not list(home.iterdir())


def test_nothing_asked_for_by_name_has_checkouts_also_after_a_start_without_them(tmp_path: Path):
    home = tmp_path / "sandbox"
    with World("kept", SETTINGS, keep=home) as world:
        for prepared, has_checkouts in ((None, False), (Prepared.NOTHING, True), (None, True)):
            with KeptSandbox(home, fresh=False) as kept:
                kept.prepare(world, EXPENSE_TRACKER, prepared)
                infra = home / "checkouts/infra"
                assert (infra / "settings.toml").exists() is has_checkouts
                assert (f"cd {infra}\n" in kept.script.read_text()) is has_checkouts


def test_what_was_not_prepared_to_the_end_is_not_used(tmp_path: Path):
    home = tmp_path / "sandbox"
    with KeptSandbox(home, fresh=False) as kept, World("kept", SETTINGS, keep=kept.home) as world:
        (world.home / "checkouts").mkdir()
        with pytest.raises(DrillError, match="not prepared to the end"):
            kept.prepare(world, EXPENSE_TRACKER, None)


def _tag(bucket: object, key: str) -> str:
    return bucket.head_object(Bucket=SETTINGS.state.bucket, Key=key)["ETag"]  # type: ignore[attr-defined]
