"""Releases of the app: from the checks before to the notice after, and back again."""

from ops.release.order import Order, read_order
from ops.release.release_run import Exit, release
from ops.release.rollback import roll_back

__all__ = ["Exit", "Order", "read_order", "release", "roll_back"]
