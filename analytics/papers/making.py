"""From options and entries to a file: which paper, page by page, with its progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import IO, Final, cast

from django.conf import settings
from django.core.files.storage import default_storage

from analytics.papers import catalogue, matrix, price_list, tables
from analytics.papers.entries import Entry
from analytics.papers.errors import LogoUnreadable
from analytics.papers.frame import Look
from analytics.papers.kinds import PaperKind
from analytics.papers.options import PaperOptions
from analytics.papers.pictures import Jpeg, PictureBook, PictureUnreadable, printed_jpeg
from analytics.papers.sheet import PageDraw, stream_pages

# The largest the logo is printed, in mm; and as finely as the pictures.
_LOGO_MM: Final = 78.0
Report = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a paper. The last three count pictures: none here, none readable, printed too coarsely."""

    entries: int
    pages: int
    without_picture: int = 0
    unreadable: int = 0
    coarse: int = 0


def write_paper(
    target: IO[bytes], entries: Sequence[Entry], options: PaperOptions, *, made_at: datetime, report: Report
) -> Made:
    """Write the paper into a file. `report` hears how many entries are done."""
    if options.kind.is_workbook:
        return _write_workbook(target, entries, options, report=report)
    look = Look(options, made_at, logo_of(options))
    book = PictureBook((entry.product_id for entry in entries), dpi=options.quality.dpi)
    pages = _Counted(_pages(entries, look, book=book, report=report))
    for chunk in stream_pages(pages, title=options.heading):
        target.write(chunk)
    report(len(entries))
    counts = book.counts
    return Made(len(entries), pages.count, counts["without_picture"], counts["unreadable"], counts["coarse"])


class _Counted:
    """Pages that are counted as they go by."""

    def __init__(self, pages: Iterator[PageDraw]) -> None:
        self.count = 0
        self._pages = pages

    def __iter__(self) -> Iterator[PageDraw]:
        for page in self._pages:
            self.count += 1
            yield page


def _pages(entries: Sequence[Entry], look: Look, *, book: PictureBook, report: Report) -> Iterator[PageDraw]:
    if look.options.kind == PaperKind.CATALOGUE:
        return catalogue.catalogue_pages(entries, look, book=book, report=report)
    if look.options.kind.shows_prices:
        sections, size = price_list.price_sections(entries, look.options), price_list.SIZE
    else:
        sections, size = matrix.matrix_sections(entries), matrix.SIZE
    return tables.table_pages(sections, look, size=size, subtitle=look.day)


def _write_workbook(
    target: IO[bytes], entries: Sequence[Entry], options: PaperOptions, *, report: Report
) -> Made:
    if options.kind.shows_prices:
        price_list.write_price_workbook(target, entries, options)
    else:
        matrix.write_matrix_workbook(target, entries)
    report(len(entries))
    return Made(len(entries), 0)


def preview_pages(
    entries: Sequence[Entry], options: PaperOptions, *, made_at: datetime, logo: bytes | None
) -> Iterator[bytes]:
    """The cover and the first page as PDF, just as they will be printed. A workbook is shown as its PDF.

    `logo` is a picture that is not kept yet. Raises `LogoUnreadable`.
    """
    look = Look(options, made_at, logo_of(options) if logo is None else _printed_logo(BytesIO(logo), options))
    book = PictureBook((entry.product_id for entry in entries[: options.per_page]), dpi=options.quality.dpi)
    pages = _pages(entries, look, book=book, report=_nobody_listens)
    return stream_pages(islice(pages, 1 + int(options.cover)), title=options.heading)


def _nobody_listens(_done: int) -> None:
    return None


def logo_of(options: PaperOptions) -> Jpeg | None:
    """The logo uploaded for this paper, else the shop's own; None when there is neither. Raises `LogoUnreadable`."""
    path: Path | None = settings.SHOP.logo
    if not options.logo and path is None:
        return None
    try:
        with default_storage.open(options.logo) if options.logo else cast("Path", path).open("rb") as file:
            return _printed_logo(file, options)
    except (OSError, PictureUnreadable) as error:
        raise LogoUnreadable(path=options.logo or str(path)) from error


def _printed_logo(file: IO[bytes], options: PaperOptions) -> Jpeg:
    return printed_jpeg(file, width=_LOGO_MM, height=_LOGO_MM, dpi=options.quality.dpi)


__all__ = ["Made", "logo_of", "preview_pages", "write_paper"]
