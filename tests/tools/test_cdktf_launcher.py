"""`npx cdktf` asks nobody for a newer version, in a shell that sets nothing."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.support import ROOT

PRINT = """
const { DISABLE_VERSION_CHECK, CHECKPOINT_DISABLE } = process.env;
console.log(JSON.stringify([DISABLE_VERSION_CHECK, CHECKPOINT_DISABLE, process.argv.slice(2)]));
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in which set-up's own command installed the launcher, with a cdktf-cli that prints what it got."""
    bundle = tmp_path / "node_modules/cdktf-cli/bundle/bin"
    bundle.mkdir(parents=True)
    (bundle / "cdktf.js").write_text(PRINT)
    (bundle / "cdktf").write_text('require("./cdktf.js")')
    (tmp_path / "node_modules/.bin").mkdir()
    (tmp_path / "node_modules/.bin/cdktf").symlink_to("../cdktf-cli/bundle/bin/cdktf")
    (tmp_path / "tools").symlink_to(ROOT / "tools")
    install = re.search(r"^\t(rm -f node_modules/\.bin/cdktf && .*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert install, "make setup does not install the launcher"
    subprocess.run(install[1], shell=True, cwd=tmp_path, check=True)  # noqa: S602  (a line of the Makefile)
    assert (bundle / "cdktf").read_text() == 'require("./cdktf.js")', "npm's own file was overwritten"
    return tmp_path


def _run(checkout: Path, command: list[str], **variables: str) -> list[object]:
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    path = f"{ROOT / '.venv/bin'}:{bare['PATH']}"
    answer = subprocess.run(
        command, cwd=checkout, env=bare | {"PATH": path} | variables, capture_output=True, text=True, check=True
    )
    return json.loads(answer.stdout)


@pytest.mark.parametrize("program", [["npx", "cdktf"], ["node_modules/.bin/cdktf"]], ids=" ".join)
def test_a_bare_shell_gets_both_variables(checkout: Path, program: list[str]) -> None:
    assert _run(checkout, [*program, "diff", "dev"]) == ["1", "1", ["diff", "dev"]]


def test_what_the_shell_sets_wins(checkout: Path) -> None:
    variables = {"DISABLE_VERSION_CHECK": "0", "CHECKPOINT_DISABLE": ""}
    assert _run(checkout, ["node_modules/.bin/cdktf"], **variables) == ["0", "", []]


def test_cdktf_still_has_both_switches() -> None:
    """The names are cdktf-cli's own: a newer one that renames them would ask again."""
    bundle = (ROOT / "node_modules/cdktf-cli/bundle/bin/cdktf.js").read_text()
    assert {"DISABLE_VERSION_CHECK", "CHECKPOINT_DISABLE"} <= set(re.findall(r"process\.env\.(\w+)", bundle))
