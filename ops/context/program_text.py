"""What other programs print, made readable: without terminal codes, the error alone, and quotes that can be cut.

The forms of each program's error and epilogue are recorded in tests/ops/context/program_outputs.
"""

import re
import unicodedata
from dataclasses import dataclass

MOST_LINES = 20
# Begins each line of a quote: `shortened` cuts only these.
QUOTE = "  | "
_LEFT_OUT = f"{QUOTE}…"

# ECMA-48: control sequences, strings that end with BEL or ST, and other escape sequences; in their 7- and 8-bit forms.
_SEQUENCES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]"
)
# A line is erased, or the cursor returns to its start: the rest is written over what was there.
_REWRITES = re.compile(r"(?:\x1b\[|\x9b)(?:[0-2]?K|1?G|[0-9]*F)")
# Characters that reverse the order of the text after them.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")

_ERROR = re.compile(
    r"^\s*(?:Uncaught )?[\w$.]*(?:Error|Exception)\b[^:]{0,40}:"
    r"|^\s*(?:error|ERROR|Internal Error|Usage Error|fatal|FATAL|panic):?\s"
    r"|^\W{0,4}\[?(?:ERROR|error)\]?:?\s"
    r"|^\s*npm (?:error|ERR!) \S"
    r"|\bERR_PNPM_[A-Z_]+"
    r"|\bSQLSTATE\b|\(code: '?[0-9A-Z]{5}'?\)"
)
# Printed around the program's own output by what ran it.
_HEADER = re.compile(r"^(?:> .*|\$ .*|yarn run v[\d.]+.*)$")
_EPILOGUE = re.compile(
    r"^(?:Node\.js v\d[\d.]*"
    r"|Exit status \d+"
    r"|\s*ELIFECYCLE\s.*"
    r"|\s*ERR_PNPM_RECURSIVE_(?:RUN|EXEC)_FIRST_FAIL\s+\S+ \S+: `.*"
    r"|error Command failed with exit code \d+\."
    r"|error: script \".*\" (?:exited with code \d+|was terminated by signal .*)"
    r"|Bun v\d[\d.]* \(.*\)"
    r"|info Visit https://yarnpkg\.com/.*"
    r"|npm (?:error|ERR!)(?: (?:code \d+|path .*|workspace .*|location .*|command .*|Lifecycle script .* failed.*"
    r"|A complete log of this run .*)?)?"
    r"|\s*If you think this is a bug, please open an issue at: \S+"
    r"|\W*Logs were written to \".*\"\W*"
    r"|/\S+:)$"
)
_SPINNER = re.compile(r"^\s*\[?[\u2800-\u28ff]\]?\s")
# Node's stack traces, and the fields of a database driver's error that say nothing about the cause.
_NOISE = re.compile(
    r"^\s+at .*[(/:].*"
    r"|^\s*\.\.\. \d+ lines matching .*"
    r"|^\s+(?:length|severity|file|line|routine|position|internalPosition|internalQuery|dataType|errno"
    r"|syscall|requireStack|query|params): .*"
    r"|^\s+\S+: undefined,?$"
    r"|^\s*[\]})]+,?$"
    r"|^npm (?:error|ERR!)$"
)
_LONGEST_LINE = 500


@dataclass(frozen=True)
class ErrorText:
    """The part of a program's output that says why it failed.

    Attributes:
        text: at most 20 lines, without terminal codes; empty if there was no output.
        found: whether an error was recognized; if not, these are the last lines.
    """

    text: str
    found: bool


def plain_text(text: str) -> str:
    """Text without a terminal's control sequences. Of a line that was rewritten, the last state remains."""
    text = _SEQUENCES.sub("", _REWRITES.sub("\r", text).replace("\r\n", "\n"))
    lines = [_last_state(line) for line in text.split("\n")]
    return "\n".join(
        "".join(character for character in _TURNS.sub("", line) if not _is_control(character)) for line in lines
    )


