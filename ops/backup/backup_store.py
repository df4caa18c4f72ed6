"""Where backups are stored: objects of the state bucket, below `backups/<project>/`.

The stack `state` expires them by their kind (constructs_lib/state_bucket.py): a Sunday's backup is a weekly one.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ops.context.errors import AWS_ADVICE, OpsError
from ops.context.run_context import Context
from settings.backup_settings import BACKUP_PREFIX

_SUNDAY = 6
_MOMENT = "%Y%m%dT%H%M%SZ"
_SUFFIX = ".age"
# S3's largest object in one request (S3 API reference, "PutObject").
_LARGEST_BYTES = 5 * 1024**3


class BackupsRefusedError(OpsError):
    """The credentials may not do this with backups."""


@dataclass(frozen=True)
class StoredBackup:
    """A backup in the bucket.

    Attributes:
        key: its object key.
        kind: `daily` or `weekly`, which decides how long it is retained.
        environment: whose database it holds.
        at: when it was taken, in UTC.
        size: bytes.
    """

    key: str
    kind: str
    environment: str
    at: datetime
    size: int

    @property
    def age(self) -> timedelta:
        """How old it is now."""
        return datetime.now(UTC) - self.at


def backup_key(project: str, environment: str, at: datetime) -> str:
    """The object key of a backup taken at a time in UTC."""
    kind = "weekly" if at.weekday() == _SUNDAY else "daily"
    return f"{BACKUP_PREFIX}/{project}/{kind}/{environment}/{at:{_MOMENT}}{_SUFFIX}"


def read_backup_key(key: str, size: int = 0) -> StoredBackup | None:
    """The backup that an object key names; None if it isn't a backup's."""
    parts = key.split("/")
    if len(parts) != 5 or not key.endswith(_SUFFIX):
        return None
    _, _, kind, environment, name = parts
    try:
        at = datetime.strptime(name.removesuffix(_SUFFIX), _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None
    return StoredBackup(key, kind, environment, at, size)


class BackupStore:
    """The backups of a project, with the run's AWS credentials."""

    def __init__(self, context: Context) -> None:
        # Only here: boto3 takes half a second to import.
        from ops.clouds.aws import aws_clients

        self._project, self._bucket = context.settings.project.name, context.settings.state.bucket
        self._client = aws_clients(context, context.settings.state.region, total_max_attempts=4)("s3")

    def backups(self, environment: str) -> list[StoredBackup]:
        """An environment's backups, the newest first.

        Raises:
            OpsError: the bucket can't be read.
        """
        prefix = f"{BACKUP_PREFIX}/{self._project}/"
        with self._explained("list"):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
            every = [read_backup_key(each["Key"], each["Size"]) for page in pages for each in page.get("Contents", [])]
        found = [backup for backup in every if backup and backup.environment == environment]
        return sorted(found, key=lambda backup: backup.at, reverse=True)

    def add(self, key: str, file: Path) -> None:
        """Uploads a backup. S3 checks that all of it arrived.

        Raises:
            OpsError: it is larger than 5 GB, or the bucket refused it.
        """
        size = file.stat().st_size
        if size > _LARGEST_BYTES:
            raise OpsError(f"the backup has {size / 1e9:.1f} GB, and S3 takes 5 GB at once; use pg_dump by hand")
        with self._explained("write"), file.open("rb") as body:
            self._client.put_object(Bucket=self._bucket, Key=key, Body=body)

    def read(self, key: str, file: Path) -> None:
        """Downloads a backup.

        Raises:
            OpsError: the bucket can't be read.
        """
        with self._explained("read"), file.open("wb") as target:
            for block in self._client.get_object(Bucket=self._bucket, Key=key)["Body"].iter_chunks(1024**2):
                target.write(block)

    @contextmanager
    def _explained(self, action: str) -> Generator[None]:
        from botocore.exceptions import BotoCoreError, ClientError

        where = f"s3://{self._bucket}/{BACKUP_PREFIX}/{self._project}"
        try:
            yield
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "unknown")
            kind = BackupsRefusedError if code in ("AccessDenied", "403") else OpsError
            raise kind(
                f"{where}: can't {action} ({code}); check state.bucket, and that the credentials may {action} backups"
            ) from None
        except BotoCoreError as error:
            raise OpsError(f"{where}: can't {action}: {error}; {AWS_ADVICE}") from None
