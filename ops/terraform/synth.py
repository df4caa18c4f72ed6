"""Synthesizes the stacks by itself when the settings are newer than what was synthesized."""

import sys

from ops.context.errors import OpsError
from ops.context.run_context import Context


def synthesize_if_outdated(context: Context) -> None:
    """Runs the app, which takes about two seconds, if the settings changed since it ran last, or it never ran.

    Args:
        context: has the settings' file and the folder of the stacks.

    Raises:
        OpsError: the settings are not valid; the message is the app's own.
    """
    manifest, settings, app = context.out / "manifest.json", context.settings_file, context.root / "main.py"
    if not (settings.is_file() and app.is_file()):
        return  # `read_stacks` says what is missing.
    if manifest.is_file() and settings.stat().st_mtime_ns <= manifest.stat().st_mtime_ns:
        return
    context.console.warn(f"synthesizing the stacks: {'the settings changed' if manifest.is_file() else 'none yet'}")
    done = context.run(sys.executable, app)
    if done.code != 0:
        raise OpsError(done.text.strip())
