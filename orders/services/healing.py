"""Promises that mend themselves: unknown barcodes find their product, packages nobody replaced free their pairs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from inventory.enums import StockState
from orders.locks import lock_lines, lock_reservations
from orders.models import Order
from orders.services.cancelling import release


@transaction.atomic
def heal_unknown_lines() -> list[str]:
    """Give lines without a variant the one that has their barcode by now; returns those barcodes, sorted.

    From this moment the lines reserve stock.
    """
    lock_reservations()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orders_orderline AS line SET variant_id = variant.id, updated_at = clock_timestamp()"
            " FROM catalog_variant AS variant"
            " WHERE line.variant_id IS NULL AND variant.barcode = line.barcode RETURNING line.barcode"
        )
        return sorted({barcode for (barcode,) in cursor.fetchall()})


@dataclass(frozen=True, slots=True)
class Unreplaced:
    """A package that was replaced by others which never came, and the pairs that were promised for it till now."""

    package_id: int
    order_number: str
    pairs: int


@transaction.atomic
def release_unreplaced(*, before: datetime) -> list[Unreplaced]:
    """Free lines of packages that were replaced before this moment by packages which never arrived.

    Only after the marketplace was asked again: until then the pairs stay promised.
    """
    now = lock_reservations()
    waiting = Order.objects.filter(
        superseded=True, remote_modified_at__lt=before, lines__stock_state=StockState.RESERVED
    )
    orders = {order.pk: order for order in waiting.only("order_number", "package_id").distinct()}
    pairs: dict[int, int] = dict.fromkeys(orders, 0)
    freed = [line for line in lock_lines(list(orders)) if line.stock_state == StockState.RESERVED]
    for line in freed:
        pairs[line.order_id] += line.quantity
    release(freed, at=now)
    return [
        Unreplaced(order.marketplace_package, order.order_number, pairs[pk]) for pk, order in orders.items()
    ]
