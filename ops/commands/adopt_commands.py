"""The command that takes over hand-written Terraform: `python -m ops adopt`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ops.context.errors import OpsError
from ops.context.run_context import Context

if TYPE_CHECKING:
    from ops.adopt import Candidate

app = typer.Typer(rich_markup_mode=None)


@app.command()
def adopt(
    ctx: typer.Context,
    states: Annotated[
        str, typer.Option(metavar="DIR|s3://BUCKET/PREFIX", help="Where the hand-written Terraform's states are.")
    ],
    write: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write the settings to this file, once they are proven.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Let --write replace a file.")] = False,
    check: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Prove this settings file, instead of making settings.")
    ] = None,
    bucket: Annotated[str | None, typer.Option(help="The states' bucket, where a folder does not say it.")] = None,
    region: Annotated[str | None, typer.Option(help="The bucket's AWS region.")] = None,
    repository: Annotated[
        str | None, typer.Option(metavar="OWNER/NAME", help="The app on GitHub, where there is no site to say it.")
    ] = None,
) -> int:
    """Make settings from hand-written Terraform's states, and prove that they change nothing: it plans over copies.

    Nothing is deployed and no state is written. Settings that are not proven go to FILE.unproven in place of FILE.
    Exit codes: 0 nothing would be added, changed or destroyed; 1 error or not an adoption, with each attribute that
    differs.
    """
    from ops import adopt as adoption

    context: Context = ctx.obj
    if write and check:
        raise OpsError("--write and --check: choose one; --check takes settings that are there")
    if write:
        # Before the plan, which takes its time.
        adoption.check_free(write, force=force)
    if check:
        candidate = adoption.given(context, states, check)
    else:
        candidate = adoption.read(context, states, bucket=bucket, region=region, repository=repository)
    if not write and not check:
        context.console.say(candidate.text)
    try:
        proof = adoption.prove(context, candidate)
    except OpsError:
        if write:
            _write_unproven(context, write, candidate)
        raise
    for line in proof.plans:
        context.console.say(line)
    for note in proof.notes:
        context.console.say(f"note: {note}")
    for line in proof.differences:
        context.console.warn(line)
    if write and proof.differences:
        _write_unproven(context, write, candidate)
    elif write:
        adoption.write(write, candidate.text, force=force)
        context.console.say(f"written: {write}")
    if proof.differences:
        context.console.warn("not an adoption yet: deploy nothing; mend each line above, then prove it with --check")
        return 1
    context.console.say("nothing would be added, changed or destroyed: `python -m ops deploy` takes the states over")
    return 0


def _write_unproven(context: Context, file: Path, candidate: "Candidate") -> None:
    from ops import adopt as adoption

    beside = adoption.unproven(file)
    adoption.write(beside, candidate.text, force=True)
    context.console.say(f"not proven, so written to {beside}; {file} is as it was")
