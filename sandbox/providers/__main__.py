"""One provider's process: `python -m sandbox.providers <source address>`, as the mirror's launchers run it."""

import importlib
import sys

from sandbox.providers.plugin import serve

MODULES = {
    "registry.terraform.io/cloudflare/cloudflare": "sandbox.providers.cloudflare_provider",
    "registry.terraform.io/hashicorp/aws": "sandbox.providers.aws_provider",
    "registry.terraform.io/hashicorp/random": "sandbox.providers.random_provider",
    "registry.terraform.io/kislerdm/neon": "sandbox.providers.neon_provider",
}

if __name__ == "__main__":
    if sys.argv[1:2] not in ([address] for address in MODULES):
        sys.exit(f"usage: python -m sandbox.providers ADDRESS, one of: {', '.join(MODULES)}")
    serve(importlib.import_module(MODULES[sys.argv[1]]).PROVIDER)
