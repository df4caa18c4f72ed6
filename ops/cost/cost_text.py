"""The estimate as text for a terminal, and as Markdown."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from ops.cost.estimate import Estimate
from ops.cost.prices import Source

HEADER = ("stack", "resource", "assumption", "price", "source", "$ a month")


def lines(estimate: Estimate) -> Iterator[str]:
    """The table in columns, the sum, and the numbered sources."""
    rows = [HEADER, *_rows(estimate)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)]
        yield "  ".join([*cells, row[-1].rjust(widths[-1])])
    yield ""
    yield _sum(estimate)
    yield ""
    yield from (f"[{number}] {_source(source)}" for number, source in enumerate(_sources(estimate), start=1))


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
