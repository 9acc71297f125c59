"""What somebody handed in: which sheet and row hold the headings, what each column means, and the rows below."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter
from tablib import Dataset

from gullu.excel.cells import clean, is_empty, shown
from gullu.excel.columns import Column, heading_key, in_every_language
from gullu.excel.errors import BrokenText, ColumnMissing, ColumnTwice, FileTooLarge, NoRowsBelow, RowShifted
from gullu.excel.resources import ExcelResource
from gullu.excel.tables import LAST_ROW, MEGABYTE, Limits, Row, Sheet, Table, Unclosed, open_table
from gullu.excel.words import REASON, ROW
from gullu.money import format_number

LIMITS: Final = Limits(size=16 * MEGABYTE, unpacked=256 * MEGABYTE, part=48 * MEGABYTE, columns=100)
MOST_ROWS: Final = 20_000
_SEARCHED_ROWS: Final = 20
_TOLD_EVERY: Final = 500


@dataclass(frozen=True, slots=True)
class Given:
    """A file as read. `notes` are sentences about columns that are not taken.

    `complete` is False where reading stopped because there are more rows than asked for.
    """

    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    dataset: Dataset
    notes: tuple[str, ...]
    complete: bool

    @property
    def numbers(self) -> list[int]:
        """Numbers of the rows as Excel counts them, in the order of the dataset."""
        return [row.number for row in self.rows]


@dataclass(frozen=True, slots=True)
class _Found:
    sheet: Sheet
    row: Row
    places: dict[str, tuple[int, ...]]


def read_given(
    content: BinaryIO,
    *,
    name: str,
    resource: ExcelResource,
    most: int | None = None,
    tell: Callable[[int], None] | None = None,
) -> Given:
    """The rows of a file for this kind of sheet, `MOST_ROWS` or `most` of them at most. Raises `FileRefused`."""
    with open_table(content, name=name, limits=LIMITS, mark_uncomputed=True) as table:
        found = _find(table, resource, name)
        columns = _placed(found, resource.columns)
        rows, complete = _rows(found, most or MOST_ROWS, tell)
    if not rows:
        raise NoRowsBelow(sheet=found.sheet.name)
    dataset = Dataset(headers=[column.name for column, _place in columns])
    for row in rows:
        dataset.append([row.values[place] if place < len(row.values) else None for _column, place in columns])
    headings = tuple(clean(value) for value in found.row.values)
    return Given(headings, tuple(rows), dataset, tuple(_notes(found, resource)), complete)


def refuse_too_many(given: Given, *, name: str) -> None:
    """Raises `FileTooLarge` for a file that was not read to its end."""
    if not given.complete:
        most = format_number(MOST_ROWS, places=0)
        raise FileTooLarge(file=name, what=_("more than %(count)s rows") % {"count": most}, most=most)


def _rows(found: _Found, most: int, tell: Callable[[int], None] | None) -> tuple[list[Row], bool]:
    rows: list[Row] = []
    for row in found.sheet.rows(LIMITS.columns, LAST_ROW):
        if row.number <= found.row.number or all(map(is_empty, row.values)):
            continue
        if any(isinstance(value, Unclosed) for value in row.values):
            detail = _("a quotation mark is never closed")
            raise BrokenText(file=found.sheet.name, row=row.number, detail=detail)
        if found.sheet.delimited and len(row.values) > len(found.row.values):
            raise RowShifted(file=found.sheet.name, row=row.number)
        if len(rows) >= most:
            return rows, False
        rows.append(row)
        if tell and len(rows) % _TOLD_EVERY == 0:
            tell(len(rows))
    return rows, True


# --- headings -----------------------------------------------------------------------------------------------------


def _find(table: Table, resource: ExcelResource, name: str) -> _Found:
    """The first sheet with every needed column, else the one that comes nearest, for the sentence."""
    spellings = {spelling: column.name for column in resource.columns for spelling in column.spellings()}
    best: _Found | None = None
    for sheet in table.sheets:
        for row in sheet.rows(LIMITS.columns, _SEARCHED_ROWS):
            found = _Found(sheet, row, _places(row, spellings))
            if best is None or _weight(found, resource) > _weight(best, resource):
                best = found
    missing = _missing(best.places if best else {}, resource)
    if best is None or missing:
        raise ColumnMissing(file=name, missing=missing, sheet=best.sheet.name if best else "—")
    if best.sheet.delimited and len(best.row.values) > LIMITS.columns:
        what = _("more than %(count)s columns") % {"count": LIMITS.columns}
        raise FileTooLarge(file=name, what=what, most=str(LIMITS.columns))
    return best


def _weight(found: _Found, resource: ExcelResource) -> tuple[bool, int]:
    return not _missing(found.places, resource), len(found.places)


def _places(row: Row, spellings: dict[str, str]) -> dict[str, tuple[int, ...]]:
    places: dict[str, tuple[int, ...]] = {}
    for place, value in enumerate(row.values):
        column = spellings.get(heading_key(value)) if isinstance(value, str) else None
        if column:
            places[column] = (*places.get(column, ()), place)
    return places


def _missing(places: Iterable[str], resource: ExcelResource) -> str:
    """The heading of a needed column that is not there; empty when all are."""
    known = set(places)
    titles = {column.name: column.title for column in resource.columns}
    for group in (*((column.name,) for column in resource.columns if column.required), *resource.needs):
        names = [name for name in group if name in titles]
        if names and not known & set(names):
            return " / ".join(titles[name] for name in names)
    return ""


def _placed(found: _Found, columns: Sequence[Column]) -> list[tuple[Column, int]]:
    """The columns that are read, with their places. Raises `ColumnTwice`."""
    placed = []
    for column in columns:
        places = found.places.get(column.name, ())
        if len(places) > 1:
            letters = ", ".join(get_column_letter(place + 1) for place in places)
            raise ColumnTwice(heading=column.title, sheet=found.sheet.name, columns=letters)
        if places and not column.info:
            placed.append((column, places[0]))
    return placed


def _notes(found: _Found, resource: ExcelResource) -> Iterator[str]:
    """Which headings nobody understands: a misspelt one would else be passed over in silence."""
    known = {place for places in found.places.values() for place in places}
    ours = in_every_language(ROW) | in_every_language(REASON)
    hidden = type(resource).base_spellings() - {
        spelling for column in resource.columns for spelling in column.spellings()
    }
    for place, value in enumerate(found.row.values):
        if place in known or is_empty(value) or heading_key(str(value)) in ours:
            continue
        words = {"heading": shown(value), "column": get_column_letter(place + 1)}
        if heading_key(str(value)) in hidden:
            yield _("Column %(column)s (%(heading)s) is passed over: you may not see amounts.") % words
        else:
            yield _("Column %(column)s (%(heading)s) is not known and is passed over.") % words
