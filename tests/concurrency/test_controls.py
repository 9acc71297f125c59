"""With its lock each race is won by one; with the lock taken out the same race goes wrong. So the tests can fail.

One row per lock. Those of claims, batches, returns, cards and product writes have their control beside their races.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count

import pytest
from django.db.models import QuerySet
from django.utils import timezone
from django_q.models import OrmQ, Schedule
from django_q.scheduler import scheduler

from gullu import locks, queue, schedules
from gullu.jobs import enqueue
from gullu.queue import Broker
from gullu.schedules import JOBS, setup_jobs
from integrations.models import OutboxMessage, RateWindow
from integrations.outbox import send_outbox
from integrations.trendyol.client import Credentials
from integrations.trendyol.limiter import DatabaseLimiter
from integrations.trendyol.push import push_stock
from integrations.trendyol.quotas import Quota
from integrations.trendyol.sync import sync_orders
from inventory import ledger
from inventory.models import StockPushLog
from orders.models import Order
from orders.services import confirm_picking, picking
from tests.concurrency.test_races import _unlocked_lines, _unlocked_shelf_rows, outcomes
from tests.concurrency.threads import race
from tests.factories import make_order, make_variant, stock
from tests.integrations.conftest import Shop, client, sandbox, shelf, shop  # noqa: F401  (fixtures)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]

ROUNDS_WITH, ROUNDS_WITHOUT = 3, 40
_numbers = count(1)
Goes = Callable[[Shop], bool]


@dataclass(frozen=True, slots=True)
class Control:
    """`wrong` runs the race once and says whether it went wrong; `unlock` takes the lock out."""

    name: str
    wrong: Goes
    unlock: Callable[[pytest.MonkeyPatch], None]


def _no_row_locks(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(QuerySet, "select_for_update", lambda rows, **_options: rows.all())


def _no_advisory_locks(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(locks, "_try_until", lambda *_given: True)


# --- the ledger ---------------------------------------------------------------------------------------------------


def _taking_goes_wrong(shop: Shop) -> bool:  # noqa: F811
    variant = make_variant()
    stock(variant, shop.shelf, 1)
    orders = [make_order([(variant, 1)]) for _number in range(4)]
    results = race(*[partial(confirm_picking, order_id=order.pk) for order in orders])
    return outcomes(results) != ["CONFIRMED"] + ["InsufficientStock"] * 3


def _no_balance_locks(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ledger, "lock_central", lambda ids: {})
    patch.setattr(picking, "lock_central", lambda ids: {})
    patch.setattr(ledger, "lock_shelf_rows", _unlocked_shelf_rows)


# --- confirming ---------------------------------------------------------------------------------------------------


def _confirming_goes_wrong(shop: Shop) -> bool:  # noqa: F811
    variant = make_variant()
    stock(variant, shop.shelf, 6)
    order = make_order([(variant, 1)])
    results = race(*[partial(confirm_picking, order_id=order.pk)] * 5)
    return outcomes(results) != ["ALREADY_PICKED"] * 4 + ["CONFIRMED"]


def _no_order_lock(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(picking, "lock_order", lambda order_id: Order.objects.get(pk=order_id))
    patch.setattr(picking, "lock_lines_to_pick", _unlocked_lines)


# --- the conversation ---------------------------------------------------------------------------------------------


def _pushing_goes_wrong(shop: Shop) -> bool:  # noqa: F811
    shop.sell(5, there=9)
    before = StockPushLog.objects.count()
    results = race(*[partial(push_stock, send_all=True)] * 2)
    done = [
        result for result in results if getattr(result, "outcome", None) and result.outcome.value == "DONE"
    ]
    overlap = len(done) == 2 and StockPushLog.objects.count() == before + 2 and _overlapping()
    return overlap or any(isinstance(result, Exception) for result in results)


def _overlapping() -> bool:
    first, second = StockPushLog.objects.order_by("-push_time").values_list("push_time", "duration_seconds")[
        :2
    ][::-1]
    return bool((second[0] - first[0]).total_seconds() < first[1])


def _telling_goes_wrong(shop: Shop) -> bool:  # noqa: F811
    variant = shop.sell(5)
    package_id = shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)])
    sync_orders()
    confirm_picking(order_id=Order.objects.get(package_id=package_id).pk)
    began = len(shop.sandbox.requests)
    race(send_outbox, send_outbox)
    said = [it for it in shop.sandbox.requests[began:] if it.method == "PUT"]
    assert not OutboxMessage.objects.filter(kind="PICKING").exclude(state="DELIVERED").exists()
    return len(said) != 1


def _limit_goes_wrong(_shop: Shop) -> bool:
    quota = Quota(endpoint="x", group=f"G{next(_numbers)}", per_minute=3, never_waits=True)
    limiter = DatabaseLimiter(Credentials(seller_id="1", api_key="k", api_secret="s"))
    RateWindow.objects.all().delete()
    results = race(*[partial(limiter.acquire, quota)] * 6)
    return results.count(None) != 3


# --- the queue ----------------------------------------------------------------------------------------------------


def _fetching_goes_wrong(_shop: Shop) -> bool:
    OrmQ.objects.all().delete()
    enqueue("integrations.tasks.pull_orders_job")
    results = race(*[Broker("gullu")._fetch] * 4)
    return [len(result) for result in results if result] != [1]


def _no_lock_when_fetching(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(queue, "_FETCH", queue._FETCH.replace("FOR UPDATE SKIP LOCKED", ""))


def _firing_goes_wrong(_shop: Shop) -> bool:
    OrmQ.objects.all().delete()
    Schedule.objects.all().delete()
    Schedule.objects.create(
        func="integrations.tasks.pull_orders_job", schedule_type="I", minutes=60, next_run=timezone.now()
    )
    race(*[partial(scheduler, Broker("gullu"))] * 4)
    return OrmQ.objects.count() != 1


def _writing_schedules_goes_wrong(_shop: Shop) -> bool:
    Schedule.objects.all().delete()
    race(*[setup_jobs] * 4)
    return Schedule.objects.count() != len(JOBS)


def _no_schedule_lock(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(schedules, "transaction_lock", lambda _name: timezone.now())


CONTROLS = (
    Control("posting to the ledger", _taking_goes_wrong, _no_balance_locks),
    Control("confirming", _confirming_goes_wrong, _no_order_lock),
    Control("pushing", _pushing_goes_wrong, _no_advisory_locks),
    Control("telling", _telling_goes_wrong, _no_advisory_locks),
    Control("the rate limit", _limit_goes_wrong, _no_row_locks),
    Control("fetching a task", _fetching_goes_wrong, _no_lock_when_fetching),
    Control("firing a schedule", _firing_goes_wrong, _no_row_locks),
    Control("writing schedules", _writing_schedules_goes_wrong, _no_schedule_lock),
)


@pytest.fixture(autouse=True)
def one_presence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads of this process are one worker; its presence is not what is raced for."""
    monkeypatch.setattr(queue, "present", lambda owner: type("Known", (), {"owner": "this-one"}))
    monkeypatch.setattr(queue, "LOOK_SECONDS", float("inf"))


@pytest.mark.breaks_stock
@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
def test_race_is_won_with_the_lock_and_lost_without(
    control: Control,
    shop: Shop,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_lock = [control.wrong(shop) for _round in range(ROUNDS_WITH)]
    control.unlock(monkeypatch)
    without = any(control.wrong(shop) for _round in range(ROUNDS_WITHOUT))

    assert (with_lock, without) == ([False] * ROUNDS_WITH, True)
