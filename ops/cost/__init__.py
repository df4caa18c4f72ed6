"""What a month costs by the settings: prices with their source, the use that is assumed, a sum."""

from ops.cost.estimate import Estimate, Line, estimate
from ops.cost.prices import Price, Source, read_prices

__all__ = ["Estimate", "Line", "Price", "Source", "estimate", "read_prices"]
