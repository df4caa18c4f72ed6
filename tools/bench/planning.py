"""What `ops plan` costs over plain `terraform plan`, on the bench's stacks, deployed in a rehearsal's world."""

from collections.abc import Sequence
from pathlib import Path

from sandbox.drill.cdktf_cli import synthesize
from sandbox.drill.deploy_drill import RehearsedStacks
from sandbox.world import World
from settings import load_settings
from tools.bench.overhead import Overhead, measure

STACKS = ("project", "dev", "production")


def overheads(settings_file: Path, folder: Path, *, groups: Sequence[str], rounds: int) -> dict[str, Overhead]:
    """Measure each stack alone, and all of them in one run.

    Args:
        settings_file: whose stacks are deployed and planned.
        folder: is created, for the synthesized stacks.
        groups: the names of stacks to plan alone, and `all` for all of them in one run.
        rounds: how often each way is timed, 1 or more.
    """
    settings = load_settings(settings_file)
    synthesize(settings_file, folder)
    with World("bench", settings) as world:
        RehearsedStacks(world, settings, folder).deploy()
        environment = world.environment | {"INFRA_SETTINGS": str(settings_file)}
        runs = {group: STACKS if group == "all" else (group,) for group in groups}
        return {
            name: measure(stacks, out=folder, environment=environment, rounds=rounds) for name, stacks in runs.items()
        }
