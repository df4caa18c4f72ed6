"""A provider's version is said in several places; they agree."""

import json
import re
from pathlib import Path

from constructs_lib.providers import VERSIONS

import pytest

from sandbox.providers import mirror
from tests.support import ROOT, Stacks

LOCKS = sorted((ROOT / "locks").glob("*.terraform.lock.hcl"))
LOCKED = re.compile(r'^provider "registry\.terraform\.io/[\w-]+/([\w-]+)" \{\s+version\s+= "([^"]+)"', re.MULTILINE)


@pytest.mark.parametrize("stack", ["project", "dev", "production"])
def test_each_stack_has_a_lock_file_of_its_providers(stacks: Stacks, stack: str) -> None:
    locked = dict(LOCKED.findall((ROOT / f"locks/{stack}.terraform.lock.hcl").read_text()))
    assert locked == {name: VERSIONS[name] for name in stacks[stack]["terraform"]["required_providers"]}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_lock_file_holds_another_version(lock: Path) -> None:
    locked = dict(LOCKED.findall(lock.read_text()))
    assert locked
    assert locked == {name: VERSIONS[name] for name in locked}


def test_versions_are_those_that_wrote_the_states() -> None:
    assert VERSIONS == {"aws": "6.25.0", "cloudflare": "5.16.0", "neon": "0.13.0", "random": "3.8.1"}


def test_neon_bindings_are_generated_from_its_version() -> None:
    configured = json.loads((ROOT / "cdktf.json").read_text())["terraformProviders"]
    assert configured == [f"kislerdm/neon@{VERSIONS['neon']}"]
    generated = json.loads((ROOT / ".gen/versions.json").read_text())
    assert generated == {"registry.terraform.io/kislerdm/neon": VERSIONS["neon"]}


def test_the_stand_in_providers_have_the_same_versions() -> None:
    stand_ins = {address.rsplit("/", 1)[-1]: version for address, version in mirror.VERSIONS.items()}
    assert {name: stand_ins.get(name) for name in VERSIONS} == VERSIONS
