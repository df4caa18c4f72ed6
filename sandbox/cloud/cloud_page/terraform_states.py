"""What a local S3 holds of Terraform: states, locks and buckets. Addresses of resources are read, never attributes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from sandbox.cloud.cloud_api import timestamp
from sandbox.cloud.document_store import Document

_STATE, _LOCK = ".tfstate", ".tflock"


@dataclass(frozen=True)
class TerraformState:
    """One state in a bucket.

    Attributes:
        key: of the object; the state may not exist yet while its first lock does.
        serial: Terraform's count of its changes; None if it can't be read or does not exist.
        changed: when, as RFC 3339; empty if it does not exist.
        resources: addresses of the managed resources.
        data: addresses of the data sources.
        lock: Terraform's own record, with Who, Operation and Created; empty if nothing holds it.
    """

    key: str
    serial: int | None = None
    changed: str = ""
    resources: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    lock: Document = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class TerraformStates:
    """What was found.

    Attributes:
        states: by key.
        buckets: each with what is set on it.
        problem: why S3 could not be read; empty if it was.
    """

    states: tuple[TerraformState, ...] = ()
    buckets: tuple[Document, ...] = ()
    problem: str = ""


def read_states(address: str | None) -> TerraformStates:
    """The states of a local S3; nothing if there is no address."""
    if not address:
        return TerraformStates()
    try:
        client = _client(address)
        names = [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]
        found = {state.key: state for name in names for state in _states(client, name)}
        return TerraformStates(
            tuple(found[key] for key in sorted(found)), tuple(_bucket(client, name) for name in names)
        )
    except Exception as error:
        return TerraformStates(problem=type(error).__name__)


@cache
def _client(address: str) -> Any:
    import boto3  # the import takes half a second, and most clouds are never looked at
    from botocore.config import Config

    options = Config(connect_timeout=1, read_timeout=2, retries={"max_attempts": 0}, s3={"addressing_style": "path"})
    keys = {"region_name": "us-east-1", "aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}
    return boto3.client("s3", endpoint_url=address, config=options, **keys)


def _states(client: Any, bucket: str) -> list[TerraformState]:
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    items = {item["Key"]: item for page in pages for item in page.get("Contents", [])}
    keys = {key.removesuffix(_LOCK) for key in items if key.endswith((_STATE, _STATE + _LOCK))}
    found: list[TerraformState] = []
    for key in keys:
        item, locked = items.get(key), items.get(key + _LOCK)
        try:
            lock = _document(client, bucket, key + _LOCK, locked["ETag"]) if locked else {}
            if item is None:
                found.append(TerraformState(key, lock=lock))
                continue
            serial, resources, data = _contents(client, bucket, key, item["ETag"])
        except client.exceptions.ClientError:  # replaced or deleted since it was listed: the next look shows it
            continue
        found.append(TerraformState(key, serial, timestamp(item["LastModified"]), resources, data, lock))
    return found


@lru_cache(maxsize=256)
def _contents(client: Any, bucket: str, key: str, tag: str) -> tuple[int | None, tuple[str, ...], tuple[str, ...]]:
    """Serial, managed resources and data sources of a state; an unchanged object is read once."""
    state = _document(client, bucket, key, tag)
    found: dict[str, list[str]] = {"managed": [], "data": []}
    for item in state.get("resources", []):
        address = ".".join(part for part in (item.get("module"), item["type"], item["name"]) if part)
        found.setdefault(item["mode"], []).append(address)
    return state.get("serial"), tuple(found["managed"]), tuple(found["data"])


def _document(client: Any, bucket: str, key: str, tag: str) -> Document:
    """A state or a lock; empty if it is neither."""
    content = client.get_object(Bucket=bucket, Key=key, IfMatch=tag)["Body"].read()
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _bucket(client: Any, name: str) -> Document:
    def asked(call: Callable[..., Document], field: str) -> Any:
        try:
            return call(Bucket=name)[field]
        except client.exceptions.ClientError:  # S3 answers an error where this is not set
            return None

    rules: list[Document] = asked(client.get_bucket_lifecycle_configuration, "Rules") or []
    return {
        "name": name,
        "versioning": client.get_bucket_versioning(Bucket=name).get("Status", "off"),
        "versions": len(client.list_object_versions(Bucket=name).get("Versions", [])),
        "policy": "yes" if asked(client.get_bucket_policy, "Policy") else "none",
        "lifecycle rules": ", ".join(rule["ID"] for rule in rules) or "none",
    }
