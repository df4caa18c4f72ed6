"""The road out: the same app on CDK Terrain (`cdktn`) makes the same Terraform JSON.

The app runs with cdktf made impossible to import. What differs is listed here, whole: anything else is a failure.
"""

import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from settings import load_settings
from tests.support import ROOT, Stacks, synthesize
from tools.port_to_cdktn import CDKTF, CDKTN, port

RUN = """
import runpy, sys
for name in ("cdktf", "cdktf_cdktf_provider_cloudflare", "cdktf_cdktf_provider_random", "cdktf_cdktf_provider_aws"):
    sys.modules[name] = None
sys.path.insert(0, sys.argv[1])
try:
    runpy.run_path(sys.argv[1] + "/main.py", run_name="__main__")
finally:
    assert "cdktn" in sys.modules, "the app did not use CDK Terrain"
"""


@pytest.fixture(scope="module")
def ported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("road") / "app"
    port(folder)
    return folder


def run(app: Path, settings: Path, out: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", RUN, str(app)],
        cwd=app,
        env=os.environ
        | {"INFRA_SETTINGS": str(settings), "CDKTF_OUTDIR": str(out), "INFRA_LOCKS": str(ROOT / "locks")},
        capture_output=True,
        text=True,
    )


def without_state_management(settings: Path, folder: Path) -> Path:
    """Settings without the stack `state`: CDK Terrain's AWS bindings (270 MB) are not installed here."""
    lines = settings.read_text(encoding="utf-8").splitlines()
    kept: list[str] = []
    inside = False
    for line in lines:
        if line.startswith("["):
            inside = line.startswith("[state.manage")
        kept += [] if inside else [line]
    file = folder / settings.name
    file.write_text("\n".join(kept))
    return file


def differences(path: str, old: Any, new: Any) -> list[str]:
    """Where two JSON values differ."""
    if isinstance(old, dict) and isinstance(new, dict):
        keys: list[str] = sorted({*old, *new})
        return [line for key in keys for line in differences(f"{path}/{key}", old.get(key), new.get(key))]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [
            line for at, pair in enumerate(zip(old, new, strict=True)) for line in differences(f"{path}/{at}", *pair)
        ]
    return [] if old == new else [f"{path}: {old} → {new}"]


@pytest.mark.parametrize("name", ["settings.toml", "examples/acme.toml", "examples/full.toml"])
def test_the_same_app_on_cdk_terrain_makes_the_same_json(ported: Path, tmp_path: Path, name: str) -> None:
    settings = without_state_management(ROOT / name, tmp_path)
    out = tmp_path / "out"
    finished = run(ported, settings, out)
    assert finished.returncode == 0, finished.stderr
    made: Stacks = {file.parent.name: json.loads(file.read_text()) for file in out.glob("stacks/*/cdk.tf.json")}
    expected = synthesize(load_settings(settings))
    assert set(made) == set(expected)
    for stack, document in expected.items():
        # cdktf's own note of what wrote the file: Terraform takes "//" for a comment.
        assert differences("", document, made[stack]) == [f"////metadata/version: {CDKTF} → {CDKTN}"]


def test_the_versions_are_those_that_were_compared() -> None:
    assert (version("cdktf"), version("cdktn")) == (CDKTF, CDKTN)


def test_without_the_port_the_app_does_need_cdktf(tmp_path: Path) -> None:
    """The guard of this test's own method: cdktf really can't be imported in the run."""
    app = tmp_path / "app"
    for source in ("catalog", "constructs_lib", "provider_pins", "settings", "stacks"):
        shutil.copytree(ROOT / source, app / source)
    shutil.copyfile(ROOT / "main.py", app / "main.py")
    finished = run(app, ROOT / "settings.toml", tmp_path / "out")
    assert finished.returncode != 0
    assert "import of cdktf halted" in finished.stderr
