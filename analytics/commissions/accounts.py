"""The accounting export: rows of one order are added up with their sign."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from analytics.commissions.cells import MOST_AMOUNT, clean, is_empty, read_amount, read_order_number, shown
from analytics.commissions.dates import read_date
from analytics.commissions.entries import Entry, Tick, rounded
from analytics.commissions.errors import CellRefused, NotAnAmount, TooManyCells
from analytics.commissions.headings import AccountsLayout, Column, Found
from analytics.commissions.workbook import Row
from analytics.enums import RowTarget
from gullu.text import fold

# What exports call the line below the last order.
_TOTALS: Final = frozenset({"toplam", "genel toplam", "ara toplam", "total", "grand total"})


def read_accounts(found: Found, layout: AccountsLayout, *, tick: Tick) -> list[Entry]:
    """One entry for each order, in the order of the file; an order with a wrong row is wrong as a whole.

    Rows whose order number cannot be read are entries of their own. `tick` is told each row's number.
    """
    orders: dict[str, Entry] = {}
    nameless: list[Entry] = []
    for row in found.rows(tick):
        if _is_total(row, layout):
            continue
        try:
            number = read_order_number(layout.order_no.of(row.values), heading=layout.order_no.heading)
        except CellRefused as refusal:
            nameless.append(_nameless(row, layout, refusal))
            continue
        entry = orders.setdefault(
            number, Entry(row_number=row.number, target=RowTarget.ORDER, key=number, name=number)
        )
        if entry.refusal is None:
            entry.refusal = _add(entry, row, layout, found)
    entries = sorted([*orders.values(), *nameless], key=lambda entry: entry.row_number)
    for entry in entries:
        _finish(entry, layout)
    return entries


def _is_total(row: Row, layout: AccountsLayout) -> bool:
    """A line of totals has no order number, or says so in its place or in the first cell."""
    number = layout.order_no.of(row.values)
    names = [value for value in (number, row.values[0]) if isinstance(value, str)]
    return (is_empty(number) or number in names) and any(fold(name).rstrip(": ") in _TOTALS for name in names)


def _nameless(row: Row, layout: AccountsLayout, refusal: CellRefused) -> Entry:
    name = shown(layout.order_no.of(row.values))
    return Entry(row_number=row.number, target=RowTarget.ORDER, name=name, refusal=refusal)


def _add(entry: Entry, row: Row, layout: AccountsLayout, found: Found) -> CellRefused | None:
    """Add a row to its order; returns why the row cannot be used."""
    try:
        if found.sheet.delimited and len(row.values) > found.width:
            raise TooManyCells
        value, amount = (_amount(column, row) for column in (layout.commission, layout.amount))
        discount = _discount(layout.discount, row)
        day = None
        if layout.order_date and not is_empty(written := layout.order_date.of(row.values)):
            day = read_date(written, heading=layout.order_date.heading)
    except CellRefused as refusal:
        entry.row_number = row.number
        return refusal
    entry.value = (entry.value or Decimal(0)) + value
    entry.amount = (entry.amount or Decimal(0)) + amount
    if discount is not None:
        entry.discount = (entry.discount or Decimal(0)) + discount
    entry.order_date = min(filter(None, (entry.order_date, day)), default=None)
    return None


def _amount(column: Column, row: Row) -> Decimal:
    return read_amount(column.of(row.values), heading=column.heading)


def _discount(column: Column | None, row: Row) -> Decimal | None:
    """An empty cell is no discount; without the column it is not known."""
    if column is None:
        return None
    return Decimal(0) if is_empty(column.of(row.values)) else _amount(column, row)


def _finish(entry: Entry, layout: AccountsLayout) -> None:
    sums = (
        (layout.commission, entry.value),
        (layout.amount, entry.amount),
        (layout.discount, entry.discount),
    )
    for column, total in sums:
        if column and total is not None and abs(total) >= MOST_AMOUNT and entry.refusal is None:
            entry.refusal = NotAnAmount(value=clean(total), heading=column.heading)
    if entry.refusal is not None:
        # A part of an order's sum would be taken for the whole.
        entry.value = entry.amount = entry.discount = None
        return
    entry.value, entry.amount, entry.discount = (
        None if total is None else rounded(total) for total in (entry.value, entry.amount, entry.discount)
    )
