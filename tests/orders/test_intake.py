"""Packages coming in, in every order and shape the marketplace sends them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Variant
from integrations.models import OutboxMessage
from inventory.models import CentralStock, StockMovement
from inventory.selectors import availability
from orders.enums import CancelledBy, EventKind, OrderState, PutBackState
from orders.models import Order, OrderCreated, OrderPicking, PutBack
from orders.services import cancel_order, confirm_picking, heal_unknown_lines, park_order, put_back
from tests.factories import make_shelf, make_variant, stock
from tests.orders.incoming import LIVE_SINCE, apply, line, package, stock_states, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def boots() -> Variant:
    variant = make_variant("8680000000017")
    stock(variant, make_shelf("A-B-03"), 5)
    return variant


def available(variant: Variant) -> int:
    return availability([variant.barcode])[0].available


def test_a_new_order_only_reserves(boots: Variant) -> None:
    before = CentralStock.objects.get(variant=boots)

    applied = apply(package(10, line(boots.barcode, 2)))

    assert (applied.created, applied.updated, applied.unchanged) == (1, 0, 0)
    assert CentralStock.objects.get(variant=boots).updated_at == before.updated_at
    assert availability([boots.barcode])[0][1:] == (5, 2, 0, 3)
    assert OrderCreated.objects.get().package_id == 10


def test_the_same_package_twice_changes_nothing(boots: Variant) -> None:
    apply(package(10, line(boots.barcode)))

    again = apply(package(10, line(boots.barcode)))

    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)
    assert available(boots) == 4
    assert stored(10).events.count() == 1


def test_the_same_package_twice_on_one_page_counts_once(boots: Variant) -> None:
    apply(
        package(10, line(boots.barcode)), package(10, line(boots.barcode), minute=5, state=OrderState.SHIPPED)
    )

    assert Order.objects.count() == 1
    assert stored(10).status == OrderState.SHIPPED


def test_an_older_message_that_arrives_late_is_ignored(boots: Variant) -> None:
    apply(package(10, line(boots.barcode), minute=10, state=OrderState.CANCELLED))

    apply(package(10, line(boots.barcode), minute=0))

    assert stored(10).status == OrderState.CANCELLED
    assert available(boots) == 5


def test_two_packages_of_one_order_number_are_two_orders(boots: Variant) -> None:
    apply(
        package(10, line(boots.barcode), order_number="77"),
        package(11, line(boots.barcode), order_number="77"),
    )

    assert sorted(o.marketplace_package for o in Order.objects.filter(order_number="77")) == [10, 11]
    assert available(boots) == 3


def test_two_lines_with_the_same_barcode_stay_two_lines(boots: Variant) -> None:
    apply(package(10, line(boots.barcode, line_id=1), line(boots.barcode, line_id=2)))

    result = confirm_picking(order_id=stored(10).pk)

    assert result.pairs == 2
    assert stock_states(10) == {1: "DEDUCTED", 2: "DEDUCTED"}
    assert CentralStock.objects.get(variant=boots).qty == 3


def test_created_to_shipped_between_two_pulls_moves_the_one_row(boots: Variant) -> None:
    apply(package(10, line(boots.barcode)))

    apply(package(10, line(boots.barcode), minute=30, state=OrderState.SHIPPED))

    assert stored(10).status == OrderState.SHIPPED
    assert OrderCreated.objects.count() == 0
    assert available(boots) == 4  # never taken here: promised until a scan settles it
    assert list(Order.objects.missed_picks()) == [stored(10)]


def test_shipped_to_cancelled_is_one_row_in_one_state(boots: Variant) -> None:
    apply(package(10, line(boots.barcode)))
    confirm_picking(order_id=stored(10).pk)
    apply(package(10, line(boots.barcode), minute=30, state=OrderState.SHIPPED))

    apply(package(10, line(boots.barcode), minute=60, state=OrderState.CANCELLED))

    assert stored(10).status == OrderState.CANCELLED
    assert PutBack.objects.get().quantity == 1
    assert available(boots) == 4


@pytest.mark.parametrize("state", [OrderState.PICKING, OrderState.SHIPPED, OrderState.DELIVERED])
def test_an_order_first_seen_as_picked_or_gone_keeps_the_number_right(
    boots: Variant, state: OrderState
) -> None:
    apply(package(10, line(boots.barcode), state=state))

    assert stock_states(10) == {1: "RESERVED"}
    assert available(boots) == 4
    assert list(Order.objects.missed_picks()) == [stored(10)]
    assert stored(10).events.filter(kind=EventKind.MISSED_PICK).count() == 1


def test_an_order_gone_before_going_live_is_historic_and_never_counted(boots: Variant) -> None:
    left = LIVE_SINCE - timedelta(hours=1)

    apply(package(10, line(boots.barcode), state=OrderState.DELIVERED, left_at=left))

    assert stock_states(10) == {1: "HISTORIC"}
    assert available(boots) == 5
    assert Order.objects.missed_picks().count() == 0


def test_an_order_first_seen_cancelled_reserves_nothing(boots: Variant) -> None:
    apply(package(10, line(boots.barcode), state=OrderState.CANCELLED))

    assert stock_states(10) == {1: "RELEASED"}
    assert available(boots) == 5


def test_payment_pending_reserves_once_and_is_not_picked(boots: Variant) -> None:
    apply(package(10, line(boots.barcode), payment_pending=True))
    assert (available(boots), Order.objects.to_prepare().count()) == (4, 0)

    apply(package(10, line(boots.barcode), minute=3))

    assert (available(boots), Order.objects.to_prepare().count()) == (4, 1)


def test_a_cancellation_before_picking_frees_the_pair(boots: Variant) -> None:
    apply(package(10, line(boots.barcode)))

    apply(package(10, line(boots.barcode), minute=5, state=OrderState.CANCELLED))

    order = stored(10)
    assert (order.status, order.cancelled_by) == (OrderState.CANCELLED, CancelledBy.MARKETPLACE)
    assert available(boots) == 5
    assert PutBack.objects.count() == 0


def test_a_cancellation_after_picking_waits_for_a_shelf(boots: Variant) -> None:
    apply(package(10, line(boots.barcode, 2)))
    confirm_picking(order_id=stored(10).pk)

    apply(package(10, line(boots.barcode, 2), minute=5, state=OrderState.CANCELLED))
    apply(package(10, line(boots.barcode, 2), minute=6, state=OrderState.CANCELLED))

    task = PutBack.objects.get()
    assert (task.quantity, task.state, available(boots)) == (2, PutBackState.WAITING, 3)
    put_back(put_back_id=task.pk, shelf_code="A-B-03")
    assert available(boots) == 5


def test_the_marketplace_being_behind_does_not_undo_our_picking(boots: Variant) -> None:
    apply(package(10, line(boots.barcode)))
    confirm_picking(order_id=stored(10).pk)

    applied = apply(package(10, line(boots.barcode), minute=5, ordered_at=stored(10).ordered_at))

    assert stored(10).status == OrderState.PICKING
    assert OrderPicking.objects.count() == 1
    assert applied.notices == ()


def test_our_cancellation_is_not_undone_by_a_marketplace_that_is_behind(boots: Variant) -> None:
    apply(package(10, line(boots.barcode)))
    cancel_order(order_id=stored(10).pk, reason="hasarlı")

    apply(package(10, line(boots.barcode), minute=5))

    assert stored(10).status == OrderState.CANCELLED
    assert available(boots) == 5


def test_an_order_cancelled_here_that_was_shipped_all_the_same_is_promised_again(boots: Variant) -> None:
    apply(package(10, line(boots.barcode)))
    cancel_order(order_id=stored(10).pk, reason="hasarlı")

    applied = apply(package(10, line(boots.barcode), minute=5, state=OrderState.SHIPPED))

    assert stored(10).status == OrderState.SHIPPED
    assert available(boots) == 4
    assert [notice.kind for notice in applied.notices] == ["ODD_MOVE"]


def test_parking_changes_neither_reservation_nor_sync(boots: Variant) -> None:
    apply(package(10, line(boots.barcode)))
    park_order(order_id=stored(10).pk, reason="NO_STOCK")
    assert (available(boots), Order.objects.to_prepare().count()) == (4, 0)

    apply(package(10, line(boots.barcode), minute=5, details={"gross_amount": 900, "city": "İzmir"}))

    order = stored(10)
    assert (order.parked, order.city, order.gross_amount) == (True, "İzmir", 900)
    assert list(Order.objects.search(order.order_number)) == [order]


def test_an_unknown_barcode_is_kept_reported_and_healed_when_the_product_arrives() -> None:
    applied = apply(package(10, line("8680000009999")))
    assert [(notice.kind, notice.reference) for notice in applied.notices] == [
        ("UNKNOWN_BARCODE", "8680000009999")
    ]
    assert Order.objects.to_prepare().count() == 0

    variant = make_variant("8680000009999")
    assert heal_unknown_lines() == ["8680000009999"]

    assert available(variant) == -1
    assert Order.objects.to_prepare().count() == 1


def test_an_unknown_status_is_kept_reserved_parked_and_reported(boots: Variant) -> None:
    applied = apply(package(10, line(boots.barcode), state=None))

    order = stored(10)
    assert (order.status, order.remote_status, order.parked) == (OrderState.CREATED, "ReadyToShip", True)
    assert available(boots) == 4
    assert [notice.kind for notice in applied.notices] == ["UNKNOWN_STATUS"]


def test_an_order_parked_for_its_unknown_status_goes_on_when_the_status_is_known(boots: Variant) -> None:
    apply(package(10, line(boots.barcode), state=None))

    apply(package(10, line(boots.barcode), minute=5))

    assert (stored(10).parked, Order.objects.to_prepare().count()) == (False, 1)


def test_an_order_parked_by_a_person_stays_parked_when_the_status_is_known(boots: Variant) -> None:
    apply(package(10, line(boots.barcode)))
    park_order(order_id=stored(10).pk, reason="OTHER", note="müşteriyi ara")

    apply(package(10, line(boots.barcode), minute=5))

    assert stored(10).park_note == "müşteriyi ara"


def test_a_line_that_shrinks_or_leaves_the_package_is_freed(boots: Variant) -> None:
    other = make_variant("8680000000024")
    stock(other, make_shelf(), 3)
    apply(package(10, line(boots.barcode, 3, line_id=1), line(other.barcode, 1, line_id=2)))

    apply(package(10, line(boots.barcode, 1, line_id=1), minute=5))

    assert (available(boots), available(other)) == (4, 3)
    assert stock_states(10) == {1: "RESERVED", 2: "RELEASED"}


def test_a_picked_line_that_leaves_the_package_becomes_a_put_back(boots: Variant) -> None:
    apply(package(10, line(boots.barcode, 3, line_id=1)))
    confirm_picking(order_id=stored(10).pk)

    apply(package(10, line(boots.barcode, 1, line_id=1), minute=5, state=OrderState.PICKING))

    assert PutBack.objects.get().quantity == 2


def test_a_split_before_picking_moves_the_reservation_to_the_children(boots: Variant) -> None:
    apply(package(10, line(boots.barcode, line_id=1), line(boots.barcode, line_id=2)))

    apply(
        package(10, line(boots.barcode, line_id=1), line(boots.barcode, line_id=2), minute=5,
                state=OrderState.CANCELLED, superseded=True),
        package(11, line(boots.barcode, line_id=1), minute=6, origin_package_ids=(10,)),
        package(12, line(boots.barcode, line_id=2), minute=6, origin_package_ids=(10,)),
    )  # fmt: skip

    assert available(boots) == 3
    assert stock_states(10) == {1: "RELEASED", 2: "RELEASED"}
    assert sorted(o.marketplace_package for o in Order.objects.to_prepare()) == [11, 12]


def _parent_dies(boots: Variant) -> Any:
    return package(10, line(boots.barcode, line_id=1), line(boots.barcode, line_id=2), minute=5,
                   state=OrderState.CANCELLED, superseded=True)  # fmt: skip


def _child(boots: Variant) -> Any:
    return package(11, line(boots.barcode, line_id=1), minute=6, origin_package_ids=(10,))


@pytest.mark.parametrize("order", ["together", "parent first", "child first"])
def test_after_picking_a_part_is_cancelled_and_the_new_package_takes_over_the_goods(
    boots: Variant, order: str
) -> None:
    apply(package(10, line(boots.barcode, line_id=1), line(boots.barcode, line_id=2)))
    confirm_picking(order_id=stored(10).pk)
    assert CentralStock.objects.get(variant=boots).qty == 3

    match order:
        case "together":
            apply(_child(boots), _parent_dies(boots))
        case "parent first":
            apply(_parent_dies(boots))
            apply(_child(boots))
        case _:
            apply(_child(boots))
            apply(_parent_dies(boots))

    assert stock_states(11) == {1: "DEDUCTED"}
    assert stored(11).status == OrderState.PICKING
    assert CentralStock.objects.get(variant=boots).qty == 3  # nothing was taken twice
    waiting = PutBack.objects.filter(state=PutBackState.WAITING)
    assert [task.quantity for task in waiting] == [1]
    assert OutboxMessage.objects.filter(order=stored(11), kind="PICKING").count() == 1
    put_back(put_back_id=waiting.get().pk, shelf_code="A-B-03")
    assert available(boots) == 4


def test_goods_already_back_on_the_shelf_are_picked_again_for_the_new_package(boots: Variant) -> None:
    apply(package(10, line(boots.barcode, line_id=1), line(boots.barcode, line_id=2)))
    confirm_picking(order_id=stored(10).pk)
    apply(_parent_dies(boots))
    for task in PutBack.objects.all():
        put_back(put_back_id=task.pk, shelf_code="A-B-03")

    apply(_child(boots))

    assert (stored(11).status, stock_states(11), available(boots)) == (OrderState.CREATED, {1: "RESERVED"}, 4)


def test_an_undelivered_package_that_came_back_waits_for_a_shelf(boots: Variant) -> None:
    apply(package(10, line(boots.barcode)))
    confirm_picking(order_id=stored(10).pk)
    apply(package(10, line(boots.barcode), minute=5, state=OrderState.SHIPPED))

    apply(package(10, line(boots.barcode), minute=60, state=OrderState.RETURNED))

    task = PutBack.objects.get()
    assert (stored(10).status, task.reason) == (OrderState.RETURNED, PutBack.Reason.CAME_BACK)


def test_hostile_text_is_stored_as_text(boots: Variant) -> None:
    text = "'; DROP TABLE orders_order; -- <script>alert(1)</script> %(x)s {{ 7*7 }} 👟 İıŞş"

    apply(package(10, line(boots.barcode, product_name=text), details={"customer_first_name": text[:200]}))

    order = stored(10)
    assert (order.customer_first_name, order.lines.get().product_name) == (text, text)


def test_a_page_of_200_orders_is_written_in_as_many_statements_as_a_page_of_two() -> None:
    variants = [make_variant() for _number in range(20)]

    def statements(first_id: int, size: int, minute: int) -> int:
        packages = [
            package(first_id + i, line(variants[i % 20].barcode, line_id=1), line(variants[(i + 7) % 20].barcode, line_id=2),
                    minute=minute)
            for i in range(size)
        ]  # fmt: skip
        with CaptureQueriesContext(connection) as captured:
            apply(*packages)
        return len(captured)

    assert statements(1000, 2, 0) == statements(2000, 200, 0)  # new
    assert statements(1000, 2, 5) == statements(2000, 200, 5)  # changed
    assert statements(2000, 200, 9) <= 20
    assert StockMovement.objects.count() == 0
