"""jsii's package cache: filled at set-up, and known to be whole only when jsii has written its index."""

import os
import subprocess
import sys
from pathlib import Path

from constructs_lib.bindings import cache as bindings_cache
from constructs_lib.bindings.cache import Assembly, fill, is_indexed

import pytest

from tests.support import ROOT

CLOUDFLARE = Assembly("@cdktf/provider-cloudflare", "13.9.1")


def _index(folder: Path, assembly: Assembly = CLOUDFLARE, name: str = ".jsii.runtime.v1.json") -> None:
    package = folder / assembly.name / assembly.version / "0123abcd"
    package.mkdir(parents=True, exist_ok=True)
    (package / name).touch()


def test_a_package_is_indexed_once_jsii_has_written_its_manifest(tmp_path: Path) -> None:
    assert not is_indexed(CLOUDFLARE, tmp_path)
    _index(tmp_path, name=".jsii")  # unpacked, but not indexed yet
    assert not is_indexed(CLOUDFLARE, tmp_path)
    _index(tmp_path)
    assert is_indexed(CLOUDFLARE, tmp_path)


def test_the_index_of_another_version_does_not_count(tmp_path: Path) -> None:
    _index(tmp_path, Assembly(CLOUDFLARE.name, "13.9.0"))
    assert not is_indexed(CLOUDFLARE, tmp_path)


def test_filling_names_the_packages_that_get_no_index_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assemblies = {package: Assembly(f"@cdktf/{package}", "1.0.0") for package in bindings_cache.PACKAGES}
    monkeypatch.setattr(bindings_cache, "load", assemblies.__getitem__)
    indexed, *others = assemblies.values()
    _index(tmp_path, indexed)
    assert fill(tmp_path, patience=0) == others


def test_filling_waits_for_an_index_that_is_still_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bindings_cache, "load", dict.fromkeys(bindings_cache.PACKAGES, CLOUDFLARE).__getitem__)
    looks: list[int] = []

    def sleep(_seconds: float) -> None:
        looks.append(1)
        _index(tmp_path)

    monkeypatch.setattr(bindings_cache.time, "sleep", sleep)
    assert fill(tmp_path, patience=60) == []
    assert looks == [1]


@pytest.mark.slow
def test_the_command_fills_the_cache_that_it_is_told(tmp_path: Path) -> None:
    environment = os.environ | {"JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(tmp_path), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", SMALL]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    found = next(tmp_path.rglob("provider-random"))
    assert is_indexed(Assembly("@cdktf/provider-random", next(found.iterdir()).name), tmp_path)


# The smallest provider alone: AWS's takes half a minute.
SMALL = """
import os
from pathlib import Path
import constructs_lib.bindings.cache as cache
cache.PACKAGES = ("cdktf_cdktf_provider_random",)
assert cache.fill(Path(os.environ[cache.CACHE])) == []
"""
