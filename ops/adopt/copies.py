"""Plans settings over copies of states. The states themselves are not touched."""

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ops.adopt.hcl_states import HclState
from ops.context.errors import OpsError
from ops.context.run_context import ROOT, Context
from ops.context.target import cloud_in_use
from ops.terraform.plan import side_by_side
from ops.terraform.stacks import Stack, read_stacks
from ops.terraform.terraform_cli import Terraform


def plan_over_copies(
    context: Context, settings_file: Path, states: Mapping[str, HclState], folder: Path
) -> dict[str, dict[str, Any]]:
    """Synthesizes settings, and plans each stack that has a state against a copy of it.

    Terraform reads the clouds, and writes only to the copies: no bucket and no cloud is changed.

    Args:
        context: has the credentials of the providers.
        settings_file: the settings.
        states: each state by its stack's name.
        folder: a private folder for copies and plans, which hold secrets.

    Returns:
        The plan of each stack, as `terraform show -json` prints it. It holds secrets.

    Raises:
        OpsError: the settings have no such stack, a Terraform variable is not set, or Terraform failed.
    """
    copies = {name: folder / "states" / f"{name}.tfstate" for name in states}
    stacks = _synthesize(context, settings_file, folder)
    for name, copy in copies.items():
        if name not in stacks:
            raise OpsError(f"{states[name].place}: the settings have no stack {name}; add [environments.{name}]")
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(json.dumps(states[name].document), encoding="utf-8")
    chosen = [stacks[name] for name in copies]
    for stack in chosen:
        _use_copies(stack, copies)
    _check_variables(context, chosen)
    context.console.warn(
        f"planning over copies of the states; it reads {cloud_in_use(context)}, and writes nothing there"
    )

    terraforms = {stack.name: Terraform(context, stack) for stack in chosen}
    for terraform in terraforms.values():
        terraform.init()

    def plan(stack: Stack) -> dict[str, Any]:
        file = folder / f"{stack.name}.tfplan"
        terraforms[stack.name].plan(file)
        return terraforms[stack.name].show(file)

    return dict(zip(copies, side_by_side(plan, chosen), strict=True))


def _synthesize(context: Context, settings_file: Path, folder: Path) -> dict[str, Stack]:
    out = folder / "cdktf.out"
    here = context.plain_environment | {"INFRA_SETTINGS": str(settings_file), "CDKTF_OUTDIR": str(out)}
    context.runner.run([sys.executable, ROOT / "main.py"], cwd=ROOT, environment=here).check()
    return {stack.name: stack for stack in read_stacks(replace(context, out=out, settings_file=settings_file))}


def _check_variables(context: Context, stacks: Iterable[Stack]) -> None:
    missing = {
        f"TF_VAR_{name}"
        for stack in stacks
        for name, variable in json.loads((stack.folder / "cdk.tf.json").read_text(encoding="utf-8"))
        .get("variable", {})
        .items()
        if "default" not in variable and f"TF_VAR_{name}" not in context.environment
    }
    if missing:
        raise OpsError(f"not set: {', '.join(sorted(missing))}; pass them in the environment (README, Credentials)")


def _use_copies(stack: Stack, copies: Mapping[str, Path]) -> None:
    """Points a stack to the copy of its state, and to the copies of the states that it reads."""
    file = stack.folder / "cdk.tf.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    document["terraform"]["backend"] = {"local": {"path": str(copies[stack.name])}}
    for name, source in document.get("data", {}).get("terraform_remote_state", {}).items():
        source.update(backend="local", config={"path": str(copies[name])})
    file.write_text(json.dumps(document), encoding="utf-8")
