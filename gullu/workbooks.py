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

_MONEY: Final = "#,##0.00"
_DAY: Final = "dd.mm.yyyy"
_MOMENT: Final = "dd.mm.yyyy hh:mm"
# Excel refuses more, and these letters.
_TITLE_LETTERS: Final = 31
_TITLE_REFUSED: Final = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, what stands below it for a row, and the width in letters."""

    heading: str | Promise
    value: Callable[[Any], Any]
    width: float = 14


def add_sheet(
    book: Workbook, title: str, columns: Sequence[Column], rows: Iterable[Any], *, total: Sequence[Any] = ()
) -> int:
    """Write a sheet of a write-only workbook; `total` is a bold row at the end. Returns the number of rows."""
    sheet = book.create_sheet(title.translate(_TITLE_REFUSED)[:_TITLE_LETTERS])
    sheet.freeze_panes = "A2"
    for place, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    sheet.append([cell(sheet, _capital(str(column.heading)), bold=True) for column in columns])
    count = 0
    for row in rows:
        sheet.append([cell(sheet, column.value(row)) for column in columns])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{count + 1}"
    if total:
        sheet.append([cell(sheet, value, bold=True) for value in total])
    return count


def _capital(words: str) -> str:
    return tr_upper(words[:1]) + words[1:]


def cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    """The cell for a value; nothing for None and an empty text."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        value = _("yes") if value else _("no")
    found = _number(sheet, value) if isinstance(value, (int, Decimal, date)) else _text(sheet, str(value))
    if bold:
        found.font = Font(bold=True)
    return found


def _number(sheet: Any, value: int | Decimal | date) -> WriteOnlyCell:
    if isinstance(value, datetime):
        value = timezone.localtime(value).replace(tzinfo=None)
    found = WriteOnlyCell(sheet, value=value)
    if isinstance(value, Decimal):
        found.number_format = _MONEY
    elif isinstance(value, date):
        found.number_format = _MOMENT if isinstance(value, datetime) else _DAY
    return found


def _text(sheet: Any, text: str) -> WriteOnlyCell:
    found = WriteOnlyCell(sheet)
    found.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    # Whatever it begins with: a text, never a formula, also when it is typed again.
    found.data_type = "s"
    found.quotePrefix = True
    return found


__all__ = ["Column", "add_sheet", "cell"]
