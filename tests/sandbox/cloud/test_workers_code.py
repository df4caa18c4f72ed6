"""What a Worker gets of an upload."""

from __future__ import annotations

import json

import pytest

from sandbox.cloud.cloud_api import ApiError
from sandbox.cloud.document_store import Document
from sandbox.cloud.multipart_forms import FilePart
from sandbox.cloud.workers.worker_code import loopback_without_tls, read_upload, runtime_options

pytestmark = pytest.mark.slow

MODULE = "application/javascript+module"


def form(*modules: tuple[str, str], **metadata: object) -> Document:
    parts = {name: FilePart(name, kind, b"export default {}") for name, kind in modules}
    return {"metadata": json.dumps({"main_module": "index.js", **metadata}), **parts}


@pytest.mark.parametrize(
    ("given", "handed_on"),
    [
        ("postgresql://r:p@127.0.0.1:5/db?sslmode=require", "postgresql://r:p@127.0.0.1:5/db?sslmode=disable"),
        ("postgres://r:p@localhost/db", "postgres://r:p@localhost/db?sslmode=disable"),
        (
            "postgresql://r:p@[::1]:5/db?application_name=a&sslmode=require&channel_binding=require",
            "postgresql://r:p@[::1]:5/db?application_name=a&sslmode=disable",
        ),
        ("postgresql://r:p@ep-x.neon.tech/db?sslmode=require", "postgresql://r:p@ep-x.neon.tech/db?sslmode=require"),
        ("https://127.0.0.1/?sslmode=require", "https://127.0.0.1/?sslmode=require"),
    ],
)
def test_only_a_postgres_on_loopback_is_reached_without_tls(given: str, handed_on: str) -> None:
    assert loopback_without_tls(given) == handed_on


def test_each_kind_of_binding_arrives() -> None:
    simple = {"limit": 100, "period": 60}
    bindings = [
        {"name": "TEXT", "type": "plain_text", "text": "t"},
        {"name": "SECRET", "type": "secret_text", "text": "s"},
        {"name": "JSON", "type": "json", "json": {"a": 1}},
        {"name": "LIMIT", "type": "ratelimit", "namespace_id": "1001", "simple": simple},
        {"name": "VERSION", "type": "version_metadata"},
    ]
    code, _ = read_upload(form(("index.js", MODULE), bindings=bindings), None)
    version = {"id": "v", "tag": "t", "timestamp": "now"}
    options = runtime_options(code, version)
    assert options["bindings"] == {"TEXT": "t", "SECRET": "s", "JSON": {"a": 1}, "VERSION": version}
    assert options["ratelimits"] == {"LIMIT": {"namespace_id": "1001", "simple": simple}}


def test_the_main_module_comes_first_and_source_maps_are_left_out() -> None:
    upload = form(("a.wasm", "application/wasm"), ("index.js", MODULE), ("index.js.map", "application/source-map"))
    code, _ = read_upload(upload, None)
    assert [(item["path"], item["type"]) for item in code["modules"]] == [
        ("index.js", "ESModule"),
        ("a.wasm", "CompiledWasm"),
    ]


@pytest.mark.parametrize(
    ("upload", "reason"),
    [
        ({}, "no metadata"),
        ({"metadata": "not JSON"}, "no metadata"),
        (form(("other.js", MODULE)), "main module 'index.js'"),
        (form(("index.js", "text/x-python")), "text/x-python"),
    ],
)
def test_an_invalid_upload_says_why(upload: Document, reason: str) -> None:
    with pytest.raises(ApiError, match=reason):
        read_upload(upload, None)
