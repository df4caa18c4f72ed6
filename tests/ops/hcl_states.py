"""States as Terraform would have written them for settings: the way that `ops adopt` goes, backwards."""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from settings import Settings
from tests.support import Values, synthesize, without_metadata

# Blocks, which a state keeps as a list of one; all other tables are attributes.
_BLOCKS = ("branch", "default_endpoint_settings", "quota")
_REFERENCE = re.compile(r"\$\{(?:data\.)?([a-z_0-9]+)\.([\w-]+)\.([\w.]+)\}|\$\{var\.(\w+)\}")
_QUOTAS = (
    "active_time_seconds",
    "compute_time_seconds",
    "written_data_bytes",
    "data_transfer_bytes",
    "logical_size_bytes",
)
# What the services fill in where nothing is said, as the hand-written states have it.
_COMPUTED: dict[str, Values] = {
    "neon_project": {
        "allowed_ips": None,
        "allowed_ips_protected_branches_only": None,
        "pg_version": 17,
        "region_id": "aws-us-east-2",
        "quota": dict.fromkeys(
            (
                "active_time_seconds",
                "compute_time_seconds",
                "written_data_bytes",
                "data_transfer_bytes",
                "logical_size_bytes",
            ),
            0,
        ),
    },
    "neon_branch": {"protected": None, "parent_id": "br-main", "logical_size": 0},
    "neon_endpoint": {"autoscaling_limit_min_cu": 0.25, "suspend_timeout_seconds": 0, "type": "read_write"},
    "neon_role": {"password": "npg_0123456789abcdef", "protected": False},
    "cloudflare_dns_record": {"comment": None, "tags": []},
}
_COMPUTED_BLOCK: dict[str, Values] = {
    "default_endpoint_settings": {"autoscaling_limit_min_cu": 0.25, "suspend_timeout_seconds": 0}
}
_SECRET = {"neon_role": ["password"], "neon_project": ["connection_uri"]}


def states_of(settings: Settings) -> dict[str, Values]:
    """For each stack, a state that has what its JSON configures, at the addresses that it moves them from.

    DNS records have their name within the zone, as the hand-written Terraform has.
    """
    states = {name: state_of(name, stack) for name, stack in without_metadata(synthesize(settings)).items()}
    for state in states.values():
        for resource in state["resources"]:
            if resource["type"] == "cloudflare_dns_record" and settings.cloudflare:
                attributes = resource["instances"][0]["attributes"]
                attributes["name"] = attributes["name"].removesuffix(settings.cloudflare.zone).rstrip(".") or "@"
    return states


def state_of(name: str, stack: Values) -> Values:
    """The state of one synthesized stack."""
    before = {block["to"]: block["from"] for block in stack.get("moved", [])}
    resources = [
        _resource(kind, label, configuration, before.get(f"{kind}.{label}", f"{kind}.{label}"), stack)
        for kind, labels in stack.get("resource", {}).items()
        for label, configuration in labels.items()
    ]
    sources = [
        {"mode": "data", "type": kind, "name": label, "provider": _provider(kind), "instances": []}
        for kind, labels in stack.get("data", {}).items()
        for label in labels
    ]
    return {
        "version": 4,
        "terraform_version": "1.11.4",
        "serial": 1,
        "lineage": hashlib.sha256(name.encode()).hexdigest()[:32],
        "outputs": {},
        "resources": [*sources, *resources],
        "check_results": None,
    }


def write_states(folder: Path, states: Mapping[str, Values]) -> Path:
    """Writes states as a folder of files, half of them in the way of `terraform.tfstate` in a folder of its own."""
    for number, (name, document) in enumerate(states.items()):
        file = folder / (f"{name}.tfstate" if number % 2 else f"{name}/terraform.tfstate")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(document))
    return folder


def _resource(kind: str, label: str, configuration: Values, old: str, stack: Values) -> Values:
    del label
    *module, old_kind, old_label = re.split(r"\.(?![^\[]*\])", old)
    assert old_kind == kind
    attributes: Values = {"id": f"id-of-{kind}"}
    plain = {key: value for key, value in configuration.items() if key != "lifecycle"}
    for key, value in (_COMPUTED.get(kind, {}) | plain).items():
        inner = _resolved(value, stack)
        attributes[key] = [_COMPUTED_BLOCK.get(key, {}) | inner] if key in _BLOCKS else inner
    if kind == "neon_project":
        attributes["connection_uri"] = "postgres://owner:npg_0123456789abcdef@host/db"
    name, _, index = old_label.partition("[")
    instance: Values = {
        "schema_version": 0,
        "attributes": attributes,
        "sensitive_attributes": [[{"type": "get_attr", "value": each}] for each in _SECRET.get(kind, [])],
    }
    if index:
        instance["index_key"] = json.loads(index.removesuffix("]"))
    here = {"module": ".".join(module)} if module else {}
    return here | {
        "mode": "managed",
        "type": kind,
        "name": name,
        "provider": _provider(kind),
        "instances": [instance],
    }


def _provider(kind: str) -> str:
    return f'provider["registry.terraform.io/x/{kind.partition("_")[0]}"]'


def _resolved(value: Any, stack: Values) -> Any:
    """A configured value as a state has it: references replaced by what they lead to."""
    if isinstance(value, dict):
        return {key: _resolved(inner, stack) for key, inner in value.items()}
    if isinstance(value, list):
        return [_resolved(inner, stack) for inner in value]
    return _REFERENCE.sub(lambda match: _target(match, stack), value) if isinstance(value, str) else value


def _target(match: re.Match[str], stack: Values) -> str:
    kind, label, attribute, variable = match.groups()
    if variable:
        return f"value-of-{variable}"
    for mode in ("resource", "data"):
        configured = stack.get(mode, {}).get(kind, {}).get(label, {})
        # A data source finds a site by its name.
        found = configured.get(attribute) or (configured.get("project_name") if attribute == "name" else None)
        if found:
            return str(found)
    return f"id-of-{kind}"
