"""Sheets of stock: counts and moves that end in the ledger, and what they refuse."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from catalog.models import Variant
from gullu.excel.errors import PreviewOutdated, RowsWrong
from gullu.excel.kinds import kinds
from gullu.excel.services import decide
from gullu.excel.writing import write_csv, write_workbook
from gullu.models import User
from inventory.doubt import record_surprise
from inventory.enums import MovementKind
from inventory.models import CentralStock, CountTask, RafUrun, Shelf, StockDoubt, StockMovement
from inventory.services import move_stock
from orders.models import PickScan
from tests.factories import make_order, make_product, make_shelf, make_superuser, make_variant, stock
from tests.gullu.excelkit import (
    applied,
    give,
    given,
    left_out,
    outcomes,
    preview,
    problems,
    saved,
    told,
    workbook,
)

pytestmark = pytest.mark.django_db
COUNT = ("Barkod", "Raf", "Sayılan", "Açıklama")
MOVE = ("Barkod", "Şimdiki raf", "Hedef raf", "Adet")


@pytest.fixture(autouse=True)
def empty_storage(settings: Any) -> None:
    """Files are no part of the transaction that is rolled back."""
    settings.STORAGES = dict(settings.STORAGES)


@pytest.fixture
def owner() -> User:
    return make_superuser()


@pytest.fixture
def shelf() -> Shelf:
    return make_shelf("A-B-03")


@pytest.fixture
def boots(shelf: Shelf) -> Variant:
    variant = make_variant("8680000000017", product=make_product("GA-1042"), colour="Siyah", size="37")
    stock(variant, shelf, 5)
    return variant


def there(variant: Variant) -> tuple[int, dict[str, int]]:
    """Central stock, and what lies on which shelf."""
    rows = RafUrun.objects.filter(variant=variant, adet__gt=0).values_list("shelf__code", "adet")
    return CentralStock.objects.get(variant=variant).qty, dict(rows)


def held(variant: Variant, shelf: Shelf, user: User, pairs: int) -> None:
    """Pairs a picker took from a shelf and has not confirmed yet."""
    line = make_order([(variant, pairs)]).lines.get()
    PickScan.objects.create(line=line, shelf=shelf, quantity=pairs, user=user)


# --- counts -------------------------------------------------------------------------------------------------------


def test_count_sets_a_shelf_to_what_was_found(owner: User, boots: Variant, shelf: Shelf) -> None:
    excel = give("counts", workbook(COUNT, (boots.barcode, "a-b-03", 3, "Vitrinden alındı")), user=owner)

    shown = told(preview(excel, user=owner))
    before = there(boots)
    decide(excel=excel, only_valid=False, user=owner)

    movement = StockMovement.objects.get(kind=MovementKind.COUNT)
    counted = kinds()["counts"].fields["counted"].title
    assert shown == [(2, "CHANGED", [(counted, "5", "3")])]
    assert (before, there(boots)) == ((5, {"A-B-03": 5}), (3, {"A-B-03": 3}))
    assert (movement.delta, movement.reason, movement.actor, movement.reference, movement.key) == (
        -2,
        "Vitrinden alındı",
        owner,
        "excel:dosya.xlsx",
        f"excel:{excel}:2",
    )


def test_count_that_agrees_is_booked_as_counted(owner: User, boots: Variant) -> None:
    standing = applied("counts", COUNT, (boots.barcode, "A-B-03", 5, ""), user=owner)

    movement = StockMovement.objects.get(kind=MovementKind.COUNT)
    assert (movement.delta, movement.reason, there(boots)[0]) == (0, "counted", 5)
    assert standing.applied is not None
    assert standing.applied.counts["unchanged"] == 1


def test_row_that_was_not_counted_books_nothing(owner: User, boots: Variant) -> None:
    other = make_variant()
    applied("counts", COUNT, (boots.barcode, "A-B-03", "", ""), (other.barcode, "A-B-03", 2, ""), user=owner)

    assert there(boots)[0] == 5
    assert list(StockMovement.objects.filter(kind=MovementKind.COUNT).values_list("variant", "delta")) == [
        (other.pk, 2)
    ]


def test_pairs_in_a_pickers_hands_are_not_counted_away(owner: User, boots: Variant, shelf: Shelf) -> None:
    held(boots, shelf, owner, 2)

    rows = given("counts", COUNT, (boots.barcode, "A-B-03", 3, ""), user=owner)
    applied("counts", COUNT, (boots.barcode, "A-B-03", 2, ""), user=owner)

    assert outcomes(rows) == ["SAME"]
    assert there(boots) == (4, {"A-B-03": 4})


@pytest.mark.parametrize(
    ("row", "named"),
    [
        (("8680000000017", "Z-9", 3), "Z-9"),
        (("8690000000001", "A-B-03", 3), "8690000000001"),
        (("8680000000017", "A-B-03", -1), "-1"),
        (("8680000000017", "A-B-03", "2,5"), "2,5"),
        (("8680000000017", "A-B-03", "üç"), "üç"),
        (("8680000000017", "A-B-03", 20_001), "20001"),
        (("8680000000017", "A-B-03", "-"), ""),
        (("8680000000017", "", 3), ""),
    ],
)
def test_count_that_cannot_be_meant_is_refused(
    owner: User, boots: Variant, row: tuple[Any, ...], named: str
) -> None:
    rows = given("counts", COUNT[:3], row, user=owner)

    assert (outcomes(rows), named in problems(rows)[0]) == (["WRONG"], True)


def test_shelf_counted_in_two_rows_is_wrong_in_both(owner: User, boots: Variant) -> None:
    row = (boots.barcode, "A-B-03", 3, "")

    assert outcomes(given("counts", COUNT, row, row, user=owner)) == ["WRONG", "WRONG"]


def test_expected_pairs_that_are_no_longer_so_refuse_the_row(owner: User, boots: Variant) -> None:
    heads = (*COUNT[:3], "Kayıtlı adet")
    other = make_variant()
    rows = given(
        "counts", heads, (boots.barcode, "A-B-03", 4, 5), (other.barcode, "A-B-03", 4, 9), user=owner
    )

    assert outcomes(rows) == ["CHANGED", "WRONG"]


def test_pick_between_preview_and_decision_refuses_the_row(owner: User, boots: Variant, shelf: Shelf) -> None:
    make_shelf("A-B-04")
    excel = give("counts", workbook(COUNT, (boots.barcode, "A-B-03", 3, "")), user=owner)
    move_stock(barcode=boots.barcode, from_shelf="A-B-03", to_shelf="A-B-04", quantity=1)

    with pytest.raises(PreviewOutdated):
        decide(excel=excel, only_valid=False, user=owner)

    assert there(boots) == (5, {"A-B-03": 4, "A-B-04": 1})
    assert [change.before for change in preview(excel, user=owner)[0].changes] == ["4"]


def test_count_answers_tasks_and_ends_doubt(owner: User, boots: Variant, shelf: Shelf) -> None:
    for _time in range(2):
        record_surprise(variant_id=boots.pk, shelf_id=shelf.pk, user_id=owner.pk)
    doubted = StockDoubt.objects.filter(variant=boots, held__gt=0).exists()

    applied("counts", COUNT, (boots.barcode, "A-B-03", 5, ""), user=owner)

    assert doubted
    assert (CountTask.objects.filter(done_at=None).count(), StockDoubt.objects.count()) == (0, 0)


def test_counts_of_the_same_file_are_booked_once(owner: User, boots: Variant) -> None:
    excel = give("counts", workbook(COUNT, (boots.barcode, "A-B-03", 3, "")), user=owner)

    for _time in range(2):
        decide(excel=excel, only_valid=False, user=owner)

    assert StockMovement.objects.filter(kind=MovementKind.COUNT).count() == 1


# --- placements ---------------------------------------------------------------------------------------------------


def test_pairs_are_moved_to_the_new_shelf(owner: User, boots: Variant) -> None:
    make_shelf("A-B-04")
    excel = give("placements", workbook(MOVE, (boots.barcode, "A-B-03", "a-b-04", 2)), user=owner)

    shown = told(preview(excel, user=owner))
    before = there(boots)
    decide(excel=excel, only_valid=False, user=owner)

    assert shown == [(2, "CHANGED", [("A-B-03", "5", "3"), ("A-B-04", "0", "2")])]
    assert (before, there(boots)) == ((5, {"A-B-03": 5}), (5, {"A-B-03": 3, "A-B-04": 2}))
    assert list(
        StockMovement.objects.filter(kind=MovementKind.MOVE).order_by("pk").values_list("delta", "reference")
    ) == [(-2, "A-B-03 → A-B-04"), (2, "A-B-03 → A-B-04")]


def test_row_without_a_new_shelf_stays_where_it_is(owner: User, boots: Variant) -> None:
    assert told(given("placements", MOVE, (boots.barcode, "A-B-03", "", 5), user=owner)) == [(2, "SAME", [])]


def test_shortage_names_barcode_wanted_and_there(owner: User, boots: Variant) -> None:
    make_shelf("A-B-04")

    rows = given("placements", MOVE, (boots.barcode, "A-B-03", "A-B-04", 6), user=owner)

    assert outcomes(rows) == ["WRONG"]
    assert [part in problems(rows)[0] for part in ("A-B-03", boots.barcode, "6", "5")] == [True] * 4


def test_rows_are_carried_out_in_their_order(owner: User, boots: Variant) -> None:
    make_shelf("A-B-04")
    make_shelf("A-B-05")
    rows = (
        (boots.barcode, "A-B-03", "A-B-04", 4),
        (boots.barcode, "A-B-04", "A-B-05", 3),
        (boots.barcode, "A-B-03", "A-B-05", 2),
    )

    shown = given("placements", MOVE, *rows, user=owner)
    applied("placements", MOVE, *rows, user=owner, only_valid=True)

    assert outcomes(shown) == ["CHANGED", "CHANGED", "WRONG"]
    assert there(boots) == (5, {"A-B-03": 1, "A-B-04": 1, "A-B-05": 3})


def test_row_left_out_gives_nothing_to_the_rows_below(owner: User, boots: Variant) -> None:
    make_shelf("A-B-04")
    make_shelf("A-B-05")
    rows = ((boots.barcode, "A-B-03", "A-B-04", 6), (boots.barcode, "A-B-04", "A-B-05", 1))

    assert outcomes(given("placements", MOVE, *rows, user=owner)) == ["WRONG", "WRONG"]


def test_pairs_in_a_pickers_hands_are_not_carried_away(owner: User, boots: Variant, shelf: Shelf) -> None:
    make_shelf("A-B-04")
    held(boots, shelf, owner, 2)

    rows = given("placements", MOVE, (boots.barcode, "A-B-03", "A-B-04", 4), user=owner)

    assert outcomes(rows) == ["WRONG"]


@pytest.mark.parametrize(
    ("target", "pairs"),
    [
        ("A-B-03", 1),
        ("Z-9", 1),
        ("KAPALI", 1),
        ("A-B-04", 0),
        ("A-B-04", ""),
        ("A-B-04", "-1"),
        ("A-B-04", "1,5"),
    ],
)
def test_move_that_cannot_be_meant_is_refused(owner: User, boots: Variant, target: str, pairs: Any) -> None:
    make_shelf("A-B-04")
    make_shelf("KAPALI", active=False)

    rows = given("placements", MOVE, (boots.barcode, "A-B-03", target, pairs), user=owner)

    assert (outcomes(rows), len(problems(rows))) == (["WRONG"], 1)


def test_move_whose_shelf_changed_since_the_preview_is_refused(owner: User, boots: Variant) -> None:
    make_shelf("A-B-04")
    excel = give("placements", workbook(MOVE, (boots.barcode, "A-B-03", "A-B-04", 2)), user=owner)
    move_stock(barcode=boots.barcode, from_shelf="A-B-03", to_shelf="A-B-04", quantity=1)

    with pytest.raises(PreviewOutdated) as caught:
        decide(excel=excel, only_valid=False, user=owner)

    assert "A-B-03" in caught.value.message
    assert there(boots) == (5, {"A-B-03": 4, "A-B-04": 1})


def test_all_or_nothing_moves_nothing_while_a_row_is_wrong(owner: User, boots: Variant) -> None:
    make_shelf("A-B-04")
    rows = ((boots.barcode, "A-B-03", "A-B-04", 2), (boots.barcode, "A-B-03", "A-B-04", 9))
    with pytest.raises(RowsWrong):
        applied("placements", MOVE, *rows, user=owner)

    assert there(boots) == (5, {"A-B-03": 5})


# --- out and in again ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", [write_workbook, write_csv])
@pytest.mark.parametrize("slug", ["counts", "placements"])
def test_what_is_downloaded_changes_nothing_when_it_is_handed_in(
    owner: User, boots: Variant, shelf: Shelf, slug: str, write: Any
) -> None:
    held(boots, shelf, owner, 1)
    resource = kinds()[slug](money=False)
    out = BytesIO()
    write(out, resource, resource.found("ga-1042"))

    rows = preview(give(slug, out.getvalue(), user=owner), user=owner)

    assert told(rows) == [(2, "SAME", [])]


def test_downloaded_placements_are_filled_in_and_moved(owner: User, boots: Variant) -> None:
    make_shelf("A-B-04")
    resource = kinds()["placements"](money=False)
    out = BytesIO()
    write_workbook(out, resource, resource.found(""))
    book = load_workbook(BytesIO(out.getvalue()))
    place = [cell.value for cell in book.worksheets[0][1]].index(resource.fields["to_shelf"].title)
    book.worksheets[0].cell(row=2, column=place + 1, value="A-B-04")

    decide(excel=give("placements", saved(book), user=owner), only_valid=False, user=owner)

    assert there(boots) == (5, {"A-B-04": 5})


@pytest.mark.parametrize(("search", "found"), [("", 1), ("a-b", 1), ("ga-1042", 1), ("z", 0)])
def test_download_finds_by_model_and_by_shelf(boots: Variant, search: str, found: int) -> None:
    assert len(list(kinds()["counts"](money=False).found(search))) == found


@pytest.mark.parametrize("slug", ["counts", "placements"])
def test_statements_do_not_grow_with_the_rows(owner: User, slug: str) -> None:
    def file(count: int) -> bytes:
        source, target = make_shelf(), make_shelf()
        variants = [make_variant() for _number in range(count)]
        for variant in variants:
            stock(variant, source, 4)
        if slug == "counts":
            return workbook(COUNT, *((one.barcode, source.code, 3, "") for one in variants))
        return workbook(MOVE, *((one.barcode, source.code, target.code, 3) for one in variants))

    def both(content: bytes) -> int:
        with CaptureQueriesContext(connection) as captured:
            excel = give(slug, content, user=owner)
            decide(excel=excel, only_valid=False, user=owner)
        return len(captured)

    both(file(1))  # statements are prepared once a connection
    few, many = both(file(2)), both(file(25))

    assert few == many


def test_rows_left_out_say_why(owner: User, boots: Variant) -> None:
    rows = ((boots.barcode, "A-B-03", 3, ""), (boots.barcode, "Z-9", 3, ""))

    standing = applied("counts", COUNT, *rows, user=owner, only_valid=True)

    assert [(row.number, "Z-9" in row.problems[0]) for row in left_out(standing)] == [(3, True)]
    assert there(boots) == (3, {"A-B-03": 3})
