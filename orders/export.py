"""Orders as an Excel workbook: a sheet of orders and a sheet of their lines, written row by row, however many.

Texts are typed as texts and marked as such, so that nothing a customer typed is ever taken for a formula. Amounts are
numbers, times are local.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import IO, Any, Final

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from orders.models import Order, OrderLine

ROWS_AT_ONCE: Final = 500
_MONEY: Final = "#,##0.00"
_TIME: Final = "dd.mm.yyyy hh:mm"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, what it says of a row, and its width in letters. `money`: only for who may see amounts."""

    title: str | Promise
    value: Callable[[Any], Any]
    width: int = 16
    money: bool = False


def _article(line: OrderLine) -> str:
    parts = (line.variant.product.code if line.variant else line.barcode, line.colour, line.size)
    return " ".join(part for part in parts if part)


def _articles(order: Order) -> str:
    return ", ".join(f"{_article(line)} × {line.quantity}" for line in order.lines.all())


ORDER_COLUMNS: Final = (
    Column(_("order number"), lambda order: order.order_number),
    Column(_("package"), lambda order: str(order.package_id or "")),
    Column(_("state"), lambda order: order.get_status_display()),
    Column(_("marketplace status"), lambda order: order.remote_status),
    Column(_("channel"), lambda order: order.get_source_display() or order.get_channel_display()),
    Column(_("ordered"), lambda order: order.ordered_at),
    Column(_("ship by"), lambda order: order.ship_by_at),
    Column(_("picked"), lambda order: order.picked_at),
    Column(_("shipped"), lambda order: order.shipped_at),
    Column(_("delivered"), lambda order: order.delivered_at),
    Column(_("cancelled"), lambda order: order.cancelled_at),
    Column(_("customer"), lambda order: order.customer_name, 28),
    Column(_("city"), lambda order: order.city),
    Column(_("district"), lambda order: order.district),
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
    Column(_("order number"), lambda line: line.order.order_number),
    Column(_("package"), lambda line: str(line.order.package_id or "")),
    Column(_("state"), lambda line: line.order.get_status_display()),
    Column(_("ordered"), lambda line: line.order.ordered_at),
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
    orders = Sheet(book, gettext("Orders"), ORDER_COLUMNS, with_money=with_money)
    lines = Sheet(book, gettext("Lines"), LINE_COLUMNS, with_money=with_money)
    for order in _read(order_ids):
        orders.add(order)
        for line in order.lines.all():
            line.order = order
            lines.add(line)
    book.save(target)


def _read(order_ids: Sequence[int]) -> Iterator[Order]:
    lines = OrderLine.objects.select_related("variant__product").defer("units").order_by("pk")
    wanted = Order.objects.defer("payload", "invoice_address", "shipment_address")
    for start in range(0, len(order_ids), ROWS_AT_ONCE):
        ids = order_ids[start : start + ROWS_AT_ONCE]
        found = wanted.prefetch_related(Prefetch("lines", queryset=lines)).in_bulk(ids)
        yield from (found[pk] for pk in ids if pk in found)


class Sheet:
    """One sheet of a write-only workbook. Cells are used again for each row: a written row is not kept."""

    def __init__(self, book: Workbook, title: str, columns: Sequence[Column], *, with_money: bool) -> None:
        self.columns = [column for column in columns if with_money or not column.money]
        self.sheet = book.create_sheet(title)
        self.sheet.freeze_panes = "A2"
        for place, column in enumerate(self.columns, start=1):
            self.sheet.column_dimensions[get_column_letter(place)].width = column.width
        self.texts = [self._cell() for _column in self.columns]
        self.times = [self._cell(_TIME) for _column in self.columns]
        self.amounts = [self._cell(_MONEY) for _column in self.columns]
        self.sheet.append([self._heading(column) for column in self.columns])

    def add(self, row: Any) -> None:
        """Append one row."""
        self.sheet.append(
            [self._filled(place, column.value(row)) for place, column in enumerate(self.columns)]
        )

    def _cell(self, looks: str = "General") -> WriteOnlyCell:
        cell = WriteOnlyCell(self.sheet)
        cell.number_format = looks
        if looks == "General":
            cell.quotePrefix = True
        return cell

    def _heading(self, column: Column) -> WriteOnlyCell:
        words = str(column.title)
        cell = WriteOnlyCell(self.sheet, value=words[:1].replace("i", "İ").upper() + words[1:])
        cell.font = Font(bold=True)
        return cell

    def _filled(self, place: int, value: Any) -> Any:
        if value is None or value == "":
            return None
        if isinstance(value, datetime):
            cell = self.times[place]
            cell.value = timezone.localtime(value).replace(tzinfo=None)
        elif isinstance(value, Decimal):
            cell = self.amounts[place]
            cell.value = value
        elif isinstance(value, bool):
            return self._text(place, gettext("yes") if value else gettext("no"))
        elif isinstance(value, int):
            return value
        else:
            return self._text(place, str(value))
        return cell

    def _text(self, place: int, text: str) -> WriteOnlyCell:
        cell = self.texts[place]
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
        # Whatever it begins with: a text, never a formula.
        cell.data_type = "s"
        return cell


__all__ = ["LINE_COLUMNS", "ORDER_COLUMNS", "Column", "write_workbook"]
