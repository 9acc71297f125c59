"""Demand of any span: along the daily path, anchored at both horizons, with the spread of the nearer one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from scipy import stats

from analytics.forecasts.selectors import Demand, demand, latest_run
from analytics.models import ForecastRun, ModelForecast, VariantForecast
from catalog.models import Variant
from tests.factories import make_variant

pytestmark = pytest.mark.django_db

SUNDAY = date(2026, 11, 15)
MONDAY = SUNDAY + timedelta(days=1)
# One pair on every day, three on Sundays: 9 a week.
PATH = [1.0, 1, 1, 1, 1, 1, 3] * 4


def a_run(last_day: date = SUNDAY, state: str = "DONE") -> ForecastRun:
    now = timezone.now()
    return ForecastRun.objects.create(state=state, last_day=last_day, started_at=now, ended_at=now)


def said(
    run: ForecastRun,
    variant: Variant,
    *,
    short: float = 18,
    long: float = 36,
    spreads: tuple[float, float] = (0, 0),
    path: list[float] | None = PATH,
) -> Variant:
    for horizon, expected, dispersion in ((14, short, spreads[0]), (28, long, spreads[1])):
        VariantForecast.objects.create(
            run=run, variant=variant, horizon=horizon, method="PROPHET", expected=expected, q90=0,
            dispersion=dispersion,
        )  # fmt: skip
        if path is not None:
            ModelForecast.objects.create(
                run=run, product=variant.product, horizon=horizon, method="PROPHET", expected=expected, q90=0,
                path=path[:horizon],
            )  # fmt: skip
    return variant


def expected(days: int, *, today: date = MONDAY) -> list[float]:
    return [round(one.expected, 6) for one in demand(days=days, level=0.9, today=today).values()]


@pytest.mark.parametrize(("days", "pairs"), [(1, 1), (6, 6), (7, 9), (14, 18), (15, 19), (21, 27), (28, 36)])
def test_days_are_scaled_along_the_path_of_the_model(days: int, pairs: float) -> None:
    said(a_run(), make_variant())

    assert expected(days) == [pairs]


def test_both_horizons_hold_where_a_barcode_differs_from_its_model() -> None:
    said(a_run(), make_variant(), short=4, long=12)

    assert [expected(days)[0] for days in (7, 14, 21, 28, 35, 56)] == [2, 4, 8, 12, 15, 24]


def test_days_that_passed_since_the_run_are_not_counted_again() -> None:
    said(a_run(), make_variant())

    # On Wednesday the first seven days are Wednesday to Tuesday; after the path a day is a mean one.
    assert expected(7, today=MONDAY + timedelta(days=2)) == [9]
    assert expected(4, today=MONDAY + timedelta(days=3)) == [6]
    assert expected(7, today=MONDAY + timedelta(days=60)) == [9]


def test_a_model_without_a_path_or_without_sales_is_spread_evenly() -> None:
    run = a_run()
    said(run, make_variant(), short=7, long=14, path=None)
    said(run, make_variant(), short=0, long=0, path=[0.0] * 28)

    assert expected(2) == [1, 0]


def test_the_quantile_follows_level_and_spread() -> None:
    run = a_run()
    poisson = said(run, make_variant())
    wide = said(run, make_variant(), spreads=(0.5, 0.1))

    found = {
        (days, level): demand(days=days, level=level, today=MONDAY)
        for days, level in ((14, 0.9), (14, 0.99), (21, 0.9))
    }

    assert found[14, 0.9][poisson.pk].quantile == stats.poisson.ppf(0.9, 18)
    assert found[14, 0.99][poisson.pk].quantile == stats.poisson.ppf(0.99, 18)
    assert found[14, 0.9][wide.pk].quantile == stats.nbinom.ppf(0.9, 2, 2 / (2 + 18))
    # Halfway between both horizons the spread is halfway, too.
    size = 1 / 0.3
    assert found[21, 0.9][wide.pk].quantile == stats.nbinom.ppf(0.9, size, size / (size + 27))


def test_only_the_newest_run_that_is_done_counts() -> None:
    variant = make_variant()
    said(a_run(), variant)
    newest = a_run()
    said(newest, variant, short=2, long=4)
    a_run(state="FAILED")
    a_run(state="RUNNING")

    assert latest_run() == newest
    assert expected(14) == [2]


def test_variants_narrow_and_unknown_ones_are_left_out() -> None:
    run = a_run()
    one, _other, silent = said(run, make_variant()), said(run, make_variant()), make_variant()

    found = demand(days=28, level=0.9, variants=[one.pk, silent.pk], today=MONDAY)

    assert found == {one.pk: Demand(36.0, stats.poisson.ppf(0.9, 36))}


def test_without_a_run_nothing_is_known() -> None:
    assert demand(days=14, level=0.9) == {}


@pytest.mark.parametrize(("days", "level"), [(0, 0.9), (-3, 0.9), (14, 0), (14, 1)])
def test_senseless_questions_are_refused(days: int, level: float) -> None:
    with pytest.raises(ValueError, match="at least one day"):
        demand(days=days, level=level)


def test_demand_is_three_statements_whatever_is_asked() -> None:
    run = a_run()
    for _number in range(5):
        said(run, make_variant())
    with CaptureQueriesContext(connection) as queries:
        found = demand(days=10, level=0.95)

    assert (len(found), len(queries)) == (5, 3)
