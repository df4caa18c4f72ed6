"""The errors in recorded outputs of real programs; terminal codes; quotes that are cut and advice that is not."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.context.program_text import MOST_LINES, QUOTE, error_text, plain_text, quoted, shortened

RECORDED = Path(__file__).parent / "program_outputs"
NO_TABLE = ['error: relation "no_such_table" does not exist', "  code: '42P01',"]
P3009 = [
    "Error: P3009",
    "migrate found failed migrations in the target database",
    "The `20260101000000_init` migration",
]
# The first lines of what is quoted of each recorded output, by its file's name.
ERRORS = {
    "bun-missing-script": ['error: Script not found "db:migrat"'],
    "bun-run": NO_TABLE,
    "bun-run-colors": NO_TABLE,
    "bun-runtime": ['error: relation "no_such_table" does not exist', '       code: "42P01"'],
    "drizzle-orm": ["DrizzleQueryError: Failed query:", 'ALTER TABLE "no_such_table" ADD COLUMN "note" text;'],
    "node-division": ["error: division by zero", "  code: '22012',"],
    "node-missing-module": ["Error: Cannot find module '/home/runner/work/app/app/nowhere.mjs'"],
    "node-postgres": NO_TABLE,
    "node-refused": ["Error: connect ECONNREFUSED 127.0.0.1:9"],
    "npm-missing-script": ['npm error Missing script: "db:migrat"'],
    "npm-no-lock": ["npm error code EUSAGE", "npm error The `npm ci` command can only install with an existing"],
    "npm-run": NO_TABLE,
    "pnpm-exec-missing": ['\u2009ERR_PNPM_RECURSIVE_EXEC_FIRST_FAIL\u2009 Command "no-such-migrator" not found'],
    "pnpm-missing-script": [
        "\u2009ERR_PNPM_NO_SCRIPT\u2009 Missing script: db:migrat",
        'Command "db:migrat" not found.',
    ],
    "pnpm-run": NO_TABLE,
    "prisma-deploy": ["Error: external connector error", "No such table: no_such_table"],
    "prisma-failed-before": P3009,
    "prisma-pnpm": P3009,
    "wrangler-does-not-start": [
        "✘ [ERROR] A request to the Cloudflare API (/accounts/",
        "  service core:user:api-production: Uncaught Error: at start",
    ],
    "yarn-classic-colors": NO_TABLE,
    "yarn-classic-missing-script": ['error Command "db:migrat" not found. Did you mean "db:migrate"?'],
    "yarn-classic-run": NO_TABLE,
    "yarn-missing-script": ['Usage Error: Couldn\'t find a script named "db:migrat".'],
    "yarn-run": NO_TABLE,
}
# Nothing in these says why: the last lines are quoted, without the spinner and what the runner printed around them.
SILENT = {
    "drizzle-kit-no-config": "/home/runner/work/app/app/nowhere.ts file does not exist",
    "pnpm-filter-none": 'No projects matched the filters in "/home/runner/work/app/workspace"',
} | dict.fromkeys(
    (
        "drizzle-kit-refused", "npm-run-colors", "npm-run-drizzle-kit", "npm-workspace", "npx-drizzle-kit",
        "pnpm-exec", "pnpm-filter", "pnpm-run-colors", "pnpm-run-drizzle-kit", "yarn-classic-drizzle-kit",
        "bun-drizzle-kit", "yarn-drizzle-kit", "yarn-run-colors",
    ),
    "Using 'pg' driver for database querying",
)  # fmt: skip


def recorded(name: str) -> str:
    return (RECORDED / f"{name}.txt").read_bytes().decode()


def test_every_recorded_output_is_tested():
    assert sorted(ERRORS | SILENT) == sorted(file.stem for file in RECORDED.glob("*.txt"))


@pytest.mark.parametrize("name", ERRORS)
def test_the_error_is_found_in_a_recorded_output(name: str):
    found = error_text(recorded(name))
    lines = found.text.split("\n")
    assert found.found
    assert [line[: len(start)] for line, start in zip(lines, ERRORS[name], strict=False)] == ERRORS[name]
    assert len(lines) <= MOST_LINES
    assert not any(
        word in found.text
        for word in ("ELIFECYCLE", "Node.js v", "    at ", "exit code 1", "exited with", "info Visit", "a bug", "Logs")
    )


@pytest.mark.parametrize("name", SILENT)
def test_without_an_error_the_last_lines_of_a_recorded_output_are_quoted(name: str):
    found = error_text(recorded(name))
    assert not found.found
    assert found.text.split("\n")[-1] == SILENT[name]
    assert "applying migrations" not in found.text, "that is the spinner"


def test_the_cause_of_a_drivers_error_is_quoted_as_well():
    text = error_text(recorded("drizzle-orm")).text
    assert 'cause: error: relation "no_such_table" does not exist' in text
    assert "code: '42P01'" in text


def test_only_the_epilogue_is_better_than_nothing():
    assert error_text("\n> app@1.0.0 migrate\n> false\n\nExit status 1\n").text.split("\n")[-1] == "Exit status 1"
    assert error_text("").text == ""


def test_a_long_error_keeps_its_cause():
    long = ["Error: Failed query: insert", *(f"  ({number})," for number in range(60)), "  code: '23505',"]
    lines = error_text("\n".join(long)).text.split("\n")
    assert (lines[0], lines[-1], len(lines)) == (long[0], long[-1], MOST_LINES)


@pytest.mark.parametrize(
    ("printed", "plain"),
    [
        ("\x1b[31mred\x1b[39m", "red"),
        ("10 %\r50 %\r100 %\n", "100 %\n"),
        ("[1] a...\x1b[2K\x1b[1G[2] b...", "[2] b..."),
        ("line\r\nnext", "line\nnext"),
        ("\x1b]8;;https://example.com\x07link\x1b]8;;\x07", "link"),
        ("\x1b]0;title\x1b\\text", "text"),
        ("\x9b1mbold\x9b0m", "bold"),
        ("a\x00b\x07c\td", "abc\td"),
        ("user\u202etxt.exe", "usertxt.exe"),
        ("\x1b[?25lhidden cursor\x1b[?25h", "hidden cursor"),
    ],
)
def test_terminal_codes_are_removed(printed: str, plain: str):
    assert plain_text(printed) == plain


_CODES = st.text(st.sampled_from("\x1b[]0123;?KGmAa \r\n\t\x07\\\x9b\x9d\x00é"), max_size=60)


@given(st.one_of(st.text(), _CODES))
def test_no_control_character_is_left_and_a_second_pass_changes_nothing(text: str):
    plain = plain_text(text)
    assert {character for character in plain if unicodedata.category(character) == "Cc"} <= {"\n", "\t"}
    assert plain_text(plain) == plain


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cc"]), max_size=300), min_size=1, max_size=30),
    st.integers(200, 2000),
)
def test_the_quote_is_cut_and_never_the_advice(quote: list[str], limit: int):
    what, advice = "`pnpm db:migrate` ended with exit code 1:", "Fix the cause and run the release again."
    text = f"{what}\n{quoted(chr(10).join(quote))}\n{advice}"
    short = shortened(text, limit)
    assert len(short) <= limit
    assert short.startswith(what)
    assert short.endswith(advice)
    if len(text) <= limit:
        assert short == text
    else:
        assert "…" in short


@given(st.text(min_size=1), st.integers(8, 400))
def test_a_message_without_a_quote_fits_as_well(text: str, limit: int):
    assert len(shortened(text, limit)) <= limit


def test_an_advice_longer_than_the_limit_is_the_last_thing_to_be_cut():
    short = shortened(f"what\n{QUOTE}quote\n" + "a" * 300, 100)
    assert len(short) <= 100
    assert QUOTE not in short
