"""Cloudflare's settings of a zone."""

from sandbox.cloud.zone_settings.models import ZoneSettings
from sandbox.cloud.zone_settings.urls import service

__all__ = ["ZoneSettings", "service"]
