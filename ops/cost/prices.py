"""The prices in prices.toml, each with the source that vouches for it."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field

PRICES = Path(__file__).with_name("prices.toml")


class Source(BaseModel, frozen=True, extra="forbid"):
    """Where a price was read.

    Attributes:
        title: the page or list.
        address: where it is.
        as_of: the day that it vouches for.
        how: how it was read.
        verified: False where a dated copy with the figure itself was not at hand.
    """

    title: str
    address: str
    as_of: date
    how: str
    verified: bool = True


class Price(BaseModel, frozen=True, extra="forbid"):
    """What something costs in a month.

    Attributes:
        usd: US dollars for `per` of the unit, without tax.
        per: how many of the unit that buys.
        unit: what is counted, in the singular.
        included: how many a month has without charge.
        ends: whether nothing can be bought on top of that.
        source: who says so.
    """

    usd: Decimal = Field(ge=0)
    per: Decimal = Field(Decimal(1), gt=0)
    unit: str
    included: Decimal = Field(Decimal(0), ge=0)
    ends: bool = False
    source: Source

    def __str__(self) -> str:
        if self.ends:
            return f"{counted(self.unit, self.included)} included, no more to be had"
        rate = f"{self.usd:f} $ for {counted(self.unit, self.per)}" if self.usd else "no charge"
        return f"{rate} above {self.included:,f}" if self.included else rate


def read_prices(file: Path = PRICES) -> dict[str, Price]:
    """The prices by name, such as `neon.launch.compute`.

    Raises:
        ValueError: the file is not of the form that prices.toml describes.
    """
    # Decimals all the way: 0.1 $ is not a number that a float can hold.
    content = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    sources = {name: Source.model_validate(fields) for name, fields in content.pop("sources").items()}
    return {
        name: Price.model_validate(fields | {"source": sources[fields["source"]]}) for name, fields in _leaves(content)
    }


def _leaves(tables: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, table in tables.items():
        if "unit" in table:
            yield f"{path}{name}", table
        else:
            yield from _leaves(table, f"{path}{name}.")


def counted(unit: str, count: Decimal) -> str:
    """An amount with its unit, such as `1 request` and `2,000 requests`; at most two decimals, none of them 0."""
    number = f"{count:,.2f}".rstrip("0").rstrip(".")
    return f"{number} {unit if count == 1 or unit.endswith(('B', 'ms')) else f'{unit}s'}"
