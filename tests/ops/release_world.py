"""Neon, Cloudflare, S3, Discord and the Worker itself on loopback, and programs in place of the real ones.

Whatever a release does outside its own process passes through one server. It keeps that as an event, can make it fail,
and can kill the release just before or just after it.
"""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ops.context.run_context import Context

ROOT = Path(__file__).parents[2]
Document = dict[str, Any]

WORKER = "intent-api-production"
PUBLIC = f"https://{WORKER}.acme.workers.dev"
TOKEN = "Aa1" * 13 + "x"
OWN, DEVS = (f"postgresql://owner:pass-of-{branch}-1@ep-{branch}.aws.neon.tech/intent" for branch in ("main", "dev"))
SECRETS = {
    "NEON_API_KEY": "napi_key_of_neon_1",
    "CLOUDFLARE_API_TOKEN": TOKEN,
    "AWS_SECRET_ACCESS_KEY": "secret-of-aws-1",
    "SENTRY_DSN": "secret-of-sentry-1",
}
AUTH = "secret-of-auth-1"
HEADERS = {"strict-transport-security": "max-age=1", "x-content-type-options": "nosniff"}
SETTINGS = """
[project]
name = "intent"
[repository]
owner = "acme"
name = "intent"
[state]
bucket = "acme-states"
[database]
plan = "free"
name = "intent"
role = "owner"
history_retention_seconds = 21600
autoscaling_limit_max_cu = 0.25
[api]
worker = "intent-api"
workers_subdomain = "acme"
[environments.dev.database]
[environments.production.secrets]
rotation = "1"
[release]
api_dir = "api"
migrate_command = "./program migrate"
audit_command = "./program audit"
secrets = ["DATABASE_URL", "BETTER_AUTH_SECRET", "SENTRY_DSN"]
required_headers = ["strict-transport-security", "x-content-type-options"]
version_metadata = true
healthy_fields = { database = "ok" }
smoke_seconds = 1
"""
# Stands in for wrangler and for the app's own commands: it reports its call to the server, and obeys the answer.
_PROGRAM = f"""#!{sys.executable} -SE
import json, os, sys, urllib.request
given = {{"argv": sys.argv[1:], "stdin": sys.stdin.read(), "environment": dict(os.environ)}}
request = urllib.request.Request(os.environ["FAKE_CLOUDS"] + "/program", json.dumps(given).encode(), method="POST")
answer = json.load(urllib.request.urlopen(request))
if answer.get("output") and "WRANGLER_OUTPUT_FILE_PATH" in os.environ:
    open(os.environ["WRANGLER_OUTPUT_FILE_PATH"], "w").write(json.dumps(answer["output"]) + "\\n")
print(answer["says"])
sys.exit(answer["code"])
"""
_BINDING = {"version_metadata": {"binding": "CF_VERSION_METADATA"}}
_WRANGLER_CONFIGURATION = json.dumps(
    {"main": "a.ts", "compatibility_date": "2025-09-27", "env": dict.fromkeys(("dev", "production"), _BINDING)}
)
_TERRAFORM = """#!/bin/sh
case "$1" in
  version) echo '{"terraform_version": "1.12.2"}' ;;
  output) cat "outputs.json" ;;
esac
"""


