"""The synthesized stacks, in a form that checkov can read."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def readable(stack: Mapping[str, Any]) -> dict[str, Any]:
    """A stack's JSON without the two parts that checkov 3.3.30 can't parse.

    Its reader of Terraform's JSON expects blocks below each block. `terraform.required_version` and the addresses in
    `moved` are strings, and it then skips the whole file ("this method receives only dicts").
    """
    result = {key: part for key, part in stack.items() if key != "moved"}
    if "terraform" in result:
        result["terraform"] = {key: part for key, part in result["terraform"].items() if key != "required_version"}
    return result


def write(stack: Mapping[str, Any], file: Path) -> dict[int, str]:
    """Writes a stack for checkov.

    Args:
        stack: its JSON.
        file: the path to write; its folder is created.

    Returns:
        The address of each resource, by the line that it begins on. checkov's report names some resources without
        their type (`resource.state`), but has the lines of each.
    """
    text = json.dumps(readable(stack), indent=2)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return _addresses(text)


def _addresses(text: str) -> dict[int, str]:
    # With an indent of 2, a part of the stack is indented by 2 spaces, a type by 4 and a resource's name by 6.
    found: dict[int, str] = {}
    path = ["", "", ""]
    for number, line in enumerate(text.splitlines(), start=1):
        depth = (len(line) - len(line.lstrip(" "))) // 2 - 1
        if 0 <= depth <= 2 and line.lstrip().startswith('"'):
            path[depth] = line.split('"')[1]
            if depth == 2 and path[0] == "resource":
                found[number] = f"{path[1]}.{path[2]}"
            elif depth == 1 and path[0] != "resource":
                found[number] = f"{path[0]}.{path[1]}"
    return found
