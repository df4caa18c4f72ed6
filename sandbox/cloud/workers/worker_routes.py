"""Routes of Workers: those that wrangler 4 calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from sandbox.cloud.cloud_api import Api, ApiCall, ApiOperation, CloudService
from sandbox.cloud.document_store import Document
from sandbox.cloud.workers.worker_scripts import Workers

_WORKERS = "/accounts/{account}/workers"
_SCRIPT = _WORKERS + "/scripts/{name}"


def service(api: Api, workers: Workers) -> CloudService:
    """The service of Workers."""

    def of_worker(answer: Callable[..., Any], *more: str) -> Callable[[ApiCall], Any]:
        """An operation on the Worker of the path; more are further parts of the path, or ``body``."""
        return lambda call: answer(
            call["account"], call["name"], *(call.body if name == "body" else call[name] for name in more)
        )

    def put_secret(call: ApiCall) -> Document:
        workers.change_secrets(call["account"], call["name"], {call.body["name"]: call.body["text"]})
        return {"name": call.body["name"], "type": "secret_text"}

    def delete_secret(call: ApiCall) -> None:
        workers.change_secrets(call["account"], call["name"], {call["secret"]: None})

    def patch_secrets(call: ApiCall) -> Document:
        workers.change_secrets(call["account"], call["name"], _texts(call.body.get("secrets")))
        return {item["name"]: item for item in workers.secrets(call["account"], call["name"])}

    def patch_latest(call: ApiCall) -> Document:
        annotations = call.body.get("annotations") or {}
        return workers.change_latest(call["account"], call["name"], _texts(call.body.get("env")), annotations)

    def find_deployments(call: ApiCall) -> Document:
        return {"deployments": workers.deployments(call["account"], call["name"])}

    def find_content(call: ApiCall) -> Response:
        return workers.content(call["account"], call["name"], call.query.get("version", ""))

    versions, deployments = _SCRIPT + "/versions", _SCRIPT + "/deployments"
    operations = [
        ApiOperation("GET", _WORKERS + "/scripts", lambda call: workers.scripts(call["account"])),
        ApiOperation("PUT", _SCRIPT, of_worker(workers.upload, "body")),
        ApiOperation("DELETE", _SCRIPT, of_worker(workers.delete)),
        ApiOperation("GET", _SCRIPT + "/settings", of_worker(workers.settings)),
        ApiOperation("GET", _SCRIPT + "/script-settings", of_worker(workers.script_settings)),
        ApiOperation("PATCH", _SCRIPT + "/script-settings", of_worker(workers.change_settings, "body")),
        ApiOperation("GET", versions, lambda call: {"items": workers.versions(call["account"], call["name"])}),
        ApiOperation("POST", versions, of_worker(workers.upload_version, "body")),
        ApiOperation("GET", versions + "/{version}", of_worker(workers.version, "version")),
        ApiOperation("GET", _SCRIPT + "/content/v2", find_content),
        ApiOperation("GET", deployments, find_deployments),
        ApiOperation("POST", deployments, of_worker(workers.deploy, "body")),
        ApiOperation("GET", _SCRIPT + "/secrets", of_worker(workers.secrets)),
        ApiOperation("PUT", _SCRIPT + "/secrets", put_secret),
        ApiOperation("DELETE", _SCRIPT + "/secrets/{secret}", delete_secret),
        ApiOperation("PATCH", _SCRIPT + "/secrets-bulk", patch_secrets),
        ApiOperation("GET", _SCRIPT + "/subdomain", of_worker(workers.subdomain)),
        ApiOperation("POST", _SCRIPT + "/subdomain", of_worker(workers.change_subdomain, "body")),
        ApiOperation("GET", _WORKERS + "/subdomain", lambda call: workers.account_subdomain(call["account"])),
        ApiOperation("PUT", _WORKERS + "/subdomain", lambda call: workers.choose_subdomain(call["account"], call.body)),
        ApiOperation("GET", _WORKERS + "/services/{name}", of_worker(workers.service)),
        ApiOperation("DELETE", _WORKERS + "/services/{name}", of_worker(workers.delete)),
        ApiOperation("GET", _WORKERS + "/workers/{name}", of_worker(workers.worker)),
        ApiOperation("PATCH", _WORKERS + "/workers/{name}/versions/latest", patch_latest),
        # wrangler looks for these before it deletes a Worker; this cloud has none.
        ApiOperation("GET", _WORKERS + "/durable_objects/namespaces", lambda _: []),
        ApiOperation("GET", "/accounts/{account}/storage/kv/namespaces", lambda _: []),
    ]
    return CloudService("Workers", api, operations, workers.tables, {})


def _texts(changes: dict[str, Document | None] | None) -> dict[str, str | None]:
    """The secrets of a merge patch: a value, or None to remove one."""
    return {name: item["text"] if item else None for name, item in (changes or {}).items()}
