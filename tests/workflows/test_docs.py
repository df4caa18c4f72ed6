"""docs/pipelines.md names what there is, and its commands do what they say as far as they can be run here."""

import os
import re
import subprocess
from pathlib import Path

from tests.workflows.documents import CALLERS, OWN, ROOT

PAGE = (ROOT / "docs/pipelines.md").read_text()


def test_every_workflow_variable_and_secret_is_in_the_page():
    used = {f"`{file.name}`" for file in [*OWN, *CALLERS]}
    for file in [*OWN, *CALLERS]:
        used |= {f"`{name}`" for name in re.findall(r"\b(?:vars|secrets)\.([A-Z_]+)", file.read_text())}
    assert sorted(name for name in used if name not in PAGE) == []


def test_the_secrets_that_the_page_sets_are_the_ones_that_are_used():
    set_by_hand = set(re.findall(r"gh (?:secret|variable) set ([A-Z_]+)", PAGE))
    text = "".join(file.read_text() for file in OWN)
    assert set_by_hand == set(re.findall(r"\b(?:vars|secrets)\.([A-Z_]+)", text))


def test_the_callers_are_pinned_by_the_pages_command(tmp_path: Path):
    (command,) = re.findall(r"```sh\n *(cp -R .*?)```", PAGE, re.DOTALL)
    infrastructure, app = tmp_path / "intent-infrastructure", tmp_path / "app"
    (infrastructure / "examples").mkdir(parents=True)
    (infrastructure / "examples/app").symlink_to(ROOT / "examples/app")
    app.mkdir()
    identity = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    for arguments in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "first"]):
        subprocess.run(["git", *arguments], cwd=infrastructure, env=os.environ | identity, check=True)
    commit = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=infrastructure, text=True).strip()
    subprocess.run(["bash", "-euc", command.replace("<owner>/<this repository>", "acme/infra")], cwd=app, check=True)
    for file in sorted((app / ".github/workflows").glob("*.yml")):
        text = file.read_text()
        assert "uses: acme/infra/.github/workflows/app-" in text
        assert f"@{commit} #" in text
        assert "sebastianiv21" not in text
        assert "0" * 40 not in text
