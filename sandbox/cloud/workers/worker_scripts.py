"""Workers: state and rules. Source: Cloudflare's API reference, "Workers", and the page "Versions & Deployments"."""

from __future__ import annotations

import contextlib
import logging
import re
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.responses import Response

from sandbox.cloud.cloud_api import ApiError, PageTable
from sandbox.cloud.cloudflare_api import now
from sandbox.cloud.document_store import Document, DocumentStore
from sandbox.cloud.worker_addresses import WorkerDomains
from sandbox.cloud.workers import worker_documents
from sandbox.cloud.workers.worker_code import CodeFiles, multipart, read_upload, runtime_options, with_secrets
from sandbox.cloud.workers.worker_runtime import Front, Runtime, RuntimeFailedError, Target
from sandbox.cloud.zone_directory import ZoneDirectory

_SCRIPTS, _VERSIONS, _DEPLOYMENTS, _SUBDOMAINS = (
    "workers_scripts",
    "workers_versions",
    "workers_deployments",
    "workers_subdomains",
)
_SETTINGS = ("tags", "logpush", "observability", "tail_consumers")
_NOT_DEPLOYED = (
    "Secret edit failed. You attempted to modify a secret, but the latest version of your Worker isn't currently "
    "deployed. Deploy it first, or edit the secrets of the latest version instead."
)
# The pattern of a script's name in Cloudflare's OpenAPI document; a name is also a label of its workers.dev address.
_NAME = re.compile(r"[a-z0-9_][a-z0-9_-]{0,62}")
_SUBDOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_SECRET = re.compile(r"[A-Za-z_$][\w$]*", re.ASCII)
_LEAST_PERCENTAGE = 0.01
# Of an account on the free plan (Cloudflare's page "Workers: Limits", "Number of Workers").
_MOST_SCRIPTS = 100
log = logging.getLogger(__name__)


