"""Look up known vulnerabilities of everything that the lock files pin: `make audit`.

A source that does not answer is reported as "not checked", with its own exit code: it never counts as passed.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PYTHON_LOCKS = ("locks/python.txt", "locks/terraform.txt", "locks/dev.txt", "locks/policy.txt")
NODE_PROJECTS = (".", "sandbox/cloud/workers/runner")
FOUND, NOT_CHECKED = 1, 3
TIMEOUT_SECONDS = 300


class NotCheckedError(Exception):
    """The source of advisories did not answer; `str()` is its reason, on one line."""


@dataclass(frozen=True, order=True)
class Vulnerability:
    """A known vulnerability in a pinned package.

    Attributes:
        package: the package, with its version where it is known.
        advisory: the advisory's id or address.
        advice: what to do.
    """

    package: str
    advisory: str
    advice: str


def audit_python(lock: Path) -> list[Vulnerability]:
    """Ask OSV (or the service at OSV_URL) about each package of a Python lock file, by pip-audit.

    Raises:
        NotCheckedError: it did not answer, or not in the expected form.
    """
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--disable-pip", "--format", "json"]
    command += ["--progress-spinner", "off", "--vulnerability-service", "osv"]
    if address := os.environ.get("OSV_URL"):
        command += ["--osv-url", address]
    # The lock has hashes and every dependency, so that pip is not needed to read it.
    report = _report(command, ROOT)
    if "dependencies" not in report:
        raise NotCheckedError("pip-audit named no packages")
    return [
        Vulnerability(
            f"{package['name']} {package.get('version', '')}".strip(),
            vulnerability["id"],
            f"update to {' or '.join(vulnerability['fix_versions'])}"
            if vulnerability["fix_versions"]
            else "replace it",
        )
        for package in report["dependencies"]
        for vulnerability in package.get("vulns", [])
    ]


def audit_node(project: Path) -> list[Vulnerability]:
    """Ask npm's registry about each package of a package-lock.json.

    Raises:
        NotCheckedError: it did not answer, or not in the expected form.
    """
    report = _report(["npm", "audit", "--package-lock-only", "--json"], project)
    if "vulnerabilities" not in report:
        raise NotCheckedError(_line(report.get("message") or report.get("error", {}).get("summary") or "no answer"))
    return [
        Vulnerability(
            f"{name} {entry['range']}",
            next((str(via["url"]) for via in entry["via"] if isinstance(via, dict)), f"by {entry['via'][0]}"),
            "update it" if entry["fixAvailable"] else "replace it",
        )
        for name, entry in report["vulnerabilities"].items()
    ]


def _report(command: Sequence[str], folder: Path) -> dict[str, Any]:
    try:
        done = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise NotCheckedError(f"no answer in {TIMEOUT_SECONDS} s") from None
    try:
        report = json.loads(done.stdout)
    except json.JSONDecodeError:
        raise NotCheckedError(_line(done.stderr)) from None
    if not isinstance(report, dict):
        raise NotCheckedError("unexpected answer")
    return report


def _line(text: str) -> str:
    """The last line of a tool's output, which is the reason below a traceback."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "no answer"


def main() -> int:
    """Print the findings, by lock file.

    Returns:
        0 if everything was checked and nothing found, 1 if something was found, 3 if something was not checked.
    """
    found = unchecked = 0
    jobs: list[tuple[str, Callable[[Path], list[Vulnerability]], Path]] = [
        *((name, audit_python, ROOT / name) for name in PYTHON_LOCKS),
        *((str(Path(name, "package-lock.json")), audit_node, ROOT / name) for name in NODE_PROJECTS),
    ]
    for name, ask, path in jobs:
        try:
            vulnerabilities = sorted(ask(path))
        except NotCheckedError as error:
            unchecked += 1
            print(f"{name}: not checked: {error}", flush=True)
            continue
        found += len(vulnerabilities)
        print(f"{name}: {len(vulnerabilities)} known vulnerabilities", flush=True)
        for each in vulnerabilities:
            print(f"  {each.package}: {each.advisory}; {each.advice}", flush=True)
    if unchecked:
        print(
            f"audit: {unchecked} of {len(jobs)} lock files could not be checked; run it again with a network connection"
        )
    return FOUND if found else NOT_CHECKED if unchecked else 0


if __name__ == "__main__":
    sys.exit(main())
