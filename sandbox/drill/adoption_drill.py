"""Step c: adopting the hand-written HCL's states adds, changes and destroys no resource."""

import json
from pathlib import Path

from sandbox.drill.deploy_drill import RehearsedStacks
from sandbox.drill.drill_report import DrillError, DrillStep
from sandbox.world import IDS, World
from settings import Settings

STATES = Path(__file__).parents[1] / "fixtures/hcl-state"
_IDS_IN_STATES = {"acc1": IDS["account_id"], "zone1": IDS["zone_id"], "org-1": IDS["org_id"]}


def hand_written_states() -> dict[str, str]:
    """The states by stack, as text. Account, zone and organization are the world's: theirs lack the real form."""
    states: dict[str, str] = {}
    for file in sorted(STATES.glob("*.tfstate")):
        text = file.read_text(encoding="utf-8")
        for written, real in _IDS_IN_STATES.items():
            text = text.replace(json.dumps(written), json.dumps(real))
        states[file.stem] = text
    return states


def load_hand_written_states(world: World, settings: Settings) -> None:
    """Puts the states into the bucket, and the resources they describe into the cloud, with the same ids.

    Raises:
        DrillError: there is no state.
    """
    states = hand_written_states()
    for stack, text in states.items():
        world.bucket().put_object(Bucket=settings.state.bucket, Key=settings.state_key(stack), Body=text.encode())
    if not states:
        raise DrillError(f"{STATES}: no state to adopt; restore the folder from git")
    world.control("load", [json.loads(text) for text in states.values()])


def adopt(step: DrillStep, deployment: RehearsedStacks) -> None:
    """Plans over the hand-written states, applies the moves, and plans again.

    Raises:
        DrillError: a plan adds, changes or destroys anything; it names each resource and the reason.
    """
    load_hand_written_states(deployment.world, deployment.settings)
    adopted = {file.stem for file in STATES.glob("*.tfstate")}
    for stack in (stack for stack in deployment.all if stack.name in adopted):
        stack.init()
        plan = stack.plan()
        reasons = plan.reasons()
        if reasons:
            raise DrillError(f"{stack.name}: {plan.counts()}: {'; '.join(reasons)}")
        step.prove(True, f"{stack.name}: {plan.counts()}, {plan.moves()} moved")
        stack.apply()
        after = stack.plan()
        step.prove(not after.reasons() and after.moves() == 0, f"{stack.name}: then an empty plan without moves")
