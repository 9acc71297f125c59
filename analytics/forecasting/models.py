"""The same forecasts added up to models: a model's total errs less than the sum of its barcodes' quantiles says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.forecasting.arrays import FloatArray
from analytics.forecasting.choosing import Study
from analytics.forecasting.methods import HORIZONS, LONGEST, Method
from analytics.forecasting.quantiles import (
    Pairs,
    common_likelihood,
    fit_dispersion,
    growing,
    joined,
    upper_quantile,
)


@dataclass(frozen=True, slots=True, eq=False)
class ModelTotal:
    """Units of all barcodes of a model over each of `HORIZONS`, with the spread learnt from totals of models.

    `path` is expected on each of the `LONGEST` days, `band` is enough on nine of ten such days.
    """

    model: str
    study: int
    method: Method
    expected: tuple[float, ...]
    q90: tuple[float, ...]
    path: FloatArray
    band: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """The columns of one model in a study."""

    model: str
    study: int
    columns: list[int]


def model_totals(
    studies: Sequence[Study], methods: Sequence[Method], models: Mapping[str, str]
) -> list[ModelTotal]:
    """Totals by `models` (model of a barcode), each by the method chosen for its study; in order of the models.

    `study` of a total is the place of its study. A barcode without a model is left out. All barcodes of a model must be
    in one study, as `tasks_of` shares them out; a model in two studies has two totals.
    """
    parts = [part for place, one in enumerate(studies) for part in _parts(one, place, models)]
    pairs = {
        horizon: [_pairs(studies[part.study], part, methods[part.study], horizon) for part in parts]
        for horizon in HORIZONS
    }
    common = {horizon: common_likelihood(joined(found)) for horizon, found in pairs.items()}
    totals = []
    for number, part in enumerate(parts):
        spreads = [fit_dispersion(pairs[horizon][number], common=common[horizon]) for horizon in HORIZONS]
        totals.append(_total(studies[part.study], part, methods[part.study], spreads))
    return sorted(totals, key=lambda total: total.model)


def _parts(one: Study, place: int, models: Mapping[str, str]) -> list[_Part]:
    columns: dict[str, list[int]] = {}
    for column, barcode in enumerate(one.barcodes):
        if barcode in models:
            columns.setdefault(models[barcode], []).append(column)
    return [_Part(model, place, picked) for model, picked in columns.items()]


def _pairs(one: Study, part: _Part, method: Method, horizon: int) -> Pairs:
    """(expected, actual) of the model in each trial in which one of its barcodes was known."""
    row = HORIZONS.index(horizon)
    expected, actual = [], []
    for trial in one.trials:
        known = [column for column in part.columns if trial.scored[column]]
        if known:
            expected.append(trial.expected[method][row, known].sum())
            actual.append(trial.actual[row, known].sum())
    return np.asarray(expected, dtype=np.float64), np.asarray(actual, dtype=np.float64)


def _total(one: Study, part: _Part, method: Method, spreads: Sequence[float]) -> ModelTotal:
    path = one.paths[method][:LONGEST, part.columns].sum(axis=1)
    sums = [path[:horizon].sum(keepdims=True) for horizon in HORIZONS]
    quantiles = growing(
        [upper_quantile(total, dispersion=spread) for total, spread in zip(sums, spreads, strict=True)]
    )
    return ModelTotal(
        model=part.model,
        study=part.study,
        method=method,
        expected=tuple(float(total[0]) for total in sums),
        q90=tuple(float(quantile[0]) for quantile in quantiles),
        path=path,
        band=upper_quantile(path, dispersion=spreads[-1]),
    )
