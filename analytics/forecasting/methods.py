"""The methods a forecast may be made with, each giving days × barcodes from the same history."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, MutableMapping
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from analytics.forecasting import groups, sparse
from analytics.forecasting.arrays import FloatArray
from analytics.forecasting.series import SalesMatrix
from analytics.forecasting.shares import Split, split

if TYPE_CHECKING:
    import pandas as pd

HORIZONS: Final = (14, 28)  # days
LONGEST: Final = max(HORIZONS)

# Fits of the same demand are the same: whoever forecasts from several origins keeps them here between calls. The
# holidays are not part of the key, so one memory belongs to one holiday frame.
Memory = MutableMapping[bytes, FloatArray]
Paths = Mapping["Method", FloatArray]


class Method(StrEnum):
    MOVING_AVERAGE = "MOVING_AVERAGE"  # each barcode's last 28 days
    PROPHET = "PROPHET"  # the model's demand by Prophet, by shares
    PROPHET_ETS = "PROPHET_ETS"  # the mean of Prophet and AutoETS, by shares
    COMBINED = "COMBINED"  # the mean of that and of IMAPA per barcode
    SPARSE = "SPARSE"  # IMAPA per barcode, where no model lends its signal


def group_paths(
    history: SalesMatrix, *, holidays: pd.DataFrame | None = None, memory: Memory | None = None
) -> Paths:
    """Every method for the barcodes of one model, `LONGEST` days × barcodes each."""
    parts = split(history)
    by_prophet = _kept("prophet", history, parts, memory=memory, holidays=holidays)
    by_ets = _kept("auto_ets", history, parts, memory=memory, holidays=None)
    both = (by_prophet + by_ets) / 2
    shared = both[:, None] * parts.shares
    return {
        Method.MOVING_AVERAGE: moving_averages(history),
        Method.PROPHET: by_prophet[:, None] * parts.shares,
        Method.PROPHET_ETS: shared,
        Method.COMBINED: (shared + sparse.imapa(history, days=LONGEST)) / 2,
    }


def sparse_paths(history: SalesMatrix) -> Paths:
    """The methods that need no model around the barcode."""
    return {
        Method.MOVING_AVERAGE: moving_averages(history),
        Method.SPARSE: sparse.imapa(history, days=LONGEST),
    }


def average_paths(history: SalesMatrix) -> Paths:
    """The plain average alone: for a history the other methods broke on."""
    return {Method.MOVING_AVERAGE: moving_averages(history)}


def moving_averages(history: SalesMatrix) -> FloatArray:
    """The plain moving average of each barcode, blind to stock-outs: what every other method is held against."""
    rates = history.quantities[-groups.MOVING_AVERAGE_DAYS :].mean(axis=0)
    return np.tile(rates, (LONGEST, 1))


def _kept(
    name: str, history: SalesMatrix, parts: Split, *, memory: Memory | None, holidays: pd.DataFrame | None
) -> FloatArray:
    """The fit of this demand from the memory, or made and remembered."""
    text = f"{name} {history.first_date} ".encode()
    key = hashlib.blake2b(text + np.ascontiguousarray(parts.demand).tobytes(), digest_size=16).digest()
    if memory is not None and key in memory:
        return memory[key]
    if name == "prophet":
        path = groups.prophet(parts.demand, first_date=history.first_date, days=LONGEST, holidays=holidays)
    else:
        path = groups.auto_ets(parts.demand, days=LONGEST)
    if memory is not None:
        memory[key] = path
    return path
