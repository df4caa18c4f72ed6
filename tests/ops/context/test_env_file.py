"""The owner's .env: what a run takes from it, and when it is refused."""

from pathlib import Path

import pytest

from ops.context.env_file import with_env_file
from ops.context.errors import OpsError
from ops.context.run_context import Context


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / ".env"
    file.touch(0o600)
    file.write_text("# a comment\n\nTF_VAR_neon_api_key='from-file'\nexport OTHER=\"a=b\"\nEMPTY=\n", encoding="utf-8")
    return file


def test_variables_are_added_and_masked(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    context = Context.read({"PATH": "/bin"}, env_file=file)
    assert context.environment == {"PATH": "/bin", "TF_VAR_neon_api_key": "from-file", "OTHER": "a=b"}
    context.console.say("the key is from-file")
    assert "from-file" not in capsys.readouterr().out


@pytest.mark.parametrize("name", ["TF_VAR_neon_api_key", "NEON_API_KEY"])
def test_the_shell_wins_whichever_name_it_uses(file: Path, name: str) -> None:
    assert with_env_file({name: "from-shell"}, file) == {name: "from-shell", "OTHER": "a=b"}


@pytest.mark.parametrize("name", ["NEON_API_BASE_URL", "CLOUDFLARE_BASE_URL", "AWS_ENDPOINT_URL"])
def test_credentials_are_not_sent_to_another_address(file: Path, name: str) -> None:
    assert with_env_file({name: "http://127.0.0.1:1"}, file) == {name: "http://127.0.0.1:1"}


def test_a_missing_file_adds_nothing(tmp_path: Path) -> None:
    assert with_env_file({"A": "b"}, tmp_path / ".env") == {"A": "b"}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_file_that_others_can_open_is_refused(file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(OpsError, match=r"others can open it.*chmod 600"):
        with_env_file({}, file)


def test_a_damaged_line_is_named_but_not_quoted(file: Path) -> None:
    file.write_text("A=b\na-secret\n", encoding="utf-8")
    with pytest.raises(OpsError, match="line 2 is not NAME=value") as caught:
        with_env_file({}, file)
    assert "a-secret" not in str(caught.value)
