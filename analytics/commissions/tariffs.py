"""The tariff: rates for barcodes or categories, by price bands that are columns or rows."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from analytics.commissions.bands import Band, ordered, read_band, read_limit, read_rate
from analytics.commissions.cells import is_empty, read_barcode, read_name, shown
from analytics.commissions.entries import Entry, Tick
from analytics.commissions.errors import (
    BandsOverlap,
    CellRefused,
    NoRateInRow,
    OtherRowWrong,
    RatesDiffer,
    TooManyCells,
)
from analytics.commissions.headings import BandColumns, Found, TariffLayout
from analytics.commissions.workbook import Row
from analytics.enums import RowTarget
from gullu.money import format_number
from gullu.text import fold


def read_tariff(found: Found, layout: TariffLayout, *, tick: Tick) -> list[Entry]:
    """One entry for each band of each barcode or category; all bands of one stand or fall together.

    Rows whose barcode or category cannot be read are entries of their own. `tick` is told each row's number.
    """
    by_key: dict[str, list[Entry]] = {}
    for row in found.rows(tick):
        for entry in _entries(row, layout, found):
            by_key.setdefault(entry.key or f"\0{row.number}", []).append(entry)
    return [entry for entries in by_key.values() for entry in _together(entries)]


def _entries(row: Row, layout: TariffLayout, found: Found) -> Iterator[Entry]:
    """The bands of a row; one wrong entry if something in it cannot be used."""
    key = name = ""
    try:
        key, name = _key(row, layout)
        if found.sheet.delimited and len(row.values) > found.width:
            raise TooManyCells
        rates = _row_rates(row, layout, name)
    except CellRefused as refusal:
        shown_name = name or shown(layout.key.of(row.values))
        yield Entry(row_number=row.number, target=layout.target, key=key, name=shown_name, refusal=refusal)
        return
    for band, rate in rates:
        yield Entry(
            row_number=row.number,
            target=layout.target,
            key=key,
            name=name,
            value=rate,
            price_from=band.low,
            price_to=band.high,
        )


def _key(row: Row, layout: TariffLayout) -> tuple[str, str]:
    value, heading = layout.key.of(row.values), layout.key.heading
    if layout.target is RowTarget.BARCODE:
        barcode = read_barcode(value, heading=heading)
        return barcode, barcode
    name = read_name(value, heading=heading)
    return fold(name), name


def _row_rates(row: Row, layout: TariffLayout, name: str) -> list[tuple[Band, Decimal]]:
    if layout.rate is not None:
        return [(_band(row, layout), read_rate(layout.rate.of(row.values), heading=layout.rate.heading))]
    filled = [one for one in layout.columns if not is_empty(one.rate.of(row.values))]
    if not filled:
        raise NoRateInRow(name=name)
    return [
        (_column_band(row, one), read_rate(one.rate.of(row.values), heading=one.rate.heading))
        for one in filled
    ]


def _band(row: Row, layout: TariffLayout) -> Band:
    """The band a row is for: in one cell, by two limits, or every price."""
    if layout.band is not None and not is_empty(text := layout.band.of(row.values)):
        return read_band(text, heading=layout.band.heading)
    return _limits(row, BandColumns(rate=layout.key, low=layout.low, high=layout.high))


def _column_band(row: Row, columns: BandColumns) -> Band:
    return columns.band if columns.band is not None else _limits(row, columns)


def _limits(row: Row, columns: BandColumns) -> Band:
    low, high = (
        None if column is None else read_limit(column.of(row.values), heading=column.heading)
        for column in (columns.low, columns.high)
    )
    return ordered(Band(low=low or Decimal(0), high=high))


# --- all bands of one key -----------------------------------------------------------------------------------------


def _together(entries: list[Entry]) -> list[Entry]:
    """The bands of one barcode or category, by price; wrong altogether if one is wrong or two contradict."""
    if len(entries) == 1:
        return entries
    wrong = next((entry for entry in entries if entry.refusal), None) or _contradiction(entries)
    if wrong is None:
        return list({(entry.price_from, entry.price_to): entry for entry in reversed(entries)}.values())[::-1]
    for entry in entries:
        entry.value = None
        if entry.refusal is None:
            entry.refusal = OtherRowWrong(row=wrong.row_number, name=entry.name)
    return entries


def _contradiction(entries: list[Entry]) -> Entry | None:
    """The entry that contradicts the one before it, with its refusal set."""
    entries.sort(key=lambda entry: (entry.price_from, entry.row_number))
    for first, second in pairwise(entries):
        bands = (Band(first.price_from, first.price_to), Band(second.price_from, second.price_to))
        if bands[0] == bands[1] and first.value == second.value:
            continue
        if bands[0] == bands[1]:
            rates = [format_number(one.value or Decimal(0)) for one in (first, second)]
            second.refusal = RatesDiffer(
                name=second.name, band=str(bands[0]), first=f"%{rates[0]}", second=f"%{rates[1]}"
            )
            return second
        if bands[0].overlaps(bands[1]):
            second.refusal = BandsOverlap(first=str(bands[0]), second=str(bands[1]), name=second.name)
            return second
    return None
