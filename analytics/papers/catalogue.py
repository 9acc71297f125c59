"""The catalogue: a cover, then pages with one, two, four or nine entries, each a picture with its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.papers.entries import Entry, Size, span_words
from analytics.papers.frame import Look, content_box, cover, draw_frame
from analytics.papers.kinds import GRIDS, Grid
from analytics.papers.pictures import PictureBook, coarse
from analytics.papers.sheet import A4, FAINT, GREY, GROUND, PageDraw, Sheet, Words, contained
from gullu.labels.fitting import line_mm
from gullu.labels.geometry import Box

GAP: Final = 4.0
Report = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Cell:
    """Where an entry's picture and its words lie on the page, in mm."""

    picture: Box
    caption: Box


def cells(grid: Grid) -> list[Cell]:
    """The places of one page, row by row. With four on a page a picture has 95 × 95 mm."""
    area = content_box(*A4)
    width = (area.width - GAP * (grid.columns - 1)) / grid.columns
    height = (area.height - GAP * (grid.rows - 1)) / grid.rows
    boxes = (
        Box(area.x + column * (width + GAP), area.y + row * (height + GAP), width, height)
        for row in range(grid.rows)
        for column in range(grid.columns)
    )
    return [_cell(box, grid) for box in boxes]


def _cell(box: Box, grid: Grid) -> Cell:
    if grid.beside:
        picture = Box(box.x, box.y, box.width - grid.caption - GAP, box.height)
        return Cell(picture, Box(picture.right + GAP, box.y, grid.caption, box.height))
    return Cell(box.above(grid.caption), box.below(box.height - grid.caption))


def page_count(entries: int, look: Look) -> int:
    """Pages of the whole catalogue, the cover among them."""
    return -(-entries // look.options.per_page) + int(look.options.cover)


def catalogue_pages(
    entries: Sequence[Entry], look: Look, *, book: PictureBook, report: Report
) -> Iterator[PageDraw]:
    """The pages, each drawn when it is asked for; `report` hears how many entries are done."""
    pages = page_count(len(entries), look)
    words = ngettext("%(count)s model and colour", "%(count)s models and colours", len(entries))
    yield from cover(look, subtitle=f"{words % {'count': len(entries)}} · {look.day}")
    places = cells(GRIDS[look.options.per_page])
    first = 1 + int(look.options.cover)
    for number, start in enumerate(range(0, len(entries), len(places)), start=first):
        part = entries[start : start + len(places)]
        yield PageDraw(partial(_draw_page, look=look, book=book, part=part, number=number, pages=pages))
        report(start + len(part))


def _draw_page(
    sheet: Sheet, *, look: Look, book: PictureBook, part: Sequence[Entry], number: int, pages: int
) -> None:
    draw_frame(sheet, look, number=number, pages=pages)
    for place, entry in zip(cells(GRIDS[look.options.per_page]), part, strict=False):
        _draw_picture(sheet, place.picture, entry, book)
        _draw_caption(sheet, place.caption, entry, look)


def _draw_picture(sheet: Sheet, box: Box, entry: Entry, book: PictureBook) -> None:
    jpeg = book.picture(entry.key, box)
    if jpeg is None:
        _draw_placeholder(sheet, box, entry)
        return
    book.counts["coarse"] += coarse(jpeg, contained(box, jpeg.width, jpeg.height))
    sheet.picture(box, jpeg, name=_name(entry))


def _name(entry: Entry) -> str:
    """A name without the letters PDF gives a meaning."""
    return f"{entry.product_id}.{entry.colour.encode().hex()}"


def _draw_placeholder(sheet: Sheet, box: Box, entry: Entry) -> None:
    sheet.block(box, GROUND)
    sheet.frame(box, colour=FAINT)
    middle = Box(box.x + 3, box.y + box.height / 2 - 8, box.width - 6, 10)
    used = sheet.words(middle, Words(text=entry.code, pt=20, bold=True, colour=GREY, align="center"))
    below = Box(middle.x, middle.y + used + 1, middle.width, 5)
    sheet.words(below, Words(text=_("no picture"), pt=9, colour=GREY, align="center"))


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the caption; what stands `right` of it has its own half."""

    words: Words
    right: str = ""


def _draw_caption(sheet: Sheet, box: Box, entry: Entry, look: Look) -> None:
    y = box.y + 1.5
    for row in _caption(entry, look):
        area = Box(box.x, y, box.width, min(box.bottom - y, row.words.lines * line_mm(row.words.pt) + 0.1))
        if area.height < line_mm(row.words.pt) / 2:
            return
        used = 0.0
        if row.right:
            half = Box(area.x + area.width * 0.45, area.y, area.width * 0.55, area.height)
            price = Words(
                text=row.right, pt=row.words.pt, bold=True, colour=look.options.colour, align="right"
            )
            used = sheet.words(half, price)
            area = Box(area.x, area.y, area.width * 0.45 - 2, area.height)
        y += max(used, sheet.words(area, row.words))


def _caption(entry: Entry, look: Look) -> Iterator[_Row]:
    options = look.options
    size = GRIDS[options.per_page].scale
    price = span_words(entry.sale_prices) if options.prices else ""
    yield _Row(Words(text=entry.code, pt=14 * size, bold=True), right=price)
    yield _Row(Words(text=entry.colour, pt=12 * size, bold=True, colour=GREY))
    yield _Row(Words(text=entry.title, pt=10 * size, lines=2))
    sizes = " · ".join(_with_stock(part) for part in entry.sizes) if options.stock else entry.sizes_words
    label = _("Sizes (pairs): %(sizes)s") if options.stock else _("Sizes: %(sizes)s")
    yield _Row(Words(text=label % {"sizes": sizes}, pt=10 * size, lines=3))


def _with_stock(size: Size) -> str:
    return f"{size.size}({size.stock.offered if size.stock else 0})"


__all__ = ["Cell", "catalogue_pages", "cells", "page_count"]
