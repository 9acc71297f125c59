"""How a model's sales spread over its barcodes, and what the model would have sold with all of them in stock.

Both hang together: a share is measured against the model's demand, and the demand on a day with a missing size is
what was sold divided by the share of the sizes that were there. A few rounds settle them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.forecasting.arrays import BoolArray, FloatArray, decaying_weights
from analytics.forecasting.series import SalesMatrix

HALF_LIFE_DAYS: Final = 56
# What was gone for so long may not be wanted any more, and its share was measured beside another shop: from then on it
# counts for half as much every half-life, until it is there again.
GONE_DAYS: Final = 28
GONE_HALF_LIFE_DAYS: Final = 56
# Below this part of the demand in stock, a day tells too little about the whole model: it counts as not known.
LEAST_PRESENT: Final = 0.25
_ROUNDS: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """`shares` of the barcodes (they add up to 1) and the model's demand per day, NaN where it is not known.

    Barcodes that were out of stock for long count for less in both (`still_wanted`).
    """

    shares: FloatArray
    demand: FloatArray


def split(history: SalesMatrix, *, half_life: float = HALF_LIFE_DAYS) -> Split:
    """Shares by sales of the recent weeks and demand corrected for barcodes without stock.

    A barcode that never sold has a share of zero; where nothing was ever sold, all shares are zero.
    """
    sold = history.quantities
    weights = decaying_weights(history.days, half_life=half_life)
    shares = _normal((weights[:, None] * sold).sum(axis=0))
    demand = sold.sum(axis=1)
    if history.in_stock.all() or not shares.any():
        return Split(shares, demand)
    wanted = still_wanted(history.in_stock)
    for _ in range(_ROUNDS):
        demand = _demand(sold, history.in_stock, wanted=wanted, shares=shares)
        shares = _shares(history, demand=demand, weights=weights)
    return Split(_normal(shares * wanted[-1]), demand * (wanted * shares).sum(axis=1))


def still_wanted(in_stock: BoolArray) -> FloatArray:
    """Days × barcodes: 1 while a barcode is in stock or was lately, falling from `GONE_DAYS` without stock on."""
    days = np.arange(in_stock.shape[0])[:, None]
    last_there = np.maximum.accumulate(np.where(in_stock, days, -1), axis=0)
    late = np.maximum(days - last_there - GONE_DAYS, 0)
    return np.asarray(0.5 ** (late / GONE_HALF_LIFE_DAYS), dtype=np.float64)


def _demand(sold: FloatArray, in_stock: BoolArray, *, wanted: FloatArray, shares: FloatArray) -> FloatArray:
    """What all barcodes would have sold, NaN on days with too little of what is `wanted` in stock."""
    present = (in_stock * shares).sum(axis=1)
    enough = (present > 0) & (present >= LEAST_PRESENT * (wanted * shares).sum(axis=1))
    return np.where(enough, sold.sum(axis=1) / np.where(enough, present, 1.0), np.nan)


def _shares(history: SalesMatrix, *, demand: FloatArray, weights: FloatArray) -> FloatArray:
    """Weighted sales over weighted demand, both on the days a barcode was in stock and the demand is known."""
    known = np.isfinite(demand)
    weight = np.where(known, weights, 0.0)
    part = (weight[:, None] * history.in_stock * history.quantities).sum(axis=0)
    whole = ((weight * np.where(known, demand, 0.0))[:, None] * history.in_stock).sum(axis=0)
    return _normal(np.divide(part, whole, out=np.zeros_like(part), where=whole > 0))


def _normal(values: FloatArray) -> FloatArray:
    total = values.sum()
    return values / total if total > 0 else np.zeros_like(values)
