"""Resolve the Python lock files again: `make locks` runs it.

    locks/python.txt     what `make setup` and `make rehearse` need
    locks/dev.txt        what only tests, linters, docs and the supply chain's checks need, on top of python.txt
    locks/terraform.txt  Terraform as a library, for a machine without Terraform
    locks/bootstrap.txt  uv alone, which pip installs first
    locks/policy.txt     checkov, in a virtual environment of its own

Versions that are already in a lock stay unless pyproject.toml rules them out. To raise one, delete its entry first.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCKS = ROOT / "locks"
_FLAGS = ("--generate-hashes", "--universal", "--python-version", "3.11", "--no-annotate", "--no-header", "--quiet")


def entries(text: str) -> list[str]:
    """The entries of a lock file: a requirement with its hashes, as written."""
    return [entry.rstrip() + "\n" for entry in re.split(r"\n(?=\S)", text.strip()) if entry]


def without(text: str, others: str) -> str:
    """The entries of a lock file that another one does not have."""
    known = set(entries(others))
    return "".join(entry for entry in entries(text) if entry not in known)


def name(entry: str) -> str:
    """The package that an entry pins."""
    return entry.partition("==")[0]


def _resolve(source: str, existing: str, *arguments: str | Path) -> str:
    """Resolve a requirements file, or extras of pyproject.toml, and return the lock's text."""
    with tempfile.TemporaryDirectory() as folder:
        lock = Path(folder, "lock.txt")
        lock.write_text(existing, encoding="utf-8")
        done = subprocess.run(
            ["uv", "pip", "compile", source, "-c", LOCKS / "constraints.in", *_FLAGS, *arguments, "-o", lock], cwd=ROOT
        )
        if done.returncode:
            sys.exit(f"locks: uv could not resolve {source}; no lock file was changed")
        return lock.read_text(encoding="utf-8")


def main() -> None:
    """Resolve all of them, then write them."""
    old = {file.stem: file.read_text(encoding="utf-8") for file in LOCKS.glob("*.txt")}
    pinned = "".join(old.get(part, "") for part in ("python", "dev", "terraform"))
    everything = _resolve("pyproject.toml", pinned, "--all-extras")
    # Each part at the versions that all of them agree on.
    python = _resolve("pyproject.toml", everything, "--extra", "ops", "--extra", "sandbox")
    with_terraform = _resolve(
        "pyproject.toml", everything, "--extra", "ops", "--extra", "sandbox", "--extra", "terraform"
    )
    terraform = without(with_terraform, python)
    new = {
        "python": python,
        "terraform": terraform,
        "dev": without(everything, python + terraform),
        "bootstrap": "".join(entry for entry in entries(python) if name(entry) == "uv"),
        "policy": _resolve("tools/policy/requirements.in", old.get("policy", "")),
    }
    for lock, text in new.items():
        (LOCKS / f"{lock}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
