"""Runs checkov once over a folder of stacks, without a network."""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
CHECKOV = ROOT / ".venv-policy/bin/checkov"
CHECKS = ROOT / "tools/policy/checks"
_ID = re.compile(r'\bid="(CKV_\w+)"')


class PolicyError(Exception):
    """The checks could not be made. `str()` is one line: what, and what to do."""


@dataclass(frozen=True, kw_only=True, order=True)
class Result:
    """What one check said of one resource.

    Attributes:
        place: the stack's folder below the scanned one, such as `full/production`.
        address: the resource's address, or `provider.<name>`.
        check: the check's id.
        title: what the check wants.
        passed: whether it is so.
    """

    place: str
    address: str
    check: str
    title: str
    passed: bool


def scan(folder: Path, addresses: Mapping[str, Mapping[int, str]]) -> list[Result]:
    """Checks each stack in a folder.

    Args:
        folder: holds stacks as `<place>/cdk.tf.json`, in the form of `tools.policy.stacks.readable`.
        addresses: for each place, the line on which each resource begins.

    Returns:
        What the checks said, those that failed first.

    Raises:
        PolicyError: checkov is not there, could not read a stack, or could not load or run a check.
    """
    if not CHECKOV.exists():
        raise PolicyError(f"{CHECKOV.relative_to(ROOT)}: is missing; run make policy, which installs it")
    options = ["--framework", "terraform_json", "--external-checks-dir", str(CHECKS), "--output", "json"]
    options += ["--skip-download", "--compact", "--soft-fail"]
    answer = subprocess.run(
        [CHECKOV, "--directory", folder, *options],
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if answer.returncode or answer.stderr.strip():
        # checkov goes on where it can't load a check, and would then call everything fine.
        line = (answer.stderr.strip().splitlines() or ["it said nothing"])[0]
        line = line[line.find("[ERROR]") :].removeprefix("[ERROR]").strip()
        raise PolicyError(f"checkov did not check everything: {line}; mend what is in tools/policy/")
    return sorted(_results(json.loads(answer.stdout), addresses), key=lambda result: (result.passed, result))


def own_checks() -> set[str]:
    """The ids of this project's own checks, read from their source: they only load in checkov's environment."""
    return {found for file in CHECKS.glob("*.py") for found in _ID.findall(file.read_text(encoding="utf-8"))}


def environment(home: Path) -> dict[str, str]:
    """checkov's environment variables: nothing of the owner's.

    It would take an API key of its maker's platform, and send there what it sees.
    """
    own = {key: os.environ[key] for key in ("PATH", "LANG", "LC_ALL", "TMPDIR") if key in os.environ}
    return own | {
        "HOME": str(home),
        "PYTHONPATH": str(ROOT / "policy"),  # for hcl_values
        "PYTHONDONTWRITEBYTECODE": "1",
        "CKV_SKIP_PACKAGE_UPDATE_CHECK": "true",
        "LOG_LEVEL": "WARNING",
    }


def _results(report: Any, addresses: Mapping[str, Mapping[int, str]]) -> list[Result]:
    found: list[Result] = []
    for part in report if isinstance(report, list) else [report]:
        results = part.get("results")
        if results is None:
            raise PolicyError("checkov checked nothing; see that tools/policy/stacks.py writes the stacks")
        if errors := results["parsing_errors"]:
            raise PolicyError(f"checkov can't read {errors[0]}; see tools/policy/stacks.py")
        for passed, key in ((False, "failed_checks"), (True, "passed_checks")):
            for check in results.get(key, []):
                place = check["file_path"].removeprefix("/").removesuffix("/cdk.tf.json")
                line = check["file_line_range"][0]
                address = addresses.get(place, {}).get(line) or check["resource"]
                found.append(
                    Result(
                        place=place,
                        address=address,
                        check=check["check_id"],
                        title=check["check_name"],
                        passed=passed,
                    )
                )
    return found
