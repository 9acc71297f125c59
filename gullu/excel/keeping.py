"""Where a file that was handed in lies until it is applied: its bytes, its preview and what became of it.

In the private storage, one folder a day; `KEEP_DAYS` later everything of a day is removed, however it was decided.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, BinaryIO, Final

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from gullu.day_folders import day_folder, prune_day_folders
from gullu.excel.errors import ContentGone
from gullu.excel.lines import PreviewRow

FOLDER: Final = "excel"
KEEP_DAYS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file that was handed in. `place` is its name in the storage without ending, `digest` its SHA-256."""

    excel: str
    kind: str
    name: str
    place: str
    digest: str

    def as_dict(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in ("excel", "kind", "name", "place", "digest")}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Kept:
        return cls(**{name: str(data[name]) for name in ("excel", "kind", "name", "place", "digest")})

    def content(self) -> BytesIO:
        """The bytes as they were handed in. Raises `ContentGone`, also where they are not the same any more."""
        data = _read(f"{self.place}.bin")
        if data is None or hashlib.sha256(data).hexdigest() != self.digest:
            raise ContentGone(file=self.name)
        return BytesIO(data)


@dataclass(frozen=True, slots=True)
class Preview:
    """The rows of a preview and sentences about its columns."""

    rows: tuple[PreviewRow, ...]
    notes: tuple[str, ...]


def keep_content(content: BinaryIO, *, excel: str, kind: str, name: str, now: datetime) -> Kept:
    """Store the bytes of a file."""
    place = f"{day_folder(FOLDER, now=now)}/{excel}"
    content.seek(0)
    digest = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]  # BinaryIO reads
    content.seek(0)
    default_storage.save(f"{place}.bin", File(content))
    return Kept(excel=excel, kind=kind, name=name, place=place, digest=digest)


def keep_preview(kept: Kept, rows: Iterable[PreviewRow], notes: Iterable[str]) -> None:
    """Store a preview in place of an earlier one."""
    data = {"notes": list(notes), "rows": [row.as_dict() for row in rows]}
    _write(f"{kept.place}.preview.json", data)


def preview_of(kept: Kept) -> Preview:
    """The preview of a file. Raises `ContentGone`."""
    data = _read(f"{kept.place}.preview.json")
    if data is None:
        raise ContentGone(file=kept.name)
    found = json.loads(data)
    return Preview(tuple(map(PreviewRow.from_dict, found["rows"])), tuple(found["notes"]))


def keep_left_out(kept: Kept, rows: Iterable[PreviewRow]) -> None:
    """Store which rows were not taken, and why."""
    _write(f"{kept.place}.left.json", [row.as_dict() for row in rows])


def left_out_of(kept: Kept) -> tuple[PreviewRow, ...]:
    """The rows that were not taken when the file was applied, else those that are wrong in its preview."""
    data = _read(f"{kept.place}.left.json")
    if data is None:
        return tuple(row for row in preview_of(kept).rows if row.problems)
    return tuple(PreviewRow.from_dict(row) for row in json.loads(data))


def prune(*, now: datetime) -> int:
    """Remove what is older than `KEEP_DAYS`; returns how many files. Each file handed in does it first."""
    return prune_day_folders(FOLDER, keep_days=KEEP_DAYS, now=now)


def _write(name: str, data: Any) -> None:
    default_storage.delete(name)
    default_storage.save(name, ContentFile(json.dumps(data, ensure_ascii=False).encode()))


def _read(name: str) -> bytes | None:
    try:
        with default_storage.open(name) as file:
            data: bytes = file.read()
            return data
    except FileNotFoundError:
        return None
