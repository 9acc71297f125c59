"""A report as a PDF to print: A4, across where a table has many columns."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from reportlab.graphics.shapes import Drawing
from reportlab.platypus import CondPageBreak, KeepTogether, Spacer

from analytics.reports.cells import shown_tables
from analytics.reports.charts import drawing_of
from analytics.reports.grids import MOST_ROWS, Grid, grid_of, table_of
from analytics.reports.paper import FAINT_WORDS, HEADING, Look, words, write_pages
from analytics.reports.report import Report
from analytics.reports.tiles import Tiles
from gullu.money import format_number

_GAP: Final = 8
# A heading wants a few rows below it on the same page.
_LEAST_BELOW: Final = 90


def report_pdf(report: Report, *, may_see_money: bool) -> bytes:
    """The PDF as bytes. Columns of amounts are left out for who may not see them; texts are never markup.

    A table is printed up to its first `grids.MOST_ROWS` rows, and a sentence says so.
    """
    grids = [
        grid_of(table, columns, may_see_money=may_see_money)
        for table, columns in shown_tables(report, may_see_money=may_see_money)
    ]
    wide = any(grid.wide for grid in grids)
    look = Look(title=report.title, made_at=timezone.now(), wide=wide)
    target = BytesIO()
    write_pages(target, _story(report, grids, look), look)
    return target.getvalue()


def _story(report: Report, grids: list[Grid], look: Look) -> list[Any]:
    width, height = look.room
    story: list[Any] = [words(line, FAINT_WORDS) for line in report.lines]
    if report.figures:
        story += [Tiles(report.figures, width), Spacer(0, _GAP)]
    for chart in report.charts:
        title = [words(chart.title, HEADING)] if chart.title else []
        drawing = _fitted(drawing_of(chart, width), height - _LEAST_BELOW / 2)
        story += [KeepTogether([*title, drawing]), Spacer(0, _GAP)]
    for grid in grids:
        story += _parts(grid, width)
    # A document without a single page is no PDF.
    return story or [Spacer(0, _GAP)]


def _fitted(drawing: Drawing, height: float) -> Drawing:
    """The drawing, made smaller where it is higher than a page."""
    scale = min(height / drawing.height, 1.0)
    drawing.scale(scale, scale)
    drawing.width, drawing.height = drawing.width * scale, drawing.height * scale
    return drawing


def _parts(grid: Grid, width: float) -> list[Any]:
    parts: list[Any] = [CondPageBreak(_LEAST_BELOW)]
    if grid.title:
        parts.append(words(grid.title, HEADING))
    if grid.rows or grid.total:
        parts.append(table_of(grid, width))
    if not grid.rows:
        parts.append(words(_("There is nothing to list."), FAINT_WORDS))
    if grid.cut:
        said = _("Only the first %(rows)s rows are printed; the Excel file has all.")
        parts.append(words(said % {"rows": format_number(MOST_ROWS, places=0)}, FAINT_WORDS))
    if grid.note:
        parts.append(words(grid.note, FAINT_WORDS))
    return [*parts, Spacer(0, _GAP)]


__all__ = ["report_pdf"]
