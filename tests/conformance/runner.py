"""Runs the cases: deploys the example in a world, and plans each case with Terraform."""

from __future__ import annotations

import json
import re
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from sandbox.drill.cdktf_cli import synthesize
from sandbox.drill.deploy_drill import RehearsedStacks
from sandbox.process import ROOT
from sandbox.stack_run import StackRun, StackRunError
from sandbox.world import IDS, World
from settings import load_settings
from tests.conformance.cases import (
    DELETIONS,
    DROPPED,
    IMPORT_FORMS,
    Document,
    arguments,
    changed,
    error_summary,
    import_id,
    plan_summary,
    with_argument,
)

EXAMPLE = ROOT / "examples/full.toml"
RECORDED = Path(__file__).with_name("recorded.json")
JSON_FILE = "cdk.tf.json"


class ConformanceRun:
    """All cases of the example in one world.

    Attributes:
        answers: by case, what was found.
        shown: gets each case's name once it was run.
    """

    def __init__(self, wanted: str = "") -> None:
        """
        Args:
            wanted: a regular expression; only cases that it finds are run. Empty: all.
        """
        self._wanted = re.compile(wanted)
        self._lock = threading.Lock()
        self.shown: Callable[[str], None] = lambda _: None
        self.answers: Document = {}

    def run(self, world_of: Callable[..., World] = World, settings_file: Path = EXAMPLE) -> Document:
        """Deploys, runs the cases of all stacks side by side, and destroys; returns the answers.

        Args:
            world_of: makes the world from a name and settings.
            settings_file: what is deployed.
        """
        settings = load_settings(settings_file)
        with tempfile.TemporaryDirectory() as folder, world_of("conformance", settings) as world:
            synthesize(settings_file, Path(folder))
            stacks = RehearsedStacks(world, settings, Path(folder))
            for stack in stacks.all:
                stack.edit(_without_lifecycle)
            stacks.deploy()
            with ThreadPoolExecutor(len(stacks.all)) as pool:
                list(pool.map(self._stack, stacks.all))
            for stack in reversed(stacks.all):
                self._case(f"{stack.name} destroy", lambda stack=stack: self._destroyed(stack))
        return self.answers

    def _stack(self, stack: StackRun) -> None:
        file = stack.folder / JSON_FILE
        document = json.loads(file.read_text())
        self.answers[f"{stack.name} second plan"] = _planned(stack)
        for kind, resources in sorted(document.get("resource", {}).items()):
            for name, body in sorted(resources.items()):
                for path, value in list(arguments(body)):
                    case = f"{stack.name} {kind}.{name} {'.'.join(map(str, path))}"
                    other = changed(value)
                    for what, new in (("changed", other), ("dropped", DROPPED)):
                        if new is not None:
                            text = json.dumps(with_argument(document, kind, name, path, new))
                            self._case(f"{case} {what}", lambda text=text: self._edited(stack, file, text))
        file.write_text(json.dumps(document))
        for kind, name in _resources(stack):
            for form in IMPORT_FORMS.get(kind, ()):
                self._imported(stack, kind, name, form)
            self._deleted(stack, kind, name)

    def _case(self, case: str, action: Callable[[], Any]) -> bool:
        if not self._wanted.search(case):
            return False
        self.answers[case] = action()
        self._show(case)
        return True

    def _show(self, case: str) -> None:
        with self._lock:
            self.shown(case)

    def _edited(self, stack: StackRun, file: Path, text: str) -> Document:
        file.write_text(text, encoding="utf-8")
        return _planned(stack)

    def _imported(self, stack: StackRun, kind: str, name: str, form: tuple[str, ...]) -> None:
        address = f"{kind}.{name}"
        case = f"{stack.name} {address} import {'/'.join(form)}"
        if not self._wanted.search(case):
            return
        state = json.loads(stack.terraform("state", "pull"))
        identifier = import_id(form, _attributes(state, kind, name))
        stack.terraform("state", "rm", address)
        try:
            stack.terraform("import", "-no-color", address, identifier)
            answer = _planned(stack)
        except StackRunError as error:
            answer = error_summary(str(error))
        self.answers[case] = answer
        self._show(case)
        state["serial"] += 20
        (stack.folder / "before.tfstate").write_text(json.dumps(state))
        stack.terraform("state", "push", "-force", "before.tfstate")

    def _deleted(self, stack: StackRun, kind: str, name: str) -> None:
        cases = f"{stack.name} {kind}.{name} gone ", f"{stack.name} {kind}.{name} restored"
        if kind not in DELETIONS or not any(self._wanted.search(case) for case in cases):
            return
        api, path = DELETIONS[kind]
        ids = {"account": IDS["account_id"], "zone": IDS["zone_id"]}
        attributes = _attributes(json.loads(stack.terraform("state", "pull")), kind, name)
        client: httpx.Client = getattr(stack.world, api)()
        with client:
            status = client.delete(path.format(**{**attributes, **ids})).status_code
        self.answers[f"{cases[0]}({status})"] = _planned(stack)
        try:
            stack.terraform("apply", "-no-color", "-auto-approve")
            self.answers[cases[1]] = _planned(stack)
        except StackRunError as error:
            self.answers[cases[1]] = error_summary(str(error))
        self._show(cases[1])

    def _destroyed(self, stack: StackRun) -> Any:
        try:
            stack.terraform("destroy", "-no-color", "-auto-approve")
        except StackRunError as error:
            return error_summary(str(error))
        return "ok"


def _without_lifecycle(document: Document) -> None:
    """Without prevent_destroy and ignore_changes, so that replacements show."""
    for resources in document.get("resource", {}).values():
        for resource in resources.values():
            resource.pop("lifecycle", None)


def _planned(stack: StackRun) -> Document:
    try:
        return plan_summary(stack.plan().document)
    except StackRunError as error:
        return error_summary(str(error))


def _resources(stack: StackRun) -> list[tuple[str, str]]:
    state = json.loads(stack.terraform("state", "pull"))
    return [(found["type"], found["name"]) for found in state["resources"] if found["mode"] == "managed"]


def _attributes(state: Document, kind: str, name: str) -> Document:
    found = next(each for each in state["resources"] if (each["type"], each["name"]) == (kind, name))
    return found["instances"][0]["attributes"]


def read_recorded() -> Document:
    """The real providers' own answers by case, and their versions under the key `providers`."""
    return json.loads(RECORDED.read_text())
