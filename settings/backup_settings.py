"""The table [backup]: dumps of databases in the state bucket. Stacks only create the access and the retention."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from settings.settings_table import SettingsTable
from settings.text_kinds import EnvironmentName, shown

_ALPHABET = "023456789acdefghjklmnpqrstuvwxyz"
BACKUP_PREFIX = "backups"
"""The first part of a backup's object key. A state's key has fewer parts."""
DELETED_DAYS = 7
"""How long an expired or deleted backup can still be restored as an older version."""


def _recipient(value: str) -> str:
    # Source: the age specification, "The X25519 recipient type": Bech32 with the prefix `age`.
    if not re.fullmatch(rf"age1[{_ALPHABET}]{{58}}", value):
        raise ValueError(
            f"{shown(value)} is not a public key of age; use the one that python -m ops backup new-key prints"
        )
    return value


class BackupSettings(SettingsTable):
    """Encrypted dumps of databases."""

    environments: list[EnvironmentName] = Field(
        min_length=1, max_length=20, description="The environments whose databases are backed up."
    )
    recipients: list[Annotated[str, AfterValidator(_recipient)]] = Field(
        min_length=1,
        max_length=10,
        description="Public keys of age that backups are encrypted for. `python -m ops backup new-key` creates one; "
        "whoever has the secret key of any of them can read the backups.",
    )
    daily: int = Field(7, ge=1, le=60, description="How long a backup of Monday to Saturday is retained, in days.")
    weekly: int = Field(4, ge=1, le=52, description="How long a backup of Sunday is retained, in weeks.")
    oldest_hours: int = Field(
        36,
        ge=1,
        le=336,
        description="How old the newest backup can be, in hours, before `ops doctor` and `ops uptime` report it.",
    )

    @property
    def retained(self) -> int:
        """How many backups of an environment the bucket holds at most, with expired ones that can still be restored."""
        return self.daily + self.weekly + DELETED_DAYS + 1

    def expiring(self, project: str) -> dict[str, int]:
        """How long a project's backups are retained, in days, by the prefix of their keys."""
        return {
            f"{BACKUP_PREFIX}/{project}/daily/": self.daily,
            f"{BACKUP_PREFIX}/{project}/weekly/": self.weekly * 7,
        }
