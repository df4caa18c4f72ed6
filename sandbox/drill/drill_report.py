"""Progress as it goes, and the summary at the end."""

import textwrap
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console

_COLUMNS = 80
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
        left_out: the parts that were not run, each with how to run it or why it can't be.
        interrupted: set before the run is ended from outside; later failures don't count.
    """

    def __init__(self, console: Console) -> None:
        """
        Args:
            console: where progress and the summary are written.
        """
        self._console = console
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self.steps: list[DrillStep] = []
        self.left_out: list[str] = []
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

    def leave_out(self, what: str, why: str) -> None:
        """Records a part that this run leaves out.

        Args:
            what: the part, such as `recovery (step k)`.
            why: how to run it, or why it can't be.
        """
        self.left_out.append(f"{what}: {why}")

    def print_summary(self) -> None:
        """Prints what each step proved or why it failed, in order of time; then the sum, and what to do next."""
        for step in self.steps:
            self._print("")
            self._print(f"{step.name}  {step.seconds:.1f} s", style="bold")
            for proof in step.proofs:
                self._print(proof, indent=4)
            if step.error:
                self._print(f"FAILED: {step.error}", indent=4, style="red")
        failed = [step for step in self.steps if step.error]
        self._print("")
        self._print(self._sum(len(failed)), style="bold")
        if self.left_out:
            self._print("Not run:")
            for part in self.left_out:
                self._print(part, indent=4)
        if failed:
            self._print(f"Next: read why {failed[0].name.partition('.')[0]} failed, above, and rehearse again.")
        else:
            self._print("Next: take over your states, or start without any (README.md).")

    def _sum(self, failed: int) -> str:
        count = len(self.steps)
        seconds = time.monotonic() - self._began
        steps = f"{count - failed} step{'' if count - failed == 1 else 's'} passed"
        return f"{steps}{f', {failed} failed' if failed else ''} in {seconds:.0f} s."

    def _print(self, text: str, *, indent: int = 0, style: str | None = None) -> None:
        width = min(self._console.width, _COLUMNS)
        # A proof is a sentence: it begins on a line of its own, and its further lines are indented below it.
        for line in text.splitlines() or [""]:
            wrapped = textwrap.wrap(
                line,
                width,
                initial_indent=" " * indent,
                subsequent_indent=" " * (indent + 2),
                break_long_words=False,
                break_on_hyphens=False,
            )
            for part in wrapped or [""]:
                self._console.print(part, style=style, highlight=False, markup=False, soft_wrap=True)
