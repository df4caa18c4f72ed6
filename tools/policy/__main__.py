"""`make policy`: checks the stacks of settings.toml and of the examples."""

import json
import sys
import tempfile
from pathlib import Path

from main import build
from settings import SettingsError, load_settings
from tools.policy.checkov_scan import PolicyError, Result, scan
from tools.policy.readable_stacks import write
from tools.policy.skips import load_skips, report

ROOT = Path(__file__).parents[2]
SETTINGS = (ROOT / "settings.toml", ROOT / "examples/acme.toml", ROOT / "examples/full.toml")


def check(files: tuple[Path, ...] = SETTINGS) -> list[Result]:
    """Synthesizes the stacks of some settings files, and checks all of them in one run.

    Args:
        files: the settings files; the place of a result begins with the name of its file.

    Raises:
        PolicyError: see `tools.policy.checkov_scan.scan`.
        SettingsError: a settings file has an error.
    """
    with tempfile.TemporaryDirectory(prefix="policy-") as name:
        folder = Path(name)
        addresses: dict[str, dict[int, str]] = {}
        for file in files:
            out = folder / f"out-{file.stem}"
            build(load_settings(file), outdir=out).synth()
            for stack in out.glob("stacks/*/cdk.tf.json"):
                place = f"{file.stem}/{stack.parent.name}"
                addresses[place] = write(
                    json.loads(stack.read_text(encoding="utf-8")), folder / "stacks" / place / stack.name
                )
        return scan(folder / "stacks", addresses)


def main() -> int:
    """Prints the findings. Returns 0 for none, 1 for some, 2 if the checks could not run."""
    try:
        skips = load_skips()
        results = check()
    except (PolicyError, SettingsError) as error:
        print(f"policy: {error}", file=sys.stderr)
        return 2
    lines = report(results, skips)
    print(*lines, sep="\n", end="\n" if lines else "")
    passed = sum(result.passed for result in results)
    skipped = sum(any(skip.covers(result) for skip in skips) for result in results if not result.passed)
    print(f"policy: {passed} checks passed, {skipped} skipped with a reason, {len(lines)} to fix")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
