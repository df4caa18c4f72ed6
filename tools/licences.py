"""Check the licenses of everything that is installed against locks/licences.toml: `make licences`."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from license_expression import ExpressionError, LicenseExpression, get_spdx_licensing

ROOT = Path(__file__).parents[1]
RULES = ROOT / "locks/licences.toml"
ENVIRONMENTS = (".venv", ".venv-policy")
NODE_LOCKS = (
    "package-lock.json",
    "sandbox/cloud/workers/runner/package-lock.json",
)
# A pnpm-lock.yaml names no licences, so what is installed is read: the API's packages, or all after `make app-site`.
PNPM_WORKSPACES = ("examples/app",)
_SPDX = get_spdx_licensing()


@dataclass(frozen=True, order=True)
class Package:
    """A dependency.

    Attributes:
        name: the package's name.
        licence: what it says of its licence.
    """

    name: str
    licence: str


@dataclass(frozen=True)
class Rules:
    """What is allowed.

    Attributes:
        allowed: licences by their SPDX id.
        names: other names of licences, as packages write them, with the SPDX expression that each stands for.
        exceptions: patterns of packages with another license, or one that was read by hand; each with a reason.
    """

    allowed: frozenset[str]
    names: Mapping[str, str]
    exceptions: Mapping[str, str]


def load_rules(file: Path = RULES) -> Rules:
    """Read locks/licences.toml."""
    values = tomllib.loads(file.read_text(encoding="utf-8"))
    return Rules(frozenset(values["allowed"]), values["names"], values["exceptions"])


def python_packages(environment: Path) -> list[Package]:
    """What is installed in a virtual environment."""
    command = [sys.executable, "-m", "piplicenses", "--python", str(environment / "bin/python"), "--format", "json"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [Package(item["Name"], item["License"]) for item in json.loads(listed)]


def node_packages(lock: Path) -> list[Package]:
    """What a package-lock.json names."""
    entries: Mapping[str, Any] = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    return [
        Package(path.rpartition("node_modules/")[2], str(entry.get("license", "UNKNOWN")))
        for path, entry in entries.items()
        if path
    ]


def installed_packages(workspace: Path) -> list[Package]:
    """What pnpm has installed in a workspace."""
    files = [
        file
        for pattern in ("*/node_modules/*/package.json", "*/node_modules/@*/*/package.json")
        for file in (workspace / "node_modules/.pnpm").glob(pattern)
        if not file.parent.is_symlink()
    ]
    found: list[Package] = []
    for file in files:
        entry: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if "name" in entry:
            found.append(Package(entry["name"], str(entry.get("license", "UNKNOWN"))))
    return found


def is_allowed(licence: str, rules: Rules) -> bool:
    """Whether a licence may be used: of alternatives (OR) one has to be allowed, of several (AND) each."""
    parts = [part.strip() for part in licence.split(";")]
    return all(_holds(rules.names.get(part, part), rules.allowed) for part in parts)


def _holds(licence: str, allowed: frozenset[str]) -> bool:
    try:
        expression = _SPDX.parse(licence)
    except ExpressionError:
        return False
    return expression is not None and _true(expression, allowed)


def _true(expression: LicenseExpression, allowed: frozenset[str]) -> bool:
    match getattr(expression, "operator", "").strip():
        case "AND":
            return all(_true(part, allowed) for part in expression.args)
        case "OR":
            return any(_true(part, allowed) for part in expression.args)
        case _:
            return str(expression) in allowed


def judge(packages: Iterable[Package], rules: Rules) -> list[str]:
    """A line for each package whose license is not allowed, and for each unused exception."""
    refused = {package for package in packages if not is_allowed(package.licence, rules)}
    lines = [
        f"{package.name}: {' '.join(package.licence.split())[:80]}: is not an allowed license; replace the package, "
        "or add it to locks/licences.toml"
        for package in sorted(refused)
        if not any(fnmatchcase(package.name, pattern) for pattern in rules.exceptions)
    ]
    return lines + [
        f"locks/licences.toml: exception {pattern} is unused; remove it"
        for pattern in sorted(rules.exceptions)
        if not any(fnmatchcase(package.name, pattern) for package in refused)
    ]


def main() -> int:
    """Return 0 if all licenses are allowed, 1 otherwise."""
    packages: list[Package] = []
    for name in ENVIRONMENTS:
        packages += python_packages(ROOT / name)
    for name in NODE_LOCKS:
        packages += node_packages(ROOT / name)
    for name in PNPM_WORKSPACES:
        packages += installed_packages(ROOT / name)
    lines = judge(packages, load_rules())
    print(*lines, sep="\n", end="\n" if lines else "")
    print(f"licenses: {len(set(packages))} packages, {len(lines)} to review")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
