"""kill -9 at any step of a confirm, a push, a pull or a delivery: nothing is lost, nothing is doubled."""

from __future__ import annotations

from functools import partial

import pytest

from integrations.models import OutboxMessage
from integrations.outbox import send_outbox
from integrations.trendyol.push import push_stock
from integrations.trendyol.sync import sync_orders
from inventory.models import CentralStock, StockMovement, StockPushLog
from inventory.selectors import availability, check_stock
from orders.enums import OrderState
from orders.models import Order, OrderEvent
from orders.services import confirm_picking
from tests.factories import make_order, make_shelf, make_variant, stock
from tests.faults.dying import run_and_die
from tests.integrations.conftest import Shop, client, sandbox, shelf, shop  # noqa: F401  (fixtures)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(240),
    # Forking with threads alive is the point here: the child speaks only through what it opens itself.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]


def test_a_confirm_killed_at_any_step_is_whole_or_not_there() -> None:
    place = make_shelf()
    step = 0
    while True:
        step += 1
        variant = make_variant()
        stock(variant, place, 5)
        order = make_order([(variant, 2)])

        killed = run_and_die(partial(confirm_picking, order_id=order.pk), die_at=step)

        state = Order.objects.get(pk=order.pk).status
        taken = -sum(
            StockMovement.objects.filter(variant=variant, kind="PICK").values_list("delta", flat=True)
        )
        told = OutboxMessage.objects.filter(order=order).count()
        events = OrderEvent.objects.filter(order=order).count()
        assert (state, taken, told, events) in {("CREATED", 0, 0, 0), ("PICKING", 2, 1, 1)}
        assert check_stock().clean
        confirm_picking(order_id=order.pk)  # start again
        assert CentralStock.objects.get(variant=variant).qty == 3
        assert OutboxMessage.objects.filter(order=order).count() == 1
        if not killed:
            break
    assert step > 10


@pytest.mark.parametrize("after", [False, True], ids=["before the step", "after the step"])
def test_a_push_killed_at_any_step_is_repaired_by_the_next_one(shop: Shop, after: bool) -> None:  # noqa: F811
    first, second = shop.sell(5, there=9), shop.sell(4, there=9)
    step, killed = 1 if after else 2, True
    while killed:
        killed = run_and_die(partial(push_stock, send_all=True), die_at=step, after=after)

        push_stock()

        assert shop.there() == shop.offered()
        log = StockPushLog.objects.order_by("-pk").first()
        assert log is not None
        assert (log.success, log.unknown) == (True, 0)
        # Change both numbers, so that the next round has something to say and says it differently.
        stock(first, shop.shelf, 1)
        stock(second, shop.shelf, 1)
        step += 4
    assert step > 40


def test_a_push_killed_while_a_shopper_buys_never_sells_a_pair_twice(shop: Shop) -> None:  # noqa: F811
    variant, _other = shop.sell(3), shop.sell(2)
    for step in range(20, 62, 7):
        run_and_die(partial(push_stock, send_all=True), die_at=step)
        if shop.there()[variant.barcode]:
            shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)])

        push_stock()

        assert shop.there() == shop.offered()
    row = availability([variant.barcode])[0]
    assert row.oversold == 0


def test_a_pull_killed_at_any_step_reads_the_rest_next_time(shop: Shop) -> None:  # noqa: F811
    variant = shop.sell(500)
    step, killed, placed = 1, True, 0
    while killed:
        for _number in range(3):
            shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)])
            placed += 1

        killed = run_and_die(sync_orders, die_at=step)
        sync_orders()

        assert Order.objects.count() == placed
        assert availability()[0].reserved == placed
        step += 3
    assert step > 20


def test_a_delivery_killed_at_any_step_is_delivered_in_the_end(shop: Shop) -> None:  # noqa: F811
    variant = shop.sell(500)
    step, killed = 1, True
    while killed:
        package_id = shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)])
        sync_orders()
        order = Order.objects.get(package_id=package_id)
        confirm_picking(order_id=order.pk)

        killed = run_and_die(send_outbox, die_at=step)
        OutboxMessage.objects.update(due_at=order.created_at)
        send_outbox()

        assert shop.sandbox.shop.packages[package_id].status == "Picking"
        told = OutboxMessage.objects.get(order=order, kind=OutboxMessage.Kind.PICKING)
        assert told.state == OutboxMessage.State.DELIVERED
        assert Order.objects.get(pk=order.pk).status == OrderState.PICKING
        step += 1
    assert step > 5
