"""The page "Kâr Analizi" put together: each part as plain data with its words and addresses, ready for a template."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.profit import selectors
from analytics.profit.asked import Asked, Sort, Which
from analytics.profit.parts import COLUMNS, DEDUCTIONS, PROFIT, TILES, Figure, change_in_words
from analytics.profit.selectors import ProfitBy, ProfitFigures, ProfitGroup
from analytics.sales.chart import MOST_BARS, MOST_DAY_BARS
from analytics.sales.dimensions import Dimension, all_keys, labels_of
from analytics.sales.pages import Cell, Compared, Tile
from gullu.money import format_money

ROWS_PER_PAGE: Final = 40
TIMES: Final = frozenset({ProfitBy.DAY, ProfitBy.WEEK, ProfitBy.MONTH})


def lines_address(asked: Asked, which: Which, **more: Any) -> str:
    """The list of the lines behind a number."""
    return f"{reverse('profit:lines')}?{asked.query(which=which.value, **more)}"


def page_address(asked: Asked, **changes: Any) -> str:
    """The page of the figures with another question."""
    return f"{reverse('profit:start')}?{asked.query(**changes)}"


def losses_first(asked: Asked) -> str:
    """The address where the groups with the greatest loss come first; "" where they do, or groups are times."""
    if asked.by in TIMES or asked.sort == Sort.LOSS:
        return ""
    return page_address(asked, sort=Sort.LOSS.value)


def cell_of(asked: Asked, figure: Figure, figures: ProfitFigures | None) -> Cell:
    """A figure in words; an address where lines stand behind it."""
    if figures is None:
        return Cell("—")
    counts = {
        Which.COMPLETE: figures.complete_lines,
        Which.INCOMPLETE: figures.incomplete_lines,
    }
    lines = counts.get(figure.which, figures.lines)
    return Cell(figure.words(figures), lines_address(asked, figure.which) if lines else "")


# --- the whole period -----------------------------------------------------------------------------------------------


def tiles(asked: Asked, whole: ProfitFigures) -> list[Tile]:
    """Each figure beside the period before and the same days a year earlier; two statements."""
    before = selectors.totals(asked.rows(asked.period.before))
    year = selectors.totals(asked.rows(asked.period.year_before))
    earlier = ((gettext_lazy("before"), before), (gettext_lazy("a year ago"), year))
    return [
        Tile(
            str(figure.name),
            cell_of(asked, figure, whole),
            tuple(Compared(name, figure.words(then), _change(figure, whole, then)) for name, then in earlier),
        )
        for figure in TILES
    ]


def _change(figure: Figure, now: ProfitFigures, then: ProfitFigures) -> str:
    return change_in_words(figure.kind, figure.value(now), figure.value(then))


@dataclass(frozen=True, slots=True)
class Step:
    """One step from the net sale down to the profit. `is_sum`: it begins at zero."""

    label: str
    value: Decimal
    which: Which
    is_sum: bool = False


def steps_of(figures: ProfitFigures) -> list[Step]:
    """From the net sale to the profit. Lines whose profit is not known leave first: nothing of them is counted."""
    found = [Step(_("Net sale"), figures.sale, Which.ALL, is_sum=True)]
    if figures.incomplete_lines:
        found.append(Step(_("Profit not known"), -figures.incomplete_sale, Which.INCOMPLETE))
    for name, label in DEDUCTIONS.items():
        value = getattr(figures, name)
        if value or name != "withholding_cost":
            found.append(Step(str(label), -value, Which.COMPLETE))
    return [*found, Step(_("Profit"), figures.profit, Which.COMPLETE, is_sum=True)]


def waterfall_of(asked: Asked, whole: ProfitFigures) -> dict[str, Any]:
    """The steps as a chart, for static/analytics/chart.js."""
    steps = steps_of(whole)
    return {
        "title": _("From the net sale to the profit"),
        "kind": "waterfall",
        "totals": [place for place, step in enumerate(steps) if step.is_sum],
        "labels": [step.label for step in steps],
        "traces": [
            {
                "name": _("From the net sale to the profit"),
                "values": [float(step.value) for step in steps],
                "words": [format_money(step.value) for step in steps],
                "links": [lines_address(asked, step.which) for step in steps],
            }
        ],
    }


# --- groups ---------------------------------------------------------------------------------------------------------


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


def grouped(asked: Asked) -> list[Group]:
    """All groups: times without a gap in their order, others as `sort` says."""
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


def chart_of(asked: Asked, groups: Sequence[Group]) -> dict[str, Any]:
    """Profit per group, for static/analytics/chart.js; losses hang below zero."""
    is_times = asked.by in TIMES
    shown = groups if is_times else groups[:MOST_BARS]
    cells = [_cell_inside(asked, group, PROFIT) for group in shown]
    return {
        "title": str(PROFIT.name),
        "kind": "line" if is_times and len(shown) > MOST_DAY_BARS else "bar",
        "lying": not is_times,
        "dates": is_times,
        "signed": True,
        "labels": [group.label for group in shown],
        "keys": [group.key for group in shown],
        "traces": [
            {
                "name": str(PROFIT.name),
                "values": [None if group.profit is None else float(group.profit) for group in shown],
                "words": [cell.words for cell in cells],
                "links": [cell.address for cell in cells],
            }
        ],
    }


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table. `inside` leads to the parts of this group; `is_loss`: it was sold at a loss."""

    label: str
    inside: str
    cells: tuple[Cell, ...]
    is_loss: bool


