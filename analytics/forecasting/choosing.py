"""Which method to trust for a model: each is tried where the outcome is known by now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from analytics.forecasting.arrays import BoolArray, FloatArray
from analytics.forecasting.methods import HORIZONS, LONGEST, Method, Paths
from analytics.forecasting.series import SalesMatrix

TRIALS: Final = 3
STEP_DAYS: Final = 28
# A barcode is scored once it was sold for this long; before, no method knows it.
KNOWN_DAYS: Final = 28
# Another method must be better than the moving average by this part, or it is chance.
MARGIN: Final = 0.03
# The errors over all models count as much as this many units of a model's own sales.
COMMON_UNITS: Final = 400
# Sold in the trials of all models together; with less than this nothing was proved.
LEAST_UNITS: Final = 100


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """Forecasts of a past day beside what then was sold; rows are `HORIZONS`, columns barcodes.

    Expected and sold are both counted on the days a barcode was in stock, so that an empty shelf is no error.
    """

    expected: Mapping[Method, FloatArray]
    actual: FloatArray
    scored: BoolArray

    def pairs(self, method: Method, *, horizon: int | None = None) -> tuple[FloatArray, FloatArray]:
        """(expected, actual) of the scored barcodes, of one horizon or of all, flat."""
        rows = slice(None) if horizon is None else [HORIZONS.index(horizon)]
        return self.expected[method][rows][:, self.scored].ravel(), self.actual[rows][:, self.scored].ravel()


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """All that takes time for one model: its forecasts from today (days × barcodes) and the trials, newest first.

    Studies of different models know nothing of each other: they may be made in different processes.
    """

    group: str
    barcodes: tuple[str, ...]
    last_date: date
    paths: Paths
    trials: tuple[Trial, ...]

    @property
    def known(self) -> frozenset[Method]:
        """Its methods. Where no model lends its signal, or only the average could be made, they are others."""
        return frozenset(self.paths)


def make_study(
    history: SalesMatrix, *, group: str, asked: Sequence[int], forecaster: Callable[[SalesMatrix], Paths]
) -> Study:
    """Forecast the columns `asked` of a model's history now and at up to `TRIALS` days of the past."""
    trials = tuple(
        _trial(history, days=days, asked=asked, forecaster=forecaster) for days in _trial_days(history)
    )
    return Study(
        group=group,
        barcodes=tuple(history.barcodes[column] for column in asked),
        last_date=history.last_date,
        paths=_columns(forecaster(history), asked),
        trials=trials,
    )


def choose(studies: Sequence[Study]) -> list[Method]:
    """One method for each study: the least WAPE over its trials, both horizons together.

    A model's own errors are steadied by those of all models (`COMMON_UNITS`), so a new model follows what proved best
    for the others. With little sold in all trials, or no clear lead, it is the moving average. The same choice holds
    for every horizon, so totals cannot cross.
    """
    alike: dict[frozenset[Method], list[Study]] = {}
    for one in studies:
        alike.setdefault(one.known, []).append(one)
    common = {known: _common_wape(members) for known, members in alike.items()}
    return [_choice(one, common=common[one.known]) for one in studies]


def _trial_days(history: SalesMatrix) -> Iterator[int]:
    """Lengths of history to try from: STEP_DAYS apart, and as long as what is asked of a model's history."""
    for number in range(TRIALS):
        days = history.days - LONGEST - number * STEP_DAYS
        if days >= KNOWN_DAYS:
            yield days


def _trial(
    history: SalesMatrix, *, days: int, asked: Sequence[int], forecaster: Callable[[SalesMatrix], Paths]
) -> Trial:
    picked = list(asked)
    sold = history.quantities[days : days + LONGEST, picked]
    in_stock = history.in_stock[days : days + LONGEST, picked]
    before = history.quantities[: max(days - KNOWN_DAYS + 1, 0), picked]
    paths = _columns(forecaster(history.known_on(days)), asked)
    return Trial(
        expected={method: totals(path * in_stock) for method, path in paths.items()},
        actual=totals(sold),
        scored=np.asarray(before.any(axis=0), dtype=np.bool_),
    )


def totals(path: FloatArray) -> FloatArray:
    """Days × barcodes added up to horizons × barcodes."""
    return np.stack([path[:horizon].sum(axis=0) for horizon in HORIZONS])


def _columns(paths: Paths, asked: Sequence[int]) -> Paths:
    return {method: path[:, list(asked)] for method, path in paths.items()}


def _errors(studies: Iterable[Study], method: Method) -> tuple[float, float]:
    """(absolute errors, units sold) of a method over all trials."""
    wrong = sold = 0.0
    for study in studies:
        for trial in study.trials:
            expected, actual = trial.pairs(method)
            wrong += float(np.abs(expected - actual).sum())
            sold += float(actual.sum())
    return wrong, sold


def _common_wape(studies: Sequence[Study]) -> dict[Method, float]:
    """WAPE of each method over studies that know the same methods; empty where too little was sold to tell."""
    found: dict[Method, float] = {}
    for method in studies[0].paths if studies else ():
        wrong, sold = _errors(studies, method)
        if sold >= LEAST_UNITS:
            found[method] = wrong / sold
    return found


def _choice(study: Study, *, common: Mapping[Method, float]) -> Method:
    scores: dict[Method, float] = {}
    for method in study.paths:
        if method not in common:
            return Method.MOVING_AVERAGE
        wrong, sold = _errors([study], method)
        scores[method] = (wrong + COMMON_UNITS * common[method]) / (sold + COMMON_UNITS)
    best = min(scores, key=lambda method: scores[method])
    clear = scores[best] < scores[Method.MOVING_AVERAGE] * (1 - MARGIN)
    return best if clear else Method.MOVING_AVERAGE
