"""Finds and reads the states of hand-written Terraform, in files or in S3, one for each stack."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ops.context.errors import OpsError
from ops.context.run_context import Context

STATE_VERSION = 4


@dataclass(frozen=True)
class Instance:
    """One resource instance in a state.

    Attributes:
        address: as `terraform state list` prints it.
        kind: the resource type.
        attributes: its attributes; secrets are among them.
    """

    address: str
    kind: str
    attributes: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class HclState:
    """A state of the hand-written Terraform.

    Attributes:
        stack: the stack's name: the name of the folder of a `terraform.tfstate`, otherwise of the file itself.
        place: where it was found.
        key: its object key in the bucket; empty for a file.
        document: the state (Terraform's state format, version 4); it holds secrets.
    """

    stack: str
    place: str
    key: str
    document: dict[str, Any] = field(repr=False)

    @property
    def instances(self) -> list[Instance]:
        """The managed resources; data sources are left out."""
        return list(_instances(self.document))


@dataclass(frozen=True)
class HclStates:
    """The states that were found.

    Attributes:
        states: one for each stack.
        bucket: their bucket; None if it is unknown.
        region: the bucket's region; None if it is unknown.
    """

    states: list[HclState]
    bucket: str | None = None
    region: str | None = None


def find_states(context: Context, source: str) -> HclStates:
    """Reads all states in a folder or a bucket, and adds their secrets to the console's mask.

    Args:
        context: has the AWS credentials and S3's address.
        source: a folder, searched recursively, or `s3://bucket/prefix`.

    Raises:
        OpsError: there isn't one, one can't be read, or two belong to the same stack.
    """
    found = _in_s3(context, source) if source.startswith("s3://") else _in_folder(Path(source))
    if not found.states:
        raise OpsError(
            f"{source}: holds no Terraform state (*.tfstate); pull each one: terraform state pull > <stack>.tfstate"
        )
    for state in found.states:
        context.console.mask.add(*_secrets(state.document))
    return HclStates(_one_each(found.states), found.bucket, found.region)


def _in_folder(folder: Path) -> HclStates:
    if not folder.is_dir():
        raise OpsError(f"{folder}: no such folder; pass a folder with states, or s3://<bucket>/<prefix>")
    states: list[HclState] = []
    backend: Mapping[str, Any] = {}
    for file in sorted(folder.rglob("*.tfstate")):
        if ".terraform" in file.parts:
            # Not a state, but Terraform's record of the backend, in the older format.
            backend = backend or _backend(file)
            continue
        name = file.parent.absolute().name if file.name == "terraform.tfstate" else file.stem
        states.append(HclState(name, str(file), "", _parsed(_content(file), str(file))))
    return HclStates(states, backend.get("bucket"), backend.get("region"))


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise OpsError(f"{file}: can't be read: {error.strerror}; check its permissions") from None


def _backend(file: Path) -> Mapping[str, Any]:
    try:
        backend = json.loads(_content(file)).get("backend") or {}
    except (ValueError, AttributeError):
        return {}
    return backend.get("config") or {} if backend.get("type") == "s3" else {}


def _in_s3(context: Context, source: str) -> HclStates:
    from botocore.exceptions import BotoCoreError, ClientError

    from ops.clouds.aws import aws_clients

    parts = urlsplit(source)
    bucket, prefix = parts.netloc, parts.path.lstrip("/")
    if not bucket:
        raise OpsError(f"{source}: names no bucket; write s3://<bucket>/<prefix>")
    environment = context.environment
    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or "us-east-1"
    client = aws_clients(context, region, total_max_attempts=2)("s3")
    try:
        region = client.get_bucket_location(Bucket=bucket)["LocationConstraint"] or "us-east-1"
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
        states = [
            HclState(
                _stack_of_key(key), place, key, _parsed(client.get_object(Bucket=bucket, Key=key)["Body"].read(), place)
            )
            for key in sorted(keys)
            if key.endswith(".tfstate")
            for place in [f"s3://{bucket}/{key}"]
        ]
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown")
        raise OpsError(f"{source}: S3 answered {code}; check the bucket's name and the AWS credentials") from None
    except BotoCoreError as error:
        raise OpsError(f"{source}: {error}; check the AWS credentials and the network") from None
    return HclStates(states, bucket, region)


def _stack_of_key(key: str) -> str:
    path = Path(key)
    return path.parent.name if path.name == "terraform.tfstate" and path.parent.name else path.stem


def _parsed(content: bytes, place: str) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except ValueError:
        raise OpsError(f"{place}: not JSON; a state is what terraform state pull prints") from None
    if not _is_state(document):
        raise OpsError(f"{place}: not a state of format {STATE_VERSION} (Terraform 0.12 or later); pull it again")
    return document


def _is_state(document: Any) -> bool:
    if not isinstance(document, dict) or document.get("version") != STATE_VERSION:
        return False
    resources = document.get("resources")
    return isinstance(resources, list) and all(map(_is_resource, resources))


def _is_resource(resource: Any) -> bool:
    if not isinstance(resource, dict) or not isinstance(resource.get("instances"), list):
        return False
    texts = all(isinstance(resource.get(key), str) for key in ("mode", "type", "name"))
    return texts and all(isinstance(instance, dict) for instance in resource["instances"])


def _one_each(states: Sequence[HclState]) -> list[HclState]:
    by_lineage: dict[str, HclState] = {}
    by_stack: dict[str, HclState] = {}
    for state in states:
        lineage = str(state.document.get("lineage", state.place))
        for known, what in (
            (by_lineage.get(lineage), "copies of one state"),
            (by_stack.get(state.stack), "states of the same stack"),
        ):
            if known:
                raise OpsError(f"{known.place} and {state.place} are {what}; remove the older one")
        by_lineage[lineage] = by_stack[state.stack] = state
    return list(states)


def _instances(document: Mapping[str, Any]) -> Iterator[Instance]:
    for resource in document["resources"]:
        if resource["mode"] != "managed":
            continue
        module = f"{resource['module']}." if resource.get("module") else ""
        for instance in resource["instances"]:
            index = f"[{json.dumps(instance['index_key'])}]" if "index_key" in instance else ""
            address = f"{module}{resource['type']}.{resource['name']}{index}"
            yield Instance(address, resource["type"], instance.get("attributes") or {})


def _secrets(document: Mapping[str, Any]) -> Iterator[str]:
    """The values that the state marks as sensitive."""
    for output in (document.get("outputs") or {}).values():
        if output.get("sensitive"):
            yield from _texts(output.get("value"))
    for resource in document["resources"]:
        for instance in resource["instances"]:
            attributes = instance.get("attributes") or {}
            for path in instance.get("sensitive_attributes") or []:
                if not _is_plain(resource["type"], path):
                    yield from _texts(_at(attributes, path))


def _is_plain(kind: str, path: Sequence[Mapping[str, Any]]) -> bool:
    """A site's plain build variable: the provider marks it as sensitive, but it is public, and settings name it."""
    return kind == "cloudflare_pages_project" and any(step.get("value") == "env_vars" for step in path)


def _at(value: Any, path: Sequence[Mapping[str, Any]]) -> Any:
    for step in path:
        key = step["value"]["value"] if isinstance(step["value"], dict) else step["value"]
        if isinstance(value, list) and re.fullmatch(r"\d+", str(key)) and int(key) < len(value):
            value = value[int(key)]
        elif isinstance(value, dict):
            value = value.get(key)
        else:
            return None
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
