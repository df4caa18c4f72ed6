"""docs/pipelines.md names what there is; its commands are run with those of the other pages."""

import re
from math import prod

from tests.workflows.documents import CALLERS, OWN, OWNERS_SECRETS, ROOT, read

PAGE = (ROOT / "docs/pipelines.md").read_text()


def test_every_workflow_variable_and_secret_is_in_the_page():
    used = {f"`{file.name}`" for file in [*OWN, *CALLERS]}
    for file in [*OWN, *CALLERS]:
        found = set(re.findall(r"\b(?:vars|secrets)\.([A-Z_]+)", file.read_text())) - OWNERS_SECRETS
        used |= {f"`{name}`" for name in found}
    assert sorted(name for name in used if name not in PAGE) == []


def test_the_secrets_that_the_page_sets_are_the_ones_that_are_used():
    pages = PAGE + (ROOT / "docs/state.md").read_text()
    set_by_hand = set(re.findall(r"gh (?:secret|variable) set ([A-Z_]+)", pages))
    text = "".join(file.read_text() for file in OWN)
    assert set_by_hand == set(re.findall(r"\b(?:vars|secrets)\.([A-Z_]+)", text)) - OWNERS_SECRETS


def test_the_minutes_of_a_month_are_those_of_the_schedules():
    rows = re.findall(r"^\| `([\w-]+\.yml)`.* \| (\d+) \| (\d+) \| ([\d,]+) \|$", PAGE, re.MULTILINE)
    assert {file for file, *_ in rows} == {file.name for file in OWN}
    scheduled = {
        file.name: _runs_a_month(trigger["cron"]) for file in OWN for trigger in read(file)["on"].get("schedule", [])
    }
    every_six_hours = re.search(r'`cron: "([^"]+)"` in `uptime.yml`: (\d+) minutes', PAGE)
    assert every_six_hours
    # What the page offers to a private repository is no mistake there.
    offered = {"uptime.yml": _runs_a_month(every_six_hours[1])}
    for file, runs, minutes, month in rows:
        assert prod(map(int, (runs, minutes))) == int(month.replace(",", "")), file
        assert scheduled.get(file, int(runs)) in (int(runs), offered.get(file)), file
    (uptime,) = [int(minutes) for file, _, minutes, _ in rows if file == "uptime.yml"]
    assert _runs_a_month(every_six_hours[1]) * uptime == int(every_six_hours[2])


def _runs_a_month(cron: str) -> int:
    """How often a schedule starts in 30 days: at one minute of any, each n-th or one hour, each day; or once a week."""
    minute, hour, day, month, weekday = cron.split()
    assert minute.isdigit()
    assert (day, month) == ("*", "*")
    if weekday.isdigit():
        assert hour.isdigit()
        return 30 // 7
    assert weekday == "*"
    if hour.isdigit():
        return 30
    return 30 * 24 // int(hour.partition("/")[2] or 1)
