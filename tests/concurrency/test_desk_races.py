"""Races at the order desk: the same form from two places, and one parcel taken in twice.

The control tests take the locks out and see the races appear: so these tests are able to fail.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Variant
from inventory.models import CentralStock, Shelf
from inventory.selectors import availability
from orders.enums import Channel, EventKind, ExchangeState, OrderState
from orders.exchange_errors import NothingToExchange, ReturnNumberMissing
from orders.models import Exchange, Order, OrderEvent
from orders.services import exchanges, manual
from orders.services.exchanges import (
    OpenedExchange,
    TakenIn,
    Wish,
    note_return_number,
    open_exchange,
    take_in,
)
from orders.services.handing_over import hand_to_carrier
from orders.services.manual import MadeOrder, Recipient, WantedLine
from orders.services.picking import confirm_picking
from tests.concurrency.threads import race
from tests.factories import make_order, make_product, make_shelf, make_variant, stock

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 3
CUSTOMER = Recipient(name="Ayşe Yılmaz")


@pytest.fixture
def shelf() -> Shelf:
    return make_shelf("A-B-03")


def saving(variant: Variant, key: str, quantity: int = 1) -> Any:
    line = WantedLine(variant_id=variant.pk, quantity=quantity, unit_price=Decimal(100))
    return partial(manual.make_order, request=key, source="PHONE", recipient=CUSTOMER, lines=[line])


def manual_orders() -> int:
    return Order.objects.filter(channel=Channel.MANUAL).count()


def test_one_form_saved_by_four_at_once_makes_one_order(shelf: Shelf) -> None:
    variant = make_variant()
    stock(variant, shelf, 10)

    results: list[MadeOrder] = race(*[saving(variant, "form-0001")] * 4)

    assert sorted(result.repeated for result in results) == [False, True, True, True]
    assert len({result.order_number for result in results}) == 1
    assert manual_orders() == 1


def test_four_forms_at_once_get_four_numbers_and_never_more_than_there_is(shelf: Shelf) -> None:
    for _round in range(ROUNDS):
        variant = make_variant()
        stock(variant, shelf, 3)

        results = race(*[saving(variant, f"form-{variant.pk}-{n}") for n in range(4)])

        made = [result for result in results if isinstance(result, MadeOrder)]
        assert sorted(type(result).__name__ for result in results) == ["MadeOrder"] * 3 + [
            "MoreThanAvailable"
        ]
        assert len({result.order_number for result in made}) == 3
        (row,) = availability([variant.barcode])
        assert row.available == 0


def opened(shelf: Shelf) -> Exchange:
    old = make_variant(product=make_product())
    new = make_variant(product=old.product, size="38")
    stock(new, shelf, 3)
    wish = Wish(old_variant_id=old.pk, new_variant_id=new.pk, reason="TOO_SMALL")
    result = open_exchange(request=f"form-{old.pk:06}", wish=wish, recipient=CUSTOMER)
    return Exchange.objects.select_related("old_variant", "new_order").get(pk=result.exchange_id)


def taking(exchange: Exchange, shelf: Shelf) -> Any:
    barcode = exchange.old_variant.barcode
    return partial(take_in, exchange_id=exchange.pk, barcode=barcode, shelf_code=shelf.code)


def times_told(exchange: Exchange) -> int:
    return OrderEvent.objects.filter(
        order=exchange.new_order, kind=EventKind.EXCHANGE, data__has_key="came_back"
    ).count()


def test_one_parcel_taken_in_by_four_at_once_is_booked_once(shelf: Shelf) -> None:
    for _round in range(ROUNDS):
        exchange = opened(shelf)

        results: list[TakenIn] = race(*[taking(exchange, shelf)] * 4)

        assert sorted(result.repeated for result in results) == [False, True, True, True]
        assert CentralStock.objects.get(variant=exchange.old_variant).qty == 1
        assert times_told(exchange) == 1


def test_one_parcel_goes_to_one_of_two_shelves(shelf: Shelf) -> None:
    other = make_shelf("A-B-04")
    for _round in range(ROUNDS):
        exchange = opened(shelf)

        results = race(taking(exchange, shelf), taking(exchange, other))

        assert sorted(type(result).__name__ for result in results) == ["ExchangeSettled", "TakenIn"]
        assert CentralStock.objects.get(variant=exchange.old_variant).qty == 1


def test_one_pair_is_exchanged_once(shelf: Shelf) -> None:
    for _round in range(ROUNDS):
        old = make_variant(product=make_product())
        new = make_variant(product=old.product, size="38")
        stock(new, shelf, 5)
        line = make_order([(old, 1)], status=OrderState.DELIVERED).lines.get()
        wish = Wish(old_variant_id=old.pk, new_variant_id=new.pk, reason="TOO_SMALL", line_id=line.pk)

        results = race(
            *[
                partial(open_exchange, request=f"form-{old.pk}-{n}", wish=wish, recipient=CUSTOMER)
                for n in range(3)
            ]
        )

        assert sorted(type(result) is OpenedExchange for result in results) == [False, False, True]
        assert {type(result) for result in results} == {OpenedExchange, NothingToExchange}


def test_pair_leaves_beside_its_number_or_stays(shelf: Shelf) -> None:
    for _round in range(ROUNDS):
        exchange = opened(shelf)
        confirm_picking(order_id=exchange.new_order_id)

        left, _number = race(
            partial(hand_to_carrier, order_id=exchange.new_order_id),
            partial(note_return_number, exchange_id=exchange.pk, number="7280001"),
        )

        exchange.refresh_from_db()
        stayed = isinstance(left, ReturnNumberMissing)
        assert exchange.state == (ExchangeState.PROCESSING if stayed else ExchangeState.SHIPPED)
        assert exchange.return_tracking_number == "7280001"


# --- controls: without the locks the races are there ------------------------------------------------------------


def test_control_without_the_reservation_lock_one_form_makes_several_orders(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manual, "lock_reservations", timezone.now)
    made = 0
    for _round in range(40):
        variant = make_variant()
        stock(variant, shelf, 10)
        before = manual_orders()
        race(*[saving(variant, f"form-{variant.pk:06}")] * 4)
        made = manual_orders() - before
        if made > 1:
            break

    assert made > 1


def test_control_without_the_order_lock_one_parcel_is_told_twice(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the order lock out, only the key of the movement stands between us and a second booking."""
    monkeypatch.setattr(exchanges, "lock_order", lambda order_id: Order.objects.get(pk=order_id))
    told = 0
    for _round in range(40):
        exchange = opened(shelf)
        race(*[taking(exchange, shelf)] * 4)
        told = times_told(exchange)
        assert CentralStock.objects.get(variant=exchange.old_variant).qty == 1
        if told > 1:
            break

    assert told > 1
