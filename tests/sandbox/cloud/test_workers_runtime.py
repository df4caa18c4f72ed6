"""The runtime with real workerd: versions side by side, switched without a failed request."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import threading
from collections.abc import Generator
from pathlib import Path

import httpx
import psutil
import pytest

from sandbox.cloud.document_store import Document
from sandbox.cloud.workers import worker_runtime as runtime_module
from sandbox.cloud.workers.worker_runtime import Front, Runtime, RuntimeFailedError, Target

RUNNER = Path(runtime_module.__file__).parent / "runner" / "node_modules" / "miniflare"
pytestmark = pytest.mark.skipif(not RUNNER.is_dir(), reason="the Workers' runtime is not installed: run `make app`")

WORKER = """export default { async fetch(request, env) {
  const url = new URL(request.url);
  if (url.pathname === "/slow") await new Promise((resolve) => setTimeout(resolve, 700));
  if (url.pathname === "/limited") return new Response(String((await env.LIMIT.limit({ key: "k" })).success));
  if (url.pathname === "/echo") return new Response(request.body, { status: 201, headers: { "x-m": request.method } });
  return Response.json({ version: env.VERSION, host: url.host, client: request.headers.get("cf-connecting-ip") });
} }"""
CODE = {"broken": "export default {", "throws": "throw new Error('at its start')"}
SECONDS = 30


def options(version_id: str) -> Document:
    code = CODE.get(version_id, WORKER)
    return {
        "modules": [{"type": "ESModule", "path": "/index.js", "contents": base64.b64encode(code.encode()).decode()}],
        "modulesRoot": "/",
        "compatibilityDate": "2025-09-27",
        "compatibilityFlags": ["nodejs_compat"],
        "bindings": {"VERSION": version_id},
        "ratelimits": {"LIMIT": {"namespace_id": "1", "simple": {"limit": 3, "period": 60}}},
    }


@pytest.fixture
def runtime(tmp_path: Path) -> Generator[Runtime]:
    runtime = Runtime(tmp_path, options)
    yield runtime
    runtime.stop()


def front(*parts: tuple[str, float], port: int = 0, keep: tuple[str, ...] = ()) -> Front:
    targets = [Target(name, part) for name, part in parts]
    return Front("api", "api.acme.workers.dev", port, targets, [*(target.id for target in targets), *keep])


def process_of(runtime: Runtime) -> subprocess.Popen[str]:
    return vars(runtime)["_process"]


# httpx reads the certificates of the machine for each client, which takes longer than all the rest.
CLIENT = httpx.Client(verify=False, timeout=SECONDS)  # noqa: S501 - plain HTTP on loopback


def version(port: int, **headers: str) -> str:
    return CLIENT.get(f"http://127.0.0.1:{port}/", headers=headers).json()["version"]


def test_a_worker_answers_as_at_its_own_address(runtime: Runtime) -> None:
    port = runtime.route(front(("one", 100)))
    answer = CLIENT.get(f"http://127.0.0.1:{port}/").json()
    assert answer == {"version": "one", "host": "api.acme.workers.dev", "client": "127.0.0.1"}
    echo = CLIENT.post(f"http://127.0.0.1:{port}/echo", content=b"x" * 300_000)
    assert (echo.status_code, echo.headers["x-m"], len(echo.content)) == (201, "POST", 300_000)


def test_a_rate_limit_counts(runtime: Runtime) -> None:
    port = runtime.route(front(("one", 100)))
    answers = [CLIENT.get(f"http://127.0.0.1:{port}/limited").text for _ in range(8)]
    # A window begins at the full minute, so one may begin in between.
    assert answers[0] == "true"
    assert 3 <= answers.count("true") <= 6
    assert answers.count("false") == 8 - answers.count("true")


@pytest.mark.parametrize(("name", "reason"), [("broken", "SyntaxError"), ("throws", "at its start")])
def test_a_version_that_does_not_start_says_why_and_affects_no_other(runtime: Runtime, name: str, reason: str) -> None:
    port = runtime.route(front(("one", 100)))
    with pytest.raises(RuntimeFailedError, match=reason):
        runtime.start("api", name)
    assert version(port) == "one"


def test_switching_versions_fails_no_request(runtime: Runtime) -> None:
    port = runtime.route(front(("v0", 100)))
    stop, failures, seen = threading.Event(), list[str](), set[str]()

    def ask(path: str) -> None:
        while not stop.is_set():
            try:
                seen.add(CLIENT.get(f"http://127.0.0.1:{port}{path}").raise_for_status().json()["version"])
            except httpx.HTTPError as error:
                failures.append(f"{path}: {error!r}")

    threads = [threading.Thread(target=ask, args=(path,)) for path in ("/", "/", "/slow")]
    for thread in threads:
        thread.start()
    names = ["v1", "v2", "v3", "v0"]
    for name in names:
        runtime.route(front((name, 100), port=port))
        assert version(port) == name
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert seen >= set(names)


def test_requests_are_split_and_a_header_or_a_preview_address_chooses(runtime: Runtime) -> None:
    other = "aaaaaaaa-0000"
    runtime.start("api", "bbbbbbbb-0000")
    port = runtime.route(front(("one", 100), (other, 0), keep=("bbbbbbbb-0000",)))
    assert {version(port) for _ in range(20)} == {"one"}
    assert version(port, **{"Cloudflare-Workers-Version-Overrides": f'api="{other}"'}) == other
    assert version(port, **{"Cloudflare-Workers-Version-Overrides": 'api="bbbbbbbb-0000"'}) == "one"
    assert version(port, Host="bbbbbbbb-api.acme.workers.dev") == "bbbbbbbb-0000"
    runtime.route(front(("one", 50), (other, 50), port=port))
    # Sixty requests of one side alone come once in 10^18 tries.
    assert {version(port) for _ in range(60)} == {"one", other}
    assert CLIENT.get(f"http://127.0.0.1:{port}/", headers={"Host": "bbbbbbbb-api.acme.workers.dev"}).status_code == 404


def test_after_its_process_is_killed_all_is_served_again_on_the_same_port(runtime: Runtime) -> None:
    port = runtime.route(front(("one", 100)))
    os.kill(process_of(runtime).pid, signal.SIGKILL)
    process_of(runtime).wait()
    runtime.start("api", "two")
    assert version(port) == "one"
    assert runtime.route(front(("two", 100), port=port)) == port
    assert version(port) == "two"


def test_a_removed_worker_is_no_longer_served(runtime: Runtime) -> None:
    port = runtime.route(front(("one", 100)))
    runtime.remove("api")
    with pytest.raises(httpx.ConnectError):
        CLIENT.get(f"http://127.0.0.1:{port}/")


def test_stopping_leaves_no_process_and_no_temporary_file(runtime: Runtime, tmp_path: Path) -> None:
    runtime.route(front(("one", 100)))
    family = [
        psutil.Process(process_of(runtime).pid),
        *psutil.Process(process_of(runtime).pid).children(recursive=True),
    ]
    assert any("workerd" in process.name() for process in family)
    runtime.stop()
    _, alive = psutil.wait_procs(family, timeout=SECONDS)
    assert alive == []
    assert [path.name for path in tmp_path.iterdir()] == ["workers.log"]


def test_a_sandbox_without_the_runtime_says_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime_module, "_RUNNER", tmp_path)
    with pytest.raises(RuntimeFailedError, match="make app"):
        Runtime(tmp_path, options).start("api", "one")
