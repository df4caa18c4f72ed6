"""What is left as it is, with reasons: skips.toml."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from tools.policy.scan import PolicyError, Result

FILE = Path(__file__).with_name("skips.toml")


@dataclass(frozen=True, kw_only=True)
class Skip:
    """A finding that is accepted.

    Attributes:
        check: the check's id.
        where: one pattern of `<settings file>/<stack>/<address>`.
        reason: why, for whoever reads it next.
    """

    check: str
    where: str
    reason: str

    def covers(self, result: Result) -> bool:
        """Whether this is the finding."""
        return self.check == result.check and fnmatchcase(f"{result.place}/{result.address}", self.where)


def load_skips(file: Path = FILE) -> list[Skip]:
    """Reads the skips, one for each place.

    Raises:
        PolicyError: a skip lacks its check, its places or its reason, or has a key more.
    """
    try:
        entries = tomllib.loads(file.read_text(encoding="utf-8")).get("skip", [])
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise PolicyError(f"{file.name}: can't be read: {error}; mend it") from None
    skips: list[Skip] = []
    for number, entry in enumerate(entries, start=1):
        if set(entry) != {"check", "where", "reason"} or not all(entry.values()) or len(entry["reason"].split()) < 3:
            raise PolicyError(f"{file.name}: skip {number}: write a check, where (a list) and a reason; nothing else")
        skips += [Skip(check=entry["check"], where=where, reason=entry["reason"]) for where in entry["where"]]
    return skips


def judge(results: Sequence[Result], skips: Sequence[Skip], checks: Iterable[str]) -> list[str]:
    """What is wrong, a line each.

    Args:
        results: what the checks said.
        skips: what is accepted.
        checks: the ids of checks that must have seen something. checkov passes over a check that it can't find, and
            over one whose kind of resource was renamed, without a word.
    """
    failed = [result for result in results if not result.passed]
    unexplained = [
        f"{result.place}: {result.address}: {result.check}: {result.title}; "
        "mend it, or skip it with a reason in tools/policy/skips.toml"
        for result in failed
        if not any(skip.covers(result) for skip in skips)
    ]
    unused = [
        f"tools/policy/skips.toml: {skip.check} at {skip.where}: skips nothing; remove it"
        for skip in skips
        if not any(skip.covers(result) for result in failed)
    ]
    blind = [
        f"tools/policy/checks: {check}: saw no resource; give it one in examples/full.toml, or remove it"
        for check in sorted(set(checks) - {result.check for result in results})
    ]
    return unexplained + unused + blind
