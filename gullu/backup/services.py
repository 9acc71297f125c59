"""Making a backup."""

from __future__ import annotations

import getpass
import tomllib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from gullu.audit.records import Activity
from gullu.audit.services import record
from gullu.backup import config
from gullu.backup.config import Keys
from gullu.backup.connections import direct
from gullu.backup.errors import BackupRunning, LockLost, SelfCheckFailed, TargetUnusable
from gullu.backup.leftovers import clear_leftovers
from gullu.backup.manifest import FORMAT, Head, Manifest
from gullu.backup.naming import PART, archives, free_name, superfluous, unfinished
from gullu.backup.programs import dumping, require_readable
from gullu.backup.reading import verify
from gullu.backup.sealing import can_open, sealed
from gullu.backup.selectors import last_good_drill
from gullu.backup.snapshot import fingerprint, frozen, migrations
from gullu.backup.writing import (
    ArchiveWriter,
    HashingFile,
    digest_of,
    media_files,
    sync_folder,
    sync_to_disk,
)
from gullu.env_variables import ROOT
from gullu.jobs import Run, close_lost_runs, record_run
from gullu.locks import Lock, advisory_lock
from gullu.models import JobRun, User

LOCK: Final = "backup"
JOB: Final = "backup"
MEGABYTE: Final = 1 << 20

Progress = Callable[[str, int, int | None], None]


def silent(_step: str, _done: int, _total: int | None) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class BackupDone:
    """`megabytes` is the archive's size, rounded up; `vanished` files were deleted while they were copied.

    `old_archives` went by rotation; `checked`: the archive was opened again and read whole, otherwise (only public keys
    here) what the disk holds was compared byte for byte with what was written.
    """

    archive: str
    rows: int
    files: int
    vanished: int
    megabytes: int
    old_archives: int
    encrypted: bool
    checked: bool
    outcome: str = "DONE"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def back_up(
    *,
    trigger: str = JobRun.Trigger.INTERNAL,
    actor: User | None = None,
    progress: Progress = silent,
    now: datetime | None = None,
) -> BackupDone:
    """One archive of database and files in the backup folder, then rotation; one at a time on all machines.

    Raises `BackupRunning`, and other errors of this package; then no new archive is there and no old one is gone.
    """
    moment = now or timezone.now()
    with advisory_lock(LOCK) as lock:
        if not lock.acquired:
            raise BackupRunning
        # Whoever holds the lock is alone: an older run that says it runs was killed.
        close_lost_runs(JOB, before=moment)
        with record_run(JOB, trigger=trigger, actor=actor) as run:
            done = _back_up(lock, run, progress=progress, now=moment)
            run.counts = done.as_dict()
        note_by_hand("BACKUP", trigger=trigger, actor=actor, archive=done.archive)
    return done


def note_by_hand(what: str, *, trigger: str, actor: User | None, archive: str) -> None:
    """What a person started is an activity; at a command line the name is the one of the operating system."""
    if trigger in {JobRun.Trigger.STAFF, JobRun.Trigger.COMMAND}:
        name = "" if actor else _system_user()
        record(Activity.Kind.BACKUP, actor=actor, name=name, details={"what": what, "archive": archive})


def _system_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a number without a name, as in some containers
        return ""


def product_version() -> str:
    """The version in pyproject.toml; empty where the project was installed without it."""
    path = ROOT / "pyproject.toml"
    if not path.is_file():
        return ""
    return str(tomllib.loads(path.read_text(encoding="utf-8"))["project"]["version"])


