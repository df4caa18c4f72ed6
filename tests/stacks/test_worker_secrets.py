"""No secret is in the JSON: it lies on disks, in artifacts and in logs."""

from pathlib import Path

import pytest

from settings import load_settings
from tests.stacks.structure import SECRET, references, undeclared_references, unused_variables
from tests.support import SETTINGS_FILES, Stacks, strings, synthesize, without_metadata


@pytest.fixture(scope="module", params=SETTINGS_FILES, ids=lambda file: file.stem)
def product(request: pytest.FixtureRequest) -> Stacks:
    """The stacks of each committed settings file in turn."""
    return without_metadata(synthesize(load_settings(request.param)))


def test_no_text_in_any_stack_looks_like_a_secret_or_an_account_id(product: Stacks) -> None:
    assert [text for stack in product.values() for text in strings(stack) if SECRET.search(text)] == []


@pytest.mark.parametrize("file", SETTINGS_FILES, ids=lambda file: file.name)
def test_no_settings_file_holds_a_secret(file: Path) -> None:
    assert [line for line in file.read_text(encoding="utf-8").splitlines() if SECRET.search(line)] == []


def test_every_variable_is_sensitive_and_has_no_default_but_the_empty_one(product: Stacks) -> None:
    for stack in product.values():
        for name, variable in stack.get("variable", {}).items():
            assert variable.get("default", "") == "", name
            assert variable["sensitive"] is True, name


def test_every_variable_that_is_asked_for_is_used_and_every_reference_is_declared(product: Stacks) -> None:
    for stack in product.values():
        assert unused_variables(stack) == set()
        assert undeclared_references(stack) == set()


def test_outputs_that_hold_a_password_are_sensitive(product: Stacks) -> None:
    for stack in product.values():
        for name, output in stack.get("output", {}).items():
            text = " ".join(strings(output["value"]))
            if "password" in text or "_uri" in text or references({"value": text}) & _secret_sources(stack):
                assert output.get("sensitive") is True, name


def _secret_sources(stack: dict[str, object]) -> set[str]:
    kinds = stack.get("resource", {})
    assert isinstance(kinds, dict)
    return {f"random_password.{name}" for name in kinds.get("random_password", {})}


@pytest.mark.parametrize(
    "secret",
    [
        "npg_a3c01bc1cfbc4c6b",
        "postgresql://owner:pass@host/db",
        "9f86d081884c7d659a2feaa0c55ad015",
        "Zq3vN8xT1kLmP0sRwYb5uHcJ7dGfE2aQ9iOxMnBV",
    ],
)
def test_the_pattern_of_secrets_finds_some(secret: str) -> None:
    assert SECRET.search(secret)
