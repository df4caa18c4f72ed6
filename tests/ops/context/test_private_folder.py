"""Folders for secrets: nobody else can open them, and a killed run's are removed by the next run."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from ops.cli import main
from ops.context.private_folder import private_folder, sweep_private_folders

ROOT = Path(__file__).parents[3]
HOLDER = """
import sys, tempfile
from ops.context.private_folder import private_folder
tempfile.tempdir = sys.argv[1]
with private_folder("plans") as folder:
    (folder / "a.tfplan").write_text("secret")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_killed_runs_folder_is_removed_by_the_next_run_and_a_running_ones_is_not(temp: Path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(temp)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        left = Path(process.stdout.readline().strip())
        sweep_private_folders()
        with private_folder("plans") as own:
            assert (left / "a.tfplan").read_text() == "secret", "its run is still going"
            assert own.stat().st_mode & 0o777 == 0o700
        process.kill()
        process.wait()
    assert (left / "a.tfplan").exists()
    # Any command: this one has nothing to do with plans.
    assert main(["--version"]) == 0
    assert list(temp.iterdir()) == []


def test_a_link_is_not_followed(temp: Path, tmp_path_factory: pytest.TempPathFactory):
    target = tmp_path_factory.mktemp("mine")
    (target / "file").write_text("kept")
    (temp / "infra-ops-plans-link").symlink_to(target)
    sweep_private_folders()
    assert (target / "file").read_text() == "kept"
