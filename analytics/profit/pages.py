"""The page "Kâr Analizi" put together: each part as plain data with its words and addresses, ready for a template."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.profit.asked import Asked, Sort, Which
from analytics.profit.figures import TIMES, Group, Groups, Wholes, page_of
from analytics.profit.parts import COLUMNS, DEDUCTIONS, PROFIT, TILES, Figure, change_in_words
from analytics.profit.selectors import ProfitBy, ProfitFigures
from analytics.sales.chart import MOST_DAY_BARS
from analytics.sales.dimensions import labels_of
from analytics.sales.pages import Cell, Compared, Tile
from gullu.money import format_money


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


def tiles(asked: Asked, wholes: Wholes) -> list[Tile]:
    """Each figure beside the period before and the same days a year earlier."""
    now = wholes.now
    earlier = ((gettext_lazy("before"), wholes.before), (gettext_lazy("a year ago"), wholes.year_before))
    return [
        Tile(
            str(figure.name),
            cell_of(asked, figure, now),
            tuple(Compared(name, figure.words(then), _change(figure, now, then)) for name, then in earlier),
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


def chart_of(asked: Asked, shown: Sequence[Group]) -> dict[str, Any]:
    """Profit per group, for static/analytics/chart.js; losses hang below zero."""
    is_times = asked.by in TIMES
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


def table_of(asked: Asked, groups: Groups, whole: ProfitFigures) -> Table:
    """All parts of each group, page by page."""
    return Table(
        heading=str(asked.by.label),
        columns=tuple(str(figure.name) for figure in COLUMNS),
        rows=tuple(_rows(asked, groups.rows)),
        total=tuple(cell_of(asked, figure, whole) for figure in COLUMNS),
        page=page_of(asked, groups.count),
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
    "Row",
    "Step",
    "Table",
    "cell_of",
    "chart_of",
    "chips_of",
    "lines_address",
    "losses_first",
    "page_address",
    "steps_of",
    "table_of",
    "tiles",
    "waterfall_of",
]
