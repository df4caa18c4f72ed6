"""The environment that Terraform runs with: the run's own, without what would point a stack to another state or plan.

Source: Terraform's docs, "Environment Variables". A workspace is a second state of the same stack, so everything would
be created again in it; TF_CLI_ARGS adds options to a command, such as -destroy or -target; TF_DATA_DIR makes all stacks
share one folder.
"""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from ops.context.errors import OpsError
from ops.terraform.stacks import Stack

_COMMANDS = ("apply", "force_unlock", "init", "output", "plan", "show", "state", "state_push")
"""The commands that ops runs, as TF_CLI_ARGS_<command> names them; options of others have no effect."""
_REASONS = {
    "TF_WORKSPACE": "another workspace has a state of its own, in which every resource would be created again",
    "TF_DATA_DIR": "each stack needs a data folder of its own",
    "TF_CLI_ARGS": "its options would change what is planned and applied",
}
_VARIABLE = "TF_VAR_"
_OF_OPTIONS = {"TF_VAR_discord_webhook_url"}
"""Variables of options that may be off; the others of this product are among the credentials."""


def terraform_environment(environment: Mapping[str, str], stack: Stack) -> dict[str, str]:
    """The environment for Terraform in a stack's folder.

    Args:
        environment: the run's environment.
        stack: the stack. It gets only the Terraform variables that it declares.

    Raises:
        OpsError: a variable is set that would change which state is used or what is planned.
    """
    for name, value in environment.items():
        reason = _REASONS.get("TF_CLI_ARGS" if _has_options(name) else name)
        if reason and (name, value) != ("TF_WORKSPACE", "default"):
            raise OpsError(f"{name} is set: {reason}; unset it and run the command again")
    declared = _declared(stack)
    kept = {
        name: value
        for name, value in environment.items()
        if not name.startswith("TF_CLI_ARGS")
        and (not name.startswith(_VARIABLE) or name.removeprefix(_VARIABLE) in declared)
    }
    return {
        "CHECKPOINT_DISABLE": "1",
        **kept,
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
        # Takes precedence over the workspace that `terraform workspace select` has left in .terraform/environment.
        "TF_WORKSPACE": "default",
    }


def selected_workspace(stack: Stack) -> str:
    """The workspace that `terraform workspace select` has left in a stack's folder; empty for the default one."""
    file = stack.folder / ".terraform" / "environment"
    name = file.read_text(encoding="utf-8").strip() if file.is_file() else ""
    return "" if name == "default" else name


def ignored(environment: Mapping[str, str], stacks: Iterable[Stack]) -> list[str]:
    """Warnings about settings of Terraform that have no effect: unknown variables, and selected workspaces.

    Args:
        environment: the run's environment.
        stacks: all stacks.
    """
    chosen = list(stacks)
    declared = {f"{_VARIABLE}{name}" for stack in chosen for name in _declared(stack)}
    unknown = {name for name in environment if name.startswith(_VARIABLE)} - declared
    if unknown:
        # Only here: it loads pydantic, which takes long. ops reads these itself, whether or not a stack does.
        from ops.context.credentials import Credentials

        unknown -= Credentials.variable_names() | _OF_OPTIONS
    lines = [f"{', '.join(sorted(unknown))}: ignored, since no stack has such a variable"] if unknown else []
    for stack in chosen:
        if workspace := selected_workspace(stack):
            lines.append(
                f"{stack.name}: ignores the workspace {workspace[:80]}, selected in {stack.folder}; if resources were "
                f"created in it, destroy them there: terraform -chdir={stack.folder} destroy"
            )
    return lines


def _has_options(name: str) -> bool:
    return name == "TF_CLI_ARGS" or bool(re.fullmatch(rf"TF_CLI_ARGS_({'|'.join(_COMMANDS)})", name.replace("-", "_")))


def _declared(stack: Stack) -> set[str]:
    """The Terraform variables of a stack; none if its JSON can't be read, which Terraform reports itself."""
    try:
        document = json.loads(Path(stack.folder, "cdk.tf.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return set()
    return set(document.get("variable", {}))
