"""Restoring an archive: into an empty place only, whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from gullu.backup.config import Keys
from gullu.backup.errors import (
    DatabaseNotEmpty,
    MediaNotEmpty,
    PlaceUnusable,
    ProductTooOld,
    RestoredDiffers,
)
from gullu.backup.manifest import Manifest
from gullu.backup.programs import Loading, loading
from gullu.backup.reading import Write, read_archive, verify
from gullu.backup.selectors import BACKUP
from gullu.backup.services import MEGABYTE, Progress, silent
from gullu.backup.snapshot import differences, fingerprint
from gullu.backup.writing import sync_folder
from gullu.models import JobRun
from inventory.selectors import StockCheck, check_stock

_SHOWN: Final = 5
# Lies in the media folder while a restore is under way: what a killed one has left may go.
_MARK: Final = ".restoring"
_ANY_TABLE: Final = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
 ORDER BY 1 LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to: an empty database, an empty media folder, and the file of the secret key where it is ours to keep."""

    database: BaseDatabaseWrapper
    media: Path
    secret_key: Path | None


@dataclass(frozen=True, slots=True)
class Restored:
    """`to_migrate` are migrations the archive's schema lacks; `stock` is None then: it is checked after them."""

    archive: str
    manifest: Manifest
    to_migrate: tuple[str, ...]
    stock: StockCheck | None

    def as_dict(self) -> dict[str, Any]:
        return {
            "outcome": "DONE",
            "archive": self.archive,
            "made_at": self.manifest.made_at.isoformat(),
            "tables": len(self.manifest.fingerprint.tables),
            "rows": self.manifest.fingerprint.rows,
            "files": len(self.manifest.files),
            "to_migrate": len(self.to_migrate),
            "movements": self.stock.movements if self.stock else None,
        }


def configured_place(database: BaseDatabaseWrapper) -> Place:
    """The place the settings name. With a DATABASE_URL the secret key comes from the environment."""
    embedded = "EMBEDDED" in database.settings_dict
    key = Path(settings.DATA_DIR) / "secret_key" if embedded else None
    return Place(database=database, media=Path(settings.MEDIA_ROOT), secret_key=key)


def restore(*, archive: Path, place: Place, keys: Keys, progress: Progress = silent) -> Restored:
    """Check the archive, refuse a place that is not empty, restore, compare with the manifest.

    Everything in the database comes in one transaction, and the files are in place before it is committed: a restore
    that was killed leaves an empty database, and can be repeated. Raises errors of this package.
    """
    _require_empty(place)
    manifest = verify(archive, keys=keys, step=_megabytes(progress, _("Checking, MB")))
    to_migrate = missing_migrations(manifest, archive=archive)
    _restore(archive, place, keys=keys, progress=progress)
    require_same(manifest, place.database, archive=archive)
    _tidy(place.database, manifest=manifest, archive=archive)
    stock = None if to_migrate else require_clean_stock(place.database, archive=archive)
    return Restored(archive.name, manifest, to_migrate, stock)


def missing_migrations(manifest: Manifest, *, archive: Path) -> tuple[str, ...]:
    """Migrations of this version that the archive lacks. Raises `ProductTooOld` when it has some we do not know."""
    known = {
        f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    }
    apps = {name.partition(".")[0] for name in known}
    foreign = [name for name in manifest.migrations if name not in known and name.partition(".")[0] in apps]
    if foreign:
        raise ProductTooOld(archive=archive.name, migration=foreign[0])
    return tuple(sorted(known - set(manifest.migrations)))


def require_same(manifest: Manifest, database: BaseDatabaseWrapper, *, archive: Path) -> None:
    """Counts and ledger sums as in the manifest. Raises `RestoredDiffers`."""
    with database.cursor() as cursor:
        found = differences(manifest.fingerprint, fingerprint(cursor))
    _require_none(found, archive)


