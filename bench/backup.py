"""Backup and drill of the demo shop, beside what PostgreSQL's own programs need for the same database alone.

The floor of a backup is pg_dump with the same compression into nothing; that of a drill, psql reading that dump into an
empty database. Both parts are done in turn, and the best of three is told. Runs on a throw-away database of the test
server.
"""

from __future__ import annotations

import gzip
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.conf import settings
from django.test.utils import override_settings, setup_test_environment, teardown_test_environment
from django.utils import timezone

from bench.facts import _database, _sql
from gullu.backup.connections import direct
from gullu.backup.drill import drill
from gullu.backup.leftovers import drill_place
from gullu.backup.naming import archives
from gullu.backup.programs import dumping, loading
from gullu.backup.services import back_up
from gullu.backup.snapshot import frozen
from gullu.demo.history import make_shop
from gullu.demo.load import load_shop

TIMES: Final = 3


def main() -> None:
    setup_test_environment()
    with _database(), tempfile.TemporaryDirectory() as folder:
        load_shop(make_shop(now=timezone.now()))
        _sql("ANALYZE")
        place = Path(folder)
        with override_settings(
            DATA_DIR=place, MEDIA_ROOT=place / "media", BACKUP={**settings.BACKUP, "DIR": place}
        ):
            _measure(place)
    teardown_test_environment()


def _measure(folder: Path) -> None:
    dump = _dump()
    pairs: list[tuple[str, Callable[[], object], Callable[[], object]]] = [
        ("backup", back_up, _dump),
        ("drill", drill, lambda: _load(dump)),
    ]
    for name, ours, floor in pairs:
        times = [(_seconds(ours), _seconds(floor)) for _ in range(TIMES)]
        took, least = (min(column) for column in zip(*times, strict=True))
        print(f"{name}: {took:.1f} s, floor {least:.1f} s, ratio {took / least:.2f}")
    size = archives(folder)[0].size / (1 << 20)
    print(f"archive: {size:.1f} MB; the dump alone: {len(dump) / (1 << 20):.1f} MB")


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _dump() -> bytes:
    with (
        direct() as database,
        frozen(database) as (_cursor, snapshot),
        dumping(database, snapshot=snapshot) as out,
    ):
        return out.read()


def _load(dump: bytes) -> None:
    sql = gzip.decompress(dump)
    with drill_place() as place, loading(place) as load:
        load.write(sql)
        load.commit()
