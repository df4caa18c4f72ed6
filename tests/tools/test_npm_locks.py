"""Each package-lock.json is whole: a package for another system must be in it too, or `npm ci` there refuses it."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = [
    ROOT / name
    for name in (
        "package-lock.json",
        "sandbox/cloud/workers/runner/package-lock.json",
    )
]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_every_optional_package_is_locked(lock: Path):
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    locked = {path.rpartition("node_modules/")[2] for path in packages}
    wanted = {name for package in packages.values() for name in package.get("optionalDependencies", {})}
    assert wanted <= locked
