"""Row locks on orders. Order everywhere: orders → order lines → CentralStock → RafUrun, each by key."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db.models import Q

from gullu.locks import transaction_lock
from gullu.prepared import Prepared, columns, instance
from orders.errors import OrderNotFound
from orders.models import Order, OrderLine, PutBack

# Held by everything that adds, frees or re-sizes order lines, and by the moment in which a push reads what is
# available. A line's times can therefore be compared with the time of that reading without a gap.
RESERVATIONS = "orders.reservations"


def lock_reservations() -> datetime:
    """Serialise changes of what is reserved, until the current transaction ends; returns the time of it."""
    return transaction_lock(RESERVATIONS)


def lock_order(order_id: int) -> Order:
    """The order, locked; raises `OrderNotFound`."""
    order = Order.objects.select_for_update(no_key=True, of=("self",)).filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound(order=order_id)
    return order


def lock_packages(package_ids: Collection[int]) -> dict[int, Order]:
    """Known orders of these packages and of packages made from them, locked in key order, by package."""
    wanted = Q(package_id__in=package_ids) | Q(origin_package_ids__overlap=list(package_ids))
    rows = Order.objects.select_for_update(no_key=True, of=("self",)).filter(wanted)
    return {row.package_id: row for row in rows.order_by("pk") if row.package_id is not None}


def lock_sold(package_ids: Collection[int], order_numbers: Collection[str]) -> list[Order]:
    """Orders of these packages or numbers, locked in key order, with just that and `anonymized_at`."""
    wanted = Q(package_id__in=package_ids) | Q(order_number__in=order_numbers)
    rows = Order.objects.select_for_update(no_key=True, of=("self",)).filter(wanted).order_by("pk")
    return list(rows.only("package_id", "order_number", "anonymized_at"))


def lock_lines(order_ids: Collection[int]) -> list[OrderLine]:
    """All lines of these orders, locked in key order."""
    rows = OrderLine.objects.select_for_update(no_key=True, of=("self",)).filter(order_id__in=order_ids)
    return list(rows.order_by("pk"))


_PICK_FIELDS: Final = (
    "id",
    "order_id",
    "line_id",
    "variant_id",
    "barcode",
    "quantity",
    "stock_state",
    "deducted_quantity",
    "scanned",
)
_LOCK_TO_PICK_SQL: Final = """
SELECT {columns} FROM orders_orderline AS line WHERE order_id = $1 ORDER BY id FOR NO KEY UPDATE
"""
_LOCK_TO_PICK: Final = Prepared(
    _LOCK_TO_PICK_SQL.format(columns=columns(OrderLine, "line", _PICK_FIELDS)), ("bigint",)
)


def lock_lines_to_pick(order_id: int) -> list[OrderLine]:
    """All lines of an order, locked in key order, with what picking reads and writes of them."""
    rows = _LOCK_TO_PICK.run(order_id)
    return [instance(OrderLine, iter(row), _PICK_FIELDS) for row in rows]


def lock_put_backs(line_ids: Collection[int]) -> list[PutBack]:
    """All put-backs of these lines, locked in key order."""
    rows = PutBack.objects.select_for_update(no_key=True, of=("self",)).filter(line_id__in=line_ids)
    return list(rows.order_by("pk"))
