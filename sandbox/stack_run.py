"""Terraform run on one synthesized stack in a world."""

import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sandbox.world import World

_T = TypeVar("_T")


class StackRunError(Exception):
    """Terraform ended with an error; the message is its own, without colors."""


@dataclass(frozen=True)
class StackPlan:
    """What a plan would do.

    Attributes:
        document: the plan as `terraform show -json` prints it.
    """

    document: dict[str, Any]

    def changes(self) -> list[dict[str, Any]]:
        """The changes to resources; moves don't count."""
        return [
            change
            for change in self.document.get("resource_changes", [])
            if change["mode"] == "managed" and change["change"]["actions"] != ["no-op"]
        ]

    def counts(self) -> str:
        """In Terraform's words: `1 to add, 0 to change, 0 to destroy`."""
        actions = Counter(action for change in self.changes() for action in change["change"]["actions"])
        return f"{actions['create']} to add, {actions['update']} to change, {actions['delete']} to destroy"

    def moves(self) -> int:
        """The number of resources that only get a new address."""
        return sum("previous_address" in change for change in self.document.get("resource_changes", []))

    def output_changes(self) -> list[str]:
        """The outputs whose value would change."""
        outputs = self.document.get("output_changes", {})
        return [name for name, change in outputs.items() if change["actions"] != ["no-op"]]

    def reasons(self) -> list[str]:
        """One line per change: address, actions, and the attributes that differ."""
        return [_reason(change) for change in self.changes()] + [
            f"output {name} changes" for name in self.output_changes()
        ]


def _reason(change: dict[str, Any]) -> str:
    detail = change["change"]
    before, after = detail["before"] or {}, detail["after"] or {}
    unknown = detail.get("after_unknown") or {}
    differ = [key for key in sorted(before | after | unknown) if before.get(key) != after.get(key) or unknown.get(key)]
    line = f"{change['address']}: {' and '.join(detail['actions'])}"
    if detail["actions"] != ["update"]:
        return line
    if differ:
        return f"{line}: {', '.join(differ)}"
    old, new = detail.get("before_sensitive") or {}, detail.get("after_sensitive") or {}
    marks = [key for key in sorted(old | new) if old.get(key) != new.get(key)]
    return f"{line}: only {', '.join(marks)} changes its sensitivity; keep the variable sensitive"


class StackRun:
    """One stack's folder in a world, with the JSON that was synthesized for it."""

    def __init__(self, world: World, name: str, synthesized: Path, *, into: str = "stacks") -> None:
        """
        Args:
            world: where Terraform runs.
            name: the stack.
            synthesized: a `cdktf.out` folder; the stack's JSON is copied from it.
            into: the folder in the world's that holds the copy.
        """
        self.world, self.name = world, name
        self.folder = world.home / into / name
        if not self.folder.exists():
            shutil.copytree(synthesized / "stacks" / name, self.folder)

    def terraform(self, *arguments: str, accept: tuple[int, ...] = (0,)) -> str:
        """Runs Terraform in the stack's folder and returns what it printed.

        Raises:
            StackRunError: the exit code is not one of those accepted.
        """
        answer = self.world.run(["terraform", *arguments], self.folder)
        if answer.returncode not in accept:
            raise StackRunError((answer.stderr or answer.stdout).strip())
        return answer.stdout

    def init(self) -> None:
        """Fetches the providers from the mirror and opens the state."""
        self.terraform("init", "-no-color")

    def plan(self) -> StackPlan:
        """Plans, and saves the plan for `apply`."""
        self.terraform("plan", "-no-color", "-out=plan", "-lock-timeout=10s")
        return StackPlan(json.loads(self.terraform("show", "-json", "plan")))

    def apply(self) -> None:
        """Applies the saved plan."""
        self.terraform("apply", "-no-color", "plan")

    def deploy(self) -> StackPlan:
        """Initialises, plans and applies."""
        self.init()
        plan = self.plan()
        self.apply()
        return plan

    def outputs(self) -> dict[str, Any]:
        """The state's outputs, secrets among them."""
        return json.loads(self.terraform("output", "-json"))

    def edit(self, change: Callable[[dict[str, Any]], _T]) -> _T:
        """Changes the stack's JSON in this world only.

        Args:
            change: changes the document in place; its result is returned.
        """
        file = self.folder / "cdk.tf.json"
        document = json.loads(file.read_text(encoding="utf-8"))
        result = change(document)
        file.write_text(json.dumps(document, indent=2), encoding="utf-8")
        return result
