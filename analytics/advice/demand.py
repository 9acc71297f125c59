"""The demand an order must meet, by each model's own lead time and service level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from analytics.advice.rules import PAST_DAYS, Demand, Rule
from analytics.forecasting.quantiles import upper_quantile
from analytics.forecasts import selectors as forecasts
from analytics.models import ForecastRun

_NOTHING: Final = Demand()
# More variants than this are not named one by one: reading those of the other models, too, takes less time.
_MOST_NAMED: Final = 500


@dataclass(frozen=True, slots=True)
class Demands:
    """By variant. `run` is the forecast it comes from, None without one; what it does not know is in `averaged`."""

    run: ForecastRun | None
    of: Mapping[int, Demand]
    averaged: frozenset[int]


def demands(rules: Mapping[int, Rule], sold: Mapping[int, int], *, today: date) -> Demands:
    """The demand of each variant of `rules`; `sold` are pairs of the last `PAST_DAYS` days.

    Without a forecast the days sell what the days before did on average, and spread around it like single buyers
    (Poisson). Statements: one, and six for each set of (lead, review, level) that models are planned with.
    """
    run = forecasts.latest_run()
    found: dict[int, Demand] = {}
    averaged: set[int] = set()
    for span, variants in _by_span(rules).items():
        known = _forecast(span, variants, today=today) if run else {}
        unknown = [variant for variant in variants if variant not in known]
        found |= known | average(span, {variant: sold.get(variant, 0) for variant in unknown})
        averaged.update(unknown)
    return Demands(run, found, frozenset(averaged))


@dataclass(frozen=True, slots=True)
class Span:
    """What makes two models ask the forecast for the same numbers."""

    lead: int
    cycle: int
    level: float


def _by_span(rules: Mapping[int, Rule]) -> dict[Span, list[int]]:
    found: dict[Span, list[int]] = {}
    for variant, rule in rules.items():
        span = Span(rule.lead_days, rule.cycle_days, rule.service_level / 100)
        found.setdefault(span, []).append(variant)
    return found


def _forecast(span: Span, variants: Sequence[int], *, today: date) -> dict[int, Demand]:
    wanted = variants if len(variants) <= _MOST_NAMED else None
    lead = forecasts.demand(days=span.lead, level=span.level, variants=wanted, today=today)
    cycle = forecasts.demand(days=span.cycle, level=span.level, variants=wanted, today=today)
    return {
        variant: Demand(
            expected_lead=lead[variant].expected,
            quantile_lead=lead[variant].quantile,
            expected_cycle=cycle[variant].expected,
            quantile_cycle=cycle[variant].quantile,
        )
        for variant in variants
        if variant in cycle
    }


def average(span: Span, sold: Mapping[int, int]) -> dict[int, Demand]:
    """The plain moving average; what was not sold is not expected."""
    some = {variant: pairs for variant, pairs in sold.items() if pairs > 0}
    daily = np.array([pairs / PAST_DAYS for pairs in some.values()])
    lead, cycle = daily * span.lead, daily * span.cycle
    if not some:
        return dict.fromkeys(sold, _NOTHING)
    quantiles = [upper_quantile(mean, dispersion=0.0, level=span.level) for mean in (lead, cycle)]
    rows = zip(some, lead, quantiles[0], cycle, quantiles[1], strict=True)
    found = {variant: Demand(*(float(value) for value in values)) for variant, *values in rows}
    return {variant: found.get(variant, _NOTHING) for variant in sold}


__all__ = ["Demands", "Span", "average", "demands"]
