"""The drill of a full disk: each way of making a disk small has a rotation refused before it begins."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.drill.operator_fault_drills import SMALL_FILES, TINY_DISK
from tests.support import ROOT

RESERVE = """
import sys
from pathlib import Path
from ops.context.errors import OpsError
from ops.rotate.secret_file import SecretFile
try:
    SecretFile(Path(sys.argv[1], "new.env"), force=False)
except OpsError as error:
    sys.exit(str(error))
print("reserved")
"""


def reserve(before: tuple[str, ...], folder: Path) -> subprocess.CompletedProcess[str]:
    command = [*before, str(folder), sys.executable, "-B", "-c", RESERVE, str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_where_there_are_no_namespaces_no_file_may_be_large(tmp_path: Path) -> None:
    """The way of macOS, and of a container that forbids them."""
    disk, reason = SMALL_FILES
    done = reserve(disk, tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{tmp_path}/new.env: can't be written: {reason}")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_of_4_kb_is_full(tmp_path: Path) -> None:
    disk, reason = TINY_DISK
    if not shutil.which(disk[0]) or subprocess.run([*disk[:3], "true"], capture_output=True).returncode != 0:
        pytest.skip("this machine has no mount namespaces")
    done = reserve(disk, tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{tmp_path}/new.env: can't be written: {reason}")


def test_with_room_the_file_is_reserved(tmp_path: Path) -> None:
    done = reserve(("sh", "-c", 'shift; exec "$@"', "sh"), tmp_path)
    assert (done.returncode, done.stdout) == (0, "reserved\n")
