"""A stack's state in its S3 bucket: its versions, its lock, and an earlier version made the present one."""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from ops.clouds.aws import aws_clients
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.terraform.stacks import Stack

_REMEDIES = {
    "NoSuchBucket": "make it (docs/state.md), or mend state.bucket",
    "AccessDenied": "give these AWS credentials the bucket's permissions",
    "NoSuchVersion": "take one that `python -m ops state versions` names",
}


@dataclass(frozen=True)
class Version:
    """One version of a state.

    Attributes:
        id: S3's own.
        at: when it was written.
        serial: Terraform's count of this state's changes; None for a version that is no state.
        resources: how many resources it holds.
        latest: whether it is the present one.
        deleted: whether the state was deleted with it.
    """

    id: str
    at: datetime
    serial: int | None
    resources: int
    latest: bool
    deleted: bool

    @property
    def line(self) -> str:
        """One line for a person."""
        what = f"serial {self.serial}, {self.resources} resources"
        if self.serial is None:
            what = "deleted" if self.deleted else "no state"
        return f"{self.id}  {self.at:%Y-%m-%d %H:%M:%S} UTC  {what}{'  (now)' if self.latest else ''}"


@dataclass(frozen=True)
class Lock:
    """Who holds a state's lock, as Terraform writes it into the lock file.

    Attributes:
        id: what force-unlock must name.
        who: user and host.
        operation: what the run does.
        created: since when.
    """

    id: str
    who: str
    operation: str
    created: str

    def __str__(self) -> str:
        return f"{self.who} ({self.operation}) since {self.created}"


class StateStore:
    """The state of one stack, in the bucket that its synthesized backend names."""

    def __init__(self, context: Context, stack: Stack) -> None:
        """
        Args:
            context: has the AWS credentials.
            stack: whose state it is.

        Raises:
            OpsError: the stack's state is not in S3, or AWS has no credentials.
        """
        document = json.loads((stack.folder / "cdk.tf.json").read_text())
        backend = document.get("terraform", {}).get("backend", {}).get("s3")
        if backend is None:
            raise OpsError(f"{stack.name}: its state is not in S3; run make synth")
        self.bucket, self.key = str(backend["bucket"]), str(backend["key"])
        self._stack = stack
        self._client = aws_clients(context, backend["region"], total_max_attempts=3)("s3")

    def versions(self) -> list[Version]:
        """All versions of the state, the newest first; none where there never was one.

        Raises:
            OpsError: the bucket can't be read.
        """
        with self._explained():
            pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=self.key)
            found = [
                self._version(entry, deleted=kind == "DeleteMarkers")
                for page in pages
                for kind in ("Versions", "DeleteMarkers")
                for entry in page.get(kind, [])
                if entry["Key"] == self.key
            ]
        return sorted(found, key=lambda version: (version.at, version.latest), reverse=True)

    def lock(self) -> Lock | None:
        """Who holds the lock; None where it is free.

        Raises:
            OpsError: the bucket can't be read.
        """
        with self._explained():
            try:
                body = self._client.get_object(Bucket=self.bucket, Key=f"{self.key}.tflock")["Body"].read()
            except ClientError as error:
                if _code(error) in ("NoSuchKey", "404"):
                    return None
                raise
        text = json.loads(body)
        return Lock(*(str(text.get(name, "unknown")) for name in ("ID", "Who", "Operation", "Created")))

    def restore(self, version: str, who: str) -> int:
        """Makes an earlier version the present one, under the state's lock. The one before stays as a version.

        The copy gets a serial above all others, so that Terraform takes it for the newest.

        Args:
            version: the version's id.
            who: the lock's owner, for others to see.

        Returns:
            The new serial.

        Raises:
            OpsError: there is no such version, it is no state, another run holds the lock, or the bucket refused.
        """
        with self._explained(), self._locked(who):
            body = self._client.get_object(Bucket=self.bucket, Key=self.key, VersionId=version)["Body"].read()
            document = _state(body)
            if not document:
                raise OpsError(f"{self._stack.name}: version {version} is no state; choose another")
            document["serial"] = 1 + max(version.serial or 0 for version in self.versions())
            self._client.put_object(
                Bucket=self.bucket,
                Key=self.key,
                Body=json.dumps(document, indent=2).encode(),
                ContentType="application/json",
            )
        return document["serial"]

    def _version(self, entry: Mapping[str, Any], *, deleted: bool) -> Version:
        document: dict[str, Any] = {}
        if not deleted:
            found = self._client.get_object(Bucket=self.bucket, Key=self.key, VersionId=entry["VersionId"])
            document = _state(found["Body"].read())
        resources = [found for found in document.get("resources", []) if found["mode"] == "managed"]
        return Version(
            id=entry["VersionId"],
            at=entry["LastModified"],
            serial=document.get("serial"),
            resources=sum(len(found["instances"]) for found in resources),
            latest=bool(entry["IsLatest"]),
            deleted=deleted,
        )

    @contextmanager
    def _locked(self, who: str) -> Generator[None]:
        """Holds the lock as Terraform does: a file that can only be written where there is none (S3 If-None-Match)."""
        place = {"Bucket": self.bucket, "Key": f"{self.key}.tflock"}
        lock = {
            "ID": str(uuid4()),
            "Operation": "ops state restore",
            "Info": "",
            "Who": who,
            "Version": "",
            "Created": datetime.now(UTC).isoformat(),
            "Path": f"{self.bucket}/{self.key}",
        }
        try:
            self._client.put_object(**place, Body=json.dumps(lock).encode(), IfNoneMatch="*")
        except ClientError as error:
            if _code(error) not in ("PreconditionFailed", "ConditionalRequestConflict", "412"):
                raise
            held = self.lock()
            # An answer may be lost on the way: the client asks again, and meets the lock that it has made itself.
            if held is None or held.id != lock["ID"]:
                raise OpsError(f"{self._stack.name}: the state is locked by {held}; wait for that run") from None
        try:
            yield
        finally:
            self._client.delete_object(**place)

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except ClientError as error:
            code = _code(error)
            remedy = _REMEDIES.get(code, "check the AWS credentials and state.region")
            raise OpsError(f"{self._stack.name}: bucket {self.bucket}: {code}; {remedy}") from None
        except BotoCoreError as error:
            raise OpsError(f"bucket {self.bucket}: {error}; pass AWS credentials in the environment") from None


def _state(body: bytes) -> dict[str, Any]:
    """The document of a state; an empty one where it is none."""
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    known = isinstance(document, dict) and {"lineage", "resources", "serial"} <= document.keys()
    return document if known else {}


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))
