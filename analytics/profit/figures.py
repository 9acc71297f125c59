"""All figures of the page of one question, read at once and kept ready until a profit or a sale changes.

Only the groups that are shown are kept, and of orders only those are read: a long span has hundreds of thousands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, Q, Value, When

from analytics.caching import DataKind, cached
from analytics.profit import selectors
from analytics.profit.asked import Asked, Sort
from analytics.profit.selectors import ProfitBy, ProfitFigures, ProfitGroup
from analytics.sales.chart import MOST_BARS
from analytics.sales.dimensions import Dimension, all_keys, labels_of

ROWS_PER_PAGE: Final = 40
TIMES: Final = frozenset({ProfitBy.DAY, ProfitBy.WEEK, ProfitBy.MONTH})


@dataclass(frozen=True, slots=True)
class Group:
    """A group with its name; no figures where nothing was sold in that time."""

    key: str
    label: str
    figures: ProfitFigures | None

    @property
    def profit(self) -> Decimal | None:
        """None where no line's profit is known."""
        return self.figures.profit if self.figures and self.figures.complete_lines else None


@dataclass(frozen=True, slots=True)
class Groups:
    """So many groups, `losses` of them sold at a loss. `bars` are in the chart, `rows` on this page of the table."""

    count: int
    losses: int
    bars: list[Group]
    rows: list[Group]


@dataclass(frozen=True, slots=True)
class Wholes:
    """The figures of all lines: of the period, of the one before it, and of the same days a year earlier."""

    now: ProfitFigures
    before: ProfitFigures
    year_before: ProfitFigures


@dataclass(frozen=True, slots=True)
class PageFigures:
    """Everything the page shows in numbers."""

    wholes: Wholes
    groups: Groups


def figures_of(asked: Asked) -> PageFigures:
    """The figures of a question; two statements at most where they are kept ready."""
    if asked.sold.texts:
        # Which models the words find is a question to the catalogue, whose changes are not told of.
        found = read_figures(asked)
    else:
        found = cached(DataKind.PROFIT, _key(asked), lambda: read_figures(asked))
    return replace(found, groups=_named(found.groups)) if asked.by == ProfitBy.MODEL else found


def _key(asked: Asked) -> dict[str, Any]:
    period = asked.period
    spans = (period.span, period.before, period.year_before)
    return {
        "figures": "profit page",
        "days": [(span.first, span.last) for span in spans],
        "by": asked.by,
        "sort": asked.sort,
        "order": asked.order,
        "only": asked.sold.only,
        "without": asked.sold.without,
        "page": asked.page,
    }


def _named(groups: Groups) -> Groups:
    """Titles of models are read whenever the page is made: a new one changes no figure."""
    names = labels_of(Dimension.MODEL, {group.key for group in (*groups.bars, *groups.rows)})
    bars, rows = (
        [replace(group, label=names[group.key]) for group in some] for some in (groups.bars, groups.rows)
    )
    return replace(groups, bars=bars, rows=rows)


def read_figures(asked: Asked) -> PageFigures:
    """The same from the lines: four statements, by order six, on later pages eight."""
    groups = page_of_orders(asked) if asked.by == ProfitBy.ORDER else _page_of_groups(asked)
    return PageFigures(wholes_of(asked), groups)


def wholes_of(asked: Asked) -> Wholes:
    """All lines of the three spans; three statements."""
    period = asked.period
    return Wholes(*(selectors.totals(asked.rows(span)) for span in (None, period.before, period.year_before)))


def page_of(asked: Asked, count: int) -> Page[Any]:
    """The page of the table that was asked for, of so many rows."""
    return Paginator(range(count), ROWS_PER_PAGE).get_page(asked.page)


def _page_of_groups(asked: Asked) -> Groups:
    groups = grouped(asked)
    rows = page_of(asked, len(groups)).object_list
    return Groups(
        count=len(groups),
        losses=sum(1 for group in groups if group.profit is not None and group.profit < 0),
        bars=groups if asked.by in TIMES else groups[:MOST_BARS],
        rows=[groups[place] for place in rows],
    )


def grouped(asked: Asked, *, most_orders: int | None = None) -> list[Group]:
    """All groups: times without a gap in their order, others as `sort` says; at most so many orders."""
    if asked.by == ProfitBy.ORDER and most_orders is not None:
        return _orders(asked, slice(most_orders))
    found = selectors.groups(asked.rows(), asked.by)
    if asked.by not in TIMES:
        return [Group(one.key, one.label, one.figures) for one in sorted(found, key=_rank(asked.sort))]
    dimension = Dimension(asked.by.value)
    known = {one.key: one.figures for one in found}
    keys = sorted({*all_keys(dimension, asked.period.span), *known})
    labels = labels_of(dimension, keys)
    return [Group(key, labels[key], known.get(key)) for key in keys]


def _rank(sort: Sort) -> Any:
    def rank(group: ProfitGroup) -> tuple[bool, Decimal, Decimal, str]:
        figures = group.figures
        if sort == Sort.SALE:
            return (False, -figures.sale, Decimal(0), group.key)
        unknown = not figures.complete_lines
        profit = figures.profit if sort == Sort.LOSS else -figures.profit
        return (unknown, Decimal(0) if unknown else profit, -figures.sale, group.key)

    return rank


# --- orders -----------------------------------------------------------------------------------------------------------

_UNKNOWN_LAST: Final = Case(When(known=0, then=Value(1)), default=Value(0))
# `_rank` in SQL.
_ORDER_BY: Final[dict[Sort, Sequence[Any]]] = {
    Sort.PROFIT: (_UNKNOWN_LAST, "-earned", "-paid", "key"),
    Sort.LOSS: (_UNKNOWN_LAST, "earned", "-paid", "key"),
    Sort.SALE: ("-paid", "key"),
}


def page_of_orders(asked: Asked) -> Groups:
    """The orders of a page of the table and of the chart; three statements, on later pages five."""
    counted = count_orders(asked)
    page = page_of(asked, counted["count"])
    first = (page.number - 1) * ROWS_PER_PAGE
    top = _orders(asked, slice(ROWS_PER_PAGE))
    rows = _orders(asked, slice(first, first + ROWS_PER_PAGE)) if first else top
    return Groups(counted["count"], counted["losses"], bars=top[:MOST_BARS], rows=rows)


def count_orders(asked: Asked) -> dict[str, int]:
    """How many orders there are, and how many of them were sold at a loss; one statement."""
    ranked = selectors.ranked_orders(asked.rows())
    return ranked.aggregate(count=Count("key"), losses=Count("key", filter=Q(earned__lt=0)))


def _orders(asked: Asked, places: slice) -> list[Group]:
    """The orders at these places of the list; two statements, whatever the list holds."""
    rows = asked.rows()
    ranked = selectors.ranked_orders(rows).order_by(*_ORDER_BY[asked.sort])
    numbers = [row["key"] for row in ranked[places]]
    found = selectors.groups(rows.filter(line__order_number__in=numbers), ProfitBy.ORDER)
    known = {one.key: one for one in found}
    return [Group(number, number, known[number].figures) for number in numbers if number in known]


__all__ = [
    "ROWS_PER_PAGE",
    "TIMES",
    "Group",
    "Groups",
    "PageFigures",
    "Wholes",
    "count_orders",
    "figures_of",
    "grouped",
    "page_of",
    "page_of_orders",
    "read_figures",
    "wholes_of",
]
