"""Step g: an apply fails halfway, and the next one completes it: no duplicates, no losses."""

import contextlib
import re
import signal
import subprocess
import time
from collections.abc import Callable
from typing import Any

import psutil

from sandbox.drill.deploy_drill import RehearsedStacks, second_plan_is_empty
from sandbox.drill.drift_drill import change_dns_record, delete_branch
from sandbox.drill.drill_report import DrillError, DrillStep
from sandbox.stack_run import StackRun, StackRunError
from sandbox.world import World

HELD_SECONDS = 120


def busy_answers(step: DrillStep, deployment: RehearsedStacks) -> None:
    """The cloud answers 423, 429 and 500 twice each: the providers retry, and one apply is enough."""
    for status in (423, 429, 500):
        stack = break_branch(deployment)
        _fault(deployment.world, "POST", "/branches$", action="status", status=status, times=2)
        stack.apply()
        step.prove(branch_count(deployment, stack) == 1, f"HTTP {status}, twice: the provider retried; one branch")
    second_plan_is_empty(step, deployment)


def dropped_connection(step: DrillStep, deployment: RehearsedStacks) -> None:
    """The connection breaks before a write is done: that apply fails or retries; the next one converges."""
    stack = break_branch(deployment)
    _fault(deployment.world, "POST", "/branches$", action="drop", times=1)
    _apply_twice(stack)
    step.prove(branch_count(deployment, stack) == 1, "a dropped connection: the next apply converges; one branch")


def lost_answer(step: DrillStep, deployment: RehearsedStacks) -> None:
    """A branch was created but the answer was lost: the next apply reports it, and the documented import adopts it."""
    stack = break_branch(deployment)
    _fault(deployment.world, "POST", "/branches$", action="drop", when="after", times=1)
    with contextlib.suppress(StackRunError):
        stack.apply()
    try:
        stack.plan()
        stack.apply()
    except StackRunError as error:
        step.prove(
            "409" in str(error) or "already exists" in str(error),
            "a lost answer: the next apply reports it",
        )
        stack.terraform("import", "-no-color", "neon_branch.this", _import_id(deployment, stack))
        stack.plan()
        stack.apply()
    step.prove(branch_count(deployment, stack) == 1, "after the documented import the apply converges; one branch")
    second_plan_is_empty(step, deployment)


def killed_provider(step: DrillStep, deployment: RehearsedStacks) -> None:
    """A provider is killed while it waits for the cloud: Terraform keeps the state, the next apply converges."""
    stack = break_branch(deployment)
    _hold(deployment.world, "POST", "/branches$")
    apply = _start_apply(stack)
    _wait_for(lambda: _is_held(deployment.world), "the provider's request")
    for provider in _providers_of(apply.pid):
        provider.kill()
    apply.wait(60)
    _release(deployment.world)
    step.prove(apply.returncode != 0, "a killed provider: that apply fails")
    _apply_twice(stack)
    step.prove(branch_count(deployment, stack) == 1, "and the next one converges; one branch")


def killed_terraform(step: DrillStep, deployment: RehearsedStacks) -> None:
    """Terraform is killed: its lock stays, names its owner, and is removed by the documented step."""
    sites = {name: environment.website for name, environment in deployment.settings.environments.items()}
    stack, site = next((s, site) for s in deployment.environments if (site := sites[s.name]))
    change_dns_record(deployment.world, site.domain)
    stack.plan()
    _hold(deployment.world, "PUT|PATCH", "/dns_records/")
    apply = _start_apply(stack)
    _wait_for(lambda: _is_held(deployment.world), "the apply's request")
    children = psutil.Process(apply.pid).children(recursive=True)
    apply.send_signal(signal.SIGKILL)
    apply.wait()
    psutil.wait_procs(children, timeout=30)
    _release(deployment.world)
    try:
        stack.terraform("plan", "-no-color", "-lock-timeout=0s")
        raise DrillError("a plan ran while another run held the state's lock")
    except StackRunError as error:
        message = str(error)
    lock = re.search(r"\sID:\s+([0-9a-f-]{36})", message)
    owner = re.search(r"Who:\s+(\S+)", message)
    if not lock or not owner:
        raise DrillError(f"the lock's owner is not named: {message}")
    step.prove(True, "a killed Terraform: the next run is refused, naming the lock and its owner")
    stack.terraform("force-unlock", "-force", lock[1])
    _apply_twice(stack)
    second_plan_is_empty(step, deployment)


def break_branch(deployment: RehearsedStacks) -> StackRun:
    """Deletes an environment's branch and plans to create it again; returns the stack, ready to apply."""
    branches = {name: environment.database for name, environment in deployment.settings.environments.items()}
    stack = next(s for s in deployment.environments if (b := branches[s.name]) and not b.neon_protected)
    project_id = deployment.project.outputs()["project_id"]["value"]
    delete_branch(deployment.world, project_id, deployment.settings.branch_name(stack.name))
    stack.plan()
    return stack


def _branches(deployment: RehearsedStacks, stack: StackRun) -> list[dict[str, Any]]:
    project_id = deployment.project.outputs()["project_id"]["value"]
    name = deployment.settings.branch_name(stack.name)
    with deployment.world.neon() as api:
        branches = api.get(f"/projects/{project_id}/branches").json()["branches"]
    return [branch for branch in branches if branch["name"] == name]


def branch_count(deployment: RehearsedStacks, stack: StackRun) -> int:
    """How many branches of the stack's name Neon has."""
    return len(_branches(deployment, stack))


def _import_id(deployment: RehearsedStacks, stack: StackRun) -> str:
    branch = _branches(deployment, stack)[0]
    return f"{branch['project_id']}/{branch['id']}"


def _apply_twice(stack: StackRun) -> None:
    """Applies; after a failure, plans and applies once more, which must succeed."""
    try:
        stack.plan()
        stack.apply()
    except StackRunError:
        stack.plan()
        stack.apply()


def _start_apply(stack: StackRun) -> subprocess.Popen[str]:
    return stack.world.start(["terraform", "apply", "-no-color", "plan"], stack.folder)


def _providers_of(pid: int) -> list[psutil.Process]:
    """The providers of a running Terraform: it starts no other program, so they are what has no child of its own."""
    return [child for child in psutil.Process(pid).children(recursive=True) if not child.children()]


def _fault(world: World, method: str, path: str, **rule: Any) -> None:
    world.control("faults", [{"method": method, "path": path, **rule}])


def _hold(world: World, methods: str, path: str) -> None:
    """Holds the next matching requests, and drops them without doing what they ask."""
    rules = [
        {"method": method, "path": path, "action": "drop", "seconds": HELD_SECONDS, "times": 20}
        for method in methods.split("|")
    ]
    world.control("faults", rules)


def _is_held(world: World) -> bool:
    rules = world.neon().get(f"{world.cloud}/_sandbox/faults").json()
    return any(rule["times"] < 20 for rule in rules)


def _release(world: World) -> None:
    world.control("faults", [])


def _wait_for(condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise DrillError(f"timed out after {seconds:.0f} s waiting for {what}")
        time.sleep(0.1)