@dataclass(frozen=True, slots=True)
class Table:
    """`total` is of everything asked for, also of rows on other pages."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: tuple[Cell, ...]
    page: Any


def table_of(asked: Asked, groups: Sequence[Group], whole: ProfitFigures) -> Table:
    """All parts of each group, page by page."""
    page = Paginator(groups, ROWS_PER_PAGE).get_page(asked.page)
    return Table(
        heading=str(asked.by.label),
        columns=tuple(str(figure.name) for figure in COLUMNS),
        rows=tuple(_rows(asked, page)),
        total=tuple(cell_of(asked, figure, whole) for figure in COLUMNS),
        page=page,
    )


def _rows(asked: Asked, groups: Iterable[Group]) -> Iterator[Row]:
    for group in groups:
        cells = tuple(_cell_inside(asked, group, figure) for figure in COLUMNS)
        is_loss = group.profit is not None and group.profit < 0
        yield Row(group.label, _inside(asked, group), cells, is_loss)


def _cell_inside(asked: Asked, group: Group, figure: Figure) -> Cell:
    return cell_of(asked.with_only(asked.by, group.key), figure, group.figures)


def _inside(asked: Asked, group: Group) -> str:
    """What a group is looked at by when it is opened; an order is its lines."""
    narrowed = asked.with_only(asked.by, group.key)
    if asked.by in {ProfitBy.ORDER, ProfitBy.VARIANT}:
        return lines_address(narrowed, Which.ALL)
    by = ProfitBy.VARIANT if asked.by == ProfitBy.MODEL else ProfitBy.MODEL
    return page_address(narrowed, by=by.value)


# --- chips ----------------------------------------------------------------------------------------------------------


def chips_of(asked: Asked) -> list[dict[str, str]]:
    """What narrows the question, each with the address without it; one statement for each model and barcode."""
    sold = asked.sold
    chips = [
        {
            "name": str(dimension.label),
            "value": labels_of(dimension, [key])[key],
            "off": page_address(asked.with_sold(sold.without_only(dimension))),
        }
        for dimension, key in sold.only
    ]
    if sold.without:
        off = page_address(asked.with_sold(sold.without_left_out()))
        for dimension, keys in sold.without:
            values = ", ".join(labels_of(dimension, keys).values())
            words = _("all but %(values)s") % {"values": values}
            chips.append({"name": str(dimension.label), "value": words, "off": off})
    if asked.order:
        order = {"name": _("Order number"), "value": asked.order}
        chips.append({**order, "off": page_address(asked.without_order())})
    return chips


__all__ = [
    "Group",
    "Row",
    "Step",
    "Table",
    "cell_of",
    "chart_of",
    "chips_of",
    "grouped",
    "lines_address",
    "losses_first",
    "page_address",
    "steps_of",
    "table_of",
    "tiles",
    "waterfall_of",
]
