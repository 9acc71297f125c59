from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

from openpyxl import load_workbook

from gullu.labels.preflight import check_label
from orders.picking_list import (
    ROWS_PER_PAGE,
    PickingRow,
    picking_list_pages,
    picking_list_pdf,
    picking_list_xlsx,
)
from tests.labels.reading import pdf_sizes_mm, pdf_text

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def rows(count: int) -> list[PickingRow]:
    return [
        PickingRow(
            shelf=f"A-B-{n:02d}" if n % 5 else "",
            model=f"0{n:03d}",
            colour="Koyu Kahverengi Süet Şampanya",
            size="37",
            order_number=f"{10_000_000_000 + n}",
            quantity=1 + n % 2,
            barcode=f"869{n:010d}",
        )
        for n in range(count)
    ]


def test_picking_list_holds_every_row_on_a4() -> None:
    wanted = rows(ROWS_PER_PAGE + 3)

    data = b"".join(picking_list_pdf(wanted, made_at=NOW))

    assert pdf_sizes_mm(data) == [(210.0, 297.0)] * 2
    text = pdf_text(data) + pdf_text(data, page=1)
    assert [row.order_number for row in wanted if row.order_number not in text] == []
    assert "21.11.2026 12:30" in text


def test_picking_list_lies_inside_its_pages_without_overlaps() -> None:
    for page in picking_list_pages(rows(ROWS_PER_PAGE), made_at=NOW):
        check_label(page.labels[0].label)


def test_picking_list_of_nothing_is_one_empty_page() -> None:
    assert len(list(picking_list_pages([], made_at=NOW))) == 1


def test_workbook_keeps_codes_as_text() -> None:
    given = [
        PickingRow(shelf="A-B-03", model="=1+1", colour="Ekru", size="37", order_number="01", quantity=2)
    ]

    sheet = load_workbook(BytesIO(picking_list_xlsx(given))).active

    cells = [(cell.value, cell.data_type) for cell in sheet[2]][:7]
    assert cells == [
        ("A-B-03", "s"),
        ("=1+1", "s"),
        ("Ekru", "s"),
        ("37", "s"),
        (2, "n"),
        (None, "n"),
        ("01", "s"),
    ]
