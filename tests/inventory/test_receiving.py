from __future__ import annotations

import pytest

from catalog.models import BarcodeAlias
from inventory.enums import GoodsInMode, GoodsInState, MovementKind
from inventory.errors import ClosedShelf, InvalidQuantity
from inventory.models import GoodsIn, GoodsInLine, RafUrun, Shelf, StockMovement
from inventory.receiving import (
    Booked,
    book_set_aside,
    book_sheet,
    drop_set_aside,
    drop_sheet,
    open_sheet,
    preview,
    scan_box,
    scan_shelf,
    set_aside_rows,
    set_quantity,
)
from inventory.services import move_stock
from inventory.sheet_errors import (
    NoShelfYet,
    NothingScanned,
    SetAsideGone,
    SheetChanged,
    SheetGone,
    SheetHasBoxes,
    StillUnknown,
)
from orders.services import confirm_picking
from tests.factories import make_order, make_shelf, make_user, make_variant, stock
from tests.inventory.scan_kit import take_in_hand

pytestmark = pytest.mark.django_db


def balances(shelf: Shelf) -> dict[str, int]:
    rows = RafUrun.objects.filter(shelf=shelf, adet__gt=0)
    return dict(rows.values_list("variant__barcode", "adet"))


def token(sheet: GoodsIn) -> str:
    return preview(sheet, list(sheet.lines.select_related("variant__product"))).token


def sheet_with(shelf: Shelf, *barcodes: str, mode: GoodsInMode = GoodsInMode.ADD, user=None) -> GoodsIn:
    """A sheet of a new person with one box of each barcode; barcodes without a product are set aside."""
    from catalog.models import Variant

    person = user or make_user()
    open_sheet(user=person, mode=mode)
    scan_shelf(user=person, shelf=shelf)
    for barcode in barcodes:
        scan_box(user=person, barcode=barcode, variant=Variant.objects.filter(barcode=barcode).first())
    return GoodsIn.objects.select_related("shelf", "user").get(user=person, state=GoodsInState.OPEN)


def book(sheet: GoodsIn) -> Booked:
    return book_sheet(sheet_id=sheet.pk, token=token(sheet), user=sheet.user)


def test_book_sheet_adds_all_boxes_in_one_posting_with_their_keys() -> None:
    shelf, one, two = make_shelf("A-B-03"), make_variant("one"), make_variant("two")
    stock(one, shelf, 4)
    sheet = sheet_with(shelf, "one", "two", "one")

    booked = book(sheet)

    assert booked == Booked("A-B-03", GoodsInMode.ADD, pairs=3, delta=3, set_aside=0, repeated=False)
    assert balances(shelf) == {"one": 6, "two": 1}
    rows = StockMovement.objects.filter(reference=f"goodsin:{sheet.pk}").order_by("variant_id")
    assert [(row.key, row.delta, row.kind, row.actor) for row in rows] == [
        (f"goodsin:{sheet.pk}:{one.pk}", 2, MovementKind.RECEIVE, sheet.user),
        (f"goodsin:{sheet.pk}:{two.pk}", 1, MovementKind.RECEIVE, sheet.user),
    ]


def test_book_sheet_pressed_twice_books_once() -> None:
    shelf = make_shelf()
    make_variant("one")
    sheet = sheet_with(shelf, "one")
    seen = token(sheet)
    book_sheet(sheet_id=sheet.pk, token=seen, user=sheet.user)

    again = book_sheet(sheet_id=sheet.pk, token=seen, user=sheet.user)

    assert (again.repeated, again.pairs) == (True, 1)
    assert balances(shelf) == {"one": 1}


def test_book_sheet_replaces_what_lies_there_with_what_was_scanned() -> None:
    shelf = make_shelf("A-B-03")
    gone, less, same, more, _new = (make_variant(name) for name in ("gone", "less", "same", "more", "new"))
    for variant, pairs in ((gone, 2), (less, 3), (same, 1), (more, 1)):
        stock(variant, shelf, pairs)
    sheet = sheet_with(shelf, "less", "same", "more", "more", "new", mode=GoodsInMode.REPLACE)
    seen = preview(sheet, list(sheet.lines.select_related("variant__product")))

    booked = book_sheet(sheet_id=sheet.pk, token=seen.token, user=sheet.user)

    assert {(c.variant.barcode, c.there, c.after, c.less) for c in seen.vanishing} == {
        ("gone", 2, 0, 2),
        ("less", 3, 1, 2),
    }
    assert {(c.variant.barcode, c.there, c.after, c.delta) for c in seen.appearing} == {
        ("more", 1, 2, 1),
        ("new", 0, 1, 1),
    }
    assert (booked.pairs, booked.delta) == (5, -2)
    assert balances(shelf) == {"less": 1, "same": 1, "more": 2, "new": 1}
    rows = StockMovement.objects.filter(reference=f"goodsin:{sheet.pk}")
    assert {(row.kind, row.reason) for row in rows} == {(MovementKind.COUNT, "shelf replaced")}
    assert rows.count() == 5


