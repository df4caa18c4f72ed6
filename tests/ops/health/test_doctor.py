"""What the doctor says where something is wrong, by answers of clouds on loopback."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import Mock

import boto3
import pytest
import tomli_w
from moto import mock_aws

from ops.clouds.neon import Neon
from ops.clouds.rest import RefusedError
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.health import cloud_checks
from ops.health.doctor import examine, holds_up_a_release
from ops.health.finding import Finding, FindingStatus
from tests.ops.preview_cloud import PreviewCloud
from tests.ops.receivers import Answer, Document, Receiver
from tests.support import merged, read_values

SETTINGS = Path(__file__).parents[3] / "sandbox/fixtures/expense-tracker.toml"
TOKEN = "A1" * 20


class Clouds(Receiver):
    """Neon and Cloudflare, with one project of two branches and one zone."""

    def __init__(self) -> None:
        super().__init__()
        self.zone = "luisibarra.dev"
        self.token_status = "active"
        self.subdomain = "sebastianiv21"
        self.branches = ["main", "dev"]
        self.projects = 1
        self.reason = "no"
        self.domains: dict[str, Document] = {"zone": {"status": "active"}, "domain": {"status": "active"}}
        self.refused: dict[str, int] = {}
        # Whether each address answers 503 once, as a service does that restarts.
        self.fail_first = False
        self.failed: set[str] = set()

    def answer(self, method: str, path: str, body: Document | None) -> Answer:
        del method, body
        route = path.partition("?")[0]
        if self.fail_first and route not in self.failed:
            self.failed.add(route)
            return 503, {"message": "restarting"}
        for part, status in self.refused.items():
            if part in route:
                return status, {"message": self.reason, "errors": [{"code": 9109, "message": self.reason}]}
        if route.startswith("/neon"):
            return 200, self._neon(route)
        if route.endswith("/tokens/verify"):
            return 200, {"result": {"id": "token-1", "status": self.token_status}}
        if "/zones/" in route:
            return 200, {"result": {"name": self.zone, **self.domains["zone"]}}
        if "/domains/" in route:
            return 200, {"result": self.domains["domain"]}
        if route.endswith("/workers/subdomain"):
            return 200, {"result": {"subdomain": self.subdomain}}
        if route.endswith("/pages/projects"):
            return 200, {"result": [{"name": "intent-expense-tracker"}]}
        return 200, {"result": {"status": "active"}}

    def _neon(self, route: str) -> Document:
        if route.endswith("/branches"):
            return {
                "branches": [
                    {"id": f"br-{name}", "name": name, "created_at": "2026-01-31T12:00:00Z"} for name in self.branches
                ]
            }
        if route.endswith("/endpoints"):
            hosts = {"ep-main-1.aws.neon.tech": "br-main", "ep-dev-1.aws.neon.tech": "br-dev"}
            return {"endpoints": [{"host": host, "branch_id": branch} for host, branch in hosts.items()]}
        return {"projects": [{"id": f"p-{n}", "name": "intent-expense-tracker"} for n in range(self.projects)]}


@pytest.fixture
def clouds():
    with Clouds() as clouds:
        yield clouds


def context_of(clouds: Clouds, **environment: str) -> Context:
    return Context.read(
        {
            "PATH": os.environ["PATH"],
            "INFRA_SETTINGS": str(SETTINGS),
            "NEON_API_BASE_URL": f"{clouds.url}/neon",
            "CLOUDFLARE_API_BASE_URL": f"{clouds.url}/cloudflare",
            "NEON_API_KEY": "key-of-neon-1",
            "CLOUDFLARE_API_TOKEN": TOKEN,
            "TF_VAR_neon_org_id": "org-1",
            "TF_VAR_cloudflare_account_id": "account-id-1",
            "TF_VAR_cloudflare_zone_id": "zone-id-1",
        }
        | environment
    )


def wrong(context: Context) -> list[str]:
    findings = [*cloud_checks.neon(context), *cloud_checks.cloudflare(context)]
    return [str(finding) for finding in findings if finding.state is FindingStatus.WRONG]


def test_where_all_is_well_nothing_is_wrong(clouds: Clouds):
    assert wrong(context_of(clouds)) == []


def test_used_up_branches_are_found_before_a_release_needs_one(clouds: Clouds):
    clouds.branches = ["main", "dev", *(f"preview-{n}" for n in range(8))]
    (line,) = wrong(context_of(clouds))
    assert "the free plan's 10 branches are used up" in line


def test_an_environment_without_its_branch_is_found(clouds: Clouds):
    clouds.branches = ["main"]
    assert wrong(context_of(clouds)) == [
        "wrong: Neon: dev's branch dev does not exist; if it was deleted, recover it with its rows: python -m ops "
        "recover; otherwise deploy its stack"
    ]


def test_a_deleted_project_is_not_taken_for_one_that_was_never_created(
    preview_cloud: PreviewCloud, monkeypatch: pytest.MonkeyPatch
):
    context = preview_cloud.context()
    assert not [each for each in cloud_checks.neon(context) if each.state is FindingStatus.WRONG]
    preview_cloud.neon("DELETE", f"/projects/{preview_cloud.project}")
    (line,) = map(str, cloud_checks.neon(context))
    assert line.startswith(f"wrong: Neon: project intent-expense-tracker ({preview_cloud.project}) was deleted; it can")
    assert "python -m ops recover; otherwise deploy" in line
    # An account without this preview of Neon's.
    monkeypatch.setattr(Neon, "deleted", Mock(side_effect=RefusedError("no", 404, "")))
    (line,) = map(str, cloud_checks.neon(context))
    assert line == "ok: Neon: the key works; the first deploy creates the project"


def test_two_projects_of_one_name_are_found(clouds: Clouds):
    clouds.projects = 2
    with pytest.raises(OpsError, match="there are 2 Neon projects called intent-expense-tracker"):
        wrong(context_of(clouds))


def test_a_zone_id_of_another_zone_is_found(clouds: Clouds):
    clouds.zone = "example.com"
    (line,) = wrong(context_of(clouds))
    assert "is example.com, but cloudflare.zone is luisibarra.dev" in line


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """Settings with a [release] table."""
    settings = tmp_path / "settings.toml"
    text = f'{SETTINGS.read_text(encoding="utf-8")}\n[release]\nmigrate_command = "true"\n'
    settings.write_text(text, encoding="utf-8")
    return settings


def test_another_subdomain_of_workers_dev_is_found_before_a_release(clouds: Clouds, released: Path):
    assert wrong(context_of(clouds, INFRA_SETTINGS=str(released))) == []
    clouds.subdomain = "another"
    (line,) = wrong(context_of(clouds, INFRA_SETTINGS=str(released)))
    assert "subdomain of workers.dev is another, but api.workers_subdomain is sebastianiv21" in line


@pytest.mark.parametrize("token", ["short", "A1" * 40 + "x", "A1" * 19 + "!!"])
def test_what_is_no_token_is_not_even_sent(clouds: Clouds, token: str):
    (line,) = wrong(context_of(clouds, CLOUDFLARE_API_TOKEN=token))
    assert "is not 40 to 80 letters, digits" in line
    assert not any("/cloudflare" in path for _, path, _ in clouds.requests)


def test_an_expired_token_is_found(clouds: Clouds):
    clouds.token_status = "expired"
    assert wrong(context_of(clouds)) == ["wrong: Cloudflare: the token is expired; create a new one"]


def test_a_token_of_the_account_is_verified_there(clouds: Clouds):
    clouds.refused = {"/user/tokens/verify": 401}
    assert wrong(context_of(clouds)) == []


@pytest.mark.parametrize(
    ("refused", "line"),
    [
        ({"/projects": 401}, "Neon refused GET /projects: 401 .*; the key is wrong or revoked"),
        (
            {"/pages": 403},
            "Cloudflare refused .*: 403 .*; the token lacks a permission: give it Cloudflare Pages: Edit",
        ),
        (
            {"/workers": 403},
            "Cloudflare refused .*: 403 .*; the token lacks a permission: give it Workers Scripts: Edit",
        ),
        (
            {"/zones": 403},
            "Cloudflare refused .*: 403 .*; the token lacks a permission: give it Zone: Edit and DNS: Edit",
        ),
        ({"/zones": 404}, "Cloudflare refused .*: 404 .*; the id is wrong, or belongs to another account"),
    ],
)
def test_a_refusal_names_the_permission_or_id_that_is_missing(
    clouds: Clouds, released: Path, refused: dict[str, int], line: str
):
    clouds.refused = refused
    with pytest.raises(OpsError, match=line) as error:
        wrong(context_of(clouds, INFRA_SETTINGS=str(released)))
    assert not any(secret in str(error.value) for secret in ("account-id-1", TOKEN, "key-of-neon-1"))


@pytest.mark.parametrize(
    ("host", "state"),
    [
        ("ep-dev-1.aws.neon.tech", FindingStatus.OK),
        ("ep-dev-1-pooler.aws.neon.tech", FindingStatus.OK),
        ("ep-dev-1.aws.neon.tech:5432", FindingStatus.OK),
        ("ep-main-1.aws.neon.tech", FindingStatus.WRONG),
        ("ep-dev-1.aws.neon.tech.example.com", FindingStatus.WRONG),
        ("localhost", FindingStatus.WRONG),
    ],
)
def test_a_database_address_must_be_the_environments_own(clouds: Clouds, host: str, state: FindingStatus):
    finding = cloud_checks.database_finding(
        context_of(clouds), "dev", f"postgresql://r:p%40ss@{host}/db?sslmode=require"
    )
    assert finding.state is state
    assert "p%40ss" not in str(finding)


@pytest.mark.usefixtures("no_waiting")
def test_one_503_from_each_address_is_survived(clouds: Clouds, released: Path):
    context = context_of(clouds, INFRA_SETTINGS=str(released))
    clouds.fail_first = True
    assert wrong(context) == []
    uri = "postgresql://r:p@ep-dev-1.aws.neon.tech/db"
    assert cloud_checks.database_finding(context, "dev", uri).state is FindingStatus.OK
    assert len(clouds.failed) >= 8, "each check met a fault"


@pytest.mark.usefixtures("no_waiting")
def test_one_broken_service_does_not_keep_the_others_from_being_checked(clouds: Clouds):
    clouds.refused = {"/projects": 500}
    context = context_of(clouds, NEON_API_BASE_URL="http://127.0.0.1:9", AWS_ENDPOINT_URL="http://127.0.0.1:9")
    lines = [str(finding) for finding in examine(context)]
    assert "wrong: Neon: Neon did not answer (ConnectError); try again later" in lines
    assert "ok: Cloudflare: the token is active" in lines


def test_an_unknown_environment_is_one_line(clouds: Clouds):
    lines = [str(finding) for finding in examine(context_of(clouds), "prod")]
    assert lines[-1] == "wrong: settings: there is no environment prod; there are: dev, production"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, FindingStatus.OK),
        (503, FindingStatus.LEFT_OUT),
        (429, FindingStatus.LEFT_OUT),
        (404, FindingStatus.WRONG),
        (401, FindingStatus.WRONG),
    ],
)
def test_a_webhook_that_is_gone_is_wrong_and_a_discord_that_is_down_is_not(
    clouds: Clouds, status: int, state: FindingStatus
):
    clouds.refused = {"webhooks": status} if status != 200 else {}
    context = context_of(clouds, DISCORD_WEBHOOK_URL=f"{clouds.url}/api/webhooks/1/secret-webhook-token")
    assert [finding.state for finding in examine(context) if finding.about == "Discord"] == [state]


def test_a_discord_that_does_not_answer_holds_nothing_up(clouds: Clouds):
    # A port that nobody listens on.
    context = context_of(clouds, DISCORD_WEBHOOK_URL="http://127.0.0.1:9/api/webhooks/1/secret-webhook-token")
    (finding,) = [finding for finding in examine(context) if finding.about == "Discord"]
    assert (finding.state, finding.text) == (FindingStatus.LEFT_OUT, "no answer (ConnectError): notices may not arrive")


@pytest.mark.parametrize(
    "uri", ["postgres://[", "postgres://user:pass@[::1/db", "postgres://u:p[w@host/db", "not a uri"]
)
def test_a_database_address_that_can_not_be_read_is_one_line(clouds: Clouds, uri: str):
    finding = cloud_checks.database_finding(context_of(clouds), "dev", uri)
    assert finding.state is FindingStatus.WRONG
    assert finding.text == "DATABASE_URL is not a valid connection URI"


def test_a_token_that_another_address_must_use_needs_no_permission(clouds: Clouds):
    clouds.refused = {"/zones/": 403}
    clouds.reason = "Cannot use the access token from location: 203.0.113.7"
    with pytest.raises(OpsError) as error:
        wrong(context_of(clouds))
    assert str(error.value).endswith(
        "403 (Cannot use the access token from location: 203.0.113.7); the token's Client IP Address Filtering "
        "excludes this machine; add its address to the token"
    )


@pytest.mark.parametrize(
    ("status", "hours", "line"),
    [
        ("pending", 1, ""),
        ("active", 1000, ""),
        ("pending", 25, "is pending since"),
        ("initializing", 25, "is initializing since"),
        ("moved", 1, "is moved"),
    ],
)
@pytest.mark.parametrize("what", ["zone", "domain"])
def test_a_domain_that_is_pending_for_days_is_wrong(clouds: Clouds, what: str, status: str, hours: int, line: str):
    since = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
    clouds.domains[what] = {"status": status, "created_on": since}
    found = wrong(context_of(clouds))
    assert bool(found) == bool(line)
    assert all(line in each for each in found)


def test_cloudflares_reason_for_a_pending_domain_is_shown(clouds: Clouds):
    clouds.domains["domain"] = {
        "status": "pending",
        "created_on": "2026-01-01T00:00:00.123456Z",
        "verification_data": {"status": "pending"},
        "validation_data": {"status": "error", "error_message": "CAA records forbid the certificate"},
    }
    assert any(
        "is pending since 2026-01-01 (CAA records forbid the certificate); " in line
        for line in wrong(context_of(clouds))
    )


@pytest.mark.parametrize(
    ("about", "holds_up"), [("Discord", False), ("GitHub", False), ("domain", False), ("state", True), ("Neon", True)]
)
def test_only_what_a_release_needs_holds_it_up(about: str, holds_up: bool):
    assert holds_up_a_release(Finding(about, FindingStatus.WRONG, "x")) == holds_up
    assert not holds_up_a_release(Finding(about, FindingStatus.LEFT_OUT, "x"))


@pytest.mark.parametrize(("region", "status"), [("us-east-1", FindingStatus.OK), ("eu-central-1", FindingStatus.WRONG)])
def test_a_wrong_region_of_the_states_bucket_is_found(
    clouds: Clouds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, region: str, status: FindingStatus
):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    values = read_values(SETTINGS)
    file = tmp_path / "settings.toml"
    file.write_text(
        tomli_w.dumps(merged(values, {"state": {"bucket": "acme-states", "region": region}})), encoding="utf-8"
    )
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="acme-states")
        s3.put_bucket_versioning(Bucket="acme-states", VersioningConfiguration={"Status": "Enabled"})
        keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        context = context_of(clouds, INFRA_SETTINGS=str(file), **keys)
        found = [finding for finding in examine(context) if finding.about == "state"]
    assert [finding.state for finding in found] == [status]
    if status is FindingStatus.WRONG:
        assert found[0].text == "bucket acme-states is in us-east-1, but state.region is eu-central-1"
        assert found[0].remedy == 'set state.region = "us-east-1" and run make synth'
