"""Price list and stock by size, on paper and in Excel."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from analytics.papers.frame import Look
from analytics.papers.kinds import PaperKind
from analytics.papers.matrix import matrix_sections, signed
from analytics.papers.options import PaperOptions
from analytics.papers.tables import Column, Section, page_count, table_pages
from catalog.models import Variant
from tests.analytics.papers.kit import (
    LETTERS,
    entries,
    fonts_embedded,
    make_goods,
    page_sizes_mm,
    page_texts,
    paper,
)
from tests.factories import make_order, make_product, make_shelf, make_variant, stock

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LOOK = Look(PaperOptions(kind=PaperKind.PRICE_LIST, cover=False), NOW)


def workbook(kind: PaperKind, rows: Any, **fields: Any) -> list[list[tuple[Any, ...]]]:
    data, _made = paper(kind, rows, **fields)
    return [list(sheet.iter_rows(values_only=True)) for sheet in load_workbook(BytesIO(data))]


# --- pages ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 38, 39, 40, 41, 80, 200])
@pytest.mark.parametrize("total", [(), ("sum",)])
def test_every_row_stands_once_and_the_sum_never_alone(rows: int, total: tuple[str, ...]) -> None:
    section = Section("Title", (Column("Head", 50),), [(f"row{number}.",) for number in range(rows)], total)
    drawn = list(table_pages([section], LOOK, size=(210, 297), subtitle=""))

    from analytics.papers.sheet import stream_pages

    texts = page_texts(b"".join(stream_pages(drawn, title="t")))
    words = [word for text in texts for word in text.split() if word.startswith("row")]
    assert words == [f"row{number}." for number in range(rows)]
    assert len(texts) == page_count([section], LOOK, size=(210, 297))
    assert [("Title" in text, "Head" in text, "row" in text) for text in texts] == [(True, True, True)] * len(
        texts
    )
    assert ["sum" in text for text in texts] == [False] * (len(texts) - 1) + [bool(total)]


def test_sections_follow_each_other_on_one_page() -> None:
    sections = [Section(name, (Column("H", 50),), [("x",)]) for name in ("Bir", "İki")]

    assert page_count(sections, LOOK, size=(210, 297)) == 1


# --- price list -----------------------------------------------------------------------------------------------------


def test_price_list_has_a_row_for_each_model_and_colour() -> None:
    product = make_goods("0172", sizes=["36", "37"], price="1299.90", title=f"Şık {LETTERS}")
    Variant.objects.filter(product=product, size="37").update(sale_price=Decimal("1199.90"))
    make_variant(product=product, colour="Bej", size="38", list_price=None, sale_price=None)

    data, made = paper(PaperKind.PRICE_LIST, entries(product))

    text = page_texts(data)[0]
    assert [word in text for word in ("1.199,90 – 1.299,90", "36, 37", "—", f"Şık {LETTERS}")] == [True] * 4
    assert (made.entries, made.pages, page_sizes_mm(data), fonts_embedded(data)) == (
        2,
        1,
        {(210, 297)},
        {True},
    )


def test_price_workbook_has_models_and_barcodes_as_numbers_and_texts() -> None:
    product = make_goods(
        "0172", sizes=["36", "37"], price="1299.90", title="Şık", brand="Güllü", category="Bot"
    )
    Variant.objects.filter(product=product, size="37").update(sale_price=Decimal("1199.90"), barcode="0868")
    Variant.objects.filter(product=product, size="36").update(barcode="0867")

    models, barcodes = workbook(PaperKind.PRICE_LIST_XLSX, entries(product))

    assert models[1:] == [("0172", "Şık", "Güllü", "Bot", "Siyah", "36, 37", 1299.9, 1199.9, 1299.9, 10)]
    assert barcodes[1:] == [
        ("0867", "0172", "Şık", "Siyah", "36", 1299.9, 1299.9, 10),
        ("0868", "0172", "Şık", "Siyah", "37", 1299.9, 1199.9, 10),
    ]


def test_workbook_takes_nothing_for_a_formula() -> None:
    product = make_goods("=1+1", colour="+A1", title='=HYPERLINK("http://x","y")\x07', brand="@SUM(A1)")

    data, _made = paper(PaperKind.PRICE_LIST_XLSX, entries(product))

    cells = [cell for row in load_workbook(BytesIO(data)).worksheets[0].iter_rows(min_row=2) for cell in row]
    texts = [cell for cell in cells if isinstance(cell.value, str)]
    assert [cell.value for cell in texts][:3] == ["=1+1", '=HYPERLINK("http://x","y")', "@SUM(A1)"]
    assert {(cell.data_type, cell.quotePrefix) for cell in texts} == {("s", True)}


def test_price_list_shows_stock_only_when_it_is_asked_for() -> None:
    rows = entries(make_goods("0172", sizes=["36"], shelf=make_shelf(), pairs=77), with_stock=True)

    assert "77" not in page_texts(paper(PaperKind.PRICE_LIST, rows)[0])[0]
    assert "77" in page_texts(paper(PaperKind.PRICE_LIST, rows, with_stock=True)[0])[0]
    assert workbook(PaperKind.PRICE_LIST_XLSX, rows, with_stock=True)[0][1][-1] == 77


# --- stock by size --------------------------------------------------------------------------------------------------


def shop_with_a_shortage() -> list[Any]:
    shelf = make_shelf()
    first = make_goods("A-1", sizes=["36", "37"], shelf=shelf, pairs=3)
    second = make_goods("B-2", sizes=["37", "38"])
    stock(second.variants.get(size="38"), shelf, 5)
    make_order([(second.variants.get(size="37"), 2)])
    return entries(first, second, with_stock=True)


def test_matrix_shows_shortages_and_counts_them_in_every_sum() -> None:
    (section,) = matrix_sections(shop_with_a_shortage())

    assert [column.heading for column in section.columns[3:-1]] == ["36", "37", "38"]
    assert [row[3:] for row in section.rows] == [("3", "3", "·", "6"), ("·", "−2", "5", "3")]
    assert section.total[3:] == ("3", "1", "5", "9")


def test_matrix_workbook_has_the_same_figures() -> None:
    (rows,) = workbook(PaperKind.SIZE_MATRIX_XLSX, shop_with_a_shortage())

    assert rows[0][4:7] == ("36", "37", "38")
    assert [row[4:] for row in rows[1:]] == [(3, 3, None, 6), (None, -2, 5, 3), (3, 1, 5, 9)]


def test_matrix_of_women_men_and_children_is_three_tables() -> None:
    products = [
        make_goods(code, sizes=sizes, age_group=group)
        for code, sizes, group in (
            ("A", ["22", "23"], "CHILDREN"),
            ("B", ["40"], "MEN"),
            ("C", ["36"], "WOMEN"),
        )
    ]

    sections = matrix_sections(entries(*products, with_stock=True))

    assert [[row[0] for row in section.rows] for section in sections] == [["C"], ["B"], ["A"]]
    assert [[column.heading for column in section.columns[3:-1]] for section in sections] == [
        ["36"],
        ["40"],
        ["22", "23"],
    ]


def test_matrix_with_more_sizes_than_the_paper_is_wide_goes_on_below() -> None:
    wide = make_goods("A-1", sizes=[str(size) for size in range(16, 46)], shelf=make_shelf(), pairs=1)
    small = make_goods("B-2", sizes=["16"])

    sections = matrix_sections(entries(wide, small, with_stock=True))

    shown = [column.heading for section in sections for column in section.columns[3:-1]]
    assert shown == [str(size) for size in range(16, 46)]
    assert [len(section.rows) for section in sections] == [2, 1]
    assert [sum(column.width for column in section.columns) <= 281 + 1e-6 for section in sections] == [
        True,
        True,
    ]


def test_matrix_is_printed_across_the_paper() -> None:
    data, made = paper(PaperKind.SIZE_MATRIX, shop_with_a_shortage(), cover=True, slogan=LETTERS)

    texts = page_texts(data)
    assert (page_sizes_mm(data), made.pages, len(texts)) == ({(210, 297), (297, 210)}, 2, 2)
    assert ("−2" in texts[1], LETTERS in texts[0]) == (True, True)


def test_colours_are_rows_of_their_own_and_one_sum() -> None:
    product = make_product("A-1")
    shelf = make_shelf()
    for colour in ("Bej", "Siyah"):
        stock(make_variant(product=product, colour=colour, size="36"), shelf, 2)

    (section,) = matrix_sections(entries(product, with_stock=True))

    assert (len(section.rows), section.total[-1]) == (2, "4")


@pytest.mark.parametrize(("number", "words"), [(0, "0"), (12, "12"), (-3, "−3")])
def test_numbers_carry_the_sign_that_is_as_wide_as_a_figure(number: int, words: str) -> None:
    assert signed(number) == words
