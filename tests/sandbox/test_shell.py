"""The script that takes an owner's shell into a world: nothing of a real account stays in it."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.shell import shell_script
from tests.support import ROOT


def test_variables_that_reach_a_real_account_are_removed(tmp_path: Path):
    script = tmp_path / "environment.sh"
    script.write_text(shell_script({"NEON_API_KEY": "the world's", "HOME": "elsewhere", "ODD": "a'b $c"}))
    real = {
        "AWS_PROFILE": "of-a-true-account",
        "AWS_SESSION_TOKEN": "of-a-true-account",
        "CLOUDFLARE_API_KEY": "of-a-true-account",
        "DISCORD_WEBHOOK_URL": "https://discord.com/api/webhooks/1/of-a-true-account",
        "GH_TOKEN": "of-a-true-account",
        "INFRA_SETTINGS": "of-a-true-account",
        "NEON_API_KEY": "of-a-true-account",
        "SOME_NEW_SERVICE": "of-a-true-account",
        "TF_VAR_neon_api_key": "of-a-true-account",
    }
    keep = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LC_ALL": "C", "TERM": "dumb"}
    shown = subprocess.run(
        ["bash", "--noprofile", "--norc", "-c", f". {script}; env -0"],
        env=real | keep,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = dict(line.split("=", 1) for line in shown.split("\0") if line)
    assert "of-a-true-account" not in "".join(found.values())
    assert keep.items() <= found.items()
    assert found["NEON_API_KEY"] == "the world's"
    assert found["ODD"] == "a'b $c"


def test_the_prompt_says_so_and_leave_leads_back(tmp_path: Path):
    script, checkout = tmp_path / "environment.sh", tmp_path / "a checkout"
    checkout.mkdir()
    world = {"NEON_API_KEY": "the world's", "CLOUD": "local", "PATH": "/first:/usr/bin:/bin:/of the world"}
    script.write_text(shell_script(world, checkout))
    # Sourced twice, as after a restart of the sandbox.
    show = 'echo "$PS1|$PWD|${NEON_API_KEY-}|${CLOUD-}|${TOKEN-}|$PATH"'
    lines = ["shopt -s expand_aliases", "PS1='$ '", show, f". {script}", f". {script}", show, "leave", show]
    shown = subprocess.run(
        ["bash", "--noprofile", "--norc"],
        input="\n".join(lines),
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "NEON_API_KEY": "my own", "TOKEN": 'my "own"\nlines'},
        capture_output=True,
        text=True,
        check=True,
    )
    outside = f'$ |{tmp_path}|my own||my "own"\nlines|/usr/bin:/bin\n'
    inside = f"(sandbox) $ |{checkout}|the world's|local||"
    before, _, rest = shown.stdout.partition(inside)
    assert (before, shown.stderr) == (outside, "")
    assert rest.endswith(outside)
    folders = rest.removesuffix(outside).strip().split(":")
    assert (folders[0], folders[-1]) == ("/first", "/of the world")


@pytest.mark.parametrize(
    "world",
    [{"INFRA_ENV_FILE": "/dev/null"}, {"NEON_API_BASE_URL": "http://127.0.0.1:1/api/v2"}],
    ids=["its variable", "its addresses"],
)
def test_the_owners_file_is_read_outside_the_sandbox_alone(tmp_path: Path, world: dict[str, str]):
    script, owners = tmp_path / "environment.sh", tmp_path / ".env"
    owners.touch(0o600)
    owners.write_text("TF_VAR_neon_api_key=of-a-true-account\nTF_VAR_neon_org_id=org-of-a-true-account\n")
    script.write_text(shell_script(world | {"NEON_API_KEY": "the world's"}))
    read = (
        "import os; from ops.context.run_context import Context; from pathlib import Path\n"
        "read = Context.read(os.environ, Path(os.environ['HOME']), with_file=True)\n"
        "print(read.credentials.need('neon_api_key'), read.credentials.neon_org_id is None)"
    )
    show = f"PYTHONPATH={ROOT} {sys.executable} -c {shlex.quote(read)}"
    shown = subprocess.run(
        ["bash", "--noprofile", "--norc"],
        input="\n".join(["shopt -s expand_aliases", show, f". {script}", show, "leave", show]),
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    outside = "of-a-true-account False"
    assert (shown.stdout.splitlines(), shown.stderr) == ([outside, "the world's True", outside], "")