def test_book_sheet_refuses_a_replacement_when_the_shelf_changed_since_the_preview() -> None:
    shelf, other = make_shelf("A-B-03"), make_shelf("A-B-04")
    variant = make_variant("one")
    stock(variant, shelf, 5)
    sheet = sheet_with(shelf, *["one"] * 5, mode=GoodsInMode.REPLACE)
    seen = token(sheet)
    move_stock(barcode="one", from_shelf="A-B-03", to_shelf=other.code, quantity=1)

    with pytest.raises(SheetChanged):
        book_sheet(sheet_id=sheet.pk, token=seen, user=sheet.user)

    assert balances(shelf) == {"one": 4}
    now = preview(sheet, list(sheet.lines.select_related("variant__product")))
    assert [(row.delta, row.kind) for row in now.moved] == [(-1, MovementKind.MOVE)]
    assert book_sheet(sheet_id=sheet.pk, token=now.token, user=sheet.user).delta == 1


def test_book_sheet_refuses_when_boxes_came_after_the_list_was_shown() -> None:
    shelf = make_shelf()
    variant = make_variant("one")
    sheet = sheet_with(shelf, "one")
    seen = token(sheet)
    scan_box(user=sheet.user, barcode="one", variant=variant)

    with pytest.raises(SheetChanged):
        book_sheet(sheet_id=sheet.pk, token=seen, user=sheet.user)

    assert balances(shelf) == {}


def test_book_sheet_adds_although_the_shelf_changed_meanwhile() -> None:
    shelf = make_shelf()
    variant = make_variant("one")
    sheet = sheet_with(shelf, "one")
    seen = token(sheet)
    stock(variant, shelf, 3)

    book_sheet(sheet_id=sheet.pk, token=seen, user=sheet.user)

    assert balances(shelf) == {"one": 4}


def test_book_sheet_books_the_rest_without_what_was_set_aside() -> None:
    shelf = make_shelf()
    make_variant("one")
    sheet = sheet_with(shelf, "one", "strange", "strange")

    booked = book(sheet)

    assert (booked.pairs, booked.set_aside) == (1, 2)
    assert balances(shelf) == {"one": 1}
    assert [(row.line.barcode, row.line.quantity, row.variant) for row in set_aside_rows()] == [
        ("strange", 2, None)
    ]


def test_set_aside_rows_are_booked_once_when_an_alias_exists() -> None:
    shelf, user = make_shelf("A-B-03"), make_user()
    sheet = sheet_with(shelf, "strange", "strange")
    book(sheet)
    variant = make_variant("one")
    (waiting,) = set_aside_rows()
    with pytest.raises(StillUnknown):
        book_set_aside(line_id=waiting.line.pk, user=user)
    BarcodeAlias.objects.create(code="strange", variant=variant)

    assert [row.variant for row in set_aside_rows()] == [variant]
    booked = book_set_aside(line_id=waiting.line.pk, user=user)
    with pytest.raises(SetAsideGone):
        book_set_aside(line_id=waiting.line.pk, user=user)

    assert (booked.pairs, booked.shelf_code) == (2, "A-B-03")
    assert balances(shelf) == {"one": 2}
    assert set_aside_rows() == []


def test_drop_set_aside_forgets_a_row_but_never_a_booked_one() -> None:
    sheet = sheet_with(make_shelf(), "strange", "known-later")
    book(sheet)
    make_variant("known-later")
    later, strange = sorted(set_aside_rows(), key=lambda row: row.line.barcode)
    book_set_aside(line_id=later.line.pk, user=sheet.user)

    drop_set_aside(line_id=strange.line.pk)
    with pytest.raises(SetAsideGone):
        drop_set_aside(line_id=later.line.pk)

    assert list(GoodsInLine.objects.values_list("barcode", flat=True)) == ["known-later"]


def test_set_aside_rows_of_an_open_or_dropped_sheet_do_not_wait() -> None:
    sheet = sheet_with(make_shelf(), "strange")
    (line,) = sheet.lines.all()

    with pytest.raises(SetAsideGone):
        book_set_aside(line_id=line.pk, user=sheet.user)
    drop_sheet(user=sheet.user)

    assert set_aside_rows() == []


def test_open_sheet_is_one_for_each_person_and_keeps_its_mode() -> None:
    ali, veli = make_user(), make_user()
    first = open_sheet(user=ali, mode=GoodsInMode.REPLACE)

    assert (open_sheet(user=ali).pk, open_sheet(user=ali).mode) == (first.pk, GoodsInMode.REPLACE)
    assert open_sheet(user=veli).mode == GoodsInMode.ADD
    assert GoodsIn.objects.count() == 2


