"""What went wrong in this shop before, and must not happen again: one test per row that concerns stock, push or pull.

Each test is named after what happened. Deeper tests of the same rules stand beside the code they belong to.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone
from django_q.models import Schedule

from gullu.models import JobRun
from gullu.schedules import setup_jobs
from integrations.models import Listing, OutboxMessage, SyncCursor, SyncProblem
from integrations.outbox import send_outbox
from integrations.selectors import beliefs
from integrations.trendyol.errors import TrendyolError
from integrations.trendyol.push import push_stock
from integrations.trendyol.push.plan import make_plan
from integrations.trendyol.sync import sync_orders, sync_products, sync_returns
from inventory.errors import InsufficientStock
from inventory.models import CentralStock, RafUrun, StockMovement, StockPushItem, StockPushLog
from inventory.selectors import availability
from orders.enums import OrderState
from orders.models import Order, OrderCreated, OrderPicking, OrderShipped, ReturnUnit
from orders.services import Pick, PickOutcome, confirm_picking, park_order, settle_missed_pick
from tests.concurrency.threads import race
from tests.factories import make_order, make_shelf, make_variant, stock
from tests.integrations.conftest import Shop, client, sandbox, shelf, shop  # noqa: F401  (fixtures)

pytestmark = pytest.mark.django_db


def place(shop: Shop, *lines: tuple[str, int], **fields: Any) -> Order:  # noqa: F811
    """An order on the marketplace, pulled in."""
    package_id = shop.sandbox.shop.place_order(lines=list(lines), **fields)
    sync_orders()
    return Order.objects.get(package_id=package_id)


def test_packing_5_pairs_with_2_on_the_shelves_worked_and_phantom_stock_followed(shop: Shop) -> None:  # noqa: F811
    variant = shop.sell(2, there=9)
    order = place(shop, (variant.barcode, 5))

    with pytest.raises(InsufficientStock) as caught:
        confirm_picking(order_id=order.pk)

    assert (caught.value.data["wanted"], caught.value.data["there"]) == (5, 2)
    assert (CentralStock.objects.get().qty, RafUrun.objects.get().adet) == (2, 2)
    assert Order.objects.get().status == OrderState.CREATED


@pytest.mark.django_db(transaction=True)
def test_two_clicks_or_six_parallel_ones_took_the_pair_six_times() -> None:
    variant = make_variant()
    stock(variant, make_shelf(), 6)
    order = make_order([(variant, 1)])

    results = race(*[partial(confirm_picking, order_id=order.pk)] * 6)

    assert sum(result.outcome is PickOutcome.CONFIRMED for result in results) == 1
    assert CentralStock.objects.get().qty == 5


def test_stock_was_committed_then_the_call_failed_then_the_next_pull_moved_the_order_back(shop: Shop) -> None:  # noqa: F811
    variant = shop.sell(3)
    order = place(shop, (variant.barcode, 1))
    confirm_picking(order_id=order.pk)
    shop.sandbox.faults.add(endpoint="package-status", kind="500", times=1)
    send_outbox()
    shop.sandbox.shop.touch(
        order.marketplace_package
    )  # the marketplace changes something and still says Created

    sync_orders()

    assert [o.pk for o in OrderPicking.objects.all()] == [order.pk]
    assert OrderCreated.objects.count() == 0
    assert confirm_picking(order_id=order.pk).outcome is PickOutcome.ALREADY_PICKED
    OutboxMessage.objects.update(due_at=timezone.now())
    send_outbox()
    assert shop.sandbox.shop.packages[order.marketplace_package].status == "Picking"
    assert CentralStock.objects.get().qty == 2


def test_the_shelf_was_guessed_by_the_system_and_another_one_really_used(shop: Shop) -> None:  # noqa: F811
    variant = shop.sell(9)
    stock(variant, make_shelf("Z-A-01"), 1)
    order = place(shop, (variant.barcode, 1))

    confirm_picking(order_id=order.pk, picks=[Pick(line_id=order.lines.get().pk, shelf_code="Z-A-01")])

    assert dict(RafUrun.objects.values_list("shelf__code", "adet")) == {"A-B-03": 9, "Z-A-01": 0}


def test_two_lines_with_the_same_barcode_shared_one_key(shop: Shop) -> None:  # noqa: F811
    variant = shop.sell(5)
    order = place(shop, (variant.barcode, 1), (variant.barcode, 2))

    confirm_picking(order_id=order.pk)

    assert sorted(StockMovement.objects.filter(kind="PICK").values_list("delta", flat=True)) == [-2, -1]
    assert len(OutboxMessage.objects.get().body["lines"]) == 2


def test_a_second_package_with_the_same_order_number_was_dropped(shop: Shop) -> None:  # noqa: F811
    variant = shop.sell(5)
    place(shop, (variant.barcode, 1), order_number="11910000777")
    place(shop, (variant.barcode, 1), order_number="11910000777")

    assert Order.objects.filter(order_number="11910000777").count() == 2
    assert availability()[0].reserved == 2


def test_created_to_shipped_between_two_pulls_left_the_order_open_for_ever(shop: Shop) -> None:  # noqa: F811
    variant = shop.sell(5)
    order = place(shop, (variant.barcode, 1))

    shop.sandbox.shop.ship(order.marketplace_package)
    sync_orders()

    assert (OrderCreated.objects.count(), OrderShipped.objects.count(), Order.objects.count()) == (0, 1, 1)


def test_first_seen_as_shipped_after_an_outage_was_never_deducted(shop: Shop) -> None:  # noqa: F811
    variant = shop.sell(5)
    package_id = shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)])
    shop.sandbox.shop.ship(package_id)

    sync_orders()
    push_stock()

    order = Order.objects.missed_picks().get()
    assert shop.there() == shop.offered() == {variant.barcode: 4}
    settle_missed_pick(order_id=order.pk, picks=[Pick(line_id=order.lines.get().pk, shelf_code="A-B-03")])
    assert CentralStock.objects.get().qty == 4
    push_stock()
    assert shop.there() == shop.offered() == {variant.barcode: 4}


def test_parked_orders_lost_their_reservation_and_were_ignored_by_the_sync(shop: Shop) -> None:  # noqa: F811
    variant = shop.sell(5)
    order = place(shop, (variant.barcode, 1))
    money = order.total_amount
    park_order(order_id=order.pk, reason="NO_STOCK")

    shop.sandbox.shop.touch(order.marketplace_package)
    assert sync_orders().updated == 1

    stored = Order.objects.get()
    assert (stored.parked, stored.total_amount, availability()[0].reserved) == (True, money, 1)
    shop.sandbox.shop.cancel(order.marketplace_package)
    sync_orders()
    assert (Order.objects.get().status, availability()[0].reserved) == (OrderState.CANCELLED, 0)


def test_a_broken_details_text_reserved_nothing_and_blocked_the_queue(shop: Shop) -> None:  # noqa: F811
    variant = shop.sell(5)
    shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)], overrides={"lines": "bozuk"})
    good = shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)])

    sync_orders()

    assert [order.package_id for order in Order.objects.to_prepare()] == [good]
    assert SyncProblem.objects.filter(kind=SyncProblem.Kind.BAD_PAYLOAD, resolved_at=None).count() == 1


def test_three_different_stock_numbers_on_three_screens(shop: Shop) -> None:  # noqa: F811
    from integrations.stock_card import stock_card

    variant = shop.sell(5)
    place(shop, (variant.barcode, 2))
    push_stock()

    assert availability([variant.barcode])[0].offered == 3
    assert make_plan(send_all=True).wanted[0].quantity == 3
    card = stock_card(variant_id=variant.pk)
    assert card.stock.available == 3
    assert (beliefs()[variant.barcode].quantity, shop.there()) == (3, {variant.barcode: 3})


def test_all_3071_rows_were_sent_every_time(shop: Shop) -> None:  # noqa: F811
    for _number in range(4):
        shop.sell(5)
    push_stock()
    place(shop, ("8680000000002", 1))
    Listing.objects.update(quantity_effective_at=timezone.now() - timedelta(minutes=10))

    result = push_stock()

    assert (result.evaluated, result.sent) == (4, 0)


def test_http_200_was_taken_as_success(shop: Shop) -> None:  # noqa: F811
    shop.sell(5)
    shop.sell(5, approved=False)

    push_stock()

    states = dict(StockPushItem.objects.values_list("barcode", "state"))
    assert states == {"8680000000001": "SUCCESS", "8680000000002": "FAILED"}
    assert StockPushLog.objects.get().failed == 1


def test_a_failed_page_of_the_order_list_counted_as_empty(shop: Shop) -> None:  # noqa: F811
    variant = shop.sell(5)
    shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)])
    shop.sandbox.faults.add(endpoint="orders-stream", kind="html_502", times=None)

    with pytest.raises(TrendyolError):
        sync_orders()

    assert SyncCursor.objects.get().position is None
    assert JobRun.objects.get().state == JobRun.State.FAILED


def test_a_failed_product_page_deleted_2071_products(shop: Shop) -> None:  # noqa: F811
    shop.sell(5)
    sync_products()
    shop.sandbox.faults.add(endpoint="products-approved", kind="truncated", times=None)

    with pytest.raises(TrendyolError):
        sync_products()

    assert Listing.objects.get().state == Listing.State.APPROVED


def test_returns_looked_back_one_day_and_existing_ones_were_never_updated(shop: Shop) -> None:  # noqa: F811
    variant = shop.sell(5)
    package_id = shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)])
    shop.sandbox.shop.ship(package_id)
    shop.sandbox.shop.deliver(package_id)
    week_ago = int((timezone.now() - timedelta(days=7)).timestamp() * 1000)
    claim_id = shop.sandbox.shop.claim(package_id, claimed_ms=week_ago)
    sync_returns()
    assert ReturnUnit.objects.get().status == "Created"

    shop.sandbox.shop.set_claim_status(claim_id, "WaitingInAction")
    sync_returns()

    assert ReturnUnit.objects.get().status == "WaitingInAction"


@pytest.mark.django_db(transaction=True)
def test_four_web_workers_ran_four_schedulers() -> None:
    race(*[setup_jobs] * 4)

    names = list(Schedule.objects.values_list("name", flat=True))
    assert len(names) == len(set(names)) > 0


def test_one_and_a_half_million_sync_detail_rows_a_day(shop: Shop) -> None:  # noqa: F811
    for _number in range(4):
        shop.sell(5)
    push_stock()

    for _run in range(3):
        push_stock()

    assert StockPushItem.objects.count() == 4  # only what was sent leaves a row


def test_three_hour_time_shifts_made_late_badges_and_day_totals_wrong(shop: Shop) -> None:  # noqa: F811
    variant = shop.sell(5)

    order = place(shop, (variant.barcode, 1), agreed_hours=1)

    now = timezone.now()
    assert abs(order.ordered_at - now) < timedelta(minutes=1)
    assert not order.is_late(now)
    assert order.is_late(now + timedelta(hours=1, minutes=1))
    assert list(Order.objects.urgent(now)) == [order]
