"""The command that takes over hand-written Terraform: `python -m ops adopt`."""

from pathlib import Path
from typing import Annotated

import typer

from ops.context import Context
from ops.errors import OpsError

app = typer.Typer(rich_markup_mode=None)


@app.command()
def adopt(
    ctx: typer.Context,
    states: Annotated[
        str, typer.Option(metavar="DIR|s3://BUCKET/PREFIX", help="Where the hand-written Terraform's states are.")
    ],
    write: Annotated[Path | None, typer.Option(dir_okay=False, help="Write the settings to this file.")] = None,
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

    Nothing is deployed and no state is written. Exit codes: 0 nothing would be added, changed or destroyed; 1 error or
    not an adoption, with each attribute that differs.
    """
    from ops import adopt as adoption

    context: Context = ctx.obj
    if write and check:
        raise OpsError("--write and --check: choose one; --check takes settings that are there")
    if check:
        candidate = adoption.given(context, states, check)
    else:
        candidate = adoption.read(context, states, bucket=bucket, region=region, repository=repository)
    if write:
        adoption.write(write, candidate.text, force=force)
        context.console.say(f"written: {write}")
    elif not check:
        context.console.say(candidate.text)
    proof = adoption.prove(context, candidate)
    for line in proof.plans:
        context.console.say(line)
    for note in proof.notes:
        context.console.say(f"note: {note}")
    for line in proof.differences:
        context.console.warn(line)
    if proof.differences:
        context.console.warn("not an adoption yet: deploy nothing; mend each line above, then prove it with --check")
        return 1
    context.console.say("nothing would be added, changed or destroyed: cdktf deploy takes the states over")
    return 0
