"""The linters of workflows: actionlint with shellcheck, and zizmor."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.workflows.documents import ACTIONS, CALLERS, OWN, ROOT, steps

# No wheel for Linux on ARM: there it is the PATH's own, of any version, or none.
_PINNED = ROOT / ".venv/bin/shellcheck"
SHELLCHECK = _PINNED if _PINNED.exists() else Path(shutil.which("shellcheck") or "shellcheck")
needs_shellcheck = pytest.mark.skipif(
    not SHELLCHECK.exists(), reason="no shellcheck, which has no wheel for this platform"
)
MODULE = ROOT / "tools/actionlint"
ACTIONLINT_VERSION, SHELLCHECK_VERSION = "1.7.12", "0.11.0"
# A broken workflow for each linter: one that finds nothing in it is not at work.
BROKEN = """
on: push
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v1
      - run: echo $HOME ${{ github.nothing }}
"""


@pytest.fixture(scope="session")
def actionlint() -> Path:
    """actionlint, built from source as go.sum pins it; where there is no way to get it, the test is skipped."""
    program = ROOT / f".venv/tools/actionlint-{ACTIONLINT_VERSION}"
    if program.exists():
        return program
    go = shutil.which("go")
    if go is None:
        pytest.skip("actionlint is not built: there is no Go on this machine")
    program.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=program.parent) as folder:
        built = Path(folder, "actionlint")
        command = [go, "build", "-mod=readonly", "-buildvcs=false", "-o", built]
        command += ["github.com/rhysd/actionlint/cmd/actionlint"]
        finished = subprocess.run(command, cwd=MODULE, capture_output=True, text=True)
        # What was downloaded is not what is pinned: that is no reason to skip.
        assert "SECURITY ERROR" not in finished.stderr, finished.stderr
        if finished.returncode != 0:
            pytest.skip(f"actionlint is not built: {finished.stderr.strip().splitlines()[-1]}")
        # Several tests may build it at once: each replaces it as a whole.
        built.replace(program)
    return program


def lint(actionlint: Path, *files: Path) -> subprocess.CompletedProcess[str]:
    command = [actionlint, "-no-color", "-oneline", "-shellcheck", SHELLCHECK, "-pyflakes=", *files]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def zizmor(*paths: Path) -> subprocess.CompletedProcess[str]:
    command = [ROOT / ".venv/bin/zizmor", "--offline", "--strict-collection", "--persona=pedantic", "--no-progress"]
    # It asks GitHub where it finds a token, and would then not be the same on each machine.
    environment = {name: value for name, value in os.environ.items() if name not in ("GH_TOKEN", "GITHUB_TOKEN")}
    return subprocess.run([*command, *paths], cwd=ROOT, env=environment, capture_output=True, text=True)


def test_the_linters_are_the_pinned_ones(actionlint: Path):
    version = subprocess.run([actionlint, "-version"], check=True, capture_output=True, text=True).stdout
    assert version.splitlines()[0] == f"v{ACTIONLINT_VERSION}"
    if not _PINNED.exists():
        return
    shellcheck = subprocess.run([_PINNED, "--version"], check=True, capture_output=True, text=True)
    assert f"version: {SHELLCHECK_VERSION}" in shellcheck.stdout


def test_actionlint_finds_nothing(actionlint: Path):
    finished = lint(actionlint, *OWN, *CALLERS)
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")


@needs_shellcheck
def test_actionlint_and_its_shellcheck_are_at_work(actionlint: Path, tmp_path: Path):
    broken = tmp_path / "broken.yml"
    broken.write_text(BROKEN)
    found = lint(actionlint, broken).stdout
    assert '"nothing" is not defined' in found
    assert "shellcheck reported issue in this script: SC2086" in found


@needs_shellcheck
def test_shellcheck_finds_nothing_where_actionlint_does_not_look():
    scripts = [step["run"] for file in ACTIONS for step in steps(file) if "run" in step]
    scripts.append((ROOT / ".github/run_ops.sh").read_text())
    assert len(scripts) > 1
    for script in scripts:
        finished = subprocess.run([SHELLCHECK, "--shell=bash", "-"], input=script, capture_output=True, text=True)
        assert (finished.returncode, finished.stdout) == (0, "")


def test_zizmor_finds_nothing():
    finished = zizmor(ROOT / ".github", ROOT / "examples/app/.github")
    assert finished.returncode == 0, finished.stdout
    assert "No findings to report" in finished.stdout


def test_zizmor_is_at_work(tmp_path: Path):
    folder = tmp_path / ".github/workflows"
    folder.mkdir(parents=True)
    (folder / "broken.yml").write_text(BROKEN)
    finished = zizmor(tmp_path)
    assert finished.returncode >= 10, "11 to 14: findings, by their severity"
    assert "unpinned-uses" in finished.stdout
    assert "excessive-permissions" in finished.stdout
