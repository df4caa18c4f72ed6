"""docs/adopting.md: its commands are run in the order written, and what it shows is what they print."""

import json
import os
import re
import subprocess
from pathlib import Path

from sandbox.world import World
from settings import load_settings
from tests.support import ROOT, tool_environment

PAGE = ROOT / "docs/adopting.md"
BUCKET = "sebastianiv21-terraform-state"
FENCE = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def steps() -> list[tuple[str, str]]:
    """Each block of commands, with the output that is shown right after it."""
    found: list[tuple[str, str]] = []
    for kind, body in FENCE.findall(PAGE.read_text().split("## When it is refused")[0]):
        if kind == "sh":
            found.append((body, ""))
        else:
            assert found, "an output without a command"
            found[-1] = (found[-1][0], body)
    return found


def test_the_pages_commands_print_what_it_shows(tmp_path: Path) -> None:
    commands = steps()
    assert len(commands) == 4
    with World("page", load_settings(ROOT / "settings.toml")) as world:
        files = sorted((ROOT / "sandbox/fixtures/hcl-state").glob("*.tfstate"))
        world.control("load", [json.loads(file.read_text()) for file in files])
        for file in files:
            key = f"intent-expense-tracker/{file.stem}/terraform.tfstate"
            world.bucket().put_object(Bucket=BUCKET, Key=key, Body=file.read_bytes())
        environment = world.environment | {
            "CDKTF_OUTDIR": str(tmp_path / "cdktf.out"),
            "PATH": tool_environment()["PATH"] + os.pathsep + world.environment["PATH"],
        }
        before = ""
        for command, shown in commands:
            # The page writes beside settings.toml; a test must not.
            script = f"set -e\n{before}{command}".replace("adopted.toml", str(tmp_path / "adopted.toml"))
            done = subprocess.run(
                ["sh", "-c", script],
                cwd=ROOT,
                env=environment,
                capture_output=True,
                text=True,
                stdin=subprocess.DEVNULL,
            )
            assert done.returncode == 0, f"{command}{done.stdout}{done.stderr}"
            printed = done.stdout.replace(str(tmp_path / "adopted.toml"), "adopted.toml")
            assert printed.endswith(shown), f"{command} printed:\n{printed}"
            before += "".join(f"{line}\n" for line in command.splitlines() if line.startswith("export "))
