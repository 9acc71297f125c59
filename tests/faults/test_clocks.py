"""Clocks that jump: that of a host, which nobody else may notice, and that of the database, which is mended."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from gullu import clock
from gullu.jobs import enqueue, record_run
from gullu.models import JobRun
from gullu.queue import Broker, mend_times
from gullu.schedules import PREFIX, setup_jobs
from integrations.models import OutboxMessage
from integrations.outbox import send_outbox
from integrations.trendyol.push import push_stock
from integrations.trendyol.push.records import sent_lately
from integrations.trendyol.sync import sync_orders
from inventory.enums import ScanOutcome
from inventory.models import Shelf, StockPushBatch
from inventory.scan.kernel import Answer, work_on_scan
from orders.models import Order, PickClaim
from orders.services import confirm_picking
from orders.services.fast_lane import last_at_shelf
from orders.services.preparing import take_next
from tests.factories import make_order, make_shelf, make_user
from tests.integrations.conftest import Shop, client, sandbox, shelf, shop  # noqa: F401  (fixtures)

pytestmark = pytest.mark.django_db(transaction=True)

DAY, HOURS = timedelta(days=1), timedelta(hours=3)
SOON = timedelta(minutes=2)


@pytest.mark.parametrize("jump", [DAY, HOURS, -HOURS, -DAY], ids=["+1 d", "+3 h", "-3 h", "-1 d"])
def test_work_of_a_host_with_a_wrong_clock_is_dated_by_the_database(shop: Shop, jump: timedelta) -> None:  # noqa: F811
    variant = shop.sell(9, there=5)
    shop.sell(9, there=5)
    package_id = shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)])

    with time_machine.travel(timezone.now() + jump, tick=True):
        sync_orders()
        confirm_picking(order_id=Order.objects.get(package_id=package_id).pk)
        send_outbox()
        push_stock(send_all=True)

    now = clock.now()
    told, batch = OutboxMessage.objects.get(kind="PICKING"), StockPushBatch.objects.latest("pk")
    assert (told.state, abs(told.due_at - now) < SOON) == ("DELIVERED", True)
    assert batch.sent_at is not None
    assert abs(batch.sent_at - now) < SOON
    assert sent_lately(now) == set(StockPushBatch.objects.values_list("body_hash", flat=True))
    push_stock(send_all=True)  # the right clock again: no body is repeated within 15 minutes
    assert shop.there() == shop.offered()
    assert not any("429" in name or "repeat" in name for name in shop.sandbox.violations)
    assert Order.objects.count() == 1


def test_claim_is_not_lost_to_a_host_whose_clock_is_ahead(shop: Shop) -> None:  # noqa: F811
    order = make_order([(shop.sell(3), 1)])
    first, second = make_user(), make_user()
    with transaction.atomic():
        assert take_next(user=first) == order.pk

    with time_machine.travel(timezone.now() + HOURS, tick=True), transaction.atomic():
        assert take_next(user=second) is None

    assert PickClaim.objects.get().user_id == first.pk


def test_shelf_scanned_on_a_host_that_is_ahead_is_not_the_last_one_for_a_day() -> None:
    user, first, second = make_user(), make_shelf(), make_shelf()

    def scan(scanned: Shelf, key: str) -> None:
        here = Answer(outcome=ScanOutcome.OK, message="", shelf_id=scanned.pk)
        work_on_scan(key=key, page="fast", text=scanned.code, user=user, handler=lambda: here)

    with time_machine.travel(timezone.now() + DAY, tick=True):
        scan(first, "ileri-0001")
    scan(second, "dogru-0002")

    last = last_at_shelf(user_id=user.pk, page="fast")
    assert last is not None
    assert last.shelf_id == second.pk


def test_run_of_another_host_is_not_declared_dead_by_one_that_is_ahead() -> None:
    with record_run("import_reviews", trigger="SCHEDULE") as theirs:
        ahead = time_machine.travel(timezone.now() + HOURS, tick=True)
        with ahead, record_run("import_reviews", trigger="SCHEDULE") as mine:
            pass
        theirs.row.refresh_from_db()
        assert theirs.row.state == JobRun.State.RUNNING

    assert mine.row.ended_at is not None
    assert [abs(at - timezone.now()) < SOON for at in (mine.row.started_at, mine.row.ended_at)] == [True] * 2


def test_nothing_waits_for_the_day_the_database_believed_it_was(shop: Shop) -> None:  # noqa: F811
    """The clock of the database was a day ahead for a while; these are the times it left behind."""
    setup_jobs()
    enqueue("integrations.tasks.pull_orders_job")
    JobRun.objects.create(
        name="sync_orders", trigger="SCHEDULE", state="DONE", started_at=timezone.now() + DAY
    )
    order = make_order([(shop.sell(3), 1)])
    confirm_picking(order_id=order.pk)
    for model, column in ((Schedule, "next_run"), (OrmQ, "lock"), (OutboxMessage, "due_at")):
        for row in model.objects.all():
            model.objects.filter(pk=row.pk).update(**{column: getattr(row, column) + DAY})
    postponed = Schedule.objects.get(name=PREFIX + "train_forecasts_job").next_run

    moved = mend_times()
    send_outbox()

    now, rows = clock.now(), {row.name: row for row in Schedule.objects.all()}
    assert moved > 10
    assert all(
        row.next_run <= now + timedelta(minutes=row.minutes, seconds=90)
        for row in rows.values()
        if row.schedule_type == Schedule.MINUTES
    )
    assert rows[PREFIX + "train_forecasts_job"].next_run == postponed - DAY
    assert Broker("gullu").queue_size() == 1
    assert OutboxMessage.objects.get().attempts == 1
    JobRun.objects.all().delete()
    assert mend_times() == 0


def test_schedules_that_staff_put_off_stay_so() -> None:
    setup_jobs()
    later = timezone.now() + 30 * DAY
    Schedule.objects.update(next_run=later)

    assert mend_times() == 0
    assert set(Schedule.objects.values_list("next_run", flat=True)) == {later}
