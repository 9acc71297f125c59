"""The same pages as reports, for paper and Excel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.forecasts.accuracy import Outcome
from analytics.forecasts.listing import Asked, Sums
from analytics.forecasts.pages import BarcodeRow, Curve, ModelRow, PastLine, percent_words
from analytics.models import ForecastRun
from analytics.reports.report import Chart, Figure, Report, Series, Table
from catalog.models import Product
from gullu.money import format_number
from gullu.workbooks import Column

_TENTH: Final = Decimal("0.1")


def _pairs(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(value).quantize(_TENTH, ROUND_HALF_UP)


def _whole(value: float | None) -> int | None:
    """A quantile is a whole number of pairs."""
    return None if value is None else round(value)


MODELS: Final = (
    Column(gettext_lazy("model code"), lambda row: row.code, 14),
    Column(gettext_lazy("title"), lambda row: row.title, 34),
    Column(gettext_lazy("expected, 14 days"), lambda row: _pairs(row.short), 12),
    Column(gettext_lazy("expected, 28 days"), lambda row: _pairs(row.expected), 12),
    Column(gettext_lazy("90 % quantile"), lambda row: _whole(row.q90), 12),
    Column(gettext_lazy("method"), lambda row: row.method, 30),
    Column(gettext_lazy("error"), lambda row: row.error.words, 10),
    Column(gettext_lazy("error of the average"), lambda row: row.error.average, 12),
    Column(gettext_lazy("coverage"), lambda row: row.coverage.words, 10),
    Column(gettext_lazy("bias"), lambda row: row.bias.words, 10),
)
BARCODES: Final = (
    Column(gettext_lazy("barcode"), lambda row: row.barcode, 18),
    Column(gettext_lazy("colour"), lambda row: row.colour, 14),
    Column(gettext_lazy("size"), lambda row: row.size, 8),
    Column(gettext_lazy("expected, 14 days"), lambda row: _pairs(row.short), 12),
    Column(gettext_lazy("expected, 28 days"), lambda row: _pairs(row.expected), 12),
    Column(gettext_lazy("90 % quantile"), lambda row: _whole(row.q90), 12),
    Column(gettext_lazy("stock"), lambda row: row.stock, 10),
)
ORIGINS: Final = (
    Column(gettext_lazy("known up to"), lambda row: row.origin.last_day, 12),
    Column(gettext_lazy("expected, 28 days"), lambda row: _pairs(row.origin.expected), 12),
    Column(gettext_lazy("sold"), lambda row: row.origin.sold, 10),
    Column(gettext_lazy("error per model"), lambda row: row.wape, 14),
    Column(gettext_lazy("bias"), lambda row: row.bias, 10),
    Column(gettext_lazy("quantile was enough"), lambda row: row.coverage, 16),
)
OUTCOMES: Final = (
    Column(gettext_lazy("known up to"), lambda row: row.last_day, 12),
    Column(gettext_lazy("expected, 28 days"), lambda row: _pairs(row.expected), 12),
    Column(gettext_lazy("90 % quantile"), lambda row: _whole(row.q90), 12),
    Column(gettext_lazy("sold"), lambda row: row.sold, 10),
)


def list_report(
    run: ForecastRun, asked: Asked, sums: Sums, *, rows: Iterable[ModelRow], past: Sequence[PastLine]
) -> Report:
    """All models of the question, not only the page shown."""
    lines = [_known(run)]
    if asked.text:
        lines.append(_("Search: %(text)s") % {"text": asked.text})
    figures = [
        Figure(_("Models"), format_number(sums.models, places=0)),
        Figure(_("Expected in 14 days"), _words(sums.short)),
        Figure(_("Expected in 28 days"), _words(sums.long)),
        Figure(
            _("Error of past forecasts"),
            percent_words(sums.wape),
            _("average: %(error)s") % {"error": percent_words(sums.average_wape)},
        ),
    ]
    tables = [Table(_("Models"), MODELS, rows)]
    if past:
        tables.append(
            Table(_("Earlier forecasts"), ORIGINS, past, note=_("All models of each run together."))
        )
    return Report(_("forecasts"), _("Forecasts"), lines=lines, figures=figures, tables=tables)


def model_report(
    product: Product,
    run: ForecastRun,
    row: ModelRow,
    *,
    curve: Curve,
    barcodes: Sequence[BarcodeRow],
    past: Sequence[Outcome],
) -> Report:
    """One model: its curve, its barcodes, and how far earlier forecasts were right."""
    figures = [
        Figure(_("Expected in 14 days"), _words(row.short)),
        Figure(_("Expected in 28 days"), _words(row.expected)),
        Figure(_("90 % quantile"), _words(row.q90, places=0)),
        Figure(_("Method"), row.method),
        Figure(
            _("Error of past forecasts"),
            row.error.words,
            _("average: %(error)s") % {"error": row.error.average},
        ),
    ]
    series = (
        Series(_("sold"), curve.sold),
        Series(_("expected"), curve.expected),
        Series(_("enough nine times out of ten"), curve.band, band=True),
    )
    chart = Chart(_("Pairs per day"), [f"{day:%d.%m.%Y}" for day in curve.days], series, "LINE")
    tables: list[Table] = [Table(_("Barcodes"), BARCODES, barcodes, total=_total(row, barcodes))]
    if past:
        tables.append(Table(_("Earlier forecasts"), OUTCOMES, past))
    return Report(
        _("forecast-%(code)s") % {"code": product.code},
        _("Forecast: %(model)s") % {"model": product},
        lines=[_known(run)],
        figures=figures,
        charts=[chart],
        tables=tables,
    )


def _total(row: ModelRow, barcodes: Sequence[BarcodeRow]) -> list[Any]:
    stock = sum(one.stock for one in barcodes)
    return [_("Total"), "", "", _pairs(row.short), _pairs(row.expected), _whole(row.q90), stock]


def _known(run: ForecastRun) -> str:
    return _("From what was known on the evening of %(day)s") % {"day": f"{run.last_day:%d.%m.%Y}"}


def _words(pairs: float, *, places: int = 1) -> str:
    return _("%(pairs)s pairs") % {"pairs": format_number(pairs, places=places)}
