"""Backups and restores that are cut off, killed, refused or run twice: nothing half is left, and nothing old is lost."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from gullu.backup import services
from gullu.backup.connections import direct
from gullu.backup.drill import drill
from gullu.backup.errors import (
    BackupRunning,
    FileUnreadable,
    NoArchive,
    SelfCheckFailed,
    TargetMissing,
    TargetUnusable,
)
from gullu.backup.leftovers import _prefix, drill_place
from gullu.backup.naming import archives
from gullu.backup.programs import loading
from gullu.backup.services import LOCK, back_up
from gullu.backup.tasks import backup_job
from gullu.locks import advisory_lock
from gullu.models import JobRun
from tests.backup.conftest import databases_of_drills

ROOT = Path(__file__).resolve().parents[2]
transactional = pytest.mark.django_db(transaction=True)


@transactional
def test_an_end_of_the_input_commits_nothing(shop: Path) -> None:
    with drill_place() as empty:
        with suppress(KeyboardInterrupt), loading(empty) as load:
            load.write(b"CREATE TABLE half (a int);\n" + b"-- \n" * 5_000)
            raise KeyboardInterrupt
        with loading(empty) as load:
            load.write(b"CREATE TABLE half (a int);\nCOPY half FROM stdin;\n1\n" + b"2\n" * 9_000)
            # As when this process is killed: psql meets the end of its input.
            load._close()
            load._process.wait()
        with empty.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
            assert cursor.fetchone() == (0,)


@transactional
def test_a_backup_that_fails_leaves_the_old_ones_and_no_half(shop: Path, settings: Any) -> None:
    with advisory_lock(LOCK) as held:
        assert held.acquired
        with pytest.raises(BackupRunning):
            back_up()
        with pytest.raises(BackupRunning):
            drill()
        assert backup_job()["code"] == "backup_running"
    assert JobRun.objects.count() == 0
    with pytest.raises(NoArchive):
        drill()

    old, leftover = (
        shop / "backups" / "gullu-20250101T010000Z.tar",
        shop / "backups" / "gullu-20250102T010000Z.tar.part",
    )
    old.touch()
    leftover.touch()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, hard))
    try:
        with pytest.raises(TargetUnusable) as full:
            back_up()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "File too large" in str(full.value)
    assert list((shop / "backups").iterdir()) == [old]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(services, "digest_of", lambda _path: "another")
        with pytest.raises(SelfCheckFailed):
            back_up()
    unreadable = settings.MEDIA_ROOT / "products" / "secret.jpg"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(services, "media_files", lambda _folder: [("x", unreadable)])
        patch.setattr(Path, "open", _denied(unreadable, Path.open))
        with pytest.raises(FileUnreadable):
            back_up()
    shutil.rmtree(shop / "backups")
    with pytest.raises(TargetMissing):
        back_up()
    assert list(JobRun.objects.filter(name="backup").values_list("state", flat=True)) == ["FAILED"] * 4


def _denied(path: Path, real: Any) -> Any:
    def opened(self: Path, *args: Any, **options: Any) -> Any:
        if self == path:
            raise PermissionError(13, "Permission denied", str(path))
        return real(self, *args, **options)

    return opened


@transactional
def test_a_killed_backup_is_no_backup_and_the_next_one_clears_up(shop: Path, settings: Any) -> None:
    names = connection.settings_dict
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "backup"],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "gullu.settings_test",
            "DATABASE_URL": f"postgresql://{names['USER']}@/{names['NAME']}?host={names['HOST']}&port={names['PORT']}",
            "DATA_DIR": str(shop / "data"),
            "BACKUP_DIR": str(shop / "backups"),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not list((shop / "backups").iterdir()):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert archives(shop / "backups") == []
    with direct() as live, live.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{_prefix(live)}20260101" TEMPLATE template0')
    (shop / "data" / "drill-abc").mkdir()
    vanishing = settings.MEDIA_ROOT / "gone.jpg"

    # The lock vanishes with the session, which the server ends when it notices.
    with advisory_lock(LOCK, wait_seconds=30) as free:
        assert free.acquired
    with pytest.MonkeyPatch.context() as patch:
        found = [("gone.jpg", vanishing), ("empty.txt", settings.MEDIA_ROOT / "empty.txt")]
        patch.setattr(services, "media_files", lambda _folder: found)
        done = back_up()

    assert [path.name for path in (shop / "backups").iterdir()] == [done.archive]
    assert (done.files, done.vanished) == (1, 1)
    assert databases_of_drills() == []
    assert not (shop / "data" / "drill-abc").exists()
    assert list(JobRun.objects.order_by("pk").values_list("state", flat=True)) == ["LOST", "DONE"]
