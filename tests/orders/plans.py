"""Plans of statements, made for tables long enough that the planner has something to choose between."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from inventory.enums import StockState
from orders.models import Order, OrderLine
from orders.querysets import OrderQuerySet


def fill_table(number: int = 800) -> None:
    """Add new orders, one a minute back in time, each with an article of its own that is unknown here.

    The database counts them, whatever tables other tests have left it to reckon with.
    """
    now = timezone.now()
    orders = Order.objects.bulk_create(
        Order(
            order_number=f"x{place}",
            package_id=9_000_000 + place,
            ordered_at=now - timedelta(minutes=place),
            customer_first_name=f"ad{place}",
        )
        for place in range(number)
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            line_id=place,
            barcode=f"X{place}",
            quantity=1,
            stock_state=StockState.HISTORIC,
            created_at=order.ordered_at,
        )
        for place, order in enumerate(orders)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE orders_order, orders_orderline")


def plan_of(sql: str, parameters: Any = ()) -> tuple[set[str], str]:
    """The indexes a statement uses, and the whole plan; what can be read by index is."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
        plan = cursor.fetchone()[0]
        cursor.execute("SET LOCAL enable_seqscan = on")
    return _indexes(plan[0]["Plan"]), str(plan)


def plan_of_rows(rows: OrderQuerySet) -> tuple[set[str], str]:
    return plan_of(*rows.query.sql_with_params())


def _indexes(plan: Any) -> set[str]:
    names = {plan["Index Name"]} if "Index Name" in plan else set()
    return names.union(*(_indexes(part) for part in plan.get("Plans", [])))
