"""For any settings: valid ones synthesize sound stacks, and a mistake is one line that names its key."""

import re
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples

from settings import Settings, SettingsError, load_settings
from tests.settings import strategies
from tests.stacks.structure import GENERATED_ID, providers_in_use, undeclared_references, unused_variables
from tests.support import Values, load_values, strings, synthesize, without_metadata

# What the hand-written HCL had in an environment, so what adopt_hcl moves.
HCL_KINDS = {"neon_branch", "neon_endpoint", "neon_role", "cloudflare_pages_domain", "cloudflare_dns_record"}
QUOTED = re.compile(r'"([^"]*)"')
slow_to_draw = [HealthCheck.too_slow, HealthCheck.data_too_large]


@examples(max_examples=60, suppress_health_check=slow_to_draw)
@given(values=strategies.valid_values())
def test_valid_settings_synthesize_sound_stacks(values: Values) -> None:
    settings = load_values(values)
    stacks = without_metadata(synthesize(settings))
    edge = {"edge"} if settings.edge or settings.notifications or settings.health_checks() else set[str]()
    assert set(stacks) == {"project", *settings.environments, *edge}
    keys = [stack["terraform"]["backend"]["s3"]["key"] for stack in stacks.values()]
    assert sorted(keys) == sorted(f"{settings.project.name}/{name}/terraform.tfstate" for name in stacks)
    for name, stack in stacks.items():
        assert undeclared_references(stack) == set()
        assert unused_variables(stack) == set()
        providers = set(stack.get("provider", {}))
        assert providers == providers_in_use(stack) == set(stack["terraform"].get("required_providers", {}))
        assert not [text for text in strings(stack) if "cross-stack" in text]
        assert not [kind for kinds in stack.get("resource", {}).values() for kind in kinds if GENERATED_ID.search(kind)]
        if name in settings.environments:
            _check_environment(settings, name, stack)
    if edge:
        _check_edge(settings, stacks["edge"])


def _check_environment(settings: Settings, name: str, stack: Values) -> None:
    environment = settings.environments[name]
    resources = stack.get("resource", {})
    assert ("neon_branch" in resources) == ("neon_role" in resources) == (environment.database is not None)
    assert ("cloudflare_dns_record" in resources) == (environment.website is not None)
    if environment.database:
        assert resources["neon_branch"]["this"]["name"] == settings.branch_name(name)
        assert resources["neon_role"]["this"]["name"] == settings.role_name(name)
        guarded = "lifecycle" in resources["neon_branch"]["this"]
        assert guarded == environment.protected
    if environment.website and settings.cloudflare:
        assert resources["cloudflare_dns_record"]["web"]["name"] == environment.website.domain, "the full name"
    moved = {block["to"] for block in stack.get("moved", [])}
    inherited = {f"{kind}.{each}" for kind, named in resources.items() if kind in HCL_KINDS for each in named}
    assert moved == (inherited if environment.adopt_hcl else set())
    assert ("random_password" in resources) == (environment.secrets is not None)
    assert ("cloudflare_web_analytics_site" in resources) == bool(
        environment.website and environment.website.web_analytics
    )
    address = environment.api
    assert ("cloudflare_workers_custom_domain" in resources) == bool(address and address.domain)
    assert ("cloudflare_workers_route" in resources) == bool(address and address.route)


def _check_edge(settings: Settings, stack: Values) -> None:
    resources = stack["resource"]
    edge, notifications = settings.edge, settings.notifications
    wanted = {
        name
        for name in ("headers", "firewall", "rate_limits")
        if edge and getattr(edge, name)  # an empty table of limits makes nothing
    }
    rulesets = resources.get("cloudflare_ruleset", {})
    assert set(rulesets) == wanted
    hosts = {*settings.hosts()}
    for name, ruleset in rulesets.items():
        for rule in ruleset["rules"]:
            named = {host for host in QUOTED.findall(rule["expression"]) if host in hosts}
            free_limit = name == "rate_limits" and settings.cloudflare and settings.cloudflare.plan == "free"
            assert bool(named) != bool(free_limit), "each rule is held to the product's hosts, where the plan allows"
    checks = resources.get("cloudflare_healthcheck", {})
    assert set(checks) == set(settings.health_checks())
    for name, check in checks.items():
        assert f"https://{check['address']}" == settings.api_url(name)
        assert check["http_config"]["path"] == settings.health_path(name)
    policies = resources.get("cloudflare_notification_policy", {})
    alerted = {*notifications.alerts, *(f"health_check_{name}" for name in checks)} if notifications else set[str]()
    assert set(policies) == alerted
    zone = edge.zone.wanted() if edge and edge.zone else {}
    assert set(resources.get("cloudflare_zone_setting", {})) == set(zone)
    bots = resources.get("cloudflare_bot_management", {})
    assert set(bots) == ({"bots"} if edge and edge.bots else set())
    if edge and edge.bots:
        assert bots["bots"].items() >= edge.bots.wanted().items()


def _the_line(values: Mapping[str, Any]) -> str:
    with pytest.raises(SettingsError) as refused:
        load_values(values)
    lines = str(refused.value).splitlines()
    assert len(lines) == 1, lines
    return lines[0].split("settings.toml: ", 1)[1]


@examples(max_examples=300, suppress_health_check=slow_to_draw)
@given(broken=strategies.wrong_leaf())
def test_a_wrong_value_is_one_line_that_names_its_key(broken: tuple[Values, str]) -> None:
    values, key = broken
    assert _the_line(values).startswith(key)


@examples(max_examples=200, suppress_health_check=slow_to_draw)
@given(broken=strategies.unknown_key())
def test_an_unknown_key_is_one_line_that_names_its_table(broken: tuple[Values, str]) -> None:
    values, table = broken
    assert _the_line(values).startswith(table)


@examples(max_examples=100, suppress_health_check=slow_to_draw)
@given(broken=strategies.missing_key())
def test_a_missing_key_is_one_line_that_names_it(broken: tuple[Values, str]) -> None:
    values, key = broken
    assert _the_line(values) == f"{key}: is missing; add it"


@examples(max_examples=300, suppress_health_check=slow_to_draw)
@given(content=strategies.mutated_file())
@example(content=re.sub(rb"(?m)^name = .*", b'name = "' + b"postgres://" * 9_000 + b'"', strategies.SETTINGS_FILES[0]))
def test_each_error_of_a_mutated_file_is_one_line_within_two_seconds(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "settings.toml")
        file.write_bytes(content)
        # The processor's time, not the clock's: a busy machine changes nothing. Usually it is a hundredth of a second.
        began = time.process_time()
        try:
            load_settings(file)
        except SettingsError as error:
            lines = str(error).split("\n")
            assert all(line.startswith(f"{file}: ") and line.isprintable() for line in lines), lines
            # The file, a key's path, the quoted value, and the advice.
            assert max(map(len, lines)) < 2_000
        assert time.process_time() - began < 2
