"""Steps a and b: deploy everything from nothing; the second plan is empty, and the database answers."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import psycopg

from sandbox.drill.drill_report import DrillError, DrillStep
from sandbox.stack_run import StackPlan, StackRun
from sandbox.world import World
from settings import Settings

_T = TypeVar("_T")


class RehearsedStacks:
    """All stacks of a synthesized app in one world, in the order in which they depend on each other."""

    def __init__(self, world: World, settings: Settings, synthesized: Path) -> None:
        """
        Args:
            world: where they are deployed.
            settings: names the environments.
            synthesized: a `cdktf.out` folder.
        """
        self.world, self.settings, self.synthesized = world, settings, synthesized
        self.project = StackRun(world, "project", synthesized)
        self.environments = [StackRun(world, name, synthesized) for name in settings.environments]
        self.edge = [StackRun(world, "edge", synthesized)] if settings.has_edge_stack else []
        self.all = [self.project, *self.environments, *self.edge]

    def deploy(self) -> list[StackPlan]:
        """Deploys the project stack, then all others in parallel."""
        return [self.project.deploy(), *together(self.all[1:], StackRun.deploy)]

    def plan(self) -> dict[str, StackPlan]:
        """Plans every stack in parallel."""
        return dict(zip([stack.name for stack in self.all], together(self.all, StackRun.plan), strict=True))

    def outputs(self) -> dict[str, dict[str, Any]]:
        """Every stack's outputs."""
        return {stack.name: stack.outputs() for stack in self.all}


def together(stacks: list[StackRun], action: Callable[[StackRun], _T]) -> list[_T]:
    """Runs an action on each stack in parallel; returns the results in the stacks' order."""
    with ThreadPoolExecutor(max_workers=max(len(stacks), 1)) as pool:
        return list(pool.map(action, stacks))


def deploy_from_nothing(step: DrillStep, deployment: RehearsedStacks) -> None:
    """Step a."""
    plans = deployment.deploy()
    step.prove(all(plan.changes() for plan in plans), f"{len(plans)} stacks applied: {_sum(plans)}")


def second_plan_is_empty(step: DrillStep, deployment: RehearsedStacks) -> None:
    """Step b, also used after every other step that must leave an empty plan."""
    for name, plan in deployment.plan().items():
        if plan.reasons():
            raise DrillError(f"{name}: {plan.counts()}: {'; '.join(plan.reasons())}")
    step.prove(True, "every stack: 0 to add, 0 to change, 0 to destroy")


def database_answers(step: DrillStep, deployment: RehearsedStacks) -> None:
    """Rows written through dev's `database_uri` are read there, and main does not have them."""
    outputs = deployment.outputs()
    main_uri = outputs["project"]["project_connection_uri"]["value"]
    branch_uris = {name: out["database_uri"]["value"] for name, out in outputs.items() if "database_uri" in out}
    for name, uri in branch_uris.items():
        with psycopg.connect(uri, hostaddr="127.0.0.1") as branch:
            branch.execute("CREATE TABLE rehearsal (note text)")
            branch.execute("INSERT INTO rehearsal VALUES ('written through the output')")
        with psycopg.connect(uri, hostaddr="127.0.0.1") as branch:
            row = branch.execute("SELECT note FROM rehearsal").fetchone()
        step.prove(row is not None, f"{name}: psycopg reads a row that it wrote through database_uri")
        with psycopg.connect(main_uri, hostaddr="127.0.0.1") as main:
            absent = main.execute("SELECT to_regclass('public.rehearsal')").fetchone() == (None,)
        step.prove(absent, f"{name}'s rows are not in main")


def _sum(plans: list[StackPlan]) -> str:
    added = sum(len(plan.changes()) for plan in plans)
    return f"{added} resources added"
