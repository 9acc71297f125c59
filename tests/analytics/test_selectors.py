from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from analytics.selectors import Sales, sales_between, sales_by_day, sales_of_day, sales_of_week
from inventory.enums import StockState
from orders.enums import OrderState
from orders.models import OrderLine, PutBack
from orders.services.picking import confirm_picking
from tests.factories import make_order, make_shelf, make_variant, stock

pytestmark = pytest.mark.django_db

FRIDAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def sell(pairs: int = 1, price: str = "100", **fields: object) -> object:
    fields.setdefault("ordered_at", NOON)
    return make_order([(make_variant(), pairs)], unit_price=Decimal(price), **fields)  # type: ignore[arg-type]


def test_sales_add_up_orders_pairs_and_amount() -> None:
    sell(2, "100")
    sell(1, "50")

    sales = sales_of_day(FRIDAY)

    assert sales == Sales(orders=2, pairs=3, amount=Decimal(250))
    assert sales.average_per_order == Decimal("125.00")


def test_day_begins_and_ends_at_midnight_in_istanbul() -> None:
    first_moment = datetime(2026, 11, 19, 21, 0, tzinfo=UTC)
    for at in (
        first_moment - timedelta(seconds=1),
        first_moment,
        first_moment + timedelta(hours=23, minutes=59),
    ):
        sell(ordered_at=at)
    sell(ordered_at=first_moment + timedelta(days=1))

    assert sales_of_day(FRIDAY).orders == 2


def test_cancelled_orders_are_no_sales() -> None:
    sell(status=OrderState.CANCELLED)
    sell(status=OrderState.CANCELLED, superseded=True)

    assert sales_of_day(FRIDAY) == Sales()


def test_unpaid_orders_are_no_sales_yet() -> None:
    sell(payment_pending=True)

    assert sales_of_day(FRIDAY) == Sales()


@pytest.mark.parametrize(
    "state", [OrderState.PICKING, OrderState.SHIPPED, OrderState.DELIVERED, OrderState.RETURNED]
)
def test_sales_stay_sales_wherever_the_parcel_is(state: OrderState) -> None:
    sell(status=state)

    assert sales_of_day(FRIDAY).orders == 1


def test_cancelled_line_of_a_living_order_is_left_out() -> None:
    order = make_order([(make_variant(), 1), (make_variant(), 1)], unit_price=Decimal(80), ordered_at=NOON)
    line = order.lines.order_by("pk")[0]
    OrderLine.objects.filter(pk=line.pk).update(stock_state=StockState.RELEASED)

    assert sales_of_day(FRIDAY) == Sales(orders=1, pairs=1, amount=Decimal(80))


def test_line_cancelled_after_picking_is_left_out() -> None:
    variant = make_variant()
    stock(variant, make_shelf(), 1)
    order = make_order([(variant, 1)], ordered_at=NOON)
    confirm_picking(order_id=order.pk)
    line = order.lines.get()
    PutBack.objects.create(line=line, variant=variant, quantity=1, reason=PutBack.Reason.CANCELLED)

    assert sales_of_day(FRIDAY) == Sales()


def test_packages_of_one_order_number_are_one_order() -> None:
    for _ in range(2):
        sell(order_number="10452345678")

    assert sales_of_day(FRIDAY) == Sales(orders=1, pairs=2, amount=Decimal(200))


def test_average_of_nothing_is_not_a_number() -> None:
    assert Sales().average_per_order is None


def test_week_runs_from_monday_to_sunday() -> None:
    for day in (-5, -4, 0, 2, 3):
        sell(ordered_at=NOON + timedelta(days=day))

    assert sales_of_week(FRIDAY).orders == 3


def test_days_without_a_sale_are_listed_too(django_assert_num_queries: object) -> None:
    sell(ordered_at=NOON)
    sell(ordered_at=NOON - timedelta(days=2))

    with django_assert_num_queries(1):  # type: ignore[operator]
        days = sales_by_day(first=FRIDAY - timedelta(days=2), last=FRIDAY)

    assert [(day.day.day, day.sales.orders) for day in days] == [(18, 1), (19, 0), (20, 1)]


def test_last_day_of_a_range_is_counted_to_its_end() -> None:
    sell(ordered_at=datetime(2026, 11, 20, 20, 59, 59, tzinfo=UTC))

    assert sales_by_day(first=FRIDAY, last=FRIDAY)[0].sales.orders == 1


def test_sales_between_leave_the_end_out() -> None:
    sell(ordered_at=NOON)

    assert [
        sales_between(start=NOON, end=NOON).orders,
        sales_between(start=NOON, end=NOON + timedelta(seconds=1)).orders,
    ] == [0, 1]
