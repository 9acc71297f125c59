"""A table on paper: columns as wide as their content needs, texts wrapped, headings on every page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from reportlab.lib.colors import HexColor
from reportlab.platypus import LongTable

from analytics.papers.sheet import FAINT, GROUND, INK, WHITE
from analytics.reports.cells import heading_of, in_words, is_number, seen_total
from analytics.reports.report import Table
from gullu.labels.fitting import break_anywhere, shorten
from gullu.labels.typeface import ASCENT, BOLD, LINE, REGULAR, printable, width_em
from gullu.workbooks import Column

# More rows than this are no paper any more: the rest stays in the workbook.
MOST_ROWS: Final = 5000
# From so many columns on the paper lies across.
WIDE_COLUMNS: Final = 8
_SIZES: Final = (8.5, 8.0, 7.5, 7.0, 6.5, 6.0)
# Beside and above the words of a cell, in points.
_PAD: Final = 3.0
_AIR: Final = 2.2
_MOST_LINES: Final = 6
# In widths of the letter m: a text is not squeezed narrower, nor asks for more.
_LEAST_EM: Final = 4.0
_WORD_EM: Final = 8.0
_MOST_EM: Final = 34.0


@dataclass(frozen=True, slots=True)
class Grid:
    """The words of a table, read once. `cut`: there are more rows than are printed."""

    title: str
    note: str
    headings: tuple[str, ...]
    rows: list[tuple[str, ...]]
    total: tuple[str, ...]
    numbers: tuple[bool, ...]
    cut: bool

    @property
    def wide(self) -> bool:
        return len(self.headings) >= WIDE_COLUMNS


def grid_of(table: Table, columns: Sequence[Column], *, may_see_money: bool) -> Grid:
    """Read a table; its rows are gone through once, at most one more than are printed."""
    first = islice(iter(table.rows), MOST_ROWS + 1)
    values = [tuple(column.value(row) for column in columns) for row in first]
    total = seen_total(table, may_see_money=may_see_money)
    whole = [*values, total] if total else values
    return Grid(
        title=table.title,
        note=table.note,
        headings=tuple(printable(heading_of(column), BOLD) for column in columns),
        rows=[tuple(printable(in_words(value)) for value in row) for row in values[:MOST_ROWS]],
        total=tuple(printable(in_words(value), BOLD) for value in total),
        numbers=tuple(_holds_numbers(row[place] for row in whole) for place in range(len(columns))),
        cut=len(values) > MOST_ROWS,
    )


def _holds_numbers(values: Iterable[Any]) -> bool:
    return is_number(next((value for value in values if value is not None and value != ""), None))


# --- how wide ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a column would like and what it needs at least, in widths of the letter m."""

    liked: float
    least: float


def _wish(grid: Grid, place: int) -> _Wish:
    words = [word for word in grid.headings[place].split(" ") if word]
    heading = max((width_em(word, BOLD) for word in words), default=0.0)
    cells = max((width_em(row[place], REGULAR) for row in grid.rows), default=0.0)
    total = width_em(grid.total[place], BOLD) if grid.total else 0.0
    if grid.numbers[place]:
        liked = max(heading, cells, total)
        return _Wish(liked, liked)
    # A short heading stands on one line where there is room; days and codes are not torn apart.
    liked = max(heading, min(max(cells, total, width_em(grid.headings[place], BOLD)), _MOST_EM))
    word = max((width_em(word, REGULAR) for row in grid.rows for word in row[place].split(" ")), default=0.0)
    return _Wish(liked, min(liked, max(heading, min(word, _WORD_EM), _LEAST_EM)))


def _widths(grid: Grid, room: float) -> tuple[float, list[float]]:
    """The size of the type and the widths of the columns, all together `room` points."""
    wishes = [_wish(grid, place) for place in range(len(grid.headings))]
    inner = room - 2 * _PAD * len(wishes)
    for pt in _SIZES:
        if sum(wish.liked for wish in wishes) * pt <= inner:
            scale = inner / sum(wish.liked for wish in wishes)
            return pt, [wish.liked * scale + 2 * _PAD for wish in wishes]
    for pt in _SIZES[2:]:
        if (least := sum(wish.least for wish in wishes) * pt) <= inner:
            free = sum(wish.liked - wish.least for wish in wishes)
            share = (inner - least) / free
            return pt, [wish.least * pt + (wish.liked - wish.least) * share + 2 * _PAD for wish in wishes]
    scale = inner / sum(wish.least for wish in wishes)
    return _SIZES[-1], [wish.least * scale + 2 * _PAD for wish in wishes]


# --- set --------------------------------------------------------------------------------------------------------------


def table_of(grid: Grid, room: float) -> LongTable:
    """The table, `room` points wide. It breaks between rows; the sum stays with the row above it."""
    pt, widths = _widths(grid, room)
    rows: list[Sequence[str]] = [grid.headings, *grid.rows]
    if grid.total:
        rows.append(grid.total)
    last = len(rows) - 1 if grid.total else None
    cells: list[list[str]] = []
    heights: list[float] = []
    for number, row in enumerate(rows):
        font = BOLD if number in {0, last} else REGULAR
        lines = [_lines(text, font, (width - 2 * _PAD) / pt) for text, width in zip(row, widths, strict=True)]
        cells.append(["\n".join(one) for one in lines])
        heights.append(max(map(len, lines)) * pt * LINE + 2 * _AIR)
    return LongTable(
        cells,
        colWidths=widths,
        rowHeights=heights,
        repeatRows=1,
        hAlign="LEFT",
        style=_style(grid, pt),
    )


def _lines(text: str, font: str, width: float) -> list[str]:
    """The text on at most so many lines; what is longer ends in an ellipsis."""
    if width_em(text, font) <= width + 1e-6:
        return [text]
    lines = break_anywhere(text, font, width)
    if len(lines) <= _MOST_LINES:
        return lines
    rest = " ".join(lines[_MOST_LINES - 1 :])
    return [*lines[: _MOST_LINES - 1], shorten(rest, font, width)]


def _style(grid: Grid, pt: float) -> list[tuple[Any, ...]]:
    whole = ((0, 0), (-1, -1))
    style: list[tuple[Any, ...]] = [
        ("FONT", *whole, REGULAR, pt, pt * LINE),
        ("TEXTCOLOR", *whole, HexColor(INK)),
        ("VALIGN", *whole, "TOP"),
        ("LEFTPADDING", *whole, _PAD),
        ("RIGHTPADDING", *whole, _PAD),
        # The first baseline lies one type size below the top; the air around it is even with the letters' ascent.
        ("TOPPADDING", *whole, _AIR - pt * (1 - ASCENT)),
        ("BOTTOMPADDING", *whole, 0),
        ("FONTNAME", (0, 0), (-1, 0), BOLD),
        ("BACKGROUND", (0, 0), (-1, 0), FAINT),
        ("ROWBACKGROUNDS", (0, 1), (-1, -1), (WHITE, GROUND)),
        ("LINEBELOW", (0, -1), (-1, -1), 0.5, FAINT),
    ]
    style += [
        ("ALIGN", (place, 0), (place, -1), "RIGHT") for place, is_one in enumerate(grid.numbers) if is_one
    ]
    if grid.total:
        style += [
            ("FONTNAME", (0, -1), (-1, -1), BOLD),
            ("LINEABOVE", (0, -1), (-1, -1), 1, INK),
            ("NOSPLIT", (0, -2), (0, -1)),
        ]
    return style


__all__ = ["MOST_ROWS", "Grid", "grid_of", "table_of"]
