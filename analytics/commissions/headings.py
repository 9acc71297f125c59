"""Finding the table in a file: which row holds the headings, and which column means what.

Headings are compared without case, Turkish letters, punctuation and what stands in brackets. An accounting export has
`Sipariş No`, `Komisyon`, `Sipariş Tutarı`; a tariff has `Barkod` or `Kategori` and rates, whose price bands are columns
(Trendyol's numbered ones, or one column for each band) or rows.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

from openpyxl.utils import get_column_letter

from analytics.commissions.bands import Band, ordered, parse_band
from analytics.commissions.cells import clean, shown
from analytics.commissions.errors import HeadingMissing, HeadingTwice, NoHeadings, SeveralTables
from analytics.commissions.workbook import LAST_ROW, MOST_COLUMNS, Row, Sheet, Table
from analytics.enums import RowTarget
from gullu.text import fold

SEARCHED_ROWS: Final = 30


class Field(Enum):
    """What a column can mean."""

    ORDER_NO = auto()
    COMMISSION = auto()
    AMOUNT = auto()
    DISCOUNT = auto()
    ORDER_DATE = auto()
    BARCODE = auto()
    CATEGORY = auto()
    RATE = auto()
    PRICE_FROM = auto()
    PRICE_TO = auto()
    PRICE_BAND = auto()


_NAMES: Final[Mapping[Field, str]] = {
    Field.ORDER_NO: "siparis no|siparis numarasi|siparis nosu|order number",
    Field.COMMISSION: "komisyon|komisyon tutari",
    Field.AMOUNT: "siparis tutari|siparis toplami|order amount",
    Field.DISCOUNT: "indirim|indirim tutari|toplam indirim|discount",
    Field.ORDER_DATE: "siparis tarihi|order date",
    Field.BARCODE: "barkod|urun barkodu|barcode",
    Field.CATEGORY: "kategori|kategori adi|kategori ismi|category",
    Field.RATE: "komisyon|komisyon %|komisyon orani|komisyon orani %|oran|oran %",
    Field.PRICE_FROM: "alt limit|fiyat alt limit|fiyat alt limiti|alt fiyat|min fiyat|minimum fiyat|en dusuk fiyat",
    Field.PRICE_TO: "ust limit|fiyat ust limit|fiyat ust limiti|ust fiyat|max fiyat|maksimum fiyat|en yuksek fiyat",
    Field.PRICE_BAND: "fiyat araligi|fiyat bandi|fiyat baremi|barem|bant",
}
_BY_NAME: Final[Mapping[str, tuple[Field, ...]]] = {
    name: tuple(field for field, names in _NAMES.items() if name in names.split("|"))
    for names in _NAMES.values()
    for name in names.split("|")
}
_NUMBERED: Final = re.compile(
    r"([1-9]) (?:(fiyat alt limiti?)|(fiyat ust limiti?)|(?:komisyon(?: orani)?(?: %)?))"
)
_ACCOUNTS: Final = (
    (Field.ORDER_NO, "Sipariş No"),
    (Field.COMMISSION, "Komisyon"),
    (Field.AMOUNT, "Sipariş Tutarı"),
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its place in a row (from 0) and its heading as written."""

    place: int
    heading: str

    def of(self, values: tuple[Any, ...]) -> Any:
        """The cell of a row; rows end with their last filled cell."""
        return values[self.place] if self.place < len(values) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsLayout:
    """Columns of an accounting export."""

    order_no: Column
    commission: Column
    amount: Column
    discount: Column | None
    order_date: Column | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BandColumns:
    """A band that is columns: the one of its rate, and its limits: fixed by the heading, or in columns of their own."""

    rate: Column
    band: Band | None = None
    low: Column | None = None
    high: Column | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffLayout:
    """Columns of a tariff. With `columns` a row holds all bands of its key, else one band of it."""

    target: RowTarget
    key: Column
    columns: tuple[BandColumns, ...] = ()
    rate: Column | None = None
    low: Column | None = None
    high: Column | None = None
    band: Column | None = None


Layout = AccountsLayout | TariffLayout


@dataclass(frozen=True, slots=True)
class Found:
    """The table of a file: its sheet, the row of its headings, how many of them there are, and their meaning."""

    sheet: Sheet
    row_number: int
    width: int
    layout: Layout

    def rows(self, tick: Callable[[int], None]) -> Iterator[Row]:
        """The rows below the headings; `tick` is told the number of every row."""
        for row in self.sheet.rows(self.width, LAST_ROW):
            tick(row.number)
            if row.number > self.row_number:
                yield row


@dataclass(frozen=True, slots=True)
class _Headings:
    """A row as headings: places by meaning, numbered bands, and bands that are headings themselves."""

    sheet: str
    row: Row
    fields: Mapping[Field, tuple[Column, ...]]
    numbered: Mapping[tuple[int, str], tuple[Column, ...]]
    bands: tuple[tuple[Band, Column], ...]

    @property
    def weight(self) -> int:
        return len(self.fields) + len(self.numbered) + len(self.bands)

    def one(self, field: Field) -> Column | None:
        """The column of a meaning; raises `HeadingTwice`."""
        return self.single(self.fields.get(field, ()))

    def part(self, number: int, part: str) -> Column | None:
        return self.single(self.numbered.get((number, part), ()))

    def single(self, columns: tuple[Column, ...]) -> Column | None:
        if len(columns) > 1:
            raise HeadingTwice(
                heading=shown(columns[1].heading),
                row=self.row.number,
                sheet=self.sheet,
                columns=", ".join(get_column_letter(column.place + 1) for column in columns),
            )
        return columns[0] if columns else None

    def missing(self, heading: str) -> HeadingMissing:
        return HeadingMissing(missing=heading, row=self.row.number, sheet=self.sheet)


