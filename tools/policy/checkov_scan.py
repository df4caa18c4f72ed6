"""Runs checkov once over a folder of stacks, without a network."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
CHECKOV = ROOT / ".venv-policy/bin/checkov"


class PolicyError(Exception):
    """The checks could not run. `str()` is one line: what failed, and what to do."""


@dataclass(frozen=True, kw_only=True, order=True)
class Result:
    """The result of one check on one resource.

    Attributes:
        place: the stack's folder below the scanned one, such as `full/production`.
        address: the resource's address, or `provider.<name>`.
        check: the check's id.
        title: what the check asks for.
        passed: whether the resource passed.
    """

    place: str
    address: str
    check: str
    title: str
    passed: bool


def scan(folder: Path, addresses: Mapping[str, Mapping[int, str]]) -> list[Result]:
    """Checks each stack in a folder.

    Args:
        folder: contains stacks as `<place>/cdk.tf.json`, in the form of `tools.policy.readable_stacks.readable`.
        addresses: for each place, the address of the resource that begins on each line.

    Returns:
        The results, failed ones first.

    Raises:
        PolicyError: checkov is not installed, could not read a stack, or could not run a check.
    """
    if not CHECKOV.exists():
        raise PolicyError(f"{CHECKOV.relative_to(ROOT)}: is missing; run make policy, which installs it")
    options = ["--framework", "terraform_json", "--output", "json", "--skip-download", "--compact", "--soft-fail"]
    answer = subprocess.run(
        [CHECKOV, "--directory", folder, *options],
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if answer.returncode or answer.stderr.strip():
        # checkov carries on after an error, and would then report success.
        line = (answer.stderr.strip().splitlines() or ["it printed nothing"])[0]
        line = line[line.find("[ERROR]") :].removeprefix("[ERROR]").strip()
        raise PolicyError(f"checkov did not check everything: {line}; see tools/policy/readable_stacks.py")
    return sorted(_results(json.loads(answer.stdout), addresses), key=lambda result: (result.passed, result))


def environment(home: Path) -> dict[str, str]:
    """checkov's environment variables: none of the owner's.

    With an API key of its vendor's platform, it would send its findings there.
    """
    own = {key: os.environ[key] for key in ("PATH", "LANG", "LC_ALL", "TMPDIR") if key in os.environ}
    return own | {
        "HOME": str(home),
        "PYTHONDONTWRITEBYTECODE": "1",
        "CKV_SKIP_PACKAGE_UPDATE_CHECK": "true",
        "LOG_LEVEL": "WARNING",
    }


def _results(report: Any, addresses: Mapping[str, Mapping[int, str]]) -> list[Result]:
    found: list[Result] = []
    for part in report if isinstance(report, list) else [report]:
        results = part.get("results")
        if results is None:
            raise PolicyError("checkov checked nothing; see tools/policy/readable_stacks.py")
        if errors := results["parsing_errors"]:
            raise PolicyError(f"checkov can't read {errors[0]}; see tools/policy/readable_stacks.py")
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
