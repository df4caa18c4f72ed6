"""Plans stacks in parallel, and has the guard check each plan."""

import re
from collections.abc import Callable, Collection, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import TypeVar

from catalog import HOLDS_DATA
from ops.context.errors import OpsError
from ops.context.private_folder import private_folder
from ops.context.run_context import Context
from ops.terraform.changes import Changes, read_changes
from ops.terraform.existing import created_again, without_allowed
from ops.terraform.guard import Verdict, judge
from ops.terraform.stacks import Stack, read_stacks
from ops.terraform.terraform_cli import LOCK_WAIT_SECONDS, Terraform, TerraformError
from ops.terraform.terraform_environment import ignored
from ops.terraform.undeletable_branches import refuse_undeletable_branches

# Each Terraform starts its providers; more at once are no faster on a small machine.
SIDE_BY_SIDE = 4
# An error about a data source: another stack's state, or a resource that it creates, and it is not there yet.
_READS = re.compile(r"\bdata\.\w+\.\w+")
_ABSENT = re.compile(r"\b404\b|Unable to find remote state|does not have an attribute|Unsupported attribute")
_T = TypeVar("_T")


class Outcome(Enum):
    """How the planning of a stack ended; `ABANDONED` is for a state that no stack uses."""

    UNCHANGED = "no changes"
    CHANGED = "changes"
    WAITS = "can't be planned yet"
    FAILED = "failed"
    ABANDONED = "abandoned"


class PlanExit:
    """The exit codes of `ops plan`; `ops drift` uses the first three, `ops deploy` all but CHANGES."""

    NOTHING = 0
    ERROR = 1
    CHANGES = 2
    REFUSED = 3


@dataclass(frozen=True)
class PlannedStack:
    """A stack and its plan.

    Attributes:
        stack: the stack.
        outcome: how planning it ended.
        file: the saved plan, to be applied exactly as it is.
        changes: what it changes.
        verdict: the guard's decision on it.
        problem: why it failed or waits.
        locked: it failed because another run holds the state's lock.
        held_up: it waits for stacks that could not be planned themselves.
        behind: the stacks that it depends on and that have changes: a deploy plans it again after them.
    """

    stack: Stack
    outcome: Outcome
    file: Path
    changes: Changes = field(default_factory=Changes)
    verdict: Verdict = field(default_factory=Verdict)
    problem: str = ""
    locked: bool = False
    held_up: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The line of `ops plan`."""
        detail = {
            Outcome.UNCHANGED: "no changes",
            Outcome.CHANGED: self.changes.sentence,
            Outcome.WAITS: f"waits until {', '.join(sorted(self.stack.after))} is deployed",
            Outcome.FAILED: "failed",
            Outcome.ABANDONED: "abandoned: no stack uses its state",
        }[self.outcome]
        if self.held_up:
            detail = f"not planned, because {', '.join(self.held_up)} failed"
        again = f" (planned again after {', '.join(self.behind)})" if self.behind else ""
        return f"{self.stack.name}: {detail}{again}"


@contextmanager
def plan_folder() -> Generator[Path]:
    """A private folder for saved plans, which hold secrets. It is deleted afterwards."""
    with private_folder("plans") as folder:
        yield folder


def plan_stacks(
    context: Context,
    stacks: Sequence[Stack],
    folder: Path,
    *,
    allowed: Collection[str] = (),
    lock_wait: int = LOCK_WAIT_SECONDS,
    holds_data: Collection[str] = HOLDS_DATA,
    guarded: bool = True,
) -> list[PlannedStack]:
    """Plans stacks.

    Args:
        context: the run's context.
        stacks: the stacks.
        folder: the folder for saved plans, see `plan_folder`.
        allowed: the resources that plans may destroy or weaken, each as `<stack>:<address>`.
        lock_wait: seconds to wait for a state's lock.
        holds_data: the resource types that hold data.
        guarded: whether the guard checks the plans; it need not if they are never applied.

    Returns:
        One for each stack, in the same order. A stack waits if it can't be planned only because one that it
        reads has not been deployed yet.
    """
    check_permits(allowed, stacks)
    for line in ignored(context.environment, read_stacks(context, apart=True)):
        context.console.warn(line)
    terraforms = {stack.name: Terraform(context, stack, lock_wait=lock_wait) for stack in stacks}
    # In sequence: the plugin cache is not safe for concurrent use (Terraform docs, "Provider Plugin Cache").
    unopened = {name: error for name, terraform in terraforms.items() if (error := _open(terraform))}

    def plan(stack: Stack) -> PlannedStack:
        file = folder / f"{stack.name}.tfplan"
        terraform = terraforms[stack.name]
        try:
            if stack.name in unopened:
                raise unopened[stack.name]
            if not terraform.plan(file):
                return PlannedStack(stack, Outcome.UNCHANGED, file)
            document = terraform.show(file)
            verdict = Verdict()
            if guarded:
                verdict = judge(stack.name, document, allowed=allowed, holds_data=holds_data)
                again = without_allowed(created_again(context, stack, document), allowed)
                verdict = replace(verdict, refused=(*verdict.refused, *again))
                if not verdict.refused:  # A refused plan says first what it would lose.
                    refuse_undeletable_branches(context, stack.name, document)
            return PlannedStack(stack, Outcome.CHANGED, file, read_changes(document), verdict)
        except TerraformError as error:
            return PlannedStack(stack, Outcome.FAILED, file, problem=str(error), locked=error.locked)
        except OpsError as error:
            return PlannedStack(stack, Outcome.FAILED, file, problem=str(error))

    planned = {result.stack.name: result for result in side_by_side(plan, stacks)}
    for stack in stacks:
        planned[stack.name] = beside(planned[stack.name], [planned[name] for name in stack.after if name in planned])
    return [planned[stack.name] for stack in stacks]


def side_by_side(action: Callable[[Stack], _T], stacks: Sequence[Stack]) -> list[_T]:
    """Runs an action for several stacks in parallel, and returns the results in the stacks' order."""
    if len(stacks) == 1:
        return [action(stacks[0])]
    with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as pool:
        return list(pool.map(action, stacks))


