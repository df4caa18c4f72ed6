"""Previews of pull requests: made, removed, and swept up."""

from ops.preview.comment import Made
from ops.preview.preview_run import down, sweep, up

__all__ = ["Made", "down", "sweep", "up"]
