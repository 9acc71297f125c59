"""Sheets of the common kind: numbers, days and moments, texts that stay texts, and the sum below."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

from openpyxl import Workbook, load_workbook

from gullu.workbooks import Column, add_sheet

COLUMNS = [Column("ilk", lambda row: row[0], 20), Column("sayı", lambda row: row[1])]


def sheet(rows, *, title="Liste", **options):
    book = Workbook(write_only=True)
    count = add_sheet(book, title, COLUMNS, rows, **options)
    out = BytesIO()
    book.save(out)
    return load_workbook(BytesIO(out.getvalue())).worksheets[0], count


def test_values_keep_their_kind() -> None:
    moment = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    rows = [("0012", 3), (date(2026, 11, 20), Decimal("1234.50")), (moment, None), (True, "")]

    found, count = sheet(rows)

    assert count == 4
    assert [[cell.value for cell in row] for row in found.iter_rows(min_row=2, max_row=4)] == [
        ["0012", 3],
        [datetime.fromisoformat("2026-11-20"), 1234.5],
        [datetime.fromisoformat("2026-11-20T12:00"), None],
    ]
    assert [cell.number_format for cell in found[3]] == ["dd.mm.yyyy", "#,##0.00"]
    assert found["A5"].data_type == "s"


def test_heading_is_bold_with_a_turkish_capital_and_stays_in_sight() -> None:
    found, _count = sheet([])

    assert [(cell.value, cell.font.bold) for cell in found[1]] == [("İlk", True), ("Sayı", True)]
    assert (found.freeze_panes, found.auto_filter.ref, found.column_dimensions["A"].width) == (
        "A2",
        "A1:B1",
        20,
    )


def test_sum_is_the_last_row_and_no_part_of_the_filter() -> None:
    found, _count = sheet([("a", 1), ("b", 2)], total=("Toplam", 3))

    assert [(cell.value, cell.font.bold) for cell in found[4]] == [("Toplam", True), (3, True)]
    assert found.auto_filter.ref == "A1:B3"


def test_title_excel_would_refuse_is_made_acceptable() -> None:
    found, _count = sheet([], title="Beden/stok: " + "x" * 40)

    assert (found.title.startswith("Beden stok"), len(found.title)) == (True, 31)


def test_text_is_marked_and_loses_what_excel_cannot_hold() -> None:
    found, _count = sheet([("=1+1", "Ay\x0bşe"), ("+905", "-2")])

    typed = [cell for row in found.iter_rows(min_row=2) for cell in row]
    assert [cell.value for cell in typed] == ["=1+1", "Ayşe", "+905", "-2"]
    assert [(cell.data_type, cell.quotePrefix) for cell in typed] == [("s", True)] * 4
