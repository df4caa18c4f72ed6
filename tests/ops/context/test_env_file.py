"""The owner's .env: what a run takes from it, and when it is refused."""

from pathlib import Path

import pytest

from ops.cli import main
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
    shell = {"PATH": "/bin", "INFRA_SETTINGS": str(file.with_name("settings.toml"))}
    context = Context.read(shell, with_file=True)
    assert context.environment == shell | {"TF_VAR_neon_api_key": "from-file", "OTHER": "a=b"}
    context.console.say("the key is from-file")
    assert "from-file" not in capsys.readouterr().out


@pytest.mark.parametrize("name", ["TF_VAR_neon_api_key", "NEON_API_KEY"])
def test_the_shell_wins_whichever_name_it_uses(file: Path, name: str) -> None:
    assert with_env_file({name: "from-shell"}, file) == {name: "from-shell", "OTHER": "a=b"}


@pytest.mark.parametrize("login", [{"AWS_PROFILE": "work"}, {"AWS_ACCESS_KEY_ID": "AKIA-shell"}])
def test_two_logins_to_aws_are_not_mixed(file: Path, login: dict[str, str]) -> None:
    file.write_text("AWS_ACCESS_KEY_ID=AKIA-file\nAWS_SECRET_ACCESS_KEY=s\nAWS_SESSION_TOKEN=t\n", encoding="utf-8")
    assert with_env_file(login, file) == login


@pytest.mark.parametrize(
    "name",
    ["NEON_API_BASE_URL", "CLOUDFLARE_BASE_URL", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "PUBLIC_ADDRESSES_URL"],
)
def test_credentials_are_not_sent_to_another_address(file: Path, name: str) -> None:
    assert with_env_file({name: "http://127.0.0.1:1"}, file) == {name: "http://127.0.0.1:1"}


@pytest.mark.parametrize("name", ["INFRA_SETTINGS", "AWS_PROFILE", "AWS_ENDPOINT_URL", "NEON_API_BASE_URL", "PATH"])
def test_a_variable_that_only_the_shell_can_set_is_refused(file: Path, name: str) -> None:
    file.write_text(f"A=b\n{name}=a-value\n", encoding="utf-8")
    with pytest.raises(OpsError, match=f"line 2 sets {name}, which is no credential; set it in the shell$"):
        with_env_file({}, file)


def test_another_products_settings_do_not_get_these_credentials(file: Path, tmp_path: Path) -> None:
    shell = {"INFRA_SETTINGS": str(tmp_path / "other" / "settings.toml")}
    assert Context.read(shell, with_file=True).environment == shell
    named = shell | {"INFRA_ENV_FILE": str(file)}
    assert Context.read(named, with_file=True).credentials.need("neon_api_key") == "from-file"
    assert Context.read(named | {"INFRA_ENV_FILE": "/dev/null"}, with_file=True).environment.keys() == named.keys()


def test_a_file_that_is_named_must_exist(tmp_path: Path) -> None:
    with pytest.raises(OpsError, match=r"gone: set in INFRA_ENV_FILE, but doesn't exist; create or unset it$"):
        Context.read({"INFRA_ENV_FILE": str(tmp_path / "gone")}, with_file=True)


def test_a_missing_file_adds_nothing(tmp_path: Path) -> None:
    assert with_env_file({"A": "b"}, tmp_path / ".env") == {"A": "b"}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_file_that_others_can_open_is_refused(file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(OpsError, match=r"others can open it.*chmod 600"):
        with_env_file({}, file)


def test_the_command_line_ends_with_one_line(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INFRA_ENV_FILE", str(file))
    file.chmod(0o644)
    assert main(["cost"]) == 1
    assert capsys.readouterr() == ("", f"{file}: others can open it, and it holds secrets; run chmod 600 {file}\n")


def test_a_damaged_line_is_named_but_not_quoted(file: Path) -> None:
    file.write_text("A=b\na-secret\n", encoding="utf-8")
    with pytest.raises(OpsError, match="line 2 is not NAME=value") as caught:
        with_env_file({}, file)
    assert "a-secret" not in str(caught.value)
