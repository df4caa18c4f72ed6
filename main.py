"""The app: reads the settings, creates the stacks, writes their JSON."""

import contextlib
import os
import re
import shutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

if __name__ == "__main__":  # Ctrl-C: no traceback, neither Python's nor jsii's
    signal.signal(signal.SIGINT, lambda _number, _frame: os._exit(130))
    from stacks.machine_errors import explain_machine_error

    sys.excepthook = explain_machine_error

from constructs_lib.guards import guard_lines  # constructs_lib first: it makes the bindings load quickly

import psutil
from cdktf import App

from settings import Settings, SettingsError, load_settings
from stacks.deploy_order import cdktf_arguments, depend_on
from stacks.environment_stack import EnvironmentStack
from stacks.project_stack import ProjectStack

ROOT = Path(__file__).parent


def build(settings: Settings, *, outdir: Path | None = None, command_line: Sequence[str] = ()) -> App:
    """Creates the app with all its stacks.

    Args:
        settings: the owner's settings.
        outdir: where `synth()` writes; None: cdktf's default, `cdktf.out`.
        command_line: the arguments of the cdktf command that runs the app, see `stacks.deploy_order`.
    """
    app = App(outdir=str(outdir) if outdir else None, stack_traces=False)
    project = ProjectStack(app, "project", settings=settings)
    environments = [EnvironmentStack(app, name, settings=settings) for name in settings.environments]
    if settings.has_edge_stack:
        from stacks.edge_stack import EdgeStack  # imported here: its bindings take 60 ms

        EdgeStack(app, "edge", settings=settings)
    if settings.state.manage:
        from stacks.state_stack import StateStack  # imported here: AWS's bindings are large

        StateStack(app, "state", settings=settings, manage=settings.state.manage)
    depend_on(environments, project, command_line=command_line)
    return app


def place_locks(app: App, locks: Path) -> None:
    """Copies each stack's provider lock file to its JSON, where `terraform init` reads it."""
    for lock in locks.glob("*.terraform.lock.hcl"):
        stack = Path(app.outdir, "stacks", lock.name.removesuffix(".terraform.lock.hcl"))
        if stack.is_dir():
            shutil.copyfile(lock, stack / ".terraform.lock.hcl")


def cdktf_command_line() -> list[str]:
    """The arguments of the cdktf command that runs this app; none where it is run by hand."""
    try:
        for process in psutil.Process().parents():
            with contextlib.suppress(psutil.Error):  # it has just ended, or is another user's
                if (arguments := cdktf_arguments(process.cmdline())) is not None:
                    return arguments
    except psutil.Error:
        pass  # a parent process could not be read
    return []


def _unwritable(error: RuntimeError) -> list[str]:
    """The error message if the output folder can't be written; empty for any other error."""
    reason = re.search(r"\bE[A-Z]{2,}: .*", str(error))  # as Node words an error of the file system
    outdir = os.environ.get("CDKTF_OUTDIR") or "cdktf.out"
    line = f"{outdir}: can't be written; set CDKTF_OUTDIR to another folder"
    return [f"{line} ({reason[0]})"] if reason else []


def main() -> int:
    try:
        settings = load_settings(Path(os.environ.get("INFRA_SETTINGS") or ROOT / "settings.toml"))
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        app = build(settings, command_line=cdktf_command_line())
        app.synth()
    except RuntimeError as error:
        if lines := guard_lines(error) or _unwritable(error):
            print(*lines, sep="\n", file=sys.stderr)
            return 2
        raise
    place_locks(app, Path(os.environ.get("INFRA_LOCKS") or ROOT / "locks"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
