"""The script that takes an owner's shell into a world: nothing of a real account stays in it."""

import subprocess
from pathlib import Path

from sandbox.shell import shell_script

CLOUD = "http://127.0.0.1:1"


def test_variables_that_reach_a_real_account_are_removed(tmp_path: Path):
    script = tmp_path / "environment.sh"
    script.write_text(shell_script({"NEON_API_KEY": "the world's", "HOME": "elsewhere", "ODD": "a'b $c"}, CLOUD))
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
    assert found["GITHUB_API_URL"].startswith(CLOUD)
    assert found["DISCORD_WEBHOOK_URL"].startswith(CLOUD)
