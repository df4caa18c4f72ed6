"""The bills of materials list what is installed and pinned, each with its version."""

import json
from pathlib import Path
from typing import Any

import pytest

from tools import sbom
from tools.licences import node_packages, python_packages

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bills(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("sbom")
    sbom.write(folder, validate=False)  # `make sbom` validates them; the files are the same
    return {file.name.removesuffix(".cdx.json"): json.loads(file.read_text()) for file in folder.iterdir()}


def _names(bill: Any) -> set[str]:
    components = bill["components"]
    full = {f"{item.get('group', '')}/{item['name']}".removeprefix("/") for item in components}
    assert all(item["version"] for item in components)
    return {name.lower().replace("_", "-") for name in full}


def test_each_set_of_dependencies_has_a_bill_in_cyclonedx(bills: dict[str, Any]) -> None:
    assert set(bills) == {*sbom.PYTHON, *sbom.NODE}
    assert {bill["bomFormat"] for bill in bills.values()} == {"CycloneDX"}


@pytest.mark.parametrize("name", sbom.PYTHON)
def test_every_python_package_is_listed(bills: dict[str, Any], name: str) -> None:
    installed = python_packages(sbom.ROOT / sbom.PYTHON[name])
    assert {item.name.lower().replace("_", "-") for item in installed} <= _names(bills[name])


@pytest.mark.parametrize("name", sbom.NODE)
def test_every_node_package_is_listed(bills: dict[str, Any], name: str) -> None:
    locked = node_packages(Path(sbom.ROOT, sbom.NODE[name], "package-lock.json"))
    assert {item.name.lower().replace("_", "-") for item in locked} <= _names(bills[name])


def test_no_bill_names_this_machine(bills: dict[str, Any]) -> None:
    assert str(sbom.ROOT) not in json.dumps(bills)