def error_text(output: str) -> ErrorText:
    """Finds the error in a program's output: of Node and its package managers, drizzle-kit, Prisma, psql and wrangler.

    Args:
        output: what it wrote to standard output and standard error, without secrets.
    """
    # A runner's epilogue continues the line of a spinner.
    text = re.sub(r"(?<=\S)\s?(?=\s(?:ELIFECYCLE|ERR_PNPM_\w+)\s)", "\n", plain_text(output))
    text = re.sub(r"(?m)^(\s*\[?[\u2800-\u28ff]\]? [^.\n]*\.\.\.)(?=\S)", "\\1\n", text)
    lines = [line.rstrip()[:_LONGEST_LINE] for line in text.split("\n")]
    whole = lines
    # Trailing, since only there it is the runner's: a program in the middle may print the same words.
    while lines and (not lines[-1] or _EPILOGUE.match(lines[-1])):
        lines = lines[:-1]
    lines = [line for line in lines if not _SPINNER.match(line) and not _HEADER.match(line)]
    if not any(lines):
        return ErrorText(_joined(_without_blanks(whole)[-MOST_LINES:]), found=False)
    start = next((number for number, line in enumerate(lines) if _ERROR.search(line)), None)
    if start is None:
        return ErrorText(_joined(_without_blanks(lines)[-MOST_LINES:]), found=False)
    error = _without_blanks([line for line in lines[start:] if not _NOISE.match(line)])
    if len(error) > MOST_LINES:
        # The first line names the error; lines that look like one name its cause, wherever they are.
        causes = [line for line in error[1:] if _ERROR.search(line) or re.search(r"\b(?:code|cause|detail)\b", line)]
        error = [*error[: MOST_LINES - min(len(causes), 10)], *causes[:10]]
        error = list(dict.fromkeys(error))
    return ErrorText(_joined(error), found=True)


def quoted(text: str) -> str:
    """Text of another program as a quote in a message, each line marked."""
    return "\n".join(f"{QUOTE}{line}" for line in plain_text(text).split("\n"))


def shortened(text: str, limit: int) -> str:
    """A message within a service's limit: the quotes in it are cut from their end, and its own words only if need be.

    Args:
        text: a message, with `quoted` parts.
        limit: the most characters; 8 or more.
    """
    if len(text) <= limit:
        return text
    lines = text.split("\n")
    own = sum(len(line) + 1 for line in lines if not line.startswith(QUOTE)) - 1
    room = limit - own
    if any(line.startswith(QUOTE) for line in lines) and room > len(_LEFT_OUT):
        return "\n".join(_cut_quotes(lines, room))
    # A message begins with what failed and ends with what to do.
    lines = [line for line in lines if not line.startswith(QUOTE)]
    *others, advice = lines
    start = limit - len(advice) - 3
    if others and start > 0:
        return "\n".join(others)[:start] + " …\n" + advice
    return "\n".join(lines)[: limit - 2] + " …"


def _cut_quotes(lines: list[str], room: int) -> list[str]:
    """The lines, with quotes that take no more than these characters, line ends included."""
    room -= len(_LEFT_OUT) + 1
    kept, cut = list[str](), False
    for line in lines:
        if not line.startswith(QUOTE):
            kept.append(line)
        elif not cut and len(line) + 1 <= room:
            kept.append(line)
            room -= len(line) + 1
        elif not cut:
            cut = True
            # The end of a long line is worth less than the beginning of it.
            kept.append(line[: room - 3] + " …" if room > len(QUOTE) + 20 else _LEFT_OUT)
    return kept


def _last_state(line: str) -> str:
    states = line.split("\r")
    return next((state for state in reversed(states) if state.strip()), states[-1])


def _is_control(character: str) -> bool:
    return character != "\t" and unicodedata.category(character) == "Cc"


def _without_blanks(lines: list[str]) -> list[str]:
    return [line for line in lines if line.strip()]


def _joined(lines: list[str]) -> str:
    return "\n".join(lines)
