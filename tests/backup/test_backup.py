"""Backup, drill and restore of a shop with real servers: beside it, into an empty folder, into a server with a password."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from gullu.audit.records import Activity
from gullu.backup import config
from gullu.backup.connections import direct, libpq_environment
from gullu.backup.drill import drill, is_due
from gullu.backup.errors import (
    ArchiveDamaged,
    DatabaseNotEmpty,
    MediaNotEmpty,
    ProductTooOld,
    RestoredDiffers,
    RestoreFailed,
    ServerTooNew,
)
from gullu.backup.leftovers import clear_leftovers, drill_place
from gullu.backup.naming import archives
from gullu.backup.programs import require_readable
from gullu.backup.reading import verify
from gullu.backup.restoring import Place, missing_migrations, restore
from gullu.backup.sealing import make_key
from gullu.backup.services import _rotate, back_up
from gullu.backup.snapshot import LEFT_OUT, fingerprint
from gullu.backup.tasks import drill_job, weekly_drill_job
from gullu.env import parse_database_url
from gullu.models import JobRun
from inventory.models import StockMovement
from inventory.services import receive_stock
from tests.backup.conftest import PASSWORD, PICTURE, Server, databases_of_drills
from tests.factories import make_user

ROOT = Path(__file__).resolve().parents[2]
transactional = pytest.mark.django_db(transaction=True)


def newest(place: Path) -> Path:
    return archives(place / "backups")[0].path


@contextmanager
def selling() -> Iterator[list[int]]:
    """Two people who book goods in for as long as the block takes."""
    over, done = threading.Event(), [0, 0]

    def book(number: int) -> None:
        while not over.is_set():
            receive_stock(barcode=f"868000000000{number + 1}", shelf_code=f"A-0{number + 1}", quantity=1)
            done[number] += 1
        connection.close()

    people = [threading.Thread(target=book, args=(number,)) for number in (0, 1)]
    for somebody in people:
        somebody.start()
    try:
        yield done
    finally:
        over.set()
        for somebody in people:
            somebody.join()


@transactional
def test_a_backup_of_a_running_shop_is_of_one_moment_and_the_drill_proves_it(shop: Path) -> None:
    owner = make_user()
    with selling() as booked:
        done = back_up(trigger=JobRun.Trigger.STAFF, actor=owner)
    drilled = drill(trigger=JobRun.Trigger.STAFF, actor=owner)

    manifest = verify(newest(shop), keys=config.keys())
    ledger = manifest.fingerprint.ledger
    assert sum(booked) > 0
    assert 2 <= manifest.fingerprint.tables["inventory_stockmovement"] <= StockMovement.objects.count()
    assert ledger["I1 ledger"] == ledger["I1 balance"] == ledger["I2 balance"] >= 15
    assert ledger["I1 ledger per barcode"] == ledger["I1 balance per barcode"]
    assert ledger["I2 ledger per shelf"] == ledger["I2 balance per shelf"]
    assert [(file.name, file.size) for file in manifest.files] == [
        ("empty.txt", 0),
        ("products/ab/kırmızı.jpg", len(PICTURE)),
    ]
    assert (done.archive, done.files, done.encrypted, done.checked) == (newest(shop).name, 2, False, True)
    assert (drilled.archive, drilled.rows, drilled.files) == (done.archive, done.rows, 2)
    assert drilled.movements == manifest.fingerprint.tables["inventory_stockmovement"]
    assert manifest.secret_key is None
    assert newest(shop).stat().st_mode & 0o077 == 0
    assert list(JobRun.objects.order_by("pk").values_list("name", "state", "actor")) == [
        ("backup", "DONE", owner.pk),
        ("backup_drill", "DONE", owner.pk),
    ]
    assert [
        (row.kind, row.actor, row.details) for row in Activity.objects.filter(kind="BACKUP").order_by("pk")
    ] == [
        ("BACKUP", owner, {"what": "BACKUP", "archive": done.archive}),
        ("BACKUP", owner, {"what": "DRILL", "archive": done.archive}),
    ]
    assert databases_of_drills() == []
    assert not is_due(now=timezone.now())
    assert is_due(now=timezone.now() + timedelta(days=7))

    # The same archive, changed under way: the drill sees the stock that disagrees, and throws its copy away.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gullu.backup.programs.Loading.commit", _commit_with_a_theft)
        with pytest.raises(RestoredDiffers) as caught:
            drill(trigger=JobRun.Trigger.SCHEDULE)
    assert "I1 balance: " in str(caught.value)
    assert JobRun.objects.latest("pk").error == str(caught.value)
    assert databases_of_drills() == []


def _commit_with_a_theft(load: Any) -> None:
    # The session of a dump has an empty search path.
    load._send(
        b"UPDATE public.inventory_centralstock SET qty = qty + 1 WHERE qty = (SELECT max(qty) FROM public.inventory_centralstock);\nCOMMIT;\n"
    )
    load._close()
    assert load._process.wait() == 0
    load.committed = True


@transactional
def test_a_real_server_is_restored_to_backed_up_and_drilled(shop: Path, server: Server) -> None:
    recipient = make_key(shop / "key")
    environment = {
        **os.environ,
        "DATA_DIR": str(shop / "other"),
        "DATABASE_URL": server.url("shop"),
        "BACKUP_DIR": str(shop / "elsewhere"),
        "BACKUP_RECIPIENT": recipient,
        "BACKUP_IDENTITY_FILE": str(shop / "key"),
    }
    (shop / "elsewhere").mkdir()
    back_up()
    script = f"""
    import django, json, io
    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from gullu.backup import leftovers
    made = []
    beside, own = leftovers._database_beside, leftovers._server_of_its_own
    leftovers._database_beside = lambda live: made.append("beside") or beside(live)
    leftovers._server_of_its_own = lambda: made.append("own") or own()
    call_command("restore", {str(newest(shop))!r}, json=True)
    call_command("backup", json=True)
    call_command("backup", drill=True, json=True)
    print(json.dumps(made))
    input()
    call_command("backup", drill=True, json=True)
    print(json.dumps(made))
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        cwd=ROOT,
        env={**environment, "DJANGO_SETTINGS_MODULE": "gullu.settings_test"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    heard = [process.stdout.readline() for _ in range(4)]
    server.ask("ALTER ROLE shop CREATEDB")
    rest, errors = process.communicate("\n", timeout=60)

    assert errors == ""
    restored, made, drilled, first = map(json.loads, heard)
    again, both = map(json.loads, rest.splitlines())
    assert (first, both) == (["own"], ["own", "beside"])
    assert (restored["movements"], drilled["movements"], again["movements"]) == (2, 2, 2)
    assert (made["encrypted"], made["checked"], made["files"]) == (True, True, 2)
    assert {drilled["archive"], again["archive"]} == {made["archive"]}
    assert (shop / "other" / "media" / "products" / "ab" / "kırmızı.jpg").read_bytes() == PICTURE
    assert sorted(path.name for path in (shop / "other" / "media").iterdir()) == ["empty.txt", "products"]
    assert server.ask("SELECT datname FROM pg_database WHERE datname LIKE 'gullu%'") == []
    assert list((shop / "other").glob("drill-*")) == []
    kinds = server.ask(
        "SELECT details->>'what' FROM gullu_activity WHERE kind = 'BACKUP' ORDER BY id", "shop"
    )
    assert kinds == [("RESTORE",), ("BACKUP",), ("DRILL",), ("DRILL",)]
    assert server.ask("SELECT DISTINCT state FROM gullu_jobrun", "shop") == [("DONE",)]


@transactional
def test_an_archive_goes_into_an_empty_embedded_place_and_no_other(shop: Path, settings: Any) -> None:
    settings.BACKUP = {
        **settings.BACKUP,
        "RECIPIENTS": (make_key(shop / "key"),),
        "IDENTITY_FILE": shop / "key",
    }
    back_up()
    archive, fresh = newest(shop), shop / "fresh"
    with direct() as live:
        full = Place(database=live, media=fresh / "media", secret_key=None)
        with pytest.raises(DatabaseNotEmpty) as refused:
            restore(archive=archive, place=full, keys=config.keys())
    assert connection.settings_dict["NAME"] in str(refused.value)

    with drill_place() as empty:
        target = Place(database=empty, media=fresh / "media", secret_key=fresh / "secret_key")
        (fresh / "media").mkdir(parents=True)
        (fresh / "media" / "holiday.jpg").touch()
        with pytest.raises(MediaNotEmpty):
            restore(archive=archive, place=target, keys=config.keys())
        assert [path.name for path in (fresh / "media").iterdir()] == ["holiday.jpg"]

        # What a killed restore has left is known by its mark, and goes.
        (fresh / "media" / ".restoring").touch()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("gullu.backup.programs.Loading.commit", _commit_nonsense)
            with pytest.raises(RestoreFailed):
                restore(archive=archive, place=target, keys=config.keys())
        assert not (fresh / "media").exists()
        with empty.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
            assert cursor.fetchone() == (0,)

        done = restore(archive=archive, place=target, keys=config.keys())
        with direct() as live, live.cursor() as ours, empty.cursor() as theirs:
            before, after = fingerprint(ours), fingerprint(theirs)
            assert after.ledger == before.ledger
            theirs.execute("SELECT barcode FROM catalog_variant ORDER BY barcode")
            assert theirs.fetchall() == [("8680000000001",), ("8680000000002",)]

    assert (done.to_migrate, done.stock.movements) == ((), 2)
    assert (fresh / "secret_key").read_text() == "the key of this shop\n"
    assert (fresh / "media" / "products" / "ab" / "kırmızı.jpg").read_bytes() == PICTURE


def _commit_nonsense(load: Any) -> None:
    load.write(b"SELECT 1/0;\n" * 10_000)
    type(load)._fail(load)


@transactional
def test_rotation_follows_a_backup_and_spares_what_a_drill_has_proved(shop: Path, settings: Any) -> None:
    settings.BACKUP = {**settings.BACKUP, "KEEP_DAILY": 1, "KEEP_WEEKLY": 0, "KEEP_MONTHLY": 0}
    proved, old = "gullu-20250101T010000Z.tar", "gullu-20250102T010000Z.tar"
    for name in (proved, old, "holiday.tar"):
        (shop / "backups" / name).touch()
    JobRun.objects.create(
        name="backup_drill",
        trigger="SCHEDULE",
        state=JobRun.State.DONE,
        started_at=timezone.now(),
        counts={"archive": proved},
    )

    done = back_up()

    assert sorted(path.name for path in (shop / "backups").iterdir()) == [proved, done.archive, "holiday.tar"]
    assert done.old_archives == 1

    # The newest one is broken: the drill of the week says so, and tells it to the queue as well.
    JobRun.objects.filter(name="backup_drill").delete()
    newest(shop).write_bytes(newest(shop).read_bytes()[:50_000])
    assert weekly_drill_job()["code"] == ArchiveDamaged.code
    assert drill_job()["code"] == ArchiveDamaged.code
    assert databases_of_drills() == []
    clear_leftovers()

    # The clock was wrong once: an archive of next year is no reason to throw away the one just made.
    (shop / "backups" / "gullu-20990101T010000Z.tar").touch()
    _rotate(shop / "backups", made=done.archive)
    assert (shop / "backups" / done.archive).exists()


@transactional
def test_an_archive_knows_which_migrations_it_lacks(shop: Path) -> None:
    back_up()
    manifest = verify(newest(shop), keys=config.keys())

    older = manifest.model_copy(update={"migrations": manifest.migrations[:-1]})
    newer = manifest.model_copy(update={"migrations": (*manifest.migrations, "orders.9999_future")})
    foreign = manifest.model_copy(update={"migrations": (*manifest.migrations, "gone_app.0001_initial")})

    assert missing_migrations(manifest, archive=newest(shop)) == ()
    assert missing_migrations(older, archive=newest(shop)) == (manifest.migrations[-1],)
    assert missing_migrations(foreign, archive=newest(shop)) == ()
    with pytest.raises(ProductTooOld, match=r"orders\.9999_future"):
        missing_migrations(newer, archive=newest(shop))


@pytest.mark.django_db
def test_tables_that_are_left_out_are_tables_of_ours() -> None:
    assert "django_session" in LEFT_OUT
    assert set(LEFT_OUT[:1]) <= set(connection.introspection.table_names())


@pytest.mark.django_db
def test_a_server_newer_than_pg_dump_is_refused_in_words() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        assert require_readable(connection) == int(cursor.fetchone()[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gullu.backup.programs.MAJOR_VERSION", "17")
        with pytest.raises(ServerTooNew) as caught:
            require_readable(connection)
    assert "18" in str(caught.value)


def test_programs_reach_the_server_as_we_do_and_no_secret_stands_in_arguments() -> None:
    entry = parse_database_url(
        "postgresql://shop:p%40ss%20word%2F1@db.example:6000/shop?sslmode=verify-full&sslrootcert=/ca.pem",
        require_tls=True,
    )
    with direct(settings=entry) as database:
        found = libpq_environment(database)

    assert {name: found[name] for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE")} == {
        "PGHOST": "db.example",
        "PGPORT": "6000",
        "PGUSER": "shop",
        "PGPASSWORD": PASSWORD,
        "PGDATABASE": "shop",
    }
    assert (found["PGSSLMODE"], found["PGSSLROOTCERT"]) == ("verify-full", "/ca.pem")
