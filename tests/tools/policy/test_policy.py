"""What the policy says of the committed settings, and that nothing is passed over: no file, no check, no skip."""

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import ROOT
from tools.policy import __main__ as command
from tools.policy import scan as scan_module
from tools.policy.scan import PolicyError, Result, scan
from tools.policy.skips import Skip, judge, load_skips
from tools.policy.stacks import readable, write

STACK: dict[str, Any] = {
    "//": {"metadata": {"stackName": "any"}},
    "moved": [{"from": "module.db.random_password.a", "to": "random_password.a"}],
    "output": {"it": {"value": "x"}},
    "provider": {"random": [{}]},
    "resource": {"random_password": {"short": {"length": 8}, "long": {"length": 64}}},
    "terraform": {"required_version": ">= 1.11.0", "backend": {"s3": {"bucket": "b"}}},
}


def _scan(folder: Path, stack: dict[str, Any] = STACK) -> list[Result]:
    return scan(folder, {"any": write(stack, folder / "any/cdk.tf.json")})


@pytest.mark.parametrize(
    ("results", "code", "line"),
    [
        ([], 1, "tools/policy/skips.toml: CKV_NEON_5 at settings/project/neon_project.main: skips nothing; remove it"),
        (None, 2, ""),
    ],
)
def test_the_command_ends_with_1_for_findings_and_2_where_it_could_not_look(
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


def test_checkov_gets_all_but_the_two_parts_that_it_cannot_read() -> None:
    left = readable(STACK)
    assert set(STACK) - set(left) == {"moved"}
    assert left["terraform"] == {"backend": STACK["terraform"]["backend"]}
    assert {key: left[key] for key in left if key != "terraform"} == {
        key: STACK[key] for key in left if key != "terraform"
    }


def test_a_stack_that_checkov_cannot_read_is_an_error_and_no_success(tmp_path: Path) -> None:
    file = tmp_path / "any/cdk.tf.json"
    file.parent.mkdir()
    file.write_text(json.dumps(STACK))
    with pytest.raises(PolicyError, match=r"did not check everything: Failed to parse template.*cdk\.tf\.json"):
        scan(tmp_path, {})


def test_a_folder_without_stacks_is_an_error_and_no_success(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="checked nothing"):
        scan(tmp_path, {})


def test_a_check_that_does_not_load_is_an_error_and_no_success(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checks = tmp_path / "checks"
    checks.mkdir()
    (checks / "__init__.py").touch()
    (checks / "broken.py").write_text("import no_such_module\n")
    monkeypatch.setattr(scan_module, "CHECKS", checks)
    with pytest.raises(PolicyError, match="Cannot load external check 'broken'"):
        _scan(tmp_path / "stacks")


def test_a_machine_without_checkov_is_told_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan_module, "CHECKOV", ROOT / "no-such-folder/checkov")
    with pytest.raises(PolicyError, match="no-such-folder/checkov: is missing; run make policy"):
        scan(tmp_path, {})


@pytest.fixture
def proxy() -> Iterator[tuple[str, list[bytes]]]:
    """The address of a proxy that answers nobody, and what it was asked."""
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


def test_checkov_asks_nobody_and_sees_no_key_of_its_makers_platform(
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
    # checkov itself names them `resource.short` and `resource.long`.
    own = [(result.address, result.passed) for result in results if result.check == "CKV_RANDOM_1"]
    assert own == [("random_password.short", False), ("random_password.long", True)]


def _result(check: str = "CKV_X_1", *, passed: bool = False) -> Result:
    return Result(place="full/state", address="aws_s3_bucket.state", check=check, title="Ensure it", passed=passed)


def _skip(where: str, check: str = "CKV_X_1") -> Skip:
    return Skip(check=check, where=where, reason="for a good reason")


LINE = (
    "full/state: aws_s3_bucket.state: CKV_X_1: Ensure it; mend it, or skip it with a reason in tools/policy/skips.toml"
)


def test_a_finding_without_a_skip_is_a_line() -> None:
    assert judge([_result()], [], []) == [LINE]


@pytest.mark.parametrize("where", ["full/state/aws_s3_bucket.state", "*/state/*"])
def test_a_skip_takes_the_finding_away(where: str) -> None:
    assert judge([_result()], [_skip(where)], []) == []


@pytest.mark.parametrize(
    "skip", [_skip("full/state/aws_s3_bucket.other"), _skip("full/state/aws_s3_bucket.state", "CKV_X_2")]
)
def test_a_skip_of_something_else_explains_nothing_and_is_a_line_too(skip: Skip) -> None:
    unused = f"tools/policy/skips.toml: {skip.check} at {skip.where}: skips nothing; remove it"
    assert judge([_result()], [skip], []) == [LINE, unused]


def test_a_skip_of_what_passes_by_now_is_a_line() -> None:
    assert len(judge([_result(passed=True)], [_skip("*")], [])) == 1


def test_a_check_that_saw_no_resource_is_a_line() -> None:
    assert judge([_result(passed=True)], [], ["CKV_X_1", "CKV_X_2"]) == [
        "tools/policy/checks: CKV_X_2: saw no resource; give it one in examples/full.toml, or remove it"
    ]


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
