"""The first line of a command: which cloud it works on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ops.cli import main
from ops.context.run_context import Context
from ops.context.target import cloud_in_use, target

LOCAL = {
    "NEON_API_BASE_URL": "http://127.0.0.1:4001/api/v2",
    "CLOUDFLARE_BASE_URL": "http://localhost:4001/client/v4",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:4002",
}


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        (LOCAL, "the sandbox"),
        ({}, "your accounts"),
        ({"NEON_API_BASE_URL": "https://console.neon.tech/api/v2"}, "your accounts"),
        ({**LOCAL, "CLOUDFLARE_BASE_URL": ""}, "the sandbox, but your real account of Cloudflare"),
        ({"AWS_ENDPOINT_URL": LOCAL["AWS_ENDPOINT_URL"]}, "the sandbox, but your real account of Neon, Cloudflare"),
    ],
)
def test_the_cloud_in_use(make_context: Callable[..., Context], variables: dict[str, str], said: str):
    assert cloud_in_use(make_context(**variables)) == said


def test_the_line_names_bucket_zone_and_project(make_context: Callable[..., Context]):
    context = make_context(**LOCAL)
    context.settings_file.write_text(
        '[state]\nbucket = "states"\n[cloudflare]\nzone = "example.com"\n[project]\nname = "ledger"\n', encoding="utf-8"
    )
    assert target(context) == "target: the sandbox; bucket states, zone example.com, Neon project ledger"
    context.settings_file.write_text("zone = 'no table'\nstate = 1\n", encoding="utf-8")
    assert target(context) == "target: the sandbox"
    context.settings_file.unlink()
    assert target(context) == "target: the sandbox"


def test_a_command_that_changes_something_says_it_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("CDKTF_OUTDIR", str(tmp_path))
    for name, value in LOCAL.items():
        monkeypatch.setenv(name, value)
    assert main(["deploy", "--yes"]) == 1
    assert capsys.readouterr().err.startswith("target: the sandbox; ")
    assert main(["deploy", "--help"]) == 0
    assert "target:" not in capsys.readouterr().err
