"""`python -m ops`."""

import sys

try:
    from ops.cli import main
except ModuleNotFoundError as error:
    sys.exit(f"{error.name} is not installed for this Python; run make setup, then . .venv/bin/activate")

sys.exit(main())
