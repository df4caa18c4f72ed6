"""The whole rehearsal: tracks that run side by side, each in a world of its own, and the steps in each."""

import os
import tempfile
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from sandbox.drill import (
    fault_drills,
    operator_fault_drills,
    preview_drill,
    release_drill,
    safety_drill,
    state_bucket_drill,
)
from sandbox.drill.adoption_drill import adopt
from sandbox.drill.app_run import AppRun, installed, releases_to
from sandbox.drill.cdktf_cli import deploy_with_cdktf, synthesize
from sandbox.drill.deploy_drill import RehearsedStacks, database_answers, deploy_from_nothing, second_plan_is_empty
from sandbox.drill.drift_drill import drift
from sandbox.drill.drill_report import DrillError, DrillReport
from sandbox.drill.page_drill import EXPENSE_TRACKER, read_page, rehearse_page_in
from sandbox.drill.recreate_drill import recreate
from sandbox.process import ROOT
from sandbox.providers.provider_source import STAND_INS, ProviderSource
from sandbox.world import World
from settings import load_settings

FAULTS = {
    "g1. faults: busy answers": fault_drills.busy_answers,
    "g2. faults: a dropped connection": fault_drills.dropped_connection,
    "g3. faults: a lost answer": fault_drills.lost_answer,
    "g4. faults: a killed provider": fault_drills.killed_provider,
    "g5. faults: a killed Terraform": fault_drills.killed_terraform,
    "g6. faults: a full disk during a rotation": operator_fault_drills.full_disk,
    "g7. faults: an interrupted state write": operator_fault_drills.interrupted_state_write,
}
RELEASE = {
    "h1. release the app": release_drill.first_release,
    "h2. release again, without downtime": release_drill.next_release,
    "h3. a bad release is rolled back": release_drill.bad_release,
    "h4. a failing migration": release_drill.failing_migration,
    "h5. restore the database": release_drill.restored_database,
    "h6. no secret is printed": release_drill.no_secret_was_printed,
}
PREVIEW = {
    "j1. open a preview": preview_drill.opened,
    "j2. update it, and sweep around it": preview_drill.updated,
    "j3. it takes nothing from production": preview_drill.takes_nothing,
    "j4. remove it": preview_drill.removed,
}
STATE = {
    "i1. the states' bucket, from nothing": state_bucket_drill.from_nothing,
    "i2. the states' bucket, imported": state_bucket_drill.from_what_is_there,
}
SAFETY = {
    "l1. no second database": safety_drill.second_database,
    "l2. an abandoned environment, and ops destroy": safety_drill.abandoned_environment,
    "l3. a firewall rule of somebody else": safety_drill.foreign_rule,
}
RECOVERY = ROOT / "docs/disaster-recovery.md"


