"""[state.manage]: each mistake is one line that names its key."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from settings import Settings, SettingsError

Change = Callable[[Mapping[str, Any]], Settings]

REPOSITORY = {"infrastructure_repository": "ada/infrastructure"}
MANAGE = "state.manage"
BUDGET = "state.manage.budget"


def _budget(**keys: Any) -> dict[str, Any]:
    return REPOSITORY | {"budget": {"emails": ["owner@example.com"]} | keys}


# (the table, the key that the line names, a part of what it says)
MISTAKES: dict[str, tuple[dict[str, Any], str, str]] = {
    "no repository": ({}, f"{MANAGE}.infrastructure_repository", "is missing; add it"),
    "repository without owner": (
        {"infrastructure_repository": "infrastructure"},
        f"{MANAGE}.infrastructure_repository",
        "use the form owner/name",
    ),
    "repository with a wildcard": (
        {"infrastructure_repository": "ada/*"},
        f"{MANAGE}.infrastructure_repository",
        "use the form owner/name",
    ),
    "repository as an address": (
        {"infrastructure_repository": "https://github.com/ada/infrastructure"},
        f"{MANAGE}.infrastructure_repository",
        "use the form owner/name",
    ),
    "environment with a wildcard": (
        REPOSITORY | {"github_environment": "prod*"},
        f"{MANAGE}.github_environment",
        "is not a GitHub environment",
    ),
    "environment with another claim": (
        REPOSITORY | {"github_environment": "x:ref"},
        f"{MANAGE}.github_environment",
        "is not a GitHub environment",
    ),
    "no time": (REPOSITORY | {"noncurrent_version_days": 0}, f"{MANAGE}.noncurrent_version_days", "greater than or"),
    "limit of nothing": (_budget(limit_usd=0), f"{BUDGET}.limit_usd", "greater than or equal to 1"),
    "limit with cents": (_budget(limit_usd=5.5), f"{BUDGET}.limit_usd", "integer"),
    "nobody to tell": (_budget(emails=[]), f"{BUDGET}.emails", "there is no recipient; add an address"),
    "no addresses": (REPOSITORY | {"budget": {"limit_usd": 5}}, f"{BUDGET}.emails", "is missing; add it"),
    "one address twice": (_budget(emails=["a@example.com"] * 2), f"{BUDGET}.emails", "is listed twice; remove one"),
    "too many": (
        _budget(emails=[f"a{number}@example.com" for number in range(11)]),
        f"{BUDGET}.emails",
        "11 addresses are more than AWS allows (10); remove some",
    ),
    "not an address": (_budget(emails=["owner"]), f"{BUDGET}.emails.0", "is not an e-mail address"),
}


@pytest.mark.parametrize(("table", "key", "part"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_line_with_its_key(changed: Change, table: dict[str, Any], key: str, part: str) -> None:
    with pytest.raises(SettingsError) as error:
        changed({"state": {"manage": table}})
    (line,) = str(error.value).splitlines()
    assert f": {key}: " in line
    assert part in line


def test_an_environment_named_state_is_refused_with_and_without_the_table(changed: Change) -> None:
    for table in ({}, {"state": {"manage": REPOSITORY}}):
        with pytest.raises(SettingsError, match="this name is taken by a stack of its own"):
            changed({"environments": {"state": {"database": {}}}, **table})


def test_a_project_name_too_long_for_an_iam_role_is_refused_only_with_the_stack_state(changed: Change) -> None:
    name = "a" * 46
    role = r"a+-release-production"
    with pytest.raises(SettingsError, match=rf"project\.name: the IAM role {role} would have 65 characters"):
        changed({"project": {"name": name}, "state": {"manage": REPOSITORY}})
    assert changed({"project": {"name": name}}).project.name == name
    assert changed({"project": {"name": name[:45]}, "state": {"manage": REPOSITORY}}).state.manage


def test_numbers_of_another_repository_are_refused(changed: Change) -> None:
    ids = {"someone/else": {"owner": 1, "repository": 2}}
    with pytest.raises(SettingsError, match=r"github_ids: someone/else is none of the repositories; there are: "):
        changed({"state": {"manage": REPOSITORY | {"github_ids": ids}}})
