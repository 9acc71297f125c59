"""Sales as they come (one row per day and barcode) turned into aligned matrices of days × barcodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from analytics.forecasting.arrays import BoolArray, FloatArray

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class SalesMatrix:
    """Units sold, one row a day from `first_date` without a gap, one column a barcode.

    `in_stock` is False on the days a barcode could not be bought: its sales then say nothing about demand.
    """

    first_date: date
    barcodes: tuple[str, ...]
    quantities: FloatArray
    in_stock: BoolArray

    @property
    def days(self) -> int:
        return int(self.quantities.shape[0])

    @property
    def last_date(self) -> date:
        return self.first_date + timedelta(days=self.days - 1)

    def known_on(self, days: int) -> SalesMatrix:
        """What was known after the first `days` days: the history of a back-test."""
        return SalesMatrix(self.first_date, self.barcodes, self.quantities[:days], self.in_stock[:days])

    def of(self, columns: Sequence[int]) -> SalesMatrix:
        """The same days of some barcodes, from the first day one of them was sold (all days if none was)."""
        picked = list(columns)
        quantities, in_stock = self.quantities[:, picked], self.in_stock[:, picked]
        sold = quantities.any(axis=1)
        start = int(sold.argmax()) if sold.any() else 0
        return SalesMatrix(
            self.first_date + timedelta(days=start),
            tuple(self.barcodes[column] for column in picked),
            quantities[start:],
            in_stock[start:],
        )


def sales_matrix(
    sales: pd.DataFrame, *, stockouts: pd.DataFrame | None = None, last_date: date | None = None
) -> SalesMatrix:
    """Align `sales` (columns date, barcode, quantity; days without a row are zero).

    `stockouts` (columns date, barcode) lists the days without stock; a day with a sale is never one of them. The
    matrix ends on `last_date`, the last complete day; without it, on the last day with a row.

    Raises ValueError for an empty table, a negative or missing quantity, or sales after `last_date`.
    """
    import pandas as pd  # noqa: PLC0415  (loads for a third of a second; only forecasts need it)

    _check(sales)
    days = pd.to_datetime(sales["date"]).dt.normalize()
    end = pd.Timestamp(last_date) if last_date else days.max()
    if days.max() > end:
        raise ValueError(f"There are sales on {days.max():%Y-%m-%d}, after the last day {end:%Y-%m-%d}.")
    index = pd.date_range(days.min(), end, freq="D")
    table = sales.assign(date=days).pivot_table(
        index="date", columns="barcode", values="quantity", aggfunc="sum", fill_value=0
    )
    table = table.reindex(index, fill_value=0).sort_index(axis=1)
    barcodes = tuple(str(barcode) for barcode in table.columns)
    quantities = table.to_numpy(dtype=np.float64)
    missing = _missing_days(stockouts, index=index, barcodes=barcodes)
    return SalesMatrix(index[0].date(), barcodes, quantities, ~missing | (quantities > 0))


def _check(sales: pd.DataFrame) -> None:
    if sales.empty:
        raise ValueError("There are no sales to forecast from.")
    quantities = sales["quantity"].to_numpy(dtype=np.float64)
    if not np.isfinite(quantities).all() or (quantities < 0).any():
        raise ValueError("A quantity is negative or missing; give sales net of cancellations, per day.")


def _missing_days(
    stockouts: pd.DataFrame | None, *, index: pd.DatetimeIndex, barcodes: tuple[str, ...]
) -> BoolArray:
    import pandas as pd  # noqa: PLC0415  (as above)

    missing = np.zeros((len(index), len(barcodes)), dtype=np.bool_)
    if stockouts is None or stockouts.empty:
        return missing
    rows = index.get_indexer(pd.to_datetime(stockouts["date"]).dt.normalize())
    columns = pd.Index(barcodes).get_indexer(stockouts["barcode"].astype(str))
    known = (rows >= 0) & (columns >= 0)
    missing[rows[known], columns[known]] = True
    return missing
