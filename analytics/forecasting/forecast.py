"""Expected sales of every barcode in the next 14 or 28 days with their 90 % quantile (docs/forecasting.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from analytics.forecasting.arrays import FloatArray
from analytics.forecasting.choosing import KNOWN_DAYS, Study, choose, make_study, totals
from analytics.forecasting.methods import HORIZONS, Memory, Method, average_paths, group_paths, sparse_paths
from analytics.forecasting.quantiles import (
    Pairs,
    common_likelihood,
    fit_dispersion,
    growing,
    joined,
    upper_quantile,
)
from analytics.forecasting.series import SalesMatrix, sales_matrix

if TYPE_CHECKING:
    import pandas as pd

# A model lends its signal from this many units in this many days on; below, it borrows its category's.
SIGNAL_UNITS: Final = 20
SIGNAL_DAYS: Final = 56


@dataclass(frozen=True, slots=True)
class BacktestScore:
    """Past forecasts of a model's barcodes against what was sold; parts of the units sold, not percent.

    `bias` is negative where too little was expected. `coverage` is the part of totals within the 90 % quantile, with
    the spread learnt without the trial it is checked on.
    """

    wape: float
    bias: float
    coverage: float
    units: float


@dataclass(frozen=True, slots=True)
class BarcodeForecast:
    """`expected` and `q90` are units over the whole horizon, beginning the day after `last_date`.

    `group` is the model or category whose signal was used, empty where there was none. `dispersion` is the spread
    `q90` was drawn with (quantiles.py). The scores are those of the group, None where nothing could be tried or nothing
    was sold.
    """

    barcode: str
    group: str
    last_date: date
    horizon: int
    expected: float
    q90: float
    dispersion: float
    method: Method
    backtest: BacktestScore | None
    moving_average: BacktestScore | None


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """One model to be studied: its history and the columns asked for. Can be pickled to another process."""

    group: str
    history: SalesMatrix
    asked: tuple[int, ...]


def forecast(
    sales: pd.DataFrame,
    groups: Mapping[str, str],
    *,
    horizon: int,
    holidays: pd.DataFrame | None = None,
    stockouts: pd.DataFrame | None = None,
    last_date: date | None = None,
    categories: Mapping[str, str] | None = None,
    memory: Memory | None = None,
) -> list[BarcodeForecast]:
    """Forecast every barcode of `sales` (date, barcode, quantity), by barcode.

    `groups` gives the model of a barcode and `categories` the category of a model; both may have gaps. `holidays` is
    the frame of holidays.py, `stockouts` the days without stock (date, barcode), `last_date` the last complete day.
    Raises ValueError for another horizon than 14 or 28 and for sales that series.py refuses.
    """
    _check_horizon(horizon)
    history = sales_matrix(sales, stockouts=stockouts, last_date=last_date)
    tasks = tasks_of(history, groups, categories=categories or {})
    return conclude([study(task, holidays=holidays, memory=memory) for task in tasks], horizon=horizon)


def tasks_of(
    history: SalesMatrix, groups: Mapping[str, str], *, categories: Mapping[str, str] | None = None
) -> list[Task]:
    """What is to be studied: models with a signal, categories for the small models in them, and one rest."""
    columns_of: dict[str, list[int]] = {}
    for column, barcode in enumerate(history.barcodes):
        columns_of.setdefault(groups.get(barcode, ""), []).append(column)
    rest = columns_of.pop("", [])
    tasks, small = [], []
    for group, columns in columns_of.items():
        if _has_signal(history.of(columns)):
            tasks.append(Task(group, history.of(columns), tuple(range(len(columns)))))
        else:
            small.append(group)
    borrowed, alone = _borrowing(history, columns_of, small=small, categories=categories or {})
    rest += alone
    if rest:
        tasks.append(Task("", history.of(sorted(rest)), tuple(range(len(rest)))))
    return [*tasks, *borrowed]


def study(task: Task, *, holidays: pd.DataFrame | None = None, memory: Memory | None = None) -> Study:
    """The slow part, for one task: the fits from today and from the past. Independent of all other tasks."""
    forecaster = partial(group_paths, holidays=holidays, memory=memory) if task.group else sparse_paths
    return make_study(task.history, group=task.group, asked=task.asked, forecaster=forecaster)


def plain_study(task: Task) -> Study:
    """The study of a task whose own study broke: the moving average and how it did. Quick."""
    return make_study(task.history, group=task.group, asked=task.asked, forecaster=average_paths)


def conclude(
    studies: Sequence[Study], *, horizon: int, methods: Sequence[Method] | None = None
) -> list[BarcodeForecast]:
    """The quick part, for all studies together: methods are chosen (or given), spreads learnt, quantiles drawn."""
    _check_horizon(horizon)
    methods = choose(studies) if methods is None else methods
    common = _common(studies, methods)
    averages = _common(studies, [Method.MOVING_AVERAGE] * len(studies))
    found: list[BarcodeForecast] = []
    for one, method in zip(studies, methods, strict=True):
        scores = (
            _score(one, method, horizon=horizon, common=common[horizon]),
            _score(one, Method.MOVING_AVERAGE, horizon=horizon, common=averages[horizon]),
        )
        found += _of_study(one, method=method, horizon=horizon, common=common, scores=scores)
    return sorted(found, key=lambda row: row.barcode)


def _check_horizon(horizon: int) -> None:
    if horizon not in HORIZONS:
        raise ValueError(f"The horizon is {horizon} days; forecasts are made for {HORIZONS}.")


def _has_signal(history: SalesMatrix) -> bool:
    enough = history.quantities[-SIGNAL_DAYS:].sum() >= SIGNAL_UNITS
    return bool(enough) and history.days >= KNOWN_DAYS


def _borrowing(
    history: SalesMatrix,
    columns_of: Mapping[str, Sequence[int]],
    *,
    small: Sequence[str],
    categories: Mapping[str, str],
) -> tuple[list[Task], list[int]]:
    """Tasks of the categories whose signal small models borrow, and the columns nobody lends one."""
    asked_of: dict[str, list[int]] = {}
    for group in small:
        asked_of.setdefault(categories.get(group, ""), []).extend(columns_of[group])
    alone = asked_of.pop("", [])
    tasks = []
    for category, asked in asked_of.items():
        members = sorted(
            column
            for group, columns in columns_of.items()
            if categories.get(group) == category
            for column in columns
        )
        part = history.of(members)
        if _has_signal(part):
            tasks.append(Task(category, part, tuple(members.index(column) for column in asked)))
        else:
            alone += asked
    return tasks, alone


def _common(studies: Sequence[Study], methods: Sequence[Method]) -> dict[int, FloatArray]:
    """By horizon, how likely each dispersion is by the errors of all models together."""
    return {
        h: common_likelihood(
            joined([_pairs(one, method, horizon=h) for one, method in zip(studies, methods, strict=True)])
        )
        for h in HORIZONS
    }


def _of_study(
    one: Study,
    *,
    method: Method,
    horizon: int,
    common: Mapping[int, FloatArray],
    scores: tuple[BacktestScore | None, BacktestScore | None],
) -> list[BarcodeForecast]:
    row = HORIZONS.index(horizon)
    expected = totals(one.paths[method])
    spreads = [fit_dispersion(_pairs(one, method, horizon=h), common=common[h]) for h in HORIZONS]
    quantiles = growing(
        [upper_quantile(expected[index], dispersion=spread) for index, spread in enumerate(spreads)]
    )
    backtest, baseline = scores
    return [
        BarcodeForecast(
            barcode=barcode,
            group=one.group,
            last_date=one.last_date,
            horizon=horizon,
            expected=float(expected[row, column]),
            q90=float(quantiles[row, column]),
            dispersion=spreads[row],
            method=method,
            backtest=backtest,
            moving_average=baseline,
        )
        for column, barcode in enumerate(one.barcodes)
    ]


def _score(one: Study, method: Method, *, horizon: int, common: FloatArray) -> BacktestScore | None:
    expected, actual = _pairs(one, method, horizon=horizon)
    sold = float(actual.sum())
    if not sold:
        return None
    return BacktestScore(
        wape=float(np.abs(expected - actual).sum()) / sold,
        bias=float((expected - actual).sum()) / sold,
        coverage=_coverage(one, method, horizon=horizon, common=common),
        units=sold,
    )


def _coverage(one: Study, method: Method, *, horizon: int, common: FloatArray) -> float:
    """The part of totals within the quantile, each trial against a spread learnt from the other trials."""
    within: list[FloatArray] = []
    for trial in one.trials:
        others = joined([other.pairs(method, horizon=horizon) for other in one.trials if other is not trial])
        expected, actual = trial.pairs(method, horizon=horizon)
        dispersion = fit_dispersion(others, common=common)
        within.append((actual <= upper_quantile(expected, dispersion=dispersion)).astype(np.float64))
    return float(np.concatenate(within).mean())


def _pairs(one: Study, method: Method, *, horizon: int) -> Pairs:
    return joined([trial.pairs(method, horizon=horizon) for trial in one.trials])
