"""Each check of this project's own, run by the real checkov on a resource that keeps it and on ones that don't."""

from typing import Any

import pytest

from tools.policy.scan import Result, own_checks, scan
from tools.policy.stacks import write

Arguments = dict[str, Any]


def _record(**arguments: Any) -> Arguments:
    return {"name": "app", "type": "CNAME", "content": "app.pages.dev", "ttl": 1, "zone_id": "${var.zone}"} | arguments


def _setting(name: str, value: str) -> Arguments:
    return {"setting_id": name, "value": value, "zone_id": "${var.zone}"}


def _headers(*values: dict[str, str], enabled: bool = True) -> Arguments:
    rules = [
        {
            "enabled": enabled,
            "action": "rewrite",
            "action_parameters": {
                "headers": {name: {"operation": "set", "value": text} for name, text in headers.items()}
            },
        }
        for headers in values
    ]
    return {"phase": "http_response_headers_transform", "rules": rules}


def _rules(phase: str, *rules: tuple[str, bool]) -> Arguments:
    return {"phase": phase, "rules": [{"action": action, "enabled": enabled} for action, enabled in rules]}


def _pages(environment: str, variable: str) -> Arguments:
    variables = {"env_vars": {variable: {"type": "plain_text", "value": "x"}}}
    return {"name": "site", "deployment_configs": {environment: variables}}


def _branch(stack: str, **arguments: Any) -> Arguments:
    return {"name": "b", "//": {"metadata": {"path": f"{stack}/database/branch"}}} | arguments


KEPT = {"protected": "yes", "lifecycle": {"prevent_destroy": True}}
YEAR = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
HEADERS = "cloudflare_ruleset"
# For each check: a kind, and what keeps the rule, what breaks it, and what it does not concern.
CASES: dict[str, tuple[str, list[Arguments], list[Arguments], list[Arguments]]] = {
    "CKV_CLOUDFLARE_1": (
        "cloudflare_dns_record",
        [_record(proxied=True)],
        [_record(proxied=False), _record(), _record(type="AAAA", proxied=False)],
        [_record(type="TXT", proxied=False)],
    ),
    "CKV_CLOUDFLARE_2": (
        "cloudflare_zone_setting",
        [_setting("min_tls_version", "1.2"), _setting("min_tls_version", "1.3")],
        [_setting("min_tls_version", "1.0"), _setting("min_tls_version", "1.1")],
        [_setting("always_use_https", "off")],
    ),
    "CKV_CLOUDFLARE_3": (
        "cloudflare_zone_setting",
        [_setting("always_use_https", "on")],
        [_setting("always_use_https", "off")],
        [_setting("min_tls_version", "1.0")],
    ),
    "CKV_CLOUDFLARE_4": (
        HEADERS,
        [_headers(YEAR), _headers({"strict-transport-security": "max-age=15768000"}, YEAR)],
        [
            _headers({"Strict-Transport-Security": "max-age=300"}),
            _headers(YEAR, {"X-Frame-Options": "DENY"}),
            _headers(YEAR, enabled=False),
            _headers(),
        ],
        [_rules("http_ratelimit", ("block", True))],
    ),
    "CKV_CLOUDFLARE_5": (
        "cloudflare_pages_project",
        [_pages("production", "NEXT_PUBLIC_API_URL"), {"name": "site"}],
        [
            _pages("production", "BETTER_AUTH_SECRET"),
            _pages("preview", "database_url"),
            _pages("preview", "API_KEY"),
        ],
        [],
    ),
    "CKV_CLOUDFLARE_6": (
        HEADERS,
        [
            _rules("http_ratelimit", ("block", True)),
            _rules("http_request_firewall_custom", ("block", True), ("managed_challenge", True)),
        ],
        [
            _rules("http_ratelimit", ("log", True)),
            _rules("http_request_firewall_custom", ("block", True), ("block", False)),
            _rules("http_request_firewall_custom", ("skip", True)),
            _rules("http_request_firewall_custom"),
        ],
        [_headers(YEAR)],
    ),
    "CKV_NEON_1": (
        "neon_project",
        [{"history_retention_seconds": 21600}, {"history_retention_seconds": 604800}],
        [{"history_retention_seconds": 21599}, {"history_retention_seconds": 0}, {"name": "x"}],
        [],
    ),
    "CKV_NEON_2": (
        "neon_endpoint",
        [{"autoscaling_limit_max_cu": 0.25}, {"autoscaling_limit_max_cu": 16}],
        [{"branch_id": "${neon_branch.this.id}"}, {"autoscaling_limit_max_cu": 32}],
        [],
    ),
    "CKV_NEON_3": (
        "neon_endpoint",
        [{"suspend_timeout_seconds": 300}, {"branch_id": "b"}],
        [{"suspend_timeout_seconds": -1}],
        [],
    ),
    "CKV_NEON_4": (
        "neon_branch",
        [_branch("production", **KEPT)],
        [
            _branch("production"),
            _branch("production", protected="yes"),
            _branch("production", lifecycle={"prevent_destroy": True}),
        ],
        [_branch("dev")],
    ),
    "CKV_NEON_5": (
        "neon_project",
        [{"allowed_ips": ["203.0.113.7"]}, {"allowed_ips": ["203.0.113.0/24", "198.51.100.1"]}],
        [{"name": "x"}, {"allowed_ips": []}, {"allowed_ips": ["203.0.113.7", "0.0.0.0/0"]}, {"allowed_ips": ["::/0"]}],
        [],
    ),
    "CKV_RANDOM_1": (
        "random_password",
        [{"length": 32}, {"length": 48}],
        [{"length": 31}, {"special": False}],
        [],
    ),
}
IN_A_BLOCK = {
    "CKV_NEON_2": ([{"autoscaling_limit_max_cu": 1}], [{"suspend_timeout_seconds": 300}]),
    "CKV_NEON_3": ([{"suspend_timeout_seconds": 300}, {}], [{"suspend_timeout_seconds": -1}]),
}
"""The same two checks for a project's own compute, which stands in a block."""


