"""Reads about missed picks: orders that left without a deduction here, what of them is open, and where it may lie."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from inventory.enums import StockState
from inventory.models import RafUrun
from orders.models import Order, OrderLine


@dataclass(frozen=True, slots=True)
class Spot:
    """A shelf that holds pairs by the books; the code as printed on it."""

    shelf_code: str
    quantity: int


@dataclass(frozen=True, slots=True)
class MissedLine:
    """An open line: `spots` hold its article, the fullest first. `settleable` is False for an unknown barcode."""

    line: OrderLine
    spots: tuple[Spot, ...]

    @property
    def settleable(self) -> bool:
        return self.line.variant_id is not None

    @property
    def there(self) -> int:
        return sum(spot.quantity for spot in self.spots)


@dataclass(frozen=True, slots=True)
class MissedOrder:
    """An order with its open lines."""

    order: Order
    lines: tuple[MissedLine, ...]

    @property
    def pairs(self) -> int:
        return sum(row.line.quantity for row in self.lines)


def missed_order(order_id: int) -> MissedOrder | None:
    """One missed pick; None when it is none (any more). Three statements."""
    return next(iter(_read(Order.objects.missed_picks().filter(pk=order_id))), None)


def missed_orders(*, first: int, most: int) -> list[MissedOrder]:
    """Missed picks, the longest gone first, `most` from place `first` on. Three statements."""
    orders = Order.objects.missed_picks().order_by("shipped_at", "ordered_at", "pk")
    return _read(orders[first : first + most])


def _read(orders: QuerySet[Order]) -> list[MissedOrder]:
    open_lines = (
        OrderLine.objects.filter(stock_state=StockState.RESERVED)
        .select_related("variant__product")
        .order_by("pk")
    )
    found = list(
        orders.defer("payload", "invoice_address", "shipment_address").prefetch_related(
            Prefetch("lines", queryset=open_lines)
        )
    )
    spots = _spots([line for order in found for line in order.lines.all()])
    return [
        MissedOrder(
            order, tuple(MissedLine(line, spots.get(line.variant_id or 0, ())) for line in order.lines.all())
        )
        for order in found
    ]


def _spots(lines: list[OrderLine]) -> dict[int, tuple[Spot, ...]]:
    variants = {line.variant_id for line in lines if line.variant_id is not None}
    rows = RafUrun.objects.filter(variant_id__in=variants, adet__gt=0)
    spots: dict[int, tuple[Spot, ...]] = {}
    ordered = rows.order_by("-adet", "shelf__route_order", "pk")
    for variant_id, code, pairs in ordered.values_list("variant_id", "shelf__code", "adet"):
        spots[variant_id] = (*spots.get(variant_id, ()), Spot(code, pairs))
    return spots
