"""What was sold: orders by the day they were placed, in Istanbul time, without what was cancelled.

An order is counted on the day of `ordered_at`. What counts as sold is said in `analytics.facts.definition`. Customer
returns are not taken off: they are a figure of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, DateField, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from analytics.facts.definition import sold
from orders.models import OrderLine

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Sales:
    """`orders` are customers' orders (one number, also when split into packages); `amount` is TRY with VAT."""

    orders: int = 0
    pairs: int = 0
    amount: Decimal = Decimal(0)

    @property
    def average_per_order(self) -> Decimal | None:
        """Amount per order (not per pair); None when nothing was sold."""
        return (self.amount / self.orders).quantize(_CENT, ROUND_HALF_UP) if self.orders else None


@dataclass(frozen=True, slots=True)
class DaySales:
    """The sales of one Istanbul day."""

    day: date
    sales: Sales


def start_of_day(day: date) -> datetime:
    """Midnight of this day in the shop's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def sales_of_day(day: date) -> Sales:
    """The sales of one day, from midnight to midnight in Istanbul."""
    return sales_between(start=start_of_day(day), end=start_of_day(day + timedelta(days=1)))


def sales_of_week(day: date) -> Sales:
    """The sales of the week (Monday to Sunday) that this day belongs to."""
    monday = day - timedelta(days=day.weekday())
    return sales_between(start=start_of_day(monday), end=start_of_day(monday + timedelta(days=7)))


def sales_between(*, start: datetime, end: datetime) -> Sales:
    """Sales of orders placed at or after `start` and before `end`; one statement."""
    row = sold_lines(start=start, end=end).aggregate(**_SUMS)
    return _sales(row)


def sales_by_day(*, first: date, last: date) -> list[DaySales]:
    """Every day from `first` to `last`, both included, also the days without a sale; one statement."""
    lines = sold_lines(start=start_of_day(first), end=start_of_day(last + timedelta(days=1)))
    day = TruncDate("order__ordered_at", tzinfo=timezone.get_default_timezone(), output_field=DateField())
    rows = {
        row["day"]: _sales(row)
        for row in lines.annotate(day=day).values("day").order_by("day").annotate(**_SUMS)
    }
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [DaySales(day, rows.get(day, Sales())) for day in days]


def sold_lines(*, start: datetime, end: datetime) -> QuerySet[OrderLine]:
    """Order lines that count as sold, by the time their order was placed."""
    return sold(OrderLine.objects.filter(order__ordered_at__gte=start, order__ordered_at__lt=end))


_SUMS = {
    "orders": Count("order__order_number", distinct=True),
    "pairs": Sum("quantity", default=0),
    "amount": Sum("total", default=Decimal(0)),
}


def _sales(row: Any) -> Sales:
    return Sales(orders=row["orders"], pairs=row["pairs"], amount=row["amount"])
