from __future__ import annotations

from typing import Any

import pytest

from inventory.contents import lying, quantities
from inventory.errors import ClosedShelf, SameShelf, UnknownShelf
from inventory.models import Shelf, StockMovement
from inventory.moving import Moved, move_boxes, move_whole_shelf, shelf_token
from inventory.services import ensure_receiving_shelf
from inventory.sheet_errors import (
    BadShelfRange,
    NothingScanned,
    ReceivingShelfStaysOpen,
    SheetChanged,
    ShelfEmpty,
    ShelfRangeTooLarge,
)
from inventory.shelves import (
    Block,
    blocks,
    create_range,
    neighbours,
    order_by_code,
    place_after,
    preview_range,
    range_codes,
    set_open,
    set_route,
    shelf_list,
)
from orders.services import confirm_picking
from orders.services.picking import Pick
from tests.factories import make_order, make_shelf, make_user, make_variant, stock
from tests.inventory.scan_kit import take_in_hand


def walk() -> list[str]:
    return list(Shelf.objects.order_by("route_order", "code").values_list("code", flat=True))


@pytest.mark.parametrize(
    ("first", "last", "count", "sample"),
    [
        ("A-01-01", "C-12-05", 180, ["A-01-01", "A-01-02", "A-02-01", "B-01-01", "C-12-05"]),
        ("A-B-09", "A-B-11", 3, ["A-B-09", "A-B-10", "A-B-11"]),
        ("Ş-1-01", "Ş-1-02", 2, ["Ş-1-01", "Ş-1-02"]),
        ("AY-1", "BA-1", 3, ["AY-1", "AZ-1", "BA-1"]),
        ("DEPO", "DEPO", 1, ["DEPO"]),
        ("001", "100", 100, ["001", "042", "100"]),
    ],
)
def test_range_codes_runs_through_each_part(first: str, last: str, count: int, sample: list[str]) -> None:
    codes = range_codes(first, last)

    assert (len(codes), codes[0], codes[-1]) == (count, first, last)
    assert [code for code in codes if code in sample] == sample


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("", ""),
        ("A-01", "A-01-05"),
        ("A-05", "A-01"),
        ("C-01", "A-02"),
        ("A-1", "A-10"),
        ("A-01", "B-XX"),
        ("Ç-01", "Ş-01"),
        ("A--1", "A--2"),
        ("-A", "-B"),
        ("A/1", "A/2"),
        ("A" * 31, "A" * 31),
    ],
)
def test_range_codes_refuses_what_is_no_range(first: str, last: str) -> None:
    with pytest.raises(BadShelfRange):
        range_codes(first, last)


def test_range_codes_stops_at_two_thousand() -> None:
    assert len(range_codes("A-01-01", "T-10-10")) == 2000
    with pytest.raises(ShelfRangeTooLarge) as caught:
        range_codes("A-01-01", "Z-99-99")
    assert caught.value.data == {"count": 26 * 99 * 99, "most": 2000}


@pytest.mark.django_db
def test_create_range_makes_what_is_missing_and_names_what_exists(django_assert_max_num_queries: Any) -> None:
    old = make_shelf("A-01-02", route_order=40)

    seen = preview_range(first="a=01=01", last="A-02-02")
    with django_assert_max_num_queries(6):
        made = create_range(first="a=01=01", last="A-02-02")
    again = create_range(first="A-01-01", last="A-02-02")

    assert seen == made
    assert (made.new, made.existing) == (("A-01-01", "A-02-01", "A-02-02"), ("A-01-02",))
    assert (again.new, len(again.existing), again.count) == ((), 4, 4)
    assert walk() == ["A-01-02", "A-01-01", "A-02-01", "A-02-02"]
    old.refresh_from_db()
    assert old.route_order == 40


@pytest.mark.django_db
def test_order_by_code_walks_numbers_by_value_and_starts_at_goods_in() -> None:
    for code in ("B-1", "A-10", "A-2", "Ç-1"):
        make_shelf(code)
    ensure_receiving_shelf()

    assert order_by_code() == 4  # goods in stays where it is: at zero
    assert walk() == ["MAL-KABUL", "A-2", "A-10", "B-1", "Ç-1"]
    assert order_by_code() == 0


@pytest.mark.django_db
def test_place_after_uses_the_room_between_two_shelves_and_makes_some_when_there_is_none() -> None:
    for place, code in enumerate(["A-1", "A-2", "A-3", "A-4"]):
        make_shelf(code, route_order=place)

    place_after(code="A-4", after="a=1")
    assert walk() == ["A-1", "A-4", "A-2", "A-3"]
    place_after(code="A-1", after="A-3")
    assert walk() == ["A-4", "A-2", "A-3", "A-1"]
    place_after(code="A-3", after="A-4")
    assert walk() == ["A-4", "A-3", "A-2", "A-1"]
    place_after(code="A-3", after="A-3")

    assert walk() == ["A-4", "A-3", "A-2", "A-1"]
    with pytest.raises(UnknownShelf):
        place_after(code="A-3", after="Z-9")


@pytest.mark.django_db
def test_set_route_writes_the_number_and_refuses_an_impossible_one() -> None:
    make_shelf("A-1")

    assert set_route(code="A-1", route_order=77).route_order == 77
    with pytest.raises(BadShelfRange):
        set_route(code="A-1", route_order=1_000_001)
    assert Shelf.objects.get().route_order == 77


