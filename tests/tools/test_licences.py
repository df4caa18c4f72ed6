"""Which licences are allowed, and that all that is installed has one of them."""

import pytest

from tools import licences
from tools.licences import Package, Rules, is_allowed, judge, load_rules
from tools.secret_scan import tracked_files

RULES = Rules(frozenset({"MIT", "Apache-2.0"}), {"MIT License": "MIT"}, {"special-*": "read by hand"})


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("MIT License", True),
        ("(MIT OR GPL-3.0-or-later)", True),
        ("Apache-2.0 AND MIT", True),
        ("MIT License; Apache-2.0", True),
        ("GPL-3.0-only", False),
        ("Apache-2.0 AND LGPL-3.0-or-later", False),
        ("MIT License; GPL-3.0-only", False),
        ("UNKNOWN", False),
        ("", False),
        ("Copyright (c) by somebody, all rights reserved", False),
    ],
)
def test_a_licence_is_allowed_as_its_expression_says(licence: str, allowed: bool) -> None:
    assert is_allowed(licence, RULES) is allowed


def test_a_package_with_another_licence_is_a_line_unless_it_is_an_exception() -> None:
    packages = [Package("fine", "MIT"), Package("copyleft", "GPL-3.0-only"), Package("special-one", "GPL-3.0-only")]
    assert judge(packages, RULES) == [
        "copyleft: GPL-3.0-only: is not an allowed license; replace the package, or add it to locks/licences.toml"
    ]


def test_an_exception_that_nothing_needs_is_a_line() -> None:
    assert judge([Package("special-one", "MIT")], RULES) == [
        "locks/licences.toml: exception special-* is unused; remove it"
    ]


def test_each_exception_has_a_reason() -> None:
    assert all(len(reason.split()) > 3 for reason in load_rules().exceptions.values())


def test_all_that_is_installed_has_an_allowed_licence(capsys: pytest.CaptureFixture[str]) -> None:
    assert licences.main() == 0, capsys.readouterr().out


def test_every_lock_file_of_nodes_is_looked_at() -> None:
    tracked = [name for name in tracked_files() if not name.startswith("tests/")]
    assert {name for name in tracked if name.endswith("package-lock.json")} == set(licences.NODE_LOCKS)
