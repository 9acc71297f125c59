"""The names of archives: what is ours in the backup folder, how old it is, and what may go."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from django.utils import timezone

PART: Final = ".part"
_STAMP: Final = "%Y%m%dT%H%M%SZ"
_NAME: Final = re.compile(r"gullu-(\d{8}T\d{6}Z)\.tar(\.age)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Archive:
    """A finished archive; `size` in bytes, `made_at` from its name, in UTC."""

    path: Path
    made_at: datetime
    size: int
    encrypted: bool

    @property
    def name(self) -> str:
        return self.path.name


@dataclass(frozen=True, slots=True)
class Keeping:
    """How many days, weeks and months one archive each is kept of."""

    daily: int
    weekly: int
    monthly: int


def archive_name(made_at: datetime, *, encrypted: bool) -> str:
    """`gullu-20261121T030000Z.tar`, with `.age` behind it when encrypted."""
    return f"gullu-{made_at.astimezone(UTC):{_STAMP}}.tar{'.age' if encrypted else ''}"


def free_name(folder: Path, *, encrypted: bool, now: datetime) -> str:
    """The first name from this second on that is not taken."""
    taken = {archive.made_at for archive in archives(folder)}
    moment = now.astimezone(UTC).replace(microsecond=0)
    while moment in taken:
        moment += timedelta(seconds=1)
    return archive_name(moment, encrypted=encrypted)


def archives(folder: Path) -> list[Archive]:
    """Finished archives in the folder, newest first; other people's files are not looked at."""
    if not folder.is_dir():
        return []
    found = [archive for path in folder.iterdir() if (archive := _archive(path)) is not None]
    return sorted(found, key=lambda archive: archive.made_at, reverse=True)


def _archive(path: Path) -> Archive | None:
    match = _NAME.fullmatch(path.name)
    if match is None or not path.is_file():
        return None
    try:
        made_at = datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC)
    except ValueError:  # digits that are no date
        return None
    return Archive(path, made_at, path.stat().st_size, encrypted=match[2] is not None)


def unfinished(folder: Path) -> list[Path]:
    """What backups that were broken off have left behind."""
    return [
        path
        for path in folder.iterdir()
        if path.name.endswith(PART) and _NAME.fullmatch(path.name.removesuffix(PART))
    ]


def superfluous(
    found: Sequence[Archive], keeping: Keeping, *, protected: Collection[str] = ()
) -> list[Archive]:
    """The archives that rotation lets go: neither the newest one, nor the last of its day, week or month.

    `found` is newest first; days are the shop's. Archives named in `protected` stay in any case.
    """
    kept = {archive.name for archive in found[:1]} | set(protected)
    kept |= _last_of(found, keeping.daily, lambda day: day.date())
    kept |= _last_of(found, keeping.weekly, lambda day: day.isocalendar()[:2])
    kept |= _last_of(found, keeping.monthly, lambda day: (day.year, day.month))
    return [archive for archive in found if archive.name not in kept]


def _last_of(found: Sequence[Archive], count: int, period: Callable[[datetime], Hashable]) -> set[str]:
    """The newest archive of each of the newest `count` periods that have one."""
    newest: dict[Hashable, str] = {}
    for archive in found:
        newest.setdefault(period(timezone.localtime(archive.made_at)), archive.name)
    return set(list(newest.values())[:count])
