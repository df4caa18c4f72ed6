"""Pages of docs/ as drills: their commands run in the order written, in one shell, and what they print is compared.

A block of the language `console` is run: `$ ` begins a command, `> ` continues it, and the lines after it are what it
must print. `…` stands for any text within a line, and alone on a line for any lines. A command must succeed unless a
comment says `# exits N`. Within a list a block is indented. What a drill needs and a reader does not, such as breaking
the damage that the page repairs, is in an HTML comment that begins with `<!-- drill`, in the same form.
"""

import difflib
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sandbox.drill.drill_report import DrillError
from sandbox.drill.prepared_shell import Prepared, prepare
from sandbox.process import ROOT
from sandbox.world import World
from settings import load_settings

EXPENSE_TRACKER = ROOT / "sandbox/fixtures/expense-tracker.toml"
"""The settings whose stacks the pages name; settings.toml itself is the owner's to change."""
_BLOCK = re.compile(r"^( *)(```console|<!-- drill)\n(.*?)^\1(?:```|-->)$", re.MULTILINE | re.DOTALL)
_TIMES = re.compile(r"(<!-- times: .*? -->).*?(<!-- end of times -->)", re.DOTALL)
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_EXITS = re.compile(r"# exits (\d+)")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_SHELL = re.compile(r"`make sandbox WITH=([^ `]+)(?: SETTINGS=([^ `]+))?`")
_MARK = "\x01"


@dataclass(frozen=True)
class PageCommand:
    """One command of a page.

    Attributes:
        text: what is typed; it may span lines.
        expected: the lines that it must print.
        line: where it stands in the page, from 1.
        heading: the section that it is part of.
        shown: whether a reader sees it; false for what only the drill needs.
    """

    text: str
    expected: tuple[str, ...]
    line: int
    heading: str
    shown: bool

    @property
    def exit_code(self) -> int:
        """The exit code that it must end with."""
        said = _EXITS.search(self.text)
        return int(said[1]) if said else 0


@dataclass(frozen=True)
class PageSection:
    """A section of a page that was run.

    Attributes:
        heading: its heading.
        seconds: how long its commands took, those that only the drill needs left out.
        commands: how many of them a reader sees.
    """

    heading: str
    seconds: float
    commands: int


def with_times(text: str, sections: list[PageSection]) -> str:
    """A page with a table of its sections' times, in the place that it marks for that.

    Raises:
        DrillError: the page has no such place.
    """
    rows = [f"| {section.heading} | {section.commands} | {section.seconds:.0f} s |" for section in sections]
    table = "\n".join(["| what | commands | took |", "| --- | --- | --- |", *rows])
    changed, places = _TIMES.subn(lambda place: f"{place[1]}\n\n{table}\n\n{place[2]}", text)
    if not places:
        raise DrillError("the page has no place for times: <!-- times: … --> and <!-- end of times -->")
    return changed


def read_page(text: str) -> list[PageCommand]:
    """The commands of a page, in order.

    Args:
        text: the page, in Markdown.

    Raises:
        DrillError: a block does not begin with a command.
    """
    headings = [(match.start(), match[2]) for match in _HEADING.finditer(text) if not _in_block(text, match.start())]
    commands: list[PageCommand] = []
    for block in _BLOCK.finditer(text):
        heading = next((title for start, title in reversed(headings) if start < block.start()), "")
        first = text.count("\n", 0, block.start(3)) + 1
        lines = [line.removeprefix(block[1]) for line in block[3].splitlines()]
        commands += _commands(lines, first, heading, shown=block[2].startswith("```"))
    return commands


def _in_block(text: str, position: int) -> bool:
    return any(block.start() < position < block.end() for block in _BLOCK.finditer(text))


def _commands(lines: list[str], first: int, heading: str, *, shown: bool) -> Iterator[PageCommand]:
    typed: list[str] = []
    expected: list[str] = []
    start = first
    for number, line in enumerate(lines, first):
        if line.startswith("$ "):
            if typed:
                yield PageCommand("\n".join(typed), tuple(expected), start, heading, shown)
            typed, expected, start = [line[2:]], [], number
        elif (line == ">" or line.startswith("> ")) and typed and not expected:
            typed.append(line[2:])
        elif typed:
            expected.append(line.rstrip())
        else:
            raise DrillError(f"line {number}: a block must begin with a command: `$ …`")
    if typed:
        yield PageCommand("\n".join(typed), tuple(expected), start, heading, shown)


