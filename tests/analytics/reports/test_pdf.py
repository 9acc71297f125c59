"""A report on paper: what stands there, and that nothing typed by a person changes how it is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any

import pypdfium2
import pytest
from django.utils import translation

from analytics.reports.charts import MOST_LYING, drawing_of
from analytics.reports.grids import MOST_ROWS, grid_of, table_of
from analytics.reports.marks import Bar, bars_of, strokes_of
from analytics.reports.pdf import report_pdf
from analytics.reports.report import Chart, Figure, Report, Series, Table
from gullu.workbooks import Column
from tests.analytics.papers.kit import LETTERS, fonts_embedded, page_sizes_mm, page_texts

NAME = Column("model", lambda row: row[0])
PAIRS = Column("pairs", lambda row: row[1])
AMOUNT = Column("amount", lambda row: row[2], money=True)
WASTE = "<b>Bold</b> & <para> %s {x} <img src='file:///etc/passwd'/> &nbsp;"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def pdf(*, may_see_money: bool = True, **parts: object) -> bytes:
    return report_pdf(Report("name", "Title", **parts), may_see_money=may_see_money)


def text_of(data: bytes) -> str:
    return "\n".join(page_texts(data))


def table(rows: int, columns: tuple[Column, ...] = (NAME, PAIRS, AMOUNT), **parts: object) -> Table:
    values = [(f"model{number}.", number, Decimal(number)) for number in range(rows)]
    return Table("Rows", columns, values, **parts)


# --- what stands there ------------------------------------------------------------------------------------------------


def test_pdf_has_head_figures_and_number_of_pages(settings: Any) -> None:
    figures = [Figure("Profit", "1.234,56 ₺", "before: 1,00 ₺"), Figure(f"Şık {LETTERS}", "12")]

    text = text_of(pdf(lines=["01.11.2026 – 28.11.2026"], figures=figures, tables=[table(3)]))

    said = (
        "Title",
        settings.SHOP.name,
        "page 1 / 1",
        "01.11.2026 – 28.11.2026",
        "1.234,56 ₺",
        f"Şık {LETTERS}",
    )
    assert [word in text for word in said] == [True] * 6


def test_cells_are_written_as_the_shop_writes_them() -> None:
    values = [
        1234,
        Decimal("1234.5"),
        date(2026, 11, 1),
        datetime(2026, 11, 1, 9, 0, tzinfo=UTC),
        True,
        0.25,
        None,
    ]
    columns = [Column(f"c{place}", itemgetter(place)) for place in range(len(values))]

    text = text_of(pdf(tables=[Table("T", columns, [values])]))

    assert "1.234 1.234,50 01.11.2026 01.11.2026 12:00 yes 0,3" in text.replace("\r\n", " ")


def test_text_is_never_markup() -> None:
    data = report_pdf(
        Report(
            "name",
            "<i>Title</i>",
            lines=[WASTE],
            figures=[Figure("<i>F</i>", "1")],
            charts=[Chart("<i>C</i>", ["<i>L</i>"], [Series("s", [1.0])], "LYING")],
            tables=[
                Table("<i>T</i>", (Column("<i>H</i>", lambda row: row),), [WASTE], note="<i>N</i> &amp;")
            ],
        ),
        may_see_money=True,
    )

    text = text_of(data)
    marks = [f"<i>{word}</i>" in text for word in ("Title", "F", "C", "L", "T", "H", "N")]
    assert (marks, text.count(WASTE), "&amp;" in text) == ([True] * 7, 2, True)


def test_letters_the_typeface_lacks_are_marked() -> None:
    assert "a�b" in text_of(pdf(lines=["a\U0001f460b"], tables=[]))


def test_amounts_are_left_out_without_the_right() -> None:
    sums = ("Total", 3, Decimal("8888.88"))
    with_it = text_of(pdf(tables=[table(2, total=sums)]))
    without = text_of(pdf(tables=[table(2, total=sums)], may_see_money=False))

    assert [(word in with_it, word in without) for word in ("Amount (₺)", "8.888,88")] == [(True, False)] * 2
    assert "Total 3" in without


def test_table_of_amounts_alone_is_left_out_without_the_right() -> None:
    assert "Secret" not in text_of(
        pdf(tables=[Table("Secret", (AMOUNT,), [("a", 1, 2)])], may_see_money=False)
    )


def test_empty_table_says_so() -> None:
    assert "There is nothing to list." in text_of(pdf(tables=[Table("T", (NAME,), [])]))


def test_report_of_nothing_is_a_page() -> None:
    assert len(page_texts(pdf())) == 1


def test_fonts_are_embedded() -> None:
    chart = Chart("C", ["İ"], [Series("Ş", [1.0])])
    data = pdf(
        lines=["Ğ"], figures=[Figure("F", "1 ₺", "n")], charts=[chart], tables=[table(3, total=("a", 1, 2))]
    )

    assert fonts_embedded(data) == {True}


@pytest.mark.parametrize(("columns", "size"), [(7, (210, 297)), (8, (297, 210))])
def test_paper_lies_across_for_many_columns(columns: int, size: tuple[int, int]) -> None:
    assert page_sizes_mm(pdf(tables=[table(1, (NAME,) * columns)])) == {size}


# --- long and wide tables ---------------------------------------------------------------------------------------------


def test_each_page_has_the_headings_and_each_row_stands_once() -> None:
    texts = page_texts(pdf(tables=[table(150, total=("Sum", 1, Decimal(2)))]))

    words = re.findall(r"model\d+\.", "\n".join(texts))
    assert words == [f"model{number}." for number in range(150)]
    assert ["Amount (₺)" in text for text in texts] == [True] * len(texts)
    assert ["Sum" in text for text in texts] == [False] * (len(texts) - 1) + [True]
    assert "model149." in texts[-1]


def test_long_table_ends_with_a_sentence() -> None:
    data = pdf(tables=[table(MOST_ROWS + 1, (NAME,))])

    document = pypdfium2.PdfDocument(data)
    try:
        last = document[len(document) - 1].get_textpage().get_text_bounded()
    finally:
        document.close()
    assert f"model{MOST_ROWS - 1}." in last
    assert f"model{MOST_ROWS}." not in last
    assert "Only the first 5.000 rows are printed; the Excel file has all." in last


def test_rows_are_read_only_as_far_as_they_are_printed() -> None:
    read = []

    def rows() -> Iterator[tuple[int]]:
        for number in range(MOST_ROWS * 2):
            read.append(number)
            yield (number,)

    grid = grid_of(Table("T", (NAME,), rows()), (NAME,), may_see_money=True)

    assert (len(read), len(grid.rows), grid.cut) == (MOST_ROWS + 1, MOST_ROWS, True)


@pytest.mark.parametrize("count", [1, 5, 14, 40])
def test_table_is_as_wide_as_the_paper(count: int) -> None:
    column = Column("A long heading of words", lambda row: row)
    grid = grid_of(Table("T", (column,) * count, ["word " * 30]), (column,) * count, may_see_money=True)

    drawn = table_of(grid, 500.0)

    assert sum(drawn._colWidths) == pytest.approx(500.0)


def test_endless_text_ends_in_an_ellipsis() -> None:
    text = text_of(pdf(tables=[Table("T", (NAME, PAIRS), [("x" * 5000, 1)])]))

    assert ("…" in text, len(page_texts(pdf(tables=[Table("T", (NAME,), [("x" * 5000, 1)])])))) == (True, 1)


# --- charts -----------------------------------------------------------------------------------------------------------


def edges(chart: Chart) -> list[tuple[int, float, float]]:
    return [(bar.place, bar.low, bar.high) for bar in bars_of(chart)]


def test_waterfall_steps_begin_where_the_last_one_ended() -> None:
    chart = Chart("", list("abcd"), [Series("s", [100.0, -30.0, -90.0, -20.0])], "WATERFALL", totals=(0, 3))

    assert edges(chart) == [(0, 0.0, 100.0), (1, 70.0, 100.0), (2, -20.0, 70.0), (3, -20.0, 0.0)]


def test_stacked_bars_grow_away_from_zero() -> None:
    series = [Series("a", [1.0, -1.0]), Series("b", [2.0, None]), Series("c", [-3.0, -2.0])]

    assert edges(Chart("", ["x", "y"], series, stacked=True)) == [
        (0, 0.0, 1.0),
        (1, -1.0, 0.0),
        (0, 1.0, 3.0),
        (0, -3.0, 0.0),
        (1, -3.0, -1.0),
    ]


def test_bars_of_several_series_stand_beside_each_other() -> None:
    bars = bars_of(Chart("", ["x"], [Series("a", [1.0]), Series("b", [-1.0])]))

    assert [(bar.slot, bar.slots, bar.low, bar.high) for bar in bars] == [(0, 2, 0.0, 1.0), (1, 2, -1.0, 0.0)]
    assert isinstance(bars[0], Bar)


def test_gaps_break_a_line() -> None:
    chart = Chart("", list("abcde"), [Series("s", [1.0, 2.0, None, 3.0, None])], "LINE")

    assert [stroke.points for stroke in strokes_of(chart, bands=False)] == [((0, 1.0), (1, 2.0)), ((3, 3.0),)]


@pytest.mark.parametrize("kind", ["BAR", "LINE", "LYING", "WATERFALL"])
@pytest.mark.parametrize("values", [[], [None, None], [0.0], [-5.0, 3.5, None] * 30, [1e9, 0.001]])
def test_every_chart_can_be_drawn(kind: str, values: list[float | None]) -> None:
    labels = [f"Şık ayakkabı {number} " * 4 for number in range(len(values))]
    chart = Chart("C", labels, [Series("s", values)], kind)

    assert len(page_texts(pdf(charts=[chart], tables=[table(1, (NAME,) * 8)]))) in {1, 2}


def test_chart_of_many_series_has_all_their_names() -> None:
    series = [Series(f"series{number}.", [1.0], band=number == 3) for number in range(12)]

    text = text_of(pdf(charts=[Chart("C", ["x"], series, "LINE")]))

    assert [f"series{number}." in text for number in range(12)] == [True] * 12


def test_lying_bars_are_as_many_as_a_page_takes() -> None:
    labels = [f"name{number}." for number in range(MOST_LYING + 5)]

    text = text_of(pdf(charts=[Chart("C", labels, [Series("s", [1.0] * len(labels))], "LYING")]))

    assert [f"name{number}." in text for number in (0, MOST_LYING - 1, MOST_LYING)] == [True, True, False]


def test_names_stay_inside_the_drawing() -> None:
    chart = Chart("C", ["W" * 300, "b"], [Series("s", [1.0, -1.0])], "LYING")

    left, _bottom, right, _top = drawing_of(chart, 500.0).getBounds()

    assert (left >= 0, right <= 500.0) == (True, True)
