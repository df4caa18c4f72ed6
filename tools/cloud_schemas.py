"""Write what the clouds' published specifications say of requests and answers: types, required fields, enums, limits.

    python -m tools.cloud_schemas neon SPECIFICATION.yaml --version 2.7.3
    python -m tools.cloud_schemas cloudflare

Neon's OpenAPI document is the file `public-v2-for-users.gen.yaml` of the npm package `@neondatabase/api-client`.
Cloudflare's are read from the types of the PyPI package `cloudflare`, which must be importable. Only operations that
the local cloud has are written; descriptions and examples are left out. The results are `neon.json` and
`cloudflare.json`: requests in `sandbox/cloud/request_schemas/`, answers in `tests/specification/answer_schemas/`.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import pkgutil
import re
import sys
import tempfile
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import typing_extensions
import yaml
from pydantic import PydanticSchemaGenerationError, TypeAdapter

from sandbox.cloud.cloud_api import shape_of
from sandbox.cloud.local_cloud import LocalCloud
from sandbox.cloud.postgres import Databases

REQUESTS, ANSWERS = Path("sandbox/cloud/request_schemas"), Path("tests/specification/answer_schemas")
_KEPT = (
    "const",
    "type",
    "required",
    "enum",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "pattern",
    "format",
)
# Objects of which the API refuses unknown fields. Most others ignore them.
_CLOSED = ("alerting.mechanism_param.MechanismParam", "alerting.policy_filter_param.PolicyFilterParam")
_ACCOUNT_PACKAGES = ("accounts", "alerting", "durable_objects", "kv", "pages", "rum", "user", "workers")
_ZONE_PACKAGES = ("bot_management", "dns", "healthchecks", "rulesets", "zones")


def emulated(prefix: str) -> set[tuple[str, str]]:
    """The local cloud's operations of one API as (method, path), with `{}` for each part of a path that varies."""
    with tempfile.TemporaryDirectory() as folder:
        cloud = LocalCloud(Path(folder), Databases(Path(folder)))
        return {
            (operation.method, shape_of(operation.path))
            for service in cloud.services
            if service.api.prefix == prefix
            for operation in service.operations
        }