def exit_code(planned: Sequence[PlannedStack]) -> int:
    """The exit code for plans: an error counts before a refusal, a refusal before changes."""
    if any(result.outcome is Outcome.FAILED for result in planned):
        return PlanExit.ERROR
    if any(result.verdict.refused for result in planned):
        return PlanExit.REFUSED
    return PlanExit.CHANGES if any(result.outcome is not Outcome.UNCHANGED for result in planned) else PlanExit.NOTHING


def check_permits(allowed: Collection[str], stacks: Sequence[Stack]) -> None:
    """Checks that each permit names one of the stacks.

    Raises:
        OpsError: one does not.
    """
    names = [stack.name for stack in stacks]
    for permit in allowed:
        stack, _, address = permit.partition(":")
        if stack not in names or not address:
            raise OpsError(
                f"--allow {permit}: must be <stack>:<address> with one of the stacks {', '.join(names)}, "
                f"such as {names[0]}:neon_branch.this"
            )


def _open(terraform: Terraform) -> TerraformError | None:
    try:
        terraform.init()
    except TerraformError as error:
        return error
    return None


def beside(result: PlannedStack, upstream: Sequence[PlannedStack]) -> PlannedStack:
    """A stack's plan, in view of the plans of the stacks that it depends on."""
    absent = result.outcome is Outcome.FAILED and _READS.search(result.problem) and _ABSENT.search(result.problem)
    if absent and (failed := sorted(other.stack.name for other in upstream if other.outcome is Outcome.FAILED)):
        return replace(result, outcome=Outcome.WAITS, held_up=tuple(failed))
    if absent and any(other.outcome is Outcome.WAITS or _adds(other.changes) for other in upstream):
        return replace(result, outcome=Outcome.WAITS)
    changing = (other.stack.name for other in upstream if other.outcome in (Outcome.CHANGED, Outcome.WAITS))
    return replace(result, behind=tuple(sorted(changing))) if result.outcome is not Outcome.FAILED else result


def _adds(changes: Changes) -> bool:
    return bool(changes.counts["add"] or changes.outputs)
