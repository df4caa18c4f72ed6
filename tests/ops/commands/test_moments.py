"""Times as an owner types them."""

from datetime import UTC, datetime, timedelta

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from ops.commands.moments import moment


@pytest.mark.parametrize(
    "typed",
    ["2026-01-31 12:00", "2026-01-31T12:00:00Z", "2026-01-31T12:00:00", " 2026-01-31 13:00:00+01:00 "],
)
def test_a_date_and_time_is_in_utc_unless_it_says_otherwise(typed: str):
    assert moment(typed) == datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "ago"),
    [
        ("90s ago", timedelta(seconds=90)),
        ("10m ago", timedelta(minutes=10)),
        ("2 h ago", timedelta(hours=2)),
        ("1d", timedelta(days=1)),
    ],
)
def test_how_long_ago(typed: str, ago: timedelta):
    before = datetime.now(UTC)
    found = moment(typed)
    assert before <= found + ago <= datetime.now(UTC)


@pytest.mark.parametrize(
    "typed", ["yesterday", "", "12:00", "2026-01-31", "2026-13-01 12:00", "999999d ago", "-1m ago"]
)
def test_anything_else_is_refused_with_the_forms_or_the_reason(typed: str):
    with pytest.raises(typer.BadParameter, match=r"write it as 2026-11-28 14:05|too long ago"):
        moment(typed)


def test_the_future_is_refused():
    with pytest.raises(typer.BadParameter, match="is in the future; now it is"):
        moment("9999-01-01 12:00")


@given(st.text(max_size=40))
def test_any_text_gives_a_past_moment_in_utc_or_one_message(typed: str):
    try:
        found = moment(typed)
    except typer.BadParameter:
        return
    assert found.tzinfo == UTC
    assert found <= datetime.now(UTC)
