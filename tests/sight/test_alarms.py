"""Alarms: which hold, that they are kept, and that people are told once."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

import integrations.alarms
import inventory.alarms
import orders.alarms
from gullu.alarms import system
from gullu.alarms.definition import Alarm, Level
from gullu.alarms.selectors import CHECKS_STALE_AFTER, alarm_list
from gullu.alarms.services import REMIND_AFTER, SETTLED_AFTER, check_alarms, keep, silence
from gullu.dashboard import home_page
from gullu.digest import send_digest
from gullu.health.beats import write_beat
from gullu.jobs import enqueue
from gullu.models import AlarmState, JobRun, WorkerBeat
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE
from gullu.tasks import check_alarms_job
from integrations.models import OutboxMessage, SyncProblem
from inventory.models import CentralStock, StockPushLog
from inventory.stock_watch import newest_check
from inventory.tasks import check_stock_job
from orders.models import ReturnUnit
from tests.factories import make_order, make_superuser, make_user, make_variant

pytestmark = pytest.mark.django_db

NOON = datetime.fromisoformat("2026-11-20T12:00:00+03:00")
ONE = f"{__name__}.one"
TWO = f"{__name__}.two"

SAID: dict[str, list[Alarm]] = {}


def one() -> list[Alarm]:
    return SAID["one"]


def two() -> list[Alarm]:
    return SAID["two"]


def broken() -> list[Alarm]:
    raise ValueError("a check that cannot run")


@pytest.fixture
def checks(settings: Any) -> Iterator[dict[str, list[Alarm]]]:
    """Two checks that say what the test wants, and somebody to be told."""
    settings.ALARMS = [ONE, TWO]
    settings.ALARM_RECIPIENTS = ["ofis@example.com", "depo@example.com"]
    SAID.update(one=[], two=[])
    yield SAID
    SAID.clear()


def alarm(code: str, level: Level = Level.DANGER, sentence: str = "Look here.", **fields: Any) -> Alarm:
    return Alarm(code=code, level=level, sentence=sentence, **fields)


def codes(found: Any) -> dict[str, Level]:
    return {row.code: row.level for row in found}


# --- the checks -------------------------------------------------------------------------------------------------


def test_shop_where_all_is_well_has_no_alarm() -> None:
    now = timezone.now()
    JobRun.objects.create(name="sync_orders", trigger="SCHEDULE", state="DONE", started_at=now, ended_at=now)
    StockPushLog.objects.create(push_time=now, success=True)
    write_beat(host="depo", pid=7, first=True)
    enqueue("integrations.tasks.pull_orders_job", trigger="STAFF")
    check_stock_job()

    found = [*inventory.alarms.check(), *orders.alarms.check(), *integrations.alarms.check(), *system.check()]

    # How full the disk of this machine is, is not ours to say.
    assert [row.code for row in found if row.code != "DISK_FULL"] == []


@pytest.mark.parametrize(
    ("minutes_ago", "successes", "level"),
    [
        (29, [True, False, False], None),
        (29, [False, False, False], Level.DANGER),
        (31, [True, True, True], Level.WARNING),
        (121, [True, False, False], Level.DANGER),
    ],
)
@time_machine.travel(NOON, tick=False)
def test_push_is_failing_after_three_failures_or_half_an_hour(
    minutes_ago: int, successes: list[bool], level: Level | None
) -> None:
    JobRun.objects.create(name="sync_orders", trigger="SCHEDULE", state="DONE", started_at=NOON)
    at = NOON - timedelta(minutes=minutes_ago)
    StockPushLog.objects.create(push_time=at, success=True)
    for number, success in enumerate(successes):
        StockPushLog.objects.create(
            push_time=at + timedelta(seconds=number), success=success, error_message="" if success else "503"
        )

    found = integrations.alarms.check()

    assert codes(found) == ({} if level is None else {"PUSH_FAILING": level})
    assert [("503" in row.sentence) for row in found] == [not successes[-1]] * len(found)


@time_machine.travel(NOON, tick=False)
def test_marketplace_alarms_count_what_waits_and_what_differs() -> None:
    for kind in ("QUANTITY_DRIFT", "NOT_FOUND"):
        SyncProblem.objects.create(kind=kind, reference="1", message="?", last_seen_at=NOON)
    OutboxMessage.objects.create(kind="PRODUCT_PRICE", key="refused", due_at=NOON, state="PARKED")
    OutboxMessage.objects.create(kind="PRODUCT_PRICE", key="old", due_at=NOON)
    OutboxMessage.objects.update(created_at=NOON - timedelta(minutes=61))

    assert codes(integrations.alarms.check()) == {
        "PULL_STALE": Level.DANGER,
        "PUSH_FAILING": Level.DANGER,
        "OUTBOX_REFUSED": Level.WARNING,
        "OUTBOX_STUCK": Level.DANGER,
        "STOCK_DRIFT": Level.WARNING,
    }


def test_shop_without_a_marketplace_has_no_alarm_about_it(settings: Any) -> None:
    settings.TRENDYOL = {**settings.TRENDYOL, "API_KEY": ""}

    assert integrations.alarms.check() == []


@pytest.mark.parametrize(
    ("hours", "level"), [(13, None), (11, Level.WARNING), (2, Level.DANGER), (-1, Level.DANGER)]
)
@time_machine.travel(NOON, tick=False)
def test_claim_clock_warns_while_there_is_time(hours: int, level: Level | None) -> None:
    ReturnUnit.objects.create(
        claim_item_id="1",
        order_number="1",
        barcode="1",
        claimed_at=NOON,
        remote_modified_at=NOON,
        status=ReturnUnit.Status.WAITING,
        act_by_at=NOON + timedelta(hours=hours),
    )

    assert codes(orders.alarms.check()) == ({} if level is None else {"CLAIM_CLOCK": level})


def test_oversold_pairs_are_an_alarm_that_names_them() -> None:
    make_order([(make_variant("SATILAN-1"), 3)])

    (found,) = inventory.alarms.check()

    assert (found.code, "SATILAN-1" in found.sentence, found.link.partition("?")[2]) == (
        "STOCK_OVERSOLD",
        True,
        "available=oversold",
    )


@pytest.mark.breaks_stock
def test_stock_that_contradicts_its_movements_is_found_by_the_hourly_check() -> None:
    variant = make_variant("BOZUK-1")
    CentralStock.objects.create(variant=variant, qty=4, updated_at=timezone.now())

    counts = check_stock_job()

    assert counts["violations"] == newest_check().violations > 0
    assert [(row.code, "BOZUK-1" in row.sentence) for row in inventory.alarms.check()] == [
        ("STOCK_CHECK", True)
    ]


def test_stock_that_was_not_checked_for_long_is_said() -> None:
    check_stock_job()
    JobRun.objects.update(started_at=timezone.now() - inventory.alarms.CHECK_WITHIN - timedelta(minutes=1))

    assert codes(inventory.alarms.check()) == {"STOCK_UNCHECKED": Level.WARNING}


def failing(name: str, *, failures: int, hours_since_success: float | None = None) -> None:
    now = timezone.now()
    if hours_since_success is not None:
        at = now - timedelta(hours=hours_since_success)
        JobRun.objects.create(name=name, trigger="SCHEDULE", state="DONE", started_at=at, ended_at=at)
    for number in range(failures):
        at = now - timedelta(minutes=failures - number)
        JobRun.objects.create(name=name, trigger="SCHEDULE", state="FAILED", started_at=at, ended_at=at)


def test_jobs_that_fail_again_and_again_are_one_alarm() -> None:
    failing("often", failures=3, hours_since_success=1)
    failing("nightly", failures=2, hours_since_success=50)
    failing("now and then", failures=2, hours_since_success=1)
    failing("once", failures=1)
    # The next try is under way: that is no success yet.
    JobRun.objects.create(name="often", trigger="SCHEDULE", state="RUNNING", started_at=timezone.now())

    jobs = [row for row in system.check() if row.code == "JOBS_FAILING"]

    named = [name for name in ("often", "nightly", "now and then", "once") if f"{name} (" in jobs[0].sentence]
    assert (len(jobs), named) == (1, ["often", "nightly"])


def test_silent_worker_and_stuck_queue_are_alarms() -> None:
    for host, minutes in (("depo", 5), ("gone-for-good", 60 * 30)):
        write_beat(host=host, pid=7, first=False)
        WorkerBeat.objects.filter(host=host).update(seen_at=timezone.now() - timedelta(minutes=minutes))
    with time_machine.travel(timezone.now() - timedelta(minutes=16)):
        enqueue("integrations.tasks.pull_orders_job", trigger="STAFF")

    found = codes(system.check())

    assert {code: level for code, level in found.items() if code != "DISK_FULL"} == {
        "NO_WORKER": Level.DANGER,
        "WORKER_SILENT:depo": Level.WARNING,
        "QUEUE_STUCK": Level.DANGER,
    }


def test_clock_that_differs_from_the_database_is_an_alarm() -> None:
    with time_machine.travel(timezone.now() + timedelta(seconds=45)):
        found = codes(system.check())

    assert found["CLOCK_OFF"] == Level.WARNING


def test_every_check_makes_a_constant_number_of_statements(settings: Any) -> None:
    settings.ALARM_RECIPIENTS = []

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            for check in (
                system.check,
                inventory.alarms.check,
                orders.alarms.check,
                integrations.alarms.check,
            ):
                check()
        return len(queries)

    empty = count()
    for number in range(3):
        make_order([(make_variant(), 3)])
        failing(f"job{number}", failures=4)
        write_beat(host=f"host{number}", pid=7, first=True)
        SyncProblem.objects.create(
            kind="QUANTITY_DRIFT", reference=f"{number}", message="?", last_seen_at=timezone.now()
        )
        enqueue("integrations.tasks.pull_orders_job", trigger="STAFF")

    assert count() <= empty + 1  # the task that waits longest is read


# --- keeping and telling ------------------------------------------------------------------------------------------


def test_alarm_is_mailed_once_then_daily_and_once_when_it_is_over(checks: Any) -> None:
    checks["one"] = [alarm("A", sentence="Stok gitmiyor.", link="/admin/x/")]
    with time_machine.travel(NOON, tick=False) as clock:
        told = []
        for wait in (timedelta(), timedelta(minutes=5), REMIND_AFTER, timedelta(minutes=5)):
            clock.shift(wait)
            check_alarms()
            told.append(len(mail.outbox))
        checks["one"] = []
        for wait in (timedelta(minutes=5), SETTLED_AFTER, timedelta(minutes=5)):
            clock.shift(wait)
            check_alarms()
            told.append(len(mail.outbox))

    assert told == [1, 1, 2, 2, 2, 3, 3]
    assert all("Stok gitmiyor." in message.body for message in mail.outbox)
    assert (mail.outbox[0].to, mail.outbox[0].bcc) == ([], ["ofis@example.com", "depo@example.com"])
    row = AlarmState.objects.get()
    assert row.cleared_at == NOON + REMIND_AFTER + timedelta(minutes=15)


def test_new_alarms_of_one_moment_come_in_one_mail(checks: Any) -> None:
    checks["one"] = [alarm("A", sentence="Birinci."), alarm("B", sentence="İkinci.")]
    checks["two"] = [alarm("C", sentence="Üçüncü.")]

    checked = check_alarms()

    assert (checked.raised, checked.held, checked.mailed, len(mail.outbox)) == (3, 3, 2, 1)
    assert [word in mail.outbox[0].body for word in ("Birinci.", "İkinci.", "Üçüncü.")] == [True] * 3


def test_alarm_that_comes_and_goes_is_told_once(checks: Any) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for said in ([alarm("A")], [], [alarm("A")], [], [alarm("A")]):
            checks["one"] = said
            check_alarms()
            clock.shift(timedelta(minutes=5))

    assert (len(mail.outbox), AlarmState.objects.count()) == (1, 1)
    assert AlarmState.objects.get().raised_at == NOON


def test_alarm_that_comes_back_after_hours_is_a_new_one(checks: Any) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for said, hours in (([alarm("A")], 1), ([], 1), ([], 5), ([alarm("A")], 0)):
            checks["one"] = said
            check_alarms()
            clock.shift(timedelta(hours=hours))

    assert (len(mail.outbox), AlarmState.objects.count()) == (3, 2)


def test_sentence_and_level_are_those_of_the_newest_check(checks: Any) -> None:
    for number, level in ((3, Level.WARNING), (5, Level.DANGER)):
        checks["one"] = [alarm("A", level, f"{number} adet")]
        check_alarms()

    row = AlarmState.objects.get()
    assert (row.sentence, row.level, len(mail.outbox)) == ("5 adet", "DANGER", 1)


def test_broken_check_is_an_alarm_and_ends_no_other(settings: Any, checks: Any) -> None:
    checks["one"] = [alarm("A")]
    keep(f"{__name__}.broken", [alarm("OLD")], ran=True, now=timezone.now())
    settings.ALARMS = [f"{__name__}.broken", ONE]

    checked = check_alarms()

    held = set(AlarmState.objects.filter(cleared_at=None).values_list("code", flat=True))
    assert held == {"A", "OLD", f"CHECK_BROKEN:{__name__}.broken"}
    assert checked.failed == 1


def test_alarms_of_a_check_that_no_longer_exists_are_over(settings: Any, checks: Any) -> None:
    checks["one"] = [alarm("A")]
    check_alarms()
    settings.ALARMS = [TWO]

    assert (check_alarms().cleared, AlarmState.objects.filter(cleared_at=None).count()) == (1, 0)


def closed_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


def test_mail_that_could_not_be_sent_is_kept_and_tried_again(settings: Any, checks: Any) -> None:
    checks["one"] = [alarm("A")]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", closed_port()

    refused = check_alarms_job()

    run = JobRun.objects.get()
    assert (refused["mailed"], run.state, "ConnectionRefusedError" in run.error) == (0, "FAILED", True)
    assert AlarmState.objects.get().mailed_at is None
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert (check_alarms_job()["mailed"], len(mail.outbox)) == (2, 1)


def test_every_check_of_the_shop_runs() -> None:
    assert check_alarms().failed == 0


def test_nobody_to_tell_is_no_failure(settings: Any, checks: Any) -> None:
    settings.ALARM_RECIPIENTS = []
    checks["one"] = [alarm("A")]

    assert (check_alarms().mailed, JobRun.objects.get().state) == (0, "DONE")


def test_silent_alarm_is_not_mailed(checks: Any) -> None:
    checks["one"] = [alarm("A")]
    with time_machine.travel(NOON, tick=False) as clock:
        check_alarms()
        silence(alarm_ids=[AlarmState.objects.get().pk], hours=48)
        clock.shift(REMIND_AFTER)
        check_alarms()
        quiet = len(mail.outbox)
        clock.shift(REMIND_AFTER)
        check_alarms()

    assert (quiet, len(mail.outbox)) == (1, 2)


def test_mail_leads_to_the_page_where_the_address_is_known(settings: Any, checks: Any) -> None:
    settings.PUBLIC_BASE_URL = "https://shop.example"
    checks["one"] = [alarm("A", link="/admin/x/?open=yes")]

    check_alarms()

    assert "https://shop.example/admin/x/?open=yes" in mail.outbox[0].body


def test_daily_summary_leads_to_the_lists_it_counts(settings: Any, client: Client) -> None:
    settings.PUBLIC_BASE_URL = "https://shop.example"
    client.force_login(make_superuser())
    now = timezone.now()
    order = make_order([(make_variant(), 1)], ship_by_at=now - timedelta(hours=1))
    ReturnUnit.objects.create(
        claim_item_id="1",
        order_number="1",
        barcode="1",
        claimed_at=now,
        remote_modified_at=now,
        status=ReturnUnit.Status.WAITING,
    )
    OutboxMessage.objects.create(kind="PRODUCT_PRICE", key="refused", due_at=now, state="PARKED")

    send_digest(to=["ofis@example.com"])

    links = [
        line.strip().removeprefix("https://shop.example")
        for line in mail.outbox[0].body.splitlines()
        if "https://" in line
    ]
    assert [len(client.get(link).context["cl"].result_list) for link in links[:3]] == [1, 1, 1]
    assert order.order_number in mail.outbox[0].body
    assert len(links) == 4


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_people_once(checks: Any) -> None:
    checks["one"] = [alarm("A")]
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> list[Alarm]:
        begun.set()
        go_on.wait(timeout=20)
        return [alarm("A")]

    globals()["one"], usual = slow, one
    results: list[Any] = []

    def work() -> None:
        results.append(check_alarms())
        connection.close()

    try:
        first = threading.Thread(target=work)
        first.start()
        assert begun.wait(timeout=20)
        second = check_alarms()
        go_on.set()
        first.join(timeout=20)
    finally:
        go_on.set()
        globals()["one"] = usual

    assert (second.already_running, results[0].mailed, len(mail.outbox)) == (True, 2, 1)


# --- pages --------------------------------------------------------------------------------------------------------


def test_home_shows_each_person_the_alarms_of_their_rights(checks: Any) -> None:
    checks["one"] = [
        alarm("WARN", Level.WARNING, "Uyarı", rights=("inventory.view_stockpushlog",)),
        alarm("ALL", Level.DANGER, "Herkese"),
        alarm("SYSTEM", Level.DANGER, "Sistem", rights=("gullu.view_system",)),
    ]
    check_alarms()

    shown, backups = {}, {}
    for role in (MANAGER, OFFICE, WAREHOUSE, ANALYST):
        home = home_page(make_user(role))
        alarms, backups[role] = home.alarms, home.backup is not None
        shown[role] = None if alarms is None else [row.sentence for row in alarms.rows]

    assert shown == {
        MANAGER: ["Herkese", "Sistem", "Uyarı"],
        OFFICE: ["Herkese", "Uyarı"],
        WAREHOUSE: ["Herkese", "Uyarı"],
        ANALYST: None,
    }
    assert [role for role, told in backups.items() if told] == [MANAGER]


def test_list_says_when_nobody_has_looked_for_long(checks: Any) -> None:
    person, now = make_superuser(), timezone.now()
    never = alarm_list(person, now=now)
    check_alarms()

    fresh, old = (
        alarm_list(person, now=now + wait)
        for wait in (timedelta(), CHECKS_STALE_AFTER + timedelta(minutes=1))
    )

    assert [(row.checked_at is None, row.stale) for row in (never, fresh, old)] == [
        (True, True),
        (False, False),
        (False, True),
    ]


def test_list_of_alarms_opens_and_silences_for_those_with_the_right(client: Client, checks: Any) -> None:
    checks["one"] = [alarm("A", sentence="Şu bozuk.")]
    check_alarms()
    row = AlarmState.objects.get()
    url = reverse("admin:gullu_alarmstate_changelist")

    client.force_login(make_user(OFFICE))
    assert client.get(url).status_code == 403
    client.force_login(make_user(MANAGER))
    page = client.get(url, {"q": "bozuk", "holds": "yes"})
    assert [shown.pk for shown in page.context["cl"].result_list] == [row.pk]
    assert client.get(reverse("admin:gullu_alarmstate_change", args=[row.pk])).status_code == 200
    client.post(url, {"action": "silence_for_a_day", "_selected_action": [row.pk]})

    row.refresh_from_db()
    assert row.silenced_until > timezone.now() + timedelta(hours=23)
