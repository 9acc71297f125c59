"""The temporary places of drills, and what killed drills have left of them."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from gullu import embedded
from gullu.backup.connections import direct
from gullu.backup.errors import DrillPlaceFailed
from gullu.embedded import EmbeddedDatabaseError

_FOLDER: Final = "drill-"


@contextmanager
def drill_place() -> Iterator[BaseDatabaseWrapper]:
    """An empty database that is gone afterwards.

    Beside the live one on its server where we may make databases: the dump then meets the very server it would be
    restored to, and no second server has to be started. Elsewhere an embedded server of its own.
    """
    with direct() as live:
        if _may_create(live):
            with _database_beside(live) as place:
                yield place
            return
    with _server_of_its_own() as place:
        yield place


def _may_create(live: BaseDatabaseWrapper) -> bool:
    with live.cursor() as cursor:
        cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


@contextmanager
def _database_beside(live: BaseDatabaseWrapper) -> Iterator[BaseDatabaseWrapper]:
    name = f"{_prefix(live)}{timezone.now():%Y%m%d%H%M%S}"
    try:
        _execute(live, f'CREATE DATABASE "{name}" TEMPLATE template0')
    except DatabaseError as error:
        raise DrillPlaceFailed(reason=str(error).strip().splitlines()[0]) from error
    try:
        with direct(name=name) as place:
            yield place
    finally:
        _execute(live, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _prefix(live: BaseDatabaseWrapper) -> str:
    """Of drills of this very database: another shop on the same server has another one."""
    digest = hashlib.sha256(str(live.settings_dict["NAME"]).encode()).hexdigest()[:10]
    return f"gullu_drill_{digest}_"


def _execute(database: BaseDatabaseWrapper, statement: str) -> None:
    with database.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def _server_of_its_own() -> Iterator[BaseDatabaseWrapper]:
    folder = Path(tempfile.mkdtemp(prefix=_FOLDER, dir=settings.DATA_DIR))
    try:
        with direct(settings=_embedded(folder)) as place:
            place.ensure_connection()
            yield place
    except EmbeddedDatabaseError as error:
        raise DrillPlaceFailed(reason=error) from error
    finally:
        _remove(folder)


def _embedded(folder: Path) -> dict[str, Any]:
    return {
        "ENGINE": "gullu.postgresql",
        "NAME": "gullu",
        "EMBEDDED": {"DATA_DIR": folder, "DURABILITY": "off"},
        "OPTIONS": {},
    }


def _remove(folder: Path) -> None:
    embedded.stop(folder, force=True)
    shutil.rmtree(folder)


def clear_leftovers() -> None:
    """Drop what killed drills have left. The caller holds the lock: no drill is running."""
    with direct() as live:
        prefix = _prefix(live)
        with live.cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
            names = [name for (name,) in cursor.fetchall()]
        for name in names:
            _execute(live, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    for folder in Path(settings.DATA_DIR).glob(f"{_FOLDER}*"):
        if folder.is_dir():
            _remove(folder)
