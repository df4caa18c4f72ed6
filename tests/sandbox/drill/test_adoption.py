"""Step c fails, with the reason, when one of the facts that adoption rests on is broken."""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from sandbox.drill.adoption_drill import load_hand_written_states
from sandbox.drill.cdktf_cli import synthesize
from sandbox.stack_run import StackPlan, StackRun, StackRunError
from sandbox.world import World
from settings import load_settings

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
SETTINGS = ROOT / "sandbox/fixtures/expense-tracker.toml"


@pytest.fixture(scope="module")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synthesized")
    synthesize(SETTINGS, folder)
    return folder


@pytest.fixture(scope="module")
def world(synthesized: Path) -> Generator[World, None, None]:
    settings = load_settings(SETTINGS)
    with World("adoption-test", settings) as world:
        load_hand_written_states(world, settings)
        yield world


def plan(world: World, synthesized: Path, stack: str, name: str, change: Callable[[Any], None]) -> StackPlan:
    """The plan over a hand-written state, of a stack's JSON that `change` altered."""
    run = StackRun(world, stack, synthesized, into=name)
    run.edit(change)
    run.init()
    return run.plan()


def test_without_a_moved_block_the_branch_would_be_replaced(world: World, synthesized: Path) -> None:
    def drop_moved(document: Any) -> None:
        document["moved"] = [block for block in document["moved"] if "neon_branch" not in block["to"]]

    reasons = plan(world, synthesized, "dev", "unmoved", drop_moved).reasons()
    assert any("neon_branch.this: create" in reason for reason in reasons)
    assert any("module.db.neon_branch.this: delete" in reason for reason in reasons)


@pytest.mark.parametrize(
    ("stack", "variable", "address"),
    [
        ("project", "cloudflare_account_id", "cloudflare_pages_project.web"),
        ("project", "neon_org_id", "neon_project.main"),
        ("production", "cloudflare_zone_id", "cloudflare_dns_record.web"),
    ],
)
def test_an_unmarked_variable_is_a_change_of_all_that_use_it(
    world: World, synthesized: Path, stack: str, variable: str, address: str
) -> None:
    def unmark(document: Any) -> None:
        document["variable"][variable]["sensitive"] = False

    reasons = plan(world, synthesized, stack, f"unmarked-{variable}", unmark).reasons()
    assert any(reason.startswith(f"{address}: update: only ") for reason in reasons), reasons


@pytest.mark.parametrize(("stack", "provider", "older"), [("project", "cloudflare", "5.14.0")])
def test_an_older_provider_is_refused(world: World, synthesized: Path, stack: str, provider: str, older: str) -> None:
    def pin(document: Any) -> None:
        document["terraform"]["required_providers"][provider]["version"] = older

    with pytest.raises(StackRunError, match=rf"(?s)cloudflare/cloudflare.*{older}"):
        plan(world, synthesized, stack, "older", pin)
