"""Step c: the hand-written HCL's states are taken over without one resource added, changed or destroyed."""

import json
from pathlib import Path

from constructs_lib.backend import state_key

from sandbox.drill.deploy import Deployment
from sandbox.drill.report import DrillError, Step

STATES = Path(__file__).parents[1] / "fixtures/hcl-state"


def load_hand_written_states(deployment: Deployment) -> None:
    """Puts the states into the bucket, and the resources they describe into the cloud, with the same ids."""
    documents = []
    for file in sorted(STATES.glob("*.tfstate")):
        document = json.loads(file.read_text())
        documents.append(document)
        deployment.world.bucket().put_object(
            Bucket=deployment.settings.state.bucket,
            Key=state_key(deployment.settings.project.name, file.stem),
            Body=file.read_bytes(),
        )
    if not documents:
        raise DrillError(f"{STATES}: no state to adopt; restore the folder from git")
    deployment.world.control("load", documents)


def adopt(step: Step, deployment: Deployment) -> None:
    """Plans over the hand-written states, applies the moves, and plans again.

    Raises:
        DrillError: a plan adds, changes or destroys anything; it names each resource and the reason.
    """
    load_hand_written_states(deployment)
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
        step.prove(not after.reasons() and after.moves() == 0, f"{stack.name}: then nothing, not even a move")
