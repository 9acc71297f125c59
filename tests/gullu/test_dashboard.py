from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.models import OrmQ

from analytics.selectors import DaySales, Sales
from gullu.dashboard import bars, home_page
from gullu.models import JobRun
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE
from integrations.models import Listing, OutboxMessage, SyncProblem
from inventory.enums import PushItemState, StockState
from inventory.models import StockPushBatch, StockPushItem, StockPushLog
from orders.enums import OrderState
from orders.services.cancelling import cancel_order
from orders.services.picking import confirm_picking
from tests.factories import make_order, make_shelf, make_superuser, make_user, make_variant, stock

pytestmark = pytest.mark.django_db

NOON = "2026-11-20 12:00:00+03:00"


def tiles(row: Any) -> dict[str, int]:
    """Tile values by the last part of their link, which says what they count."""
    return {
        tile.link.partition("?")[2] or tile.link.strip("/").rpartition("/")[2]: tile.value for tile in row
    }


def test_order_tiles_count_what_needs_work() -> None:
    now = timezone.now()
    make_order([(make_variant(), 1)], ship_by_at=now + timedelta(days=1))
    make_order([(make_variant(), 1)], ship_by_at=now + timedelta(hours=1))
    make_order([(make_variant(), 1)], ship_by_at=now - timedelta(hours=1))
    make_order([(make_variant(), 1)], payment_pending=True)
    make_order([(make_variant(), 1)], parked=True)
    make_order([(make_variant(), 1)], status=OrderState.PICKING)
    make_order([(make_variant(), 1)], status=OrderState.SHIPPED, stock_state=StockState.RESERVED)

    home = home_page(make_superuser(), now=now)

    assert tiles(home.orders) == {
        "attention=ready": 3,
        "attention=urgent": 1,
        "attention=late": 1,
        "orderpicking": 1,
        "attention=unpaid": 1,
        "attention=parked": 1,
        "parked": 0,
        "missed": 1,
    }


def test_links_of_order_tiles_show_exactly_what_was_counted(client: Client) -> None:
    now = timezone.now()
    for hours in (-5, 1, 30):
        make_order([(make_variant(), 1)], ship_by_at=now + timedelta(hours=hours))
        make_order([(make_variant(), 1)], ship_by_at=now + timedelta(hours=hours), payment_pending=True)
        make_order(
            [(make_variant(), 1)],
            ship_by_at=now + timedelta(hours=hours),
            parked=True,
            parked_at=now + timedelta(hours=hours - 31),
        )
        make_order([(make_variant(), 1)], status=OrderState.SHIPPED, stock_state=StockState.RESERVED)
        make_order([(make_variant(), 1)], ship_by_at=now + timedelta(hours=hours), status=OrderState.PICKING)
    owner = make_superuser()
    client.force_login(owner)

    home = home_page(owner)

    shown = [shown_by(client.get(tile.link).context) for tile in home.orders or ()]
    assert shown == [tile.value for tile in home.orders or ()]


def shown_by(context: Any) -> int:
    """How many orders a list shows, or a page of ours counts."""
    if "cl" in context:
        return len(context["cl"].result_list)
    return context["total"] if "total" in context else len(context["due"])


def test_stock_tiles_count_what_is_wrong() -> None:
    variant, short, shelf = make_variant(), make_variant("short"), make_shelf()
    stock(variant, shelf, 2)
    picked = make_order([(variant, 1)])
    confirm_picking(order_id=picked.pk)
    cancel_order(order_id=picked.pk, reason="test")
    OutboxMessage.objects.update(state=OutboxMessage.State.PARKED)
    make_order([(short, 3), ("nobody", 1), ("nobody", 1)])
    SyncProblem.objects.create(
        kind="UNKNOWN_BARCODE", reference="nobody", message="?", last_seen_at=timezone.now()
    )
    push = StockPushLog.objects.create(push_time=timezone.now())
    batch = StockPushBatch.objects.create(push=push, body_hash="x", computed_at=timezone.now())
    item = StockPushItem.objects.create(
        batch=batch, variant=variant, barcode=variant.barcode, quantity=1, state=PushItemState.FAILED
    )
    Listing.objects.create(barcode=variant.barcode, variant=variant, last_push_item=item)

    state = home_page(make_superuser()).stock

    assert state is not None
    assert tiles(state.tiles) == {
        "available=oversold": 1,
        "state__exact=WAITING": 1,
        "attention=unknown": 1,
        "open=yes": 1,
        "pushed=failed": 1,
        "state__exact=PARKED": OutboxMessage.objects.count(),
    }
    assert [(row.barcode, row.oversold) for row in state.oversold] == [("short", 3)]


