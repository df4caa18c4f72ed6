"""The monthly cost by the settings: prices with their sources, the assumed use, and the sum."""

from ops.cost.estimate import CostLine, Estimate, estimate
from ops.cost.prices import Price, Source, read_prices

__all__ = ["CostLine", "Estimate", "Price", "Source", "estimate", "read_prices"]
