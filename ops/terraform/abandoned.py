"""Finds abandoned states: those in the bucket that no stack uses, such as one of a renamed or removed environment.

Their resources still exist and cost money, but no plan shows them, and drift in them is not noticed.
"""

import json
from pathlib import Path
from typing import Any

from ops.clouds.stored_states import StateBucket, StoredState
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.terraform.plan import Outcome, PlannedStack
from ops.terraform.stacks import Stack, read_stacks

_MOST_NAMED = 5


def abandoned_states(context: Context) -> list[StoredState]:
    """The states below the project's name in the bucket that hold resources, and that no synthesized stack uses.

    Args:
        context: has the synthesized stacks and the AWS credentials.

    Returns:
        Empty also if the states are not in S3.

    Raises:
        OpsError: there are no stacks, or the bucket can't be read.
    """
    stacks = read_stacks(context, apart=True)
    backends = [backend for stack in stacks if (backend := s3_backend(stack))]
    if not backends:
        return []
    first = backends[0]
    project = str(first["key"]).partition("/")[0]
    used = {str(backend["key"]) for backend in backends}
    states = StateBucket(context, str(first["bucket"]), str(first["region"])).states(project)
    return [state for state in states if state.resources and state.address.split("/", 3)[3] not in used]


def sentence(state: StoredState) -> str:
    """What an owner should know about an abandoned state, with the command that destroys its resources."""
    named = ", ".join(state.resources[:_MOST_NAMED]) + (", …" if len(state.resources) > _MOST_NAMED else "")
    return (
        f"{state.address} holds {len(state.resources)} resources ({named}), but the settings have no stack "
        f"{state.stack}; add it to the settings again, or destroy it: {destroy_command(state)}"
    )


def destroy_command(state: StoredState) -> str:
    """The command that destroys the resources of an abandoned state."""
    return f"python -m ops destroy {state.stack}"


def abandoned_plans(context: Context) -> list[PlannedStack]:
    """The abandoned states among the results of plans; a warning is printed if they can't be listed.

    Args:
        context: as for `abandoned_states`.
    """
    try:
        found = abandoned_states(context)
    except OpsError as error:
        context.console.warn(f"abandoned states can't be listed: {error}")
        return []
    return [
        PlannedStack(Stack(state.stack, Path(), frozenset()), Outcome.ABANDONED, Path(), problem=sentence(state))
        for state in found
    ]


def s3_backend(stack: Stack) -> dict[str, Any] | None:
    """The backend of a stack whose state is in S3; None if it is elsewhere."""
    document = json.loads((stack.folder / "cdk.tf.json").read_text(encoding="utf-8"))
    return document.get("terraform", {}).get("backend", {}).get("s3")
