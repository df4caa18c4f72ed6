"""What the doctor says of a Worker that wrangler alone has deployed until now."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.context.run_context import Context
from ops.health.app_checks import app_findings, worker_findings
from tests.ops.health.test_app_checks import GOOD, SETTINGS, findings
from tests.ops.receivers import Answer, Document, Receiver

WORKER = "intent-api-production"


class Workers(Receiver):
    """As much of Cloudflare's API as the names of a Worker's secrets."""

    secrets: tuple[str, ...] | None = None

    def answer(self, method: str, path: str, body: Document | None) -> Answer:
        del method, body
        if self.secrets is None or not path.endswith(f"/workers/scripts/{WORKER}/secrets"):
            return 404, {"success": False, "errors": [{"code": 10007, "message": "no such Worker"}]}
        return 200, {"success": True, "result": [{"name": name, "type": "secret_text"} for name in self.secrets]}


@pytest.fixture
def cloud() -> Iterator[Workers]:
    with Workers() as server:
        yield server


def context(cloud: Workers, folder: Path, name: str = "intent-api", **more: object) -> Context:
    """The context of a run on an app whose wrangler configuration has this name."""
    findings(folder, GOOD | {"name": name} | more)
    return Context.read(
        {
            "INFRA_SETTINGS": str(folder / "settings.toml"),
            "CLOUDFLARE_API_BASE_URL": cloud.url,
            "CLOUDFLARE_API_TOKEN": "t" * 40,
            "CLOUDFLARE_ACCOUNT_ID": "a" * 32,
            "BETTER_AUTH_SECRET": "s",
        }
    )


def said(cloud: Workers, folder: Path, name: str = "intent-api") -> str:
    (finding,) = worker_findings(context(cloud, folder, name), folder / "app", "production")
    return str(finding)


def test_secrets_that_a_release_does_not_set_are_kept(cloud: Workers, tmp_path: Path):
    assert '"DATABASE_URL", "BETTER_AUTH_SECRET"' in SETTINGS
    cloud.secrets = ("DATABASE_URL", "BETTER_AUTH_SECRET", "SENTRY_DSN", "MAIL_KEY")
    assert said(cloud, tmp_path) == f"ok: Worker: {WORKER} exists; a release keeps its secrets MAIL_KEY, SENTRY_DSN"


def test_a_worker_without_other_secrets_is_only_named(cloud: Workers, tmp_path: Path):
    cloud.secrets = ("DATABASE_URL",)
    assert said(cloud, tmp_path) == f"ok: Worker: {WORKER} exists"


def test_a_first_release_creates_it(cloud: Workers, tmp_path: Path):
    assert said(cloud, tmp_path) == f"ok: Worker: {WORKER} does not exist yet; the first release creates it"


def test_a_worker_of_another_name_would_be_a_second_one(cloud: Workers, tmp_path: Path):
    text = said(cloud, tmp_path, "expenses")
    assert text.startswith("left out: Worker: intent-api-production does not exist yet, and wrangler's configuration")
    assert "names it expenses-production: if that one serves traffic, set api.worker to its name" in text


@pytest.mark.parametrize(("there", "wrong"), [(("SENTRY_DSN",), False), (("OTHER",), True), (None, True)])
def test_a_required_secret_may_be_one_that_the_worker_has(
    cloud: Workers, tmp_path: Path, there: tuple[str, ...] | None, wrong: bool
):
    cloud.secrets = there
    run = context(cloud, tmp_path, secrets={"required": ["SENTRY_DSN"]})
    texts = [str(finding) for finding in app_findings(run, tmp_path / "app", "production")]
    problem = "wrong: secrets: SENTRY_DSN: required by wrangler's configuration; add them to release.secrets"
    assert (problem in texts) == wrong
    assert json.dumps(texts).count("secrets:") == 1
