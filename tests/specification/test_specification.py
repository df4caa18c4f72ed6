"""The local cloud against the published specifications, and the parts of that check."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from sandbox.cloud.cloudflare_api import CloudflareApi
from tests.sandbox.cloud.world import CREDENTIALS, World, new_world
from tests.specification.answers import answer_schemas, error_problems
from tests.specification.check import SEED, KnownDifference, check, known_differences
from tests.specification.mutations import forbidden_bodies
from tests.specification.session import Finding, Session

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 3},
        "kind": {"anyOf": [{"enum": ["a", "b"]}, {"type": "null"}]},
        "inner": {"$ref": "#/$defs/inner"},
    },
}
DEFINITIONS = {"inner": {"type": "object", "properties": {"count": {"type": "integer", "minimum": 1, "maximum": 2}}}}


@pytest.fixture
def make_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], World]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    return lambda: new_world(tmp_path, SEED)


@pytest.mark.usefixtures("make_world")
def test_the_local_cloud_agrees_with_the_specifications_but_for_the_listed_differences(tmp_path: Path) -> None:
    report = check(tmp_path)

    assert [f"{each.operation}: {each.text}" for each in report.unlisted] == []
    assert [f"{each.operation}: {each.finding}" for each in report.outdated] == []
    assert not [each for each in report.findings if "status 5" in each.text or each.text.startswith("stores ")]


def test_each_listed_difference_has_its_reason() -> None:
    entries = known_differences()

    assert all(len(entry.reason) > 10 for entry in entries)
    assert len({(entry.operation, entry.finding) for entry in entries}) == len(entries)


def test_without_its_checks_the_cloud_accepts_and_stores_what_is_forbidden(
    make_world: Callable[[], World], monkeypatch: pytest.MonkeyPatch
) -> None:
    def accept(*_: object) -> None: ...

    monkeypatch.setattr(CloudflareApi, "check", accept)
    call = Session(make_world(), "cloudflare")
    call(
        "POST",
        f"/accounts/{'4f1c0e5b8d7a49e2a6c3b9d0e1f2a3b4'}/pages/projects",
        {"name": "a", "production_branch": "main"},
    )

    texts = [finding.text for finding in call.findings]
    assert any(text.startswith("accepts production_branch") for text in texts)
    assert any(text.startswith("status 500") for text in texts)


def test_a_wrong_answer_is_a_finding() -> None:
    neon, cloudflare = answer_schemas("neon"), answer_schemas("cloudflare")
    project = "GET /projects/{}"

    assert neon.problems(project, 200, {"project": {}}) != []
    assert neon.problems(project, 201, {}) == ["status 201 is not among 200"]
    assert neon.problems("DELETE /projects/{}/branches/{}", 204, None) == []
    assert cloudflare.problems("GET /zones/{}/healthchecks", 200, {"result": [{"id": 5}]}) != []
    assert cloudflare.problems("GET /zones/{}/healthchecks", 200, {"result": []}) == []


@pytest.mark.parametrize(
    ("api", "status", "answer", "right"),
    [
        ("neon", 404, {"code": "", "message": "not found"}, True),
        ("neon", 404, {"message": "not found"}, False),
        ("neon", 500, {"code": "", "message": "error"}, False),
        ("cloudflare", 400, {"success": False, "errors": [{"code": 1004, "message": "m"}]}, True),
        ("cloudflare", 400, {"success": False, "errors": []}, False),
        ("cloudflare", 400, {"success": False, "errors": [{"code": 7, "message": "m"}]}, False),
    ],
)
def test_an_error_has_the_envelope_of_its_api(api: str, status: int, answer: Any, right: bool) -> None:
    assert (error_problems(api, status, answer) == []) is right


def test_each_rule_of_a_schema_is_broken_once() -> None:
    body = {"name": "ab", "inner": {"count": 1}}
    whys = [why for why, _ in forbidden_bodies(SCHEMA, DEFINITIONS, body)]

    assert whys == [
        "name dropped",
        "name is '12345'",
        "name is ''",
        "name is 'xxxx'",
        "kind is 'no-such-value'",
        "inner is 'text'",
        "inner/count is 'five'",
        "inner/count is '0'",
        "inner/count is '3'",
    ]


@given(st.fixed_dictionaries({"name": st.text("ab", min_size=1, max_size=3)}, optional={"kind": st.sampled_from("ab")}))
def test_a_broken_body_is_invalid_and_the_valid_one_stays_as_it_is(body: dict[str, Any]) -> None:
    before = json.dumps(body)
    validator = Draft202012Validator({**SCHEMA, "$defs": DEFINITIONS})

    assert not [why for why, wrong in forbidden_bodies(SCHEMA, DEFINITIONS, body) if validator.is_valid(wrong)]
    assert json.dumps(body) == before


def test_a_listed_difference_explains_its_whole_text_only() -> None:
    entry = KnownDifference("GET /a", "accepts .*", "it does")

    assert entry.explains(Finding("GET /a", "accepts x"))
    assert not entry.explains(Finding("GET /a", "status 500: accepts x"))
    assert not entry.explains(Finding("GET /b", "accepts x"))
