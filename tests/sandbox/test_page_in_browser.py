"""The local cloud's page, as a real browser shows it."""

import re
import shutil
import subprocess
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from sandbox.cloud.cloud_page.page_rendering import render
from sandbox.drill.adoption_drill import load_hand_written_states
from sandbox.drill.cdktf_cli import synthesize
from sandbox.world import World
from settings import load_settings
from tests.sandbox.cloud.test_cloud_page import branch, facts, request

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
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not shutil.which("chromium"), reason="chromium is not installed (Debian: apt-get install chromium)"
    ),
]
# Unfolds a branch's rows, folds a section and scrolls, before the page looks again.
READER = """
<script>
const at = (key) => document.querySelector(`[data-key="${key}"]`);
const first = at("card-production");
at("card-production-rows").open = true;
at("states").open = false;
scrollTo(0, 200);
const report = () => {
  document.documentElement.dataset.seen = JSON.stringify({
    rows: at("card-production-rows").open, states: at("states").open, other: at("branches").open,
    same: first === at("card-production"), scrolled: scrollY,
  });
};
setInterval(report, 50);
</script>
"""
# Shows the page at the width of a phone, and writes down how many pixels don't fit.
PHONE = """
<!doctype html><iframe id="phone" src="/page" width="390" height="800" style="border: 0"></iframe>
<script>
document.getElementById("phone").onload = (event) => {
  const inside = event.target.contentDocument;
  for (const each of inside.querySelectorAll("details")) each.open = true;
  const { scrollWidth, clientWidth } = inside.documentElement;
  document.documentElement.dataset.hidden = scrollWidth - clientWidth;
};
</script>
"""


def dom(tmp_path: Path, address: str, seconds: int = 0) -> str:
    """The page's elements once it is loaded, or after so many seconds of the browser's own clock, which runs ahead."""
    command = ["chromium", *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", f"--virtual-time-budget={seconds * 1000}"]
    command += ["--window-size=1280,500", "--enable-logging=stderr", "--dump-dom", address]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    # A style or a script that the page's own policy does not allow would be reported here.
    assert "Content Security Policy" not in shown.stderr
    return shown.stdout


@contextmanager
def served(pages: dict[str, list[str]]) -> Generator[tuple[str, list[str]]]:
    """A server that answers each path with its pages in turn, the last one again and again; an empty one is a 503.

    Yields its address, and the paths that were asked for.
    """
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            left = pages.get(self.path, [""])
            page = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(200 if page else 503)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_browser_shows_what_is_deployed(tmp_path: Path) -> None:
    settings = load_settings(SETTINGS)
    synthesize(SETTINGS, tmp_path / "out")
    with World("page", settings) as world:
        load_hand_written_states(world, settings)
        shown = dom(tmp_path, world.cloud, seconds=3)
        page = httpx.get(f"{world.cloud}/").text
    text = unescape(re.sub(r"<[^>]+>", " ", shown))
    for expected in ("intent.luisibarra.dev", "intent-expense-tracker", "br-577d1bc1", "dev", "terraform.tfstate"):
        assert expected in text, expected
    assert "Up to date at" in text, "the policy lets the page's own script run and look again"
    assert "npg_" not in page, "a password is on the page"


def test_a_refresh_changes_what_differs_and_keeps_what_the_reader_folded_and_scrolled_to(tmp_path: Path) -> None:
    known = facts()
    branches = [*known.documents["branches"], branch("between", parent_id="br-main")]
    more = [request("/api/v2/projects", "423"), *known.requests]
    before = replace(known, documents={**known.documents, "branches": [branch("main"), branch("dev")]})
    after = replace(known, documents={**known.documents, "branches": branches}, requests=more)
    pages = {"/": [render(before).replace("<script>", READER + "<script>", 1), render(after)]}
    with served(pages) as (address, _):
        shown = unescape(dom(tmp_path, address, seconds=4))
    assert '{"rows":true,"states":false,"other":true,"same":true,"scrolled":200}' in shown
    assert "between" in shown
    assert "423" in shown
    assert "Up to date at" in shown


def test_the_page_says_that_the_sandbox_has_ended_and_stops_looking(tmp_path: Path) -> None:
    with served({"/": [render(facts()), ""]}) as (address, asked):
        shown = dom(tmp_path, address, seconds=60)
    assert "The sandbox has ended; this is what it held." in shown
    assert "restore-production-1" in shown
    assert asked == ["/"] * 4, "the page, and three tries"


def test_a_phone_shows_the_page_without_scrolling_sideways(tmp_path: Path) -> None:
    long = facts("a-product-with-a-name-of-fifty-eight-letters-and-more-here", "Averylongwordwithoutanyspace" * 5)
    with served({"/": [PHONE], "/page": [render(long).partition("<script>")[0]]}) as (address, _):
        shown = dom(tmp_path, address, seconds=3)
    assert 'data-hidden="0"' in shown
