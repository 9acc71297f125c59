"""Sheets we hand out: downloads, empty templates and rows that were not taken, as workbook or CSV.

Cells are written by `gullu.workbooks` alone. Nothing that somebody typed can be computed by whoever opens the file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import itemgetter
from typing import IO, Any, Final

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from openpyxl import Workbook
from tablib import Dataset

from gullu.excel.cells import UNCOMPUTED, guarded, kept_in_workbook, stored_number
from gullu.excel.columns import Column
from gullu.excel.given import Given
from gullu.excel.lines import PreviewRow
from gullu.excel.resources import ExcelResource
from gullu.excel.words import EXPLANATIONS, REASON, ROW
from gullu.money import format_plain
from gullu.text import fold, tr_upper
from gullu.workbooks import Column as SheetColumn
from gullu.workbooks import Sheet

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv; charset=utf-8"
_REASON_WIDTH: Final = 70


@dataclass(frozen=True, slots=True)
class _Explained:
    column: Column

    @property
    def needed(self) -> str:
        return _("yes") if self.column.required or self.column.key else ""

    @property
    def says(self) -> str:
        if self.column.info:
            return _("For your eyes only: passed over when the file is read.")
        dash = _("A dash (-) empties it.") if self.column.may_be_empty else ""
        return " ".join(part for part in (str(self.column.says), dash) if part)


def write_workbook(out: IO[bytes], resource: ExcelResource, found: Iterable[Any]) -> int:
    """A workbook of these records with a sheet that explains the columns; returns the number of rows."""
    book = Workbook(write_only=True)
    sheet = Sheet(book, str(resource.label), _sheet_columns(resource.columns))
    sheet.add_all(_in_workbook(row) for row in resource.export(found))
    sheet.add_filter()
    _explain(book, resource)
    book.save(out)
    return sheet.rows


def write_csv(out: IO[bytes], resource: ExcelResource, found: Iterable[Any]) -> int:
    """The same as CSV that a Turkish Excel opens with a double click; returns the number of rows."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow([column.title for column in resource.columns])
    data: Dataset = resource.export(found)
    for row in data:
        writer.writerow([_in_csv(value) for value in row])
    text.flush()
    text.detach()
    return len(data)


def write_template(out: IO[bytes], resource: ExcelResource) -> None:
    """An empty workbook: the headings to fill in below, and what belongs there."""
    write_workbook(out, resource, ())


def write_left_out(out: IO[bytes], given: Given, rows: Iterable[PreviewRow]) -> int:
    """The rows that were not taken, as they were handed in, each with the reason; returns their number."""
    reasons = {row.number: "\n".join(row.problems) for row in rows}
    headings = [
        (place, heading)
        for place, heading in enumerate(given.headings)
        if heading not in {str(ROW), _capital(str(ROW)), str(REASON), _capital(str(REASON))}
    ]
    columns = [
        SheetColumn(ROW, itemgetter(0), 12),
        SheetColumn(REASON, itemgetter(1), _REASON_WIDTH),
        *(
            SheetColumn(heading, itemgetter(number), 16)
            for number, (_place, heading) in enumerate(headings, 2)
        ),
    ]
    book = Workbook(write_only=True)
    sheet = Sheet(book, _("rows not taken"), columns)
    for row in given.rows:
        if row.number in reasons:
            cells = (row.values[place] if place < len(row.values) else None for place, _heading in headings)
            sheet.add((row.number, reasons[row.number], *map(_as_handed_in, cells)))
    sheet.add_filter()
    book.save(out)
    return sheet.rows


def file_name(resource: ExcelResource, ending: str) -> str:
    """`fiyatlar-2026-11-20-0930.xlsx`: letters every system takes."""
    return f"{slugify(fold(str(resource.label)))}-{timezone.localtime():%Y-%m-%d-%H%M}.{ending}"


def explained(resource: ExcelResource) -> list[dict[str, str]]:
    """The columns in words, for the page: heading, needed, says, example."""
    return [
        {
            "heading": column.title,
            "needed": _Explained(column).needed,
            "says": _Explained(column).says,
            "example": column.example,
        }
        for column in resource.columns
    ]


def _sheet_columns(columns: Sequence[Column]) -> list[SheetColumn]:
    return [
        SheetColumn(column.title, itemgetter(place), column.width) for place, column in enumerate(columns)
    ]


def _explain(book: Workbook, resource: ExcelResource) -> None:
    columns = [
        SheetColumn(_("column"), itemgetter("heading"), 24),
        SheetColumn(_("needed"), itemgetter("needed"), 10),
        SheetColumn(_("what to write"), itemgetter("says"), 90),
        SheetColumn(_("example"), itemgetter("example"), 24),
    ]
    sheet = Sheet(book, _capital(str(EXPLANATIONS)), columns)
    sheet.add_all(explained(resource))
    for sentence in rules():
        sheet.add({"heading": "", "needed": "", "says": sentence, "example": ""})


def rules() -> list[str]:
    """What holds for every column of every kind."""
    return [
        _("An empty cell changes nothing. A cell with only a dash (-) empties what may be empty."),
        _("Columns may stand in any order, and those you do not need may be left out."),
        _(
            "Amounts are written like 1.234,50; codes and barcodes are formatted as text, so that no zero is lost."
        ),
        _("Formulas are not computed here: the result Excel saved is taken."),
    ]


def _capital(words: str) -> str:
    return tr_upper(words[:1]) + words[1:]


def _in_workbook(row: Sequence[Any]) -> list[Any]:
    return [kept_in_workbook(value) if isinstance(value, str) else value for value in row]


def _in_csv(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return format_plain(value)
    return guarded(value) if isinstance(value, str) else str(value)


def _as_handed_in(value: Any) -> Any:
    """A cell as it came, for a person to mend; a number keeps its digits, a bare formula stays refused."""
    if isinstance(value, float):
        return stored_number(value)
    if value is UNCOMPUTED:
        return "#N/A"
    if value is None or isinstance(value, (str, int, Decimal)):
        return value
    if isinstance(value, datetime):
        return value.strftime("%d.%m.%Y %H:%M")
    return value.strftime("%d.%m.%Y") if isinstance(value, date) else str(value)


__all__ = [
    "CSV",
    "XLSX",
    "explained",
    "file_name",
    "rules",
    "write_csv",
    "write_left_out",
    "write_template",
    "write_workbook",
]
