"""The estimate as text for a terminal, and as Markdown."""

import textwrap
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from ops.cost.estimate import Estimate
from ops.cost.prices import Source

_COLUMNS = 80
_JOINED = "\N{NO-BREAK SPACE}"
HEADER = ("stack", "resource", "assumption", "price", "source", "$/month")


def lines(estimate: Estimate) -> Iterator[str]:
    """The sum, the table, and the numbered sources, in 80 columns. An address may be longer: it is never broken."""
    yield _sum(estimate)
    yield ""
    rows = list(_rows(estimate))
    sums = max(len(row[-1]) for row in [HEADER, *rows])
    stacks = max(len(row[0]) for row in [HEADER, *rows])
    yield f"{HEADER[-1].rjust(sums)}  {HEADER[0].ljust(stacks)}  {HEADER[1]}, {HEADER[2]}, {HEADER[3]}, {HEADER[4]}"
    for stack, resource, assumption, price, number, usd in rows:
        first = f"{usd.rjust(sums)}  {stack.ljust(stacks)}  "
        yield from _wrapped(f"{first}{resource}", " " * len(first))
        yield from _wrapped(f"{' ' * len(first)}{assumption}; {price}{_JOINED}{number}", " " * len(first))
    yield ""
    for number, source in enumerate(_sources(estimate), start=1):
        note = f"[{number}] {source.title}, {source.as_of}{'' if source.verified else ', not verified'}:"
        if len(note) + 1 + len(source.address) <= _COLUMNS:
            yield f"{note} {source.address}"
        else:
            yield from _wrapped(note, "    ")
            yield f"    {source.address}"


def _wrapped(text: str, indent: str) -> list[str]:
    found = textwrap.wrap(text, _COLUMNS, subsequent_indent=indent, break_on_hyphens=False)
    return [line.replace(_JOINED, " ") for line in found]


def markdown(estimate: Estimate) -> str:
    """The same, as Markdown."""
    rows = [HEADER, ["---"] * (len(HEADER) - 1) + ["---:"], *_rows(estimate)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    sources = "\n".join(f"{number}. {_source(source)}" for number, source in enumerate(_sources(estimate), start=1))
    return f"{table}\n\n{_sum(estimate)}\n\nSources:\n\n{sources}\n"


def warnings(estimate: Estimate, *, today: date, price_days: int) -> Iterator[str]:
    """The warnings: free plans that are not enough, prices that may be outdated, a sum above the budget.

    Args:
        estimate: the estimate.
        today: today's date.
        price_days: the age, in days, from which a source is old.
    """
    yield from estimate.limits
    for source in _sources(estimate):
        if today - source.as_of > timedelta(days=price_days):
            yield (
                f"{source.title}: the prices are from {source.as_of}, more than {price_days} days ago; "
                f"check {source.address} and update ops/cost/prices.toml"
            )
    if estimate.is_above_budget:
        yield (
            f"{estimate.total:,.2f} $ a month is above the budget of {estimate.budget:,.2f} $; choose lower plans, "
            "or raise budget.monthly_usd"
        )


def _rows(estimate: Estimate) -> Iterator[Sequence[str]]:
    numbers = {source: number for number, source in enumerate(_sources(estimate), start=1)}
    for line in estimate.lines:
        number = f"[{numbers[line.price.source]}]"
        yield (line.stack, line.resource, line.assumption, str(line.price), number, f"{line.usd:,.2f}")


def _sources(estimate: Estimate) -> list[Source]:
    return list(dict.fromkeys(line.price.source for line in estimate.lines))


def _source(source: Source) -> str:
    unverified = "" if source.verified else "; NOT VERIFIED"
    return f"{source.title}, as of {source.as_of} ({source.how}{unverified}): {source.address}"


def _sum(estimate: Estimate) -> str:
    return f"total: {estimate.total:,.2f} $ a month, without tax; the budget is {estimate.budget:,.2f} $"
