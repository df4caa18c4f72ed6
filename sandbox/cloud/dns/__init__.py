"""Cloudflare's DNS records."""

from sandbox.cloud.dns.models import Records

__all__ = ["Records"]
