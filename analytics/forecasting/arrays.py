"""Names for the arrays that forecasting passes around."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


def decaying_weights(days: int, *, half_life: float) -> FloatArray:
    """One weight per day, the newest day last with weight 1, half of it `half_life` days earlier."""
    ages = np.arange(days - 1, -1, -1, dtype=np.float64)
    return np.asarray(0.5 ** (ages / half_life), dtype=np.float64)
