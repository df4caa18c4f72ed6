"""The command that adopts hand-written Terraform: `python -m ops adopt`."""

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
        str, typer.Option(metavar="DIR|s3://BUCKET/PREFIX", help="The states of the hand-written Terraform.")
    ],
    write: Annotated[
        Path | None, typer.Option(metavar="FILE", dir_okay=False, help="Write the settings here once they are proven.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Let --write replace an existing file.")] = False,
    check: Annotated[
        Path | None, typer.Option(metavar="FILE", dir_okay=False, help="Prove these settings instead of new ones.")
    ] = None,
    bucket: Annotated[
        str | None, typer.Option(metavar="NAME", help="Bucket of the states, if DIR doesn't name it.")
    ] = None,
    region: Annotated[str | None, typer.Option(metavar="NAME", help="AWS region of the bucket.")] = None,
    repository: Annotated[
        str | None, typer.Option(metavar="OWNER/NAME", help="The app on GitHub, if no site names it.")
    ] = None,
) -> int:
    """Write settings for hand-written Terraform.

    The settings are proven by a plan over copies of the states: it must change nothing. Nothing is deployed, and no
    state is written. Settings that are not proven are written to FILE.unproven instead of FILE. Exit codes: 0 nothing
    would be added, changed or destroyed; 1 an error, or a list of the attributes that differ.
    """
    from ops import adopt as adoption

    context: Context = ctx.obj
    if write and check:
        raise OpsError("--write and --check: choose one; --check takes existing settings")
    if write:
        # Before the plan, which is slow.
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
        context.console.warn("not an adoption yet: don't deploy; fix each difference above, then run it with --check")
        return 1
    context.console.say(f"nothing would be added, changed or destroyed; {_next_step(context, write or check)}")
    return 0


def _next_step(context: Context, proven: Path | None) -> str:
    """What to do with proven settings: the deploy reads only the settings file."""
    name = context.settings_file.name
    if proven is None:
        return f"save these settings as {name}, and run `python -m ops deploy`"
    if proven.resolve() == context.settings_file.resolve():
        return "adopt the states with `python -m ops deploy`"
    return f"review {proven}, copy it to {name}, and run `python -m ops deploy`"


def _write_unproven(context: Context, file: Path, candidate: "Candidate") -> None:
    from ops import adopt as adoption

    beside = adoption.unproven(file)
    adoption.write(beside, candidate.text, force=True)
    context.console.say(f"not proven, so written to {beside}; {file} is unchanged")
