"""The accepted findings, each with a reason: skips.toml."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from tools.policy.checkov_scan import PolicyError, Result

FILE = Path(__file__).with_name("skips.toml")


@dataclass(frozen=True, kw_only=True)
class Skip:
    """An accepted finding.

    Attributes:
        check: the check's id.
        where: a pattern of `<settings file>/<stack>/<address>`.
        reason: why it is accepted.
    """

    check: str
    where: str
    reason: str

    def covers(self, result: Result) -> bool:
        """Whether the skip is for this finding."""
        return self.check == result.check and fnmatchcase(f"{result.place}/{result.address}", self.where)


def load_skips(file: Path = FILE) -> list[Skip]:
    """Reads the skips, one for each place.

    Raises:
        PolicyError: a skip lacks its check, its places or its reason, or has another key.
    """
    try:
        entries = tomllib.loads(file.read_text(encoding="utf-8")).get("skip", [])
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise PolicyError(f"{file.name}: can't be read: {error}; fix it") from None
    skips: list[Skip] = []
    for number, entry in enumerate(entries, start=1):
        if set(entry) != {"check", "where", "reason"} or not all(entry.values()) or len(entry["reason"].split()) < 3:
            raise PolicyError(f"{file.name}: skip {number}: write a check, where (a list) and a reason; nothing else")
        skips += [Skip(check=entry["check"], where=where, reason=entry["reason"]) for where in entry["where"]]
    return skips


def report(results: Sequence[Result], skips: Sequence[Skip]) -> list[str]:
    """One line for each finding without a skip, and for each skip without a finding.

    Args:
        results: the results of the checks.
        skips: the accepted findings.
    """
    failed = [result for result in results if not result.passed]
    unexplained = [
        f"{result.place}: {result.address}: {result.check}: {result.title}; "
        "fix it, or skip it with a reason in tools/policy/skips.toml"
        for result in failed
        if not any(skip.covers(result) for skip in skips)
    ]
    unused = [
        f"tools/policy/skips.toml: {skip.check} at {skip.where}: skips nothing; remove it"
        for skip in skips
        if not any(skip.covers(result) for result in failed)
    ]
    return unexplained + unused
