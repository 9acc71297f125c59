"""What the forecasts learn from: sales of Istanbul days, and days on which a barcode lay on no shelf."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.facts.services import refresh_facts
from analytics.forecasts.history import sales_frame, stockout_days, stockouts_frame
from catalog.models import BundlePart, Variant
from inventory.models import Shelf
from orders.enums import OrderState
from orders.models import ReturnUnit
from tests.analytics.forecasts.kit import at, move, sell
from tests.factories import make_order, make_product, make_shelf, make_variant

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 10)


def day(number: int) -> date:
    return date(2026, 3, number)


def sold(**given: Any) -> list[tuple[date, str, int]]:
    refresh_facts()
    frame = sales_frame(FIRST, LAST, **given)
    return [tuple(row) for row in frame.itertuples(index=False)]


# --- sales ------------------------------------------------------------------------------------------------------------


def test_sales_are_added_up_per_istanbul_day_and_variant() -> None:
    one, other = make_variant(), make_variant()
    sell(day(2), [(one, 2)], hour=0)  # 21:00 UTC of the day before
    sell(day(2), [(one, 1), (other, 1)], hour=23)
    sell(day(3), [(one, 1)], hour=0)

    assert sold() == [
        (day(2), str(one.pk), 3),
        (day(2), str(other.pk), 1),
        (day(3), str(one.pk), 1),
    ]
    assert sold(variants=[other.pk]) == [(day(2), str(other.pk), 1)]


def test_sales_leave_out_cancellations_unknown_barcodes_and_other_days() -> None:
    one = make_variant()
    sell(day(2), [(one, 2)], status=OrderState.CANCELLED)
    make_order([("4056789", 1)], ordered_at=at(day(2)), status=OrderState.DELIVERED)
    sell(FIRST - timedelta(days=1), [(one, 1)])
    sell(LAST + timedelta(days=1), [(one, 1)])

    assert sold() == []


def test_sales_keep_what_came_back() -> None:
    one = make_variant()
    order = make_order([(one, 2)], ordered_at=at(day(2)), status=OrderState.DELIVERED)
    line = order.lines.get()
    ReturnUnit.objects.create(
        claim_item_id="u1", claim_id="c1", order_number=order.order_number, order=order, line=line,
        barcode=line.barcode, status="Accepted", claimed_at=at(day(8)), remote_modified_at=at(day(8)),
    )  # fmt: skip

    assert sold() == [(day(2), str(one.pk), 2)]


def test_cartons_are_left_out_of_sales_and_of_days_without_stock() -> None:
    model = make_product()
    pair, carton = make_variant(product=model, size="37"), make_variant(product=model, size="Koli")
    BundlePart.objects.create(bundle=carton, part=pair, quantity=6)
    sell(day(2), [(carton, 1), (pair, 1)])
    shelf = make_shelf()
    for variant in (pair, carton):
        move(variant, shelf, 1, at(day(1)))
        move(variant, shelf, -1, at(day(8)))

    assert sold() == [(day(2), str(pair.pk), 1)]
    assert stockout_days(FIRST, LAST) == {pair.pk: (day(9), day(10))}


# --- days without stock -----------------------------------------------------------------------------------------------


def found(variant: Variant) -> list[int]:
    return [one.day for one in stockout_days(FIRST, LAST).get(variant.pk, ())]


@pytest.fixture
def shelf() -> Shelf:
    return make_shelf()


def test_only_whole_days_without_a_pair_count(shelf: Shelf) -> None:
    variant = make_variant()
    move(variant, shelf, 2, at(day(1)))
    move(variant, shelf, -2, at(day(3), 15))
    move(variant, shelf, 1, at(day(6), 9))
    move(variant, shelf, -1, at(day(6), 10))
    move(variant, shelf, 5, at(day(9), 18))

    # Gone from the 3rd in the afternoon; there for an hour of the 6th; back in the evening of the 9th.
    assert found(variant) == [4, 5, 7, 8]


def test_midnight_in_istanbul_divides_the_days(shelf: Shelf) -> None:
    early, late = make_variant(), make_variant()
    for variant in (early, late):
        move(variant, shelf, 1, at(day(1)))
    move(early, shelf, -1, at(day(4), 0))
    move(early, shelf, 1, at(day(6), 0))
    move(late, shelf, -1, at(day(3), 23, 59))
    move(late, shelf, 1, at(day(5), 0, 1))

    assert (found(early), found(late)) == ([4, 5], [4])


def test_before_the_first_movement_nothing_is_known(shelf: Shelf) -> None:
    variant, never = make_variant(), make_variant()
    move(variant, shelf, 1, at(day(5)))
    move(variant, shelf, -1, at(day(7)))

    assert (found(variant), found(never)) == ([8, 9, 10], [])


def test_stock_on_any_shelf_is_stock_and_a_move_is_no_gap(shelf: Shelf) -> None:
    variant, other = make_variant(), make_shelf()
    move(variant, shelf, 1, at(day(1)))
    move(variant, other, 1, at(day(2)))
    move(variant, shelf, -1, at(day(2)))
    move(variant, other, -1, at(day(6)))

    assert found(variant) == [7, 8, 9, 10]


def test_a_gap_that_began_long_ago_and_has_no_end_fills_the_span(shelf: Shelf) -> None:
    variant = make_variant()
    move(variant, shelf, 1, at(date(2025, 1, 1)))
    move(variant, shelf, -1, at(date(2025, 1, 2)))
    frame = stockouts_frame(FIRST, LAST, variants=[variant.pk])

    assert found(variant) == list(range(1, 11))
    assert (list(frame["date"]), set(frame["barcode"])) == (
        [day(number) for number in range(1, 11)],
        {str(variant.pk)},
    )


@pytest.mark.parametrize("read", [sales_frame, stockouts_frame, stockout_days])
def test_each_reading_is_one_statement(read: Callable[[date, date], Any], shelf: Shelf) -> None:
    for _number in range(3):
        variant = make_variant()
        sell(day(2), [(variant, 1)])
        move(variant, shelf, 1, at(day(1)))
    refresh_facts()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        read(FIRST, LAST)

    assert len(queries) == 1
