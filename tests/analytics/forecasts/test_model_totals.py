"""Totals of models out of studies, and studies as bytes."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from scipy import stats

from analytics.forecasting.choosing import choose
from analytics.forecasting.forecast import Task, conclude, plain_study, study
from analytics.forecasting.holidays import Campaign
from analytics.forecasting.methods import Method
from analytics.forecasting.models import model_totals
from analytics.forecasting.series import SalesMatrix
from analytics.forecasts.packing import pack_given, pack_study, unpack_given, unpack_study


def history(days: int = 120) -> SalesMatrix:
    """Three barcodes that sell 1, 2 and 3 a day."""
    sold = np.tile(np.array([1.0, 2.0, 3.0]), (days, 1))
    return SalesMatrix(date(2026, 1, 5), ("a", "b", "c"), sold, np.ones(sold.shape, dtype=np.bool_))


MODELS = {"a": "M1", "b": "M1", "c": "M2"}


def test_a_total_is_the_sum_of_its_barcodes_with_a_spread_of_its_own() -> None:
    one = study(Task("", history(), (0, 1, 2)))
    methods = [Method.MOVING_AVERAGE]

    first, second = model_totals([one], methods, MODELS)

    assert (first.model, first.study, first.expected, second.expected) == (
        "M1",
        0,
        (42.0, 84.0),
        (42.0, 84.0),
    )
    assert (first.path.tolist(), first.path.size) == ([3.0] * 28, 28)
    # Never wrong in the past: nothing more than chance is expected.
    assert first.q90 == (stats.poisson.ppf(0.9, 42), stats.poisson.ppf(0.9, 84))
    assert first.band.tolist() == [stats.poisson.ppf(0.9, 3)] * 28


def test_a_barcode_without_a_model_is_left_out_of_totals() -> None:
    one = study(Task("", history(), (0, 1, 2)))

    (total,) = model_totals([one], [Method.SPARSE], {"b": "M1"})

    assert total.expected == pytest.approx((28, 56))


def test_a_study_that_broke_stands_beside_the_others() -> None:
    good, broken = study(Task("", history(), (0, 1, 2))), plain_study(Task("g", history(), (0, 1)))

    methods = choose([good, broken])
    rows = conclude([good, broken], horizon=28, methods=methods)

    assert methods[1] == Method.MOVING_AVERAGE
    assert [row.expected for row in rows if row.group == "g"] == [28, 56]
    assert {row.dispersion for row in rows} == {0.0}


def test_tasks_and_studies_survive_as_bytes() -> None:
    task = Task("model:0172", history(), (0, 2))
    campaign = Campaign("Kasım İndirimi", date(2026, 3, 1), date(2026, 3, 3))
    given = unpack_given(pack_given(task, [campaign]))
    made = plain_study(task)
    back = unpack_study(pack_study(made))

    assert (given.task.group, given.task.asked, given.campaigns) == ("model:0172", (0, 2), (campaign,))
    assert given.task.history.barcodes == ("a", "b", "c")
    assert (given.task.history.quantities == task.history.quantities).all()
    assert (given.task.history.in_stock == task.history.in_stock).all()
    assert (back.group, back.barcodes, back.last_date) == ("model:0172", ("a", "c"), task.history.last_date)
    assert [row.expected for row in conclude([back], horizon=14)] == [14, 42]
    for mine, theirs in zip(made.trials, back.trials, strict=True):
        assert (mine.actual == theirs.actual).all()
        assert (mine.scored == theirs.scored).all()
