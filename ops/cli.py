"""The command line `python -m ops`: its commands in the order of use, and how a run starts and ends."""

import contextlib
import io
import os
import signal
import sys
from collections.abc import Callable, Generator, Sequence
from types import FrameType
from typing import Annotated, Any

import typer

from ops.commands.adopt_commands import app as adopt_app
from ops.commands.backup_commands import app as backup_app
from ops.commands.cost_commands import app as cost_app
from ops.commands.health_commands import app as checks_app
from ops.commands.help import Grouped
from ops.commands.init_commands import app as init_app
from ops.commands.preview_commands import app as preview_app
from ops.commands.recover_commands import app as recover_app
from ops.commands.release_commands import app as release_app
from ops.commands.report_commands import app as report_app
from ops.commands.rotate_commands import app as rotate_app
from ops.commands.state_commands import app as state_app
from ops.commands.terraform_commands import app as stacks_app
from ops.context.errors import OpsError, owners_message
from ops.context.private_folder import sweep_private_folders
from ops.context.run_context import ROOT, Context

INTERRUPTED = 130

app = typer.Typer(
    name="ops",
    cls=Grouped,
    help="Deploy, release and operate the infrastructure. Exit code 0 is success, 1 an error.",
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
# An app without a name adds its commands to the top level; `Grouped` decides in which order the help lists them.
app.add_typer(stacks_app)
app.add_typer(checks_app)
app.add_typer(init_app)
app.add_typer(adopt_app)
app.add_typer(cost_app)
app.add_typer(report_app)
app.add_typer(preview_app, name="preview")
app.add_typer(release_app)
app.add_typer(backup_app, name="backup")
app.add_typer(recover_app)
app.add_typer(rotate_app, name="rotate")
app.add_typer(state_app, name="state")


def _version(wanted: bool) -> None:
    if wanted:
        import tomllib

        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        typer.echo(f"ops {project['version']} ({ROOT})")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and the checkout.")
    ] = False,
) -> None:
    """Options before the command."""
    del version  # the callback has answered


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code. An error the owner can cause is one line on stderr, and code 1."""
    _print_anything()
    sweep_private_folders()
    try:
        context = Context.read(os.environ, with_file=True)
    except OpsError as error:
        Context.read(os.environ).console.warn(str(error))
        return 1
    command: Any = typer.main.get_command(app)
    try:
        with _interruptible(context.runner.stop):
            code = command.main(args=arguments, prog_name="ops", obj=context, standalone_mode=False)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except typer.Abort:
        context.console.warn("not answered: the command stopped at the question")
        code = 1
    except typer.TyperException as error:
        context.console.warn(_usage_error(error))
        code = 1
    except BrokenPipeError:
        # The reader of the output, such as head, has ended. Python would complain when it closes the stream.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
        code = 1
    except Exception as error:
        if not (message := owners_message(error)):
            raise
        context.console.warn(message)
        code = 1
    if code == INTERRUPTED:
        context.console.warn("interrupted")
    return code if isinstance(code, int) else 0


def _usage_error(error: Any) -> str:
    """A mistake in the arguments; a message that doesn't say what to do names the help page that does."""
    message, page = str(error.format_message()), error.ctx.command_path if error.ctx else "ops"
    return f"{message[:-1]}; see {page} -h" if message.endswith(".") else message


def _print_anything() -> None:
    """Characters that the terminal's locale lacks are printed as `?`; with LC_ALL=C they would end the run."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


@contextlib.contextmanager
def _interruptible(stop: Callable[[], None]) -> Generator[None]:
    """On Ctrl-C, SIGTERM or a closed terminal, lets running programs shut down cleanly, then ends the run itself."""

    def pass_over(number: int, frame: FrameType | None) -> None:
        del number, frame

    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        # A canceled workflow sends SIGINT, then SIGTERM: a second signal would keep Terraform from finishing.
        # Not SIG_IGN: for a signal that has already arrived, Python then prints that it was ignored.
        signal.signal(signal.SIGTERM, pass_over)
        signal.signal(signal.SIGHUP, pass_over)
        stop()
        raise KeyboardInterrupt

    # A closed terminal sends SIGHUP, unless nohup has it ignored.
    numbers = [signal.SIGINT, signal.SIGTERM]
    numbers += [signal.SIGHUP] if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN else []
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