def test_scan_shelf_with_boxes_on_the_sheet_changes_only_when_it_is_meant() -> None:
    first, second = make_shelf("A-B-03"), make_shelf("A-B-04")
    make_variant("one")
    sheet = sheet_with(first, "one")

    with pytest.raises(SheetHasBoxes) as caught:
        scan_shelf(user=sheet.user, shelf=second)
    changed = scan_shelf(user=sheet.user, shelf=second, anyway=True)

    assert caught.value.data == {"shelf": "A-B-03", "pairs": 1}
    assert (changed.pk, changed.shelf) == (sheet.pk, second)


def test_scan_shelf_refuses_a_closed_one_and_booking_checks_again() -> None:
    shelf = make_shelf()
    make_variant("one")
    sheet = sheet_with(shelf, "one")
    Shelf.objects.filter(pk=shelf.pk).update(active=False)
    shelf.refresh_from_db()

    with pytest.raises(ClosedShelf):
        scan_shelf(user=make_user(), shelf=shelf)
    with pytest.raises(ClosedShelf):
        book(GoodsIn.objects.select_related("shelf", "user").get(pk=sheet.pk))


def test_scan_box_needs_a_shelf_first() -> None:
    user, variant = make_user(), make_variant()

    with pytest.raises(NoShelfYet):
        scan_box(user=user, barcode=variant.barcode, variant=variant)
    open_sheet(user=user)
    with pytest.raises(NoShelfYet):
        scan_box(user=user, barcode=variant.barcode, variant=variant)


def test_set_quantity_writes_the_number_and_zero_takes_the_line_off() -> None:
    make_variant("one")
    make_variant("two")
    sheet = sheet_with(make_shelf(), "one", "two")
    one, two = sheet.lines.order_by("pk")

    set_quantity(user=sheet.user, line_id=one.pk, quantity=12)
    set_quantity(user=sheet.user, line_id=two.pk, quantity=0)
    with pytest.raises(InvalidQuantity):
        set_quantity(user=sheet.user, line_id=one.pk, quantity=20_001)
    with pytest.raises(NothingScanned):
        set_quantity(user=make_user(), line_id=one.pk, quantity=1)

    assert list(sheet.lines.values_list("barcode", "quantity")) == [("one", 12)]


@pytest.mark.parametrize("mode", list(GoodsInMode))
def test_book_sheet_refuses_an_empty_sheet(mode: GoodsInMode) -> None:
    shelf = make_shelf()
    stock(make_variant("one"), shelf, 2)
    sheet = sheet_with(shelf, mode=mode)

    with pytest.raises(NothingScanned):
        book(sheet)

    assert balances(shelf) == {"one": 2}


def test_book_sheet_refuses_a_dropped_sheet_and_one_of_somebody_else() -> None:
    make_variant("one")
    sheet = sheet_with(make_shelf(), "one")
    seen = token(sheet)

    with pytest.raises(SheetGone):
        book_sheet(sheet_id=sheet.pk, token=seen, user=make_user())
    drop_sheet(user=sheet.user)
    with pytest.raises(SheetGone):
        book_sheet(sheet_id=sheet.pk, token=seen, user=sheet.user)
    with pytest.raises(SheetGone):
        drop_sheet(user=sheet.user)


def test_book_sheet_keeps_in_the_books_what_a_picker_has_in_hand() -> None:
    """A box that was scanned for an order is not on the shelf; replacing must not take it from the order."""
    shelf, variant = make_shelf("A-B-03"), make_variant("one")
    stock(variant, shelf, 3)
    order = make_order([(variant, 1)])
    take_in_hand(order, shelf)
    sheet = sheet_with(shelf, "one", "one", mode=GoodsInMode.REPLACE)
    seen = preview(sheet, list(sheet.lines.all()))

    booked = book_sheet(sheet_id=sheet.pk, token=seen.token, user=sheet.user)

    assert (seen.vanishing, seen.appearing, booked.delta) == ((), (), 0)
    confirm_picking(order_id=order.pk)
    assert balances(shelf) == {"one": 2}


def test_book_sheet_refuses_a_replacement_when_a_picker_took_a_box_since_the_preview() -> None:
    shelf, variant = make_shelf("A-B-03"), make_variant("one")
    stock(variant, shelf, 3)
    sheet = sheet_with(shelf, *["one"] * 3, mode=GoodsInMode.REPLACE)
    seen = token(sheet)
    take_in_hand(make_order([(variant, 1)]), shelf)

    with pytest.raises(SheetChanged):
        book_sheet(sheet_id=sheet.pk, token=seen, user=sheet.user)

    assert balances(shelf) == {"one": 3}