def _back_up(lock: Lock, run: Run, *, progress: Progress, now: datetime) -> BackupDone:
    folder, keys = config.usable_folder(), config.keys()
    clear_leftovers()
    for path in unfinished(folder):
        path.unlink()
    name = free_name(folder, encrypted=keys.encrypts, now=now)
    part = folder / (name + PART)

    def watched(step: str, done: int, total: int | None) -> None:
        progress(step, done, total)
        run.progress(step=step, done=done, total=total)

    try:
        manifest, digest = _write(part, keys, progress=watched, now=now)
        _check(part, keys, manifest=manifest, digest=digest, progress=watched)
        if not lock.still_held():
            raise LockLost
        part.replace(folder / name)
    except OSError as error:
        raise TargetUnusable(folder=folder, reason=error.strerror or error) from error
    finally:
        part.unlink(missing_ok=True)
    sync_folder(folder)
    return BackupDone(
        archive=name,
        rows=manifest.fingerprint.rows,
        files=len(manifest.files),
        vanished=len(manifest.vanished),
        megabytes=-(-(folder / name).stat().st_size // MEGABYTE),
        old_archives=_rotate(folder, made=name),
        encrypted=keys.encrypts,
        checked=can_open(keys=keys),
    )


# --- writing --------------------------------------------------------------------------------------------------


def _write(part: Path, keys: Keys, *, progress: Progress, now: datetime) -> tuple[Manifest, str]:
    """The whole archive under its temporary name; returns its manifest and the checksum of the file."""
    with part.open("xb") as file:
        part.chmod(0o600)
        out = HashingFile(file)
        with sealed(cast("Any", out), keys) as stream:
            writer = ArchiveWriter(stream)
            manifest = _fill(writer, keys, progress=progress, now=now)
            writer.close()
        out.flush()
        sync_to_disk(file)
    return manifest, out.digest.hexdigest()


def _fill(writer: ArchiveWriter, keys: Keys, *, progress: Progress, now: datetime) -> Manifest:
    head = Head(format=FORMAT, product=product_version(), made_at=now)
    writer.head(head)
    with direct() as database:
        version = require_readable(database)
        with frozen(database) as (cursor, snapshot):
            found, applied = fingerprint(cursor), migrations(cursor)
            with dumping(database, snapshot=snapshot) as dump:
                dumped = writer.database(
                    dump, step=lambda size: progress(_("Database, MB"), size // MEGABYTE, None)
                )
    # After the database: a row never names a file that was not there yet.
    files, vanished = [], []
    paths = list(media_files(Path(settings.MEDIA_ROOT)))
    for number, (name, path) in enumerate(paths, start=1):
        written = writer.file(path, name=name)
        if written is None:
            vanished.append(name)
        else:
            files.append(written)
        progress(_("Files"), number, len(paths))
    key_file = Path(settings.DATA_DIR) / "secret_key"
    # In the clear it would let whoever finds the archive sign sessions.
    key = writer.secret_key(key_file.read_bytes()) if keys.encrypts and key_file.is_file() else None
    manifest = Manifest(
        **head.model_dump(),
        server_version=version,
        migrations=applied,
        fingerprint=found,
        database=dumped,
        files=tuple(files),
        vanished=tuple(vanished),
        secret_key=key,
    )
    writer.manifest(manifest)
    return manifest


def _check(part: Path, keys: Keys, *, manifest: Manifest, digest: str, progress: Progress) -> None:
    """What the disk gives back is what was written. Raises `SelfCheckFailed`."""
    if digest_of(part) != digest:
        raise SelfCheckFailed(folder=part.parent)
    if can_open(keys=keys):
        step = _("Checking, MB")
        read = verify(
            part,
            keys=keys,
            step=lambda done, total: progress(step, done // MEGABYTE, total and total // MEGABYTE),
        )
        if read != manifest:
            raise SelfCheckFailed(folder=part.parent)


def _rotate(folder: Path, *, made: str) -> int:
    """Delete what need not be kept; the newest archive and the one the last good drill proved always are.

    Also the one just `made`: while the clock was wrong, an older one may have got a later name.
    """
    drilled = last_good_drill()
    protected = {made}
    if drilled and "archive" in drilled.counts:
        protected.add(str(drilled.counts["archive"]))
    gone = superfluous(archives(folder), config.keeping(), protected=protected)
    for archive in gone:
        archive.path.unlink(missing_ok=True)
    return len(gone)
