"""The states in their S3 bucket, read without Terraform: to find deleted and abandoned ones.

Source: the S3 API reference, "ListObjectVersions"; Terraform's state format, version 4.
"""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ops.context.errors import AWS_ADVICE, OpsError
from ops.context.run_context import Context
from settings.state_settings import STATE_FILE

_ABSENT = frozenset({"404", "NoSuchBucket", "NoSuchKey"})
_REFUSED = frozenset({"403", "AccessDenied"})


@dataclass(frozen=True)
class StoredState:
    """A state in the bucket.

    Attributes:
        stack: the name of its stack.
        address: its `s3://` address.
        resources: the addresses of the managed resources in it, without modules and indexes.
        document: the state; it holds secrets.
    """

    stack: str
    address: str
    resources: tuple[str, ...]
    document: Mapping[str, Any] = field(repr=False)


class StateBucket:
    """The bucket of Terraform's states, with the run's AWS credentials."""

    def __init__(self, context: Context, bucket: str, region: str) -> None:
        """
        Args:
            context: has the AWS credentials.
            bucket: the bucket's name.
            region: its region.
        """
        # Only here: boto3 takes half a second to import.
        from ops.clouds.aws import aws_clients

        self._bucket = bucket
        self._client = aws_clients(context, region, total_max_attempts=3)("s3")

    def read(self, key: str) -> Mapping[str, Any] | None:
        """The state at an object key; None if there isn't one.

        Raises:
            OpsError: the bucket can't be read.
        """
        with self._explained():
            found = self._optional(lambda: self._client.get_object(Bucket=self._bucket, Key=key))
            return _state(found["Body"].read()) if found else None

    def is_deleted(self, key: str) -> bool:
        """Whether the state at an object key was deleted, while the bucket still has earlier versions of it.

        False if these credentials may not list versions.

        Raises:
            OpsError: the bucket can't be read.
        """
        with self._explained():
            found = self._optional(
                lambda: self._client.list_object_versions(Bucket=self._bucket, Prefix=key), also=_REFUSED
            )
        versions, markers = ((found or {}).get(kind, []) for kind in ("Versions", "DeleteMarkers"))
        deleted = any(entry["Key"] == key and entry["IsLatest"] for entry in markers)
        return deleted and any(entry["Key"] == key for entry in versions)

    def states(self, project: str) -> list[StoredState]:
        """The states below a project's name, by stack.

        Raises:
            OpsError: the bucket can't be read.
        """
        found: list[StoredState] = []
        with self._explained():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=f"{project}/")
            keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
        for key in sorted(keys):
            _, _, stack = key.removesuffix(f"/{STATE_FILE}").partition("/")
            if not key.endswith(f"/{STATE_FILE}") or not stack or "/" in stack:
                continue
            document = self.read(key) or {}
            resources = tuple(
                f"{each['type']}.{each['name']}"
                for each in document.get("resources", [])
                if each.get("mode") == "managed" and each.get("instances")
            )
            found.append(StoredState(stack, f"s3://{self._bucket}/{key}", resources, document))
        return found

    def _optional(self, call: Any, *, also: frozenset[str] = frozenset()) -> Any:
        from botocore.exceptions import ClientError

        try:
            return call()
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _ABSENT | also:
                return None
            raise

    @contextmanager
    def _explained(self) -> Generator[None]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "unknown")
            raise OpsError(
                f"bucket {self._bucket}: {code}; check state.bucket, state.region and the credentials"
            ) from None
        except BotoCoreError as error:
            raise OpsError(f"bucket {self._bucket}: {error}; {AWS_ADVICE}") from None


def _state(body: bytes) -> Mapping[str, Any] | None:
    try:
        document = json.loads(body)
    except ValueError:
        return None
    return document if isinstance(document, dict) and isinstance(document.get("resources"), list) else None
