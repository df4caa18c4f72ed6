"""Cloudflare's Web Analytics."""

from sandbox.cloud.web_analytics.models import Sites

__all__ = ["Sites"]
