"""A stack's state in its S3 bucket: its versions, its lock, and how to restore an earlier version."""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from ops.clouds.aws import aws_clients
from ops.context.errors import AWS_ADVICE, OpsError
from ops.context.run_context import Context
from ops.terraform.stacks import Stack
from settings.state_settings import LOCK_SUFFIX

_UNKNOWN = "unknown"
_REMEDIES = {
    "NoSuchBucket": "create it (docs/state.md), or fix state.bucket",
    "AccessDenied": "grant these AWS credentials access to the bucket",
    "NoSuchVersion": "choose one from `python -m ops state versions`",
}


def bucket_remedy(code: str) -> str:
    """What to do about an S3 error code of the state's bucket."""
    return _REMEDIES.get(code, "check the AWS credentials and state.region")


@dataclass(frozen=True)
class StateVersion:
    """One version of a state.

    Attributes:
        id: S3's id of the version.
        at: when it was written.
        serial: Terraform's count of changes to this state; None if the version is not a state.
        resources: the number of resources in it.
        latest: whether it is the current version.
        deleted: whether this version is the state's deletion.
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
            what = "deleted" if self.deleted else "not a state"
        return f"{self.id}  {self.at:%Y-%m-%d %H:%M:%S} UTC  {what}{'  (now)' if self.latest else ''}"


@dataclass(frozen=True)
class StateLock:
    """Who holds a state's lock, as Terraform writes it to the lock file.

    Attributes:
        id: the id to pass to force-unlock.
        who: user and host.
        operation: what that run does.
        created: when it took the lock.
    """

    id: str
    who: str
    operation: str
    created: str

    @classmethod
    def read(cls, body: bytes) -> Self:
        """Reads the content of a lock file; what it lacks is `unknown`. An interrupted write leaves an empty file."""
        try:
            document: Any = json.loads(body)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            document = {}
        return cls(*(str(document.get(name) or _UNKNOWN) for name in ("ID", "Who", "Operation", "Created")))

    @property
    def is_readable(self) -> bool:
        """Whether the lock's file has the id that releases it."""
        return self.id != _UNKNOWN

    def __str__(self) -> str:
        if not self.is_readable:
            return "a run that left no readable lock"
        return f"{self.who} ({self.operation}) since {self.created}"


class StateStore:
    """The state of one stack, in the bucket that its synthesized backend names."""

    def __init__(self, context: Context, stack: Stack) -> None:
        """
        Args:
            context: has the AWS credentials.
            stack: the stack of the state.

        Raises:
            OpsError: the stack's state is not in S3, or there are no AWS credentials.
        """
        document = json.loads((stack.folder / "cdk.tf.json").read_text(encoding="utf-8"))
        backend = document.get("terraform", {}).get("backend", {}).get("s3")
        if backend is None:
            raise OpsError(f"{stack.name}: its state is not in S3; run make synth")
        self.bucket, self.key = str(backend["bucket"]), str(backend["key"])
        self._stack = stack
        self._client = aws_clients(context, backend["region"], total_max_attempts=3)("s3")

    def versions(self) -> list[StateVersion]:
        """All versions of the state, the newest first; empty if it never existed.

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

    def lock(self) -> StateLock | None:
        """Who holds the lock; None if the state is not locked.

        Raises:
            OpsError: the bucket can't be read.
        """
        with self._explained():
            try:
                body = self._client.get_object(Bucket=self.bucket, Key=f"{self.key}{LOCK_SUFFIX}")["Body"].read()
            except ClientError as error:
                if _code(error) in ("NoSuchKey", "404"):
                    return None
                raise
        return StateLock.read(body)

    def delete_damaged_lock(self) -> None:
        """Deletes the lock's file, if it has no id: Terraform releases a lock only by its id.

        Raises:
            OpsError: the file has an id after all, or the bucket refused.
        """
        found = self.lock()
        if found is not None and found.is_readable:
            raise OpsError(f"{self._stack.name}: the state is locked by {found}; run ops state unlock again")
        with self._explained():
            self._client.delete_object(Bucket=self.bucket, Key=f"{self.key}{LOCK_SUFFIX}")

    def restore(self, version: str, who: str) -> int:
        """Restores an earlier version, under the state's lock. The present state remains as a version.

        The copy gets a serial above all others, so that Terraform accepts it as the newest.

        Args:
            version: the version's id.
            who: the owner to name in the lock.

        Returns:
            The new serial.

        Raises:
            OpsError: there is no such version, it is not a state, another run holds the lock, or the bucket refused.
        """
        with self._explained(), self._locked(who):
            body = self._client.get_object(Bucket=self.bucket, Key=self.key, VersionId=version)["Body"].read()
            document = _state(body)
            if not document:
                raise OpsError(f"{self._stack.name}: version {version} is not a state; choose another")
            document["serial"] = 1 + max(version.serial or 0 for version in self.versions())
            self._client.put_object(
                Bucket=self.bucket,
                Key=self.key,
                Body=json.dumps(document, indent=2).encode(),
                ContentType="application/json",
            )
        return document["serial"]

    def _version(self, entry: Mapping[str, Any], *, deleted: bool) -> StateVersion:
        document: dict[str, Any] = {}
        if not deleted:
            found = self._client.get_object(Bucket=self.bucket, Key=self.key, VersionId=entry["VersionId"])
            document = _state(found["Body"].read())
        resources = [found for found in document.get("resources", []) if found["mode"] == "managed"]
        return StateVersion(
            id=entry["VersionId"],
            at=entry["LastModified"],
            serial=document.get("serial"),
            resources=sum(len(found["instances"]) for found in resources),
            latest=bool(entry["IsLatest"]),
            deleted=deleted,
        )

    @contextmanager
    def _locked(self, who: str) -> Generator[None]:
        """Holds the lock as Terraform does: a file that S3 writes only if it doesn't exist (If-None-Match)."""
        place = {"Bucket": self.bucket, "Key": f"{self.key}{LOCK_SUFFIX}"}
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
            # If an answer was lost, the client asks again, and finds the lock that it created itself.
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
            raise OpsError(f"{self._stack.name}: bucket {self.bucket}: {code}; {bucket_remedy(code)}") from None
        except BotoCoreError as error:
            raise OpsError(f"bucket {self.bucket}: {error}; {AWS_ADVICE}") from None


def _state(body: bytes) -> dict[str, Any]:
    """The document of a state; an empty one if it is not a state."""
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    known = isinstance(document, dict) and {"lineage", "resources", "serial"} <= document.keys()
    return document if known else {}


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))
