"""Races on stock and orders: real threads, real PostgreSQL, exactly one winner.

The control tests at the end take the locks out and see the races appear: so these tests are able to fail.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from catalog.models import Variant
from inventory import ledger
from inventory.errors import InsufficientStock
from inventory.models import CentralStock, Shelf, StockMovement
from inventory.selectors import availability, check_stock
from inventory.services import StockChange, adjust_stock, move_stock, receive_stock
from orders.enums import OrderState
from orders.models import Order, OrderLine, PutBack
from orders.services import PickOutcome, cancel_order, confirm_picking, picking, put_back
from orders.services.cancelling import PutBackResult
from tests.concurrency.threads import race
from tests.factories import make_order, make_shelf, make_variant, stock
from tests.orders.incoming import apply, line, package

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5


@pytest.fixture
def shelf() -> Shelf:
    return make_shelf("A-B-03")


def outcomes(results: list[Any]) -> list[str]:
    return sorted(r.outcome.value if hasattr(r, "outcome") else type(r).__name__ for r in results)


def test_six_clicks_on_one_order_take_the_pair_once(shelf: Shelf) -> None:
    for _round in range(ROUNDS):
        variant = make_variant()
        stock(variant, shelf, 6)
        order = make_order([(variant, 1)])

        results = race(*[partial(confirm_picking, order_id=order.pk)] * 6)

        assert outcomes(results) == [PickOutcome.ALREADY_PICKED.value] * 5 + [PickOutcome.CONFIRMED.value]
        assert CentralStock.objects.get(variant=variant).qty == 5


def test_two_orders_compete_for_the_last_pair_and_one_wins(shelf: Shelf) -> None:
    for _round in range(ROUNDS):
        variant = make_variant()
        stock(variant, shelf, 1)
        first, second = make_order([(variant, 1)]), make_order([(variant, 1)])

        results = race(
            partial(confirm_picking, order_id=first.pk), partial(confirm_picking, order_id=second.pk)
        )

        assert outcomes(results) == ["CONFIRMED", "InsufficientStock"]
        assert CentralStock.objects.get(variant=variant).qty == 0
        assert Order.objects.filter(pk__in=[first.pk, second.pk], status=OrderState.PICKING).count() == 1


def test_orders_that_share_articles_in_opposite_order_do_not_deadlock(shelf: Shelf) -> None:
    one, two = make_variant(), make_variant()
    stock(one, shelf, 20)
    stock(two, shelf, 20)
    orders = [
        make_order([(one, 1), (two, 1)]) if n % 2 else make_order([(two, 1), (one, 1)]) for n in range(8)
    ]

    results = race(*[partial(confirm_picking, order_id=order.pk) for order in orders])

    assert outcomes(results) == ["CONFIRMED"] * 8
    assert [row.on_hand for row in availability()] == [12, 12]


def test_the_same_scan_sent_at_once_four_times_counts_once(shelf: Shelf) -> None:
    variant = make_variant()

    results = race(
        *[partial(receive_stock, barcode=variant.barcode, shelf_code=shelf.code, quantity=1, key="tarama")]
        * 4
    )

    assert sorted(result.repeated for result in results) == [False, True, True, True]
    assert CentralStock.objects.get(variant=variant).qty == 1


def test_first_goods_in_of_a_barcode_from_many_hands_add_up(shelf: Shelf) -> None:
    variant = make_variant()

    results = race(*[partial(receive_stock, barcode=variant.barcode, shelf_code=shelf.code, quantity=1)] * 6)

    assert all(isinstance(result, StockChange) for result in results)
    assert CentralStock.objects.get(variant=variant).qty == 6


def test_moving_back_and_forth_does_not_deadlock_and_loses_nothing(shelf: Shelf) -> None:
    variant, other = make_variant(), make_shelf("A-B-04")
    stock(variant, shelf, 10)
    stock(variant, other, 10)
    there = partial(move_stock, barcode=variant.barcode, from_shelf="A-B-03", to_shelf="A-B-04", quantity=1)
    back = partial(move_stock, barcode=variant.barcode, from_shelf="A-B-04", to_shelf="A-B-03", quantity=1)

    race(there, back, there, back, there, back)

    assert CentralStock.objects.get(variant=variant).qty == 20


def test_a_count_and_a_pick_at_once_leave_ledger_and_balance_agreeing(shelf: Shelf) -> None:
    for _round in range(ROUNDS):
        variant = make_variant()
        stock(variant, shelf, 5)
        order = make_order([(variant, 1)])

        race(
            partial(confirm_picking, order_id=order.pk),
            partial(adjust_stock, barcode=variant.barcode, shelf_code=shelf.code, counted=3, reason="sayım"),
        )

        assert CentralStock.objects.get(variant=variant).qty in {2, 3}
        assert check_stock().clean


def test_confirming_and_cancelling_at_once_end_in_one_story(shelf: Shelf) -> None:
    for _round in range(ROUNDS):
        variant = make_variant()
        stock(variant, shelf, 3)
        order = make_order([(variant, 1)])

        results = race(
            partial(confirm_picking, order_id=order.pk),
            partial(cancel_order, order_id=order.pk, reason="vazgeçti"),
        )

        assert Order.objects.get(pk=order.pk).status == OrderState.CANCELLED
        taken = not isinstance(results[0], Exception)
        assert PutBack.objects.filter(line__order=order).count() == (1 if taken else 0)
        assert CentralStock.objects.get(variant=variant).qty == (2 if taken else 3)


def test_the_marketplace_cancels_while_we_confirm(shelf: Shelf) -> None:
    for number in range(ROUNDS):
        variant = make_variant()
        stock(variant, shelf, 3)
        apply(package(10 + number, line(variant.barcode)))
        order = Order.objects.get(package_id=10 + number)

        results = race(
            partial(confirm_picking, order_id=order.pk),
            partial(apply, package(10 + number, line(variant.barcode), minute=5, state=OrderState.CANCELLED)),
        )

        taken = not isinstance(results[0], Exception)
        assert Order.objects.get(pk=order.pk).status == OrderState.CANCELLED
        assert PutBack.objects.filter(line__order=order).count() == (1 if taken else 0)


def test_a_put_back_scanned_twice_at_once_is_booked_once(shelf: Shelf) -> None:
    variant = make_variant()
    stock(variant, shelf, 1)
    order = make_order([(variant, 1)])
    confirm_picking(order_id=order.pk)
    cancel_order(order_id=order.pk, reason="vazgeçti")
    task = PutBack.objects.get()

    results = race(*[partial(put_back, put_back_id=task.pk, shelf_code=shelf.code)] * 4)

    assert [isinstance(result, PutBackResult) for result in results] == [True] * 4
    assert CentralStock.objects.get(variant=variant).qty == 1


def test_the_same_page_from_two_pulls_at_once_is_stored_once(shelf: Shelf) -> None:
    variant = make_variant()
    stock(variant, shelf, 50)
    page = [package(100 + number, line(variant.barcode)) for number in range(20)]

    results = race(*[partial(apply, *page)] * 3)

    assert sorted(result.created for result in results) == [0, 0, 20]
    assert availability()[0].reserved == 20


# --- controls: without the locks the races are there ------------------------------------------------------------


@pytest.mark.breaks_stock
def test_control_without_row_locks_the_last_pair_is_fought_over(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the balance locks out, a loser is stopped by nothing but the database's CHECK, not by our error."""
    monkeypatch.setattr(ledger, "lock_central", lambda ids: {})
    monkeypatch.setattr(picking, "lock_central", lambda ids: {})
    monkeypatch.setattr(ledger, "lock_shelf_rows", _unlocked_shelf_rows)
    seen: set[str] = set()
    for _round in range(40):
        variant = make_variant()
        stock(variant, shelf, 1)
        orders = [make_order([(variant, 1)]) for _number in range(4)]
        results = race(*[partial(confirm_picking, order_id=order.pk) for order in orders])
        seen |= {type(result).__name__ for result in results if isinstance(result, Exception)}
        if seen - {InsufficientStock.__name__}:
            break

    assert seen - {InsufficientStock.__name__} == {"IntegrityError"}


