"""Routes of Workers: those that wrangler 4 asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.cloud.cloud_api import Api, Call, Operation, Service
from sandbox.cloud.document_store import Document
from sandbox.cloud.workers.worker_scripts import Workers

_WORKERS = "/accounts/{account}/workers"
_SCRIPT = _WORKERS + "/scripts/{name}"


def service(api: Api, workers: Workers) -> Service:
    """The service over Workers."""

    def of_worker(answer: Callable[..., Any], *more: str) -> Callable[[Call], Any]:
        """An operation on the Worker of the path; more are further parts of the path, or ``body``."""
        return lambda call: answer(
            call["account"], call["name"], *(call.body if name == "body" else call[name] for name in more)
        )

    def put_secret(call: Call) -> Document:
        workers.change_secrets(call["account"], call["name"], {call.body["name"]: call.body["text"]})
        return {"name": call.body["name"], "type": "secret_text"}

    def delete_secret(call: Call) -> None:
        workers.change_secrets(call["account"], call["name"], {call["secret"]: None})

    def patch_secrets(call: Call) -> list[Document]:
        workers.change_secrets(call["account"], call["name"], _texts(call.body.get("secrets")))
        return workers.secrets(call["account"], call["name"])

    def patch_latest(call: Call) -> Document:
        annotations = call.body.get("annotations") or {}
        return workers.change_latest(call["account"], call["name"], _texts(call.body.get("env")), annotations)

    versions, deployments = _SCRIPT + "/versions", _SCRIPT + "/deployments"
    operations = [
        Operation("GET", _WORKERS + "/scripts", lambda call: workers.scripts(call["account"])),
        Operation("PUT", _SCRIPT, of_worker(workers.upload, "body")),
        Operation("DELETE", _SCRIPT, of_worker(workers.delete)),
        Operation("GET", _SCRIPT + "/settings", of_worker(workers.settings)),
        Operation("GET", _SCRIPT + "/script-settings", of_worker(workers.script_settings)),
        Operation("PATCH", _SCRIPT + "/script-settings", of_worker(workers.change_settings, "body")),
        Operation("GET", versions, lambda call: {"items": workers.versions(call["account"], call["name"])}),
        Operation("POST", versions, of_worker(workers.upload_version, "body")),
        Operation("GET", versions + "/{version}", of_worker(workers.version, "version")),
        Operation("GET", deployments, lambda call: {"deployments": workers.deployments(call["account"], call["name"])}),
        Operation("POST", deployments, of_worker(workers.deploy, "body")),
        Operation("GET", _SCRIPT + "/secrets", of_worker(workers.secrets)),
        Operation("PUT", _SCRIPT + "/secrets", put_secret),
        Operation("DELETE", _SCRIPT + "/secrets/{secret}", delete_secret),
        Operation("PATCH", _SCRIPT + "/secrets-bulk", patch_secrets),
        Operation("GET", _SCRIPT + "/subdomain", of_worker(workers.subdomain)),
        Operation("POST", _SCRIPT + "/subdomain", of_worker(workers.change_subdomain, "body")),
        Operation("GET", _WORKERS + "/subdomain", lambda call: workers.account_subdomain(call["account"])),
        Operation("PUT", _WORKERS + "/subdomain", lambda call: workers.choose_subdomain(call["account"], call.body)),
        Operation("GET", _WORKERS + "/services/{name}", of_worker(workers.service)),
        Operation("DELETE", _WORKERS + "/services/{name}", of_worker(workers.delete)),
        Operation("GET", _WORKERS + "/workers/{name}", of_worker(workers.worker)),
        Operation("PATCH", _WORKERS + "/workers/{name}/versions/latest", patch_latest),
        # What wrangler looks for before it deletes a Worker; this cloud has none of it.
        Operation("GET", _WORKERS + "/durable_objects/namespaces", lambda _: []),
        Operation("GET", "/accounts/{account}/storage/kv/namespaces", lambda _: []),
    ]
    return Service("Workers", api, operations, workers.tables, {})


def _texts(changes: dict[str, Document | None] | None) -> dict[str, str | None]:
    """The secrets of a merge patch: a text, or None for one to remove."""
    return {name: item["text"] if item else None for name, item in (changes or {}).items()}
