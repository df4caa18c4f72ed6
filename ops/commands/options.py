"""Options that several commands have, each told of in one way, and how they ask before they change something."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from ops.context.errors import OpsError

LockWait = Annotated[
    int, typer.Option(min=0, max=3600, help="Seconds to wait for a state that another run has locked.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask. Needed where there is no terminal to ask on.")]
Markdown = Annotated[Path | None, typer.Option(dir_okay=False, help="Also write it as Markdown to this file.")]

_NOT_CONFIRMED = "not confirmed: nothing was changed; on a terminal answer y, elsewhere pass --yes"


def confirm(yes: bool, question: str) -> None:
    """Asks on a terminal whether to go on.

    Args:
        yes: the answer is given already, by --yes.
        question: what to ask.

    Raises:
        OpsError: the answer is no, or there is no terminal to ask on.
    """
    if not yes and not (sys.stdin.isatty() and typer.confirm(question)):
        raise OpsError(_NOT_CONFIRMED)


def must_be_able_to_ask(yes: bool) -> None:
    """Refuses at once where a later question could not be answered.

    Raises:
        OpsError: there is neither --yes nor a terminal.
    """
    if not yes and not sys.stdin.isatty():
        raise OpsError(_NOT_CONFIRMED)


def save(file: Path, text: str) -> None:
    """Writes what an option like --page asks for.

    Raises:
        OpsError: it can't be written.
    """
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OpsError(f"{file}: can't be written: {error.strerror}; name another file") from None
