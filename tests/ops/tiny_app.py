"""Tiny synthesized apps for real Terraform: built-in resources, states in the test's folder, no network."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ops.context.run_context import Context

Document = dict[str, Any]

# A plan reads none of it; a comment on GitHub is marked with the project's name.
_SETTINGS = """
project = { name = "tiny" }
repository = { owner = "tiny-inc", name = "tiny" }
state = { bucket = "tiny-states" }
database = { name = "tiny", role = "tiny" }
"""


class TinyApp:
    """A cdktf.out folder with hand-made stacks, and the environment to run ops on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "cdktf.out"
        self.settings = folder / "settings.toml"
        self.settings.write_text(_SETTINGS, encoding="utf-8")
        home = folder / "home"
        home.mkdir()
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "INFRA_SETTINGS": str(self.settings),
            "CDKTF_OUTDIR": str(self.out),
            "CHECKPOINT_DISABLE": "1",
            "TF_CLI_CONFIG_FILE": os.devnull,
        }

    def synth(self, stacks: Mapping[str, Document], dependencies: Mapping[str, list[str]] | None = None) -> None:
        """Writes the stacks' JSON, each with a state in this folder, and the manifest."""
        entries: Document = {}
        for name, document in stacks.items():
            path = f"stacks/{name}"
            (self.out / path).mkdir(parents=True, exist_ok=True)
            backend = {"backend": {"local": {"path": str(self.state(name))}}}
            text = json.dumps({"terraform": backend, **document}, indent=2)
            (self.out / path / "cdk.tf.json").write_text(text)
            entries[name] = {
                "name": name,
                "synthesizedStackPath": f"{path}/cdk.tf.json",
                "workingDirectory": path,
                "dependencies": (dependencies or {}).get(name, []),
            }
        (self.out / "manifest.json").write_text(json.dumps({"stacks": entries}))

    def state(self, name: str) -> Path:
        return self.folder / f"{name}.tfstate"

    def resources(self, name: str) -> dict[str, Any]:
        """The resources in a stack's state: the input of each `terraform_data` by its name."""
        if not self.state(name).exists():
            return {}
        state = json.loads(self.state(name).read_text())
        return {
            resource["name"]: resource["instances"][0]["attributes"]["input"]["value"]
            for resource in state["resources"]
            if resource["mode"] == "managed"
        }

    def context(self, **environment: str) -> Context:
        return Context.read(self.environment | environment)


def data(**resources: Any) -> Document:
    """A stack's `terraform_data` resources: each is replaced when its value changes."""
    return {
        "resource": {
            "terraform_data": {name: {"input": value, "triggers_replace": value} for name, value in resources.items()}
        }
    }


def reading(app: TinyApp, upstream: str, output: str) -> Document:
    """A stack with one resource whose value is an output of another stack."""
    source = {"backend": "local", "config": {"path": str(app.state(upstream))}}
    return data(copy=f"${{data.terraform_remote_state.{upstream}.outputs.{output}}}") | {
        "data": {"terraform_remote_state": {upstream: source}}
    }
