"""Tables over many pages: sections with a title, headings repeated on every page, a sum at their end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from analytics.papers.frame import Look, content_box, cover, draw_frame, ink_on
from analytics.papers.sheet import FAINT, GREY, GROUND, INK, RED, PageDraw, Sheet, Words
from gullu.labels.geometry import Box

ROW: Final = 6.0
HEADING: Final = 7.5
TITLE: Final = 11.0
_PAD: Final = 1.2
_TEXT_PT: Final = 9.0
_LEAST_PT: Final = 7.0


@dataclass(frozen=True, slots=True)
class Column:
    """`width` in mm; all columns of a section together are at most as wide as the content of the page."""

    heading: str
    width: float
    align: Literal["left", "center", "right"] = "left"
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A table of its own. `total` is the last row, set apart; empty: none. A cell that begins with − is a shortage."""

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[str, ...]]
    total: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows `start` to `end` of a section on one page; the title stands on the first part, the sum below the last."""

    section: Section
    start: int
    end: int

    @property
    def height(self) -> float:
        last = ROW if self.shows_total else 0.0
        return TITLE + HEADING + (self.end - self.start) * ROW + last

    @property
    def shows_total(self) -> bool:
        return bool(self.section.total) and self.end == len(self.section.rows)


def table_pages(
    sections: Sequence[Section], look: Look, *, size: tuple[float, float], subtitle: str
) -> Iterator[PageDraw]:
    """The pages of the whole table, and a cover before them if one is wanted."""
    yield from cover(look, subtitle=subtitle)
    plan = _plan(sections, content_box(*size).height)
    first = 1 + int(look.options.cover)
    for number, parts in enumerate(plan, start=first):
        draw = partial(_draw_page, look=look, parts=parts, number=number, pages=len(plan) + first - 1)
        yield PageDraw(draw, *size)


def page_count(sections: Sequence[Section], look: Look, *, size: tuple[float, float]) -> int:
    return len(_plan(sections, content_box(*size).height)) + int(look.options.cover)


def _plan(sections: Sequence[Section], height: float) -> list[list[_Part]]:
    """Which rows stand on which page. A title never stands without a row below it."""
    pages: list[list[_Part]] = [[]]
    left = height
    for section in sections:
        start = 0
        while start < len(section.rows):
            room = int((left - TITLE - HEADING + 1e-6) / ROW)
            # The sum stays with the row above it.
            rest = len(section.rows) - start
            fits = rest + int(bool(section.total)) <= room
            taken = rest if fits else min(room, rest - int(bool(section.total) and rest == room))
            if taken < 1:
                pages.append([])
                left = height
                continue
            part = _Part(section, start, start + taken)
            pages[-1].append(part)
            left -= part.height
            start += taken
    return pages


def _draw_page(sheet: Sheet, *, look: Look, parts: Sequence[_Part], number: int, pages: int) -> None:
    draw_frame(sheet, look, number=number, pages=pages)
    area = content_box(sheet.width, sheet.height)
    y = area.y
    for part in parts:
        _draw_part(sheet, part, area.below(y - area.y), look.options.colour)
        y += part.height


def _draw_part(sheet: Sheet, part: _Part, area: Box, colour: str) -> None:
    section = part.section
    sheet.words(Box(area.x, area.y + 3, area.width, 6), Words(text=section.title, pt=12, bold=True))
    top = area.below(TITLE)
    width = sum(column.width for column in section.columns)
    sheet.block(Box(top.x, top.y, width, HEADING), colour)
    headings = tuple(column.heading for column in section.columns)
    _draw_row(sheet, Box(top.x, top.y, width, HEADING), headings, section, colour=ink_on(colour), bold=True)
    y = top.y + HEADING
    for index in range(part.start, part.end):
        row = Box(top.x, y, width, ROW)
        if index % 2:
            sheet.block(row, GROUND)
        _draw_row(sheet, row, section.rows[index], section)
        y += ROW
    if part.shows_total:
        sheet.block(Box(top.x, y, width, 0.4), INK)
        _draw_row(sheet, Box(top.x, y, width, ROW), section.total, section, bold=True)
    else:
        sheet.block(Box(top.x, y, width, 0.2), FAINT)


def _draw_row(
    sheet: Sheet, row: Box, texts: Sequence[str], section: Section, *, colour: str = "", bold: bool = False
) -> None:
    x = row.x
    for column, text in zip(section.columns, texts, strict=True):
        box = Box(x + _PAD, row.y, column.width - 2 * _PAD, row.height)
        words = Words(
            text=text,
            pt=_TEXT_PT,
            bold=bold or column.bold,
            colour=colour or _tone(text),
            align=column.align,
            least_pt=_LEAST_PT,
            middle=True,
        )
        sheet.words(box, words)
        x += column.width


def _tone(text: str) -> str:
    if text.startswith("−"):
        return RED
    return GREY if text in {"0", "·"} else INK


__all__ = ["Column", "Section", "page_count", "table_pages"]
