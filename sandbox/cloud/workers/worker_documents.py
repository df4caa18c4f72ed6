"""The wire format of Workers, as wrangler reads it. Source: Cloudflare's API reference, "Workers"."""

from __future__ import annotations

import uuid

from sandbox.cloud.document_store import Document
from sandbox.cloud.workers.worker_code import shown_bindings

_AUTHOR = {"author_id": "7c5dae5552338874e5053f2534d2767a", "author_email": "owner@example.com"}


def script_document(name: str, now: str) -> Document:
    """A Worker before its first version."""
    return {
        "id": name,
        "tag": uuid.uuid4().hex,
        "created_on": now,
        "modified_on": now,
        "usage_model": "standard",
        "handlers": ["fetch"],
        "last_deployed_from": "wrangler",
        "tags": [],
        "logpush": False,
        "observability": {"enabled": False},
        "tail_consumers": [],
    }


def version_document(version_id: str, number: int, now: str, code: Document, annotations: Document) -> Document:
    """A version of a Worker; its secrets have no values."""
    script = {"etag": uuid.uuid4().hex, "handlers": ["fetch"], "last_deployed_from": "wrangler"}
    runtime = {
        "compatibility_date": code["compatibility_date"],
        "compatibility_flags": code["compatibility_flags"],
        "usage_model": "standard",
    }
    return {
        "id": version_id,
        "number": number,
        "metadata": {"created_on": now, "modified_on": now, "source": "wrangler", "has_preview": True, **_AUTHOR},
        "annotations": {name: value for name, value in annotations.items() if value is not None},
        "resources": {"bindings": shown_bindings(code), "script": script, "script_runtime": runtime},
    }


def deployment_document(versions: list[Document], now: str, annotations: Document) -> Document:
    """A deployment: versions and their percentages of a Worker's requests."""
    return {
        "id": str(uuid.uuid4()),
        "source": "wrangler",
        "strategy": "percentage",
        "author_email": _AUTHOR["author_email"],
        "created_on": now,
        "annotations": {name: value for name, value in annotations.items() if value is not None},
        "versions": versions,
    }


def subdomain_document(script: Document, account_subdomain: str) -> Document:
    """Whether a Worker has its workers.dev address, and the addresses of its versions."""
    name = script["id"]
    suffix = f"-{name}.{account_subdomain}.workers.dev"
    state = script.get("_subdomain") or {"enabled": True, "previews_enabled": True}
    return {**state, "url": f"https://{suffix[1:]}", "preview_url_suffix": suffix}


def service_document(script: Document) -> Document:
    """A Worker in the form of the older services API, which wrangler calls first."""
    environment = {
        "environment": "production",
        "created_on": script["created_on"],
        "modified_on": script["modified_on"],
    }
    return {
        "id": script["id"],
        "default_environment": {**environment, "script": script},
        "environments": [environment],
        "created_on": script["created_on"],
        "modified_on": script["modified_on"],
    }


def settings_document(code: Document, script: Document) -> Document:
    """A Worker's settings: those of its newest version, and those outside versions."""
    kept = ("tags", "logpush", "observability", "tail_consumers", "usage_model")
    return {
        "bindings": shown_bindings(code),
        "compatibility_date": code["compatibility_date"],
        "compatibility_flags": code["compatibility_flags"],
        **{name: script[name] for name in kept},
    }
