"""`python -m tests.conformance`: run the cases and compare them with the real providers' recorded answers."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from provider_pins import PINS
from sandbox.process import ROOT, ServiceError
from sandbox.providers.provider_source import provider_source
from sandbox.stack_run import StackRunError
from sandbox.world import World
from tests.conformance.cases import PROVIDERS, Document, differences, not_run, own_answers
from tests.conformance.runner import RECORDED, ConformanceRun, read_recorded

BUILT = ROOT / "build/recorded.json"


def conformance(
    providers: Annotated[str, typer.Option(envvar="PROVIDERS", help="registry, or a mirror: run real ones.")] = "",
    only: Annotated[str, typer.Option(envvar="ONLY", help="A regular expression that cases must match.")] = "",
    compare: Annotated[bool, typer.Option(envvar="COMPARE", help="Fail on a difference also with real ones.")] = False,
    verbose: Annotated[bool, typer.Option(help="Print each case once it was run.")] = False,
    out: Annotated[Path | None, typer.Option(help="Also write the answers to this file.")] = None,
) -> None:
    """Compare the providers' plans with the recorded ones. With real providers, record them.

    With `compare`, what real providers answered is written to build/recorded.json instead.
    """
    source = provider_source(providers)
    print(source.describe(), flush=True)
    run = ConformanceRun(only)

    def keep(case: str) -> None:
        if verbose:
            print(case, flush=True)
        if out:  # after each case: a run takes long, and may be interrupted
            write_answers(out, run.answers)

    run.shown = keep
    found = run.run(partial(World, providers=source))
    recorded = read_recorded()
    different, missing = differences(recorded, found), [] if only else not_run(recorded, found)
    for text in (*different, *missing):
        print(text)
    print(f"{len(found) - len(different)} cases agree, {len(different)} differ or are not recorded.")
    if source.real:
        versions = {pin.name: pin.version for pin in PINS.providers.values() if pin.address in source.real}
        file = BUILT if compare else RECORDED
        file.parent.mkdir(exist_ok=True)
        write_answers(file, (recorded if only else {}) | own_answers(found) | {PROVIDERS: versions})
        print(f"Recorded {len(found)} cases in {file.relative_to(ROOT)}.")
    if (different or missing) and (compare or not source.real):
        raise typer.Exit(1)


def write_answers(file: Path, answers: Document) -> None:
    """Writes answers, one case a line."""
    lines = (
        f"{json.dumps(case)}: {json.dumps(answer, separators=(',', ':'), sort_keys=True)}"
        for case, answer in sorted(answers.copy().items())
    )
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    try:
        typer.run(conformance)
    except (ServiceError, StackRunError) as error:
        sys.exit(f"conformance: {error}")
