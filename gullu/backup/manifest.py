"""What an archive says about itself: a short head at its beginning, the manifest at its end.

The manifest comes last because only then the checksums are known; an archive without one is not complete.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict

FORMAT: Final = 1
HEAD_NAME: Final = "gullu-backup.json"
MANIFEST_NAME: Final = "manifest.json"
SECRET_KEY_NAME: Final = "secret_key"  # noqa: S105 - the name of a member
DATABASE_FOLDER: Final = "database"
MEDIA_FOLDER: Final = "media"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Head(_Frozen):
    """`format` rises when older versions could no longer read the archive."""

    format: int
    product: str
    made_at: datetime


class Part(_Frozen):
    """`size` in bytes and SHA-256 of something stored in the archive."""

    size: int
    sha256: str


class File(Part):
    """A file under DATA_DIR/media; `name` is its path there, with slashes."""

    name: str


class Fingerprint(_Frozen):
    """Rows of every table, and the sums of the stock ledger with their digests per barcode and shelf (I1, I2)."""

    tables: dict[str, int]
    ledger: dict[str, int | str]

    @property
    def rows(self) -> int:
        return sum(self.tables.values())


class Manifest(Head):
    """`migrations` are `app.name` of those applied; `vanished` are files that were deleted while they were copied."""

    server_version: int
    migrations: tuple[str, ...]
    fingerprint: Fingerprint
    database: Part
    files: tuple[File, ...]
    vanished: tuple[str, ...] = ()
    secret_key: Part | None = None