class ReleaseWorld:
    """All that a release meets.

    Attributes:
        events: what was done, in order, such as `restore point`, `upload`, `notice Started`.
        branches: Neon's branches by name.
        versions: the Worker's versions, the newest first: {id, tag}.
        deployments: the Worker's deployments, the newest first: shares by version.
        programs: what each program was given: argv, stdin, environment.
        notices: the embeds that Discord got.
        failing: events that fail, by name; the value is what is said.
        failing_after: events that are done and fail all the same.
        health: what a version's health answers, by the version's tag: status, document, headers. `*`: to visitors.
        kill: the moment, `before` or `after`, and the event at which the release is killed, once.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.events: list[str] = []
        self.branches: dict[str, Document] = {name: _branch(name, None) for name in ("main", "dev")}
        self.versions: list[Document] = []
        self.deployments: list[dict[str, float]] = []
        self.programs: list[Document] = []
        self.notices: list[Document] = []
        self.failing: dict[str, str] = {}
        self.failing_after: dict[str, str] = {}
        self.health: dict[str, tuple[int, Document, Mapping[str, str]]] = {}
        # The stacks whose state is locked, each with how often it is still found locked.
        self.locked: dict[str, int] = {}
        self.kill: tuple[str, str] | None = None
        self.process: subprocess.Popen[str] | None = None
        self.lock = threading.RLock()
        # The migrations that `./program pending` prints, and those that `./program migrate` skips.
        self.pending: list[str] = []
        self.skipped: list[str] = []
        self._write_files()

    def first_version(self) -> str:
        """Makes the Worker, with one version that answers all requests."""
        self._add_version("before")
        self.deployments.insert(0, {self.versions[0]["id"]: 100})
        return self.versions[0]["id"]

    @property
    def live(self) -> str:
        """The tag of the version that answers most requests."""
        shares = self.deployments[0]
        return self.tag(max(shares, key=lambda version: shares[version]))

    def tag(self, version: str) -> str:
        """A version's tag."""
        return next(item["tag"] for item in self.versions if item["id"] == version)

    def database(self, project: str, worker: str = "") -> None:
        """Sets the database's address that the stack `project` gives, and the one among the Worker's secrets."""
        secrets = {"DATABASE_URL": worker or project, "BETTER_AUTH_SECRET": AUTH}
        outputs = {"project": ("project_connection_uri", project), "production": ("worker_secrets", secrets)}
        for stack, (name, value) in outputs.items():
            file = self.folder / "cdktf.out" / "stacks" / stack / "outputs.json"
            file.write_text(json.dumps({name: {"value": value, "sensitive": True}}))

    @property
    def environment(self) -> dict[str, str]:
        """The whole environment of a run."""
        return SECRETS | {
            "PATH": f"{self.folder / 'bin'}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder),  # what a killed run leaves goes with the test
            "INFRA_SETTINGS": str(self.folder / "settings.toml"),
            "CDKTF_OUTDIR": str(self.folder / "cdktf.out"),
            "INFRA_RELEASES": str(self.folder / "releases"),
            "AWS_ACCESS_KEY_ID": "id-of-aws-1",
            "AWS_ENDPOINT_URL": f"{self.url}/s3",
            "NEON_API_BASE_URL": f"{self.url}/neon",
            "NEON_ORG_ID": "org-acme",
            "CLOUDFLARE_API_BASE_URL": f"{self.url}/cloudflare",
            "CLOUDFLARE_ACCOUNT_ID": "account-acme",
            "PUBLIC_ADDRESSES_URL": f"{self.url}/addresses",
            "DISCORD_WEBHOOK_URL": f"{self.url}/api/webhooks/1/token-of-discord-1",
            "FAKE_CLOUDS": self.url,
            "GITHUB_ACTOR": "ada",
            "GITHUB_SHA": "0123456789abcdef0123456789abcdef01234567",
        }

    def context(self, **environment: str) -> Context:
        """The context of a run in this process."""
        return Context.read(self.environment | environment, root=self.folder)

    def run(self, *arguments: str) -> tuple[int, str]:
        """Runs `python -m ops` as a process; returns its exit code, -9 where it was killed, and what it printed."""
        command = [sys.executable, "-m", "ops", *arguments, "--app", str(self.folder / "app")]
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            self.process = process
            printed, _ = process.communicate(timeout=120)
        return process.returncode, printed

    def knows_pending(self, *names: str) -> None:
        """Adds a command to the settings that prints the pending migrations, which are these."""
        self.change_settings("audit_command", 'pending_command = "./program pending"\naudit_command')
        self.pending = list(names)

    def change_settings(self, old: str, new: str) -> None:
        """Replaces a text in the settings, as of the next run, for which the stacks are synthesized again."""
        file = self.folder / "settings.toml"
        file.write_text(file.read_text().replace(old, new))
        (self.folder / "cdktf.out/manifest.json").touch()

    def journals(self) -> dict[str, Document]:
        """The journals by their release's id."""
        return {file.stem: json.loads(file.read_text()) for file in self.folder.glob("releases/production/*.json")}

    def _write_files(self) -> None:
        app, out = self.folder / "app", self.folder / "cdktf.out"
        for folder in (app / "api", app / "node_modules/.bin", app / "node_modules/wrangler", self.folder / "bin"):
            folder.mkdir(parents=True)
        programs = {"bin/terraform": _TERRAFORM, "bin/node": "#!/bin/sh\necho v22.20.0\n"}
        programs |= dict.fromkeys(("app/program", "app/node_modules/.bin/wrangler"), _PROGRAM)
        for name, text in programs.items():
            (self.folder / name).write_text(text)
            (self.folder / name).chmod(0o755)
        (app / "node_modules/wrangler/package.json").write_text('{"version": "4.164.0"}')
        (app / "package.json").write_text("{}")
        (app / "package-lock.json").write_text("{}")
        (app / "api/wrangler.jsonc").write_text(_WRANGLER_CONFIGURATION)
        (self.folder / "settings.toml").write_text(SETTINGS)
        stacks = {}
        for name in ("project", "dev", "production"):
            (out / "stacks" / name).mkdir(parents=True)
            (out / "stacks" / name / ".terraform").mkdir()
            (out / "stacks" / name / "cdk.tf.json").write_text("{}")
            path = f"stacks/{name}"
            entry = {"synthesizedStackPath": f"{path}/cdk.tf.json", "workingDirectory": path, "dependencies": []}
            stacks[name] = {"name": name, **entry}
        (out / "manifest.json").write_text(json.dumps({"stacks": stacks}))
        self.database(OWN)

    # The server

    def __enter__(self) -> Self:
        world = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else {}
                with world.lock:
                    answer = world.answer(self.command, self.path.partition("?")[0], body, dict(self.headers))
                if answer is None:
                    self.close_connection = True
                    return
                status, content, headers = answer
                text = content if isinstance(content, str) else json.dumps(content)
                self.send_response(status)
                for name, value in {"Content-Length": str(len(text.encode())), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text.encode())

            do_GET = do_POST = do_PATCH = do_DELETE = handle_any  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:
                del format, args

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(
        self, method: str, path: str, body: Document, headers: Mapping[str, str]
    ) -> tuple[int, Any, Mapping[str, str]] | None:
        """Answers a request; None drops the connection, since who asked has been killed."""
        event = self._event(method, path, body, headers)
        if event and self._kills("before", event):
            return None
        if event:
            self.events.append(event)
        if event in self.failing:
            answer: tuple[int, Any, Mapping[str, str]] = self._fail(path, self.failing[event])
        else:
            answer = self._do(method, path, body, headers)
            if event in self.failing_after:
                answer = self._fail(path, self.failing_after[event])
        return None if event and self._kills("after", event) else answer

    def _event(self, method: str, path: str, body: Document, headers: Mapping[str, str]) -> str:
        if path == "/program":
            return _command(body["argv"])
        if method == "POST" and path.endswith("/branches"):
            return "restore point"
        if method == "POST" and "/webhooks/" in path:
            return "notice " + body["embeds"][0]["title"].partition(":")[0].split(maxsplit=1)[1]
        if path == "/health":
            staged = any(name.lower() == "cloudflare-workers-version-overrides" for name in headers)
            return "smoke at 0 %" if staged else "smoke"
        return ""

    def _kills(self, moment: str, event: str) -> bool:
        if self.kill != (moment, event) or self.process is None:
            return False
        self.kill = None
        with suppress(ProcessLookupError):
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(30)
        return True

    def _fail(self, path: str, text: str) -> tuple[int, Any, Mapping[str, str]]:
        if path == "/program":
            return 200, {"code": 1, "says": text, "output": {"type": "command-failed", "message": text}}, {}
        return 422, {"message": text, "code": ""}, {}

    def _do(
        self, method: str, path: str, body: Document, headers: Mapping[str, str]
    ) -> tuple[int, Any, Mapping[str, str]]:
        if path == "/program":
            self.programs.append(body)
            return 200, self._program(body["argv"]), {}
        if path == "/health":
            return self._health({name.lower(): value for name, value in headers.items()})
        if path == "/addresses":
            return 200, {PUBLIC: self.url}, {}
        if path.startswith("/s3"):
            return self._s3(path)
        if "deleted-webhook" in path:
            return 404, {"message": "Unknown Webhook", "code": 10015}, {}
        if "/webhooks/" in path:
            self.notices += body.get("embeds", [])
            return 200, {"id": "1"}, {}
        if path.startswith("/neon"):
            return self._neon(method, path, body)
        return self._cloudflare(path)

    def _s3(self, path: str) -> tuple[int, Any, Mapping[str, str]]:
        stack = path.split("/")[-2]
        if not path.endswith(".tflock"):
            keys = [f"intent/{stack}/terraform.tfstate.tflock" for stack in self.locked]
            return 200, _s3_answer(keys), {"Content-Type": "application/xml"}
        self.locked[stack] -= 1
        if self.locked[stack] < 0:
            return 404, "<Error><Code>NoSuchKey</Code></Error>", {"Content-Type": "application/xml"}
        return 200, {"ID": "lock-1", "Who": "ada@laptop", "Operation": "OperationTypePlan", "Created": "today"}, {}

    def _neon(self, method: str, path: str, body: Document) -> tuple[int, Any, Mapping[str, str]]:
        if path == "/neon/projects":
            return 200, {"projects": [{"id": "p-1", "name": "intent"}]}, {}
        if path.endswith("/endpoints"):
            hosts = [{"host": f"ep-{name}.aws.neon.tech", "branch_id": f"br-{name}"} for name in ("main", "dev")]
            return 200, {"endpoints": hosts}, {}
        if method == "DELETE":
            self.branches = {
                name: branch for name, branch in self.branches.items() if branch["id"] != path.split("/")[-1]
            }
            return 200, {"operations": []}, {}
        if one := [branch for branch in self.branches.values() if path.endswith(f"/branches/{branch['id']}")]:
            return 200, {"branch": one[0]}, {}
        if method == "POST":
            wanted = body["branch"]
            self.branches[wanted["name"]] = _branch(wanted["name"], wanted["parent_id"], wanted["expires_at"])
            return 201, {"branch": self.branches[wanted["name"]], "endpoints": body["endpoints"], "operations": []}, {}
        return 200, {"branches": list(self.branches.values())}, {}

    def _cloudflare(self, path: str) -> tuple[int, Any, Mapping[str, str]]:
        if path.endswith("/tokens/verify"):
            return 200, {"result": {"id": "token-1", "status": "active"}}, {}
        if path.endswith("/workers/subdomain"):
            return 200, {"result": {"subdomain": "acme"}}, {}
        if not self.versions:
            return 404, {"errors": [{"code": 10007, "message": "no Worker"}], "success": False}, {}
        if path.endswith("/secrets"):
            return 200, {"result": [{"name": "DATABASE_URL", "type": "secret_text"}]}, {}
        if "/versions/" in path:
            bindings = [{"type": "version_metadata", "name": "CF_VERSION_METADATA"}]
            return 200, {"result": {"resources": {"bindings": bindings}}}, {}
        if path.endswith("/versions"):
            items = [
                {"id": item["id"], "annotations": {"workers/tag": item["tag"], "workers/message": item["message"]}}
                for item in self.versions
            ]
            return 200, {"result": {"items": items}}, {}
        deployments = [
            {"versions": [{"version_id": version, "percentage": share} for version, share in shares.items()]}
            for shares in self.deployments
        ]
        return 200, {"result": {"deployments": deployments}}, {}

    def _program(self, argv: list[str]) -> Document:
        event = _command(argv)
        output: Document = {}
        if event in ("upload", "deploy"):
            version = self._add_version(argv[argv.index("--tag") + 1], argv[argv.index("--message") + 1])
            output = {"type": "version-upload", "version_id": version}
            if event == "deploy":
                self.deployments.insert(0, {version: 100})
        elif event in ("stage", "promote"):
            shares = dict(item.split("@") for item in argv if "@" in item)
            self.deployments.insert(0, {version: float(share.rstrip("%")) for version, share in shares.items()})
        elif event == "rollback":
            self.deployments.insert(0, {argv[1]: 100})
        elif event == "migrate":
            self.pending = [name for name in self.pending if name in self.skipped]
        says = "\n".join(self.pending) if event == "pending" else f"{event} done"
        return {"code": 0, "says": says, "output": output}

    def _add_version(self, tag: str, message: str = "") -> str:
        self.versions.insert(0, {"id": str(uuid.uuid4()), "tag": tag, "message": message})
        return self.versions[0]["id"]

    def _health(self, headers: Mapping[str, str]) -> tuple[int, Any, Mapping[str, str]]:
        override = re.fullmatch(rf'{WORKER}="([^"]+)"', headers.get("cloudflare-workers-version-overrides", ""))
        shares = self.deployments[0]
        staged = override is not None and override[1] in shares
        version = override[1] if override and staged else max(shares, key=lambda item: shares[item])
        known = self.health.get(self.tag(version)) or (self.health.get("*") if not staged else None)
        status, document, answered = known or (200, {}, HEADERS)
        return status, {"status": "ok", "database": "ok", "version": version} | document, answered


def _command(argv: list[str]) -> str:
    """What a program was asked to do: the app's own word, or wrangler's command."""
    if "--dry-run" in argv:
        return "dry run"
    if argv[:2] == ["versions", "deploy"]:
        return "stage" if any(item.endswith("@0%") for item in argv) else "promote"
    return "upload" if argv[:2] == ["versions", "upload"] else argv[0]


def _branch(name: str, parent: str | None, expires_at: str | None = None) -> Document:
    return {
        "id": f"br-{name}",
        "name": name,
        "parent_id": parent,
        "default": name == "main",
        "protected": False,
        "expires_at": expires_at,
        "created_at": "2026-11-24T12:00:00Z",
    }


def _s3_answer(keys: Sequence[str]) -> str:
    """A bucket's versioning and its list in one document: a client reads only the part that it asked for."""
    contents = "".join(f"<Contents><Key>{key}</Key></Contents>" for key in keys)
    return f"<Bucket><Status>Enabled</Status>{contents}</Bucket>"
