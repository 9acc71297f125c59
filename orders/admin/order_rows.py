"""The lines of an order for people: picture, stock and reservation, shelves, money."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from catalog.models import ProductImage
from inventory.enums import StockState
from inventory.models import RafUrun, StockMovement
from inventory.selectors import Availability, availability
from orders.models import Order, OrderLine

_KURUS: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line with the shelves its pairs were taken from, where more of it lies, its stock and its picture.

    `lies` is told while the line is still to be fetched. `commission` is what its rate promises, in money.
    """

    line: OrderLine
    shelves: tuple[str, ...]
    lies: tuple[str, ...]
    stock: Availability | None
    picture: str
    commission: Decimal | None

    @property
    def short(self) -> bool:
        """More is promised to customers than there is: this line may find no pair."""
        waiting = self.line.stock_state == StockState.RESERVED
        return waiting and self.stock is not None and self.stock.oversold > 0


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """Who pays what, in the order's currency.

    The commission is what the lines' rates promise: the marketplace's accounts have the last word. None: some line
    has no rate.
    """

    gross: Decimal
    seller_discount: Decimal
    marketplace_discount: Decimal
    total: Decimal
    commission: Decimal | None

    @property
    def net(self) -> Decimal | None:
        return None if self.commission is None else self.total - self.commission


def line_rows(order: Order) -> tuple[LineRow, ...]:
    """The lines of an order; five statements."""
    lines = list(order.lines.select_related("variant__product").order_by("pk"))
    taken, lies = _taken(lines), _lies(lines)
    pictures = _pictures(lines)
    stock = {
        row.barcode: row for row in availability([line.variant.barcode for line in lines if line.variant])
    }
    return tuple(
        LineRow(
            line=line,
            shelves=tuple(taken[line.pk]),
            lies=tuple(lies.get(line.variant_id or 0, ())) if line.stock_state == StockState.RESERVED else (),
            stock=stock.get(line.variant.barcode) if line.variant else None,
            picture=pictures.get((line.variant.product_id, line.variant.colour), "") if line.variant else "",
            commission=commission_of(line),
        )
        for line in lines
    )


def commission_of(line: OrderLine) -> Decimal | None:
    """The rate of the line applied to its total (contract section 10: the rate is percent)."""
    if line.commission_rate is None:
        return None
    commission: Decimal = line.total * line.commission_rate / 100
    return commission.quantize(_KURUS, rounding=ROUND_HALF_UP)


def money_of(order: Order, rows: tuple[LineRow, ...]) -> OrderMoney:
    """The order's sums with the commission of its lines."""
    parts = [row.commission for row in rows]
    known = [part for part in parts if part is not None]
    return OrderMoney(
        gross=order.gross_amount,
        seller_discount=order.seller_discount,
        marketplace_discount=order.marketplace_discount,
        total=order.total_amount,
        commission=sum(known, Decimal(0)) if parts and len(known) == len(parts) else None,
    )


def _taken(lines: list[OrderLine]) -> dict[int, list[str]]:
    references = {line.ledger_reference: line.pk for line in lines}
    shelves: dict[int, list[str]] = {line.pk: [] for line in lines}
    movements = StockMovement.objects.filter(reference__in=references, delta__lt=0)
    for movement in movements.select_related("shelf").order_by("pk"):
        shelves[references[movement.reference]].append(f"{movement.shelf.code} ({-movement.delta})")
    return shelves


def _lies(lines: list[OrderLine]) -> dict[int, list[str]]:
    """Shelves that hold the variants, in walking order: `A-01-02 (3)`."""
    variants = [line.variant_id for line in lines if line.variant_id]
    rows = RafUrun.objects.filter(variant__in=variants, adet__gt=0).select_related("shelf")
    lies: dict[int, list[str]] = {}
    for row in rows.order_by("shelf__route_order", "shelf__code"):
        lies.setdefault(row.variant_id, []).append(f"{row.shelf.code} ({row.adet})")
    return lies


def _pictures(lines: list[OrderLine]) -> dict[tuple[int, str], str]:
    """The first picture of each model and colour."""
    products = {line.variant.product_id for line in lines if line.variant}
    rows = ProductImage.objects.filter(product__in=products).order_by("position")
    pictures: dict[tuple[int, str], str] = {}
    for row in rows:
        pictures.setdefault((row.product_id, row.colour), row.url)
    return pictures


__all__ = ["LineRow", "OrderMoney", "commission_of", "line_rows", "money_of"]
