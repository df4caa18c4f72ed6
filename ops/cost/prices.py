"""The prices in prices.toml, each with its source."""

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
        address: its URL.
        as_of: the day on which the price was valid.
        how: how it was read.
        verified: False if no dated copy with the figure was available.
    """

    title: str
    address: str
    as_of: date
    how: str
    verified: bool = True


class Price(BaseModel, frozen=True, extra="forbid"):
    """The price of one thing a month.

    Attributes:
        usd: US dollars for `per` units, without tax.
        per: how many units that buys.
        unit: the name of a unit, in the singular.
        included: how many units a month includes without charge.
        ends: whether no more can be bought.
        source: where the price was read.
    """

    usd: Decimal = Field(ge=0)
    per: Decimal = Field(Decimal(1), gt=0)
    unit: str
    included: Decimal = Field(Decimal(0), ge=0)
    ends: bool = False
    source: Source

    def __str__(self) -> str:
        if self.ends:
            return f"{counted(self.unit, self.included)} included, and no more"
        rate = f"{self.usd:f} $ for {counted(self.unit, self.per)}" if self.usd else "no charge"
        return f"{rate} above {self.included:,f}" if self.included else rate


def read_prices(file: Path = PRICES) -> dict[str, Price]:
    """Reads the prices by name, such as `neon.launch.compute`.

    Raises:
        ValueError: the file does not have the form that prices.toml describes.
    """
    # Decimals throughout: a float can't represent 0.1 $ exactly.
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
