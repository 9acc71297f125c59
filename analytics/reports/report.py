"""A report as plain data. A page builds it once; `pdf` and `excel` write it down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from gullu.workbooks import Column


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the whole report, in words: `("Profit", "1.234,56 ₺", "before: 1.000,00 ₺")`."""

    label: str
    words: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """A row of values of a chart, one for each label; None is a gap. A `band` is drawn as an area up to its values."""

    name: str
    values: Sequence[float | None]
    band: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """WATERFALL: one series; values are steps, those at the places `totals` are sums that begin at zero."""

    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    kind: Literal["BAR", "LINE", "LYING", "WATERFALL"] = "BAR"
    totals: Sequence[int] = ()
    stacked: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` say what stands in each cell of a row: texts, ints, dates, Decimals (amounts where `money`).

    `total` has one value for each column. Columns that are `money` are left out for who may not see amounts.
    """

    title: str
    columns: Sequence[Column]
    rows: Iterable[Any]
    total: Sequence[Any] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """`name` is the beginning of the file's name; `lines` say what was asked for (period, filters)."""

    name: str
    title: str
    lines: Sequence[str] = ()
    figures: Sequence[Figure] = ()
    charts: Sequence[Chart] = ()
    tables: Sequence[Table] = ()
