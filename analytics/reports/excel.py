"""A report as a workbook: its figures on the first sheet, each table on one of its own."""

from __future__ import annotations

from io import BytesIO
from itertools import chain, count
from typing import Final

from django.utils.translation import gettext as _
from openpyxl import Workbook

from analytics.reports.cells import seen_total, shown_tables
from analytics.reports.report import Report
from gullu.workbooks import Column, Sheet, add_sheet

_WIDTHS: Final = (34, 24, 60)
# Excel refuses longer names of sheets, and two that differ in the size of their letters only.
_NAME_LETTERS: Final = 31


def report_workbook(report: Report, *, may_see_money: bool) -> bytes:
    """The workbook as bytes. Columns of amounts are left out for who may not see them."""
    book = Workbook(write_only=True)
    names: set[str] = set()
    tables = list(shown_tables(report, may_see_money=may_see_money))
    if report.figures or not tables:
        _add_figures(book, _unused(_("Summary"), names), report)
    for table, columns in tables:
        total = seen_total(table, may_see_money=may_see_money)
        add_sheet(book, _unused(table.title or report.title, names), columns, table.rows, total=total)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _add_figures(book: Workbook, name: str, report: Report) -> None:
    """What was asked for, and the figures in words as the page has them."""
    columns = [
        Column(report.title, lambda row: row[0], _WIDTHS[0]),
        Column("", lambda row: row[1], _WIDTHS[1]),
        Column("", lambda row: row[2], _WIDTHS[2]),
    ]
    sheet = Sheet(book, name, columns)
    sheet.add_all((line, "", "") for line in report.lines)
    sheet.add_all((figure.label, figure.words, figure.note) for figure in report.figures)


def _unused(title: str, names: set[str]) -> str:
    """`Sales`, or `Sales 2` where that is taken; notes it as taken."""
    ends = chain([""], (f" {number}" for number in count(2)))
    tried = (title[: _NAME_LETTERS - len(end)] + end for end in ends)
    name = next(one for one in tried if one.casefold() not in names)
    names.add(name.casefold())
    return name


__all__ = ["report_workbook"]
