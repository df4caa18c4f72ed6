"""The local cloud in this process, without Postgres and workerd, and an app whose tools are tiny scripts."""

import hashlib
import json
import os
import socket
import sys
import threading
import time
import tomllib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import httpx
import tomli_w
import uvicorn

from ops.context.run_context import Context
from sandbox.cloud.cloud_seed import CloudSeed
from sandbox.cloud.cloud_server import create_app
from sandbox.cloud.document_store import Document
from sandbox.cloud.local_cloud import LocalCloud
from sandbox.cloud.workers.worker_runtime import Front
from tests.sandbox.cloud.fake_databases import FakeDatabases
from tests.sandbox.cloud.world import CLOUDFLARE_TOKEN, NEON_KEY, Clock

ROOT = Path(__file__).parents[2]
SETTINGS = ROOT / "sandbox/fixtures/expense-tracker.toml"
REPOSITORY = "sebastianiv21/intent-expense-tracker"
HEADERS = {"Strict-Transport-Security": "1", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"}

# As much of wrangler as a deploy is: it asks the same API, and says what it did in the same file.
_WRANGLER = f"""#!{sys.executable}
import json, os, sys, urllib.request, uuid
from pathlib import Path
arguments = sys.argv[1:]
with open(os.environ["APP_LOG"], "a") as log:
    log.write(json.dumps(arguments) + "\\n")
if Path(os.environ["APP_LOG"]).with_name("wrangler-fails").exists():
    sys.exit("wrangler: no")
if "--config" in arguments:
    configuration = Path(arguments[arguments.index("--config") + 1])
    Path(os.environ["APP_LOG"]).with_name("configuration.json").write_text(configuration.read_text())
secrets = json.load(sys.stdin)
name = arguments[arguments.index("--name") + 1]
plain = [a.split(":", 1) for i, a in enumerate(arguments) if i and arguments[i - 1] == "--var"]
bindings = [{{"type": "secret_text", "name": n, "text": t}} for n, t in secrets.items()]
bindings += [{{"type": "plain_text", "name": n, "text": t}} for n, t in plain]
metadata = {{"main_module": "i.js", "keep_bindings": ["secret_text", "secret_key"], "bindings": bindings}}
edge = "--" + uuid.uuid4().hex
def part(name, text, kind, file=""):
    disposition = f'Content-Disposition: form-data; name="{{name}}"{{file}}'
    return f"{{edge}}\\r\\n{{disposition}}\\r\\nContent-Type: {{kind}}\\r\\n\\r\\n{{text}}\\r\\n"
body = part("metadata", json.dumps(metadata), "application/json")
body += part("i.js", "good", "application/javascript+module", '; filename="i.js"') + edge + "--\\r\\n"
account = os.environ["CLOUDFLARE_ACCOUNT_ID"]
request = urllib.request.Request(
    f"{{os.environ['CLOUDFLARE_API_BASE_URL']}}/accounts/{{account}}/workers/scripts/{{name}}",
    data=body.encode(),
    method="PUT",
    headers={{
        "Authorization": "Bearer " + os.environ["CLOUDFLARE_API_TOKEN"],
        "Content-Type": "multipart/form-data; boundary=" + edge[2:],
    }},
)
with urllib.request.urlopen(request) as answer:
    version = json.load(answer)["result"]["deployment_id"]
reported = {{"type": "deploy", "version_id": str(uuid.UUID(version)), "targets": []}}
Path(os.environ["WRANGLER_OUTPUT_FILE_PATH"]).write_text(json.dumps(reported) + "\\n")
"""
_MIGRATE = """
import hashlib, os, sys
from pathlib import Path
assert not [name for name in os.environ if "TOKEN" in name or "KEY" in name], "a secret too many"
uri = os.environ["DATABASE_URL"]
with open(os.environ["APP_LOG"] + ".migrations", "a") as log:
    log.write(hashlib.sha256(uri.encode()).hexdigest() + "\\n")
if Path(os.environ["APP_LOG"]).with_name("migration-fails").exists():
    sys.exit(f"relation exists, at {uri}")
"""


class Runtime:
    """Runs no Worker: one server answers the health of all, each by its public name, with its active version."""

    port = 0

    def __init__(self, home: Path, options: Callable[[str], Document]) -> None:
        del home, options
        self.live: dict[str, str] = {}
        self.healthy = True

    def start(self, worker: str, version_id: str) -> int:
        del worker, version_id
        return 1

    def route(self, front: Front) -> int:
        self.live[front.hostname] = front.targets[0].id
        return self.port

    def remove(self, worker: str) -> None:
        self.live = {host: version for host, version in self.live.items() if not host.startswith(f"{worker}.")}

    def stop(self) -> None:
        self.live.clear()


# No waiting for a version that does not name itself.
_HEALTH = {"healthy_fields": {"database": "ok"}, "settle_seconds": 0}


class PreviewCloud:
    """All services on one loopback port. Use it as a context manager.

    Attributes:
        clock: Neon's own.
        folder: holds the app, its log and the cloud's home.
    """

    def __init__(self, folder: Path, **seed: str) -> None:
        self.folder, self.clock = folder, Clock()
        self.clock.moment = self.clock.moment.now(self.clock.moment.tzinfo)
        home = folder / "cloud"
        home.mkdir()
        (home / "seed.json").write_text(json.dumps(seed))
        self.cloud = LocalCloud(home, cast(Any, FakeDatabases()), now=self.clock)
        self.runtime: Runtime = vars(self.cloud.workers)["_runtime"]
        self.app = folder / "app"
        self._make_app()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        config = uvicorn.Config(create_app(self.cloud, lambda _: None), log_level="error", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._listener],))
        self._health = ThreadingHTTPServer(("127.0.0.1", 0), self._health_handler())
        self._health_thread = threading.Thread(target=self._health.serve_forever, kwargs={"poll_interval": 0.01})
        self.runtime.port = self._health.server_port

    def __enter__(self) -> Self:
        self._thread.start()
        self._health_thread.start()
        while not self._server.started:
            time.sleep(0.005)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._health.shutdown()
        self._health.server_close()
        self._server.should_exit = True
        self._thread.join()
        self._health_thread.join()
        self._listener.close()

    def _make_app(self) -> None:
        binaries = self.app / "apps/api/node_modules/.bin"
        binaries.mkdir(parents=True)
        (binaries / "wrangler").write_text(_WRANGLER)
        (binaries.parent / "wrangler").mkdir()
        (binaries.parent / "wrangler/package.json").write_text('{"version": "4.164.0"}')
        configuration = {"main": "index.ts", "compatibility_date": "2025-09-27", "env": {"dev": {}, "production": {}}}
        (self.app / "apps/api/wrangler.jsonc").write_text(json.dumps(configuration))
        (self.app / "package.json").write_text("{}")
        (self.app / "package-lock.json").write_text("{}")
        (binaries / "wrangler").chmod(0o755)
        (self.app / "migrate.py").write_text(_MIGRATE)

    def _health_handler(self) -> type[BaseHTTPRequestHandler]:
        runtime = self.runtime

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                version = runtime.live.get(self.headers["Host"].partition(":")[0])
                reported = {"database": "ok" if runtime.healthy else "unreachable", "version": version}
                content = json.dumps(reported).encode()
                self.send_response(200 if runtime.healthy and version else 503)
                for name, value in {**HEADERS, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                del format, args

        return Handler

    # What a run sees

    def environment(self, **more: str) -> dict[str, str]:
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "INFRA_SETTINGS": str(self.folder / "settings.toml"),
            "NEON_API_BASE_URL": f"{self.url}/api/v2",
            "NEON_API_KEY": NEON_KEY,
            "NEON_ORG_ID": CloudSeed.org_id,
            "CLOUDFLARE_API_BASE_URL": f"{self.url}/client/v4",
            "CLOUDFLARE_API_TOKEN": CLOUDFLARE_TOKEN,
            "CLOUDFLARE_ACCOUNT_ID": CloudSeed.account_id,
            "GITHUB_API_URL": f"{self.url}/api/v3",
            "GITHUB_TOKEN": "ghs_not_a_real_one_but_long_enough_0",
            "GITHUB_REPOSITORY": "someone/infrastructure",
            "GITHUB_SHA": "0123456789abcdef0123456789abcdef01234567",
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
            "PUBLIC_ADDRESSES_URL": f"{self.url}/_sandbox/addresses",
            "APP_LOG": str(self.folder / "wrangler.log"),
        } | more

    def context(self, **more: str) -> Context:
        return Context.read(self.environment(**more), root=ROOT)

    def settings(self, change: Callable[[dict[str, Any]], object] | None = None, **release: Any) -> None:
        """Writes the settings: the expense tracker's with a [release] table; `change` edits them before."""
        values = tomllib.loads(SETTINGS.read_text())
        values["release"] = {"migrate_command": f"{sys.executable} migrate.py", "smoke_seconds": 1} | _HEALTH | release
        if change:
            change(values)
        (self.folder / "settings.toml").write_text(tomli_w.dumps(values))

    # What there is

    def neon(self, method: str, path: str, body: object = None) -> Any:
        return self._ask(method, f"/api/v2{path}", NEON_KEY, body)

    def cloudflare(self, method: str, path: str, body: object = None) -> Any:
        return self._ask(method, f"/client/v4/accounts/{CloudSeed.account_id}{path}", CLOUDFLARE_TOKEN, body)["result"]

    def zone(self, method: str, path: str, body: object = None) -> Any:
        return self._ask(method, f"/client/v4/zones/{CloudSeed.zone_id}{path}", CLOUDFLARE_TOKEN, body)["result"]

    def github(self, method: str, path: str, body: object = None, *, repository: str = REPOSITORY) -> Any:
        return self._ask(method, f"/api/v3/repos/{repository}{path}", "token", body)

    def _ask(self, method: str, path: str, token: str, body: object) -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        answer = httpx.request(method, self.url + path, json=body, headers=headers, timeout=20)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def fault(self, method: str, path: str, status: int = 500, times: int = 1, when: str = "before") -> None:
        """Has requests fail from now on; clears what was set before."""
        self.faults([{"method": method, "path": path, "status": status, "times": times, "when": when}])

    def faults(self, rules: list[dict[str, Any]]) -> None:
        httpx.post(f"{self.url}/_sandbox/faults", json=rules).raise_for_status()

    def faults_left(self) -> int:
        """How often a fault that was set has not happened yet."""
        return sum(rule["times"] for rule in httpx.get(f"{self.url}/_sandbox/faults").json())

    def deploy_infrastructure(self) -> None:
        """The Neon project with dev's branch and role, and the Pages project, as the stacks make them."""
        first = {"name": "main", "database_name": "intent_db", "role_name": "intent_owner"}
        project = {"name": "intent-expense-tracker", "org_id": CloudSeed.org_id, "branch": first}
        self.project = self.neon("POST", "/projects", {"project": project})["project"]["id"]
        path = f"/projects/{self.project}/branches"
        made = self.neon("POST", path, {"branch": {"name": "dev"}, "endpoints": [{"type": "read_write"}]})
        self.dev = made["branch"]["id"]
        self.neon("POST", f"{path}/{self.dev}/roles", {"role": {"name": "intent_owner_dev"}})
        pages = {"name": "intent-expense-tracker", "production_branch": "main"}
        self.cloudflare("POST", "/pages/projects", pages)

    def pull_request(self, head: str = "feature/one") -> int:
        return self.github("POST", "/pulls", {"title": "A change", "head": head, "base": "main"})["number"]

    def push(self, branch: str = "feature/one") -> Document:
        """Has Pages build a branch."""
        files: dict[str, str] = {}
        wanted = {
            "account": CloudSeed.account_id,
            "project": "intent-expense-tracker",
            "branch": branch,
            "files": files,
        }
        return self.cloud.deployments.push(wanted)

    def close(self, number: int) -> None:
        self.github("PATCH", f"/pulls/{number}", {"state": "closed"})

    def branches(self) -> dict[str, Document]:
        found = self.neon("GET", f"/projects/{self.project}/branches")["branches"]
        return {branch["name"]: branch for branch in found}

    def workers(self) -> list[str]:
        return sorted(worker["id"] for worker in self.cloudflare("GET", "/workers/scripts"))

    def bindings(self, worker: str) -> dict[str, str]:
        """A Worker's secrets and variables, as its code sees them."""
        path = f"{CloudSeed.account_id}/{worker}"
        store: Any = vars(self.cloud.workers)
        script = store["_store"].get("workers_scripts", path)
        latest = store["_store"].list("workers_versions", _script=script["tag"])[-1]
        bindings = store["_code"].read(latest["id"])["bindings"]
        return {item["name"]: item["text"] for item in bindings if item["type"] in ("secret_text", "plain_text")}

    def password(self, branch_id: str, role: str = "intent_owner_dev") -> str:
        path = f"/projects/{self.project}/branches/{branch_id}/roles/{role}/reveal_password"
        return self.neon("GET", path)["password"]

    def comments(self, number: int) -> list[str]:
        return [comment["body"] for comment in self.github("GET", f"/issues/{number}/comments")]

    def migrations(self) -> list[str]:
        """For each run of the migrations, a hash of the address it got."""
        file = self.folder / "wrangler.log.migrations"
        return file.read_text().split() if file.exists() else []

    def deployed_configuration(self) -> dict[str, Any]:
        """The configuration that the last deploy passed to wrangler."""
        return json.loads((self.folder / "configuration.json").read_text())

    def wrangler_calls(self) -> list[list[str]]:
        file = self.folder / "wrangler.log"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
