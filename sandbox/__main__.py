"""`python -m sandbox`: the rehearsal, and a local cloud to explore."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn

if __name__ == "__main__":  # Ctrl-C while the modules load: nothing has started, so nothing is printed
    signal.signal(signal.SIGINT, lambda _number, _frame: os._exit(130))

try:
    import typer
    from rich.console import Console
except ModuleNotFoundError as error:
    sys.exit(f"{error.name} is not installed for this Python; run make setup, then . .venv/bin/activate")

from sandbox.drill.breakage import Breakage
from sandbox.drill.drill_report import DrillError, DrillReport
from sandbox.drill.kept_sandbox import KeptSandbox
from sandbox.drill.page_drill import EXPENSE_TRACKER, PageSection, rehearse_page, with_times
from sandbox.drill.prepared_shell import Prepared
from sandbox.drill.rehearsal import Rehearsal
from sandbox.process import ROOT, ServiceError, leave_the_owners_environment
from sandbox.providers.provider_source import provider_source
from sandbox.stack_run import StackRunError
from sandbox.world import World
from settings import SettingsError, load_settings

app = typer.Typer(
    help="Rehearse everything on this machine, or run a local cloud to explore.",
    context_settings={"help_option_names": ["-h", "--help"]},
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
Providers = Annotated[
    str,
    typer.Option(envvar="PROVIDERS", metavar="registry|FOLDER", help="Run real providers, not stand-ins."),
]
SettingsFile = Annotated[
    Path,
    typer.Option("--settings", envvar="INFRA_SETTINGS", show_default="settings.toml", help="The settings to deploy."),
]


@app.command()
def rehearse(
    settings: SettingsFile = ROOT / "settings.toml",
    providers: Providers = "",
    faults: Annotated[bool, typer.Option("--faults", help="Also inject faults into applies.")] = False,
    recovery: Annotated[
        bool, typer.Option("--recovery", help="Also lose and restore states, branches and data.")
    ] = False,
) -> None:
    """Rehearse the whole lifecycle locally, with no account."""
    console = Console(highlight=False)
    source = provider_source(providers)  # a download may need the owner's proxy
    leave_the_owners_environment()
    console.print(source.describe(), markup=False, soft_wrap=True)
    more = " and ".join(name for name, chosen in (("faults", faults), ("recovery", recovery)) if chosen)
    duration = f"ten minutes, with {more}" if more else "a minute"
    console.print(f"This takes about {duration}. Ctrl-C stops everything.", markup=False)
    report = DrillReport(console)
    proven = Rehearsal(report, settings.resolve(), with_faults=faults, with_recovery=recovery, providers=source).run()
    report.print_summary()
    if not proven:
        raise typer.Exit(1)


@app.command()
def page(
    pages: list[Path],
    settings: SettingsFile = EXPENSE_TRACKER,
    times: Annotated[bool, typer.Option("--times", help="Write each section's time into the page.")] = False,
) -> None:
    """Run the commands of docs/ pages, each page in its own world."""
    leave_the_owners_environment()
    for file in pages:
        sections: list[PageSection] = []
        for section in rehearse_page(file, settings.resolve()):
            print(f"{file.name}: {section.heading}: {section.commands} commands, {section.seconds:.1f} s", flush=True)
            sections.append(section)
        if times:
            file.write_text(with_times(file.read_text(encoding="utf-8"), sections), encoding="utf-8")


@app.command("break")
def break_something(
    what: Annotated[
        str, typer.Argument(help="state-deleted, state-lost, branch-deleted, project-deleted, everything.")
    ],
    names: Annotated[list[str] | None, typer.Argument(help="The stacks, branches or Neon projects.")] = None,
    settings: SettingsFile = ROOT / "settings.toml",
) -> None:
    """Damage the world of this shell, for a recovery drill."""
    breakage = Breakage(load_settings(settings))
    ways: dict[str, Callable[[str], None]] = {
        "state-deleted": breakage.delete_state,
        "state-lost": breakage.lose_state,
        "branch-deleted": breakage.delete_branch,
        "project-deleted": breakage.delete_project,
        "everything": lambda _: breakage.lose_everything(),
    }
    if what not in ways:
        raise DrillError(f"{what}: unknown kind of damage; use one of: {', '.join(ways)}")
    for name in names or ["everything"]:
        ways[what](name)


@app.command()
def up(
    settings: SettingsFile = ROOT / "settings.toml",
    prepared: Annotated[
        Prepared | None, typer.Option("--with", help="What to prepare at the first start. Default: nothing.")
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Delete what an earlier sandbox left, and begin again.")
    ] = False,
) -> None:
    """Run a local cloud, with a page that shows its contents. It keeps all that it holds until the next start."""
    leave_the_owners_environment()
    kept = KeptSandbox(ROOT / ".rehearsal" / "sandbox", fresh=fresh)
    try:
        with kept:
            kept.check(prepared)
            print("Starting the local cloud…", flush=True)
            with World("sandbox", load_settings(settings), keep=kept.home) as world:
                kept.prepare(world, settings.resolve(), prepared, say=_say_step)
                print(f"The sandbox is ready. Its page: {world.cloud}")
                print(f"To use it, in another shell: . {kept.script.relative_to(ROOT)}")
                print("Ctrl-C ends it.", flush=True)
                while True:
                    time.sleep(1)
                    kept.follow(world)
    except KeyboardInterrupt:  # the ordinary end
        print("\nEnded. `make sandbox` continues with what it holds; `make sandbox FRESH=1` begins again.")


def _say_step(what: str) -> None:
    print(f"Preparing: {what}…", flush=True)


def _interrupt(*_: Any) -> NoReturn:
    raise KeyboardInterrupt


def main() -> int:
    """Runs the command line. Exit codes: 0; 1 if a step failed; 2 for bad input; 130 when interrupted."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        app()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    except (DrillError, ServiceError, StackRunError) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 1
    except SystemExit as leave:
        return leave.code if isinstance(leave.code, int) else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
