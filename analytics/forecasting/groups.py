"""Daily forecasts of one model's demand. Each takes the demand so far (NaN = not known) and returns days ahead."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analytics.forecasting.arrays import FloatArray, decaying_weights

if TYPE_CHECKING:
    import pandas as pd

MOVING_AVERAGE_DAYS: Final = 28
LEVEL_HALF_LIFE_DAYS: Final = 14
# Eight half-lives and more weigh nothing: the level is read from this many days.
_LEVEL_DAYS: Final = 8 * LEVEL_HALF_LIFE_DAYS
WEEK: Final = 7
# Prophet sees a yearly pattern only in what repeated at least once.
_YEARLY_FROM_DAYS: Final = 730
# Smoothing forgets within weeks; a year is enough to choose its form, and a fit costs time by its length.
_ETS_DAYS: Final = 52 * WEEK
_LEAST_DAYS: Final = 2 * WEEK
# A curve that stands below this part of the recent sales has lost them: multiplying it up would blow up its noise.
_LOST_BELOW: Final = 0.1
_SEED: Final = 20
# Prophet would take Newton's method for less than a hundred days: a hundred times slower once there are holidays.
# A line search that ends early stands at the top already (sales almost without noise); if not, the back-test sees it.
_OPTIMISER: Final = {"algorithm": "LBFGS", "iter": 2000, "require_converged": False}


def moving_average(demand: FloatArray, *, days: int) -> FloatArray:
    """The mean of the last 28 known days (fewer if there are fewer), for every day ahead."""
    known = demand[np.isfinite(demand)][-MOVING_AVERAGE_DAYS:]
    return np.full(days, known.mean() if known.size else 0.0)


def prophet(
    demand: FloatArray, *, first_date: date, days: int, holidays: pd.DataFrame | None = None
) -> FloatArray:
    """The mean of a linear and a flat fit, each brought to the level of the recent weeks.

    A straight line runs away after a launch and a flat one lags behind: their mean errs least. `holidays` is Prophet's
    frame (see holidays.py). With less than two weeks known it is the moving average.
    """
    if np.isfinite(demand).sum() < _LEAST_DAYS:
        return moving_average(demand, days=days)
    fits = [
        _anchored_fit(demand, first_date=first_date, days=days, holidays=holidays, growth=growth)
        for growth in ("linear", "flat")
    ]
    return np.asarray(np.mean(fits, axis=0), dtype=np.float64)


def auto_ets(demand: FloatArray, *, days: int) -> FloatArray:
    """Exponential smoothing with the form chosen by AICc; days not known are filled between their neighbours."""
    from statsforecast.models import AutoETS  # noqa: PLC0415  (heavy; only forecasts need it)

    values = _filled(demand)[-_ETS_DAYS:]
    if np.isfinite(demand).sum() < _LEAST_DAYS or np.ptp(values) == 0:
        return moving_average(demand, days=days)
    # Forms with more parameters than days divide by zero; they lose by an infinite AICc.
    with np.errstate(divide="ignore", invalid="ignore"):
        path = AutoETS(season_length=WEEK).forecast(y=values, h=days)["mean"]
    return np.maximum(np.asarray(path, dtype=np.float64), 0.0)


def _anchored_fit(
    demand: FloatArray, *, first_date: date, days: int, holidays: pd.DataFrame | None, growth: str
) -> FloatArray:
    import pandas as pd  # noqa: PLC0415  (heavy; only forecasts need it)

    dates = pd.date_range(first_date, periods=demand.size + days, freq="D")
    model = _prophet_class()(
        growth=growth,
        weekly_seasonality=True,
        daily_seasonality=False,
        yearly_seasonality=demand.size >= _YEARLY_FROM_DAYS,
        holidays=_within(holidays, dates),
        uncertainty_samples=0,
    )
    seen = min(demand.size, _LEVEL_DAYS)
    with _quiet():
        model.fit(pd.DataFrame({"ds": dates[: demand.size], "y": demand}), seed=_SEED, **_OPTIMISER)
        future = model.predict(pd.DataFrame({"ds": dates[demand.size - seen :]}))
    fitted = np.maximum(future["yhat"].to_numpy(dtype=np.float64), 0.0)
    return _anchored(fitted[seen:], demand=demand[-seen:], fitted=fitted[:seen])


def _anchored(curve: FloatArray, *, demand: FloatArray, fitted: FloatArray) -> FloatArray:
    """The curve multiplied so that it would have met the sales of the recent weeks."""
    weights = decaying_weights(demand.size, half_life=LEVEL_HALF_LIFE_DAYS)
    weights = np.where(np.isfinite(demand), weights, 0.0)
    sold = float((weights * np.nan_to_num(demand)).sum())
    expected = float((weights * fitted).sum())
    if sold == 0 or expected < sold * _LOST_BELOW:
        return np.full(curve.size, sold / max(float(weights.sum()), 1.0))
    return curve * (sold / expected)


def _within(holidays: pd.DataFrame | None, dates: pd.DatetimeIndex) -> pd.DataFrame | None:
    """The holidays that touch these dates; Prophet would fit the others to nothing, and refuses an empty frame."""
    import pandas as pd  # noqa: PLC0415  (heavy; only forecasts need it)

    if holidays is None:
        return None
    before = pd.to_timedelta(holidays["lower_window"], unit="D")
    after = pd.to_timedelta(holidays["upper_window"], unit="D")
    touching = holidays[(holidays["ds"] + after >= dates[0]) & (holidays["ds"] + before <= dates[-1])]
    return None if touching.empty else touching.reset_index(drop=True)


def _filled(demand: FloatArray) -> FloatArray:
    known = np.isfinite(demand)
    if known.all():
        return demand
    days = np.arange(demand.size)
    return np.interp(days, days[known], demand[known]) if known.any() else np.zeros(0)


def _prophet_class() -> type[Any]:
    with _quiet():  # a missing drawing package is reported as an error; nothing is drawn here
        from prophet import Prophet  # noqa: PLC0415  (heavy; only forecasts need it)
    found: type[Any] = Prophet
    return found


@contextmanager
def _quiet() -> Iterator[None]:
    """The optimiser reports every fit at INFO: with hundreds of fits that is no news."""
    loggers = [logging.getLogger(name) for name in ("cmdstanpy", "prophet", "prophet.models", "prophet.plot")]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True  # not the level: cmdstanpy sets that itself at its first fit
    try:
        yield
    finally:
        for logger, disabled in zip(loggers, before, strict=True):
            logger.disabled = disabled
