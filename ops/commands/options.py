"""Options that several commands share, and how a command asks before it changes something."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.context.target import raw_settings, target

Allow = Annotated[
    list[str] | None,
    typer.Option(
        "--allow",
        metavar="STACK:ADDRESS",
        help="Allow what the guard refused, as it names it. Repeatable.",
    ),
]
LockWait = Annotated[int, typer.Option(min=0, max=3600, metavar="SECONDS", help="Wait this long for a locked state.")]


def environment_names(incomplete: str) -> list[str]:
    """The environments in the settings that begin with a text, for the shell's completion."""
    environments = raw_settings(Context.read(os.environ)).get("environments", {})
    return [name for name in environments if name.startswith(incomplete)]


Environment = Annotated[
    str,
    typer.Argument(
        metavar="ENVIRONMENT",
        help="Environment: a table [environments.<name>] of the settings.",
        autocompletion=environment_names,
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask; required without a terminal.")]
Markdown = Annotated[Path | None, typer.Option(metavar="FILE", dir_okay=False, help="Also write it as Markdown.")]

_NOT_CONFIRMED = "not confirmed: nothing was changed; answer y on a terminal, or pass --yes"


def confirm(yes: bool, question: str) -> None:
    """Asks on a terminal whether to continue.

    Args:
        yes: --yes was passed, so don't ask.
        question: what to ask.

    Raises:
        OpsError: the answer is no, or there is no terminal.
    """
    if not yes and not (sys.stdin.isatty() and typer.confirm(question)):
        raise OpsError(_NOT_CONFIRMED)


def must_be_able_to_ask(yes: bool) -> None:
    """Refuses early if a later question could not be answered.

    Raises:
        OpsError: --yes was not passed, and there is no terminal.
    """
    if not yes and not sys.stdin.isatty():
        raise OpsError(_NOT_CONFIRMED)


def reveal(secret: str) -> bool:
    """Shows a secret on the terminal after asking: the last resort for one that can't be stored anywhere.

    Returns:
        Whether it was shown.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    if not typer.confirm("No file can be written. Show the new secret here, so that you can save it?", err=True):
        return False
    # Past the console on purpose, which would hide it.
    print(secret, file=sys.stderr, flush=True)
    return True


def save(file: Path, text: str) -> None:
    """Writes the file of an option such as --page.

    Raises:
        OpsError: it can't be written.
    """
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OpsError(f"{file}: can't be written: {error.strerror}; choose another file") from None


class Targeted(TyperCommand):
    """A command whose first line says which cloud it works on."""

    def invoke(self, ctx: Any) -> Any:
        """Prints that line, and runs the command."""
        context: Context = ctx.obj
        context.console.warn(target(context))
        return super().invoke(ctx)