def _all_cases() -> dict[str, tuple[str, str, Arguments, bool | None]]:
    """By the case's place: the check, the kind, the arguments, and whether the check passes (None: says nothing)."""
    found: dict[str, tuple[str, str, Arguments, bool | None]] = {}

    def add(check: str, kind: str, arguments: Arguments, expected: bool | None) -> None:
        found[f"case-{len(found)}"] = (check, kind, arguments, expected)

    for check, (kind, keeping, breaking, other) in CASES.items():
        for group, expected in ((keeping, True), (breaking, False), (other, None)):
            for arguments in group:
                add(check, kind, arguments, expected)
    for check, (keeping, breaking) in IN_A_BLOCK.items():
        for group, expected in ((keeping, True), (breaking, False)):
            for settings in group:
                add(check, "neon_project", {"name": "x", "default_endpoint_settings": settings}, expected)
    return found


ALL = _all_cases()


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[Result]:
    """What one run of checkov says of all cases: it takes seconds to start."""
    folder = tmp_path_factory.mktemp("cases")
    addresses = {
        place: write({"resource": {kind: {"it": arguments}}}, folder / place / "cdk.tf.json")
        for place, (_, kind, arguments, _) in ALL.items()
    }
    return scan(folder, addresses)


@pytest.mark.parametrize("place", ALL, ids=[f"{case[0]}-{place}-{case[3]}" for place, case in ALL.items()])
def test_a_check_passes_what_keeps_its_rule_and_fails_what_breaks_it(results: list[Result], place: str) -> None:
    check, kind, _, expected = ALL[place]
    said = [result for result in results if (result.place, result.check) == (place, check)]
    assert [result.passed for result in said] == ([] if expected is None else [expected])
    assert all(result.address == f"{kind}.it" for result in said)


def test_each_check_has_a_case_that_passes_and_one_that_fails() -> None:
    for expected in (True, False):
        assert {case[0] for case in ALL.values() if case[3] is expected} == own_checks()