def run(minutes_ago: int, state: str, **fields: Any) -> JobRun:
    at = timezone.now() - timedelta(minutes=minutes_ago)
    return JobRun.objects.create(
        name="sync_orders", trigger="SCHEDULE", state=state, started_at=at, ended_at=at, **fields
    )


@pytest.mark.parametrize(("minutes", "stale"), [(29, False), (31, True)])
@time_machine.travel(NOON, tick=False)
def test_pull_is_stale_half_an_hour_after_its_last_success(minutes: int, stale: bool) -> None:
    run(minutes, JobRun.State.DONE)
    run(1, JobRun.State.FAILED, error="Trendyol did not answer.")

    pull, _push, _accounts = home_page(make_superuser()).runs or ()

    assert pull.newest is not None
    assert (pull.stale, pull.newest.state, pull.newest.reason) == (
        stale,
        "failed",
        "Trendyol did not answer.",
    )


def test_push_shows_its_newest_row_and_its_last_success() -> None:
    now = timezone.now()
    StockPushLog.objects.create(push_time=now - timedelta(minutes=50), success=True)
    newest = StockPushLog.objects.create(push_time=now, success=False, error_message="503", total_items=4)

    _pull, push, _accounts = home_page(make_superuser(), now=now).runs or ()

    assert push.newest is not None
    assert (push.newest.at, push.newest.state, push.newest.reason) == (newest.push_time, "failed", "503")
    assert (push.success_at, push.stale) == (now - timedelta(minutes=50), True)


@pytest.mark.parametrize(("hours", "stale"), [(29, False), (31, True)])
@time_machine.travel(NOON, tick=False)
def test_accounts_are_stale_when_a_night_was_missed(hours: int, stale: bool) -> None:
    at = timezone.now() - timedelta(hours=hours)
    JobRun.objects.create(
        name="sync_settlements", trigger="SCHEDULE", state=JobRun.State.DONE, started_at=at, ended_at=at
    )

    _pull, _push, accounts = home_page(make_superuser()).runs or ()

    assert (accounts.success_at, accounts.stale) == (at, stale)


@pytest.mark.parametrize(("role", "runs"), [(OFFICE, 3), (WAREHOUSE, 2)])
def test_last_reading_of_the_accounts_is_for_those_who_see_them(role: str, runs: int) -> None:
    assert len(home_page(make_user(role)).runs or ()) == runs


def test_parked_orders_want_a_look_on_the_home_page() -> None:
    now = timezone.now()
    make_order([(make_variant(), 1)], parked=True, parked_at=now - timedelta(hours=2))
    make_order([(make_variant(), 1)], parked=True, parked_at=now)

    assert tiles(home_page(make_superuser(), now=now).orders)["parked"] == 1


def test_empty_shop_has_words_and_no_figures(client: Client) -> None:
    client.force_login(make_superuser())

    home = client.get(reverse("admin:index")).context["home"]

    assert [last.newest for last in home.runs] == [None, None, None]
    assert (home.sales.any_sale, home.sales.today, home.stock.oversold) == (False, Sales(), ())
    assert {tile.value for tile in (*home.orders, *home.stock.tiles)} == {0}


@time_machine.travel(NOON, tick=False)
def test_sales_are_compared_with_the_same_weekday_until_the_same_time() -> None:
    now = timezone.now()
    for at, price in (
        (now - timedelta(hours=1), "300"),
        (now - timedelta(days=7, hours=1), "200"),
        (now - timedelta(days=7) + timedelta(hours=1), "999"),
    ):
        make_order([(make_variant(), 1)], ordered_at=at, unit_price=Decimal(price))

    sales = home_page(make_superuser()).sales

    assert sales is not None
    assert (sales.today.amount, sales.last_week.amount, sales.change_percent) == (
        Decimal(300),
        Decimal(200),
        Decimal(50),
    )
    assert [bar.day.day.day for bar in sales.bars] == list(range(7, 21))


