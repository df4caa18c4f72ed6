"""`ops init`: the settings of a new product load, and nothing is overwritten unasked."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.cli import main
from ops.commands.init_commands import settings_text
from ops.context.env_file import with_env_file
from settings import SettingsError
from tests.support import ROOT, load_text

VALUES = {
    "name": "acme-notes",
    "owner": "acme",
    "repository": "notes",
    "bucket": "acme-states",
    "region": "us-east-1",
    "database": "acme_db",
    "role": "acme_owner",
    "build_command": "npm run build",
    "destination_dir": "dist",
    "zone": "acme.example",
    "domain": "www.acme.example",
}
ARGUMENTS = [
    "init", "--name", "acme-notes", "--repository", "acme/notes", "--domain", "acme.example",
    "--zone", "acme.example", "--bucket", "acme-states",
]  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "settings.toml"
    monkeypatch.setenv("INFRA_SETTINGS", str(file))
    return file


@given(st.dictionaries(st.sampled_from(sorted(VALUES)), st.text(max_size=40), max_size=2))
def test_accepted_values_are_loaded_as_given(changes: dict[str, str]) -> None:
    values = VALUES | changes
    try:
        text = settings_text(values)
    except SettingsError:
        return
    loaded = load_text(text)
    assert loaded.project.name == values["name"]
    assert loaded.repository.name == values["repository"]
    assert loaded.state.bucket == values["bucket"]


def test_it_writes_both_files(settings: Path) -> None:
    assert main(ARGUMENTS) == 0
    assert load_text(settings.read_text(encoding="utf-8")).project.name == "acme-notes"
    variables = settings.with_name(".env")
    assert variables.stat().st_mode & 0o777 == 0o600
    assert with_env_file({}, variables) == {}


def test_the_permissions_are_those_of_the_docs(settings: Path) -> None:
    assert main(ARGUMENTS) == 0
    written = " ".join(line.strip("# ") for line in settings.with_name(".env").read_text(encoding="utf-8").splitlines())
    table = (ROOT / "docs/credentials.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| every deploy \| .* \| (.*) \|$", table, re.MULTILINE)
    permissions = {permission for row in rows for permission in row.split("; ")}
    assert len(permissions) == 5
    assert set(re.findall(r"[A-Z][A-Za-z ]+: (?:Edit|Read)", written)) == permissions


def test_existing_files_are_kept(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings.write_text("mine", encoding="utf-8")
    assert main(ARGUMENTS) == 1
    assert "nothing was changed" in capsys.readouterr().err
    assert settings.read_text(encoding="utf-8") == "mine"
    assert not settings.with_name(".env").exists()
    settings.with_name(".env").write_text("MINE=too", encoding="utf-8")
    settings.with_name(".env").chmod(0o600)
    assert main([*ARGUMENTS, "--yes"]) == 0
    assert settings.read_text(encoding="utf-8") != "mine"
    assert settings.with_name(".env").read_text(encoding="utf-8") == "MINE=too"


def test_a_value_that_is_refused_names_its_key(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ARGUMENTS, "--name", "Acme Notes", "--bucket", "B"]) == 1
    first, second = capsys.readouterr().err.strip().splitlines()
    assert first.startswith("project.name: 'Acme Notes' is not a name; use ")
    assert second.startswith("state.bucket: 'B' is not an S3 bucket name; use ")
    assert not list(settings.parent.iterdir()), "nothing was written"


def test_a_missing_value_without_a_terminal_is_one_line(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(ARGUMENTS[:3]) == 1
    assert capsys.readouterr().err.strip().splitlines() == [
        "--repository is not set, and there is no terminal to ask on; pass --repository"
    ]
    assert not settings.exists()
