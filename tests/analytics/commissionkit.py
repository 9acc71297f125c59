"""Commission files made for tests, and the way from a file to its preview."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import Workbook

from analytics.commissions.applying import Applied, apply_import
from analytics.commissions.reading import ReadResult, open_import, read_import
from analytics.models import CommissionImport, CommissionImportRow, CommissionRate, OrderCommission

ACCOUNTS = ("Sipariş No", "Komisyon", "Sipariş Tutarı", "İndirim", "Sipariş Tarihi")
TARIFF = ("Barkod", "Fiyat Aralığı", "Komisyon Oranı")
DAY = date(2026, 11, 1)


def workbook(
    *rows: Sequence[Any],
    headings: Sequence[Any] = ACCOUNTS,
    above: Sequence[Sequence[Any]] = (),
    formats: dict[str, str] | None = None,
    name: str = "Hesap",
) -> BytesIO:
    """A workbook with one sheet; `formats` are number formats by cell."""
    book = Workbook()
    sheet = book.active
    sheet.title = name
    for row in (*above, headings, *rows):
        sheet.append(row)
    for cell, number_format in (formats or {}).items():
        sheet[cell].number_format = number_format
    return saved(book)


def saved(book: Workbook) -> BytesIO:
    content = BytesIO()
    book.save(content)
    content.seek(0)
    return content


def text(*lines: str, encoding: str = "utf-8") -> BytesIO:
    return BytesIO("\r\n".join(lines).encode(encoding))


def read(content: BytesIO, *, name: str = "hesap.xlsx", valid_from: date = DAY) -> ReadResult:
    """Hand a file in and read it; it waits for a decision then."""
    opened = open_import(content=content, name=name, valid_from=valid_from)
    return read_import(import_id=opened.import_id, content=content)


def apply(
    content: BytesIO, *, name: str = "hesap.xlsx", valid_from: date = DAY, only_valid: bool = False
) -> Applied:
    result = read(content, name=name, valid_from=valid_from)
    return apply_import(import_id=result.import_id, only_valid=only_valid)


def counts(result: ReadResult) -> tuple[int, int, int, int, int]:
    """New, changed, ended, same, wrong."""
    return result.new, result.changed, result.ended, result.same, result.wrong


def rows_of(result: ReadResult) -> list[CommissionImportRow]:
    return list(CommissionImportRow.objects.filter(commission_import=result.import_id).order_by("id"))


def errors_of(result: ReadResult) -> list[tuple[int | None, str, str]]:
    """Row, name and code of wrong rows."""
    return [(row.row_number, row.name, row.error_code) for row in rows_of(result) if row.outcome == "WRONG"]


def now_charged() -> dict[str, tuple[Decimal, Decimal, Decimal]]:
    """Commission, order amount and discount that hold now, by order number."""
    rows = OrderCommission.objects.filter(replaced_by=None)
    return {row.order_number: (row.commission, row.order_amount, row.discount) for row in rows}


def all_rates() -> list[tuple[str, str, str, date, date | None]]:
    """Every rate ever: name, lower limit, rate, valid from and to."""
    rows = CommissionRate.objects.order_by("key", "valid_from", "price_from", "id")
    return [
        (row.name, f"{row.price_from:.0f}", f"{row.rate:.2f}", row.valid_from, row.valid_to) for row in rows
    ]


def money(*amounts: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(amount) for amount in amounts)


def states() -> list[str]:
    return list(CommissionImport.objects.order_by("id").values_list("state", flat=True))
