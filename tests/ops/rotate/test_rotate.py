"""Rotation against the local cloud: at every moment a working key is in the owner's hands."""

import errno
import itertools
import os
import shlex
import signal
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import httpx
import pytest
import typer

from ops.cli import app
from ops.clouds.api_keys import NeonKeys
from ops.clouds.neon import Neon
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.rotate.secret_file import SecretFile
from sandbox.cloud.cloud_seed import CloudSeed
from tests.ops.preview_cloud import PreviewCloud
from tests.sandbox.cloud.world import CLOUDFLARE_TOKEN, NEON_KEY

pytestmark = pytest.mark.slow

FIRST_KEY = 3_083_288


def run(context: Context, *arguments: str) -> int:
    command: Any = typer.main.get_command(app)
    return command.main(args=["rotate", *arguments], prog_name="ops", obj=context, standalone_mode=False)


def sourced(file: Path) -> dict[str, str]:
    """The variables that a shell has after it took a file in."""
    command = f". {shlex.quote(str(file))} && env -0"
    printed = subprocess.run(["sh", "-c", command], env={}, capture_output=True, check=True, text=True).stdout
    return dict(line.split("=", 1) for line in printed.split("\0") if line)


def neon_status(cloud: PreviewCloud, key: str) -> int:
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.get(f"{cloud.url}/api/v2/projects", headers=headers).status_code


def key_names(cloud: PreviewCloud, key: str = NEON_KEY) -> list[str]:
    headers = {"Authorization": f"Bearer {key}"}
    return [item["name"] for item in httpx.get(f"{cloud.url}/api/v2/api_keys", headers=headers).json()]