@pytest.mark.breaks_stock
def test_control_without_the_order_lock_one_order_is_confirmed_twice(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the order lock out, only the unique key of the movement (I5) stands between us and a second deduction."""
    monkeypatch.setattr(picking, "lock_order", lambda order_id: Order.objects.get(pk=order_id))
    monkeypatch.setattr(picking, "lock_lines_to_pick", _unlocked_lines)
    seen: list[str] = []
    variant: Variant = make_variant()
    for _round in range(40):
        variant = make_variant()
        stock(variant, shelf, 6)
        order = make_order([(variant, 1)])
        seen = outcomes(race(*[partial(confirm_picking, order_id=order.pk)] * 6))
        if seen != [PickOutcome.ALREADY_PICKED.value] * 5 + [PickOutcome.CONFIRMED.value]:
            break

    assert seen != [PickOutcome.ALREADY_PICKED.value] * 5 + [PickOutcome.CONFIRMED.value]
    assert StockMovement.objects.filter(kind="PICK", variant=variant).count() == 1


def _unlocked_shelf_rows(pairs: Any) -> dict[tuple[int, int], int]:
    from inventory.models import RafUrun

    return {
        (row.variant_id, row.shelf_id): row.adet
        for row in RafUrun.objects.all()
        if (row.variant_id, row.shelf_id) in pairs
    }


def _unlocked_lines(order_id: int) -> list[Any]:
    return list(OrderLine.objects.filter(order_id=order_id).order_by("pk"))
