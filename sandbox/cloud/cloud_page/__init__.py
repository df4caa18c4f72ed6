"""The page at `/`: the product that a cloud holds, and all else by service. It shows no secret and loads nothing."""

from sandbox.cloud.cloud_page.page_rendering import endpoint

__all__ = ["endpoint"]
