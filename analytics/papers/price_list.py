"""The price list: one row for each model and colour, as PDF and as a workbook with every barcode on a second sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import IO, Any, Final

from django.utils.translation import gettext as _
from openpyxl import Workbook

from analytics.papers.entries import Entry, Size
from analytics.papers.options import PaperOptions
from analytics.papers.sheet import A4
from analytics.papers.tables import Column, Section
from gullu import workbooks
from gullu.money import format_money, format_number

SIZE: Final = A4
# In mm; with stock the title gives up room for its column.
_WIDTHS: Final = {"code": 27.0, "title": 51.0, "colour": 33.0, "sizes": 21.0, "list": 31.0, "sale": 31.0}
_STOCK_WIDTH: Final = 15.0


def price_sections(entries: Sequence[Entry], options: PaperOptions) -> list[Section]:
    """One section; its title says what the prices are."""
    columns = [
        Column(_("Model"), _WIDTHS["code"], bold=True),
        Column(_("Product"), _WIDTHS["title"] - (_STOCK_WIDTH if options.with_stock else 0)),
        Column(_("Colour"), _WIDTHS["colour"]),
        Column(_("Sizes"), _WIDTHS["sizes"]),
        Column(_("List price"), _WIDTHS["list"], "right"),
        Column(_("Sale price"), _WIDTHS["sale"], "right", bold=True),
    ]
    if options.with_stock:
        columns.append(Column(_("Pairs"), _STOCK_WIDTH, "right"))
    rows = [_row(entry, options) for entry in entries]
    return [Section(_("Prices in Turkish lira, VAT included"), tuple(columns), rows)]


def _row(entry: Entry, options: PaperOptions) -> tuple[str, ...]:
    prices = (_figures(entry.list_prices), _figures(entry.sale_prices))
    row = (entry.code, entry.title, entry.colour, entry.sizes_words, *prices)
    return (*row, str(entry.offered)) if options.with_stock else row


def _figures(span: tuple[Decimal, Decimal] | None) -> str:
    """Without the sign of the currency, which the title names."""
    if span is None:
        return format_money(None)
    return " – ".join(format_number(price) for price in dict.fromkeys(span))


def write_price_workbook(target: IO[bytes], entries: Sequence[Entry], options: PaperOptions) -> None:
    """Two sheets: models and colours, and each barcode alone."""
    book = Workbook(write_only=True)
    stock = options.with_stock
    workbooks.add_sheet(book, _("Price list"), _entry_columns(stock=stock), entries)
    workbooks.add_sheet(book, _("Barcodes"), _size_columns(stock=stock), _sizes(entries))
    book.save(target)


def _sizes(entries: Sequence[Entry]) -> Iterator[tuple[Entry, Size]]:
    return ((entry, size) for entry in entries for size in entry.sizes)


def _entry_columns(*, stock: bool) -> list[workbooks.Column]:
    columns = [
        workbooks.Column(_("Model"), lambda entry: entry.code),
        workbooks.Column(_("Product"), lambda entry: entry.title, 40),
        workbooks.Column(_("Brand"), lambda entry: entry.brand),
        workbooks.Column(_("Category"), lambda entry: entry.category, 20),
        workbooks.Column(_("Colour"), lambda entry: entry.colour, 16),
        workbooks.Column(_("Sizes"), lambda entry: entry.sizes_words, 18),
        workbooks.Column(_("List price"), lambda entry: _end(entry.list_prices, 1)),
        workbooks.Column(_("Lowest sale price"), lambda entry: _end(entry.sale_prices, 0)),
        workbooks.Column(_("Highest sale price"), lambda entry: _end(entry.sale_prices, 1)),
        workbooks.Column(_("VAT rate"), lambda entry: entry.vat_rate, 8),
    ]
    if stock:
        columns.append(workbooks.Column(_("Pairs"), lambda entry: entry.offered, 8))
    return columns


def _end(span: tuple[Any, Any] | None, place: int) -> Any:
    return span[place] if span else None


def _size_columns(*, stock: bool) -> list[workbooks.Column]:
    columns = [
        workbooks.Column(_("Barcode"), lambda pair: pair[1].barcode, 18),
        workbooks.Column(_("Model"), lambda pair: pair[0].code),
        workbooks.Column(_("Product"), lambda pair: pair[0].title, 40),
        workbooks.Column(_("Colour"), lambda pair: pair[0].colour, 16),
        workbooks.Column(_("Size"), lambda pair: pair[1].size, 8),
        workbooks.Column(_("List price"), lambda pair: pair[1].list_price),
        workbooks.Column(_("Sale price"), lambda pair: pair[1].sale_price),
        workbooks.Column(_("VAT rate"), lambda pair: pair[0].vat_rate, 8),
    ]
    if stock:
        columns.append(workbooks.Column(_("Pairs"), lambda pair: pair[1].stock.offered, 8))
    return columns


__all__ = ["SIZE", "price_sections", "write_price_workbook"]
