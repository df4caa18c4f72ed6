"""A version is written in provider_pins/versions.tf alone, and all else follows it."""

import json
import re
import subprocess
import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from provider_pins import PINS, VERSIONS_FILE, read_version_pins
from sandbox.providers import mirror
from tests.support import ROOT, Stacks

VERSIONS = {name: pin.version for name, pin in PINS.providers.items()}
LOCKS = sorted((ROOT / "locks").glob("*.terraform.lock.hcl"))
LOCKED = re.compile(r'^provider "registry\.terraform\.io/[\w-]+/([\w-]+)" \{\s+version\s+= "([^"]+)"', re.MULTILINE)
TEMPLATE = """
terraform {{
  required_version = ">= 1.11.0"
  required_providers {{
    neon = {{
      source  = "kislerdm/neon"
      version = {version}
    }}
  }}
}}
"""


@pytest.mark.parametrize("stack", ["project", "dev", "production"])
def test_each_stack_requires_and_locks_the_pinned_versions(stacks: Stacks, stack: str) -> None:
    required = stacks[stack]["terraform"]["required_providers"]
    assert required == {
        name: {"source": PINS.providers[name].source, "version": PINS.providers[name].version} for name in required
    }
    assert stacks[stack]["terraform"]["required_version"] == PINS.terraform
    locked = dict(LOCKED.findall((ROOT / f"locks/{stack}.terraform.lock.hcl").read_text()))
    assert locked == {name: VERSIONS[name] for name in required}, "run make raise PROVIDER=<name>"


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_lock_file_has_another_version(lock: Path) -> None:
    locked = dict(LOCKED.findall(lock.read_text(encoding="utf-8")))
    assert locked
    assert locked == {name: VERSIONS[name] for name in locked}, "run make raise PROVIDER=<name>"


def test_neon_bindings_are_generated_from_its_version() -> None:
    generated = json.loads((ROOT / ".gen/versions.json").read_text())
    assert generated == {PINS.providers["neon"].address: VERSIONS["neon"]}, "run make bindings"


def test_the_stand_in_providers_have_the_same_versions() -> None:
    assert {pin.address: pin.version for pin in PINS.providers.values()} == mirror.VERSIONS


def test_no_other_source_file_names_a_pinned_version() -> None:
    """Snapshots, lock files, generated code and recorded facts follow; nothing written by hand repeats a version."""
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    sources = [
        name for name in names if name.startswith(("constructs_lib/", "stacks/", "settings/", "sandbox/", "ops/"))
    ]
    sources = [name for name in sources if name.endswith(".py")] + ["main.py", "cdktf.json", "Makefile"]
    quoted = re.compile("|".join(rf"""["'@]{re.escape(version)}["']""" for version in VERSIONS.values()))
    assert [name for name in sources if quoted.search((ROOT / name).read_text())] == []


def test_dependabot_reads_the_file_with_the_versions() -> None:
    updates = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text())["updates"]
    folders = [update["directory"] for update in updates if update["package-ecosystem"] == "terraform"]
    assert folders == [f"/{VERSIONS_FILE.parent.relative_to(ROOT)}"]


def test_the_file_is_terraforms_own_language(tmp_path: Path) -> None:
    """Terraform itself reads the same requirements from it."""
    (tmp_path / "versions.tf").write_text(VERSIONS_FILE.read_text())
    answer = subprocess.run(["terraform", "providers"], cwd=tmp_path, capture_output=True, text=True, check=True)
    found = dict(re.findall(r"provider\[([\w./-]+)\] ([\d.]+)", answer.stdout))
    assert found == {pin.address: pin.version for pin in PINS.providers.values()}


@given(st.tuples(*[st.integers(0, 999)] * 3))
def test_any_exact_version_is_read(numbers: tuple[int, int, int]) -> None:
    version = ".".join(map(str, numbers))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "versions.tf")
        file.write_text(TEMPLATE.format(version=f'"{version}"'), encoding="utf-8")
        assert read_version_pins(file).providers["neon"].version == version


@pytest.mark.parametrize("version", ["~> 0.13", ">= 0.13.0", "0.13", "", "latest"])
def test_a_range_is_refused(tmp_path: Path, version: str) -> None:
    file = tmp_path / "versions.tf"
    file.write_text(TEMPLATE.format(version=f'"{version}"'))
    with pytest.raises(ValueError, match=r"^versions\.tf: .*(exact version|can't be read)"):
        read_version_pins(file)


@pytest.mark.parametrize("text", ["", "terraform {}", TEMPLATE.format(version="var.version")])
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "versions.tf"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"^versions\.tf: can't be read; write required_version"):
        read_version_pins(file)
