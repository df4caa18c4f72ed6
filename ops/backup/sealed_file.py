"""A backup's file: a dump and its record in a tar archive, encrypted in the format of age (age-encryption.org/v1)."""

import importlib
import json
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ops.backup.postgres_dump import DatabaseContent, TableContent
from ops.context.errors import OpsError

_RECORD, _DUMP = "record.json", "database.dump"
_VERSION = 1


def _pyrage() -> Any:
    # Only here: few commands need it. It has no types.
    return importlib.import_module("pyrage")


def new_key() -> tuple[str, str]:
    """A new pair of keys: the secret one and the public one."""
    identity = _pyrage().x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def seal(dump: Path, content: DatabaseContent, about: Mapping[str, str], recipients: Sequence[str], file: Path) -> None:
    """Encrypts a dump and its record for the recipients.

    Args:
        dump: pg_dump's file, in a private folder; the archive is written beside it.
        content: what the dump holds.
        about: what else the record says, such as the environment.
        recipients: public keys of age.
        file: the encrypted file.
    """
    pyrage = _pyrage()
    record, archive = dump.with_name(_RECORD), dump.with_name("archive.tar")
    written: dict[str, Any] = {"version": _VERSION, **about, "server": content.server}
    written["tables"] = {name: asdict(table) for name, table in content.tables.items()}
    record.write_text(json.dumps(written, indent=2), encoding="utf-8")
    with tarfile.TarFile(archive, "w") as tar:
        tar.add(record, _RECORD)
        tar.add(dump, _DUMP)
    pyrage.encrypt_file(str(archive), str(file), [pyrage.x25519.Recipient.from_str(each) for each in recipients])


def unseal(file: Path, secret_key: str, folder: Path) -> tuple[Path, DatabaseContent, dict[str, Any]]:
    """Decrypts a backup.

    Args:
        file: the encrypted file.
        secret_key: of one of its recipients.
        folder: a private folder, which gets the dump.

    Returns:
        The dump, what it holds by its record, and the whole record.

    Raises:
        OpsError: the key is none or another's, or the file is damaged.
    """
    pyrage = _pyrage()
    try:
        identity = pyrage.x25519.Identity.from_str(secret_key.strip())
    except pyrage.IdentityError:
        raise OpsError("the secret key is not one of age: it begins with AGE-SECRET-KEY-1; copy it again") from None
    archive, dump = folder / "archive.tar", folder / _DUMP
    try:
        pyrage.decrypt_file(str(file), str(archive), [identity])
    # A file that was changed after its head is an OSError.
    except (pyrage.DecryptError, OSError) as error:
        raise OpsError(
            f"the backup can't be decrypted: {error}; pass the secret key of one of backup.recipients at that time"
        ) from None
    try:
        with tarfile.TarFile(archive) as tar:
            record = json.loads(_member(tar, _RECORD))
            tables = {name: TableContent(**table) for name, table in record["tables"].items()}
            # Only this one file, and only its content: an archive can name any path.
            source = tar.extractfile(_DUMP)
            if source is None or record["version"] != _VERSION:
                raise ValueError
            with dump.open("wb") as target:
                while block := source.read(1024**2):
                    target.write(block)
    except (tarfile.TarError, KeyError, TypeError, ValueError):
        raise OpsError("the backup is damaged, or was written by another version of ops") from None
    finally:
        archive.unlink(missing_ok=True)
    return dump, DatabaseContent(record["server"], tables), record


def _member(tar: tarfile.TarFile, name: str) -> bytes:
    found = tar.extractfile(name)
    return found.read() if found else b""
