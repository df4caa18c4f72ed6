"""Routes over the keyring: Neon's API keys; the check and the roll of Cloudflare's token."""

from sandbox.cloud.credentials.urls import cloudflare_service, neon_service

__all__ = ["cloudflare_service", "neon_service"]
