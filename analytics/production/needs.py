"""What is needed of each barcode while a plan is made and until its goods are on the shelf."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from django.utils import timezone

from analytics.advice import statements
from analytics.advice.rules import PAST_DAYS, Rule
from analytics.advice.sizes import size_curve
from analytics.advice.statements import Row
from analytics.forecasting.quantiles import upper_quantile
from analytics.forecasts import selectors as forecasts
from analytics.forecasts.history import stockout_days
from analytics.forecasts.selectors import Demand
from analytics.models import ForecastRun
from analytics.production.allocation import Need
from analytics.production.selectors import coming
from inventory.selectors import availability
from inventory.stock_grid import size_order

Key = tuple[int, str]

NOTHING: Final = Demand(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Span:
    """The days that a plan must last: from today to its last day, and until its goods are on the shelf."""

    first_day: date
    days: int

    def until(self, lead_days: int, *, today: date) -> int:
        """Days from today on; a plan that begins later must last the longer."""
        return max((self.first_day - today).days, 0) + self.days + lead_days


@dataclass(frozen=True, slots=True)
class Known:
    """One barcode with all its advice stands on. `days` are those of its demand; the service level is in percent.

    `by_average`: no forecast knows it; its demand is the average of the last days, shared by the model's size curve.
    """

    goods: Row
    demand: Demand
    days: int
    service_level: int
    available: int
    coming: int
    sold_28: int
    days_out: int
    by_average: bool

    @property
    def need(self) -> Need:
        """The same for the allocation."""
        daily = self.demand.expected / self.days
        return Need(
            key=self.goods.variant_id,
            expected=self.demand.expected,
            enough=self.demand.quantile,
            position=self.available + self.coming,
            days=self.days,
            lost=self.days_out * daily,
        )


@dataclass(frozen=True, slots=True)
class Needs:
    """By model code, colour and size. `left_out`: barcodes that are no longer made or not on sale."""

    run: ForecastRun | None
    known: tuple[Known, ...]
    left_out: int


def needs_of(
    keys: Collection[Key], span: Span, *, without_plan: int | None = None, today: date | None = None
) -> Needs:
    """What these models and colours need; `without_plan` is a plan whose pairs do not count as coming.

    Seven statements, one more where a forecast lacks, and three for each set of lead time and service level that models
    are planned with.
    """
    day = today or timezone.localdate()
    wanted = set(keys)
    rows = [
        row
        for row in statements.catalogue({product for product, _colour in wanted})
        if (row.product_id, row.colour) in wanted
    ]
    made = sorted((row for row in rows if row.orderable), key=_order)
    return Needs(forecasts.latest_run(), tuple(_known(made, span, without_plan, day)), len(rows) - len(made))


def _order(row: Row) -> tuple[str, str, tuple[int, float, str]]:
    return row.model_code, row.colour, size_order(row.size)


def _known(rows: Sequence[Row], span: Span, without_plan: int | None, today: date) -> Iterable[Known]:
    variants = [row.variant_id for row in rows]
    rules = _rules(rows)
    sold = statements.sold_pairs(today, variants)
    demand = _forecast(rows, rules, span, today=today)
    averaged = _average([row for row in rows if row.variant_id not in demand], rules, sold, span, today=today)
    stock = {one.barcode: one.available for one in availability([row.barcode for row in rows])}
    being_made = coming(without=without_plan)
    out = stockout_days(today - timedelta(days=PAST_DAYS), today - timedelta(days=1), variants)
    for row in rows:
        variant, rule = row.variant_id, rules[row.product_id]
        yield Known(
            goods=row,
            demand=demand.get(variant) or averaged.get(variant, NOTHING),
            days=span.until(rule.lead_days, today=today),
            service_level=rule.service_level,
            available=stock[row.barcode],
            coming=being_made.get(variant, 0),
            sold_28=sold.get(variant, 0),
            days_out=len(out.get(variant, ())),
            by_average=variant not in demand,
        )


def _rules(rows: Sequence[Row]) -> dict[int, Rule]:
    """The rule of each of these models."""
    rules = statements.rules()
    return {row.product_id: rules.get(row.product_id) or rules[None] for row in rows}


def _forecast(
    rows: Sequence[Row], rules: Mapping[int, Rule], span: Span, *, today: date
) -> dict[int, Demand]:
    by_terms: dict[tuple[int, int], list[int]] = {}
    for row in rows:
        rule = rules[row.product_id]
        by_terms.setdefault((rule.lead_days, rule.service_level), []).append(row.variant_id)
    found: dict[int, Demand] = {}
    for (lead, level), variants in by_terms.items():
        days = span.until(lead, today=today)
        found |= forecasts.demand(days=days, level=level / 100, variants=variants, today=today)
    return found


# --- without a forecast -----------------------------------------------------------------------------------------------


def _average(
    rows: Sequence[Row], rules: Mapping[int, Rule], sold: Mapping[int, int], span: Span, *, today: date
) -> dict[int, Demand]:
    """The average of the last days of each colour, shared on its sizes by the size curve of the model.

    A single size sells too seldom for an average of its own. Sales spread around it like single buyers (Poisson).
    """
    if not rows:
        return {}
    curves = _curves(rows, today)
    found: dict[int, Demand] = {}
    for colour in _by_colour(rows):
        rule = rules[colour[0].product_id]
        days = span.until(rule.lead_days, today=today)
        whole = sum(sold.get(row.variant_id, 0) for row in colour) / PAST_DAYS * days
        parts = [curves[row.product_id][row.size] for row in colour]
        for row, part in zip(colour, parts, strict=True):
            found[row.variant_id] = _poisson(whole * part / sum(parts), rule.service_level)
    return found


def _by_colour(rows: Sequence[Row]) -> list[list[Row]]:
    found: dict[Key, list[Row]] = {}
    for row in rows:
        found.setdefault((row.product_id, row.colour), []).append(row)
    return list(found.values())


def _curves(rows: Sequence[Row], today: date) -> dict[int, dict[str, float]]:
    """The share of each size of a model, steadied by what is usual in its category."""
    own: dict[int, dict[str, float]] = {}
    usual: dict[tuple[str, str], dict[str, float]] = {}
    for sale in statements.sold_by_size(today):
        for sizes in (
            own.setdefault(sale.product_id, {}),
            usual.setdefault((sale.category, sale.age_group), {}),
        ):
            sizes[sale.size] = sizes.get(sale.size, 0.0) + sale.pairs
    models: dict[int, list[Row]] = {}
    for row in rows:
        models.setdefault(row.product_id, []).append(row)
    return {
        product: size_curve(
            {row.size: own.get(product, {}).get(row.size, 0.0) for row in model},
            usual.get((model[0].category, model[0].age_group), {}),
        )
        for product, model in models.items()
    }


def _poisson(expected: float, service_level: int) -> Demand:
    if expected <= 0:
        return NOTHING
    enough = upper_quantile(np.array([expected]), dispersion=0.0, level=service_level / 100)
    return Demand(expected, float(enough[0]))


__all__ = ["Key", "Known", "Needs", "Span", "needs_of"]
