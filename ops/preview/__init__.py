"""Creates and removes previews of pull requests."""

from ops.preview.comment import LivePreview
from ops.preview.preview_run import down, sweep, up

__all__ = ["LivePreview", "down", "sweep", "up"]
