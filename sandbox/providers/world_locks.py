"""Lock files for worlds. They pin the same versions as locks/, without the registry's checksums.

Terraform checks the packages of a mirror against the lock file, and a stand-in is another package than the registry's.
"""

from __future__ import annotations

import re
from pathlib import Path

from sandbox.process import ROOT

_HASHES = re.compile(r"^ *hashes *= *\[.*?^ *\]\n", re.MULTILINE | re.DOTALL)


def write_world_locks(folder: Path, locks: Path = ROOT / "locks") -> Path:
    """Writes the lock files without checksums; returns the folder.

    Args:
        folder: created if missing.
        locks: the lock files of the registry's packages.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for lock in locks.glob("*.terraform.lock.hcl"):
        (folder / lock.name).write_text(_HASHES.sub("", lock.read_text(encoding="utf-8")), encoding="utf-8")
    return folder
