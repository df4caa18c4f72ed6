"""The stand-in providers by their source address; each is imported when it is needed."""

from __future__ import annotations

import importlib

from sandbox.providers.protocol import PluginService

MODULES = {
    "registry.terraform.io/cloudflare/cloudflare": "sandbox.providers.cloudflare_provider",
    "registry.terraform.io/hashicorp/aws": "sandbox.providers.aws_provider",
    "registry.terraform.io/hashicorp/random": "sandbox.providers.random_provider",
    "registry.terraform.io/kislerdm/neon": "sandbox.providers.neon_provider",
}


def provider_service(address: str) -> PluginService:
    """The service of the provider with a source address, one of MODULES."""
    return PluginService(importlib.import_module(MODULES[address]).PROVIDER)
