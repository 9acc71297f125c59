"""22 hours without Trendyol, while people go on buying there and working here; then it comes back."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from gullu.dashboard import PULL_JOB, SETTLEMENTS_JOB, last_runs
from gullu.health.runs import newest_runs
from gullu.models import JobRun
from integrations.models import OutboxMessage
from integrations.outbox import send_outbox
from integrations.trendyol.connection import using
from integrations.trendyol.errors import TrendyolError
from integrations.trendyol.push import push_stock
from integrations.trendyol.sandbox import NO_AGES, Sandbox
from integrations.trendyol.sync import sync_orders
from inventory.selectors import availability
from inventory.services import receive_stock
from orders.models import Order
from orders.services import confirm_picking
from tests.factories import make_shelf, make_user
from tests.integrations.conftest import Shop, client_for

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(120)]

HOURS, HOUR = 22, 3600.0
PER_HOUR = 2


@pytest.fixture
def shop() -> Iterator[Shop]:
    """The practice Trendyol begins 22 hours ago; each hour of the outage moves its clock on."""
    with (
        Sandbox(
            batch_delay_seconds=0,
            split_delay_seconds=0,
            hang_seconds=0.01,
            strict_limits=False,
            ages=NO_AGES,
            clock=lambda: time.time() - HOURS * HOUR,
        ) as sandbox,
        using(client_for(sandbox)),
    ):
        yield Shop(sandbox, make_shelf("A-B-03"))


def failed(work: Callable[[], Any]) -> str:
    """The sentence of a run that could not reach Trendyol."""
    with pytest.raises(TrendyolError) as caught:
        work()
    return str(caught.value)


def test_after_22_hours_everything_is_there_once(shop: Shop) -> None:
    there, picker = shop.sandbox.shop, make_user()
    variants = [shop.sell(200) for _number in range(3)]
    before = [there.place_order(lines=[(variants[0].barcode, 1)]) for _number in range(HOURS)]
    sync_orders()
    push_stock()
    open_here = list(Order.objects.order_by("pk"))
    JobRun.objects.update(started_at=timezone.now() - timedelta(hours=HOURS))

    placed: list[int] = []
    for hour in range(HOURS):
        shop.sandbox.faults.clear()
        shop.sandbox.faults.add(
            endpoint="*", kind="timeout_before" if hour % 7 == 3 else "html_503", times=None
        )
        placed += [there.place_order(lines=[(variants[hour % 3].barcode, 1)]) for _number in range(PER_HOUR)]
        confirm_picking(order_id=open_here[hour].pk, user=picker)  # work goes on here
        assert failed(push_stock if hour % 2 else sync_orders)
        send_outbox()
        shop.sandbox.advance(HOUR)
    receive_stock(barcode=variants[0].barcode, shelf_code="A-B-03", quantity=7)
    # Meanwhile people had to help themselves in the seller panel.
    cancelled, shipped = placed[:5], placed[5:9]
    for package_id in cancelled:
        there.cancel(package_id)
    for package_id in shipped:
        there.ship(package_id)
    known = newest_runs((PULL_JOB, SETTLEMENTS_JOB))
    seen = {run.label: run for run in last_runs(timezone.now(), picker, known)}

    shop.sandbox.faults.clear()
    began = len(shop.sandbox.requests)
    sync_orders()
    OutboxMessage.objects.update(due_at=timezone.now())  # the hour of the last delay has passed
    told = send_outbox()
    push_stock()
    calls = Counter(request.endpoint for request in shop.sandbox.requests[began:])

    # Staff saw it, and since when.
    pull = next(iter(seen.values()))
    assert (pull.stale, pull.newest is not None and pull.newest.state) == (True, "failed")
    assert pull.success_at is not None
    assert timezone.now() - pull.success_at >= timedelta(hours=HOURS)
    assert JobRun.objects.filter(name="sync_orders", state="FAILED").exclude(error="").count() == HOURS
    # Every order once, in the right state.
    states = dict(Order.objects.values_list("package_id", "status"))
    assert len(states) == Order.objects.count() == len(before) + len(placed)
    assert {states[it] for it in cancelled} == {"CANCELLED"}
    assert {states[it] for it in shipped} == {"SHIPPED"}
    assert {states[it] for it in placed[9:]} == {"CREATED"}
    assert {it.package_id for it in Order.objects.missed_picks()} == set(shipped)
    # What was done here was told once, and the stock is right.
    picks = OutboxMessage.objects.filter(kind="PICKING")
    assert (told.refused, told.stopped, picks.filter(state="DELIVERED").count()) == (0, "", picks.count())
    assert picks.count() == HOURS
    assert {there.packages[it].status for it in before} == {"Picking"}
    assert shop.there() == shop.offered()
    assert [row.oversold for row in availability()] == [0, 0, 0]
    # The backlog costs few calls: far below what a minute allows.
    assert calls["orders.stream"] <= 4
    assert max(calls.values()) <= HOURS
