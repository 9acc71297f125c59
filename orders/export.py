"""Orders as an Excel workbook: a sheet of orders and a sheet of their lines, written row by row, however many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, Final

from django.db.models import Prefetch
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook

from gullu.workbooks import Column, Sheet
from orders.models import Order, OrderLine

ROWS_AT_ONCE: Final = 500


def _article(line: OrderLine) -> str:
    parts = (line.variant.product.code if line.variant else line.barcode, line.colour, line.size)
    return " ".join(part for part in parts if part)


def _articles(order: Order) -> str:
    return ", ".join(f"{_article(line)} × {line.quantity}" for line in order.lines.all())


ORDER_COLUMNS: Final = (
    Column(_("order number"), lambda order: order.order_number, 16),
    Column(_("package"), lambda order: str(order.package_id or ""), 16),
    Column(_("state"), lambda order: order.get_status_display(), 16),
    Column(_("marketplace status"), lambda order: order.remote_status, 16),
    Column(_("channel"), lambda order: order.get_source_display() or order.get_channel_display(), 16),
    Column(_("ordered"), lambda order: order.ordered_at, 16),
    Column(_("ship by"), lambda order: order.ship_by_at, 16),
    Column(_("picked"), lambda order: order.picked_at, 16),
    Column(_("shipped"), lambda order: order.shipped_at, 16),
    Column(_("delivered"), lambda order: order.delivered_at, 16),
    Column(_("cancelled"), lambda order: order.cancelled_at, 16),
    Column(_("customer"), lambda order: order.customer_name, 28),
    Column(_("city"), lambda order: order.city, 16),
    Column(_("district"), lambda order: order.district, 16),
    Column(_("carrier"), lambda order: order.cargo_provider, 24),
    Column(_("cargo number"), lambda order: order.cargo_tracking_number, 18),
    Column(_("pairs"), lambda order: sum(line.quantity for line in order.lines.all()), 8),
    Column(_("articles"), _articles, 48),
    Column(_("gross"), lambda order: order.gross_amount, 12, money=True),
    Column(_("our discount"), lambda order: order.seller_discount, 12, money=True),
    Column(_("marketplace discount"), lambda order: order.marketplace_discount, 12, money=True),
    Column(_("total"), lambda order: order.total_amount, 12, money=True),
    Column(_("currency"), lambda order: order.currency, 10),
    Column(_("invoice number"), lambda order: order.invoice_number, 20),
    Column(_("corporate invoice"), lambda order: order.commercial, 12),
    Column(_("micro export"), lambda order: order.micro_export, 12),
    Column(_("parked because"), lambda order: order.get_park_reason_display() if order.parked else "", 24),
    Column(_("note"), lambda order: order.note, 30),
)
LINE_COLUMNS: Final = (
    Column(_("order number"), lambda line: line.order.order_number, 16),
    Column(_("package"), lambda line: str(line.order.package_id or ""), 16),
    Column(_("state"), lambda line: line.order.get_status_display(), 16),
    Column(_("ordered"), lambda line: line.order.ordered_at, 16),
    Column(_("barcode"), lambda line: line.barcode, 18),
    Column(_("model"), lambda line: line.variant.product.code if line.variant else "", 12),
    Column(_("product"), lambda line: line.product_name, 36),
    Column(_("colour"), lambda line: line.colour, 12),
    Column(_("size"), lambda line: line.size, 8),
    Column(_("quantity"), lambda line: line.quantity, 8),
    Column(_("stock"), lambda line: line.get_stock_state_display(), 18),
    Column(_("unit price"), lambda line: line.unit_price, 12, money=True),
    Column(_("total"), lambda line: line.total, 12, money=True),
    Column(_("commission rate"), lambda line: line.commission_rate, 12, money=True),
)


def write_workbook(target: IO[bytes], order_ids: Sequence[int], *, with_money: bool) -> None:
    """Write the orders, in this sequence, into a file. Holds a few hundred orders in memory at a time."""
    book = Workbook(write_only=True)
    orders = Sheet(book, gettext("Orders"), _shown(ORDER_COLUMNS, with_money=with_money))
    lines = Sheet(book, gettext("Lines"), _shown(LINE_COLUMNS, with_money=with_money))
    for order in _read(order_ids):
        orders.add(order)
        for line in order.lines.all():
            line.order = order
            lines.add(line)
    book.save(target)


def _shown(columns: Sequence[Column], *, with_money: bool) -> list[Column]:
    return [column for column in columns if with_money or not column.money]


def _read(order_ids: Sequence[int]) -> Iterator[Order]:
    lines = OrderLine.objects.select_related("variant__product").defer("units").order_by("pk")
    wanted = Order.objects.defer("payload", "invoice_address", "shipment_address")
    for start in range(0, len(order_ids), ROWS_AT_ONCE):
        ids = order_ids[start : start + ROWS_AT_ONCE]
        found = wanted.prefetch_related(Prefetch("lines", queryset=lines)).in_bulk(ids)
        yield from (found[pk] for pk in ids if pk in found)


__all__ = ["LINE_COLUMNS", "ORDER_COLUMNS", "write_workbook"]
