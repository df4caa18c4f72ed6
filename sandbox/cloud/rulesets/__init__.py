"""Cloudflare's rulesets of a zone."""

from sandbox.cloud.rulesets.models import Rulesets

__all__ = ["Rulesets"]
