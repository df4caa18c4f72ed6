"""wrangler for one Worker: uploads, deploys and lists its versions.

Writes use the app's own wrangler; reads use Cloudflare's API, since wrangler takes a second or two to start. Secrets
reach wrangler by standard input and its environment, never as arguments or files.
"""

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.clouds.cloudflare import Cloudflare
from ops.context.errors import OpsError
from ops.context.run_context import Context

# The oldest version that was tested. It must know `versions upload --secrets-file`, new in 2026.
OLDEST_WRANGLER = (4, 164)
_TIMEOUT_SECONDS = 300
_COLORS = re.compile(r"\x1b\[[0-9;]*m")
# Cloudflare's API reference, "Deployments": a message is truncated to 100 bytes.
_LONGEST_MESSAGE = 100


@dataclass(frozen=True)
class WorkerVersion:
    """One upload of a Worker: code, variables and secrets, which are immutable.

    Attributes:
        id: its UUID.
        url: the address at which it was deployed or can be previewed; empty if there is none or it is unknown.
        tag: the uploader's text to find it by.
        message: the uploader's description.
    """

    id: str
    url: str = ""
    tag: str = ""
    message: str = ""


@dataclass(frozen=True)
class WorkerDeployment:
    """The versions that serve a Worker's requests, each with its share in percent."""

    shares: Mapping[str, float]

    @property
    def main(self) -> str:
        """The version that serves most requests."""
        return max(self.shares, key=lambda version: self.shares[version])


