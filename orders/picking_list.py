"""The picking list ("Raf Toplama Listesi"): what to take from which shelf, for paper and for Excel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook

from gullu.labels.builder import LabelBuilder, Line
from gullu.labels.geometry import Box
from gullu.labels.paper import Page, Placed
from gullu.labels.pdf import stream_pdf
from gullu.text import tr_upper
from gullu.workbooks import Column, Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class PickingRow:
    """`quantity` pairs to take from `shelf` for one order; an empty shelf means that none holds it.

    `slot` is the order's slot in a batch (0: the list belongs to no batch).
    """

    shelf: str
    model: str
    colour: str
    size: str
    order_number: str
    quantity: int = 1
    barcode: str = ""
    slot: int = 0


PAGE_WIDTH, PAGE_HEIGHT, MARGIN = 210.0, 297.0, 12.0
_DPI: Final = 300
_ROW_MM: Final = 7.0
_HEAD_MM: Final = 18.0
_TEXT_PT: Final = 10.0
ROWS_PER_PAGE: Final = int((PAGE_HEIGHT - 2 * MARGIN - _HEAD_MM) / _ROW_MM)


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    width: float
    bold: bool = False


# Together as wide as the paper within its margins.
_COLUMNS: Final = (
    _Column("done", 7),
    _Column("shelf", 27, bold=True),
    _Column("model", 30, bold=True),
    _Column("colour", 33),
    _Column("size", 14, bold=True),
    _Column("quantity", 11),
    _Column("slot", 11, bold=True),
    _Column("order_number", 27),
    _Column("barcode", 26),
)


def _headings() -> dict[str, str]:
    return {
        "done": "",
        "shelf": _("Shelf"),
        "model": _("Model"),
        "colour": _("Colour"),
        "size": _("Size"),
        "quantity": _("Pairs"),
        "slot": _("Slot"),
        "order_number": _("Order number"),
        "barcode": _("Barcode"),
    }


def picking_list_pdf(rows: Sequence[PickingRow], *, made_at: datetime) -> Iterator[bytes]:
    """The list on A4, in the order given, streamed page by page."""
    return stream_pdf(picking_list_pages(rows, made_at=made_at), title=_("Picking list"))


def picking_list_pages(rows: Sequence[PickingRow], *, made_at: datetime) -> Iterator[Page]:
    """Pages for the printer and for a preview of the same."""
    parts = [rows[start : start + ROWS_PER_PAGE] for start in range(0, len(rows), ROWS_PER_PAGE)] or [()]
    pairs = sum(row.quantity for row in rows)
    for number, part in enumerate(parts, start=1):
        builder = LabelBuilder(name=str(number), width=PAGE_WIDTH, height=PAGE_HEIGHT, dpi=_DPI)
        _write_head(builder, made_at=made_at, pairs=pairs, part=f"{number}/{len(parts)}")
        for index, row in enumerate(part):
            _write_row(builder, MARGIN + _HEAD_MM + index * _ROW_MM, row)
        yield Page(PAGE_WIDTH, PAGE_HEIGHT, (Placed(0, 0, builder.finish()),))


def _write_head(builder: LabelBuilder, *, made_at: datetime, pairs: int, part: str) -> None:
    width = PAGE_WIDTH - 2 * MARGIN
    title = tr_upper(_("Picking list"))
    builder.text(Box(MARGIN, MARGIN, width / 2, 9), Line(text=title, pt=16, bold=True))
    moment = f"{timezone.localtime(made_at):%d.%m.%Y %H:%M}"
    right = _("%(pairs)s pairs · %(moment)s · page %(part)s") % {
        "pairs": pairs,
        "moment": moment,
        "part": part,
    }
    builder.text(Box(MARGIN + width / 2, MARGIN + 1, width / 2, 8), Line(text=right, pt=10, align="right"))
    headings = _headings()
    _write_cells(builder, MARGIN + 10, headings, pt=9, all_bold=True)
    builder.rule(Box(MARGIN, MARGIN + _HEAD_MM - 1.5, width, 1), line=0.4)


def _write_row(builder: LabelBuilder, y: float, row: PickingRow) -> None:
    builder.frame(Box(MARGIN + 0.5, y + 0.8, 4, 4), line=0.3)
    values = {
        "shelf": row.shelf or _("no shelf"),
        "model": row.model,
        "colour": row.colour,
        "size": row.size,
        "quantity": str(row.quantity),
        "slot": str(row.slot) if row.slot else "",
        "order_number": row.order_number,
        "barcode": row.barcode,
    }
    _write_cells(builder, y, values, pt=_TEXT_PT, all_bold=False)
    builder.rule(Box(MARGIN, y + _ROW_MM - 0.7, PAGE_WIDTH - 2 * MARGIN, 1), line=0.1)


def _write_cells(
    builder: LabelBuilder, y: float, values: dict[str, str], *, pt: float, all_bold: bool
) -> None:
    x = MARGIN
    for column in _COLUMNS:
        text = values.get(column.name, "")
        if text:
            box = Box(x, y, column.width - 1, _ROW_MM - 0.8)
            builder.text(box, Line(text=text, pt=pt, bold=all_bold or column.bold, lines=2))
        x += column.width


def picking_list_xlsx(rows: Sequence[PickingRow]) -> bytes:
    """The same list as a workbook, without the box to tick."""
    book = Workbook(write_only=True)
    headings = _headings()
    columns = [_sheet_column(column, headings[column.name]) for column in _COLUMNS if headings[column.name]]
    Sheet(book, _("Picking list"), columns).add_all(rows)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet_column(column: _Column, heading: str) -> Column:
    return Column(heading, lambda row: getattr(row, column.name) or None, max(10, column.width / 1.8))
