"""Times as an owner types them: `2026-11-28 14:05`, `2026-11-28T14:05:00Z`, `10m ago`."""

import re
from datetime import UTC, datetime, timedelta

import typer

_AGO = re.compile(r"(\d{1,6})\s*(s|m|h|d)(?:\s+ago)?")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
FORMS = "2026-11-28 14:05 (UTC), 2026-11-28T14:05:00Z or 10m ago"


def moment(text: str) -> datetime:
    """A moment in the past, in UTC.

    Args:
        text: a date and a time to the minute or second, in UTC unless it has an offset; or how long ago, in seconds,
            minutes, hours or days: `90s ago`, `10m ago`, `2h ago`, `1d ago`.

    Raises:
        typer.BadParameter: it is none of these, or in the future.
    """
    typed, now = text.strip(), datetime.now(UTC)
    if ago := _AGO.fullmatch(typed):
        try:
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        except OverflowError:
            raise typer.BadParameter(f"{text}: too long ago") from None
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        found = None
    # A date alone would be its midnight, which is hardly meant.
    if found is None or ":" not in typed:
        raise typer.BadParameter(f"{text}: not a time; write it as {FORMS}")
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    if found > now:
        raise typer.BadParameter(
            f"{found:%Y-%m-%d %H:%M:%S} UTC is in the future; now it is {now:%Y-%m-%d %H:%M:%S} UTC"
        )
    return found
