"""What the forecasts say: the run that counts, and the demand of any span of days."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from django.utils import timezone

from analytics.forecasting.arrays import FloatArray
from analytics.forecasting.methods import HORIZONS, LONGEST
from analytics.forecasting.quantiles import upper_quantile
from analytics.forecasts.preparing import group_label
from analytics.models import ForecastRun, ForecastTask, ModelForecast, VariantForecast

SHORTEST: Final = min(HORIZONS)


@dataclass(frozen=True, slots=True)
class Demand:
    """Pairs of a barcode over the days asked for: `quantile` is enough with the probability asked for."""

    expected: float
    quantile: float


@dataclass(frozen=True, slots=True)
class _Row:
    """What a run kept of one barcode; sums and spreads of the short and of the long horizon."""

    variant: int
    product: int
    short: float
    long: float
    short_dispersion: float
    long_dispersion: float


def latest_run() -> ForecastRun | None:
    """The run that counts: the newest that is done. One statement."""
    return ForecastRun.objects.filter(state=ForecastRun.State.DONE).order_by("-ended_at", "-pk").first()


def latest_failure(run: ForecastRun | None) -> ForecastRun | None:
    """The newest run, if it failed after `run` was done. One statement."""
    failed = ForecastRun.objects.filter(state=ForecastRun.State.FAILED)
    if run is not None:
        failed = failed.filter(started_at__gt=run.started_at)
    return failed.order_by("-started_at").first()


def failed_groups(run: ForecastRun) -> list[tuple[str, str]]:
    """What could not be studied in this run, with the reason; it has the plain average. One statement."""
    rows = ForecastTask.objects.filter(run=run, done_at__isnull=False).exclude(error="").order_by("pk")
    return [(group_label(group), error) for group, error in rows.values_list("group", "error")]


def demand(
    *, days: int, level: float, variants: Collection[int] | None = None, today: date | None = None
) -> dict[int, Demand]:
    """By variant, what is expected in the `days` from `today` (Istanbul's, by default) on, that day included.

    What the newest run says of its days is scaled along the daily path of the model; days after the path count as its
    mean day. `level` is a probability (0.9: enough nine times out of ten). A variant the run knows nothing of (never
    sold yet) is not in the answer; without any run the answer is empty. Three statements, whatever is asked.

    Raises ValueError for less than one day and for a level outside 0 to 1.
    """
    if days < 1 or not 0 < level < 1:
        raise ValueError(f"{days} days at the level {level}: at least one day, and a level between 0 and 1.")
    run = latest_run()
    rows = _rows(run, variants) if run else []
    if run is None or not rows:
        return {}
    passed = max(((today or timezone.localdate()) - run.last_day).days - 1, 0)
    paths = _paths(run, {row.product for row in rows})
    weights = {product: _weights(path, passed=passed, days=days) for product, path in paths.items()}
    plain = _weights([1.0] * LONGEST, passed=passed, days=days)
    expected = np.array([_expected(row, weights.get(row.product, plain)) for row in rows])
    quantiles = _quantiles(rows, expected, days=days, level=level)
    return {
        row.variant: Demand(float(mean), float(enough))
        for row, mean, enough in zip(rows, expected, quantiles, strict=True)
    }


def _rows(run: ForecastRun, variants: Collection[int] | None) -> list[_Row]:
    found = VariantForecast.objects.filter(run=run)
    if variants is not None:
        found = found.filter(variant__in=variants)
    by_variant: dict[int, dict[int, tuple[int, float, float]]] = {}
    for variant, horizon, product, expected, dispersion in found.values_list(
        "variant", "horizon", "variant__product", "expected", "dispersion"
    ):
        by_variant.setdefault(variant, {})[horizon] = (product, expected, dispersion)
    return [
        _Row(
            variant,
            said[LONGEST][0],
            short=said[SHORTEST][1],
            long=said[LONGEST][1],
            short_dispersion=said[SHORTEST][2],
            long_dispersion=said[LONGEST][2],
        )
        for variant, said in sorted(by_variant.items())
    ]


def _paths(run: ForecastRun, products: Collection[int]) -> Mapping[int, Sequence[float]]:
    rows = ModelForecast.objects.filter(run=run, horizon=LONGEST, product__in=products)
    return dict(rows.values_list("product", "path"))


def _weights(path: Sequence[float], *, passed: int, days: int) -> tuple[float, float]:
    """How much of the short and of the long sum falls into the days after those that have passed."""
    grown = np.concatenate([[0.0], np.cumsum(path)])
    before, after = _until(grown, passed), _until(grown, passed + days)
    return after[0] - before[0], after[1] - before[1]


def _until(grown: FloatArray, day: int) -> tuple[float, float]:
    """The sum of the first `day` days as parts of the short and of the long sum."""
    if day > LONGEST:
        return 0.0, day / LONGEST
    start, end = (0, SHORTEST) if day <= SHORTEST else (SHORTEST, LONGEST)
    whole = grown[end] - grown[start]
    part = float((grown[day] - grown[start]) / whole) if whole > 0 else (day - start) / (end - start)
    return (part, 0.0) if start == 0 else (1 - part, part)


def _expected(row: _Row, weights: tuple[float, float]) -> float:
    return max(row.short * weights[0] + row.long * weights[1], 0.0)


def _quantiles(rows: Sequence[_Row], expected: FloatArray, *, days: int, level: float) -> FloatArray:
    """Each with its own spread: that of the nearer horizon, between the two in proportion."""
    part = min(max((days - SHORTEST) / (LONGEST - SHORTEST), 0.0), 1.0)
    spreads = np.array([(1 - part) * row.short_dispersion + part * row.long_dispersion for row in rows])
    enough = np.zeros(len(rows))
    for spread in np.unique(spreads):
        same = spreads == spread
        enough[same] = upper_quantile(expected[same], dispersion=float(spread), level=level)
    return enough
