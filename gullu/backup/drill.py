"""The drill: the newest archive restored beside the live system, compared, and thrown away."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from gullu.backup import config
from gullu.backup.connections import direct
from gullu.backup.errors import BackupRunning, NoArchive
from gullu.backup.leftovers import clear_leftovers, drill_place
from gullu.backup.manifest import Fingerprint, Manifest
from gullu.backup.naming import Archive, archives
from gullu.backup.programs import Loading, loading
from gullu.backup.reading import Write, read_archive
from gullu.backup.restoring import missing_migrations, require_clean_stock, require_same
from gullu.backup.selectors import DRILL, last_drill
from gullu.backup.services import LOCK, MEGABYTE, Progress, note_by_hand, silent
from gullu.backup.snapshot import fingerprint
from gullu.jobs import Run, close_lost_runs, record_run
from gullu.locks import advisory_lock
from gullu.models import JobRun, User

# A week less half a day: the morning a week after the last one is not too early.
EVERY: Final = timedelta(days=6, hours=12)


@dataclass(frozen=True, slots=True)
class Drilled:
    """What was restored and compared. `rows_since` is how many rows the live tables differ by now; that is no fault.

    `movements` are those `check_stock` added up in the copy; None when its schema is older than the program's.
    """

    archive: str
    made_at: str
    tables: int
    rows: int
    files: int
    movements: int | None
    rows_since: int
    outcome: str = "DONE"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class _IntoDatabase:
    """Restores the database; files are read and their checksums compared, without a copy on the disk."""

    def __init__(self, load: Loading) -> None:
        self._load = load

    def sql(self, data: bytes) -> None:
        self._load.write(data)

    def file(self, name: str) -> AbstractContextManager[Write]:
        return nullcontext(len)

    def secret_key(self, content: bytes) -> None:
        del content


def drill(
    *, trigger: str = JobRun.Trigger.INTERNAL, actor: User | None = None, progress: Progress = silent
) -> Drilled:
    """Prove that the newest archive can be restored; leaves a run, and nothing else.

    Raises `BackupRunning`, `NoArchive`, `RestoredDiffers` and other errors of this package.
    """
    with advisory_lock(LOCK) as lock:
        if not lock.acquired:
            raise BackupRunning
        close_lost_runs(DRILL, before=timezone.now())
        with record_run(DRILL, trigger=trigger, actor=actor) as run:
            done = _drill(run, progress=progress)
            run.counts = done.as_dict()
        note_by_hand("DRILL", trigger=trigger, actor=actor, archive=done.archive)
    return done


def is_due(*, now: datetime) -> bool:
    """Whether a week has passed since the last good drill, and there is something to try."""
    last = last_drill().success_at
    return bool(archives(config.folder())) and (last is None or now - last > EVERY)


def _drill(run: Run, *, progress: Progress) -> Drilled:
    archive = _newest(config.usable_folder())
    run.counts["archive"] = archive.name
    clear_leftovers()
    step = _("Restoring, MB")

    def told(done: int, total: int | None) -> None:
        megabytes = None if total is None else total // MEGABYTE
        progress(step, done // MEGABYTE, megabytes)
        run.progress(step=step, done=done // MEGABYTE, total=megabytes)

    with drill_place() as place:
        with loading(place) as load:
            manifest = read_archive(archive.path, keys=config.keys(), sink=_IntoDatabase(load), step=told)
            older = missing_migrations(manifest, archive=archive.path)
            load.commit()
        require_same(manifest, place, archive=archive.path)
        stock = None if older else require_clean_stock(place, archive=archive.path)
    return Drilled(
        archive=archive.name,
        made_at=manifest.made_at.isoformat(),
        tables=len(manifest.fingerprint.tables),
        rows=manifest.fingerprint.rows,
        files=len(manifest.files),
        movements=stock.movements if stock else None,
        rows_since=_rows_since(manifest),
    )


def _newest(folder: Path) -> Archive:
    found = archives(folder)
    if not found:
        raise NoArchive(folder=folder)
    return found[0]


def _rows_since(manifest: Manifest) -> int:
    """By how many rows the tables of the live database differ from the archive's now, table by table."""
    with direct() as live, live.cursor() as cursor:
        now: Fingerprint = fingerprint(cursor)
    before, after = manifest.fingerprint.tables, now.tables
    return sum(abs(after.get(name, 0) - before.get(name, 0)) for name in {*before, *after})
