"""Production's data moves to a branch of its own, while rows are written: the page's commands, in a world."""

from pathlib import Path

import pytest

from sandbox.drill.app import installed
from sandbox.drill.pages import rehearse_page

ROOT = Path(__file__).parents[3]
SETTINGS = ROOT / "sandbox/fixtures/expense-tracker.toml"
RELEASE = '\n[release]\nmigrate_command = "node apps/api/migrate.mjs"\n'


@pytest.mark.skipif(not installed(), reason="the reference app is not installed (make app)")
def test_no_row_is_lost_on_the_way_to_a_branch_of_its_own(tmp_path: Path) -> None:
    text = SETTINGS.read_text().replace("adopt_hcl = true\n", "")
    text = text.replace("[environments.dev]\n", "").replace("[database]\n", '[database]\nplan = "launch"\n')
    file = tmp_path / "settings.toml"
    file.write_text(text + RELEASE)
    sections = [heading for heading, _, _ in rehearse_page(ROOT / "docs/switch-over.md", file)]
    assert sections == [
        "Switch production's data over to a branch of its own",
        "1. Stop the writes",
        "2. Make the branch",
        "3. Compare",
        "4. Let the new role work",
        "5. Release",
        "Go back",
    ]
