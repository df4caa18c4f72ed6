"""Whether the pinned settings are the newest ones (tools/pinned_settings.py)."""

import tomllib
from pathlib import Path

import pytest

from tools import pinned_settings
from tools.pinned_settings import changed

SETTINGS = (pinned_settings.ROOT / "settings.toml").read_text(encoding="utf-8")


def test_a_comment_or_the_order_is_no_change():
    assert changed(tomllib.loads("a = 1\nb = {c = 2}"), tomllib.loads("# why\nb = {c = 2}\na = 1")) == []


def test_what_differs_is_named():
    assert changed({"a": {"b": 1}, "c": 1, "d": 0}, {"a": {"b": 2}, "d": 0, "e": 1}) == ["a", "c", "e"]


@pytest.mark.parametrize(
    ("newest", "code", "printed"),
    [
        (SETTINGS, 0, "the pinned settings are the newest ones"),
        (SETTINGS + "\n[new]\n", 1, "settings.toml has changed since the pinned commit (new); raise the pin"),
        ("a = [", 1, "the settings can't be compared"),
        (None, 1, "the settings can't be compared"),
    ],
)
def test_a_release_with_other_settings_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], newest: str | None, code: int, printed: str
):
    file = tmp_path / "settings.toml"
    if newest is not None:
        file.write_text(newest, encoding="utf-8")
    assert pinned_settings.main([str(file)]) == code
    assert printed in capsys.readouterr().out