@pytest.mark.django_db
def test_set_open_closes_and_opens_but_not_goods_in() -> None:
    make_shelf("A-1")
    ensure_receiving_shelf()

    assert [set_open(code="A-1", active=active).active for active in (False, False, True)] == [
        False,
        False,
        True,
    ]
    with pytest.raises(ReceivingShelfStaysOpen):
        set_open(code="mal=kabul", active=False)


@pytest.mark.django_db
def test_shelf_list_and_blocks_tell_full_from_empty(django_assert_num_queries: Any) -> None:
    full, empty, other, closed = (
        make_shelf("A-1"),
        make_shelf("A-2"),
        make_shelf("AB-1"),
        make_shelf("A-3", active=False),
    )
    one, two = make_variant(), make_variant()
    stock(one, full, 3)
    stock(two, full, 1)
    stock(one, other, 2)

    with django_assert_num_queries(1):
        found = blocks()
    rows = [(row.code, row.pairs, row.kinds) for row in shelf_list(block="A")]  # type: ignore[attr-defined]

    assert found == [Block("A", 3, 2, 4), Block("AB", 1, 0, 2)]
    assert rows == [("A-1", 4, 2), ("A-2", 0, 0), ("A-3", 0, 0)]
    assert list(shelf_list(empty=True)) == [empty]
    assert closed not in shelf_list(empty=True)


@pytest.mark.django_db
def test_neighbours_are_those_before_and_after_in_the_walk() -> None:
    first, second, third = (make_shelf(code, route_order=5) for code in ("A-1", "A-2", "A-3"))

    assert [neighbours(shelf) for shelf in (first, second, third)] == [
        ("", "A-2"),
        ("A-1", "A-3"),
        ("A-2", ""),
    ]


@pytest.mark.django_db
def test_move_boxes_carries_all_or_none_and_once() -> None:
    source, target, user = make_shelf("A-1"), make_shelf("A-2"), make_user()
    one, two = make_variant(), make_variant()
    stock(one, source, 3)
    stock(two, source, 1)
    carry = {
        "from_shelf": "A-1",
        "to_shelf": "A-2",
        "boxes": {one.pk: 2, two.pk: 1},
        "key": "k1",
        "user": user,
    }

    first, second = (move_boxes(**carry) for _time in range(2))  # type: ignore[arg-type]

    assert first == Moved("A-1", "A-2", pairs=3, barcodes=2, repeated=False)
    assert second.repeated
    assert (quantities(source.pk), quantities(target.pk)) == ({one.pk: 1}, {one.pk: 2, two.pk: 1})


@pytest.mark.django_db
def test_move_boxes_refuses_nothing_the_same_shelf_and_a_closed_target() -> None:
    source = make_shelf("A-1")
    make_shelf("A-2", active=False)
    variant = make_variant()
    stock(variant, source, 1)

    def attempt(target: str, boxes: dict[int, int]) -> None:
        move_boxes(from_shelf="A-1", to_shelf=target, boxes=boxes, key="k", user=None)

    with pytest.raises(NothingScanned):
        attempt("A-2", {})
    with pytest.raises(SameShelf):
        attempt("A-1", {variant.pk: 1})
    with pytest.raises(ClosedShelf):
        attempt("A-2", {variant.pk: 1})
    assert quantities(source.pk) == {variant.pk: 1}


@pytest.mark.django_db
def test_move_whole_shelf_takes_everything_in_one_posting() -> None:
    source, target, user = make_shelf("A-1"), make_shelf("A-2"), make_user()
    one, two = make_variant(), make_variant()
    stock(one, source, 3)
    stock(two, source, 1)
    stock(two, target, 1)
    token = shelf_token(source, quantities(source.pk))

    moved = move_whole_shelf(from_shelf="A-1", to_shelf="A-2", token=token, key="k", user=user)

    assert (moved.pairs, moved.barcodes) == (4, 2)
    assert (quantities(source.pk), quantities(target.pk)) == ({}, {one.pk: 3, two.pk: 2})
    assert len(set(StockMovement.objects.filter(kind="MOVE").values_list("created_at", flat=True))) == 1
    with pytest.raises(ShelfEmpty):
        move_whole_shelf(from_shelf="A-1", to_shelf="A-2", token=token, key="k2", user=user)


@pytest.mark.django_db
def test_move_whole_shelf_refuses_when_the_list_is_no_longer_true() -> None:
    source = make_shelf("A-1")
    make_shelf("A-2")
    variant = make_variant()
    stock(variant, source, 3)
    token = shelf_token(source, quantities(source.pk))
    stock(variant, source, 1)

    with pytest.raises(SheetChanged):
        move_whole_shelf(from_shelf="A-1", to_shelf="A-2", token=token, key="k", user=None)

    assert quantities(source.pk) == {variant.pk: 4}


@pytest.mark.django_db
def test_move_whole_shelf_leaves_what_pickers_have_in_hand_in_the_books_of_the_shelf() -> None:
    source, target, variant = make_shelf("A-1"), make_shelf("A-2"), make_variant()
    stock(variant, source, 3)
    order = make_order([(variant, 1)])
    take_in_hand(order, source)

    move_whole_shelf(
        from_shelf="A-1", to_shelf="A-2", token=shelf_token(source, lying(source.pk)), key="k", user=None
    )

    assert (quantities(source.pk), quantities(target.pk)) == ({variant.pk: 1}, {variant.pk: 2})
    line = order.lines.get()
    confirm_picking(order_id=order.pk, picks=[Pick(line_id=line.pk, shelf_code="A-1", quantity=1)])
    assert quantities(source.pk) == {}
