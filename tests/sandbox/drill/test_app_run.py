"""The settings by which the rehearsal releases the reference app."""

import tomllib
from pathlib import Path

import pytest

from sandbox.drill.app_run import RELEASE, with_reference_release

ROOT = Path(__file__).parents[3]
REFERENCE = tomllib.loads(RELEASE)["release"]


@pytest.mark.parametrize(
    "release",
    [
        "",
        '[release]\nmigrate_command = "make migrate"\nsecrets = [\n"A",\n]\n',
        '[release]\nmigrate_command = "make migrate"\n[release.healthy_fields]\nok = true\n',
        'release = { migrate_command = "make migrate" }\n',
        'release.migrate_command = "make migrate"\n',
    ],
    ids=["none", "a table", "two tables", "in one line", "dotted"],
)
def test_an_owners_release_of_another_app_is_replaced_and_nothing_else(release: str) -> None:
    text = f'{release}[project]\nname = "shop"\n'
    assert tomllib.loads(with_reference_release(text, "smoke_seconds = 5\n")) == {
        "project": {"name": "shop"},
        "release": REFERENCE | {"smoke_seconds": 5},
    }


def test_the_rest_of_a_settings_file_keeps_its_comments_and_empty_tables() -> None:
    before, after = "# mine\n[environments.production]\n\n", "# the site\n[website]\nroot_dir = 'web'\n"
    release = '[release]\nmigrate_command = "make migrate"\n[release.healthy_fields]\nok = true\n\n'
    assert with_reference_release(f"{before}{release}{after}").startswith(f"{before}{after}")


def test_settings_without_one_keep_their_text() -> None:
    text = (ROOT / "settings.toml").read_text(encoding="utf-8")
    assert with_reference_release(text).startswith(text.rstrip())
