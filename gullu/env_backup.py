"""The settings of backups, typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSettings:
    """`folder` is None for our own in DATA_DIR; `recipients` are age public keys."""

    folder: Path | None
    keep_daily: int
    keep_weekly: int
    keep_monthly: int
    recipients: tuple[str, ...]
    passphrase: str = field(repr=False)
    identity_file: Path | None


def backup_settings(values: Mapping[str, Any]) -> BackupSettings:
    """The backup settings from the values read."""
    return BackupSettings(
        folder=values["BACKUP_DIR"],
        keep_daily=values["BACKUP_KEEP_DAILY"],
        keep_weekly=values["BACKUP_KEEP_WEEKLY"],
        keep_monthly=values["BACKUP_KEEP_MONTHLY"],
        recipients=values["BACKUP_RECIPIENT"],
        passphrase=values["BACKUP_PASSPHRASE"],
        identity_file=values["BACKUP_IDENTITY_FILE"],
    )
