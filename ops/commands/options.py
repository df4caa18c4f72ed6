"""Options that several commands have, each told of in one way."""

from pathlib import Path
from typing import Annotated

import typer

LockWait = Annotated[
    int, typer.Option(min=0, max=3600, help="Seconds to wait for a state that another run has locked.")
]
Markdown = Annotated[Path | None, typer.Option(dir_okay=False, help="Also write it as Markdown to this file.")]
