"""The accounts as an Excel workbook. Codes and texts are text cells, so that Excel neither rounds nor computes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from integrations.models import Settlement
from integrations.reconciliation import against_us, differing, months, payment_ids, payments
from integrations.settlement_kinds import kind_label

# Without a payment to show, the rows of this time are written; the sums above them cover everything.
ROWS_LOOK_BACK: Final = timedelta(days=92)
MOST_PAYMENTS: Final = 200
_MONEY_FORMAT: Final = "#,##0.00"
_DAY_FORMAT: Final = "dd.mm.yyyy"
_MOMENT_FORMAT: Final = "dd.mm.yyyy hh:mm"


@dataclass(frozen=True, slots=True)
class _Column:
    heading: str
    width: int
    value: Callable[[Any], Any]


def settlement_workbook(*, payment: str, tolerance: Decimal, now: datetime) -> bytes:
    """One payment order, or without one all of them with the rows of the last three months."""
    book = Workbook(write_only=True)
    ids = [payment] if payment else list(payment_ids()[:MOST_PAYMENTS])
    _sheet(book, _("Payments"), _payment_columns(), payments(ids, tolerance=tolerance))
    if not payment:
        _sheet(book, _("Months"), _month_columns(), months(tolerance=tolerance, most=120))
    known = Settlement.objects.filter(payment_order_id=payment) if payment else Settlement.objects.all()
    wrong = differing(known, tolerance=tolerance)
    _sheet(book, _("Differences"), [*_row_columns(), _difference()], _read(wrong))
    rows = known if payment else known.filter(transaction_at__gte=now - ROWS_LOOK_BACK)
    _sheet(book, _("Rows"), _row_columns(), _read(rows))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _read(rows: QuerySet[Settlement]) -> Iterator[Settlement]:
    """Without the raw messages, in pieces: three months are tens of thousands of rows."""
    return rows.defer("payload").order_by("-transaction_at", "-pk").iterator(chunk_size=2000)


def _sheet(book: Workbook, name: str, columns: Sequence[_Column], rows: Iterable[Any]) -> None:
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for number, column in enumerate(columns):
        sheet.column_dimensions[chr(ord("A") + number)].width = column.width
    sheet.append([_cell(sheet, column.heading, bold=True) for column in columns])
    for row in rows:
        sheet.append([_cell(sheet, column.value(row)) for column in columns])


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> WriteOnlyCell:
    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value=timezone.localtime(value).replace(tzinfo=None))
        cell.number_format = _MOMENT_FORMAT
    elif isinstance(value, date):
        cell = WriteOnlyCell(sheet, value=value)
        cell.number_format = _DAY_FORMAT
    elif isinstance(value, Decimal):
        cell = WriteOnlyCell(sheet, value=value)
        cell.number_format = _MONEY_FORMAT
    else:
        cell = WriteOnlyCell(sheet, value=value)
        if isinstance(value, str):
            # A text that begins with "=" would be a formula.
            cell.data_type = "s"
    cell.font = Font(bold=bold)
    return cell


def _sums() -> list[_Column]:
    return [
        _Column(_("Rows"), 9, lambda one: one.totals.rows),
        _Column(_("Owed to us"), 14, lambda one: one.totals.credit),
        _Column(_("Owed by us"), 14, lambda one: one.totals.debt),
        _Column(_("Our share"), 14, lambda one: one.totals.net),
        _Column(_("Commission"), 14, lambda one: one.totals.commission),
        _Column(_("Compared rows"), 12, lambda one: one.totals.compared),
        _Column(_("Commission of these"), 16, lambda one: one.totals.charged),
        _Column(_("Commission expected"), 16, lambda one: one.totals.expected),
        _Column(_("Charged too much"), 16, lambda one: one.totals.overcharged),
        _Column(_("Differing rows"), 12, lambda one: one.totals.differences),
    ]


def _payment_columns() -> list[_Column]:
    return [
        _Column(_("Payment"), 14, lambda one: one.payment_order_id),
        _Column(_("Paid on"), 17, lambda one: one.paid_at or one.paid_on),
        _Column(_("Paid"), 14, lambda one: one.paid),
        *_sums(),
        _Column(_("Not explained"), 14, lambda one: one.unexplained),
    ]


def _month_columns() -> list[_Column]:
    return [_Column(_("Month"), 12, lambda one: f"{one.month:%m.%Y}"), *_sums()]


def _row_columns() -> list[_Column]:
    return [
        _Column(_("Booked"), 17, lambda row: row.transaction_at),
        _Column(_("Kind"), 24, lambda row: kind_label(row.kind)),
        _Column(_("Name there"), 24, lambda row: row.label),
        _Column(_("Order number"), 16, lambda row: row.order_number),
        _Column(_("Package"), 14, lambda row: "" if row.package_id is None else str(row.package_id)),
        _Column(_("Barcode"), 16, lambda row: row.barcode),
        _Column(_("Owed to us"), 14, lambda row: row.credit),
        _Column(_("Owed by us"), 14, lambda row: row.debt),
        _Column(_("Rate, %"), 9, lambda row: row.commission_rate),
        _Column(_("Commission"), 14, lambda row: row.commission_amount),
        _Column(_("Commission expected"), 16, lambda row: row.expected_commission),
        _Column(_("Our share"), 14, lambda row: row.seller_revenue),
        _Column(_("Payment"), 14, lambda row: row.payment_order_id),
        _Column(_("Paid on"), 12, lambda row: row.payment_date),
        _Column(_("Description"), 30, lambda row: row.description),
    ]


def _difference() -> _Column:
    return _Column(_("Against us"), 14, against_us)
