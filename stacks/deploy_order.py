"""The order in which cdktf deploys the stacks on its command line."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import PurePath

from cdktf import TerraformStack


def depend_on(stacks: Sequence[TerraformStack], upstream: TerraformStack, *, command_line: Sequence[str]) -> None:
    """Deploys stacks after another one, if both are deployed.

    `cdktf deploy production` refuses to run if the stack depends on one that the command does not name, and the flag
    that allows it ignores the order. So the dependency is declared only if both are named: it orders
    `cdktf deploy project dev production`, and leaves `cdktf deploy production` alone. It is written to
    cdktf.out/manifest.json only, never to a stack's JSON.

    Args:
        stacks: the stacks that read the upstream stack's outputs.
        upstream: the stack whose outputs are read.
        command_line: the arguments of the cdktf command that runs the app; names may be patterns, as cdktf allows.
    """
    names = [stack.node.id for stack in [upstream, *stacks]]
    selected = {name for name in names if any(fnmatchcase(name, argument) for argument in command_line)}
    if selected and upstream.node.id not in selected:
        return
    for stack in stacks:
        stack.add_dependency(upstream)


def cdktf_arguments(command: Sequence[str]) -> list[str] | None:
    """The arguments of a cdktf process; None if the process is not cdktf.

    cdktf is a Node script, so it is the program itself or Node's first argument:
    `node …/node_modules/.bin/cdktf deploy`. An editor that has cdktf.json open is not cdktf.
    """
    rest = list(command)
    if rest and PurePath(rest[0]).stem in ("node", "nodejs"):
        rest = rest[1:]
        while rest and rest[0].startswith("-"):
            rest = rest[1:]
    return rest[1:] if rest and PurePath(rest[0]).name in ("cdktf", "cdktf.js") else None
