"""Addresses of Cloudflare Workers in zones: custom domains and routes."""

from sandbox.cloud.worker_addresses.models import Domains, Routes

__all__ = ["Domains", "Routes"]
