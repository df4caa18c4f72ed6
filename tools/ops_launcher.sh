#!/bin/sh
# `ops`, from any folder: `make setup` installs it as .venv/bin/ops. It runs the checkout that this .venv is part of.
here=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
exec "$here/.venv/bin/python" -c '
import runpy, sys
sys.path.insert(0, sys.argv.pop(1))
runpy.run_module("ops", run_name="__main__", alter_sys=True)' "$here" "$@"
