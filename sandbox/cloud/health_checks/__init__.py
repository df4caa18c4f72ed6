"""Cloudflare's health checks of a zone."""

from sandbox.cloud.health_checks.models import HealthChecks

__all__ = ["HealthChecks"]