def token_status(cloud: PreviewCloud, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.get(f"{cloud.url}/client/v4/user/tokens/verify", headers=headers).status_code


# Neon


def test_a_new_neon_key_is_written_and_works_and_the_old_one_still_does(
    preview_cloud: PreviewCloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "new.env"
    assert run(preview_cloud.context(), "neon", "--into", str(file)) == 0
    new = sourced(file)["NEON_API_KEY"]
    assert new != NEON_KEY
    assert neon_status(preview_cloud, new) == neon_status(preview_cloud, NEON_KEY) == 200
    assert file.stat().st_mode & 0o777 == 0o600
    printed = "".join(capsys.readouterr())
    assert new not in printed
    assert "the old key still works; revoke it with: python -m ops rotate neon --revoke ID" in printed
    assert f'(. {file} && printf %s "$NEON_API_KEY" | gh secret set NEON_API_KEY --repo someone/inf' in printed


def test_a_file_in_the_present_folder_is_named_so_that_a_shell_finds_it(
    preview_cloud: PreviewCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    assert run(preview_cloud.context(), "neon", "--into", "a file") == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("load it")]
    printed = subprocess.run(
        ["sh", "-c", f'{line.partition(": ")[2]} && printf %s "$NEON_API_KEY"'], env={}, capture_output=True, text=True
    )
    assert neon_status(preview_cloud, printed.stdout) == 200


def test_the_old_neon_key_is_revoked_once_the_new_one_works(preview_cloud: PreviewCloud, tmp_path: Path):
    file = tmp_path / "new.env"
    assert run(preview_cloud.context(), "neon", "--into", str(file), "--revoke", str(FIRST_KEY), "--yes") == 0
    new = sourced(file)["NEON_API_KEY"]
    assert neon_status(preview_cloud, NEON_KEY) == 401
    assert neon_status(preview_cloud, new) == 200
    assert len(key_names(preview_cloud, new)) == 1


def test_the_old_neon_key_is_revoked_later_with_the_new_one(preview_cloud: PreviewCloud, tmp_path: Path):
    run(preview_cloud.context(), "neon", "--into", str(tmp_path / "new.env"))
    after = preview_cloud.context(**sourced(tmp_path / "new.env"))
    assert run(after, "neon", "--revoke", str(FIRST_KEY), "--yes") == 0
    assert neon_status(preview_cloud, NEON_KEY) == 401
    with pytest.raises(OpsError, match="is the newest key and is not revoked"):
        run(after, "neon", "--revoke", str(FIRST_KEY + 1), "--yes")


def test_a_revoked_neon_key_that_was_not_the_one_in_use_is_reported(
    preview_cloud: PreviewCloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    preview_cloud.neon("POST", "/api_keys", {"key_name": "a colleague's"})
    arguments = ["--into", str(tmp_path / "new.env"), "--revoke", str(FIRST_KEY + 1), "--yes"]
    assert run(preview_cloud.context(), "neon", *arguments) == 1
    assert "revoked: a colleague's, but the key in use still works" in capsys.readouterr().err
    assert neon_status(preview_cloud, NEON_KEY) == 200


def test_an_organizations_neon_key_is_made_with_a_persons(preview_cloud: PreviewCloud, tmp_path: Path):
    file = tmp_path / "new.env"
    assert run(preview_cloud.context(), "neon", "--organization", "--into", str(file)) == 0
    keys = preview_cloud.neon("GET", f"/organizations/{CloudSeed.org_id}/api_keys")
    assert len(keys) == 1
    assert neon_status(preview_cloud, sourced(file)["NEON_API_KEY"]) == 200
    assert key_names(preview_cloud) == ["first"]


@pytest.mark.parametrize(("revoke", "message"), [("7", "there is no key 7; there are: 3083288  first"), (None, "")])
def test_nothing_is_made_where_the_rest_could_not_be_done(
    preview_cloud: PreviewCloud, tmp_path: Path, revoke: str | None, message: str
):
    file = tmp_path / "new.env"
    if revoke is None:
        file.write_text("mine")
        message = "already exists; choose another file, or replace it with --force"
    arguments = ["--revoke", revoke, "--yes"] if revoke else []
    with pytest.raises(OpsError, match=message):
        run(preview_cloud.context(), "neon", "--into", str(file), *arguments)
    assert key_names(preview_cloud) == ["first"]
    assert not file.exists() or file.read_text() == "mine"


def test_nothing_is_revoked_unless_it_is_confirmed(
    preview_cloud: PreviewCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("sys.stdin", (tmp_path / "empty").open("w+"))
    context = preview_cloud.context()
    for arguments in (
        ["neon", "--into", str(tmp_path / "a"), "--revoke", str(FIRST_KEY)],
        ["cloudflare", "--into", str(tmp_path / "a")],
        ["database", "dev"],
    ):
        before = preview_cloud.password(preview_cloud.dev)
        with pytest.raises(OpsError, match="not confirmed: nothing was changed"):
            run(context, *arguments)
        assert key_names(preview_cloud) == ["first"]
        assert token_status(preview_cloud, CLOUDFLARE_TOKEN) == 200
        assert preview_cloud.password(preview_cloud.dev) == before
    assert not (tmp_path / "a").exists()


def test_a_refusal_and_a_lost_answer_of_neons_leave_the_old_key(preview_cloud: PreviewCloud, tmp_path: Path):
    file, context = tmp_path / "new.env", preview_cloud.context()
    preview_cloud.fault("POST", "/api_keys$", 403)
    with pytest.raises(OpsError, match=r"Neon refused to create a key \(403\): it takes a personal key"):
        run(context, "neon", "--into", str(file), "--revoke", str(FIRST_KEY), "--yes")
    preview_cloud.fault("POST", "/api_keys$", 500, when="after")
    with pytest.raises(OpsError, match=r"if there is now a key called intent-expense-tracker .*, nobody has its value"):
        run(context, "neon", "--into", str(file), "--revoke", str(FIRST_KEY), "--yes")
    assert neon_status(preview_cloud, NEON_KEY) == 200
    assert [item.name for item in tmp_path.iterdir() if "secret" in item.name or item == file] == []
    assert len(key_names(preview_cloud)) == 2


def test_the_old_neon_key_stays_where_the_new_one_does_not_reach_the_project(
    preview_cloud: PreviewCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(NeonKeys, "reached", Mock(side_effect=[["project-1"], []]))
    with pytest.raises(OpsError, match="reaches other projects than the old one, which still works"):
        run(preview_cloud.context(), "neon", "--into", str(tmp_path / "a"), "--revoke", str(FIRST_KEY), "--yes")
    assert neon_status(preview_cloud, NEON_KEY) == 200
    assert neon_status(preview_cloud, sourced(tmp_path / "a")["NEON_API_KEY"]) == 200


# Cloudflare


def test_cloudflares_token_is_rolled_and_written(
    preview_cloud: PreviewCloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "new.env"
    # Both variables: the Terraform one wins, so the old value must stay in neither.
    context = preview_cloud.context(TF_VAR_cloudflare_api_token=CLOUDFLARE_TOKEN)
    assert run(context, "cloudflare", "--into", str(file), "--yes") == 0
    new = sourced(file)
    assert new["CLOUDFLARE_API_TOKEN"] == new["TF_VAR_cloudflare_api_token"] != CLOUDFLARE_TOKEN
    assert token_status(preview_cloud, CLOUDFLARE_TOKEN) == 401
    assert token_status(preview_cloud, new["CLOUDFLARE_API_TOKEN"]) == 200
    printed = "".join(capsys.readouterr())
    assert new["CLOUDFLARE_API_TOKEN"] not in printed
    assert "the new value works" in printed
    assert "gh secret set CLOUDFLARE_API_TOKEN --repo sebastianiv21/intent-expense-tracker" in printed


def test_a_token_of_the_account_is_rolled_there(preview_cloud: PreviewCloud, tmp_path: Path):
    preview_cloud.fault("GET", "/user/tokens/verify$", 401, times=9)
    assert run(preview_cloud.context(), "cloudflare", "--into", str(tmp_path / "new.env"), "--yes") == 0
    log = httpx.get(f"{preview_cloud.url}/_sandbox/log").json()
    rolled = [entry["path"] for entry in log if entry["method"] == "PUT" and entry["path"].endswith("/value")]
    assert len(rolled) == 1
    assert f"/accounts/{CloudSeed.account_id}/tokens/" in rolled[0]


def test_a_token_that_may_not_roll_itself_is_one_line_with_the_dashboards_way(
    preview_cloud: PreviewCloud, tmp_path: Path
):
    preview_cloud.fault("PUT", "/value$", 403)
    with pytest.raises(OpsError, match=r"\(403\), so nothing changed.*API Tokens: Edit; or roll it in the dashboard"):
        run(preview_cloud.context(), "cloudflare", "--into", str(tmp_path / "a"), "--yes")
    assert token_status(preview_cloud, CLOUDFLARE_TOKEN) == 200
    assert not (tmp_path / "a").exists()


def test_a_lost_answer_to_the_roll_is_not_retried_and_is_reported(preview_cloud: PreviewCloud, tmp_path: Path):
    preview_cloud.fault("PUT", "/value$", 500, when="after", times=5)
    with pytest.raises(OpsError, match="may have a new value that nobody has: check whether the old one still works"):
        run(preview_cloud.context(), "cloudflare", "--into", str(tmp_path / "a"), "--yes")
    assert preview_cloud.faults_left() == 4


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_waits_until_the_only_copy_is_stored(
    preview_cloud: PreviewCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
):
    write = SecretFile.write

    def interrupted(file: SecretFile, variables: dict[str, str]) -> None:
        signal.pthread_kill(threading.get_ident(), number)
        write(file, variables)

    monkeypatch.setattr(SecretFile, "write", interrupted)
    before = signal.signal(number, signal.default_int_handler)
    try:
        code = run(preview_cloud.context(), "cloudflare", "--into", str(tmp_path / "new.env"), "--yes")
    finally:
        signal.signal(number, before)
    assert code == 130
    assert token_status(preview_cloud, sourced(tmp_path / "new.env")["CLOUDFLARE_API_TOKEN"]) == 200


# A full disk


def fill_disk(monkeypatch: pytest.MonkeyPatch, *, after: int) -> None:
    """After this many calls nothing reaches the disk, as on a file system that allocates late."""
    fsync, calls = os.fsync, itertools.count()

    def full(descriptor: int) -> None:
        if next(calls) >= after:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(descriptor)

    monkeypatch.setattr("ops.rotate.secret_file.os.fsync", full)


@pytest.fixture
def spare_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.parametrize("service", ["neon", "cloudflare"])
def test_a_full_disk_is_found_before_a_service_is_asked(
    preview_cloud: PreviewCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: str
):
    fill_disk(monkeypatch, after=0)
    arguments = [service, "--into", str(tmp_path / "new.env"), *(["--yes"] if service == "cloudflare" else [])]
    with pytest.raises(OpsError, match=r"new.env: can't be written: No space left on device; choose another file"):
        run(preview_cloud.context(), *arguments)
    assert token_status(preview_cloud, CLOUDFLARE_TOKEN) == 200
    assert key_names(preview_cloud) == ["first"]
    assert not list(tmp_path.glob("**/.secret-*"))


def test_a_token_that_can_not_be_stored_is_in_a_second_place(
    preview_cloud: PreviewCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spare_folder: Path
):
    into, context = tmp_path / "new.env", preview_cloud.context()

    replace = Path.replace

    def unwritable(file: Path, target: Path) -> Path:
        if file.name.startswith(".secret-"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return replace(file, target)

    monkeypatch.setattr(Path, "replace", unwritable)
    with pytest.raises(OpsError, match=r"the token's new value is in .* instead") as failure:
        run(context, "cloudflare", "--into", str(into), "--yes")
    assert len(str(failure.value).splitlines()) == 1
    (spare,) = spare_folder.iterdir()
    assert str(spare) in str(failure.value)
    assert spare.stat().st_mode & 0o777 == 0o600
    assert not into.exists()
    assert token_status(preview_cloud, sourced(spare)["CLOUDFLARE_API_TOKEN"]) == 200


@pytest.mark.parametrize("agrees", [True, False])
def test_a_token_that_no_file_can_store_is_shown_after_asking(
    preview_cloud: PreviewCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, agrees: bool
):
    shown: list[str] = []

    def show(secret: str) -> bool:
        if agrees:
            shown.append(secret)
        return agrees

    monkeypatch.setattr("ops.commands.rotate_commands.reveal", show)
    # The two reservations succeed, and then nothing more reaches the disk.
    fill_disk(monkeypatch, after=2)
    expected = "was shown on the terminal only" if agrees else "nobody has the token's new value: roll it again"
    with pytest.raises(OpsError, match=expected):
        run(preview_cloud.context(), "cloudflare", "--into", str(tmp_path / "new.env"), "--yes")
    assert [token_status(preview_cloud, value) for value in shown] == ([200] if agrees else [])


def test_a_neon_key_that_can_not_be_stored_is_revoked_again(
    preview_cloud: PreviewCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    fill_disk(monkeypatch, after=2)
    with pytest.raises(OpsError, match=r"No space left on device\); the new key was revoked again") as failure:
        run(preview_cloud.context(), "neon", "--into", str(tmp_path / "new.env"))
    assert len(str(failure.value).splitlines()) == 1
    assert key_names(preview_cloud) == ["first"]
    assert neon_status(preview_cloud, NEON_KEY) == 200
    assert not (tmp_path / "new.env").exists()


def test_a_neon_key_that_can_neither_be_stored_nor_revoked_is_named(
    preview_cloud: PreviewCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    fill_disk(monkeypatch, after=2)
    preview_cloud.fault("DELETE", "/api_keys/", 403)
    with pytest.raises(OpsError, match=rf"so revoke it: ops rotate neon --revoke {FIRST_KEY + 1}"):
        run(preview_cloud.context(), "neon", "--into", str(tmp_path / "new.env"))
    assert len(key_names(preview_cloud)) == 2


def test_a_reserved_file_has_room_on_disk_for_the_secret(tmp_path: Path):
    with SecretFile(tmp_path / "s.env", force=False):
        (reserved,) = [file for file in tmp_path.iterdir() if file.name.startswith(".secret-")]
        assert reserved.stat().st_blocks * 512 >= 16 * 1024


def test_a_disk_that_loses_what_it_was_given_is_found_before_a_service_is_asked(
    preview_cloud: PreviewCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def forgets(file: Path) -> bytes:
        with file.open("rb") as opened:
            return b"" if file.name.startswith(".secret-") else opened.read()

    monkeypatch.setattr(Path, "read_bytes", forgets)
    with pytest.raises(OpsError, match=r"new.env: can't be written: it does not hold what was written; choose another"):
        run(preview_cloud.context(), "cloudflare", "--into", str(tmp_path / "new.env"), "--yes")
    assert token_status(preview_cloud, CLOUDFLARE_TOKEN) == 200
    assert not list(tmp_path.glob("**/.secret-*"))


# The file


def test_a_secret_file_is_replaced_only_by_force_and_holds_any_value(tmp_path: Path):
    file, value = tmp_path / "s.env", 'it\'s $HOME `x` \\ "y"'
    with SecretFile(file, force=False) as first:
        first.write({"A": value})
    with pytest.raises(OpsError, match="already exists"):
        SecretFile(file, force=False)
    assert sourced(file)["A"] == value
    with SecretFile(file, force=True) as unused:
        assert unused.path == file
    assert sourced(file)["A"] == value
    with SecretFile(file, force=True) as second:
        second.write({"A": "2", "B": "3"})
    assert sourced(file)["A"] == "2"
    assert sourced(file)["B"] == "3"
    assert list(tmp_path.iterdir()) == [file]


def test_a_place_that_can_t_be_written_to_is_one_line(tmp_path: Path):
    with pytest.raises(OpsError, match=r"no/s.env: can't be written: No such file or directory; choose another file"):
        SecretFile(tmp_path / "no" / "s.env", force=False)


# The database


def test_a_password_is_reset_wherever_the_old_one_was_copied_to(
    preview_cloud: PreviewCloud, capsys: pytest.CaptureFixture[str]
):
    context = preview_cloud.context()
    main = preview_cloud.branches()["main"]["id"]
    path = f"/projects/{preview_cloud.project}/branches"
    preview_cloud.neon("POST", path, {"branch": {"name": "copy", "parent_id": main}})
    own = preview_cloud.neon("POST", path, {"branch": {"name": "own", "parent_id": main}})["branch"]["id"]
    with Neon(context) as neon:
        neon.reset_password(preview_cloud.project, own, "intent_owner")
    ids = {name: branch["id"] for name, branch in preview_cloud.branches().items()}
    before = {name: preview_cloud.password(branch, "intent_owner") for name, branch in ids.items()}
    dev = preview_cloud.password(preview_cloud.dev)
    assert run(context, "database", "production", "--yes") == 0
    after = {name: preview_cloud.password(branch, "intent_owner") for name, branch in ids.items()}
    assert {name for name in ids if after[name] != before[name]} == {"main", "dev", "copy"}
    assert before["main"] not in after.values()
    assert preview_cloud.password(preview_cloud.dev) == dev
    out = capsys.readouterr().out
    assert "password reset on: dev, copy, main" in out
    assert "python -m ops release production --app PATH --id NAME" in out
    assert not any(password in out for password in (*before.values(), *after.values()))


@pytest.mark.parametrize("failing", ["main", "dev"])
def test_a_reset_that_is_cut_off_can_be_run_again(preview_cloud: PreviewCloud, failing: str):
    context, ids = preview_cloud.context(), {name: item["id"] for name, item in preview_cloud.branches().items()}
    before = preview_cloud.password(ids["main"], "intent_owner")
    preview_cloud.fault("POST", f"/{ids[failing]}/roles/intent_owner/reset_password$", 404)
    with pytest.raises(OpsError, match="404"):
        run(context, "database", "production", "--yes")
    assert run(context, "database", "production", "--yes") == 0
    assert before not in [preview_cloud.password(branch, "intent_owner") for branch in ids.values()]


def test_an_unknown_environment_is_one_line(preview_cloud: PreviewCloud):
    with pytest.raises(OpsError, match="there is no environment staging; there are: dev, production"):
        run(preview_cloud.context(), "database", "staging", "--yes")
