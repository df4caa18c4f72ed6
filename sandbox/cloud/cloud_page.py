"""The page at `/`: what exists by service, Terraform's states and locks, faults and requests. It shows no secret."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sandbox.cloud.cloud_api import PageTable
from sandbox.cloud.document_store import Document
from sandbox.cloud.local_cloud import LocalCloud
from sandbox.cloud.request_log import COLUMNS


def endpoint(cloud: LocalCloud) -> Callable[[Request], Response]:
    """The page over a cloud, rendered for each request."""
    environment = Environment(loader=PackageLoader("sandbox.cloud", "."), autoescape=select_autoescape())

    def page(_: Request) -> Response:
        cloud.neon.expire()
        sections = [(service.name, service.tables()) for service in cloud.services]
        address = os.environ.get("AWS_ENDPOINT_URL")
        if address:
            sections.append(("Terraform", _states(address)))
        rules = ("method", "path", "action", "status", "seconds", "when", "times")
        own = [
            PageTable("faults", rules, cloud.faults.all()),
            PageTable("requests", COLUMNS, list(cloud.log.entries)[:60]),
        ]
        return HTMLResponse(environment.get_template("page.html").render(sections=[*sections, ("Sandbox", own)]))

    return page


def _states(address: str) -> list[PageTable]:
    """The buckets of a local S3 with their state files and locks: addresses of resources, never their attributes."""
    import boto3  # it takes half a second, and many a cloud is never looked at
    from botocore.config import Config

    options = Config(connect_timeout=1, read_timeout=2, retries={"max_attempts": 0}, s3={"addressing_style": "path"})
    keys = {"region_name": "us-east-1", "aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}
    client: Any = boto3.client("s3", endpoint_url=address, config=options, **keys)
    buckets: list[Document] = []
    resources: list[Document] = []
    locks: list[Document] = []
    try:
        for bucket in client.list_buckets()["Buckets"]:
            buckets.append(_bucket(client, bucket["Name"]))
            for item in client.list_objects_v2(Bucket=bucket["Name"]).get("Contents", []):
                content = _json(client.get_object(Bucket=bucket["Name"], Key=item["Key"])["Body"].read())
                if item["Key"].endswith(".tflock"):
                    locks.append({"key": item["Key"], **content})
                else:
                    resources += _resources(item["Key"], content)
    except Exception as error:
        return [PageTable("S3 does not answer", ("reason",), [{"reason": type(error).__name__}])]
    return [
        PageTable("buckets", ("name", "versioning", "versions", "policy", "lifecycle rules"), buckets),
        PageTable("resources by stack", ("state", "serial", "address", "mode"), resources),
        PageTable("locks", ("key", "Who", "Operation", "Created"), locks),
    ]


def _bucket(client: Any, name: str) -> Document:
    def asked(call: Callable[..., Document], field: str) -> Any:
        try:
            return call(Bucket=name)[field]
        except client.exceptions.ClientError:  # S3 calls it an error where this is not set
            return None

    rules: list[Document] = asked(client.get_bucket_lifecycle_configuration, "Rules") or []
    return {
        "name": name,
        "versioning": client.get_bucket_versioning(Bucket=name).get("Status", "off"),
        "versions": len(client.list_object_versions(Bucket=name).get("Versions", [])),
        "policy": "yes" if asked(client.get_bucket_policy, "Policy") else "none",
        "lifecycle rules": ", ".join(rule["ID"] for rule in rules) or "none",
    }


def _json(content: bytes) -> Document:
    """A state or a lock; empty for what else lies in a bucket."""
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _resources(key: str, state: Document) -> list[Document]:
    found: list[Document] = []
    for item in state.get("resources", []):
        address = ".".join(part for part in (item.get("module"), item["type"], item["name"]) if part)
        found.append({"state": key, "serial": state.get("serial"), "address": address, "mode": item["mode"]})
    return found
