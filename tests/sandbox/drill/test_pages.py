"""How a page's commands are read, run and compared."""

from pathlib import Path

import pytest

from sandbox.drill.drill_report import DrillError
from sandbox.drill.page_drill import PageSection, PageShell, matches, read_page, run_page, with_times

PAGE = """# Title

```console
$ cd folder
$ printf 'a\\nb\\n'
a
b
```

## Second

<!-- drill
$ export HIDDEN=1
-->

```sh
$ not run
```

```console
$ cat <<END
> # not a heading $HIDDEN
>
> END
# not a heading …
$ false  # exits 1: as it should
```
"""


class BareWorld:
    """A world in which only a shell is started."""

    def __init__(self) -> None:
        self.environment: dict[str, str] = {}

    def start(self, command: list[str], folder: Path, *, typed: bool) -> object:
        import subprocess

        assert typed
        return subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


def test_blocks_are_read_in_order_with_their_sections():
    commands = read_page(PAGE)
    assert [command.text.split()[0] for command in commands] == ["cd", "printf", "export", "cat", "false"]
    assert [command.heading for command in commands] == ["Title", "Title", "Second", "Second", "Second"]
    assert [command.shown for command in commands] == [True, True, False, True, True]
    assert commands[1].expected == ("a", "b")
    assert commands[1].line == PAGE.splitlines().index("$ printf 'a\\nb\\n'") + 1
    assert commands[3].text == "cat <<END\n# not a heading $HIDDEN\n\nEND"
    assert commands[4].exit_code == 1


def test_a_block_in_a_list_is_indented():
    shown_block = "   ```console\n   $ cat <<END\n   >   deep\n   > END\n     deep\n   ```\n"
    page = f"# T\n\n1. Do\n\n{shown_block}\n   <!-- drill\n   $ true\n   -->\n"
    (shown, hidden) = read_page(page)
    assert (shown.text, shown.expected, shown.line) == ("cat <<END\n  deep\nEND", ("  deep",), 6)
    assert (hidden.text, hidden.shown) == ("true", False)


def test_a_block_begins_with_a_command():
    with pytest.raises(DrillError, match="line 2"):
        read_page("```console\noutput\n```\n")


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        ((), ["anything"], True),
        (("a",), ["a"], True),
        (("a",), ["a", "b"], False),
        (("a", "b"), ["a"], False),
        (("a … z",), ["a to z"], True),
        (("a … z",), ["a to", "z"], False),
        (("…", "z"), ["a", "b", "z"], True),
        (("…", "z"), ["z"], True),
        (("a", "…"), ["b", "z"], False),
        (("a.c",), ["abc"], False),
    ],
)
def test_what_is_printed_is_compared(expected: tuple[str, ...], printed: list[str], same: bool):
    assert matches(expected, printed) is same


def test_a_page_runs_in_one_shell(tmp_path: Path):
    (tmp_path / "folder").mkdir()
    page = tmp_path / "page.md"
    page.write_text(PAGE.replace("heading …", "heading 1"))
    ran = [(section.heading, section.commands) for section in run_page(BareWorld(), page, tmp_path)]  # pyright: ignore[reportArgumentType]
    assert ran == [("Title", 2), ("Second", 2)]


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ("$ false", "exit code 1, not 0"),
        ("$ true # exits 3", "exit code 0, not 3"),
        ("$ echo a\nb", "-b"),
        ("$ exit", "the shell ended"),
        ("$ cat <<END\nEND", "not a whole command"),
        ("$ echo 'a", "not a whole command"),
    ],
)
def test_a_false_page_is_reported_with_its_line(tmp_path: Path, block: str, says: str):
    page = tmp_path / "page.md"
    page.write_text(f"# T\n\n```console\n{block}\n```\n")
    with pytest.raises(DrillError, match=says):
        list(run_page(BareWorld(), page, tmp_path))  # pyright: ignore[reportArgumentType]


def test_a_command_gets_no_input(tmp_path: Path):
    shell = PageShell(BareWorld(), tmp_path)  # pyright: ignore[reportArgumentType]
    assert shell.run("cat") == (0, [])
    assert shell.run("echo after") == (0, ["after"])
    shell.close()


def test_times_are_written_where_the_page_marks_a_place():
    page = "a\n<!-- times: by make -->\nold\n<!-- end of times -->\nb"
    written = with_times(page, [PageSection("A table was dropped", 3.4, 2)])
    assert "| A table was dropped | 2 | 3 s |" in written
    assert "old" not in written
    assert with_times(written, []).count("| what |") == 1
    with pytest.raises(DrillError, match="no place"):
        with_times("a", [])
