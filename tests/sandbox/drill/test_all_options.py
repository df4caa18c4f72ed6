"""The drill on the settings with every option on: what differs from settings that take over the hand-written HCL."""

import copy
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from sandbox.drill import preview_drill, release_drill
from sandbox.drill.app_run import AppRun, check_out, installed
from sandbox.drill.cdktf_cli import synthesize
from sandbox.drill.drill_report import DrillReport, DrillStep
from sandbox.drill.recreate_drill import different
from sandbox.drill.rehearsal import Rehearsal
from sandbox.world import World
from settings import Settings, load_settings

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
FULL = ROOT / "examples/full.toml"
Outputs = dict[str, dict[str, Any]]
OUTPUTS: Outputs = {
    "project": {
        "pooler": {"value": "postgres://owner:old@127-pooler.0.0.1:40001/ledger", "sensitive": True},
        "project_id": {"value": "quiet-harbor-12345678", "sensitive": False},
    },
    "production": {
        "database_uri": {"value": "postgresql://owner:old@127.0.0.1:40001/ledger", "sensitive": True},
        "domain": {"value": "ledger.example", "sensitive": False},
        "web_analytics_token": {"value": "9" * 32, "sensitive": False},
        "worker_secrets": {"value": {"BETTER_AUTH_SECRET": "old", "DATABASE_URL": "old"}, "sensitive": True},
    },
}


@pytest.fixture
def settings() -> Settings:
    return load_settings(FULL)


def test_everything_is_deployed_drifts_and_is_recreated(tmp_path: Path) -> None:
    synthesize(FULL, tmp_path)
    output = io.StringIO()
    report = DrillReport(Console(file=output, width=200))
    Rehearsal(report, FULL).lifecycle(tmp_path)
    assert not report.failed(), output.getvalue()
    assert [step.name[0] for step in report.steps] == ["a", "b", "b", "d", "e"]
    assert all(step.proofs for step in report.steps)


@pytest.mark.skipif(not installed(), reason="the reference app's packages are not installed: run `make app`")
def test_the_app_is_released_and_previewed(tmp_path: Path, settings: Settings) -> None:
    synthesize(FULL, tmp_path)
    with World("all-options", settings) as world:
        run = AppRun(world, FULL, tmp_path, "production")
        released = DrillStep("a release")
        release_drill.first_release(released, run)
        assert "https://api.ledger.example" in run.printed
        pull = preview_drill.previewed(run)
        assert pull
        assert pull.parent == "staging"
        seen = DrillStep("a preview")
        preview_drill.opened(seen, pull)
        preview_drill.removed(seen, pull)
    assert released.proofs
    assert seen.proofs


def test_the_apps_checkout_knows_each_environment(tmp_path: Path, settings: Settings) -> None:
    check_out(tmp_path / "app", settings)
    known = json.loads((tmp_path / "app/apps/api/wrangler.jsonc").read_text())["env"]
    assert set(settings.environments) <= set(known)
    assert known["staging"] == known["production"], "an environment that the app does not know gets its bindings"


def as_made_again(outputs: Outputs) -> None:
    outputs["project"]["project_id"]["value"] = "green-meadow-87654321"
    outputs["project"]["pooler"]["value"] = (
        "postgres://owner:new@ep-calm-sea-87654321-pooler.us-east-2.aws.neon.localhost:40002/ledger"
    )
    outputs["production"]["database_uri"]["value"] = "postgresql://owner:new@127.0.0.1:40002/ledger"
    outputs["production"]["web_analytics_token"]["value"] = "a" * 32
    outputs["production"]["worker_secrets"]["value"] = {"BETTER_AUTH_SECRET": "new", "DATABASE_URL": "new"}


def another_database(outputs: Outputs) -> None:
    outputs["production"]["database_uri"]["value"] = "postgresql://owner:old@127.0.0.1:40001/another"


def another_pooled_database(outputs: Outputs) -> None:
    outputs["project"]["pooler"]["value"] = "postgres://owner:old@127-pooler.0.0.1:40001/another"


def shown_to_all(outputs: Outputs) -> None:
    outputs["production"]["database_uri"]["sensitive"] = False


def without_a_secret(outputs: Outputs) -> None:
    del outputs["production"]["worker_secrets"]["value"]["DATABASE_URL"]


def without_an_output(outputs: Outputs) -> None:
    del outputs["production"]["domain"]


def without_a_stack(outputs: Outputs) -> None:
    del outputs["project"]


def changes() -> Iterator[tuple[Callable[[Outputs], None], list[str]]]:
    yield as_made_again, []
    yield another_database, ["production.database_uri"]
    yield shown_to_all, ["production.database_uri"]
    yield without_a_secret, ["production.worker_secrets"]
    yield without_an_output, ["production.domain"]
    yield another_pooled_database, ["project.pooler"]
    yield without_a_stack, ["project.pooler", "project.project_id"]


@pytest.mark.parametrize(("change", "named"), list(changes()))
def test_outputs_that_differ_after_a_recreation_are_named(change: Callable[[Outputs], None], named: list[str]) -> None:
    after = copy.deepcopy(OUTPUTS)
    change(after)
    assert different(OUTPUTS, after) == different(after, OUTPUTS) == named
