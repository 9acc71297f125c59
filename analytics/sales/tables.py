"""The tables below the figures of the page: sellers, size curves, reasons and people, for a workbook and for paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.reports.report import Table
from analytics.sales import pages
from analytics.sales.asked import Asked
from analytics.sales.figures import PageFigures
from gullu.workbooks import Column

_SELLER: Final = (
    Column(gettext_lazy("Model"), lambda row: row.label, 40),
    Column(gettext_lazy("Pairs"), lambda row: row.record.figures.pairs, 10),
    Column(gettext_lazy("Return rate"), lambda row: row.record.figures.return_rate, 12),
)
_REASON: Final = (
    Column(gettext_lazy("Reason"), lambda row: row.label, 40),
    Column(gettext_lazy("Pairs"), lambda row: row.record.pairs, 10),
    Column(gettext_lazy("Share"), lambda row: row.record.share, 10),
)
_PERSON: Final = (
    Column(gettext_lazy("Person"), lambda row: row.label, 30),
    Column(gettext_lazy("Pairs"), lambda row: row.record.pairs, 10),
    Column(gettext_lazy("Packages"), lambda row: row.record.packages, 10),
    Column(gettext_lazy("Days"), lambda row: row.record.days, 10),
    Column(gettext_lazy("Pairs per day"), lambda row: row.record.pairs_per_day, 14),
)


def tables_below(asked: Asked, read: PageFigures) -> Iterator[Table]:
    """Those that have rows, as they stand on the page; none of them holds amounts."""
    found = pages.below(asked, read)
    for title, columns, rows in (
        (_("Best sellers"), _SELLER, found["best"]),
        (_("Worst sellers"), _SELLER, found["worst"]),
        (_("Size curves of the best sellers"), _curve_columns(found["curves"]), found["curves"]),
        (_("Why orders were cancelled"), _REASON, found["cancel_reasons"]),
        (_("Why pairs came back"), _REASON, found["return_reasons"]),
        (_("Picking per person"), _PERSON, found["pickers"]),
    ):
        if rows:
            yield Table(title, columns, rows)


def _curve_columns(curves: Sequence[pages.Linked]) -> tuple[Column, ...]:
    """The model, and the pairs kept of each size; all curves have the same sizes."""
    sizes = [cell.label for cell in curves[0].record] if curves else []
    model = Column(gettext_lazy("Model"), lambda row: row.label, 16)
    return (model, *(_size_column(place, size) for place, size in enumerate(sizes)))


def _size_column(place: int, size: str) -> Column:
    def pairs(curve: Any) -> int:
        sold: int = curve.record[place].record.pairs
        return sold

    return Column(size or "—", pairs, 8)


__all__ = ["tables_below"]