class Wrangler:
    """wrangler on one Worker."""

    def __init__(self, context: Context, app: Path, *, worker: str, environment: str | None = None) -> None:
        """
        Args:
            context: has Cloudflare's token and account, and the settings.
            app: the root of the app's repository, with packages installed.
            worker: the Worker's full name on Cloudflare, such as `intent-api-production`.
            environment: the table `env` of wrangler's configuration whose variables and bindings it gets.

        Raises:
            OpsError: the app has no wrangler, or no folder release.worker_dir.
        """
        self._context, self._worker, self._environment = context, worker, environment
        self._folder = app.absolute() / context.release_settings.worker_dir.strip("/")
        if not self._folder.is_dir():
            raise OpsError(f"{self._folder}: no such folder; fix release.worker_dir or --app")
        self._program = find_program(self._folder, app.absolute())

    def deploy(
        self,
        *,
        variables: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        message: str = "",
        tag: str = "",
    ) -> WorkerVersion:
        """Uploads a version that serves all requests at once; creates the Worker if it doesn't exist.

        Args:
            variables: plain variables in addition to those of wrangler's configuration; they are not secret.
            secrets: the version's secrets; the previous version's others are retained.
            message: a description.
            tag: a text to find it by, at most 25 characters.

        Raises:
            OpsError: wrangler ended with an error; the message is its own.
        """
        return self._upload(["deploy"], variables, secrets, message, tag)

    def dry_run(self) -> None:
        """Bundles the Worker and checks wrangler's configuration, without uploading anything.

        Source: Cloudflare's docs, "Wrangler commands", deploy, --dry-run.

        Raises:
            OpsError: wrangler ended with an error; the message is its own.
        """
        self._run("deploy", "--dry-run", f"--env={self._environment or ''}")

    def upload(
        self,
        *,
        variables: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        message: str = "",
        tag: str = "",
    ) -> WorkerVersion:
        """Uploads a version that serves no requests yet. The Worker must exist. Arguments and errors as in `deploy`."""
        return self._upload(["versions", "upload"], variables, secrets, message, tag)

    def stage(self, version_id: str, beside: str, message: str = "") -> None:
        """Deploys a version at 0 %, so that only requests that name it reach it.

        Args:
            version_id: the version.
            beside: the version that keeps serving all other requests.
            message: why.

        Raises:
            OpsError: wrangler ended with an error.
        """
        self._versions_deploy([f"{version_id}@0%", f"{beside}@100%"], message)

    def promote(self, version_id: str, message: str = "") -> None:
        """Lets a version serve all requests.

        Raises:
            OpsError: wrangler ended with an error.
        """
        self._versions_deploy([f"{version_id}@100%"], message)

    def rollback(self, version_id: str, message: str = "") -> None:
        """Lets an earlier version serve all requests, with its own secrets.

        Raises:
            OpsError: wrangler ended with an error.
        """
        self._run("rollback", version_id, "-y", "--message", _short(message) or "rolled back")

    def put_secrets(self, secrets: Mapping[str, str]) -> None:
        """Creates a version from the newest one with other secrets. It serves no requests until it is promoted.

        Args:
            secrets: the secrets to set, by name; others are retained.

        Raises:
            OpsError: wrangler ended with an error.
        """
        self._hide(secrets)
        self._run("versions", "secret", "bulk", stdin=json.dumps(dict(secrets)))

    def delete(self) -> bool:
        """Deletes the Worker with all its versions; returns whether there was one.

        Raises:
            OpsError: wrangler ended with an error.
        """
        if self._ask("") is None:
            return False
        self._run("delete", "--force")
        return True

    def exists(self) -> bool:
        """Whether the Worker exists."""
        return bool(self.deployments())

    def versions(self) -> list[WorkerVersion]:
        """The versions that can be deployed, the newest first; empty if the Worker doesn't exist.

        Raises:
            OpsError: Cloudflare can't be asked.
        """
        found = self._ask("/versions?deployable=true") or {"items": []}
        return [
            WorkerVersion(item["id"], tag=_note(item, "workers/tag"), message=_note(item, "workers/message"))
            for item in found["items"]
        ]

    def deployments(self) -> list[WorkerDeployment]:
        """The latest deployments, the active one first; empty if the Worker doesn't exist.

        Raises:
            OpsError: Cloudflare can't be asked.
        """
        found = self._ask("/deployments") or {"deployments": []}
        return [
            WorkerDeployment({version["version_id"]: version["percentage"] for version in item["versions"]})
            for item in found["deployments"]
        ]

    def live(self) -> str | None:
        """The id of the version that serves most requests; None if none does.

        Raises:
            OpsError: Cloudflare can't be asked.
        """
        deployments = self.deployments()
        return deployments[0].main if deployments else None

    def _upload(
        self,
        command: Sequence[str],
        variables: Mapping[str, str] | None,
        secrets: Mapping[str, str] | None,
        message: str,
        tag: str,
    ) -> WorkerVersion:
        arguments = [f"--env={self._environment or ''}"]
        for name, value in (variables or {}).items():
            arguments += ["--var", f"{name}:{value}"]
        if message:
            arguments += ["--message", _short(message)]
        if tag:
            arguments += ["--tag", tag]
        stdin = ""
        if secrets:
            self._hide(secrets)
            arguments += ["--secrets-file", "/dev/stdin"]
            stdin = json.dumps(dict(secrets))
        reported = self._run(*command, *arguments, stdin=stdin)
        uploaded = next((entry for entry in reported if entry.get("type") in ("deploy", "version-upload")), None)
        if uploaded is None or not uploaded.get("version_id"):
            raise OpsError(f"wrangler {' '.join(command)}: it did not report which version it created")
        targets: list[str] = uploaded.get("targets") or []
        url = uploaded.get("preview_url") or next((target for target in targets if target.startswith("https:")), "")
        return WorkerVersion(uploaded["version_id"], url, tag, message)

    def _versions_deploy(self, shares: Sequence[str], message: str) -> None:
        self._run("versions", "deploy", *shares, "-y", "--message", _short(message) or "deployed")

    def _hide(self, secrets: Mapping[str, str]) -> None:
        self._context.console.mask.add(*secrets.values())

    def _run(self, *arguments: str, stdin: str = "") -> list[dict[str, Any]]:
        """Runs wrangler, and returns the documents of its machine-readable output, one for each action."""
        context = self._context
        with tempfile.TemporaryDirectory(prefix="ops-wrangler-") as folder:
            output = Path(folder, "output.json")
            finished = context.runner.run(
                [self._program, *arguments, "--name", self._worker],
                cwd=self._folder,
                environment=context.app_environment
                | {
                    "CLOUDFLARE_API_TOKEN": context.credentials.need("cloudflare_api_token"),
                    "CLOUDFLARE_ACCOUNT_ID": context.credentials.need("cloudflare_account_id"),
                    "CLOUDFLARE_API_BASE_URL": context.addresses.cloudflare,
                    "WRANGLER_OUTPUT_FILE_PATH": str(output),
                    # Leave nothing on the machine, and don't use its user's login.
                    "WRANGLER_WRITE_LOGS": "false",
                    "WRANGLER_LOG_PATH": folder,
                    "XDG_CONFIG_HOME": folder,
                    "WRANGLER_SEND_METRICS": "false",
                    "WRANGLER_HIDE_BANNER": "true",
                    "CI": "1",
                },
                stdin=stdin,
                timeout=_TIMEOUT_SECONDS,
            )
            documents = (
                [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
                if output.is_file()
                else []
            )
        if finished.code == 0:
            return documents
        failed = next((entry["message"] for entry in documents if entry.get("type") == "command-failed"), "")
        verb = " ".join(argument for argument in arguments[:2] if argument.isalpha())
        text = _COLORS.sub("", failed or finished.tail())
        raise OpsError(f"wrangler {verb}: {context.console.mask.hide(text)}")

    def _ask(self, path: str) -> Any:
        """Cloudflare's answer about the Worker; None if there is no such Worker."""
        account = self._context.credentials.need("cloudflare_account_id")
        whole = f"/accounts/{account}/workers/" + (
            f"scripts/{self._worker}{path}" if path else f"services/{self._worker}"
        )
        with Cloudflare(self._context) as cloudflare:
            return cloudflare.tried(lambda: cloudflare.call("GET", whole, missing={"result": None}))["result"]


def find_program(folder: Path, app: Path) -> Path:
    """The app's own wrangler: from a folder's node_modules, or from one above it, up to the app's root.

    Raises:
        OpsError: it is not installed.
    """
    for place in (folder, *folder.parents):
        program = place / "node_modules" / ".bin" / "wrangler"
        if program.exists():
            return program
        if place == app:
            break
    raise OpsError(f"{app}: wrangler is not installed there; run npm ci --ignore-scripts in it")


def _note(item: Mapping[str, Any], name: str) -> str:
    return str((item.get("annotations") or {}).get(name) or "")


def _short(message: str) -> str:
    return message[:_LONGEST_MESSAGE]
