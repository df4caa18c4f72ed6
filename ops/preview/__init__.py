"""Previews of pull requests: made, removed, and swept up."""

from ops.preview.comment import Made
from ops.preview.run import down, sweep, up

__all__ = ["Made", "down", "sweep", "up"]
