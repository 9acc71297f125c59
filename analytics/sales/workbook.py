"""The columns of the figures of a question, and its lines as an Excel workbook."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook

from analytics.reports.cells import seen
from analytics.sales import selectors
from analytics.sales.asked import Asked
from analytics.sales.dimensions import Dimension, labels_of
from analytics.sales.measures import Figures
from gullu.workbooks import Column, add_sheet

_AT_ONCE: Final = 2000
FIGURES: Final = (
    Column(gettext_lazy("Pairs"), lambda row: row[-1].pairs, 10),
    Column(gettext_lazy("sold pairs"), lambda row: row[-1].sold, 12),
    Column(gettext_lazy("returned pairs"), lambda row: row[-1].returned, 12),
    Column(gettext_lazy("exchanged pairs"), lambda row: row[-1].exchanged, 14),
    Column(gettext_lazy("cancelled pairs"), lambda row: row[-1].cancelled, 14),
    Column(gettext_lazy("Orders"), lambda row: row[-1].orders, 10),
    Column(gettext_lazy("Cancellation rate"), lambda row: row[-1].cancel_rate, 12),
    Column(gettext_lazy("Return rate"), lambda row: row[-1].return_rate, 12),
    Column(gettext_lazy("Amount"), lambda row: row[-1].amount, 16, money=True),
    Column(gettext_lazy("Average per order"), lambda row: row[-1].average, 16, money=True),
)
_LINES: Final = (
    Column(gettext_lazy("order number"), lambda line: line.order_number, 16),
    Column(gettext_lazy("day"), lambda line: line.day, 12),
    Column(gettext_lazy("hour"), lambda line: line.hour, 8),
    Column(gettext_lazy("channel"), lambda line: line.get_channel_display(), 12),
    Column(gettext_lazy("order state"), lambda line: line.get_status_display(), 16),
    Column(gettext_lazy("counts as"), lambda line: line.get_state_display(), 16),
    Column(gettext_lazy("barcode"), lambda line: line.barcode, 18),
    Column(gettext_lazy("model code"), lambda line: line.model_code, 12),
    Column(gettext_lazy("colour"), lambda line: line.colour, 12),
    Column(gettext_lazy("size"), lambda line: line.size, 8),
    Column(gettext_lazy("category"), lambda line: line.category, 20),
    Column(gettext_lazy("campaign"), lambda line: line.campaign, 20),
    Column(gettext_lazy("city"), lambda line: line.city, 14),
    Column(gettext_lazy("carrier"), lambda line: line.carrier, 20),
    Column(gettext_lazy("quantity"), lambda line: line.quantity, 10),
    Column(gettext_lazy("returned pairs"), lambda line: line.returned_quantity, 12),
    Column(gettext_lazy("exchanged pairs"), lambda line: line.exchanged_quantity, 14),
    Column(gettext_lazy("return reason"), lambda line: line.return_reason, 30),
    Column(gettext_lazy("cancellation reason"), lambda line: line.cancel_reason, 30),
    Column(gettext_lazy("gross"), lambda line: line.gross, 12, money=True),
    Column(gettext_lazy("our discount"), lambda line: line.seller_discount, 12, money=True),
    Column(gettext_lazy("marketplace discount"), lambda line: line.marketplace_discount, 12, money=True),
    Column(gettext_lazy("total"), lambda line: line.total, 12, money=True),
    Column(gettext_lazy("paid back"), lambda line: line.returned_total, 12, money=True),
)


def pairs_of(asked: Asked, keys: list[str], labels: dict[str, str]) -> Iterator[tuple[str, str, Figures]]:
    """Each row with each of its series that has something: their names and their figures."""
    series = asked.series or Dimension.DAY
    sides = selectors.groups(asked.source(), series)
    found = selectors.series_of(sides, series, measure=asked.measure, span=asked.period.span)
    names = labels_of(series, found.keys)
    cells = selectors.cells(asked.source(), asked.rows, found)
    for key in keys:
        for column in (*found.keys, *([None] if found.others else [])):
            if figures := cells.get((key, column)):
                yield labels[key], _("Others") if column is None else names[column], figures


def lines_workbook(asked: Asked, *, may_see_money: bool) -> bytes:
    """Every line behind a number, newest first."""
    book, file = Workbook(write_only=True), BytesIO()
    lines = selectors.newest_first(asked.behind()).iterator(chunk_size=_AT_ONCE)
    add_sheet(book, str(asked.what.label), seen(_LINES, may_see_money=may_see_money), lines)
    book.save(file)
    return file.getvalue()


def values_of(figures: Figures) -> list[Decimal | int | None]:
    """The figures in the order of the columns."""
    return [column.value((figures,)) for column in FIGURES]


__all__ = ["FIGURES", "lines_workbook", "pairs_of", "values_of"]
