"""Where backups go, how long they are kept, and which keys lock and open them: `settings.BACKUP`, typed."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from gullu.backup.errors import TargetMissing, TargetUnusable
from gullu.backup.naming import Keeping


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """`recipients` are age public keys; with them, or with a passphrase, archives are encrypted."""

    recipients: tuple[str, ...] = ()
    passphrase: str = field(default="", repr=False)
    identity_file: Path | None = None

    @property
    def encrypts(self) -> bool:
        return bool(self.recipients or self.passphrase)


def keys() -> Keys:
    """The keys of the settings."""
    given = settings.BACKUP
    return Keys(
        recipients=tuple(given["RECIPIENTS"]),
        passphrase=given["PASSPHRASE"],
        identity_file=given["IDENTITY_FILE"],
    )


def keeping() -> Keeping:
    """How many archives stay."""
    given = settings.BACKUP
    return Keeping(given["KEEP_DAILY"], given["KEEP_WEEKLY"], given["KEEP_MONTHLY"])


def default_folder() -> Path:
    """Used when BACKUP_DIR is not set. It lies on the disk of the shop itself."""
    return Path(settings.DATA_DIR) / "backups"


def folder() -> Path:
    """The backup folder, there or not."""
    return settings.BACKUP["DIR"] or default_folder()


def usable_folder() -> Path:
    """The backup folder, made if it is our own.

    One that was named must be there: making it would fill the local disk when a share is not mounted.
    Raises `TargetMissing`, `TargetUnusable`.
    """
    found = folder()
    try:
        if found == default_folder():
            found.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not found.is_dir():
            raise TargetMissing(folder=found)
    except OSError as error:
        raise TargetUnusable(folder=found, reason=error.strerror or error) from error
    return found
