"""All figures of the page of one question, read at once and kept ready until a sale changes.

Names of models and people are not among them: they are read when the page is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.paginator import Paginator

from analytics.caching import DataKind, cached
from analytics.sales import selectors
from analytics.sales.asked import Asked
from analytics.sales.chart import MOST_BARS
from analytics.sales.dimensions import CLOCK, Dimension
from analytics.sales.measures import Figures
from analytics.sales.selectors import Cells, Group, Picker, Reason, Series, SizeCurve

ROWS_PER_PAGE: Final = 40
CURVES: Final = 10


@dataclass(frozen=True, slots=True)
class Sides:
    """The series beside the rows. `rest`: the figures of everything that is not among them, None without others."""

    series: Series
    figures: Mapping[str, Figures]
    cells: Cells
    rest: Figures | None


@dataclass(frozen=True, slots=True)
class PageFigures:
    """Figures of the whole period and of the two it is compared with, of each row, and what stands below them."""

    whole: Figures
    before: Figures
    year_before: Figures
    ordered: list[Group]
    sides: Sides | None
    by_model: Mapping[str, Figures]
    curves: list[SizeCurve] = field(default_factory=list)
    cancel_reasons: list[Reason] = field(default_factory=list)
    return_reasons: list[Reason] = field(default_factory=list)
    pickers: list[Picker] = field(default_factory=list)


def figures_of(asked: Asked) -> PageFigures:
    """The figures of a question; one statement where they are kept ready."""
    if asked.texts:
        # Which models the words find is a question to the catalogue, whose changes are not told of.
        return read_figures(asked)
    return cached(DataKind.SALES, _key(asked), lambda: read_figures(asked))


def _key(asked: Asked) -> dict[str, Any]:
    period = asked.period
    spans = (period.span, period.before, period.year_before)
    return {
        "figures": "sales page",
        "money": asked.money,
        "days": [(span.first, span.last) for span in spans],
        "rows": asked.rows,
        "series": asked.series,
        "measure": asked.measure,
        "only": asked.only,
        "without": asked.without,
        "page": asked.page,
    }


def read_figures(asked: Asked) -> PageFigures:
    """The same from the facts: nine statements, three or four more with series."""
    source, span = asked.source(), asked.period.span
    found = selectors.groups(source, asked.rows)
    ordered = selectors.in_order(found, asked.rows, measure=asked.measure, span=span)
    by_model = found if asked.rows == Dimension.MODEL else selectors.groups(source, Dimension.MODEL)
    best = selectors.best_codes(by_model)
    return PageFigures(
        whole=selectors.totals(source),
        before=selectors.totals(asked.source(asked.period.before)),
        year_before=selectors.totals(asked.source(asked.period.year_before)),
        ordered=ordered,
        sides=_sides(asked, asked.series, ordered) if asked.series else None,
        by_model=by_model,
        curves=selectors.size_curves(source.lines, best[:CURVES]),
        cancel_reasons=selectors.cancel_reasons(source.lines),
        return_reasons=selectors.return_reasons(source.lines),
        pickers=selectors.pickers(asked),
    )


def _sides(asked: Asked, dimension: Dimension, ordered: list[Group]) -> Sides:
    source = asked.source()
    figures = selectors.groups(source, dimension)
    series = selectors.series_of(figures, dimension, measure=asked.measure, span=asked.period.span)
    shown = shown_keys(asked, ordered)
    only_rows = None if asked.rows in CLOCK or len(shown) == len(ordered) else shown
    cells = selectors.cells(source, asked.rows, series, only_rows=only_rows)
    rest = selectors.totals(asked.with_without(dimension, series.keys).source()) if series.others else None
    return Sides(series, figures, cells, rest)


def shown_keys(asked: Asked, ordered: list[Group]) -> list[str]:
    """Groups that are in the chart or on this page of the table."""
    page = Paginator(ordered, ROWS_PER_PAGE).get_page(asked.page)
    return list(dict.fromkeys(group.key for group in (*ordered[:MOST_BARS], *page.object_list)))
