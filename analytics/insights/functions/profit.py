"""What was earned, and where costs are missing.

Profit is of the lines whose every part is known; the others are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

from django.urls import reverse
from pydantic import Field

from analytics.enums import Missing
from analytics.insights.functions.base import Answer, Filters, Function, Limit, fixed, number, span_of
from analytics.profit import selectors
from analytics.profit.asked import Asked, Sort
from analytics.profit.definition import DEDUCTIONS
from analytics.profit.pages import page_address
from analytics.profit.selectors import ProfitBy, ProfitFigures, ProfitGroup
from analytics.sales.periods import Span

_PARTS: Final = (*DEDUCTIONS, "withheld")


class ProfitArguments(Filters):
    """Profit of a period by one dimension. There is none by order: an order is a customer's."""

    by: Literal["DAY", "WEEK", "MONTH", "MODEL", "VARIANT", "CATEGORY", "CAMPAIGN", "CHANNEL"] = Field(
        default="MODEL", description="What the rows are"
    )
    compare: Literal["NOTHING", "BEFORE", "YEAR"] = Field(
        default="NOTHING", description="BEFORE: the period right before; YEAR: the same days a year ago"
    )
    only_losing: bool = Field(default=False, description="Only rows that lost money")
    order: Literal["most", "least"] = Field(default="most", description="By profit, except rows of time")
    limit: Limit = 20


def profit(given: ProfitArguments, today: date) -> Answer:
    """Profit, its parts and its margin: of the period, of each row, and of the days it is compared with."""
    by = ProfitBy(given.by)
    losing_first = given.only_losing or given.order == "least"
    asked = Asked(given.asked(today), by=by, sort=Sort.LOSS if losing_first else Sort.PROFIT)
    rows = asked.rows()
    found = selectors.groups(rows, by)
    known = _ordered([one for one in found if one.figures.complete_lines], by, losing_first=losing_first)
    losing = [one for one in known if one.figures.profit < 0]
    listed = losing if given.only_losing else known
    period = given.asked_period(today)
    then = {"NOTHING": None, "BEFORE": period.before, "YEAR": period.year_before}[given.compare]
    data = {
        "period": span_of(asked.period.span),
        "by": given.by,
        "total": profit_of(selectors.totals(rows)),
        **_compared(asked, then),
        "rows_with_loss": len(losing),
        "loss_of_rows_with_loss_try": number(sum((one.figures.profit for one in losing), Decimal(0))),
        "rows": [_row(one, by) for one in listed[: given.limit]],
        "rows_left_out": max(len(listed) - given.limit, 0),
        "rows_without_known_profit": len(found) - len(known),
    }
    return Answer(data, page_address(asked), _address_of(asked, then))


def profit_of(figures: ProfitFigures) -> dict[str, Any]:
    """Everything in TRY of the lines whose profit is known; beside them what is sold in all, and what is not known."""
    complete = figures.complete_lines > 0
    return {
        "profit_try": number(figures.profit) if complete else None,
        "margin_percent": number(figures.profit * 100 / figures.complete_sale, 1)
        if figures.complete_sale
        else None,
        "sale_with_known_profit_try": number(figures.complete_sale),
        **{f"{part}_try": number(getattr(figures, part)) if complete else None for part in _PARTS},
        "pairs": figures.pairs,
        "orders": figures.orders,
        "sale_of_all_try": number(figures.sale),
        "lines_with_known_profit": figures.complete_lines,
        "lines_without_known_profit": figures.incomplete_lines,
        "sale_without_known_profit_try": number(figures.incomplete_sale),
    }


def _row(group: ProfitGroup, by: ProfitBy) -> dict[str, Any]:
    names = {ProfitBy.MODEL: "model", ProfitBy.VARIANT: "barcode"}
    key = {names[by]: group.key} if by in names else {}
    figures = profit_of(group.figures)
    # The whole list with every part would fill the conversation; the parts are in the total.
    kept = {name: value for name, value in figures.items() if name.removesuffix("_try") not in _PARTS}
    return {"label": str(group.label), **key, **kept}


def _ordered(found: Sequence[ProfitGroup], by: ProfitBy, *, losing_first: bool) -> list[ProfitGroup]:
    if by in {ProfitBy.DAY, ProfitBy.WEEK, ProfitBy.MONTH}:
        return sorted(found, key=lambda one: one.key)
    return sorted(
        found, key=lambda one: (one.figures.profit if losing_first else -one.figures.profit, one.key)
    )


def _compared(asked: Asked, then: Span | None) -> dict[str, Any]:
    if then is None:
        return {}
    return {
        "compared_with": {"period": span_of(then), "total": profit_of(selectors.totals(asked.rows(then)))}
    }


def _address_of(asked: Asked, then: Span | None) -> str:
    if then is None:
        return ""
    return page_address(asked.with_sold(replace(asked.sold, period=fixed(then))))


# --- what is missing --------------------------------------------------------------------------------------------------


class MissingArguments(Filters):
    """Sales whose profit is not known, by what is missing."""

    limit: Limit = 25


def missing_costs(given: MissingArguments, today: date) -> Answer:
    """What is missing of which model, carrier or category, and how much was sold of it."""
    asked = Asked(given.asked(today))
    rows = asked.rows()
    whole = selectors.totals(rows)
    found = sorted(selectors.missing(rows), key=lambda one: (-one.sale, one.code, one.key))
    data = {
        "period": span_of(asked.period.span),
        "total": {
            "lines_without_known_profit": whole.incomplete_lines,
            "sale_without_known_profit_try": number(whole.incomplete_sale),
            "lines": whole.lines,
            "sale_of_all_try": number(whole.sale),
        },
        "rows": [
            {
                "missing": str(Missing(one.code).label),
                "of": str(one.label),
                "lines": one.lines,
                "pairs": one.pairs,
                "sale_try": number(one.sale),
            }
            for one in found[: given.limit]
        ],
        "rows_left_out": max(len(found) - given.limit, 0),
    }
    return Answer(data, f"{reverse('profit:missing')}?{asked.query()}")


PROFIT: Final = Function(
    name="profit",
    description=(
        "Profit (TRY), margin and every part of it, by model, barcode, category, campaign, channel or time; only the "
        "rows that lost money if asked; says how many sold lines have no known profit because a cost is missing."
    ),
    arguments=ProfitArguments,
    right="analytics.view_profitline",
    run=profit,
)
MISSING_COSTS: Final = Function(
    name="missing_costs",
    description=(
        "What is missing to know the profit (costs, rates, tariffs), of which model, carrier or category, and the "
        "sales behind it."
    ),
    arguments=MissingArguments,
    right="analytics.view_profitline",
    run=missing_costs,
)

__all__ = ["MISSING_COSTS", "PROFIT"]
