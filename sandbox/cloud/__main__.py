"""`python -m sandbox.cloud --home DIR [--port N]`: run the local cloud in the foreground."""

from __future__ import annotations

import argparse
from pathlib import Path

from sandbox.cloud.cloud_server import serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox.cloud", description="Run the local cloud.")
    parser.add_argument("--home", type=Path, required=True, help="folder that keeps its state")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; a free one by default")
    arguments = parser.parse_args()
    try:
        serve(arguments.home.resolve(), arguments.port)
    except (OSError, RuntimeError, TypeError) as error:
        parser.exit(2, f"sandbox.cloud: {error}\n")


if __name__ == "__main__":
    main()
