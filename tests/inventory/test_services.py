"""Goods in, moving, counting: every exit of each service."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.errors import UnknownBarcode
from inventory import services
from inventory.enums import MovementKind
from inventory.errors import (
    ClosedShelf,
    InsufficientStock,
    InvalidQuantity,
    KeyReused,
    MissingReason,
    SameShelf,
    UnknownShelf,
)
from inventory.models import CentralStock, RafUrun, StockMovement
from inventory.services import StockChange
from tests.factories import make_shelf, make_user, make_variant, stock

pytestmark = pytest.mark.django_db


def balances(barcode: str) -> dict[str, int]:
    rows = RafUrun.objects.filter(variant__barcode=barcode, adet__gt=0)
    return dict(rows.values_list("shelf__code", "adet"))


def test_receive_stock_raises_both_balances_and_writes_one_movement() -> None:
    variant, shelf, user = make_variant("8680000000017"), make_shelf("A-B-03"), make_user()

    change = services.receive_stock(
        barcode="8680000000017", shelf_code="A-B-03", quantity=3, user=user, reference="teslimat 12"
    )

    assert change == StockChange("8680000000017", "A-B-03", 3, on_shelf=3, on_hand=3, repeated=False)
    assert CentralStock.objects.get(variant=variant).qty == 3
    movement = StockMovement.objects.get()
    assert (movement.delta, movement.kind, movement.shelf, movement.actor, movement.reference) == (
        3,
        MovementKind.RECEIVE,
        shelf,
        user,
        "teslimat 12",
    )


def test_receive_stock_repeated_with_its_key_changes_nothing() -> None:
    make_variant("8680000000017")
    make_shelf("A-B-03")
    first = services.receive_stock(barcode="8680000000017", shelf_code="A-B-03", quantity=3, key="tarama-1")

    second = services.receive_stock(barcode="8680000000017", shelf_code="A-B-03", quantity=3, key="tarama-1")

    assert (first.repeated, second.repeated) == (False, True)
    assert balances("8680000000017") == {"A-B-03": 3}


def test_receive_stock_refuses_a_key_used_for_another_quantity() -> None:
    make_variant("8680000000017")
    make_shelf("A-B-03")
    services.receive_stock(barcode="8680000000017", shelf_code="A-B-03", quantity=3, key="tarama-1")

    with pytest.raises(KeyReused):
        services.receive_stock(barcode="8680000000017", shelf_code="A-B-03", quantity=4, key="tarama-1")

    assert balances("8680000000017") == {"A-B-03": 3}


@pytest.mark.parametrize("scanned", ["a-b-03", "A=B*03", " A-B-03\r", "\tA=b-03\n"])
def test_receive_stock_reads_a_garbled_shelf_scan(scanned: str) -> None:
    make_variant("8680000000017")
    make_shelf("A-B-03")

    change = services.receive_stock(barcode="8680000000017\r\n", shelf_code=scanned, quantity=1)

    assert change.shelf_code == "A-B-03"


def test_receive_stock_does_not_take_a_barcode_that_is_only_a_prefix() -> None:
    make_variant("8680000000017")
    make_shelf("A-B-03")

    with pytest.raises(UnknownBarcode):
        services.receive_stock(barcode="868000000001", shelf_code="A-B-03", quantity=1)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"barcode": "yok"}, UnknownBarcode),
        ({"shelf_code": "Z-Z-99"}, UnknownShelf),
        ({"shelf_code": "K-A-01"}, ClosedShelf),
        ({"quantity": 0}, InvalidQuantity),
        ({"quantity": -5}, InvalidQuantity),
        ({"quantity": 20_001}, InvalidQuantity),
        ({"quantity": True}, InvalidQuantity),
        ({"quantity": 2.5}, InvalidQuantity),
        ({"quantity": "3"}, InvalidQuantity),
    ],
)
def test_receive_stock_refuses_bad_input_and_names_it(given: dict[str, Any], error: type[Exception]) -> None:
    make_variant("8680000000017")
    make_shelf("A-B-03")
    make_shelf("K-A-01", active=False)
    arguments = {"barcode": "8680000000017", "shelf_code": "A-B-03", "quantity": 1, **given}

    with pytest.raises(error) as caught:
        services.receive_stock(**arguments)

    assert str(next(iter(given.values()))) in str(caught.value)
    assert StockMovement.objects.count() == 0


def test_move_stock_carries_pairs_and_leaves_the_total() -> None:
    variant = make_variant("8680000000017")
    stock(variant, make_shelf("A-B-03"), 5)
    make_shelf("A-B-04")

    change = services.move_stock(
        barcode="8680000000017", from_shelf="A-B-03", to_shelf="A-B-04", quantity=2, key="t1"
    )

    assert change == StockChange("8680000000017", "A-B-04", 2, on_shelf=2, on_hand=5, repeated=False)
    assert balances("8680000000017") == {"A-B-03": 3, "A-B-04": 2}
    assert services.move_stock(
        barcode="8680000000017", from_shelf="A-B-03", to_shelf="A-B-04", quantity=2, key="t1"
    ).repeated
    assert balances("8680000000017") == {"A-B-03": 3, "A-B-04": 2}


def test_move_stock_takes_goods_off_a_closed_shelf_but_puts_none_on_it() -> None:
    variant = make_variant("8680000000017")
    closed = make_shelf("K-A-01")
    stock(variant, closed, 2)
    make_shelf("A-B-04")
    type(closed).objects.filter(pk=closed.pk).update(active=False)

    services.move_stock(barcode="8680000000017", from_shelf="K-A-01", to_shelf="A-B-04", quantity=1)
    with pytest.raises(ClosedShelf):
        services.move_stock(barcode="8680000000017", from_shelf="A-B-04", to_shelf="K-A-01", quantity=1)

    assert balances("8680000000017") == {"K-A-01": 1, "A-B-04": 1}


def test_move_stock_refuses_a_shortage_with_its_numbers() -> None:
    variant = make_variant("8680000000017")
    stock(variant, make_shelf("A-B-03"), 2)
    make_shelf("A-B-04")

    with pytest.raises(InsufficientStock) as caught:
        services.move_stock(barcode="8680000000017", from_shelf="A-B-03", to_shelf="A-B-04", quantity=5)

    assert caught.value.data == {"barcode": "8680000000017", "shelf": "A-B-03", "wanted": 5, "there": 2}
    assert balances("8680000000017") == {"A-B-03": 2}


def test_move_stock_refuses_the_same_shelf() -> None:
    variant = make_variant("8680000000017")
    stock(variant, make_shelf("A-B-03"), 2)

    with pytest.raises(SameShelf):
        services.move_stock(barcode="8680000000017", from_shelf="A-B-03", to_shelf="a=b=03", quantity=1)


@pytest.mark.parametrize(("counted", "delta"), [(0, -4), (3, -1), (4, 0), (9, 5)])
def test_adjust_stock_books_the_difference(counted: int, delta: int) -> None:
    variant = make_variant("8680000000017")
    stock(variant, make_shelf("A-B-03"), 4)

    change = services.adjust_stock(
        barcode="8680000000017", shelf_code="A-B-03", counted=counted, reason="sayım"
    )

    assert (change.delta, change.on_shelf, change.on_hand) == (delta, counted, counted)
    assert StockMovement.objects.filter(kind=MovementKind.COUNT).values_list("delta", "reason").get() == (
        delta,
        "sayım",
    )


def test_adjust_stock_on_a_shelf_that_never_held_it() -> None:
    make_variant("8680000000017")
    make_shelf("A-B-03")

    change = services.adjust_stock(barcode="8680000000017", shelf_code="A-B-03", counted=2, reason="bulundu")

    assert (change.delta, change.on_hand) == (2, 2)


def test_adjust_stock_repeated_later_does_not_undo_what_happened_since() -> None:
    variant = make_variant("8680000000017")
    shelf = make_shelf("A-B-03")
    stock(variant, shelf, 4)
    services.adjust_stock(
        barcode="8680000000017", shelf_code="A-B-03", counted=4, reason="sayım", key="sayım-1"
    )
    stock(variant, shelf, 6)

    again = services.adjust_stock(
        barcode="8680000000017", shelf_code="A-B-03", counted=4, reason="sayım", key="sayım-1"
    )

    assert (again.repeated, again.on_shelf) == (True, 10)


def test_adjust_stock_needs_a_reason() -> None:
    make_variant("8680000000017")
    make_shelf("A-B-03")

    with pytest.raises(MissingReason):
        services.adjust_stock(barcode="8680000000017", shelf_code="A-B-03", counted=1, reason="  ")


def test_receive_stock_uses_a_small_constant_number_of_statements(django_assert_max_num_queries: Any) -> None:
    make_variant("8680000000017")
    make_shelf("A-B-03")

    with django_assert_max_num_queries(14):  # two of them are the savepoint of the test's own transaction
        services.receive_stock(barcode="8680000000017", shelf_code="A-B-03", quantity=1, key="k")
