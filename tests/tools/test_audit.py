"""The audit against a source of advisories on this machine: what it finds, and what it could not ask."""

import gzip
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tools import audit
from tools.audit import NotCheckedError, Vulnerability, audit_node, audit_python
from tools.secret_scan import tracked_files

LOCK = "sample==1.2.3 --hash=sha256:" + "0" * 64 + "\n"
OSV = {
    "vulns": [
        {
            "id": "OSV-1",
            "summary": "It breaks",
            "affected": [
                {
                    "package": {"name": "sample", "ecosystem": "PyPI"},
                    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2.4"}]}],
                }
            ],
        }
    ]
}
NPM = {
    "sample": [
        {
            "id": 1,
            "url": "https://advisories.example/1",
            "title": "It breaks",
            "severity": "high",
            "vulnerable_versions": "<1.2.4",
            "cwe": [],
            "cvss": {"score": 0, "vectorString": None},
        }
    ]
}
PACKAGES = {
    "": {"name": "app", "version": "1.0.0", "dependencies": {"sample": "1.2.3"}},
    "node_modules/sample": {"version": "1.2.3", "license": "MIT"},
}
VERSIONS = {version: {"name": "sample", "version": version} for version in ("1.2.3", "1.2.4")}


@dataclass
class Advisories:
    """What the source answers: a status and a document."""

    address: str
    status: int = 200
    osv: Any = field(default_factory=dict[str, Any])
    npm: Any = field(default_factory=dict[str, Any])
    asked: list[Any] = field(default_factory=list[Any])


@pytest.fixture
def advisories(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Advisories]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self, document: Any) -> None:
            body = json.dumps(document).encode()
            self.send_response(source.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            text = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
            source.asked.append(json.loads(text))
            self._answer(source.osv if self.path == "/osv" else source.npm)

        def do_GET(self) -> None:
            self._answer({"name": "sample", "dist-tags": {"latest": "1.2.4"}, "versions": VERSIONS})

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    source = Advisories(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("OSV_URL", f"{source.address}/osv")
    monkeypatch.setenv("npm_config_registry", source.address)
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm-cache"))
    yield source
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    file = tmp_path / "python.txt"
    file.write_text(LOCK)
    return file


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "package.json").write_text(json.dumps(PACKAGES[""]))
    document = {"name": "app", "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": PACKAGES}
    (folder / "package-lock.json").write_text(json.dumps(document))
    return folder


def test_a_python_package_without_advisories_is_clean(advisories: Advisories, lock: Path) -> None:
    assert audit_python(lock) == []
    assert [(asked["package"]["name"], asked["version"]) for asked in advisories.asked] == [("sample", "1.2.3")]


def test_a_vulnerable_python_package_is_named_with_its_mending_version(advisories: Advisories, lock: Path) -> None:
    advisories.osv = OSV
    assert audit_python(lock) == [Vulnerability("sample 1.2.3", "OSV-1", "update to 1.2.4")]


def test_a_node_package_without_advisories_is_clean(advisories: Advisories, project: Path) -> None:
    assert audit_node(project) == []
    assert advisories.asked == [{"sample": ["1.2.3"]}]


def test_a_vulnerable_node_package_is_named(advisories: Advisories, project: Path) -> None:
    advisories.npm = NPM
    assert audit_node(project) == [Vulnerability("sample 1.2.3", "https://advisories.example/1", "update it")]


@pytest.mark.parametrize("status", [405, 500])
def test_a_source_that_refuses_is_not_checked(advisories: Advisories, lock: Path, project: Path, status: int) -> None:
    advisories.status = status
    for ask, path in ((audit_python, lock), (audit_node, project)):
        with pytest.raises(NotCheckedError) as error:
            ask(path)
        assert len(str(error.value).splitlines()) == 1


def test_a_source_that_is_not_there_is_not_checked(lock: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OSV_URL", "http://127.0.0.1:9/osv")
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    for ask, path in ((audit_python, lock), (audit_node, project)):
        with pytest.raises(NotCheckedError):
            ask(path)


SOME = [Vulnerability("sample 1.2.3", "OSV-1", "update to 1.2.4")]


@pytest.mark.parametrize(
    ("python", "node", "code", "lines"),
    [
        ([], [], 0, []),
        (SOME, [], 1, ["  sample 1.2.3: OSV-1; update to 1.2.4"]),
        ([], None, 3, ["package-lock.json: not checked: nobody there"]),
        (SOME, None, 1, ["package-lock.json: not checked: nobody there", "  sample 1.2.3: OSV-1; update to 1.2.4"]),
    ],
)
def test_what_was_not_checked_never_counts_as_passed(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    python: list[Vulnerability],
    node: list[Vulnerability] | None,
    code: int,
    lines: list[str],
) -> None:
    def ask_python(lock: Path) -> list[Vulnerability]:
        return python

    def ask_node(project: Path) -> list[Vulnerability]:
        if node is None:
            raise NotCheckedError("nobody there")
        return node

    monkeypatch.setattr(audit, "audit_python", ask_python)
    monkeypatch.setattr(audit, "audit_node", ask_node)
    assert audit.main() == code
    printed = capsys.readouterr().out.splitlines()
    assert set(lines) <= set(printed)
    assert (
        f"audit: {len(audit.NODE_PROJECTS)} of {len(audit.PYTHON_LOCKS) + len(audit.NODE_PROJECTS)} lock files"
        in "".join(printed)
    ) is (node is None)


def test_every_lock_file_is_audited() -> None:
    tracked = [Path(name) for name in tracked_files() if not name.startswith("tests/")]
    assert {str(file.parent) for file in tracked if file.name == "package-lock.json"} == set(audit.NODE_PROJECTS)
