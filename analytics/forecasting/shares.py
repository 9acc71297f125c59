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
# Below this part of the demand in stock, a day tells too little about the whole model: it counts as not known.
LEAST_PRESENT: Final = 0.25
_ROUNDS: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """`shares` of the barcodes (they add up to 1) and the model's demand per day, NaN where it is not known."""

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
    for _ in range(_ROUNDS):
        demand = _demand(sold, history.in_stock, shares=shares)
        shares = _shares(history, demand=demand, weights=weights)
    return Split(shares, demand)


def _demand(sold: FloatArray, in_stock: BoolArray, *, shares: FloatArray) -> FloatArray:
    present = (in_stock * shares).sum(axis=1)
    enough = present >= LEAST_PRESENT
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