class Rehearsal:
    """Runs the drill's steps on a settings file."""

    def __init__(
        self,
        report: DrillReport,
        settings_file: Path,
        *,
        with_faults: bool = False,
        with_recovery: bool = False,
        providers: ProviderSource = STAND_INS,
    ) -> None:
        """
        Args:
            report: gets every step.
            settings_file: what is deployed.
            with_faults: also break things in the middle (step g), and what must be refused (step l).
            with_recovery: also lose things, and bring them back (step k).
            providers: the providers that Terraform runs.
        """
        self._report = report
        self._providers = providers
        self._file = settings_file
        self._settings = load_settings(settings_file)
        self._with_faults, self._with_recovery = with_faults, with_recovery
        self._worlds: list[World] = []

    def run(self) -> bool:
        """Runs all tracks; returns whether every step passed. An interrupt ends everything that was started."""
        (ROOT / ".rehearsal").mkdir(exist_ok=True)
        if not self._with_faults:
            self._report.leave_out("faults and refusals (steps g and l)", "make rehearse FAULTS=1")
        if not self._with_recovery:
            self._report.leave_out("recovery (step k)", "make rehearse RECOVERY=1")
        if not self._providers.real:
            self._report.leave_out("Terraform's real providers", "make rehearse PROVIDERS=registry")
        with tempfile.TemporaryDirectory(prefix=f"{os.getpid()}-synth-", dir=ROOT / ".rehearsal") as folder:
            synthesized = Path(folder)
            with self._report.step("synthesize the stacks") as step:
                synthesize(self._file, synthesized)
                step.prove(True, f"{len(list((synthesized / 'stacks').iterdir()))} stacks from {self._file.name}")
            with ThreadPoolExecutor(max_workers=5) as pool:
                run: list[Callable[[Path], None]] = [
                    self.releases,
                    self.lifecycle,
                    self.command_line,
                    self.adoption,
                    self.state_bucket,
                ]
                if self._with_faults:
                    run.append(self.safety)
                if self._with_recovery:
                    run.insert(0, self.recovery)
                try:
                    self._wait([pool.submit(track, synthesized) for track in run])
                except KeyboardInterrupt:
                    self._report.interrupted = True
                    for world in self._worlds:
                        world.stop()
                    raise
        return not self._report.failed()

    def _wait(self, tracks: list["Future[None]"]) -> None:
        for track in tracks:
            error = track.exception()
            if error and not self._report.failed():
                raise error

    @contextmanager
    def _world(self, name: str, settings_file: Path | None = None) -> Generator[World, None, None]:
        settings = load_settings(settings_file) if settings_file else self._settings
        world = World(name, settings, providers=self._providers)
        self._worlds.append(world)
        if self._report.interrupted:  # the others were ended before this one was among them
            world.stop()
        with world:
            yield world

    def lifecycle(self, synthesized: Path) -> None:
        """Steps a, b, d and e; with faults, g before e."""
        with self._world("lifecycle") as world:
            world.environment["INFRA_SETTINGS"] = str(self._file)
            deployment = RehearsedStacks(world, self._settings, synthesized)
            with self._report.step("a. deploy everything from nothing") as step:
                deploy_from_nothing(step, deployment)
            with self._report.step("b1. the second plan is empty") as step:
                second_plan_is_empty(step, deployment)
            with self._report.step("b2. the database answers") as step:
                database_answers(step, deployment)
            with self._report.step("d. detect and reconcile drift") as step:
                drift(step, deployment)
            for name, fault in FAULTS.items() if self._with_faults else ():
                with self._report.step(name) as step:
                    fault(step, deployment)
            with self._report.step("e. destroy and recreate everything") as step:
                recreate(step, deployment)

    def adoption(self, synthesized: Path) -> None:
        """Step c; only the settings of the hand-written states have something to adopt."""
        if not any(environment.adopt_hcl for environment in self._settings.environments.values()):
            self._report.leave_out("adoption (step c)", "no environment has adopt_hcl")
            return
        with self._world("adoption") as world, self._report.step("c. adopt the hand-written states") as step:
            adopt(step, RehearsedStacks(world, self._settings, synthesized))

    def recovery(self, _synthesized: Path) -> None:
        """Step k: the commands of docs/disaster-recovery.md, on the settings whose stacks that page names."""
        with self._world("recovery", EXPENSE_TRACKER) as world:
            sections = rehearse_page_in(world, RECOVERY, EXPENSE_TRACKER)
            headings = dict.fromkeys(
                command.heading for command in read_page(RECOVERY.read_text(encoding="utf-8")) if command.shown
            )
            for number, heading in enumerate(headings, 1):
                with self._report.step(f"k{number}. recovery: {heading[0].lower()}{heading[1:]}") as step:
                    section = next(sections)
                    commands = f"{section.commands} command{'s' if section.commands > 1 else ''}"
                    step.prove(section.heading == heading, f"{commands} of the page did what it says")

    def command_line(self, _synthesized: Path) -> None:
        """Step f; cdktf synthesizes for itself, so the stacks synthesized before are not used."""
        with self._world("cdktf") as world, self._report.step("f. cdktf deploy, all and one alone") as step:
            world.environment["INFRA_SETTINGS"] = str(self._file)
            deploy_with_cdktf(step, world, self._settings)

    def releases(self, synthesized: Path) -> None:
        """Steps h and j; skipped for settings without an API; j also for those with nothing to preview."""
        environment = releases_to(self._settings)
        if environment is None:
            self._report.leave_out("releases and previews (steps h and j)", "the settings have no API")
            return
        if not installed():
            raise DrillError("the reference app's packages are not installed; run make app")
        with self._world("release") as world:
            run = AppRun(world, self._file, synthesized, environment)
            for name, part in RELEASE.items():
                with self._report.step(name) as step:
                    part(step, run)
            pull = preview_drill.previewed(run)
            if pull is None:
                self._report.leave_out("previews (step j)", "no single environment has data to copy to one")
            for name, part in PREVIEW.items():
                if pull:
                    with self._report.step(name) as step:
                        part(step, pull)

    def safety(self, _synthesized: Path) -> None:
        """Step l; ops synthesizes for itself, since the settings change in it."""
        with self._world("safety") as world:
            run = safety_drill.OwnersRun(world, self._file)
            for name, part in SAFETY.items():
                with self._report.step(name) as step:
                    part(step, run)

    def state_bucket(self, synthesized: Path) -> None:
        """Step i; skipped for settings without [state.manage]."""
        if not self._settings.has_state_stack:
            self._report.leave_out("the states' bucket (step i)", "the settings have no [state.manage]")
            return
        with self._world("state") as world:
            run = state_bucket_drill.StateBootstrap(world, self._settings, self._file, synthesized)
            for name, part in STATE.items():
                with self._report.step(name) as step:
                    part(step, run)
