"""Excel sheets written row by row, however many rows: texts stay texts, amounts are numbers, times are local.

Whatever a person or a marketplace typed is written as a marked text, so that it is never taken for a formula and no
code loses its zeros.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from gullu.text import tr_upper

# Kinds of cells: an Excel format, or one of these two.
_TEXT: Final = "text"
_NUMBER: Final = "number"
_MONEY: Final = "#,##0.00"
_DAY: Final = "dd.mm.yyyy"
_MOMENT: Final = "dd.mm.yyyy hh:mm"
# Excel refuses more, and these letters.
_TITLE_LETTERS: Final = 31
_TITLE_REFUSED: Final = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, what stands below it for a row, and the width in letters. `money`: only for who may see amounts."""

    heading: str | Promise
    value: Callable[[Any], Any]
    width: float = 14
    money: bool = False


class Sheet:
    """One sheet of a write-only workbook. Cells are used again for each row: a written row is not kept."""

    def __init__(self, book: Workbook, title: str, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.rows = 0
        self.sheet = book.create_sheet(title.translate(_TITLE_REFUSED)[:_TITLE_LETTERS])
        self.sheet.freeze_panes = "A2"
        for place, column in enumerate(columns, start=1):
            self.sheet.column_dimensions[get_column_letter(place)].width = column.width
        self._cells: list[dict[str, WriteOnlyCell]] = [{} for _column in columns]
        self.add_bold([_capital(str(column.heading)) for column in columns])

    def add(self, row: Any) -> None:
        """Append what the columns say of a row."""
        self.sheet.append(
            [self._filled(place, column.value(row)) for place, column in enumerate(self.columns)]
        )
        self.rows += 1

    def add_all(self, rows: Iterable[Any]) -> None:
        """Append what the columns say of each row."""
        for row in rows:
            self.add(row)

    def add_bold(self, values: Iterable[Any]) -> None:
        """Append a row of its own: headings, or a sum."""
        self.sheet.append([self._bold(value) for value in values])

    def add_filter(self) -> None:
        """Let the reader filter the rows that are there now."""
        self.sheet.auto_filter.ref = f"A1:{get_column_letter(len(self.columns))}{self.rows + 1}"

    def _filled(self, place: int, value: Any) -> WriteOnlyCell | None:
        kind = _kind(value)
        if kind is None:
            return None
        cells = self._cells[place]
        if kind not in cells:
            cells[kind] = self._new(kind)
        return _set(cells[kind], kind, value)

    def _bold(self, value: Any) -> WriteOnlyCell | None:
        kind = _kind(value)
        if kind is None:
            return None
        cell = _set(self._new(kind), kind, value)
        cell.font = Font(bold=True)
        return cell

    def _new(self, kind: str) -> WriteOnlyCell:
        cell = WriteOnlyCell(self.sheet)
        if kind == _TEXT:
            cell.quotePrefix = True  # a text also when it is typed again
        elif kind != _NUMBER:
            cell.number_format = kind
        return cell


def _kind(value: Any) -> str | None:
    """How a value looks in a cell; None for nothing and an empty text. A bool is written in words."""
    if value is None or value == "":
        return None
    if isinstance(value, Decimal):
        return _MONEY
    if isinstance(value, datetime):
        return _MOMENT
    if isinstance(value, date):
        return _DAY
    return _NUMBER if isinstance(value, int) and not isinstance(value, bool) else _TEXT


def _set(cell: WriteOnlyCell, kind: str, value: Any) -> WriteOnlyCell:
    if isinstance(value, bool):
        value = _("yes") if value else _("no")
    if kind == _MOMENT:
        value = timezone.localtime(value).replace(tzinfo=None)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", str(value)) if kind == _TEXT else value
    if kind == _TEXT:
        cell.data_type = "s"  # whatever it begins with: never a formula
    return cell


def add_sheet(
    book: Workbook, title: str, columns: Sequence[Column], rows: Iterable[Any], *, total: Sequence[Any] = ()
) -> int:
    """Write a whole sheet with a filter; `total` is a bold row at the end. Returns the number of rows."""
    sheet = Sheet(book, title, columns)
    sheet.add_all(rows)
    sheet.add_filter()
    if total:
        sheet.add_bold(total)
    return sheet.rows


def _capital(words: str) -> str:
    return tr_upper(words[:1]) + words[1:]


__all__ = ["Column", "Sheet", "add_sheet"]