def matches(expected: tuple[str, ...], printed: list[str]) -> bool:
    """Whether lines are those that a page expects.

    Args:
        expected: the page's lines; none of them: anything may be printed.
        printed: what was printed.
    """
    if not expected:
        return True
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "…" else ".*?".join(map(re.escape, line.split("…"))) + r"\n"
        for line in expected
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None


class PageShell:
    """One bash that keeps its folder and variables from command to command, in a world."""

    def __init__(self, world: World, folder: Path) -> None:
        """
        Args:
            world: gives the environment, and ends the shell with itself.
            folder: where it begins.
        """
        self._process = world.start(["bash", "--noprofile", "--norc"], folder, typed=True)

    def run(self, command: str) -> tuple[int, list[str]]:
        """Runs one command; returns its exit code and the lines that it printed, errors among them."""
        # An open quote or here-document would swallow what follows, and the shell would never answer.
        check = subprocess.run(["bash", "-n"], input=command, capture_output=True, text=True)
        if check.returncode or check.stderr:
            raise DrillError(f"not a whole command: {command}: {check.stderr.strip()}")
        assert self._process.stdin  # noqa: S101  (typed: both are pipes)
        assert self._process.stdout  # noqa: S101
        self._process.stdin.write(f"{{\n{command}\n}} </dev/null\nprintf '\\n{_MARK}%s\\n' $?\n")
        self._process.stdin.flush()
        lines: list[str] = []
        for line in self._process.stdout:
            if line.startswith(_MARK):
                while lines and not lines[-1]:
                    lines.pop()
                return int(line[1:]), lines
            lines.append(_COLOUR.sub("", line.rstrip()))
        raise DrillError(f"the shell ended in: {command}")

    def close(self) -> None:
        """Ends the shell."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()


def shell_of(text: str) -> tuple[Prepared, str]:
    """What a page says to prepare for its commands: `make sandbox WITH=app SETTINGS=FILE`; nothing if it says nothing.

    Args:
        text: the page, in Markdown.

    Returns:
        What is prepared, and the file with the settings, below the project; empty for the usual one.

    Raises:
        DrillError: no such preparation is known.
    """
    said = _SHELL.search(text)
    if not said:
        return Prepared.NOTHING, ""
    if said[1] not in set(Prepared):
        raise DrillError(f"make sandbox WITH={said[1]}: use one of {', '.join(Prepared)}")
    return Prepared(said[1]), said[2] or ""


def rehearse_page(page: Path, settings_file: Path) -> Iterator[PageSection]:
    """Runs a page's commands in a world of its own, from the shell that the page names; see `run_page`.

    Args:
        page: the page.
        settings_file: what is deployed there, if the page does not name other settings.
    """
    _, other = shell_of(page.read_text(encoding="utf-8"))
    settings_file = ROOT / other if other else settings_file
    with World(page.stem, load_settings(settings_file)) as world:
        yield from rehearse_page_in(world, page, settings_file)


def rehearse_page_in(world: World, page: Path, settings_file: Path) -> Iterator[PageSection]:
    """The same, in a world with nothing in it that was made for these settings."""
    prepared, _ = shell_of(page.read_text(encoding="utf-8"))
    yield from run_page(world, page, prepare(world, settings_file, prepared))


def run_page(world: World, page: Path, folder: Path) -> Iterator[PageSection]:
    """Runs a page's commands; yields each section that has any, once it was run.

    Args:
        world: where they run.
        page: the page.
        folder: where the shell begins.

    Raises:
        DrillError: a command ended or printed otherwise than the page says; the message shows both.
    """
    shell = PageShell(world, folder)
    section, seconds, count = "", 0.0, 0
    try:
        for command in read_page(page.read_text(encoding="utf-8")):
            if command.heading != section:
                if count:
                    yield PageSection(section, seconds, count)
                section, seconds, count = command.heading, 0.0, 0
            start = time.monotonic()
            _check(page, command, *shell.run(command.text))
            if command.shown:
                seconds, count = seconds + time.monotonic() - start, count + 1
        if count:
            yield PageSection(section, seconds, count)
    finally:
        shell.close()


def _check(page: Path, command: PageCommand, code: int, printed: list[str]) -> None:
    where = f"{page.name}:{command.line}: {command.text}"
    if code != command.exit_code:
        raise DrillError(f"{where}\nexit code {code}, not {command.exit_code}:\n" + "\n".join(printed[-30:]))
    if not matches(command.expected, printed):
        difference = difflib.unified_diff(command.expected, printed, "in the page", "printed", lineterm="", n=1)
        raise DrillError(f"{where}\n" + "\n".join(difference))
