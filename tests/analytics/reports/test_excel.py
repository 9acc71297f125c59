"""A report as a workbook and as an answer."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone, translation
from openpyxl import load_workbook

from analytics.reports.answers import excel_answer, pdf_answer
from analytics.reports.excel import report_workbook
from analytics.reports.report import Figure, Report, Table
from gullu.workbooks import Column

NAME = Column("model", lambda row: row[0])
AMOUNT = Column("amount", lambda row: row[1], money=True)
ROWS = [("0172", Decimal("1.50")), ("=1+1", Decimal(2))]


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def sheets(report: Report, *, may_see_money: bool = True) -> dict[str, list[tuple[Any, ...]]]:
    book = load_workbook(BytesIO(report_workbook(report, may_see_money=may_see_money)))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_workbook_has_figures_and_a_sheet_for_each_table() -> None:
    report = Report(
        "n",
        "Title",
        lines=["01.11.2026"],
        figures=[Figure("Profit", "1,00 ₺", "before: 2")],
        tables=[Table("Rows", (NAME, AMOUNT), ROWS, total=("Total", Decimal("3.50")))],
    )

    assert sheets(report) == {
        "Summary": [("Title", None, None), ("01.11.2026", None, None), ("Profit", "1,00 ₺", "before: 2")],
        "Rows": [("Model", "Amount"), ("0172", 1.5), ("=1+1", 2), ("Total", 3.5)],
    }


def test_amounts_are_left_out_without_the_right() -> None:
    report = Report("n", "T", tables=[Table("Rows", (NAME, AMOUNT), ROWS, total=("Total", Decimal(4)))])

    assert sheets(report, may_see_money=False) == {"Rows": [("Model",), ("0172",), ("=1+1",), ("Total",)]}


def test_sheets_of_one_name_are_numbered() -> None:
    tables = [Table(title, (NAME,), []) for title in ("A" * 40, "a" * 35, "Summary")]

    names = list(sheets(Report("n", "T", figures=[Figure("F", "1")], tables=tables)))

    assert names == ["Summary", "A" * 31, "a" * 29 + " 2", "Summary 2"]


def test_workbook_of_nothing_can_be_opened() -> None:
    assert sheets(Report("n", "Title")) == {"Summary": [("Title",)]}


def test_answers_are_named_by_the_day() -> None:
    today = timezone.localdate().isoformat()
    report = Report("sales", "T", tables=[Table("Rows", (NAME,), ROWS)])

    excel = excel_answer(report, may_see_money=True)
    pdf = pdf_answer(report, may_see_money=True)

    assert excel["Content-Disposition"] == f'attachment; filename="sales-{today}.xlsx"'
    assert pdf["Content-Disposition"] == f'inline; filename="sales-{today}.pdf"'
    assert (excel.content[:2], pdf.content[:4], pdf["Content-Type"]) == (b"PK", b"%PDF", "application/pdf")
