"""Writes the AWS provider's schema out of its prebuilt bindings. `--check` only says if it is current.

A provider's own schema comes from the provider alone, and AWS's has over 1,500 resource types. The bindings were
generated from it, and their JavaScript keeps its TypeScript source, which says of each attribute whether it is
required, optional or computed, and what kind it is. Two things they don't have: what is sensitive (nothing that is used
here is), and a schema's version, which is noted below for the types in use.
"""

import base64
import importlib.util
import json
import re
import sys
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from sandbox.providers.mirror import VERSIONS  # noqa: E402

SCHEMAS = ROOT / "sandbox/providers/schemas"


@dataclass(frozen=True, kw_only=True)
class BindingsSource:
    """A provider whose bindings are read.

    Attributes:
        address: the provider's.
        bindings: the Python package of its bindings.
        file: where its schema is written.
        resources: by type, its schema's version (the provider's code, `SchemaVersion` or `Version` in the resource's
            Go file).
        provider: the class of the provider itself.
    """

    address: str
    bindings: str
    file: str
    resources: Mapping[str, int]
    provider: str


AWS = BindingsSource(
    address="registry.terraform.io/hashicorp/aws",
    bindings="cdktf_cdktf_provider_aws",
    file=f"hashicorp-aws-{VERSIONS['registry.terraform.io/hashicorp/aws']}.json",
    resources={
        "aws_budgets_budget": 0,
        "aws_iam_openid_connect_provider": 0,
        "aws_iam_role": 0,
        "aws_iam_role_policy": 0,
        "aws_s3_bucket": 0,
        "aws_s3_bucket_lifecycle_configuration": 1,
        "aws_s3_bucket_ownership_controls": 0,
        "aws_s3_bucket_policy": 0,
        "aws_s3_bucket_public_access_block": 0,
        "aws_s3_bucket_server_side_encryption_configuration": 0,
        "aws_s3_bucket_versioning": 0,
    },
    provider="AwsProvider",
)
SIMPLE = {"string": "string", "number": "number", "boolean": "bool"}
GETTERS = {"String": "string", "Number": "number", "Boolean": "bool", "StringMap": ["map", "string"]}

Json = dict[str, Any]

_SOURCE_MAP = re.compile(r"sourceMappingURL=data:application/json;base64,(\S+)")
_CLASS = re.compile(r"^export class (\w+) extends .*?^}", re.MULTILINE | re.DOTALL)
_FLAGS = re.compile(
    r"// (\w+) - computed: (\w+), optional: (\w+), required: (\w+)\n(.*?)(?=\n  // \w+ - computed|\Z)", re.DOTALL
)
_INTERFACE = re.compile(r"^export interface (\w+) (?:extends [\w.]+ )?\{(.*?)^}", re.MULTILINE | re.DOTALL)
_HCL = re.compile(r"^export function (\w+)ToHclTerraform\(.*?^}", re.MULTILINE | re.DOTALL)
_ENTRY = re.compile(
    r"^ +(\w+): \{\n\s+value: (.*),\n\s+isBlock: (\w+),\n\s+type: \"(\w+)\",\n\s+storageClassType: \"(\w+)\"",
    re.MULTILINE,
)