def require_clean_stock(database: BaseDatabaseWrapper, *, archive: Path) -> StockCheck:
    """`check_stock` over the restored copy. Raises `RestoredDiffers` with what it has found."""
    stock = check_stock(database)
    _require_none([f"{v.rule} {v.barcode} {v.shelf} {v.detail}" for v in stock.violations], archive)
    return stock


def _require_none(found: list[str], archive: Path) -> None:
    if found:
        more = [f"(+{len(found) - _SHOWN})"] if len(found) > _SHOWN else []
        raise RestoredDiffers(archive=archive.name, differences="; ".join(found[:_SHOWN] + more))


# --- the place ------------------------------------------------------------------------------------------------


def _require_empty(place: Place) -> None:
    with place.database.cursor() as cursor:
        cursor.execute(_ANY_TABLE)
        row = cursor.fetchone()
    if row is not None:
        raise DatabaseNotEmpty(database=place.database.settings_dict["NAME"], table=row[0])
    media = place.media
    if not media.exists() or (media / _MARK).is_file():
        return
    if not media.is_dir() or any(media.iterdir()):
        raise MediaNotEmpty(folder=media)


class _IntoPlace:
    """Takes what an archive holds to its place."""

    def __init__(self, place: Place, load: Loading) -> None:
        self._place, self._load = place, load
        self.key: bytes | None = None

    def sql(self, data: bytes) -> None:
        self._load.write(data)

    def file(self, name: str) -> AbstractContextManager[Write]:
        return self._written(self._place.media / name)

    def secret_key(self, content: bytes) -> None:
        self.key = content

    @contextmanager
    def _written(self, path: Path) -> Iterator[Write]:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            yield file.write


def _restore(archive: Path, place: Place, *, keys: Keys, progress: Progress) -> None:
    committed = False
    try:
        _begin_media(place.media)
        with loading(place.database) as load:
            into = _IntoPlace(place, load)
            read_archive(archive, keys=keys, sink=into, step=_megabytes(progress, _("Restoring, MB")))
            if into.key is not None and place.secret_key is not None:
                _write_key(place.secret_key, into.key)
            # The files first: a database that is full never lacks them.
            _sync_tree(place.media)
            load.commit()
        committed = True
        (place.media / _MARK).unlink()
    except OSError as error:
        raise PlaceUnusable(folder=place.media, reason=error.strerror or error) from error
    finally:
        if not committed and (place.media / _MARK).is_file():
            shutil.rmtree(place.media)


def _begin_media(media: Path) -> None:
    if (media / _MARK).is_file():
        shutil.rmtree(media)
    media.mkdir(parents=True, exist_ok=True)
    (media / _MARK).touch()


def _sync_tree(folder: Path) -> None:
    """The disk has every file before the database says it does."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
        else:
            sync_folder(path)
    sync_folder(folder)


def _write_key(path: Path, content: bytes) -> None:
    fresh = path.with_suffix(".restored")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    fresh.replace(path)


def _tidy(database: BaseDatabaseWrapper, *, manifest: Manifest, archive: Path) -> None:
    """What was under way at the time of the backup is over: the backup itself did its work, other runs were cut off.

    The planner learns what lies in the tables.
    """
    closed = "UPDATE gullu_jobrun SET state = %s, ended_at = %s, counts = counts || %s WHERE state = %s"
    made = {"archive": archive.name, "rows": manifest.fingerprint.rows, "files": len(manifest.files)}
    done, lost, running = (
        state.value for state in (JobRun.State.DONE, JobRun.State.LOST, JobRun.State.RUNNING)
    )
    with database.cursor() as cursor:
        cursor.execute(f"{closed} AND name = %s", [done, manifest.made_at, json.dumps(made), running, BACKUP])
        cursor.execute(closed, [lost, manifest.made_at, "{}", running])
        cursor.execute("ANALYZE")


def _megabytes(progress: Progress, step: str) -> Any:
    def told(done: int, total: int | None) -> None:
        progress(step, done // MEGABYTE, None if total is None else total // MEGABYTE)

    return told
