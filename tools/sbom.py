"""Write the bills of materials, in CycloneDX: `make sbom`. They list what the lock files pin."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
OUT = ROOT / "build/sbom"
PYTHON = {"python": ".venv", "policy": ".venv-policy"}
NODE = {"node": ".", "workers": "sandbox/cloud/workers/runner"}
_FORM = ("--output-format", "JSON", "--output-reproducible", "--spec-version", "1.6")


def write(folder: Path, *, validate: bool = True) -> dict[str, int]:
    """Write a file for each set of dependencies.

    Args:
        folder: where the files go; it is created.
        validate: whether cyclonedx-py compares each bill it writes with CycloneDX's schema. That takes 20 s of CPU for
            .venv, and changes nothing in the file.

    Returns:
        How many components each file lists.

    Raises:
        SystemExit: a tool failed; the message is its output.
    """
    folder.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    for name, environment in PYTHON.items():
        form = _FORM if validate else (*_FORM, "--no-validate")
        command = [sys.executable, "-m", "cyclonedx_py", "environment", environment, *form]
        counts[name] = _write(command, ROOT, folder / f"{name}.cdx.json")
    for name, project in NODE.items():
        counts[name] = _write_node(ROOT / project, folder / f"{name}.cdx.json")
    return counts


def _write_node(project: Path, file: Path) -> int:
    # From the lock, so that packages for other platforms are listed too; it needs no network. npm requires a version in
    # a bill of materials, and these projects have none.
    with tempfile.TemporaryDirectory(prefix="sbom-") as copy:
        package = {"version": "0.0.0"} | json.loads((project / "package.json").read_text(encoding="utf-8"))
        Path(copy, "package.json").write_text(json.dumps(package), encoding="utf-8")
        shutil.copy(project / "package-lock.json", copy)
        command = ["npm", "sbom", "--package-lock-only", "--sbom-format", "cyclonedx", "--sbom-type", "application"]
        return _write(command, Path(copy), file)


def _write(command: Sequence[str], folder: Path, file: Path) -> int:
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"sbom: {' '.join(command[:4])}: {done.stderr.strip() or done.stdout.strip()}")
    bill = json.loads(done.stdout)
    file.write_text(json.dumps(bill, indent=2) + "\n", encoding="utf-8")
    return len(bill["components"])


def main() -> int:
    """Write to build/sbom/, and print what was written."""
    for name, count in write(OUT).items():
        print(f"build/sbom/{name}.cdx.json: {count} components")
    return 0


if __name__ == "__main__":
    sys.exit(main())
