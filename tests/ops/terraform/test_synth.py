"""A plan synthesizes by itself what is older than the settings."""

import os
from pathlib import Path

import pytest

from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.terraform.synth import synthesize_if_outdated

APP = """
import os, pathlib, sys
settings = pathlib.Path(os.environ.get("INFRA_SETTINGS", "settings.toml")).read_text()
if "wrong" in settings:
    sys.exit("settings.toml: wrong: unknown key")
out = pathlib.Path(os.environ["CDKTF_OUTDIR"])
out.mkdir(exist_ok=True)
(out / "manifest.json").write_text(settings)
"""


def outdated(tmp_path: Path) -> Context:
    (tmp_path / "main.py").write_text(APP, encoding="utf-8")
    environment = {"PATH": os.environ["PATH"], "CDKTF_OUTDIR": str(tmp_path / "out"), "NEON_API_KEY": "a secret key"}
    return Context.read(environment, root=tmp_path)


def test_it_runs_the_app_once_for_each_change(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    context = outdated(tmp_path)
    manifest = context.out / "manifest.json"
    context.settings_file.write_text("one", encoding="utf-8")
    synthesize_if_outdated(context)
    assert (manifest.read_text(), capsys.readouterr().err) == ("one", "synthesizing the stacks: none yet\n")
    synthesize_if_outdated(context)
    assert capsys.readouterr().err == ""
    context.settings_file.write_text("two", encoding="utf-8")
    os.utime(context.settings_file, ns=(0, manifest.stat().st_mtime_ns + 1))
    synthesize_if_outdated(context)
    assert (manifest.read_text(), capsys.readouterr().err) == ("two", "synthesizing the stacks: the settings changed\n")


def test_a_mistake_in_the_settings_is_the_apps_own_line(tmp_path: Path):
    context = outdated(tmp_path)
    context.settings_file.write_text("wrong", encoding="utf-8")
    with pytest.raises(OpsError, match=r"^settings\.toml: wrong: unknown key$"):
        synthesize_if_outdated(context)


def test_without_settings_or_app_there_is_nothing_to_run(tmp_path: Path):
    context = outdated(tmp_path)
    synthesize_if_outdated(context)
    assert not context.out.exists()