def find_table(table: Table) -> Found:
    """The one sheet and row that hold known headings. Raises `FileRefused`: what is missing, twice or too much."""
    found = [(sheet, best) for sheet in table.sheets if (best := _best_row(sheet)) is not None]
    complete = [(sheet, row) for sheet, row in found if _is_complete(row)]
    if not found:
        raise NoHeadings(file=table.file_name, rows=SEARCHED_ROWS)
    # CSV offers itself once for each delimiter: the one that finds the most headings is meant.
    sheets = complete if complete and not complete[0][0].delimited else sorted(found, key=_weight)[-1:]
    if len(sheets) > 1:
        raise SeveralTables(first=sheets[0][0].name, second=sheets[1][0].name)
    sheet, row = sheets[0]
    return Found(sheet, row.row.number, len(row.row.values), _layout(row))


def _weight(found: tuple[Sheet, _Headings]) -> tuple[bool, int]:
    return _is_complete(found[1]), found[1].weight


def _best_row(sheet: Sheet) -> _Headings | None:
    """The first complete row of headings near the top, else the fullest one; None where nothing is known."""
    best: _Headings | None = None
    for row in sheet.rows(MOST_COLUMNS, SEARCHED_ROWS):
        read = _read(sheet.name, row)
        if _is_complete(read):
            return read
        if read.weight and (best is None or read.weight > best.weight):
            best = read
    return best


def _is_complete(row: _Headings) -> bool:
    if Field.ORDER_NO in row.fields:
        return all(field in row.fields for field, _name in _ACCOUNTS)
    return bool({Field.BARCODE, Field.CATEGORY} & set(row.fields)) and bool(
        Field.RATE in row.fields or row.bands or any(part == "rate" for _number, part in row.numbered)
    )


def _read(sheet: str, row: Row) -> _Headings:
    fields: dict[Field, list[Column]] = defaultdict(list)
    numbered: dict[tuple[int, str], list[Column]] = defaultdict(list)
    bands: list[tuple[Band, Column]] = []
    for place, value in enumerate(row.values):
        if not isinstance(value, str) or not clean(value):
            continue
        column, name = Column(place, clean(value)), _name(value)
        if part := _NUMBERED.fullmatch(name):
            numbered[int(part[1]), "low" if part[2] else "high" if part[3] else "rate"].append(column)
        elif band := parse_band(value):
            bands.append((band, column))
        for field in _BY_NAME.get(name, ()):
            fields[field].append(column)
    return _Headings(sheet, row, _fixed(fields), _fixed(numbered), tuple(bands))


def _fixed(columns: Mapping[Any, Iterable[Column]]) -> dict[Any, tuple[Column, ...]]:
    return {key: tuple(values) for key, values in columns.items()}


def _name(heading: str) -> str:
    """`KOMİSYON ORANI (%)` → `komisyon orani %`; a currency in brackets or behind is left out."""
    folded = fold(heading)
    words = re.findall(r"[a-z0-9]+", re.sub(r"\([^)]*\)", " ", folded))
    while words and words[-1] in {"tl", "try"}:
        words.pop()
    return " ".join([*words, *(["%"] if "%" in folded else [])])


# --- meaning ------------------------------------------------------------------------------------------------------


def _layout(row: _Headings) -> Layout:
    return _accounts(row) if Field.ORDER_NO in row.fields else _tariff(row)


def _accounts(row: _Headings) -> AccountsLayout:
    required = {field: _required(row, field, heading) for field, heading in _ACCOUNTS}
    return AccountsLayout(
        order_no=required[Field.ORDER_NO],
        commission=required[Field.COMMISSION],
        amount=required[Field.AMOUNT],
        discount=row.one(Field.DISCOUNT),
        order_date=row.one(Field.ORDER_DATE),
    )


def _required(row: _Headings, field: Field, heading: str) -> Column:
    column = row.one(field)
    if column is None:
        raise row.missing(heading)
    return column


def _tariff(row: _Headings) -> TariffLayout:
    """Numbered bands first, then bands as headings, then one band a row: the first two say more than `Komisyon`."""
    barcode = row.one(Field.BARCODE)
    target = RowTarget.BARCODE if barcode else RowTarget.CATEGORY
    key = barcode or _required(row, Field.CATEGORY, "Barkod")
    columns = _numbered_bands(row) or _heading_bands(row)
    if columns:
        return TariffLayout(target=target, key=key, columns=columns)
    return TariffLayout(
        target=target,
        key=key,
        rate=_required(row, Field.RATE, "Komisyon Oranı"),
        low=row.one(Field.PRICE_FROM),
        high=row.one(Field.PRICE_TO),
        band=row.one(Field.PRICE_BAND),
    )


def _numbered_bands(row: _Headings) -> tuple[BandColumns, ...]:
    """Trendyol's `1.Fiyat Alt Limit`, `2.Fiyat Üst Limiti` …, `1.KOMİSYON` …: the first band has no upper limit."""
    bands = []
    for number in sorted({number for number, part in row.numbered if part == "rate"}):
        rate, low, high = (row.part(number, part) for part in ("rate", "low", "high"))
        if rate is None or (low is None and high is None):
            raise row.missing(f"{number}.Fiyat Alt Limit")
        bands.append(BandColumns(rate=rate, low=low, high=high))
    return tuple(bands)


def _heading_bands(row: _Headings) -> tuple[BandColumns, ...]:
    seen: dict[Band, Column] = {}
    for band, column in row.bands:
        ordered(band)
        if band in seen:
            row.single((seen[band], column))  # raises, as for every heading that stands twice
        seen[band] = column
    return tuple(BandColumns(rate=column, band=band) for band, column in seen.items())
