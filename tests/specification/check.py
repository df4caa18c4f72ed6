"""The whole check: both clouds' calls, and the differences that are known."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from sandbox.cloud.workers import worker_scripts
from tests.sandbox.cloud.fake_runtime import FakeRuntime
from tests.sandbox.cloud.world import new_world
from tests.specification import cloudflare_calls, neon_calls
from tests.specification.answers import answer_schemas
from tests.specification.session import Finding, Session

LISTED = Path(__file__).with_name("differences.toml")
SEED = {"neon_plan": "paid", "cloudflare_plan": "paid"}


@dataclass(frozen=True)
class KnownDifference:
    """A difference that stays, and why.

    Attributes:
        operation: method and the path's template.
        finding: a regular expression that matches a finding's whole text.
        reason: why it stays.
    """

    operation: str
    finding: str
    reason: str

    def explains(self, found: Finding) -> bool:
        return found.operation == self.operation and re.fullmatch(self.finding, found.text) is not None


@dataclass(frozen=True)
class Report:
    """What the check found.

    Attributes:
        summary: one line for each cloud.
        findings: all differences.
        unlisted: those that are not in differences.toml.
        outdated: entries of differences.toml that no difference matches.
    """

    summary: list[str]
    findings: list[Finding]
    unlisted: list[Finding]
    outdated: list[KnownDifference]


def known_differences() -> list[KnownDifference]:
    return [KnownDifference(**entry) for entry in tomllib.loads(LISTED.read_text())["difference"]]


def check(home: Path) -> Report:
    """Runs the calls in this process, against a cloud without Postgres and workerd.

    Args:
        home: an empty folder. The environment must hold `tests.sandbox.cloud.world.CREDENTIALS`.
    """
    real, worker_scripts.Runtime = worker_scripts.Runtime, FakeRuntime
    try:
        world = new_world(home, SEED)
        sessions = {name: Session(world, name) for name in ("neon", "cloudflare")}
        neon_calls.call_all(sessions["neon"])
        cloudflare_calls.call_all(sessions["cloudflare"])
    finally:
        worker_scripts.Runtime = real
    for session in sessions.values():
        session.finish()
    found = sorted(finding for session in sessions.values() for finding in session.findings)
    known = known_differences()
    return Report(
        [_summary(name, session) for name, session in sessions.items()],
        found,
        [each for each in found if not any(entry.explains(each) for entry in known)],
        [entry for entry in known if not any(entry.explains(each) for each in found)],
    )


def _summary(name: str, session: Session) -> str:
    return (
        f"{answer_schemas(name).source}: {len(session.operations)} operations, {session.valid} valid requests, "
        f"{session.forbidden} forbidden ones, {len(session.findings)} differences"
    )
