"""The code of a version of a Worker: modules, bindings and secrets, in files that only their owner can read."""

from __future__ import annotations

import base64
import json
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sandbox.cloud.cloud_api import ApiError
from sandbox.cloud.document_store import Document
from sandbox.cloud.multipart_forms import FilePart

# Cloudflare's page "Multipart upload metadata": a module's kind is its content type. Source maps are not run.
_MODULE_TYPES = {
    "application/javascript+module": "ESModule",
    "application/javascript": "CommonJS",
    "application/wasm": "CompiledWasm",
    "application/octet-stream": "Data",
    "text/plain": "Text",
}
_SOURCE_MAP = "application/source-map"
_BINDINGS = ("plain_text", "secret_text", "json", "ratelimit", "version_metadata")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_VALIDATION_ERROR = 10021
_INVALID_INHERIT = 10057


class CodeFiles:
    """One file for each version in a folder; secrets are stored nowhere else in the cloud."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def read(self, version_id: str) -> Document:
        return json.loads(self._path(version_id).read_text(encoding="utf-8"))

    def write(self, version_id: str, code: Document) -> None:
        partial = self._path(version_id).with_suffix(".new")
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(code), encoding="utf-8")
        partial.replace(self._path(version_id))

    def delete(self, version_id: str) -> None:
        self._path(version_id).unlink(missing_ok=True)

    def _path(self, version_id: str) -> Path:
        return self._folder / f"{version_id}.json"


def read_upload(form: Document, old: Document | None) -> tuple[Document, Document]:
    """The code of an uploaded version, and the upload's metadata.

    Args:
        form: the multipart body: ``metadata`` and the modules.
        old: the code of the version before, whose bindings may be kept.

    Raises:
        ApiError: the upload is invalid, or asks for a binding that this cloud doesn't emulate.
    """
    try:
        raw = form["metadata"]
        metadata: Document = json.loads(raw.content if isinstance(raw, FilePart) else raw)
    except (KeyError, TypeError, ValueError) as error:
        raise ApiError(400, "The upload has no metadata part in JSON.", _VALIDATION_ERROR) from error
    parts = [part for part in form.values() if isinstance(part, FilePart) and part is not form["metadata"]]
    modules = [_module(part) for part in parts if part.content_type != _SOURCE_MAP]
    main = metadata.get("main_module")
    if main not in [module["path"] for module in modules]:
        raise ApiError(400, f"The main module {main!r} is not among the uploaded ones.", _VALIDATION_ERROR)
    code: Document = {
        "modules": sorted(modules, key=lambda module: module["path"] != main),
        "bindings": _bindings(metadata, {item["name"]: item for item in (old or {}).get("bindings", [])}),
        "compatibility_date": metadata.get("compatibility_date") or "2021-11-02",
        "compatibility_flags": metadata.get("compatibility_flags") or [],
    }
    return code, metadata


def _module(part: FilePart) -> Document:
    kind = _MODULE_TYPES.get(part.content_type)
    if kind is None:
        raise ApiError(400, f"{part.filename}: modules of type {part.content_type!r} are not known.", _VALIDATION_ERROR)
    return {"path": part.filename, "type": kind, "contents": base64.b64encode(part.content).decode()}


def multipart(code: Document) -> tuple[str, bytes]:
    """A version's modules as a form, with its content type: what wrangler reads to upload them again with a secret."""
    boundary = secrets.token_hex(16)
    kinds = {kind: mime for mime, kind in _MODULE_TYPES.items()}
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{module["path"]}"; filename="{module["path"]}"\r\n'
        f"Content-Type: {kinds[module['type']]}\r\n\r\n".encode()
        + base64.b64decode(module["contents"])
        + b"\r\n"
        for module in code["modules"]
    ]
    return f"multipart/form-data; boundary={boundary}", b"".join(parts) + f"--{boundary}--\r\n".encode()


def _bindings(metadata: Document, old: dict[str, Document]) -> list[Document]:
    kept = metadata.get("keep_bindings") or []
    found = {name: item for name, item in old.items() if item["type"] in kept}
    names = [wanted["name"] for wanted in metadata.get("bindings") or []]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ApiError(400, f"Binding name '{twice}' already in use.", _VALIDATION_ERROR)
    for wanted in metadata.get("bindings") or []:
        name, kind = wanted["name"], wanted["type"]
        if kind == "inherit":
            before = wanted.get("old_name") or name
            if before not in old:
                message = f"inherit binding '{name}' is invalid, it does not exist in the version before."
                raise ApiError(400, message, _INVALID_INHERIT)
            found[name] = old[before] | {"name": name}
        elif kind in _BINDINGS:
            found[name] = wanted
        else:
            message = f"binding {name} of type {kind} is not emulated by the sandbox; known are {', '.join(_BINDINGS)}."
            raise ApiError(400, message, _VALIDATION_ERROR)
    return list(found.values())


def with_secrets(code: Document, changed: dict[str, str | None]) -> Document:
    """The code with secrets set, or removed where the value is None."""
    kept = [item for item in code["bindings"] if item["name"] not in changed]
    added = [{"name": name, "type": "secret_text", "text": text} for name, text in changed.items() if text is not None]
    return code | {"bindings": kept + added}


def shown_bindings(code: Document) -> list[Document]:
    """The bindings as the API shows them, without the values of secrets."""
    return [
        {name: value for name, value in item.items() if item["type"] != "secret_text" or name != "text"}
        for item in code["bindings"]
    ]


def runtime_options(code: Document, metadata: Document) -> Document:
    """A version as options for miniflare.

    Args:
        metadata: ``id``, ``tag`` and ``timestamp`` of the version, for a binding that asks for them.
    """
    bindings: dict[str, Any] = {}
    limits: dict[str, Any] = {}
    for item in code["bindings"]:
        name, kind = item["name"], item["type"]
        if kind == "ratelimit":
            limits[name] = {"namespace_id": str(item["namespace_id"]), "simple": item["simple"]}
        elif kind == "version_metadata":
            bindings[name] = metadata
        elif kind == "json":
            bindings[name] = item["json"]
        else:
            bindings[name] = loopback_without_tls(item["text"])
    return {
        "modules": [module | {"path": "/" + module["path"]} for module in code["modules"]],
        "modulesRoot": "/",
        "compatibilityDate": code["compatibility_date"],
        "compatibilityFlags": code["compatibility_flags"],
        "bindings": bindings,
        "ratelimits": limits,
    }


def loopback_without_tls(value: str) -> str:
    """A Postgres address on loopback without TLS; any other text unchanged.

    workerd verifies a server's certificate, and the local Postgres's is self-signed. A real address keeps its
    ``sslmode``.
    """
    if not value.startswith(("postgresql://", "postgres://")):
        return value
    parts = urlsplit(value)
    if parts.hostname not in _LOOPBACK:
        return value
    query = [(name, text) for name, text in parse_qsl(parts.query) if name not in ("sslmode", "channel_binding")]
    return urlunsplit(parts._replace(query=urlencode([*query, ("sslmode", "disable")])))
