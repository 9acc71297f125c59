"""The page put together: each part as plain data with its words and addresses, ready for a template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.sales import selectors
from analytics.sales.asked import Asked
from analytics.sales.chart import MOST_BARS, Trace, chart, point
from analytics.sales.dimensions import CLOCK, Dimension, labels_of
from analytics.sales.figures import ROWS_PER_PAGE, PageFigures, Sides, shown_keys
from analytics.sales.measures import BEHIND, MONEY, Figures, Measure, What, change, change_in_words, in_words
from analytics.sales.selectors import Group


@dataclass(frozen=True, slots=True)
class Cell:
    """A number in words, and the lines behind it; no address where there is nothing to see."""

    words: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table. `inside` leads to this page for this group alone."""

    label: str
    inside: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`total` is of everything asked for, also of rows on other pages."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: tuple[Cell, ...]
    page: Any


@dataclass(frozen=True, slots=True)
class Compared:
    """An earlier figure, and how the one of now differs from it."""

    name: Any
    words: str
    change: str


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure of the whole period."""

    name: str
    cell: Cell
    compared: tuple[Compared, ...]


def measures_for(*, may_see_money: bool) -> tuple[Measure, ...]:
    """The measures this person may see."""
    return tuple(one for one in Measure if may_see_money or one not in MONEY)


def lines_address(asked: Asked, what: What) -> str:
    """The list of the lines behind a number."""
    return f"{reverse('sales:lines')}?{asked.query(what=what.value)}"


def page_address(asked: Asked, **changes: Any) -> str:
    """This page with another question."""
    return f"{reverse('sales:start')}?{asked.query(**changes)}"


def cell_of(asked: Asked, measure: Measure, figures: Figures | None) -> Cell:
    """A measure of these figures."""
    value = (figures or Figures()).value(measure)
    lines = figures is not None and (figures.sold or figures.cancelled)
    return Cell(in_words(measure, value), lines_address(asked, BEHIND[measure]) if lines else "")


# --- the whole period -------------------------------------------------------------------------------------------------


def tiles(asked: Asked, read: PageFigures, measures: Sequence[Measure]) -> list[Tile]:
    """Each figure beside the period before and the same days a year earlier."""
    return [
        Tile(
            str(measure.label),
            cell_of(asked, measure, read.whole),
            (
                _compared(measure, gettext_lazy("before"), read.whole, read.before),
                _compared(measure, gettext_lazy("a year ago"), read.whole, read.year_before),
            ),
        )
        for measure in measures
    ]


def _compared(measure: Measure, name: Any, now: Figures, then: Figures) -> Compared:
    value = then.value(measure)
    difference = change(measure, now.value(measure), value)
    return Compared(name, in_words(measure, value), change_in_words(measure, difference))


# --- chart and table --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """A series: its name, its key in the cells (None: all others), the question narrowed to it, and its sum."""

    name: str
    key: str | None
    asked: Asked
    whole: Figures


@dataclass(frozen=True, slots=True)
class Grouped:
    """What was found by the rows, and beside it by the series."""

    ordered: list[Group]
    labels: dict[str, str]
    columns: tuple[Column, ...] = ()
    cells: selectors.Cells = field(default_factory=dict)


def grouped(asked: Asked, read: PageFigures) -> Grouped:
    """Rows and series with their names: one statement for the names of each that the catalogue gives."""
    ordered = read.ordered
    keys = [group.key for group in ordered] if asked.rows in CLOCK else shown_keys(asked, ordered)
    labels = labels_of(asked.rows, keys)
    if read.sides is None:
        return Grouped(ordered, labels)
    return Grouped(ordered, labels, _columns(asked, read.sides), read.sides.cells)


def _columns(asked: Asked, sides: Sides) -> tuple[Column, ...]:
    series = sides.series
    labels = labels_of(series.dimension, series.keys)
    columns = [
        Column(labels[key], key, asked.with_only((series.dimension, key)), sides.figures[key])
        for key in series.keys
    ]
    if sides.rest is not None:
        rest = asked.with_without(series.dimension, series.keys)
        columns.append(Column(_("Others"), None, rest, sides.rest))
    return tuple(columns)


def chart_of(asked: Asked, found: Grouped) -> dict[str, Any]:
    """The chart of the measure, for static/analytics/chart.js."""
    ordered = found.ordered if asked.rows in CLOCK else found.ordered[:MOST_BARS]
    if found.columns:
        traces = [_trace_of(asked, found, column, ordered) for column in found.columns]
    else:
        figures = [group.figures for group in ordered]
        traces = [_trace(asked, asked, str(asked.measure.label), ordered, figures)]
    return chart(
        rows=asked.rows,
        measure=asked.measure,
        keys=[group.key for group in ordered],
        labels=[found.labels[group.key] for group in ordered],
        traces=traces,
    )


def _trace_of(asked: Asked, found: Grouped, column: Column, ordered: Sequence[Group]) -> Trace:
    figures = [found.cells.get((group.key, column.key)) for group in ordered]
    return _trace(asked, column.asked, column.name, ordered, figures, rest=column.key is None)


def _trace(
    asked: Asked,
    narrowed: Asked,
    name: str,
    ordered: Sequence[Group],
    figures: Sequence[Figures | None],
    *,
    rest: bool = False,
) -> Trace:
    points = []
    for group, one in zip(ordered, figures, strict=True):
        cell = cell_of(narrowed.with_only((asked.rows, group.key)), asked.measure, one)
        points.append(point(asked.measure, (one or Figures()).value(asked.measure), cell.address))
    return Trace(name, points, rest)


def table_of(asked: Asked, found: Grouped, whole: Figures, measures: Sequence[Measure]) -> Table:
    """The same figures as a table, page by page, with the sum of everything."""
    page = Paginator(found.ordered, ROWS_PER_PAGE).get_page(asked.page)
    shown = (asked.measure,) if found.columns else tuple(measures)
    names = tuple(column.name for column in found.columns)
    names += (_("Total"),) if found.columns else tuple(str(measure.label) for measure in shown)
    total = tuple(cell_of(column.asked, asked.measure, column.whole) for column in found.columns)
    total += tuple(cell_of(asked, measure, whole) for measure in shown)
    rows = tuple(_row(asked, found, group, shown) for group in page.object_list)
    return Table(str(asked.rows.label), names, rows, total, page)


def _row(asked: Asked, found: Grouped, group: Group, shown: Sequence[Measure]) -> Row:
    narrowed = asked.with_only((asked.rows, group.key))
    sides = tuple(
        cell_of(
            column.asked.with_only((asked.rows, group.key)),
            asked.measure,
            found.cells.get((group.key, column.key)),
        )
        for column in found.columns
    )
    cells = tuple(cell_of(narrowed, measure, group.figures) for measure in shown)
    inside = page_address(narrowed, rows=_next(asked.rows).value, series=None)
    return Row(found.labels[group.key], inside, (*sides, *cells))


def _next(rows: Dimension) -> Dimension:
    """What a group is looked at by when it is opened."""
    if rows in CLOCK:
        return Dimension.MODEL
    return Dimension.SIZE if rows == Dimension.MODEL else Dimension.DAY


# --- what stands below ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Linked:
    """A record with its words and the address of its lines."""

    record: Any
    label: str
    address: str


def linked(asked: Asked, dimension: Dimension, records: Sequence[Any], what: What) -> list[Linked]:
    """Records with a `key` that is one of this dimension."""
    labels = labels_of(dimension, [record.key for record in records])
    return [
        Linked(record, labels[record.key], lines_address(asked.with_only((dimension, record.key)), what))
        for record in records
    ]


def below(asked: Asked, read: PageFigures) -> dict[str, Any]:
    """Best and worst sellers, size curves, reasons and people."""
    ranked = selectors.sellers(asked, read.by_model)
    return {
        "best": [_seller(asked, seller) for seller in ranked.best],
        "worst": [_seller(asked, seller) for seller in ranked.worst],
        "silent": ranked.silent,
        "curves": [_curve(asked, curve) for curve in read.curves],
        "cancel_reasons": linked(asked, Dimension.CANCEL_REASON, read.cancel_reasons, What.CANCELLED),
        "return_reasons": linked(asked, Dimension.RETURN_REASON, read.return_reasons, What.RETURNED),
        "pickers": linked(asked, Dimension.PICKER, read.pickers, What.ALL),
    }


def _seller(asked: Asked, seller: selectors.Seller) -> Linked:
    narrowed = asked.with_only((Dimension.MODEL, seller.code))
    figures = seller.figures
    address = lines_address(narrowed, What.SOLD) if figures.sold else ""
    return Linked(seller, f"{seller.code} {seller.title}".strip(), address)


def _curve(asked: Asked, curve: selectors.SizeCurve) -> Linked:
    narrowed = asked.with_only((Dimension.MODEL, curve.code))
    cells = [
        Linked(size, size.size, lines_address(narrowed.with_only((Dimension.SIZE, size.size)), What.SOLD))
        for size in curve.sizes
    ]
    return Linked(cells, curve.code, page_address(narrowed, rows=Dimension.SIZE.value, series=None))
