"""How much more than expected may be sold: a negative binomial whose spread is learnt from past errors.

The variance around an expected total m is m + dispersion · m²; a dispersion of zero is Poisson.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from analytics.forecasting.arrays import FloatArray

LEVEL: Final = 0.9
# Below this a barcode counts as expected to sell this much: nothing is sold never.
LEAST_EXPECTED: Final = 0.05
# Past errors of all models count as much as this many of a model's own.
COMMON_PAIRS: Final = 30
_GRID: Final = np.concatenate([[0.0], np.geomspace(0.002, 60.0, 80)])

Pairs = tuple[FloatArray, FloatArray]  # expected, actual


def joined(pairs: Sequence[Pairs]) -> Pairs:
    """All pairs one after the other; empty ones of none."""
    if not pairs:
        return np.zeros(0), np.zeros(0)
    return np.concatenate([expected for expected, _ in pairs]), np.concatenate(
        [actual for _, actual in pairs]
    )


def common_likelihood(pairs: Pairs) -> FloatArray:
    """How likely each dispersion is by the errors of all models, weighing as much as `COMMON_PAIRS` of them.

    Made once and given to every `fit_dispersion`: it takes a term for each barcode of the catalogue.
    """
    return _log_likelihood(pairs) * (COMMON_PAIRS / max(pairs[0].size, 1))


def fit_dispersion(own: Pairs, *, common: FloatArray | None = None) -> float:
    """The most likely dispersion of `own` errors, steadied by the `common` ones; zero (Poisson) without any."""
    score = _log_likelihood(own)
    if common is not None:
        score = score + common
    return float(_GRID[int(score.argmax())]) if score.any() else 0.0


def upper_quantile(expected: FloatArray, *, dispersion: float, level: float = LEVEL) -> FloatArray:
    """The least number of units that is enough with a probability of `level`, for each expected total."""
    from scipy import stats  # noqa: PLC0415  (loads for half a second; only forecasts need it)

    mean = np.maximum(expected, LEAST_EXPECTED)
    if dispersion <= 0:
        return np.asarray(stats.poisson.ppf(level, mean), dtype=np.float64)
    size = 1 / dispersion
    return np.asarray(stats.nbinom.ppf(level, size, size / (size + mean)), dtype=np.float64)


def growing(quantiles: Sequence[FloatArray]) -> FloatArray:
    """Quantiles of growing horizons, none less than that of a shorter one. Horizons × barcodes."""
    return np.asarray(np.maximum.accumulate(np.stack(quantiles), axis=0), dtype=np.float64)


def _log_likelihood(pairs: Pairs) -> FloatArray:
    """Of each dispersion of the grid; terms that are the same for all of them are left out."""
    from scipy.special import gammaln  # noqa: PLC0415  (as above)

    expected, actual = np.maximum(pairs[0], LEAST_EXPECTED), pairs[1]
    score = np.zeros(_GRID.size)
    if not expected.size:
        return score
    score[0] = (actual * np.log(expected) - expected).sum()
    size = (1 / _GRID[1:])[:, None]
    terms = gammaln(size + actual) - gammaln(size) + size * np.log(size / (size + expected))
    score[1:] = (terms + actual * np.log(expected / (size + expected))).sum(axis=1)
    return score
