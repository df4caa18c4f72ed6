"""`python -m ops preview`, as somebody types it: exit codes and lines."""

import json
import subprocess
import sys

import pytest

from tests.ops.preview_cloud import ROOT, PreviewCloud
from tests.support import own_errors

pytestmark = pytest.mark.slow


def ops(cloud: PreviewCloud, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ops", "preview", *arguments]
    environment = cloud.environment(**more)
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def test_the_whole_life_of_a_preview(preview_cloud: PreviewCloud):
    preview_cloud.pull_request()
    app = ("--app", str(preview_cloud.app))
    up = ops(preview_cloud, "up", "--pr", "1", *app)
    assert (up.returncode, own_errors(up.stderr)) == (0, "")
    assert up.stdout.endswith("preview: https://intent-expense-tracker-api-pr-1.sebastianiv21.workers.dev\n")
    swept = ops(preview_cloud, "sweep", *app)
    assert swept.stdout == "pull request 1 is open: its preview is kept\nswept: no preview was left over\n"
    down = ops(preview_cloud, "down", "--pr", "1", *app)
    assert (down.returncode, down.stdout) == (0, "pull request 1: removed its Worker and its database\n")
    again = ops(preview_cloud, "down", "--pr", "1")
    assert (again.returncode, again.stdout) == (0, "pull request 1: removed nothing, it has no preview\n")


def test_a_failure_is_one_line_and_exit_code_1(preview_cloud: PreviewCloud):
    unknown = ops(preview_cloud, "up", "--pr", "7", "--app", str(preview_cloud.app))
    assert unknown.returncode == 1
    assert own_errors(unknown.stderr).startswith(
        "GitHub refused GET /repos/sebastianiv21/intent-expense-tracker/pulls/7: 404"
    )
    nobodys = ops(preview_cloud, "down")
    assert (nobodys.returncode, own_errors(nobodys.stderr)) == (1, "no pull request started this run; pass --pr\n")
    keyless = ops(preview_cloud, "down", "--pr", "1", NEON_API_KEY="")
    assert keyless.returncode == 1
    assert own_errors(keyless.stderr).count("\n") == 1
    assert "NEON_API_KEY is not set" in keyless.stderr


def test_a_workflows_own_pull_request_is_meant_and_a_forks_ends_with_0(preview_cloud: PreviewCloud):
    stranger, own = {"full_name": "stranger/app"}, {"full_name": "sebastianiv21/app"}
    file = preview_cloud.folder / "event.json"
    file.write_text(json.dumps({"pull_request": {"number": 9, "head": {"repo": stranger}, "base": {"repo": own}}}))
    done = ops(preview_cloud, "up", "--app", str(preview_cloud.app), GITHUB_EVENT_PATH=str(file), NEON_API_KEY="")
    expected = "pull request 9 gets no preview: it is from a fork, whose code gets no secrets\n"
    assert (done.returncode, done.stdout, own_errors(done.stderr)) == (0, expected, "")
