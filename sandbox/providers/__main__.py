"""One provider's process on its own: `python -m sandbox.providers <source address>` (see fork_client.py)."""

import os
import sys

from sandbox.process import watch_parent
from sandbox.providers.plugin import serve
from sandbox.providers.provider_modules import MODULES, provider_service

if __name__ == "__main__":
    if sys.argv[1:2] not in ([address] for address in MODULES):
        sys.exit(f"usage: python -m sandbox.providers ADDRESS, one of: {', '.join(MODULES)}")
    serve(provider_service(sys.argv[1]), watch_parent)
    os._exit(0)  # a call still under way must not keep the process
