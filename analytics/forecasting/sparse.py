"""Forecasts of what sells now and then and has no model whose signal it could share."""

from __future__ import annotations

import numpy as np

from analytics.forecasting.arrays import FloatArray
from analytics.forecasting.series import SalesMatrix
from analytics.forecasting.shares import still_wanted


def imapa(history: SalesMatrix, *, days: int) -> FloatArray:
    """IMAPA per barcode: smoothing at several widths of time, averaged. Days × barcodes, never negative.

    Days without stock are left out of a barcode's history; one that sold on fewer than two days gets its plain mean.
    What was out of stock for long is expected less (`still_wanted`).
    """
    rates = [
        _rate(sold[in_stock]) for sold, in_stock in zip(history.quantities.T, history.in_stock.T, strict=True)
    ]
    wanted = still_wanted(history.in_stock)[-1]
    return np.tile(np.asarray(rates, dtype=np.float64) * wanted, (days, 1))


def _rate(sold: FloatArray) -> float:
    from statsforecast.models import IMAPA  # noqa: PLC0415  (heavy; only forecasts need it)

    known = np.trim_zeros(sold, "f")
    if np.count_nonzero(known) < 2:
        return float(sold.mean()) if sold.size else 0.0
    return max(float(IMAPA().forecast(y=known, h=1)["mean"][0]), 0.0)
