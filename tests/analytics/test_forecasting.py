"""The arithmetic of forecasts on series whose answer is known. Few fits: each costs a process of the optimiser."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.forecasting import groups, sparse
from analytics.forecasting.arrays import decaying_weights
from analytics.forecasting.choosing import COMMON_UNITS, Study, Trial, choose, make_study
from analytics.forecasting.forecast import BacktestScore, conclude, forecast, tasks_of
from analytics.forecasting.holidays import PRIOR_SCALE, Campaign, holiday_frame
from analytics.forecasting.methods import LONGEST, Method, sparse_paths
from analytics.forecasting.quantiles import common_likelihood, fit_dispersion, growing, upper_quantile
from analytics.forecasting.series import SalesMatrix, sales_matrix
from analytics.forecasting.shares import GONE_DAYS, split

MONDAY = date(2026, 1, 5)
WEEK = np.array([10.0, 12.0, 14.0, 16.0, 20.0, 30.0, 24.0])


def rows_of(quantities: Any, *, barcodes: list[str], first_date: date = MONDAY) -> pd.DataFrame:
    """Days × barcodes as the table a shop has: only days with a sale."""
    return pd.DataFrame(
        [
            {"date": first_date + timedelta(days=day), "barcode": barcode, "quantity": quantity}
            for day, row in enumerate(quantities)
            for barcode, quantity in zip(barcodes, row, strict=True)
            if quantity
        ]
    )


def matrix(quantities: Any, in_stock: Any = None) -> SalesMatrix:
    sold = np.asarray(quantities, dtype=np.float64)
    stocked = np.ones(sold.shape, dtype=np.bool_) if in_stock is None else np.asarray(in_stock)
    return SalesMatrix(MONDAY, tuple(f"b{column}" for column in range(sold.shape[1])), sold, stocked)


# --- series -----------------------------------------------------------------------------------------------------


def test_sales_are_aligned_and_days_without_a_row_are_zero() -> None:
    sales = pd.DataFrame(
        {
            "date": ["2026-01-07", "2026-01-05", "2026-01-05", "2026-01-05"],
            "barcode": ["a", "b", "a", "b"],
            "quantity": [3, 1, 2, 4],
        }
    )
    found = sales_matrix(sales, last_date=date(2026, 1, 8))
    assert (found.first_date, found.last_date, found.barcodes) == (MONDAY, date(2026, 1, 8), ("a", "b"))
    assert found.quantities.tolist() == [[2, 5], [0, 0], [3, 0], [0, 0]]
    assert found.in_stock.all()


def test_sale_outweighs_a_stock_out_of_the_same_day() -> None:
    sales = rows_of([[1], [0], [1]], barcodes=["a"])
    stockouts = pd.DataFrame(
        {
            "date": ["2026-01-05", "2026-01-06", "2026-01-06", "2025-01-01"],
            "barcode": ["a", "a", "stranger", "a"],
        }
    )
    assert sales_matrix(sales, stockouts=stockouts).in_stock.tolist() == [[True], [False], [True]]


@pytest.mark.parametrize("quantity", [-1, float("nan")])
def test_negative_and_missing_quantities_are_refused(quantity: float) -> None:
    sales = pd.DataFrame({"date": [MONDAY], "barcode": ["a"], "quantity": [quantity]})
    with pytest.raises(ValueError, match="negative or missing"):
        sales_matrix(sales)


def test_sales_after_the_last_day_and_empty_tables_are_refused() -> None:
    with pytest.raises(ValueError, match="2026-01-06, after the last day 2026-01-05"):
        sales_matrix(rows_of([[1], [1]], barcodes=["a"]), last_date=MONDAY)
    with pytest.raises(ValueError, match="no sales"):
        sales_matrix(pd.DataFrame({"date": [], "barcode": [], "quantity": []}))


def test_part_of_the_barcodes_begins_with_their_first_sale() -> None:
    part = matrix([[1, 0, 0], [1, 0, 0], [0, 0, 2], [1, 3, 0]]).of([1, 2])
    assert (part.first_date, part.barcodes) == (MONDAY + timedelta(days=2), ("b1", "b2"))
    assert part.quantities.tolist() == [[0, 2], [3, 0]]


# --- shares -----------------------------------------------------------------------------------------------------


def test_weights_halve_with_each_half_life() -> None:
    assert decaying_weights(5, half_life=2)[[4, 2, 0]].tolist() == [1, 0.5, 0.25]


def test_shares_follow_recent_sales() -> None:
    # Each half-life sells four units: the newer one of b, the older one of a, which counts half.
    history = matrix([[4 / 56, 0]] * 56 + [[0, 4 / 56]] * 56)
    assert split(history).shares == pytest.approx([1 / 3, 2 / 3])


def test_stock_outs_neither_pull_shares_down_nor_demand() -> None:
    sold = np.tile([4.0, 12.0], (84, 1))
    in_stock = np.ones((84, 2), dtype=np.bool_)
    sold[-28:, 0], in_stock[-28:, 0] = 0, False
    parts = split(matrix(sold, in_stock))
    assert parts.shares == pytest.approx([0.25, 0.75], abs=1e-3)
    assert parts.demand == pytest.approx(np.full(84, 16.0), abs=0.05)
    blind = split(matrix(sold))
    assert blind.shares[0] < 0.17
    assert blind.demand[-1] == 12


def test_what_was_gone_for_long_is_wanted_less_and_less() -> None:
    # Three sizes sell alike; one is gone for the last 28 + 2 × 56 days, one for the last 28.
    sold, in_stock = np.full((280, 3), 4.0), np.ones((280, 3), dtype=np.bool_)
    sold[-140:, 0], in_stock[-140:, 0] = 0, False
    sold[-28:, 1], in_stock[-28:, 1] = 0, False
    parts = split(matrix(sold, in_stock))
    assert parts.demand[-1] * parts.shares == pytest.approx([1, 4, 4], abs=0.05)
    assert parts.demand[[0, 200]] == pytest.approx([12, 8 + 4 * 0.5 ** ((61 - GONE_DAYS) / 56)], abs=0.05)


def test_what_came_back_after_long_is_wanted_as_before() -> None:
    sold, in_stock = np.full((280, 2), 4.0), np.ones((280, 2), dtype=np.bool_)
    sold[60:279, 0], in_stock[60:279, 0] = 0, False
    parts = split(matrix(sold, in_stock))
    assert parts.demand[-1] * parts.shares == pytest.approx([4, 4], abs=0.05)


def test_long_empty_models_do_not_ask_for_what_they_sold_beside_another_shop() -> None:
    """A boot sold out a year ago, when its category sold a tenth of what it sells now."""
    sold, in_stock = np.full((400, 2), 1.0), np.ones((400, 2), dtype=np.bool_)
    sold[50:, 0], in_stock[50:, 0] = 0, False
    sold[50:, 1] = 10
    parts = split(matrix(sold, in_stock))
    assert parts.demand[-1] * parts.shares[0] < 0.3


def test_demand_is_unknown_when_hardly_anything_was_in_stock() -> None:
    in_stock = np.ones((30, 2), dtype=np.bool_)
    sold = np.tile([1.0, 9.0], (30, 1))
    sold[10, 1], in_stock[10, 1] = 0, False
    demand = split(matrix(sold, in_stock)).demand
    assert np.flatnonzero(np.isnan(demand)).tolist() == [10]


def test_shares_of_nothing_sold_are_zero() -> None:
    assert split(matrix(np.zeros((10, 2)))).shares.tolist() == [0, 0]


# --- one model's demand -----------------------------------------------------------------------------------------


def test_moving_average_takes_the_last_28_known_days() -> None:
    demand = np.concatenate([np.full(50, 99.0), [np.nan], np.full(14, 2.0), [np.nan], np.full(14, 4.0)])
    assert groups.moving_average(demand, days=3).tolist() == [3, 3, 3]


def test_prophet_recovers_a_weekly_pattern_in_silence(caplog: pytest.LogCaptureFixture) -> None:
    demand = np.tile(WEEK, 12)
    demand[5] = np.nan
    with caplog.at_level(logging.DEBUG):
        path = groups.prophet(demand, first_date=MONDAY, days=14)
    assert path == pytest.approx(np.tile(WEEK, 2), rel=0.1)
    assert [record.name for record in caplog.records if record.levelno >= logging.INFO] == []


def test_prophet_follows_a_change_of_level_within_weeks() -> None:
    demand = np.concatenate([np.full(112, 10.0), np.full(28, 30.0)])
    path = groups.prophet(demand, first_date=MONDAY, days=28)
    assert path.mean() == pytest.approx(30, rel=0.25)


def test_prophet_expects_more_on_campaign_days() -> None:
    demand = np.full(98, 10.0)
    campaigns = [
        Campaign("sale", MONDAY + timedelta(days=n), MONDAY + timedelta(days=n)) for n in range(9, 120, 17)
    ]
    demand[9:98:17] = 40
    frame = holiday_frame(MONDAY, MONDAY + timedelta(days=130), campaigns=campaigns)
    path = groups.prophet(demand, first_date=MONDAY, days=28, holidays=frame)
    sale = 9 + 17 * 6 - 98  # index of the next campaign day
    assert path[sale] > 2 * path.mean()


def test_auto_ets_recovers_a_weekly_pattern_and_bridges_unknown_days() -> None:
    demand = np.tile(WEEK, 10)
    demand[12] = np.nan
    path = groups.auto_ets(demand, days=7)
    assert path == pytest.approx(WEEK, rel=0.15)


@pytest.mark.parametrize("method", ["prophet", "auto_ets"])
def test_short_histories_are_averaged(method: str) -> None:
    demand = np.array([1.0, 2.0, 3.0])
    given = {"first_date": MONDAY} if method == "prophet" else {}
    assert getattr(groups, method)(demand, days=2, **given).tolist() == [2, 2]


# --- what sells now and then --------------------------------------------------------------------------------------


def test_sparse_forecasts_stand_between_nothing_and_the_usual_sale() -> None:
    rng = np.random.default_rng(3)
    sold = rng.binomial(1, 0.1, size=(200, 3)) * 2.0
    sold[:, 2] = 0
    sold[20, 2] = 5
    path = sparse.imapa(matrix(sold), days=28)
    assert path.shape == (28, 3)
    assert path[0, :2] == pytest.approx([0.2, 0.2], abs=0.15)
    assert (path[:, :2] > 0).all()
    assert path[0, 2] == pytest.approx(5 / 200)


def test_sparse_forecasts_pass_over_days_without_stock() -> None:
    sold, in_stock = np.tile([2.0, 2.0], (60, 1)), np.ones((60, 2), dtype=np.bool_)
    sold[32:, 1], in_stock[32:, 1] = 0, False
    assert sparse.imapa(matrix(sold, in_stock), days=1)[0] == pytest.approx([2, 2])


def test_sparse_forecasts_fall_for_what_was_gone_for_long() -> None:
    sold, in_stock = np.full((200, 2), 2.0), np.ones((200, 2), dtype=np.bool_)
    sold[-84:, 1], in_stock[-84:, 1] = 0, False
    assert sparse.imapa(matrix(sold, in_stock), days=1)[0] == pytest.approx([2, 1])


# --- quantiles ----------------------------------------------------------------------------------------------------


def negative_binomial(rng: np.random.Generator, mean: Any, *, dispersion: float) -> Any:
    return rng.poisson(rng.gamma(1 / dispersion, mean * dispersion)).astype(np.float64)


def test_quantiles_cover_nine_of_ten_negative_binomial_totals() -> None:
    rng = np.random.default_rng(11)
    mean = rng.uniform(2, 60, size=4000)
    dispersion = fit_dispersion((mean[:2000], negative_binomial(rng, mean[:2000], dispersion=0.5)))
    assert dispersion == pytest.approx(0.5, rel=0.15)
    later = negative_binomial(rng, mean[2000:], dispersion=0.5)
    assert (later <= upper_quantile(mean[2000:], dispersion=dispersion)).mean() == pytest.approx(
        0.91, abs=0.02
    )


def test_quantiles_without_past_errors_are_poisson() -> None:
    nothing = (np.zeros(0), np.zeros(0))
    assert fit_dispersion(nothing) == 0
    assert upper_quantile(np.array([10.0, 0.0]), dispersion=0).tolist() == [14, 0]


def test_few_errors_of_a_model_lean_on_the_common_ones() -> None:
    rng = np.random.default_rng(5)
    mean = np.full(3000, 20.0)
    common = common_likelihood((mean, negative_binomial(rng, mean, dispersion=1.0)))
    exact = (np.array([20.0, 20.0]), np.array([20.0, 20.0]))
    assert fit_dispersion(exact) == 0
    assert 0.7 < fit_dispersion(exact, common=common) < 1.1


def test_quantiles_never_fall_with_a_longer_horizon() -> None:
    assert growing([np.array([5.0, 1.0]), np.array([4.0, 3.0])]).tolist() == [[5, 1], [5, 3]]


# --- choosing -----------------------------------------------------------------------------------------------------


def a_study(errors: dict[Method, float], *, units: float = 500.0, trials: int = 2) -> Study:
    """A model of one barcode whose methods each expected `errors` units too much, at both horizons and all trials."""
    actual = np.full((2, 1), units)
    tried = Trial(
        expected={method: actual + error for method, error in errors.items()},
        actual=actual,
        scored=np.ones(1, dtype=np.bool_),
    )
    paths = {method: np.ones((LONGEST, 1)) for method in errors}
    return Study("m", ("b",), MONDAY, paths, (tried,) * trials)


def test_least_error_is_chosen() -> None:
    one = a_study({Method.MOVING_AVERAGE: 100, Method.PROPHET: 80, Method.COMBINED: 60})
    other = a_study({Method.MOVING_AVERAGE: 100, Method.PROPHET: 20, Method.COMBINED: 60})
    assert choose([one, other]) == [Method.COMBINED, Method.PROPHET]


@pytest.mark.parametrize("error", [100, 98, 120])
def test_moving_average_stays_without_a_clear_lead(error: float) -> None:
    assert choose([a_study({Method.MOVING_AVERAGE: 100, Method.PROPHET: error})]) == [Method.MOVING_AVERAGE]


def test_moving_average_stays_where_little_was_sold_or_tried() -> None:
    little = a_study({Method.MOVING_AVERAGE: 3, Method.PROPHET: 0}, units=10)
    untried = a_study({Method.MOVING_AVERAGE: 3, Method.PROPHET: 0}, trials=0)
    assert choose([little, untried]) == [Method.MOVING_AVERAGE, Method.MOVING_AVERAGE]


def test_new_model_follows_what_proved_best_for_the_others() -> None:
    errors = {Method.MOVING_AVERAGE: 100.0, Method.PROPHET: 50.0}
    assert choose([a_study(errors), a_study(errors, trials=0)]) == [Method.PROPHET, Method.PROPHET]


def test_own_errors_outweigh_the_common_ones_once_enough_was_sold() -> None:
    common = a_study({Method.MOVING_AVERAGE: 100, Method.PROPHET: 50}, units=COMMON_UNITS * 4)
    against = a_study({Method.MOVING_AVERAGE: 100, Method.PROPHET: 150}, units=COMMON_UNITS)
    assert choose([common, against]) == [Method.PROPHET, Method.MOVING_AVERAGE]


def test_barcodes_without_a_model_are_compared_among_themselves() -> None:
    models = a_study({Method.MOVING_AVERAGE: 10, Method.PROPHET: 50})
    alone = a_study({Method.MOVING_AVERAGE: 100, Method.SPARSE: 50})
    assert choose([models, alone]) == [Method.MOVING_AVERAGE, Method.SPARSE]


def test_trial_counts_no_error_for_days_without_stock() -> None:
    sold, in_stock = np.full((56, 1), 2.0), np.ones((56, 1), dtype=np.bool_)
    sold[35:42], in_stock[35:42] = 0, False
    study = make_study(matrix(sold, in_stock), group="", asked=[0], forecaster=sparse_paths)
    (trial,) = study.trials
    expected, actual = trial.pairs(Method.MOVING_AVERAGE)
    assert expected.tolist() == actual.tolist() == [14, 42]


def test_trial_leaves_out_barcodes_that_were_new() -> None:
    sold = np.full((56, 2), 1.0)
    sold[:1, 1] = 0
    (trial,) = make_study(matrix(sold), group="", asked=[0, 1], forecaster=sparse_paths).trials
    assert trial.scored.tolist() == [True, False]


# --- holidays -----------------------------------------------------------------------------------------------------


def test_bayram_moves_and_has_its_windows() -> None:
    frame = holiday_frame(date(2025, 1, 1), date(2026, 12, 31))
    rows = frame[frame["holiday"].isin(["Eid al-Fitr", "Eid al-Adha"])]
    found = list(zip(rows["ds"].dt.date, rows["lower_window"], rows["upper_window"], strict=True))
    assert found == [
        (date(2025, 3, 30), -10, 4),
        (date(2025, 6, 6), -10, 5),
        (date(2026, 3, 20), -10, 4),
        (date(2026, 5, 27), -10, 5),
    ]
    assert set(frame["prior_scale"]) == {PRIOR_SCALE}


def test_campaign_days_are_cut_to_the_period() -> None:
    sale = Campaign("sale", date(2026, 6, 28), date(2026, 7, 2))
    frame = holiday_frame(date(2026, 6, 1), date(2026, 6, 30), campaigns=[sale])
    days = frame[frame["holiday"] == "sale"]["ds"].dt.date.tolist()
    assert days == [date(2026, 6, 28), date(2026, 6, 29), date(2026, 6, 30)]


# --- all together -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sales() -> pd.DataFrame:
    """A model that doubles its sales every six weeks, and an article that sells now and then."""
    rng = np.random.default_rng(8)
    days = np.arange(126)
    level = 4 * 2 ** (days / 42) * np.tile(WEEK / WEEK.mean(), 18)
    sold = np.stack([rng.poisson(level * share) for share in (0.6, 0.3, 0.1)], axis=1)
    return rows_of(
        np.column_stack([sold, rng.binomial(1, 0.05, size=126)]), barcodes=["s40", "s41", "s42", "lone"]
    )


def test_forecast_beats_the_average_of_a_growing_model_the_same_way_twice(sales: pd.DataFrame) -> None:
    models = dict.fromkeys(["s40", "s41", "s42"], "model")
    memory: dict[bytes, Any] = {}
    month = forecast(sales, models, horizon=28, memory=memory, last_date=MONDAY + timedelta(days=125))
    assert month == forecast(sales, models, horizon=28, last_date=MONDAY + timedelta(days=125))
    fits = len(memory)
    fortnight = forecast(sales, models, horizon=14, memory=memory, last_date=MONDAY + timedelta(days=125))
    assert len(memory) == fits == 8  # two methods, today and three trials

    assert [row.barcode for row in month] == ["lone", "s40", "s41", "s42"]
    assert [row.group for row in month] == ["", "model", "model", "model"]
    lone, largest = month[0], month[1]
    assert lone.method is Method.MOVING_AVERAGE
    assert largest.method is not Method.MOVING_AVERAGE
    assert isinstance(largest.backtest, BacktestScore)
    assert isinstance(largest.moving_average, BacktestScore)
    assert largest.backtest.wape < largest.moving_average.wape
    assert largest.moving_average.bias < -0.2
    assert 0.5 < largest.backtest.coverage <= 1
    for short, long in zip(fortnight, month, strict=True):
        assert short.method is long.method
        assert 0 <= short.expected <= long.expected
        assert short.q90 <= long.q90


def test_horizons_nobody_tried_are_refused(sales: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="30 days"):
        forecast(sales, {}, horizon=30)


def test_small_models_borrow_the_signal_of_their_category() -> None:
    sold = np.zeros((60, 4))
    sold[:, 0] = 2
    sold[::20, 1] = sold[::30, 2] = sold[::15, 3] = 1
    models = {"b0": "big", "b1": "small", "b2": "orphan"}
    tasks = tasks_of(matrix(sold), models, categories={"big": "boots", "small": "boots", "orphan": "hats"})
    found = {task.group: [task.history.barcodes[column] for column in task.asked] for task in tasks}
    assert found == {"big": ["b0"], "boots": ["b1"], "": ["b2", "b3"]}
    assert {task.group: task.history.barcodes for task in tasks}["boots"] == ("b0", "b1")


def test_scores_are_left_out_where_nothing_was_tried() -> None:
    untried = a_study({Method.MOVING_AVERAGE: 3, Method.PROPHET: 0}, trials=0)
    (row,) = conclude([untried], horizon=14)
    assert (row.expected, row.q90, row.backtest, row.moving_average) == (14, 19, None, None)