class OpenApi:
    """An OpenAPI 3.0 document, read as JSON Schema."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self.used: dict[str, Any] = {}

    def resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            found: Any = self._document
            for part in node["$ref"][2:].split("/"):
                found = found[part]
            node = found
        return node

    def schema(self, node: dict[str, Any]) -> dict[str, Any]:
        """A schema without its texts; what it refers to is collected in `used`."""
        if "$ref" in node:
            name = node["$ref"].split("/")[-1]
            if name not in self.used:
                self.used[name] = {}
                self.used[name] = self.schema(self.resolve(node))
            return {"$ref": f"#/$defs/{name}"}
        found = {key: node[key] for key in _KEPT if key in node}
        if "properties" in node:
            found["properties"] = {name: self.schema(item) for name, item in node["properties"].items()}
        if isinstance(node.get("items"), dict):
            found["items"] = self.schema(node["items"])
        if isinstance(node.get("additionalProperties"), dict):
            found["additionalProperties"] = self.schema(node["additionalProperties"])
        elif node.get("additionalProperties") is False:
            found["additionalProperties"] = False
        for kind in ("allOf", "anyOf", "oneOf"):
            if kind in node:
                found[kind] = [self.schema(item) for item in node[kind]]
        return {"anyOf": [found, {"type": "null"}]} if node.get("nullable") else found

    def operations(self, known: set[tuple[str, str]]) -> Iterator[tuple[str, dict[str, Any]]]:
        for path, item in self._document["paths"].items():
            for method in ("get", "post", "put", "patch", "delete"):
                key = (method.upper(), shape_of(path))
                if method not in item or key not in known:
                    continue
                operation = item[method]
                wanted: dict[str, Any] = {}
                content = self.resolve(operation.get("requestBody") or {}).get("content") or {}
                body = next((part["schema"] for kind, part in content.items() if "json" in kind), None)
                if body:
                    wanted["body"] = self.schema(body)
                    wanted["required"] = bool(self.resolve(operation["requestBody"]).get("required"))
                listed = [*operation.get("parameters", []), *item.get("parameters", [])]
                parameters = [self.resolve(one) for one in listed]
                query = {one["name"]: self.schema(one["schema"]) for one in parameters if one["in"] == "query"}
                if query:
                    needed = sorted(one["name"] for one in parameters if one["in"] == "query" and one.get("required"))
                    wanted["query"] = {"properties": query} | ({"required": needed} if needed else {})
                if wanted:
                    yield " ".join(key), wanted

    def answers(self, known: set[tuple[str, str]]) -> Iterator[tuple[str, dict[str, Any]]]:
        """For each operation, the schema of its answer by status; null for an answer without a body."""
        for path, item in self._document["paths"].items():
            for method in ("get", "post", "put", "patch", "delete"):
                key = (method.upper(), shape_of(path))
                if method in item and key in known:
                    yield " ".join(key), dict(self._by_status(item[method]["responses"]))

    def _by_status(self, answers: dict[str | int, Any]) -> Iterator[tuple[str, dict[str, Any] | None]]:
        for status, answer in answers.items():
            if str(status).isdecimal():
                content = self.resolve(answer).get("content") or {}
                body = next((part["schema"] for kind, part in content.items() if "json" in kind), None)
                yield str(status), self.schema(body) if body else None


class Types:
    """The request types of the `cloudflare` package, read as JSON Schema."""

    def __init__(self) -> None:
        self.used: dict[str, Any] = {}

    def schema(self, kind: Any) -> dict[str, Any]:
        origin, arguments = typing.get_origin(kind), typing.get_args(kind)
        if origin in (typing_extensions.Required, typing_extensions.NotRequired):
            return self.schema(arguments[0])
        if origin is typing.Annotated:
            wanted = [item.format for item in kind.__metadata__ if getattr(item, "format", None) == "iso8601"]
            found = self.schema(arguments[0])
            return {"type": "string", "format": "date-time"} if wanted else found
        if origin in (typing.Union, types.UnionType):
            parts: list[dict[str, Any]] = []
            for one in arguments:
                if (part := self.schema(one)) not in parts:
                    parts.append(part)
            return {} if {} in parts else parts[0] if len(parts) == 1 else {"anyOf": parts}
        if origin is typing.Literal:
            return {"enum": list(arguments)}
        if typing_extensions.is_typeddict(kind):
            return self._object(kind)
        if inspect.isclass(origin) and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self.schema(arguments[1])}
        if kind in (object, Any):
            return {}
        if inspect.isclass(origin) and issubclass(origin, Iterable):
            return {"type": "array", "items": self.schema(arguments[0])}
        plain = {str: "string", bool: "boolean", int: "number", float: "number", type(None): "null"}
        if kind in plain:
            return {"type": plain[kind]}
        if kind in (datetime, date):
            return {"type": "string"}
        return {}

    def _object(self, kind: Any) -> dict[str, Any]:
        name = f"{kind.__module__.removeprefix('cloudflare.types.')}.{kind.__qualname__}"
        if name not in self.used:
            self.used[name] = {}
            hints = typing_extensions.get_type_hints(kind, include_extras=True)
            names = {field: _alias(hint) or field for field, hint in hints.items()}
            found: dict[str, Any] = {"type": "object"}
            found["properties"] = {names[field]: self.schema(hint) for field, hint in hints.items()}
            needed = sorted(names[field] for field, hint in hints.items() if _is_required(hint, total=kind.__total__))
            closed = {"additionalProperties": False} if name in _CLOSED else {}
            self.used[name] = found | ({"required": needed} if needed else {}) | closed
        return {"$ref": f"#/$defs/{name}"}

    def operations(self, known: set[tuple[str, str]]) -> Iterator[tuple[str, dict[str, Any]]]:
        for module, _, source, key, template in _calls(known):
            params = re.findall(r"maybe_transform\(\s*(.*?)(\w+(?:\.\w+)*),?\s*\)", source, flags=re.S)
            kind = _named(module, params[-1][1]) if params else None
            if kind is None:
                continue
            schema = self.schema(kind)
            inside = {part.strip("{}") for part in re.findall(r"\{\w+\}", template)}
            schema = self._without(schema, inside, partial=key[0] == "PATCH")
            yield " ".join(key), {"query": self._flat(schema)} if key[0] == "GET" else {"body": schema}

    def _flat(self, schema: dict[str, Any]) -> dict[str, Any]:
        """A query's schema with `name.exact` for the field `exact` of the object `name`, as a request spells it."""
        target = self.used[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
        flat: dict[str, Any] = {}
        for name, item in target.get("properties", {}).items():
            inner = self.used[item["$ref"].rpartition("/")[2]] if "$ref" in item else {}
            flat |= {f"{name}.{field}": part for field, part in inner.get("properties", {}).items()} or {name: item}
        return {"properties": flat} | ({"required": target["required"]} if target.get("required") else {})

    def _without(self, schema: dict[str, Any], names: set[str], *, partial: bool) -> dict[str, Any]:
        """A schema without the parts of the path, which the package passes with the body's fields.

        Args:
            schema: of a body or a query.
            names: the parts of the path.
            partial: no field is required, in inner objects neither. The package requires the fields of a new object
                in a PATCH as well, which changes single fields at Cloudflare (its page "Manage DNS records" patches
                `comment` alone; its Terraform provider 5.18.0 sends a Pages project's changed fields only).
        """
        if "anyOf" in schema:
            return {"anyOf": [self._without(item, names, partial=partial) for item in schema["anyOf"]]}
        target = self.used[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
        if "properties" in target:
            target["properties"] = {name: item for name, item in target["properties"].items() if name not in names}
            needed = [name for name in target.get("required", []) if name not in names and not partial]
            target["required"] = needed
            for inner in target["properties"].values() if partial else ():
                if not {"$ref", "properties"}.isdisjoint(inner):
                    self._without(inner, set(), partial=True)
        return schema


class Models:
    """The answers of the `cloudflare` package, read from its pydantic models as JSON Schema."""

    def __init__(self) -> None:
        self.used: dict[str, Any] = {}

    def answers(self, known: set[tuple[str, str]]) -> Iterator[tuple[str, dict[str, Any]]]:
        """For each operation, the schema of its whole `answer`, of its `result`, or of the `items` of a list."""
        for module, function, source, key, _ in _calls(known):
            model = typing.get_type_hints(function, vars(module)).get("return")
            listed = "get_api_list" in source
            try:
                schema = self._schema(_listed(model) if listed else model)
            except PydanticSchemaGenerationError as error:  # a type of the package that pydantic can't read
                print(f"{' '.join(key)}: left out, {str(error).partition('.')[0]}", file=sys.stderr)
                continue
            part = "items" if listed else "result" if "ResultWrapper" in source else "answer"
            yield " ".join(key), {part: schema}

    def _schema(self, model: Any) -> dict[str, Any]:
        prefix = f"{len(self.used)}."
        found = TypeAdapter(model).json_schema(ref_template=f"#/$defs/{prefix}{{model}}")
        self.used |= {prefix + name: self._plain(item) for name, item in found.pop("$defs", {}).items()}
        return self._plain(found)

    def _plain(self, node: dict[str, Any]) -> dict[str, Any]:
        """A schema without its texts."""
        if "$ref" in node:
            return {"$ref": node["$ref"]}
        found: dict[str, Any] = {key: node[key] for key in _KEPT if key in node}
        if "properties" in node:
            found["properties"] = {name: self._plain(item) for name, item in node["properties"].items()}
        for name in ("items", "additionalProperties"):
            if isinstance(node.get(name), dict):
                found[name] = self._plain(node[name])
        for kind in ("allOf", "anyOf", "oneOf"):
            if kind in node:  # oneOf stands for a union here, of which more than one may fit
                found["anyOf" if kind == "oneOf" else kind] = [self._plain(item) for item in node[kind]]
        return found


def _is_required(hint: Any, *, total: bool) -> bool:
    """Whether a field must be sent; `__required_keys__` does not know it where annotations are texts."""
    origin = typing.get_origin(hint)
    if origin is typing.Annotated:
        return _is_required(typing.get_args(hint)[0], total=total)
    return origin is typing_extensions.Required or (total and origin is not typing_extensions.NotRequired)


def _alias(hint: Any) -> str | None:
    for part in (hint, *typing.get_args(hint)):
        for item in getattr(part, "__metadata__", ()):
            if getattr(item, "alias", None):
                return str(item.alias)
    return None


def _named(module: Any, name: str) -> Any:
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def _listed(page: Any) -> Any:
    """The type of the objects on a page."""
    arguments = typing.get_args(page) or page.__pydantic_generic_metadata__["args"]
    return arguments[0]


def _calls(known: set[tuple[str, str]]) -> Iterator[tuple[Any, Any, str, tuple[str, str], str]]:
    """The package's functions for known operations: module, function, source, (method, shape), the path's template."""
    calls = r"self\._(get_api_list|get|post|put|patch|delete)\("
    for module, function in _functions():
        source = inspect.getsource(function)
        call, path = re.search(calls, source), re.search(r'path_template\(\s*"(/[^"]+)"', source)
        path = path or re.search(calls + r'\s*"(/[^"]+)"', source)
        if not call or not path:
            continue
        method = "GET" if call[1] in ("get", "get_api_list") else call[1].upper()
        if call[1] == "get_api_list" and 'method="' in source:
            method = re.findall(r'method="(\w+)"', source)[0].upper()
        template = path.groups()[-1].replace("{account_or_zone}", "zones")
        template = template.replace("{account_or_zone_id}", "{zone_id}")
        key = (method, shape_of(template))
        if key in known:
            yield module, function, source, key, template


def _functions() -> Iterator[tuple[Any, Any]]:
    for package in (*_ACCOUNT_PACKAGES, *_ZONE_PACKAGES):
        top = importlib.import_module(f"cloudflare.resources.{package}")
        found = pkgutil.walk_packages(getattr(top, "__path__", ()), top.__name__ + ".")
        names = [top.__name__, *(item.name for item in found)]
        for module in map(importlib.import_module, names):
            for kind in list(vars(module).values()):
                resource = inspect.isclass(kind) and kind.__module__ == module.__name__
                if resource and kind.__name__.endswith("Resource") and not kind.__name__.startswith("Async"):
                    for _, function in inspect.getmembers(kind, inspect.isfunction):
                        if function.__module__ == module.__name__:
                            yield module, function


def _merge_equal(operations: dict[str, Any], definitions: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same with one definition for all that are equal: packages repeat a type for each request."""
    while True:
        first: dict[str, str] = {}
        renamed = {name: first.setdefault(json.dumps(item, sort_keys=True), name) for name, item in definitions.items()}
        if all(old == new for old, new in renamed.items()):
            return operations, definitions
        targets = {f"#/$defs/{old}": f"#/$defs/{new}" for old, new in renamed.items()}
        operations = _pointed(operations, targets)
        definitions = {name: _pointed(definitions[name], targets) for name in sorted(set(renamed.values()))}


def _pointed(node: Any, targets: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        items = typing.cast(dict[str, Any], node).items()
        return {key: targets[value] if key == "$ref" else _pointed(value, targets) for key, value in items}
    return [_pointed(item, targets) for item in typing.cast(list[Any], node)] if isinstance(node, list) else node


def _write(file: Path, source: str, operations: dict[str, Any], used: dict[str, Any]) -> None:
    reached: dict[str, Any] = {}

    def reach(node: Any) -> None:
        if isinstance(node, dict):
            for key, value in typing.cast(dict[str, Any], node).items():
                target = str(value).rpartition("/")[2] if key == "$ref" else None
                if target and target not in reached:
                    reached[target] = used[target]
                    reach(used[target])
                reach(value)
        elif isinstance(node, list):
            for item in typing.cast(list[Any], node):
                reach(item)

    reach(operations)
    operations, reached = _merge_equal(operations, reached)
    document = {"source": source, "operations": operations, "$defs": reached}
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(document, sort_keys=True, separators=(",", ":")) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.cloud_schemas", description="Write the clouds' schemas.")
    parser.add_argument("cloud", choices=("neon", "cloudflare"))
    parser.add_argument("specification", type=Path, nargs="?", help="Neon's OpenAPI document")
    parser.add_argument("--version", default="", help="version of the package that holds the document")
    wanted = parser.parse_args()
    if wanted.cloud == "neon":
        known, source = emulated("/api/v2"), f"npm @neondatabase/api-client {wanted.version}"
        specification = yaml.safe_load(wanted.specification.read_text(encoding="utf-8"))
        requests, answers = OpenApi(specification), OpenApi(specification)
    else:
        known, source = emulated("/client/v4"), f"PyPI cloudflare {importlib.import_module('cloudflare').__version__}"
        requests, answers = Types(), Models()
    _write(REQUESTS / f"{wanted.cloud}.json", source, dict(requests.operations(known)), requests.used)
    _write(ANSWERS / f"{wanted.cloud}.json", source, dict(answers.answers(known)), answers.used)


if __name__ == "__main__":
    main()
