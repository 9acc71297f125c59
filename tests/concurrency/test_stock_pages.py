"""Races on the stock pages: real threads, real PostgreSQL, one winner, and a ledger that agrees."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from catalog.models import Variant
from inventory.contents import quantities
from inventory.counting import approve_count, count_box, finish_count, reject_count, start_count
from inventory.enums import CountState, GoodsInMode
from inventory.models import GoodsIn, GoodsInLine, Shelf, StockCount, StockMovement
from inventory.moving import Moved, move_whole_shelf, shelf_token
from inventory.receiving import book_set_aside, book_sheet, open_sheet, preview, scan_box, scan_shelf
from inventory.selectors import check_stock
from inventory.services import move_stock
from inventory.sheet_errors import (
    CountClosed,
    CountOutdated,
    CountTaken,
    SetAsideGone,
    SheetChanged,
    ShelfEmpty,
)
from inventory.shelves import create_range
from orders.services import cancel_order, confirm_picking
from tests.concurrency.threads import race
from tests.factories import make_order, make_shelf, make_user, make_variant, stock
from tests.inventory.scan_kit import Device, outcome

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 4


@pytest.fixture
def shelf() -> Shelf:
    return make_shelf("A-B-03")


def names(results: list[Any]) -> list[str]:
    return sorted(type(result).__name__ for result in results)


def sheet_of(shelf: Shelf, variant: Variant, boxes: int, mode: GoodsInMode) -> tuple[GoodsIn, str]:
    user = make_user()
    sheet = open_sheet(user=user, mode=mode)
    scan_shelf(user=user, shelf=shelf)
    for _box in range(boxes):
        scan_box(user=user, barcode=variant.barcode, variant=variant)
    sheet.refresh_from_db()
    return sheet, preview(sheet, list(sheet.lines.select_related("variant__product"))).token


@pytest.mark.parametrize("mode", list(GoodsInMode))
def test_one_sheet_booked_six_times_at_once_is_booked_once(shelf: Shelf, mode: GoodsInMode) -> None:
    for _round in range(ROUNDS):
        variant = make_variant()
        before = quantities(shelf.pk)
        sheet, token = sheet_of(shelf, variant, 3, mode)

        results = race(*[partial(book_sheet, sheet_id=sheet.pk, token=token, user=sheet.user)] * 6)

        assert sorted(result.repeated for result in results) == [False] + [True] * 5
        expected = {variant.pk: 3} if mode == GoodsInMode.REPLACE else before | {variant.pk: 3}
        assert quantities(shelf.pk) == expected


def test_replacing_a_shelf_never_undoes_a_pick_of_the_same_moment(shelf: Shelf) -> None:
    """Either the pick came first and the replacement is refused, or it came after and takes from the new content."""
    for _round in range(ROUNDS * 2):
        variant, place = make_variant(), make_shelf()
        stock(variant, place, 5)
        order = make_order([(variant, 1)])
        sheet, token = sheet_of(place, variant, 4, GoodsInMode.REPLACE)

        results = race(
            partial(book_sheet, sheet_id=sheet.pk, token=token, user=sheet.user),
            partial(confirm_picking, order_id=order.pk),
        )

        refused = isinstance(results[0], SheetChanged)
        assert not isinstance(results[1], Exception)
        assert quantities(place.pk) == {variant.pk: 4 if refused else 3}
        assert check_stock().clean


def test_two_replacements_of_one_shelf_at_once_leave_what_one_of_them_scanned(shelf: Shelf) -> None:
    for _round in range(ROUNDS):
        old, one, two, place = make_variant(), make_variant(), make_variant(), make_shelf()
        stock(old, place, 2)
        sheets = [sheet_of(place, variant, 3, GoodsInMode.REPLACE) for variant in (one, two)]

        results = race(
            *[partial(book_sheet, sheet_id=sheet.pk, token=token, user=sheet.user) for sheet, token in sheets]
        )

        assert names(results) == ["Booked", "SheetChanged"]
        assert quantities(place.pk) in ({one.pk: 3}, {two.pk: 3})


def test_the_same_first_scans_of_one_person_on_two_devices_make_one_sheet(shelf: Shelf) -> None:
    user = make_user()

    race(*[partial(scan_shelf, user=user, shelf=shelf)] * 4)

    assert GoodsIn.objects.filter(user=user).count() == 1


def test_boxes_scanned_on_four_devices_at_once_are_all_counted(shelf: Shelf) -> None:
    user, variant = make_user(), make_variant()
    scan_shelf(user=user, shelf=shelf)

    race(*[partial(scan_box, user=user, barcode=variant.barcode, variant=variant)] * 4)

    assert list(GoodsInLine.objects.values_list("quantity", flat=True)) == [4]


def test_what_was_set_aside_is_booked_once_by_many_hands(shelf: Shelf) -> None:
    user = make_user()
    scan_shelf(user=user, shelf=shelf)
    scan_box(user=user, barcode="strange", variant=None)
    sheet = GoodsIn.objects.get()
    book_sheet(sheet_id=sheet.pk, token=preview(sheet, list(sheet.lines.all())).token, user=user)
    variant, line = make_variant("strange"), GoodsInLine.objects.get()

    results = race(*[partial(book_set_aside, line_id=line.pk, user=user)] * 4)

    assert names(results) == ["Booked"] + [SetAsideGone.__name__] * 3
    assert quantities(shelf.pk) == {variant.pk: 1}


def finished(shelf: Shelf, variant: Variant, boxes: int) -> int:
    user = make_user()
    start_count(user=user, shelf=shelf)
    for _box in range(boxes):
        count_box(user=user, variant=variant)
    return finish_count(user=user).count_id


def test_a_count_approved_six_times_at_once_is_booked_once(shelf: Shelf) -> None:
    for _round in range(ROUNDS):
        variant, place = make_variant(), make_shelf()
        stock(variant, place, 2)
        pk = finished(place, variant, 5)

        results = race(*[partial(approve_count, count_id=pk, user=make_user()) for _number in range(6)])

        assert sorted(result.repeated for result in results) == [False] + [True] * 5
        assert quantities(place.pk) == {variant.pk: 5}


def test_approving_and_rejecting_at_once_end_in_one_decision(shelf: Shelf) -> None:
    for _round in range(ROUNDS):
        variant, place = make_variant(), make_shelf()
        pk = finished(place, variant, 3)

        results = race(
            partial(approve_count, count_id=pk, user=make_user()),
            partial(reject_count, count_id=pk, user=make_user()),
        )

        assert names(results) == [CountClosed.__name__, "Decided"]
        approved = StockCount.objects.get(pk=pk).state == CountState.APPROVED
        assert quantities(place.pk) == ({variant.pk: 3} if approved else {})


def test_a_count_and_a_pick_at_once_keep_both(shelf: Shelf) -> None:
    for _round in range(ROUNDS):
        variant, place = make_variant(), make_shelf()
        stock(variant, place, 5)
        order = make_order([(variant, 2)])
        pk = finished(place, variant, 4)

        results = race(
            partial(approve_count, count_id=pk, user=make_user()), partial(confirm_picking, order_id=order.pk)
        )

        assert [isinstance(result, Exception) for result in results] == [False, False]
        assert quantities(place.pk) == {variant.pk: 2}
        assert check_stock().clean


def test_a_count_that_would_go_below_zero_is_refused_whole(shelf: Shelf) -> None:
    for _round in range(ROUNDS):
        variant, place, other = make_variant(), make_shelf(), make_shelf()
        stock(variant, place, 3)
        pk = finished(place, variant, 1)

        results = race(
            partial(approve_count, count_id=pk, user=make_user()),
            partial(
                move_stock, barcode=variant.barcode, from_shelf=place.code, to_shelf=other.code, quantity=2
            ),
        )

        assert names(results) in (["CountOutdated", "StockChange"], ["Decided", "InsufficientStock"])
        left = quantities(place.pk)
        assert left == {variant.pk: 1}
        assert isinstance(results[0], CountOutdated) or isinstance(results[1], Exception)


def test_one_shelf_is_counted_by_one_person_at_a_time(shelf: Shelf) -> None:
    results = race(*[partial(start_count, user=make_user(), shelf=shelf) for _number in range(4)])

    assert names(results) == [CountTaken.__name__] * 3 + ["StockCount"]


def test_a_whole_shelf_moved_twice_at_once_is_moved_once(shelf: Shelf) -> None:
    for _round in range(ROUNDS):
        variant, place, other = make_variant(), make_shelf(), make_shelf()
        stock(variant, place, 3)
        token = shelf_token(place, quantities(place.pk))
        move = partial(move_whole_shelf, from_shelf=place.code, to_shelf=other.code, token=token, user=None)

        results = race(partial(move, key="one"), partial(move, key="two"), partial(move, key="three"))

        assert names(results) == [Moved.__name__] + [ShelfEmpty.__name__] * 2
        assert (quantities(place.pk), quantities(other.pk)) == ({}, {variant.pk: 3})


def test_the_same_scan_sent_four_times_at_once_is_worked_on_once(shelf: Shelf) -> None:
    variant, target, user = make_variant("8680000000017"), make_shelf("A-B-04"), make_user()
    stock(variant, shelf, 5)
    worker = Device("move", "move_goods", user=user)
    worker.scan("A-B-03")
    worker.scan("8680000000017")
    devices = [Device("move", user=user) for _number in range(4)]

    results = race(*[partial(device.scan, "A-B-04", key="one-and-the-same") for device in devices])

    assert [outcome(result) for result in results] == ["DONE"] * 4
    assert sorted(result["X-Scan-Repeated"] for result in results) == ["0", "1", "1", "1"]
    assert quantities(target.pk) == {variant.pk: 1}
    assert StockMovement.objects.filter(kind="MOVE").count() == 2


def test_two_people_putting_back_at_once_finish_a_task_each(shelf: Shelf) -> None:
    variant = make_variant("8680000000017")
    for _number in range(2):
        stock(variant, shelf, 1)
        order = make_order([(variant, 1)])
        confirm_picking(order_id=order.pk)
        cancel_order(order_id=order.pk, reason="vazgeçti")
    people = [Device("put-backs", "put_back") for _number in range(2)]
    for person in people:
        person.scan("8680000000017")

    results = race(*[partial(person.scan, "A-B-03") for person in people])

    assert [outcome(result) for result in results] == ["DONE", "DONE"]
    assert quantities(shelf.pk) == {variant.pk: 2}


def test_the_same_range_made_twice_at_once_exists_once() -> None:
    results = race(*[partial(create_range, first="A-01-01", last="B-05-05")] * 3)

    assert sorted(len(result.new) for result in results) == [0, 0, 50]
    assert Shelf.objects.values("route_order").distinct().count() == 50
