"""The ledger's guards in the database, and the check and repair that stand behind them."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from inventory import ledger
from inventory.enums import MovementKind
from inventory.errors import InsufficientStock
from inventory.ledger import Entry
from inventory.models import CentralStock, RafUrun, StockMovement
from inventory.selectors import Availability, availability, check_stock, shelves_holding
from inventory.services import adjust_stock, ensure_receiving_shelf, repair_balances
from tests.factories import make_order, make_shelf, make_variant, stock

pytestmark = pytest.mark.django_db


def test_a_movement_can_be_neither_changed_nor_deleted() -> None:
    stock(make_variant(), make_shelf(), 2)

    for sql in ("UPDATE inventory_stockmovement SET delta = 9", "DELETE FROM inventory_stockmovement"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)

    assert StockMovement.objects.get().delta == 2


def test_a_balance_below_zero_is_refused_by_the_database() -> None:
    stock(make_variant(), make_shelf(), 2)

    for model, column in ((CentralStock, "qty"), (RafUrun, "adet")):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.update(**{column: -1})


def test_posting_outside_a_transaction_is_a_bug(transactional_db: None) -> None:
    variant, shelf = make_variant(), make_shelf()

    with pytest.raises(RuntimeError):
        ledger.post([Entry(variant_id=variant.pk, shelf_id=shelf.pk, delta=1, kind=MovementKind.RECEIVE)])


def test_a_posting_with_one_impossible_entry_books_nothing() -> None:
    good, bad, shelf = make_variant(), make_variant(), make_shelf()
    stock(good, shelf, 5)

    with pytest.raises(InsufficientStock), transaction.atomic():
        ledger.post(
            [
                Entry(variant_id=good.pk, shelf_id=shelf.pk, delta=-1, kind=MovementKind.PICK),
                Entry(variant_id=bad.pk, shelf_id=shelf.pk, delta=-1, kind=MovementKind.PICK),
            ]
        )

    assert CentralStock.objects.get(variant=good).qty == 5


@pytest.mark.breaks_stock
@pytest.mark.parametrize(
    ("damage", "rules"),
    [
        ("UPDATE inventory_centralstock SET qty = qty + 1", ["I1", "I3"]),
        ("UPDATE inventory_rafurun SET adet = adet + 1", ["I2", "I3"]),
        ("DELETE FROM inventory_rafurun", ["I2", "I3"]),
        ("DELETE FROM inventory_centralstock", ["I1", "I3"]),
        ("UPDATE orders_orderline SET stock_state = 'DEDUCTED', deducted_quantity = 1", ["I5"]),
    ],
)
def test_check_stock_finds_damage_and_names_the_barcode(damage: str, rules: list[str]) -> None:
    variant = make_variant("8680000000017")
    stock(variant, make_shelf("A-B-03"), 2)
    make_order([(variant, 1)])
    with connection.cursor() as cursor:
        cursor.execute(damage)

    check = check_stock()

    assert [violation.rule for violation in check.violations] == rules
    assert {violation.barcode for violation in check.violations} == {"8680000000017"}


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE inventory_centralstock SET qty = qty + 1",
        "UPDATE inventory_rafurun SET adet = 0",
        "DELETE FROM inventory_rafurun",
        "DELETE FROM inventory_centralstock",
    ],
)
def test_repair_rebuilds_balances_from_the_ledger(damage: str) -> None:
    variant, shelf = make_variant(), make_shelf()
    stock(variant, shelf, 2)
    adjust_stock(barcode=variant.barcode, shelf_code=shelf.code, counted=7, reason="sayım")
    with connection.cursor() as cursor:
        cursor.execute(damage)

    repair_balances()

    assert check_stock().clean
    assert CentralStock.objects.get(variant=variant).qty == 7


def test_repair_drops_a_balance_that_no_movement_supports() -> None:
    variant, shelf = make_variant(), make_shelf()
    CentralStock.objects.create(variant=variant, qty=3, updated_at=timezone.now())
    RafUrun.objects.create(variant=variant, shelf=shelf, adet=3, updated_at=timezone.now())

    repair = repair_balances()

    assert (repair.central, repair.shelves) == (1, 1)
    assert check_stock().clean


def test_availability_is_on_hand_minus_reserved_minus_buffer() -> None:
    shelf = make_shelf()
    plain = make_variant("8680000000017")
    held = make_variant("8680000000024", safety_buffer=2)
    sold = make_variant("8680000000031")
    make_variant("8680000000048")
    stock(plain, shelf, 5)
    stock(held, shelf, 5)
    stock(sold, shelf, 1)
    make_order([(plain, 2), (held, 1)])
    make_order([(sold, 3)])

    rows = availability()

    assert rows == [
        Availability("8680000000017", on_hand=5, reserved=2, buffer=0, available=3),
        Availability("8680000000024", on_hand=5, reserved=1, buffer=2, available=2),
        Availability("8680000000031", on_hand=1, reserved=3, buffer=0, available=-2),
        Availability("8680000000048", on_hand=0, reserved=0, buffer=0, available=0),
    ]
    assert [row.offered for row in rows] == [3, 2, 0, 0]
    assert [row.oversold for row in rows] == [0, 0, 2, 0]
    assert availability(["8680000000024"]) == [rows[1]]


def test_availability_of_the_whole_catalogue_is_one_statement(django_assert_num_queries: object) -> None:
    for _number in range(30):
        stock(make_variant(), make_shelf(), 1)

    with django_assert_num_queries(1):  # type: ignore[operator]
        rows = availability()

    assert len(rows) == 30


def test_shelves_holding_lists_the_fullest_first() -> None:
    variant = make_variant()
    stock(variant, make_shelf("A-A-01", route_order=1), 1)
    stock(variant, make_shelf("A-A-02", route_order=2), 4)
    make_shelf("A-A-03")

    assert [(row.shelf_code, row.quantity) for row in shelves_holding(variant_id=variant.pk)] == [
        ("A-A-02", 4),
        ("A-A-01", 1),
    ]


def test_the_receiving_shelf_is_made_once() -> None:
    assert ensure_receiving_shelf() == ensure_receiving_shelf()
    assert ensure_receiving_shelf().code == "MAL-KABUL"
