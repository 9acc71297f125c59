"""What was sold, by what; what sizes; and why pairs came back or were cancelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

from django.db.models import Count
from pydantic import Field

from analytics.insights.functions.base import (
    LEAST_ORDERS,
    Answer,
    Filters,
    Function,
    Limit,
    fixed,
    number,
    span_of,
)
from analytics.sales import selectors
from analytics.sales.asked import Asked
from analytics.sales.dimensions import CLOCK, Dimension, expression, key_of, labels_of
from analytics.sales.measures import Figures, Measure, What, change
from analytics.sales.pages import lines_address, page_address
from analytics.sales.periods import Span

# Who picked an order is a person, and reasons are a query of their own.
By = Literal[
    "DAY",
    "WEEK",
    "MONTH",
    "WEEKDAY",
    "HOUR",
    "MODEL",
    "VARIANT",
    "COLOUR",
    "SIZE",
    "CATEGORY",
    "CITY",
    "CARRIER",
    "STATUS",
    "CHANNEL",
    "CAMPAIGN",
]
_MEASURES: Final[Mapping[str, Measure]] = {
    "pairs": Measure.PAIRS,
    "amount": Measure.AMOUNT,
    "orders": Measure.ORDERS,
    "average_order": Measure.AVERAGE,
    "cancel_rate": Measure.CANCELLED,
    "return_rate": Measure.RETURNED,
}
_NAMES: Final[Mapping[Measure, str]] = {
    Measure.PAIRS: "pairs",
    Measure.AMOUNT: "amount_try",
    Measure.ORDERS: "orders",
    Measure.AVERAGE: "average_order_try",
    Measure.CANCELLED: "cancel_rate_percent",
    Measure.RETURNED: "return_rate_percent",
}
_CHANGES: Final[Mapping[Measure, str]] = {
    Measure.PAIRS: "pairs_percent",
    Measure.AMOUNT: "amount_percent",
    Measure.ORDERS: "orders_percent",
    Measure.AVERAGE: "average_order_percent",
    Measure.CANCELLED: "cancel_rate_points",
    Measure.RETURNED: "return_rate_points",
}


class SalesArguments(Filters):
    """Sales of a period by one dimension."""

    by: By = Field(default="MODEL", description="What the rows are")
    compare: Literal["NOTHING", "BEFORE", "YEAR"] = Field(
        default="NOTHING", description="BEFORE: the period right before; YEAR: the same days a year ago"
    )
    measure: Literal["pairs", "amount", "orders", "average_order", "cancel_rate", "return_rate"] = Field(
        default="pairs", description="What rows are sorted by, except rows of time and sizes"
    )
    order: Literal["most", "least"] = "most"
    limit: Limit = 20


def figures_of(figures: Figures) -> dict[str, Any]:
    """All measures, and what they are made of."""
    measures = {_NAMES[measure]: number(figures.value(measure)) for measure in Measure}
    return {
        **measures,
        "sold_pairs": figures.sold,
        "returned_pairs": figures.returned,
        "exchanged_pairs": figures.exchanged,
        "cancelled_pairs": figures.cancelled,
    }


def sales(given: SalesArguments, today: date) -> Answer:
    """Figures of the period, of each row, and of the days they are compared with."""
    dimension, measure = Dimension(given.by), _MEASURES[given.measure]
    asked = given.asked(today, rows=dimension, measure=measure)
    source, span = asked.source(), asked.period.span
    found = selectors.groups(source, dimension)
    kept, few = _without_few(found, dimension)
    ordered = selectors.in_order(kept, dimension, measure=measure, span=span)
    if given.order == "least" and dimension not in CLOCK:
        ordered = ordered[::-1]
    shown = ordered if dimension in {Dimension.WEEKDAY, Dimension.HOUR} else ordered[: given.limit]
    labels = labels_of(dimension, [group.key for group in shown])
    whole = selectors.totals(source)
    then = _compared_span(given, today)
    data = {
        "period": span_of(span),
        "by": given.by,
        "total": figures_of(whole),
        **_compared(asked, whole, then),
        "rows": [
            {"label": labels[group.key], **_key(group.key, dimension), **figures_of(group.figures)}
            for group in shown
        ],
        "rows_left_out": len(ordered) - len(shown),
        **few,
    }
    return Answer(data, page_address(asked), _address_of(asked, then))


def _key(key: str, dimension: Dimension) -> dict[str, str]:
    """What the next query needs to narrow to this row."""
    names = {Dimension.MODEL: "model", Dimension.VARIANT: "barcode"}
    return {names[dimension]: key} if dimension in names else {}


def _without_few(
    found: dict[str, Figures], dimension: Dimension
) -> tuple[dict[str, Figures], dict[str, Any]]:
    """Cities with few orders could tell who bought: they are added up."""
    if dimension != Dimension.CITY:
        return found, {}
    kept = {key: figures for key, figures in found.items() if key and figures.orders >= LEAST_ORDERS}
    rest = [figures for key, figures in found.items() if key not in kept]
    few = {
        "cities_not_listed": len(rest),
        "pairs_of_cities_not_listed": sum(figures.pairs for figures in rest),
        "amount_of_cities_not_listed_try": number(sum((figures.amount for figures in rest), Decimal(0))),
        "why_not_listed": f"fewer than {LEAST_ORDERS} orders each",
    }
    return kept, few


def _compared_span(given: SalesArguments, today: date) -> Span | None:
    period = given.asked_period(today)
    return {"NOTHING": None, "BEFORE": period.before, "YEAR": period.year_before}[given.compare]


def _compared(asked: Asked, whole: Figures, then: Span | None) -> dict[str, Any]:
    if then is None:
        return {}
    earlier = selectors.totals(asked.source(then))
    changes = {
        _CHANGES[measure]: number(change(measure, whole.value(measure), earlier.value(measure)), 1)
        for measure in Measure
    }
    return {"compared_with": {"period": span_of(then), "total": figures_of(earlier), "change": changes}}


def _address_of(asked: Asked, then: Span | None) -> str:
    if then is None:
        return ""
    values = {name: getattr(asked, name) for name in Asked.__slots__}
    return page_address(Asked(**{**values, "period": fixed(then)}))


# --- reasons ----------------------------------------------------------------------------------------------------------


class ReasonsArguments(Filters):
    """Why pairs came back or were cancelled."""

    kind: Literal["RETURNS", "CANCELLATIONS"] = "RETURNS"
    limit: Limit = 15


def reasons(given: ReasonsArguments, today: date) -> Answer:
    """Pairs for each reason, beside the rates of the period."""
    back = given.kind == "RETURNS"
    dimension = Dimension.RETURN_REASON if back else Dimension.CANCEL_REASON
    asked = given.asked(today, what=What.RETURNED if back else What.CANCELLED)
    lines = asked.lines()
    found = selectors.return_reasons(lines) if back else selectors.cancel_reasons(lines)
    common = {one.key for one in found} if back else _common(asked)
    named = [one for one in found if one.key in common]
    rows = named[: given.limit]
    labels = labels_of(dimension, [one.key for one in rows])
    whole = selectors.totals(asked.source())
    data = {
        "period": span_of(asked.period.span),
        "kind": given.kind,
        "total": figures_of(whole),
        "rows": [
            {"reason": labels[one.key], "pairs": one.pairs, "share_percent": number(one.share, 1)}
            for one in rows
        ],
        "pairs_of_other_reasons": sum(one.pairs for one in found) - sum(one.pairs for one in rows),
    }
    return Answer(data, lines_address(asked, asked.what))


def _common(asked: Asked) -> set[str]:
    """Reasons of so many orders that none of them was typed for one customer."""
    lines = asked.behind().annotate(key=expression(Dimension.CANCEL_REASON))
    counted = lines.values_list("key").order_by().annotate(orders=Count("order_number", distinct=True))
    return {key_of(key) for key, orders in counted if orders >= LEAST_ORDERS}


# --- sizes ------------------------------------------------------------------------------------------------------------


class SizesArguments(Filters):
    """In which sizes models sell."""

    limit: Limit = 10


def size_curves(given: SizesArguments, today: date) -> Answer:
    """Of a hundred pairs of each model, how many in which size; the models that sold most."""
    asked = given.asked(today, rows=Dimension.SIZE)
    lines = asked.lines()
    by_model = selectors.groups(asked.source(), Dimension.MODEL)
    codes = _best(by_model, given.limit)
    whole = selectors.groups(asked.source(), Dimension.SIZE)
    pairs = sum(figures.pairs for figures in whole.values())
    data = {
        "period": span_of(asked.period.span),
        "total": {
            "pairs": pairs,
            "sizes": [{"size": key, "pairs": whole[key].pairs} for key in _sorted(whole)],
        },
        "rows": [
            {
                "model": curve.code,
                "pairs": curve.pairs,
                "sizes": [
                    {"size": one.size, "pairs": one.pairs, "share_percent": number(one.share, 1)}
                    for one in curve.sizes
                ],
            }
            for curve in selectors.size_curves(lines, codes)
        ],
        "rows_left_out": max(len([code for code in by_model if code]) - len(codes), 0),
    }
    return Answer(data, page_address(asked))


def _best(by_model: Mapping[str, Figures], limit: int) -> Sequence[str]:
    ranked = sorted((code for code in by_model if code), key=lambda code: (-by_model[code].pairs, code))
    return ranked[:limit]


def _sorted(found: dict[str, Figures]) -> list[str]:
    span = Span(date.min, date.min)
    return [
        group.key for group in selectors.in_order(found, Dimension.SIZE, measure=Measure.PAIRS, span=span)
    ]


SALES: Final = Function(
    name="sales",
    description=(
        "Pairs and amounts sold (TRY with VAT, net of cancellations and returns), orders, return and cancellation "
        "rates, by one dimension, with totals; optionally compared with the period before or a year ago."
    ),
    arguments=SalesArguments,
    right="analytics.view_saleline",
    run=sales,
)
REASONS: Final = Function(
    name="reasons",
    description="Why pairs were returned or cancelled: pairs and share of each reason in a period.",
    arguments=ReasonsArguments,
    right="analytics.view_saleline",
    run=reasons,
)
SIZES: Final = Function(
    name="size_curves",
    description="In which sizes models sell: pairs of each size and its share of a hundred pairs of the model.",
    arguments=SizesArguments,
    right="analytics.view_saleline",
    run=size_curves,
)

__all__ = ["REASONS", "SALES", "SIZES"]
