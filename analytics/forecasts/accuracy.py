"""How far earlier runs were right: what they said of a span that is over, beside what then was sold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from analytics.enums import SaleState
from analytics.forecasting.methods import LONGEST
from analytics.models import ForecastRun

# Origins a week apart: neighbouring ones share most of their days.
STEP_DAYS: Final = 7
MOST_ORIGINS: Final = 12

_OUTCOMES: Final = """
    SELECT run.last_day, said.product_id, said.expected, said.q90, coalesce(sum(line.quantity), 0)::int
      FROM analytics_modelforecast AS said
      JOIN analytics_forecastrun AS run ON run.id = said.run_id
      LEFT JOIN analytics_saleline AS line
             ON line.product_id = said.product_id AND line.state = %(sold)s
            AND line.day > run.last_day AND line.day <= run.last_day + said.horizon
            AND NOT EXISTS (SELECT FROM catalog_bundlepart AS part WHERE part.bundle_id = line.variant_id)
     WHERE said.run_id = ANY(%(runs)s) AND said.horizon = %(horizon)s
       AND (%(product)s::bigint IS NULL OR said.product_id = %(product)s)
     GROUP BY run.last_day, said.product_id, said.expected, said.q90
     ORDER BY run.last_day DESC, said.product_id
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was said of one model on the evening of `last_day`, and the pairs that were sold in the days after."""

    last_day: date
    product_id: int
    expected: float
    q90: float
    sold: int

    @property
    def enough(self) -> bool:
        """Whether the 90 % quantile was enough."""
        return self.sold <= self.q90


@dataclass(frozen=True, slots=True)
class Origin:
    """All models of one run together. `wape` is the error of the models' sums, None where nothing was sold."""

    last_day: date
    expected: float
    sold: int
    wrong: float
    models: int
    enough: int

    @property
    def wape(self) -> float | None:
        return self.wrong / self.sold if self.sold else None

    @property
    def bias(self) -> float | None:
        """Negative where too little was expected."""
        return (self.expected - self.sold) / self.sold if self.sold else None

    @property
    def coverage(self) -> float | None:
        return self.enough / self.models if self.models else None


def outcomes(
    *, horizon: int = LONGEST, product_id: int | None = None, today: date | None = None
) -> list[Outcome]:
    """Of the newest run whose days are over and of earlier ones a week apart, by day from the newest. Two statements.

    Sold is counted as the forecasts count demand: without what was cancelled, with what came back.
    """
    until = (today or timezone.localdate()) - timedelta(days=horizon + 1)
    runs = _origins(until)
    given: dict[str, Any] = {
        "runs": runs,
        "horizon": horizon,
        "product": product_id,
        "sold": SaleState.SOLD.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OUTCOMES, given)
        return [Outcome(*row) for row in cursor.fetchall()]


def _origins(until: date) -> list[int]:
    """The runs to look at; of several of one day, the last."""
    rows: Any = (
        ForecastRun.objects.filter(state=ForecastRun.State.DONE, last_day__lte=until)
        .order_by("-last_day", "-ended_at", "-pk")
        .values_list("pk", "last_day")
    )
    picked: list[int] = []
    before: date | None = None
    for run, day in rows:
        if before is None or day <= before - timedelta(days=STEP_DAYS):
            picked.append(run)
            before = day
    return picked[:MOST_ORIGINS]


def origins(found: list[Outcome]) -> list[Origin]:
    """The outcomes of each run added up, the newest first."""
    by_day: dict[date, list[Outcome]] = {}
    for one in found:
        by_day.setdefault(one.last_day, []).append(one)
    return [
        Origin(
            day,
            expected=sum(one.expected for one in rows),
            sold=sum(one.sold for one in rows),
            wrong=sum(abs(one.expected - one.sold) for one in rows),
            models=len(rows),
            enough=sum(one.enough for one in rows),
        )
        for day, rows in by_day.items()
    ]
