"""Progress as it goes, and the table at the end."""

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

INTERRUPTED = "interrupted"


class DrillError(Exception):
    """A step failed; the message says what was observed."""


@dataclass
class DrillStep:
    """One step of the drill, while it runs.

    Attributes:
        name: what it tries.
        proofs: what was seen, one sentence each.
        seconds: how long it took, 0 while it runs.
        error: why it failed, empty where it did not.
    """

    name: str
    proofs: list[str] = field(default_factory=list[str])
    seconds: float = 0
    error: str = ""

    def prove(self, fact: bool, seen: str, otherwise: str = "") -> None:
        """Records a fact, or fails the step.

        Raises:
            DrillError: the fact is false.
        """
        if not fact:
            raise DrillError(otherwise or f"expected, but not true: {seen}")
        self.proofs.append(seen)


class DrillReport:
    """Collects steps from tracks that run side by side.

    Attributes:
        steps: all of them, in the order in which they began.
        interrupted: set before the run is ended from outside; later failures don't count.
    """

    def __init__(self, console: Console) -> None:
        """
        Args:
            console: where progress and the table are written.
        """
        self._console = console
        self._lock = threading.Lock()
        self.steps: list[DrillStep] = []
        self.interrupted = False

    @contextmanager
    def step(self, name: str) -> Generator[DrillStep, None, None]:
        """Times a step, and prints its start and end. An error ends the step's track."""
        step = DrillStep(name)
        with self._lock:
            self.steps.append(step)
        self._console.print(f"  … {name}", highlight=False, markup=False)
        start = time.monotonic()
        try:
            yield step
        except KeyboardInterrupt:
            step.error = INTERRUPTED
            raise
        except Exception as error:
            step.error = INTERRUPTED if self.interrupted else str(error) or type(error).__name__
            raise
        finally:
            step.seconds = time.monotonic() - start
            mark = "✗" if step.error else "✓"
            note = f"  {INTERRUPTED}" if step.error == INTERRUPTED else ""
            self._console.print(f"  {mark} {name}  {step.seconds:.1f} s{note}", highlight=False, markup=False)

    def failed(self) -> bool:
        """Whether any step failed."""
        return any(step.error for step in self.steps)

    def table(self) -> None:
        """Prints the table of steps: what passed or why it failed, and seconds."""
        table = Table("step", "what passed", "s", show_lines=True)
        for step in sorted(self.steps, key=lambda step: step.name):
            seen = "\n".join(step.proofs)
            failure = f"[red]FAILED: {_plain(step.error)}[/red]" if step.error else ""
            table.add_row(_plain(step.name), "\n".join(filter(None, [_plain(seen), failure])), f"{step.seconds:.1f}")
        self._console.print(table)


def _plain(text: str) -> str:
    return text.replace("[", r"\[")