class Bindings:
    """The TypeScript source of one module of the bindings."""

    def __init__(self, source: str) -> None:
        self._classes = {match[1]: match[0] for match in _CLASS.finditer(source)}
        self._functions = {match[1]: match[0] for match in _HCL.finditer(source)}
        self._interfaces = {match[1]: match[2] for match in _INTERFACE.finditer(source)}

    def resource(self) -> Json:
        """The body of the module's resource; its class may be named otherwise (`S3BucketVersioningA`)."""
        (name,) = [name for name, code in self._classes.items() if "extends cdktf.TerraformResource " in code]
        return self.block(name)

    def block(self, name: str) -> Json:
        """The body of a class: of a resource or the provider, or of a block inside it."""
        own = self._classes.get(name, "")
        entries = _ENTRY.findall(self._functions.get(_lower(name)) or own.partition("synthesizeHclAttributes")[2])
        flags = self._flags(name, own)
        attributes: Json = {}
        blocks: Json = {}
        for attribute, value, is_block, kind, storage in entries:
            if is_block == "true":
                blocks[attribute] = self._nested(value, kind, flags[attribute])
            elif attribute != "alias" or "TerraformProvider" not in own:  # Terraform's own, not the provider's
                attributes[attribute] = flags[attribute] | {"type": _type(kind, storage)}
        for attribute, *_, code in _FLAGS.findall(own):
            if attribute not in {*attributes, *blocks, "alias"}:
                attributes[attribute] = flags[attribute] | {"type": _getter_type(code)}
        return {name: part for name, part in (("attributes", attributes), ("block_types", blocks)) if part}

    def _flags(self, name: str, own: str) -> dict[str, Json]:
        found = _FLAGS.findall(own) or _FLAGS.findall(self._classes.get(f"{name}OutputReference", ""))
        if found:
            return {
                attribute: {
                    flag: True
                    for flag, value in (("computed", computed), ("optional", optional), ("required", required))
                    if value == "true"
                }
                for attribute, computed, optional, required, _ in found
            }
        # A block of the provider is never read, so it has no class.
        marks = dict(re.findall(r"readonly (\w+)(\??):", self._interfaces[name]))
        members = re.findall(r"^ +(\w+): \{\n\s+value: .*struct!\.(\w+)\)", self._functions[_lower(name)], re.MULTILINE)
        return {attribute: {"optional" if marks[member] else "required": True} for attribute, member in members}

    def _nested(self, value: str, kind: str, flags: Json) -> Json:
        name = _named(value)
        computed = _FLAGS.findall(self._classes.get(f"{name}OutputReference", ""))
        block = self.block(name)
        for attribute, *_, code in computed:
            if attribute not in block.get("attributes", {}) | block.get("block_types", {}):
                block.setdefault("attributes", {})[attribute] = {"computed": True, "type": _getter_type(code)}
        nested: Json = {"nesting_mode": "single" if kind == "struct" else kind, "block": block}
        if flags.get("required"):
            nested["min_items"] = 1
        if kind == "list" and "listMapper" not in value:
            nested["max_items"] = 1
        return nested


def _named(value: str) -> str:
    """The name of the class that an entry's value is made by."""
    match = re.search(r"(\w+)ToHclTerraform", value)
    if match is None:
        raise ValueError(f"no function for the block in: {value}")
    return match[1][0].upper() + match[1][1:]


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]


def _type(kind: str, storage: str) -> Any:
    if kind == "simple":
        return SIMPLE[storage]
    inner = storage.removesuffix("List" if kind in ("list", "set") else "Map")
    return [kind, ["list", SIMPLE[inner.removesuffix("List")]] if inner.endswith("List") else SIMPLE[inner]]


def _getter_type(code: str) -> Any:
    match = re.search(r"this\.get(\w+)Attribute\(", code)
    if match is None or match[1] not in GETTERS:
        raise ValueError(f"a computed attribute of a kind that this tool does not know: {code[:200]}")
    return GETTERS[match[1]]


def _sources(source: BindingsSource, modules: set[str]) -> dict[str, Bindings]:
    """The TypeScript of some modules, from the archive inside the Python package."""
    spec = importlib.util.find_spec(source.bindings)
    if spec is None or spec.origin is None:
        sys.exit(f"bindings_schema: {source.bindings} is not installed; run make setup")
    (archive,) = Path(spec.origin).parent.glob("_jsii/*.jsii.tgz")
    found: dict[str, Bindings] = {}
    with tarfile.open(archive, "r|gz") as members:
        for member in members:
            module = member.name.removeprefix("package/lib/").removesuffix("/index.js")
            content = members.extractfile(member) if module in modules - found.keys() else None
            match = _SOURCE_MAP.search(content.read().decode()) if content else None
            if match:
                (text,) = json.loads(base64.b64decode(match[1]))["sourcesContent"]
                found[module] = Bindings(text)
            if len(found) == len(modules):
                break
    return found


def render(source: BindingsSource) -> str:
    """A provider's schema, in the form of `terraform providers schema -json`."""
    prefix = source.address.rpartition("/")[2]
    modules = {kind: kind.removeprefix(f"{prefix}_").replace("_", "-") for kind in source.resources}
    sources = _sources(source, {*modules.values(), "provider"})
    schemas: Json = {
        "resource_schemas": {
            kind: {"version": version, "block": sources[modules[kind]].resource()}
            for kind, version in source.resources.items()
        },
        "data_source_schemas": {},
        "provider": {"version": 0, "block": sources["provider"].block(source.provider)},
    }
    document = {"format_version": "1.0", "provider_schemas": {source.address: schemas}}
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def main() -> int:
    file, text = SCHEMAS / AWS.file, render(AWS)
    if "--check" not in sys.argv:
        file.write_text(text, encoding="utf-8")
    elif not file.is_file() or file.read_text(encoding="utf-8") != text:
        print(f"{AWS.file}: not what the bindings say; run tools/bindings_schema.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
