"""What counts as a healthy answer, by the settings of an app that was not written for this program."""

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.health.health_contract import HealthContract

OWNERS = HealthContract({"status": "healthy", "checks.database": "ok"})
HEALTHY = {"status": "healthy", "timestamp": "now", "version": "abc", "checks": {"database": "ok"}}


def answer(document: Any, status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(
        status, json=document, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )


def test_the_owners_healthy_answer_is_healthy():
    assert OWNERS.problem(answer(HEALTHY)) == ""
    assert OWNERS.problem(answer(HEALTHY), "abc") == ""


@pytest.mark.parametrize(
    ("response", "problem"),
    [
        (answer(HEALTHY, 503), "status 503"),
        (
            answer(HEALTHY | {"status": "unhealthy"}, 503),
            "status 503; status is 'unhealthy', not 'healthy'",
        ),
        (answer(HEALTHY | {"checks": {"database": "error"}}), "checks.database is 'error', not 'ok'"),
        (answer({"status": "healthy"}), "checks.database is missing, not 'ok'"),
        (answer([HEALTHY]), "status is missing, not 'healthy'; checks.database is missing, not 'ok'"),
        (httpx.Response(404, text="not found"), "status 404"),
        (httpx.Response(200, text="fine"), "status is missing, not 'healthy'; checks.database is missing, not 'ok'"),
    ],
)
def test_what_is_wrong_is_named(response: httpx.Response, problem: str):
    assert OWNERS.problem(response) == problem


def test_without_settings_status_200_is_enough():
    assert HealthContract().problem(httpx.Response(200, text="fine")) == ""
    assert HealthContract().problem(httpx.Response(204)) == "status 204"


def test_headers_are_required_only_if_set():
    contract = HealthContract(headers=("x-frame-options", "strict-transport-security"))
    assert (
        contract.problem(answer({}, x_frame_options="DENY"))
        == "the response lacks the header strict-transport-security"
    )
    assert contract.problem(answer({}, x_frame_options="DENY", strict_transport_security="max-age=1")) == ""


def test_a_version_is_found_where_the_settings_say():
    contract = HealthContract(version_field="build.commit")
    assert contract.problem(answer({"build": {"commit": "abc"}}), "abc") == ""
    assert contract.problem(answer({"build": {"commit": "old"}}), "abc") == "build.commit is 'old', not 'abc'"
    assert contract.problem(answer({"version": "abc"}), "abc") == "build.commit is missing, not 'abc'"


def test_true_is_not_one():
    assert HealthContract({"ok": True}).problem(answer({"ok": 1})) == "ok is 1, not True"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner)
)


@given(_JSON, st.integers(200, 599))
def test_any_answer_is_judged_without_an_error(document: Any, status: int):
    problem = OWNERS.problem(answer(document, status), "abc")
    assert "\n" not in problem
    assert problem or (status == 200 and isinstance(document, dict))
