"""The local cloud's page, as a real browser shows it."""

import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import httpx
import pytest

from sandbox.drill.adoption_drill import load_hand_written_states
from sandbox.drill.cdktf_cli import synthesize
from sandbox.world import World
from settings import load_settings

ROOT = Path(__file__).parents[2]
SETTINGS = ROOT / "sandbox/fixtures/expense-tracker.toml"
# Without the background flags it looks for its maker's servers at every start.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.mark.skipif(not shutil.which("chromium"), reason="chromium is not installed (Debian: apt-get install chromium)")
def test_a_browser_shows_what_is_deployed(tmp_path: Path) -> None:
    settings = load_settings(SETTINGS)
    synthesize(SETTINGS, tmp_path / "out")
    with World("page", settings) as world:
        load_hand_written_states(world, settings)
        picture = tmp_path / "page.png"
        command = ["chromium", *FLAGS, f"--user-data-dir={tmp_path / 'profile'}"]
        shown = subprocess.run(
            [*command, "--dump-dom", world.cloud], capture_output=True, text=True, timeout=120, check=True
        ).stdout
        subprocess.run(
            [*command, "--window-size=1280,2400", f"--screenshot={picture}", world.cloud],
            capture_output=True,
            timeout=120,
            check=True,
        )
        secrets = httpx.get(f"{world.cloud}/").text
    text = unescape(re.sub(r"<[^>]+>", " ", shown))
    for expected in ("intent.luisibarra.dev", "intent-expense-tracker", "br-577d1bc1", "dev", "terraform.tfstate"):
        assert expected in text, expected
    assert "npg_" not in secrets, "a password is on the page"
    assert picture.stat().st_size > 20_000
