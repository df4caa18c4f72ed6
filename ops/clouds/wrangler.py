"""wrangler for one Worker: uploads, deploys and lists its versions.

Writes use the app's own wrangler; reads use Cloudflare's API, since wrangler takes a second or two to start. Secrets
reach wrangler by standard input and its environment, never as arguments or files.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ops.clouds.cloudflare import Cloudflare
from ops.context.app_folder import AppFolder, read_app_folder
from ops.context.errors import OpsError
from ops.context.private_folder import private_folder
from ops.context.program_text import quoted
from ops.context.programs import Finished, ProgramTimeoutError
from ops.context.run_context import Context

# The oldest one that this was tried with.
OLDEST_WRANGLER = (4, 60)
# The oldest one whose `deploy` and `versions upload` take `--secrets-file` (workers-sdk, pull request 10896).
_OLDEST_WITH_SECRETS_FILE = (4, 74)
# What the tag of a version ends with that has the code of another one, but not its secrets.
_CODE_ONLY = "-code"
_TIMEOUT_SECONDS = 300
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


def whole_deployments(
    versions: Sequence[WorkerVersion], deployments: Sequence[WorkerDeployment]
) -> list[WorkerDeployment]:
    """The deployments to which a rollback may lead: without those of code whose secrets came a moment later.

    Args:
        versions: the Worker's versions.
        deployments: the latest ones, the active one first, which is always kept.
    """
    code_only = {version.id for version in versions if version.tag.endswith(_CODE_ONLY)}
    return [item for number, item in enumerate(deployments) if number == 0 or item.main not in code_only]


class Wrangler:
    """wrangler on one Worker.

    Attributes:
        configuration_file: the app's wrangler configuration.
    """

    def __init__(self, context: Context, app: Path, *, worker: str, environment: str | None = None) -> None:
        """
        Args:
            context: has Cloudflare's token and account, and the settings.
            app: the root of the app's repository, with packages installed.
            worker: the Worker's full name on Cloudflare, such as `intent-api-production`.
            environment: the table `env` of wrangler's configuration whose variables and bindings it gets.

        Raises:
            OpsError: the app has no wrangler, or no folder as in release.api_dir.
        """
        self._context, self._worker, self._environment = context, worker, environment
        folder = read_app_folder(app, context.release_settings.api_dir)
        self._app, self._folder, self.configuration_file = folder, folder.api, folder.configuration_file
        self._program = find_program(folder)
        self._takes_secrets_file = installed_version(folder) >= _OLDEST_WITH_SECRETS_FILE

    def by_hand(self, *arguments: str) -> str:
        """The command for a person who runs wrangler on this Worker, from the app's checkout."""
        command = f"{self._app.package_manager.execute} wrangler {' '.join(arguments)} --name {self._worker}"
        return command if self._app.api_dir == "." else f"cd {self._app.api_dir} && {command}"

    def deploy(
        self,
        *,
        variables: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        message: str = "",
        tag: str = "",
        configuration: Path | None = None,
    ) -> WorkerVersion:
        """Uploads a version that serves all requests at once; creates the Worker if it doesn't exist.

        Args:
            variables: plain variables in addition to those of wrangler's configuration; they are not secret.
            secrets: the version's secrets; the previous version's others are retained.
            message: a description.
            tag: a text to find it by, at most 25 characters.
            configuration: the file to use in place of the app's own configuration.

        Raises:
            OpsError: wrangler ended with an error; the message is its own.
        """
        return self._upload(["deploy"], variables, secrets, message, tag, configuration)

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

    def delete(self) -> bool:
        """Deletes the Worker with all its versions; returns whether there was one.

        Raises:
            OpsError: wrangler ended with an error.
        """
        if self._ask("") is None:
            return False
        self._run("delete", "--force")
        return True

    def tail(self, *, only_errors: bool = False, seconds: float | None = None) -> None:
        """Shows the Worker's log as it comes, until the run is interrupted.

        Source: Cloudflare's docs, "Wrangler commands", tail. At many requests a second it shows a sample of them.

        Args:
            only_errors: only invocations that failed.
            seconds: end after this time. Default: no limit.

        Raises:
            OpsError: there is no such Worker, or wrangler ended with an error.
        """
        if not self.exists():
            raise OpsError(f"there is no Worker {self._worker}; release first, or check the name")
        arguments = ["tail", self._worker, "--format", "pretty", *(["--status", "error"] if only_errors else [])]
        with private_folder("wrangler") as folder:
            try:
                finished = self._context.runner.run(
                    [self._program, *arguments],
                    cwd=self._folder,
                    environment=self._run_environment(folder),
                    show=True,
                    timeout=seconds,
                )
            except ProgramTimeoutError:
                return
        if finished.code != 0:
            raise OpsError(f"wrangler tail {finished.how_it_failed()}")

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

    def names_itself(self, version_id: str) -> str:
        """The value by which a version's health answer names it, by the settings and its own bindings.

        Args:
            version_id: the version; one that was uploaded before this program released the app counts as well.

        Returns:
            The text of its variable release.version_variable, or its id if it has a binding version_metadata and
            release.version_metadata is set; empty if its answers don't name it.

        Raises:
            OpsError: Cloudflare can't be asked.
        """
        release = self._context.release_settings
        if not release.version_variable and not release.version_metadata:
            return ""
        found = self._ask(f"/versions/{version_id}") or {}
        for binding in (found.get("resources") or {}).get("bindings") or []:
            kind, name = binding.get("type"), binding.get("name")
            if kind == "plain_text" and name == release.version_variable:
                return str(binding.get("text") or "")
            if kind == "version_metadata" and release.version_metadata:
                return version_id
        return ""

    def _upload(
        self,
        command: Sequence[str],
        variables: Mapping[str, str] | None,
        secrets: Mapping[str, str] | None,
        message: str,
        tag: str,
        configuration: Path | None = None,
    ) -> WorkerVersion:
        arguments = [f"--env={self._environment or ''}"]
        arguments += ["--config", str(configuration)] if configuration else []
        for name, value in (variables or {}).items():
            arguments += ["--var", f"{name}:{value}"]
        in_two_steps = bool(secrets) and not self._takes_secrets_file
        # A wrangler that old takes no message and no tag for `deploy` either.
        if command != ["deploy"] or self._takes_secrets_file:
            arguments += ["--message", _short(message)] if message else []
            arguments += ["--tag", tag + _CODE_ONLY if in_two_steps else tag] if tag else []
        stdin = ""
        if secrets and self._takes_secrets_file:
            self._hide(secrets)
            arguments += ["--secrets-file", "/dev/stdin"]
            stdin = json.dumps(dict(secrets))
        documents = self._run(*command, *arguments, stdin=stdin)
        uploaded = next((entry for entry in documents if entry.get("type") in ("deploy", "version-upload")), None)
        if uploaded is None or not uploaded.get("version_id"):
            raise OpsError(f"wrangler {' '.join(command)}: its output names no version")
        targets: list[str] = uploaded.get("targets") or []
        url = uploaded.get("preview_url") or next((target for target in targets if target.startswith("https:")), "")
        version = WorkerVersion(uploaded["version_id"], url, tag, message)
        if not in_two_steps:
            return version
        version = replace(self._with_secrets(version, secrets or {}, message, tag), url=url)
        if command == ["deploy"]:
            self.promote(version.id, message)
        return version

    def _with_secrets(self, code: WorkerVersion, secrets: Mapping[str, str], message: str, tag: str) -> WorkerVersion:
        """Makes a version of an uploaded one's code with secrets: the second step, for a wrangler that needs two.

        Only this version has the tag itself, so a release that is interrupted between the two steps uploads again.
        """
        self._hide(secrets)
        arguments = ["--message", _short(message)] if message else []
        arguments += ["--tag", tag] if tag else []
        self._run("versions", "secret", "bulk", *arguments, stdin=json.dumps(dict(secrets)))
        newest = next(iter(self.versions()), code)
        if newest.id == code.id or newest.tag != tag:
            raise OpsError(f"wrangler versions secret bulk: no version of {self._worker} with the secrets came of it")
        return newest

    def _versions_deploy(self, shares: Sequence[str], message: str) -> None:
        self._run("versions", "deploy", *shares, "-y", "--message", _short(message) or "deployed")

    def _hide(self, secrets: Mapping[str, str]) -> None:
        self._context.console.mask.add(*secrets.values())

    def _run(self, *arguments: str, stdin: str = "") -> list[dict[str, Any]]:
        """Runs wrangler, and returns the documents of its machine-readable output, one for each action."""
        context = self._context
        with private_folder("wrangler") as folder:
            output = folder / "output.json"
            finished = context.runner.run(
                [self._program, *arguments, "--name", self._worker],
                cwd=self._folder,
                environment=self._run_environment(folder) | {"WRANGLER_OUTPUT_FILE_PATH": str(output)},
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
        if failed:
            summary = context.console.clean(failed)
            raise OpsError("\n".join([f"wrangler {verb}: {summary}", *_details(finished, summary)]))
        raise OpsError(f"wrangler {verb} {finished.how_it_failed()}")

    def _run_environment(self, folder: Path) -> dict[str, str]:
        """What wrangler gets; it leaves nothing on the machine but in this folder, and uses no login of its user."""
        context = self._context
        return context.app_environment | {
            "CLOUDFLARE_API_TOKEN": context.credentials.need("cloudflare_api_token"),
            "CLOUDFLARE_ACCOUNT_ID": context.credentials.need("cloudflare_account_id"),
            "CLOUDFLARE_API_BASE_URL": context.addresses.cloudflare,
            "WRANGLER_WRITE_LOGS": "false",
            "WRANGLER_LOG_PATH": str(folder),
            "XDG_CONFIG_HOME": str(folder),
            "WRANGLER_SEND_METRICS": "false",
            "WRANGLER_HIDE_BANNER": "true",
            "CI": "1",
        }

    def _ask(self, path: str) -> Any:
        """Cloudflare's answer about the Worker; None if there is no such Worker."""
        account = self._context.credentials.need("cloudflare_account_id")
        whole = f"/accounts/{account}/workers/" + (
            f"scripts/{self._worker}{path}" if path else f"services/{self._worker}"
        )
        with Cloudflare(self._context) as cloudflare:
            return cloudflare.tried(lambda: cloudflare.call("GET", whole, missing={"result": None}))["result"]


def find_program(app: AppFolder) -> Path:
    """The app's own wrangler: from the Worker's folder, or from one above it, up to the app's root.

    Raises:
        OpsError: it is not installed.
    """
    for place in (app.api, *app.api.parents):
        program = place / "node_modules" / ".bin" / "wrangler"
        if program.exists():
            return program
        if place == app.root:
            break
    raise OpsError(f"{app.api}: wrangler is not installed; run {app.package_manager.install} in {app.root}")


def installed_version(app: AppFolder) -> tuple[int, ...]:
    """The version of the app's own wrangler.

    Raises:
        OpsError: it is not installed, or its package can't be read.
    """
    package = find_program(app).parent.parent / "wrangler" / "package.json"
    try:
        version = str(json.loads(package.read_text(encoding="utf-8"))["version"])
        return tuple(int(part) for part in version.partition("-")[0].split("."))
    except (OSError, ValueError, KeyError):
        raise OpsError(f"{package}: can't be read; run {app.package_manager.install} in {app.root}") from None


def _details(finished: Finished, summary: str) -> list[str]:
    """What wrangler prints below its error's first line, quoted: its machine-readable output has that line alone."""
    lines = finished.error().text.split("\n")
    first = next((number for number, line in enumerate(lines) if summary.split("\n")[0] in line), len(lines))
    return [quoted(line.strip()) for line in lines[first + 1 :] if line.strip() not in summary]


def _note(item: Mapping[str, Any], name: str) -> str:
    return str((item.get("annotations") or {}).get(name) or "")


def _short(message: str) -> str:
    return message[:_LONGEST_MESSAGE]
