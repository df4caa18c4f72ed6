"""Uptime: which addresses are asked, what counts as down, and what is announced."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import Mock

import boto3
import pytest
from moto import mock_aws

from ops.backup.backup_store import BackupsRefusedError, backup_key
from ops.cli import main
from ops.context.run_context import Context
from ops.health.health_contract import HealthContract
from ops.health.smoke import probe_of
from ops.health.uptime import EDGE_HEADERS, PublicAddress, addresses, find_outages
from settings import load_settings
from tests.ops.receivers import Answer, Discord, Document, Receiver

ROOT = Path(__file__).parents[3]
MakeContext = Callable[..., Context]
SETTINGS = """
[project]
name = "shop"
[repository]
owner = "shop-inc"
name = "shop"
[state]
bucket = "shop-states"
[database]
name = "shop"
role = "shop"
[cloudflare]
zone = "shop.example"
[website]
build_command = "make"
destination_dir = "out"
compatibility_date = "2025-09-27"
[api]
worker = "shop-api"
workers_subdomain = "shop"
[environments.dev.database]
[environments.production.website]
domain = "shop.example"
[release]
migrate_command = "npm run migrate"
health_path = "/healthy"
required_headers = ["X-Frame-Options"]
"""
SITE = "https://shop.example/"
API = "https://shop-api-production.shop.workers.dev/healthy"


class Visited(Receiver):
    """Serves every address of the settings, by a directory as a rehearsal has one."""

    def __init__(self) -> None:
        super().__init__()
        self.headers = {"X-Frame-Options": "DENY"}
        # Answers to visitors, each once, before the good ones; the directory is not a visitor's.
        self.bad: list[Answer] = []

    def answer(self, method: str, path: str, body: Document | None) -> Answer:
        del method, body
        if path == "/directory":
            return 200, {SITE.rstrip("/"): f"{self.url}/site", API.removesuffix("/healthy"): f"{self.url}/api"}
        return self.bad.pop(0) if self.bad else (200, {})

    @property
    def visits(self) -> list[str]:
        return [path for _, path, _ in self.requests if path != "/directory"]


@pytest.fixture
def visited() -> Iterator[Visited]:
    with Visited() as server:
        yield server


@pytest.fixture
def context(make_context: MakeContext, visited: Visited, discord: Discord, tmp_path: Path) -> Context:
    settings = tmp_path / "settings.toml"
    settings.write_text(SETTINGS)
    return make_context(
        **discord.environment(), INFRA_SETTINGS=str(settings), PUBLIC_ADDRESSES_URL=f"{visited.url}/directory"
    )


def uptime(context: Context, monkeypatch: pytest.MonkeyPatch, *options: str) -> int:
    monkeypatch.setattr("os.environ", dict(context.environment))
    return main(["uptime", "--wait", "0", *options])


def test_the_site_and_the_api_that_it_calls_are_asked(context: Context):
    assert addresses(context.settings) == [
        PublicAddress("production's site", SITE),
        PublicAddress("production's API", API, HealthContract(headers=("x-frame-options",))),
    ]


def test_every_option_asks_every_environments_addresses_and_the_edges_headers():
    asked = {address.url: address.contract.headers for address in addresses(load_settings(ROOT / "examples/full.toml"))}
    assert asked["https://ledger.example/"] == EDGE_HEADERS
    assert "https://api.ledger.example/health" in asked
    assert "https://ledger-api-staging.ledger.workers.dev/health" in asked, "at /health the site would answer"


ROUTE = """
[environments.dev.website]
domain = "dev.shop.example"
[environments.dev.api]
route = "/api/*"
"""
CHECKED = """
[environments.dev.api.health_check]
path = "/api/up"
"""


@pytest.mark.parametrize(
    ("more", "url"),
    [
        (ROUTE, "https://shop-api-dev.shop.workers.dev/healthy"),
        (ROUTE + CHECKED, "https://dev.shop.example/api/up"),
        (ROUTE.replace("/api/*", "/healthy"), "https://dev.shop.example/healthy"),
        (ROUTE.replace("/api/*", "/health"), "https://shop-api-dev.shop.workers.dev/healthy"),
    ],
    ids=["off the route", "a path of its own", "just that path", "the beginning of the path"],
)
def test_uptime_and_smoke_test_request_the_same_address_of_the_api(
    context: Context, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], more: str, url: str
):
    text = SETTINGS.replace('zone = "shop.example"', 'zone = "shop.example"\nplan = "pro"')
    context.settings_file.write_text(text + more, encoding="utf-8")
    assert url in [address.url for address in addresses(context.settings)]
    monkeypatch.setattr("os.environ", dict(context.environment))
    path = url.partition(".example")[2] or "/healthy"
    preview = probe_of(context, "dev", address="https://shop-api-pr-7.shop.workers.dev")
    assert preview.url == f"https://shop-api-pr-7.shop.workers.dev{path}"
    # The rehearsal does not serve that address, so the error says what was requested.
    monkeypatch.setattr("ops.health.smoke._LONGEST_WAIT_SECONDS", 0)
    context.settings_file.write_text(f"{text}smoke_seconds = 1\n{more}", encoding="utf-8")
    assert main(["smoke", "dev"]) == 1
    assert capsys.readouterr().err.startswith(f"{url}: no answer")


def test_the_edge_sets_each_header_that_is_asked_for(synth: Callable[..., dict[str, Document]]):
    edge = synth(load_settings(ROOT / "examples/full.toml"))["edge"]
    rules = edge["resource"]["cloudflare_ruleset"]["headers"]["rules"]
    site = next(rule for rule in rules if rule["ref"] == "site-headers")
    assert set(EDGE_HEADERS) <= {name.lower() for name in site["action_parameters"]["headers"]}


def test_all_well_is_said_and_no_notice_sent(
    context: Context,
    visited: Visited,
    discord: Discord,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    assert uptime(context, monkeypatch) == 0
    assert capsys.readouterr().out.splitlines() == [f"ok: production's site ({SITE})", f"ok: production's API ({API})"]
    assert visited.visits == ["/site/", "/api/healthy"]
    assert discord.requests == []


@pytest.mark.parametrize(
    ("bad", "problem"),
    [((503, None), "status 503"), ((404, None), "status 404"), ((204, None), "status 204")],
)
def test_what_is_down_at_every_try_is_told_once(
    context: Context, visited: Visited, discord: Discord, monkeypatch: pytest.MonkeyPatch, bad: Answer, problem: str
):
    visited.bad = [bad, (200, {}), bad]
    assert uptime(context, monkeypatch, "--attempts", "2") == 1
    assert visited.visits == ["/site/", "/api/healthy", "/site/"], "only what was down is asked again"
    (embed,) = discord.embeds
    assert embed["title"] == "❌ Failed: uptime"
    assert embed["description"] == f"production's site ({SITE}): {problem}"


BACKUP = """
[backup]
environments = ["production", "dev"]
recipients = ["age1e8t2pkevg0w00z6gx6qzfeuv56s39l466959d7vzakcyt5t7xgfq3kgk4u"]
"""
AWS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}


@pytest.fixture
def with_backups(context: Context) -> Iterator[Context]:
    """Settings with [backup], credentials, and a bucket with a backup of production that is 35 hours old."""
    context.settings_file.write_text(SETTINGS + BACKUP, encoding="utf-8")
    with mock_aws():
        bucket = boto3.client("s3", region_name="us-east-1")
        bucket.create_bucket(Bucket="shop-states")
        key = backup_key("shop", "production", datetime.now(UTC) - timedelta(hours=35))
        bucket.put_object(Bucket="shop-states", Key=key, Body=b"sealed")
        yield replace(context, environment={**context.environment, **AWS})


def test_backups_that_are_missing_or_too_old_are_announced_once(
    with_backups: Context, discord: Discord, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    assert uptime(with_backups, monkeypatch) == 1
    assert "ok: backup: the newest backup of production is 35.0 hours old" in capsys.readouterr().out
    (embed,) = discord.embeds
    assert embed["title"] == "❌ Failed: backup"
    assert embed["description"] == "there is no backup of dev; run python -m ops backup dev"

    text = with_backups.settings_file.read_text(encoding="utf-8")
    with_backups.settings_file.write_text(f"{text}oldest_hours = 34\n", encoding="utf-8")
    assert uptime(with_backups, monkeypatch) == 1
    first, second = discord.embeds[-1]["description"].splitlines()
    assert first.startswith("the newest backup of production is 35.0 hours old, more than 34; check the workflow")
    assert second.startswith("there is no backup of dev")


def test_a_bucket_that_can_not_be_read_is_announced_like_an_old_backup(
    with_backups: Context, discord: Discord, monkeypatch: pytest.MonkeyPatch
):
    text = with_backups.settings_file.read_text(encoding="utf-8").replace("shop-states", "another-bucket")
    with_backups.settings_file.write_text(text, encoding="utf-8")
    assert uptime(with_backups, monkeypatch) == 1
    (embed,) = discord.embeds
    assert "another-bucket/backups/shop: can't list (NoSuchBucket)" in embed["description"]


def test_credentials_that_may_not_list_backups_are_announced(
    with_backups: Context, discord: Discord, monkeypatch: pytest.MonkeyPatch
):
    refused = Mock(side_effect=BackupsRefusedError("refused"))
    monkeypatch.setattr("ops.health.backup_findings.BackupStore", refused)
    assert uptime(with_backups, monkeypatch) == 1
    (embed,) = discord.embeds
    assert embed["description"] == "these credentials may not list backups; use the role of backups (docs/state.md)"


def test_without_aws_credentials_the_age_of_backups_is_left_out_aloud(
    with_backups: Context, discord: Discord, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    bare = {name: value for name, value in with_backups.environment.items() if name not in AWS}
    assert uptime(replace(with_backups, environment=bare), monkeypatch) == 0
    assert "skipped: the age of backups, because no AWS credentials are set" in capsys.readouterr().out
    assert discord.requests == []


def test_one_bad_answer_is_no_outage(
    context: Context, visited: Visited, discord: Discord, monkeypatch: pytest.MonkeyPatch
):
    visited.bad = [(500, None)]
    assert uptime(context, monkeypatch, "--attempts", "2") == 0
    assert discord.requests == []


def test_an_api_without_a_required_header_is_down(context: Context, visited: Visited):
    visited.headers = {}
    (outage,) = find_outages(context, addresses(context.settings), attempts=1)
    assert str(outage) == f"production's API ({API}): the response lacks the header x-frame-options"


def test_no_answer_is_an_outage(context: Context):
    (outage,) = find_outages(context, [PublicAddress("a site", "https://nobody.example/")], attempts=1)
    assert outage.problem == "no answer (ConnectError)"


def test_an_outage_stays_an_outage_where_the_notices_server_is_down(
    context: Context,
    visited: Visited,
    discord: Discord,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    visited.bad, discord.faults = [(503, None)], [(404, None)]
    assert uptime(context, monkeypatch, "--attempts", "1") == 1
    printed = capsys.readouterr().err
    assert "notice not delivered" in printed
    assert "secret-webhook-token" not in printed


def test_settings_without_any_address_are_a_mistake(
    make_context: MakeContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    settings = tmp_path / "settings.toml"
    settings.write_text(SETTINGS.partition("[cloudflare]")[0])
    assert uptime(make_context(INFRA_SETTINGS=str(settings)), monkeypatch) == 1
    assert "has no site and no API to request" in capsys.readouterr().err


@pytest.mark.parametrize(("kind", "title"), [("success", "✅ Succeeded: it"), ("rolled-back", "↩️ Rolled back: it")])
def test_a_workflow_sends_a_notice(
    make_context: MakeContext, discord: Discord, monkeypatch: pytest.MonkeyPatch, kind: str, title: str
):
    monkeypatch.setattr("os.environ", dict(make_context(**discord.environment()).environment))
    assert main(["notify", kind, "it", "--text", "so it is"]) == 0
    assert [(embed["title"], embed["description"]) for embed in discord.embeds] == [(title, "so it is")]


def test_a_notice_that_is_not_delivered_fails_nothing(
    make_context: MakeContext, discord: Discord, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    discord.faults = [(404, None)]
    monkeypatch.setattr("os.environ", dict(make_context(**discord.environment()).environment))
    assert main(["notify", "failure", "it"]) == 0
    assert "notice not delivered (❌ Failed: it): the webhook answered 404" in capsys.readouterr().err


def test_a_kind_of_notice_that_is_none_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr("os.environ", {"PATH": ""})
    assert main(["notify", "party", "it"]) == 1
    assert capsys.readouterr().err == (
        "there is no kind of notice 'party'; choose one of started, migration, success, failure, rolled-back\n"
    )
