"""Step e: everything is destroyed, refused first where it holds data, and made again from nothing."""

import re
from typing import Any

from sandbox.drill.deploy import Deployment
from sandbox.drill.report import Step
from sandbox.terraform import TerraformError

# What is new each time that a thing is made; everything else in an output must come back as it was.
IDENTIFIERS = re.compile(r"[a-z]+-[a-z]+-\d{8}|br-[\w-]+|npg_\w+|127\.0\.0\.1:\d+|:[^:@/]+@")


def destroy_is_refused(step: Step, deployment: Deployment) -> None:
    """`terraform destroy` of what holds data stops at prevent_destroy."""
    try:
        deployment.project.terraform("destroy", "-auto-approve", "-no-color")
    except TerraformError as error:
        step.prove("prevent_destroy" in str(error), "project: destroy is refused by prevent_destroy")
    else:
        step.prove(False, "destroying the project is refused")


def recreate(step: Step, deployment: Deployment) -> None:
    """Lifts the guard in this world, destroys all, deploys all again and compares the outputs."""
    before = deployment.outputs()
    destroy_is_refused(step, deployment)
    for stack in reversed(deployment.all):
        stack.edit(_lift_guards)
        stack.plan()
        stack.apply()
        stack.terraform("destroy", "-auto-approve", "-no-color")
    left = deployment.world.neon().get("/projects").json()["projects"]
    step.prove(not left, "the cloud is empty after destroy")
    deployment.deploy()
    after = deployment.outputs()
    step.prove(
        _comparable(before) == _comparable(after),
        f"recreated: {sum(map(len, after.values()))} outputs are as before, but for ids, hosts and passwords",
    )


def _lift_guards(document: dict[str, Any]) -> None:
    for resources in document.get("resource", {}).values():
        for resource in resources.values():
            resource.pop("lifecycle", None)
            if resource.get("protected"):
                resource["protected"] = "no"


def _comparable(outputs: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        stack: {name: {**output, "value": _without_identifiers(output["value"])} for name, output in values.items()}
        for stack, values in outputs.items()
    }


def _without_identifiers(value: Any) -> Any:
    # A table of secrets is new in every value, so its names are what must come back.
    return sorted(value) if isinstance(value, dict) else IDENTIFIERS.sub("*", str(value))