def test_bars_are_in_proportion_and_never_hide_a_sale() -> None:
    day = timezone.localdate()
    amounts = (Decimal(0), Decimal(1), Decimal(500), Decimal(1000))

    drawn = bars([DaySales(day, Sales(1, 1, amount)) for amount in amounts], day)

    assert [(bar.height, bar.y) for bar in drawn] == [(0, 100), (1, 99), (50, 50), (100, 0)]


@pytest.mark.parametrize(
    ("role", "blocks"),
    [
        (MANAGER, (True, True, True, True)),
        (OFFICE, (True, True, True, True)),
        (WAREHOUSE, (True, True, True, False)),
        (ANALYST, (False, True, False, True)),
        (None, (False, False, False, False)),
    ],
)
def test_each_role_sees_its_blocks(role: str | None, blocks: tuple[bool, ...]) -> None:
    home = home_page(make_user(role))

    assert tuple(block is not None for block in (home.orders, home.stock, home.runs, home.sales)) == blocks


@pytest.mark.parametrize(("role", "jobs"), [(MANAGER, 2), (OFFICE, 2), (WAREHOUSE, 1), (ANALYST, 0)])
def test_each_role_sees_its_buttons(role: str, jobs: int) -> None:
    assert len(home_page(make_user(role)).buttons) == jobs


def test_staff_without_a_role_is_told_whom_to_ask(client: Client) -> None:
    client.force_login(make_user(is_staff=True))

    home = client.get(reverse("admin:index")).context["home"]

    assert (home.orders, home.stock, home.runs, home.sales, home.buttons) == (None, None, None, None, ())


def test_home_takes_as_many_queries_for_a_busy_shop_as_for_an_empty_one(
    client: Client, django_assert_num_queries: Any
) -> None:
    client.force_login(make_user(MANAGER))
    url = reverse("admin:index")
    client.get(url)
    with CaptureQueriesContext(connection) as empty:
        client.get(url)
    shelf = make_shelf()
    for days in range(3):
        variant = make_variant()
        stock(variant, shelf, 1)
        make_order([(variant, 2), ("unknown", 1)], ordered_at=timezone.now() - timedelta(days=days))
        run(days, JobRun.State.DONE)
        StockPushLog.objects.create(push_time=timezone.now(), success=True)

    with django_assert_num_queries(len(empty)):
        client.get(url)
    assert len(empty) < 32


# --- the buttons ------------------------------------------------------------------------------------------------


def queued() -> list[tuple[str, dict[str, Any]]]:
    return [(row.task["func"], row.task["kwargs"]) for row in OrmQ.objects.all()]


@pytest.mark.parametrize(
    ("job", "task"),
    [
        ("pull-orders", "integrations.tasks.pull_orders_job"),
        ("push-stock", "integrations.tasks.push_stock_job"),
    ],
)
def test_button_queues_the_job_in_the_name_of_who_pressed(client: Client, job: str, task: str) -> None:
    person = make_user(OFFICE)
    client.force_login(person)

    response = client.post(reverse("run_now", args=[job]))

    assert response.headers["Location"] == reverse("admin:index")
    assert queued() == [(task, {"trigger": "STAFF", "actor_id": person.pk})]
    assert ORM().queue_size() == 1


def test_warehouse_may_read_orders_and_not_send_stock(client: Client) -> None:
    client.force_login(make_user(WAREHOUSE))

    answers = [
        client.post(reverse("run_now", args=[job])).status_code for job in ("pull-orders", "push-stock")
    ]

    assert (answers, len(queued())) == ([302, 403], 1)


@pytest.mark.parametrize(("fields", "status"), [({"is_staff": True}, 403), ({}, 302)])
def test_job_is_closed_to_everyone_else(client: Client, fields: dict[str, Any], status: int) -> None:
    client.force_login(make_user(**fields))

    response = client.post(reverse("run_now", args=["push-stock"]))

    assert (response.status_code, queued()) == (status, [])


def test_job_is_not_started_by_a_link_or_an_unknown_name(client: Client) -> None:
    client.force_login(make_superuser())

    answers = [
        client.get(reverse("run_now", args=["push-stock"])).status_code,
        client.post(reverse("run_now", args=["drop-tables"])).status_code,
    ]

    assert (answers, queued()) == ([405, 404], [])


def test_job_is_not_started_without_the_csrf_token() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_superuser())

    assert (client.post(reverse("run_now", args=["push-stock"])).status_code, queued()) == (403, [])
