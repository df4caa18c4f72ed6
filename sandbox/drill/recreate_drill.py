"""Step e: destroying data is refused; then everything is destroyed and created again."""

import re
from typing import Any

from sandbox.drill.deploy_drill import RehearsedStacks, together
from sandbox.drill.drill_report import DrillStep
from sandbox.stack_run import StackRun, StackRunError

# What is new each time that a thing is made; everything else in an output must come back as it was.
# Neon's ids and passwords, where Postgres listens, and Cloudflare's ids and tokens of 32 hexadecimal digits.
# The host of an endpoint is an address or a name that begins with its id; the pooled one has `-pooler` in it.
IDENTIFIERS = re.compile(r"\b(?:127|ep-)[\w.-]*:\d+|[a-z]+-[a-z]+-\d{8}|br-[\w-]+|npg_\w+|:[^:@/]+@|\b[0-9a-f]{32}\b")


def destroy_is_refused(step: DrillStep, deployment: RehearsedStacks) -> None:
    """`terraform destroy` of a stack with data stops at prevent_destroy."""
    try:
        deployment.project.terraform("destroy", "-auto-approve", "-no-color")
    except StackRunError as error:
        step.prove("prevent_destroy" in str(error), "project: destroy is refused by prevent_destroy")
    else:
        step.prove(False, "destroying the project is refused")


def recreate(step: DrillStep, deployment: RehearsedStacks) -> None:
    """Lifts the guard in this world, destroys all, deploys all again and compares the outputs."""
    before = deployment.outputs()
    destroy_is_refused(step, deployment)
    project, *others = deployment.all
    together(others, _destroy)
    _destroy(project)
    left = deployment.world.neon().get("/projects").json()["projects"]
    step.prove(not left, "the cloud is empty after destroy")
    deployment.deploy()
    after = deployment.outputs()
    other = different(before, after)
    step.prove(
        not other,
        f"recreated: {sum(map(len, after.values()))} outputs are as before, but for ids, hosts and passwords",
        f"recreated, but these outputs are not as before: {', '.join(other)}",
    )


def _destroy(stack: StackRun) -> None:
    if stack.edit(_lift_guards):
        stack.terraform("apply", "-auto-approve", "-no-color")
    stack.terraform("destroy", "-auto-approve", "-no-color")


def _lift_guards(document: dict[str, Any]) -> bool:
    """Removes the guards; returns whether one of them is Neon's own protection, which needs an apply first."""
    held = False
    for resources in document.get("resource", {}).values():
        for resource in resources.values():
            resource.pop("lifecycle", None)
            if resource.get("protected"):
                resource["protected"], held = "no", True
    return held


def different(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> list[str]:
    """Names the outputs (`stack.output`) that differ in more than identifiers, or that one of the two lacks.

    Args:
        before: each stack's outputs, as `terraform output -json` prints them.
        after: the same, later.
    """
    old, new = _comparable(before), _comparable(after)
    return [name for name in sorted(old | new) if old.get(name) != new.get(name)]


def _comparable(outputs: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        f"{stack}.{name}": {**output, "value": _without_identifiers(output["value"])}
        for stack, values in outputs.items()
        for name, output in values.items()
    }


def _without_identifiers(value: Any) -> Any:
    # A table of secrets is new in every value, so its names are what must come back.
    return sorted(value) if isinstance(value, dict) else IDENTIFIERS.sub("*", str(value))