class Workers:
    """Scripts by account and name, each with versions and deployments; the deployed versions answer on loopback.

    Args:
        home: the folder for the code, which holds the secrets.
        subdomain: of workers.dev, for an account that hasn't set one.
    """

    def __init__(self, store: DocumentStore, directory: ZoneDirectory, home: Path, subdomain: str) -> None:
        self._store = store
        self._directory = directory
        self._code = CodeFiles(home / "code")
        self._runtime = Runtime(home, self._options)
        self._default_subdomain = subdomain
        self._texts: dict[str, list[str]] = {}
        # One change at a time, so that what is served and what is stored agree.
        self._lock = threading.RLock()

    # The cloud's life

    def start(self, neon_port: int) -> None:
        """Serve what is deployed, each Worker on the port it had.

        Args:
            neon_port: on 127.0.0.1, where Workers' requests to the host names of Neon's endpoints go.
        """
        self._runtime.neon_port = neon_port
        for script in self._store.list(_SCRIPTS):
            try:
                self._serve(script, self._deployed(script))
            except ApiError as error:
                log.warning("%s is not served: %s", script["id"], error.message)

    def stop(self) -> None:
        self._runtime.stop()

    def clear(self) -> None:
        """Remove every Worker."""
        for script in self._store.list(_SCRIPTS):
            self._remove(script)

    def addresses(self) -> dict[str, str]:
        """Each Worker's public address → where it is served on this machine."""
        found: dict[str, str] = {}
        for script in self._store.list(_SCRIPTS):
            subdomain = self._subdomain_of(script)
            if not script.get("_port"):
                continue
            if subdomain["enabled"]:
                found[subdomain["url"]] = f"http://127.0.0.1:{script['_port']}"
            for domain in self._store.list(WorkerDomains.name, service=script["id"]):
                found[f"https://{domain['hostname']}"] = f"http://127.0.0.1:{script['_port']}"
        return found

    # Scripts

    def scripts(self, account: str) -> list[Document]:
        self._directory.account(account)
        return self._store.list(_SCRIPTS, _account=account)

    def script(self, account: str, name: str) -> Document:
        self._directory.account(account)
        found = self._store.get(_SCRIPTS, f"{account}/{name}")
        if found is None:
            raise ApiError(404, "This Worker does not exist on your account.", 10007)
        return found

    def service(self, account: str, name: str) -> Document:
        return worker_documents.service_document(self.script(account, name))

    def worker(self, account: str, name: str) -> Document:
        script = self.script(account, name)
        names = {"id": script["tag"], "name": script["id"], "created_on": script["created_on"]}
        domains = [
            {"id": item["id"], "hostname": item["hostname"], "zone_id": item["zone_id"], "zone_name": item["zone_name"]}
            | {"certificate_id": item["cert_id"]}
            for item in self._store.list(WorkerDomains.name, service=name)
        ]
        kinds = ("dispatch_namespace_outbounds", "durable_objects", "queues", "workers")
        names |= {
            "updated_on": script["modified_on"],
            "references": {"domains": domains} | {kind: [] for kind in kinds},
        }
        return names | self.script_settings(account, name) | {"subdomain": self._subdomain_of(script)}

    def delete(self, account: str, name: str) -> None:
        with self._lock:
            self._remove(self.script(account, name))

    def upload(self, account: str, name: str, form: Document) -> Document:
        """Create a Worker, or a version of it, and deploy that."""
        with self._lock:
            self._directory.account(account)
            if not _NAME.fullmatch(name):
                raise ApiError(400, f"Script name {name[:80]!r} is invalid.", 10016)
            known = self._store.get(_SCRIPTS, f"{account}/{name}")
            if known is None and len(self.scripts(account)) >= _MOST_SCRIPTS:
                text = f"You have exceeded the limit of {_MOST_SCRIPTS} Workers on your account."
                raise ApiError(400, text, 10037)
            script = known or worker_documents.script_document(name, now()) | {"_account": account}
            version, metadata = self._add_uploaded(script, form)
            kept = {name: metadata[name] for name in ("logpush", "observability") if metadata.get(name) is not None}
            self._keep(script | kept)
            self._deploy(self.script(account, name), [{"version_id": version["id"], "percentage": 100}], {})
            shown = {"startup_time_ms": version["startup_time_ms"], "etag": version["resources"]["script"]["etag"]}
            # wrangler takes the version's id from this field.
            return self.script(account, name) | shown | {"deployment_id": version["id"].replace("-", "")}

    def settings(self, account: str, name: str) -> Document:
        script = self.script(account, name)
        return worker_documents.settings_document(self._code.read(self._latest(script)["id"]), script)

    def script_settings(self, account: str, name: str) -> Document:
        script = self.script(account, name)
        return {key: script[key] for key in _SETTINGS}

    def change_settings(self, account: str, name: str, wanted: Document) -> Document:
        """Change the settings outside versions."""
        with self._lock:
            script = self.script(account, name)
            self._keep(script | {key: wanted[key] for key in _SETTINGS if wanted.get(key) is not None})
            return self.script_settings(account, name)

    # workers.dev

    def account_subdomain(self, account: str) -> Document:
        self._directory.account(account)
        chosen = self._store.get(_SUBDOMAINS, account)
        return {"subdomain": chosen["subdomain"] if chosen else self._default_subdomain}

    def choose_subdomain(self, account: str, wanted: Document) -> Document:
        self._directory.account(account)
        name = str(wanted.get("subdomain") or "")
        if not _SUBDOMAIN.fullmatch(name):
            raise ApiError(400, f"Subdomain {name[:80]!r} is invalid.", 10037)
        return self._store.put(_SUBDOMAINS, account, {"subdomain": name})

    def subdomain(self, account: str, name: str) -> Document:
        return self._subdomain_of(self.script(account, name))

    def change_subdomain(self, account: str, name: str, wanted: Document) -> Document:
        with self._lock:
            script = self.script(account, name)
            enabled = bool(wanted.get("enabled"))
            state = {"enabled": enabled, "previews_enabled": bool(wanted.get("previews_enabled", enabled))}
            return self._subdomain_of(self._keep(script | {"_subdomain": state}))

    def _subdomain_of(self, script: Document) -> Document:
        return worker_documents.subdomain_document(script, self.account_subdomain(script["_account"])["subdomain"])

    # Versions

    def versions(self, account: str, name: str) -> list[Document]:
        """The versions, the newest first."""
        return self._versions(self.script(account, name))

    def version(self, account: str, name: str, version_id: str) -> Document:
        script = self.script(account, name)
        found = self._store.get(_VERSIONS, version_id)
        if found is None or found["_script"] != script["tag"]:
            raise ApiError(404, f"There is no version {version_id!r} of this Worker.", 10146)
        return found

    def content(self, account: str, name: str, version_id: str) -> Response:
        """A version's modules (Cloudflare's API reference, "Get script content"; the entry point is in a header)."""
        code = self._code.read(self.version(account, name, version_id)["id"])
        content_type, body = multipart(code)
        return Response(body, 200, {"cf-entrypoint": code["modules"][0]["path"], "content-type": content_type})

    def upload_version(self, account: str, name: str, form: Document) -> Document:
        """Add a version that answers no request yet, except at its preview address."""
        with self._lock:
            script = self.script(account, name)
            version, _ = self._add_uploaded(script, form)
            self._serve(script, self._deployed(script))
            return version

    def _add_uploaded(self, script: Document, form: Document) -> tuple[Document, Document]:
        latest = next(iter(self._versions(script)), None)
        code, metadata = read_upload(form, self._code.read(latest["id"]) if latest else None)
        return self._add(script, code, metadata.get("annotations") or {}), metadata

    def _add(self, script: Document, code: Document, annotations: Document) -> Document:
        """Store a version once it runs, as the real cloud refuses one that fails at its start."""
        version_id, moment = str(uuid.uuid4()), now()
        tag = annotations.get("workers/tag") or ""
        self._code.write(version_id, code | {"version": {"id": version_id, "tag": tag, "timestamp": moment}})
        try:
            spent = self._run(lambda: self._runtime.start(script["id"], version_id))
        except ApiError:
            self._code.delete(version_id)
            raise
        number = len(self._versions(script)) + 1
        version = worker_documents.version_document(version_id, number, moment, code, annotations)
        self._store.put(_VERSIONS, version_id, version | {"_script": script["tag"]})
        return version | {"startup_time_ms": spent}

    def _versions(self, script: Document) -> list[Document]:
        return self._store.list(_VERSIONS, _script=script["tag"])[::-1]

    def _latest(self, script: Document) -> Document:
        versions = self._versions(script)
        if not versions:
            raise ApiError(404, "This Worker has no version.", 10222)
        return versions[0]

    # Deployments

    def deployments(self, account: str, name: str) -> list[Document]:
        """The deployments, the newest and active one first."""
        return self._deployments(self.script(account, name))

    def deploy(self, account: str, name: str, wanted: Document) -> Document:
        """Split the requests between one or two versions, by percentage."""
        with self._lock:
            script = self.script(account, name)
            versions: list[Document] = wanted.get("versions") or []
            for item in versions:
                self.version(account, name, item["version_id"])
                if not (item["percentage"] == 0 or _LEAST_PERCENTAGE <= item["percentage"] <= 100):
                    raise ApiError(400, f"A percentage is 0, or {_LEAST_PERCENTAGE} to 100.", 10023)
            if len({item["version_id"] for item in versions}) < len(versions):
                raise ApiError(400, "A deployment has each version once.", 10023)
            if len(versions) not in (1, 2) or sum(item["percentage"] for item in versions) != 100:
                raise ApiError(400, "A deployment has one or two versions, whose percentages add up to 100.", 10023)
            return self._deploy(script, versions, wanted.get("annotations") or {})

    def _deploy(self, script: Document, versions: list[Document], annotations: Document) -> Document:
        deployment = worker_documents.deployment_document(versions, now(), annotations)
        self._serve(script, deployment)
        self._store.put(_DEPLOYMENTS, deployment["id"], deployment | {"_script": script["tag"]})
        return deployment

    def _deployments(self, script: Document) -> list[Document]:
        return self._store.list(_DEPLOYMENTS, _script=script["tag"])[::-1]

    def _deployed(self, script: Document) -> Document | None:
        return next(iter(self._deployments(script)), None)

    # Secrets

    def secrets(self, account: str, name: str) -> list[Document]:
        bindings = self._latest(self.script(account, name))["resources"]["bindings"]
        return [item for item in bindings if item["type"] == "secret_text"]

    def secret_texts(self) -> dict[str, list[str]]:
        """The values of the secrets of each version, by its id. They leave this process nowhere but to the runtime."""
        found: dict[str, list[str]] = {}
        for version in self._store.list(_VERSIONS):
            number = version["id"]
            if number not in self._texts:
                with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
                    bindings = self._code.read(number)["bindings"]
                    self._texts[number] = [item["text"] for item in bindings if item["type"] == "secret_text"]
            found[number] = self._texts.get(number, [])
        return found

    def change_secrets(self, account: str, name: str, secrets: dict[str, str | None]) -> Document:
        """Create a version from the newest one with other secrets, and deploy it. The newest must be deployed."""
        with self._lock:
            script = self.script(account, name)
            latest, deployed = self._latest(script), self._deployed(script)
            known = {item["name"] for item in self.secrets(account, name)}
            for key, text in secrets.items():
                if not _SECRET.fullmatch(key):
                    raise ApiError(400, f"Secret name {key[:80]!r} is invalid.", 10056)
                if text is None and key not in known:
                    raise ApiError(404, f"Secret {key[:80]!r} does not exist.", 10056)
            if not deployed or [item["version_id"] for item in deployed["versions"]] != [latest["id"]]:
                raise ApiError(400, _NOT_DEPLOYED, 10215)
            version = self._with_secrets(script, latest, secrets, {"workers/triggered_by": "secret"})
            annotations = {"workers/triggered_by": "secret"}
            self._deploy(script, [{"version_id": version["id"], "percentage": 100}], annotations)
            return version

    def change_latest(self, account: str, name: str, secrets: dict[str, str | None], annotations: Document) -> Document:
        """Create a version from the newest one with other secrets, without deploying it."""
        with self._lock:
            script = self.script(account, name)
            version = self._with_secrets(script, self._latest(script), secrets, annotations)
            self._serve(script, self._deployed(script))
            return version

    def _with_secrets(
        self, script: Document, latest: Document, secrets: dict[str, str | None], annotations: Document
    ) -> Document:
        return self._add(script, with_secrets(self._code.read(latest["id"]), secrets), annotations)

    # Serving

    def _options(self, version_id: str) -> Document:
        code = self._code.read(version_id)
        return runtime_options(code, code["version"])

    def _serve(self, script: Document, deployment: Document | None) -> None:
        """Send the requests to a deployment's versions; the newest version also runs, for its preview address."""
        if deployment is None:
            return
        targets = [Target(item["version_id"], item["percentage"]) for item in deployment["versions"]]
        newest = [version["id"] for version in self._versions(script)[:1]]
        hostname = self._subdomain_of(script)["url"].removeprefix("https://")
        keep = [*(target.id for target in targets), *newest]
        front = Front(script["id"], hostname, script.get("_port") or 0, targets, keep)
        port = self._run(lambda: self._runtime.route(front))
        if port != script.get("_port"):
            self._keep(self.script(script["_account"], script["id"]) | {"_port": port})

    def _run(self, work: Callable[[], int]) -> int:
        try:
            return work()
        except RuntimeFailedError as problem:
            raise ApiError(400, str(problem), 10021) from problem

    def _keep(self, script: Document) -> Document:
        return self._store.put(_SCRIPTS, f"{script['_account']}/{script['id']}", script | {"modified_on": now()})

    def _remove(self, script: Document) -> None:
        self._runtime.remove(script["id"])
        with self._store.transaction():
            for version in self._versions(script):
                self._code.delete(version["id"])
                self._store.delete(_VERSIONS, version["id"])
            for deployment in self._deployments(script):
                self._store.delete(_DEPLOYMENTS, deployment["id"])
            self._store.delete(_SCRIPTS, f"{script['_account']}/{script['id']}")

    def tables(self) -> list[PageTable]:
        addresses = self.addresses()
        scripts: list[Document] = []
        versions: list[Document] = []
        for script in self._store.list(_SCRIPTS):
            url = self._subdomain_of(script)["url"]
            scripts.append({"name": script["id"], "address": url, "served at": addresses.get(url, "–")})
            deployed = self._deployed(script)
            percentages: dict[str, Any] = {
                item["version_id"]: f"{item['percentage']} %" for item in (deployed["versions"] if deployed else [])
            }
            versions += [_version_row(script["id"], item, percentages) for item in self._versions(script)]
        return [
            PageTable("Workers", ("name", "address", "served at"), scripts),
            PageTable("Versions", ("worker", "number", "id", "requests", "bindings", "message", "created"), versions),
        ]


def _version_row(worker: str, version: Document, percentages: dict[str, Any]) -> Document:
    return {
        "worker": worker,
        "number": version["number"],
        "id": version["id"],
        "requests": percentages.get(version["id"], "–"),
        "bindings": ", ".join(item["name"] for item in version["resources"]["bindings"]),
        "message": version["annotations"].get("workers/message", ""),
        "created": version["metadata"]["created_on"],
    }
