"""The policy skips nothing in silence: no file, no error of checkov, no finding, no unused skip."""

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import ROOT
from tools.policy import __main__ as command
from tools.policy import checkov_scan as scan_module
from tools.policy.checkov_scan import PolicyError, Result, scan
from tools.policy.readable_stacks import readable, write
from tools.policy.skips import Skip, load_skips, report

pytestmark = pytest.mark.slow

STACK: dict[str, Any] = {
    "//": {"metadata": {"stackName": "any"}},
    "moved": [{"from": "module.db.aws_db_instance.a", "to": "aws_db_instance.a"}],
    "output": {"it": {"value": "x"}},
    "provider": {"aws": [{}]},
    "resource": {"aws_db_instance": {"open": {"publicly_accessible": True}, "closed": {"publicly_accessible": False}}},
    "terraform": {"required_version": ">= 1.11.0", "backend": {"s3": {"bucket": "b"}}},
}


def _scan(folder: Path, stack: dict[str, Any] = STACK) -> list[Result]:
    return scan(folder, {"any": write(stack, folder / "any/cdk.tf.json")})


@pytest.mark.parametrize(
    ("results", "code", "line"),
    [
        ([], 1, "tools/policy/skips.toml: CKV_AWS_18 at full/state/aws_s3_bucket.state: skips nothing; remove it"),
        (None, 2, ""),
    ],
)
def test_the_command_exits_1_for_findings_and_2_if_the_checks_could_not_run(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    results: list[Result] | None,
    code: int,
    line: str,
) -> None:
    def check() -> list[Result]:
        if results is None:
            raise PolicyError("checkov is gone")
        return results

    monkeypatch.setattr(command, "check", check)
    assert command.main() == code
    printed = capsys.readouterr()
    assert line in printed.out.splitlines() or printed.out == line
    assert printed.err == ("" if results is not None else "policy: checkov is gone\n")


def test_checkov_gets_everything_but_the_two_parts_that_it_cannot_read() -> None:
    left = readable(STACK)
    assert set(STACK) - set(left) == {"moved"}
    assert left["terraform"] == {"backend": STACK["terraform"]["backend"]}
    assert {key: left[key] for key in left if key != "terraform"} == {
        key: STACK[key] for key in left if key != "terraform"
    }


def test_a_stack_that_checkov_cannot_read_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "any/cdk.tf.json"
    file.parent.mkdir()
    file.write_text(json.dumps(STACK))
    with pytest.raises(PolicyError, match=r"did not check everything: Failed to parse template.*cdk\.tf\.json"):
        scan(tmp_path, {})


def test_a_folder_without_stacks_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="checked nothing"):
        scan(tmp_path, {})


def test_a_missing_checkov_is_an_error_that_names_the_command_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan_module, "CHECKOV", ROOT / "no-such-folder/checkov")
    with pytest.raises(PolicyError, match="no-such-folder/checkov: is missing; run make policy"):
        scan(tmp_path, {})


@pytest.fixture
def proxy() -> Iterator[tuple[str, list[bytes]]]:
    """The address of a proxy that never responds, and the requests that it got."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(5)
                    asked.append(connection.recv(200))

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", asked
        server.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_checkov_sends_no_request_and_gets_no_api_key_of_its_vendor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proxy: tuple[str, list[bytes]]
) -> None:
    address, asked = proxy
    monkeypatch.setenv("BC_API_KEY", "of-an-owner")
    given = scan_module.environment(tmp_path)
    assert "of-an-owner" not in given.values()
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy"), address)

    def environment(home: Path) -> dict[str, str]:
        return given | proxies

    monkeypatch.setattr(scan_module, "environment", environment)
    results = _scan(tmp_path)
    assert asked == []
    public = [(result.address, result.passed) for result in results if result.check == "CKV_AWS_17"]
    assert public == [("aws_db_instance.open", False), ("aws_db_instance.closed", True)]


def _result(check: str = "CKV_X_1", *, passed: bool = False) -> Result:
    return Result(place="full/state", address="aws_s3_bucket.state", check=check, title="Ensure it", passed=passed)


def _skip(where: str, check: str = "CKV_X_1") -> Skip:
    return Skip(check=check, where=where, reason="for a good reason")


LINE = (
    "full/state: aws_s3_bucket.state: CKV_X_1: Ensure it; fix it, or skip it with a reason in tools/policy/skips.toml"
)


def test_a_finding_without_a_skip_is_reported() -> None:
    assert report([_result()], []) == [LINE]


@pytest.mark.parametrize("where", ["full/state/aws_s3_bucket.state", "*/state/*"])
def test_a_skip_accepts_its_finding(where: str) -> None:
    assert report([_result()], [_skip(where)]) == []


@pytest.mark.parametrize(
    "skip", [_skip("full/state/aws_s3_bucket.other"), _skip("full/state/aws_s3_bucket.state", "CKV_X_2")]
)
def test_an_unused_skip_is_reported_beside_the_finding(skip: Skip) -> None:
    unused = f"tools/policy/skips.toml: {skip.check} at {skip.where}: skips nothing; remove it"
    assert report([_result()], [skip]) == [LINE, unused]


def test_a_skip_of_a_passing_check_is_reported() -> None:
    assert len(report([_result(passed=True)], [_skip("*")])) == 1


@pytest.mark.parametrize(
    "text",
    [
        '[[skip]]\ncheck = "CKV_X_1"\nwhere = ["*"]\n',
        '[[skip]]\ncheck = "CKV_X_1"\nwhere = ["*"]\nreason = ""\n',
        '[[skip]]\ncheck = "CKV_X_1"\nwhere = ["*"]\nreason = "because"\n',
        '[[skip]]\ncheck = "CKV_X_1"\nwhere = []\nreason = "for a good reason"\n',
        '[[skip]]\ncheck = "CKV_X_1"\nwhere = ["*"]\nreason = "for a good reason"\nuntil = "never"\n',
        "[[skip]\n",
    ],
)
def test_a_skip_without_a_reason_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "skips.toml"
    file.write_text(text)
    with pytest.raises(PolicyError) as error:
        load_skips(file)
    assert len(str(error.value).splitlines()) == 1
    assert str(error.value).startswith("skips.toml: ")


def test_the_committed_skips_name_one_place_each() -> None:
    # A star would hide what comes later.
    assert [skip for skip in load_skips() if "*" in skip.where] == []
