"""The pages put together: plain data with its words, ready for a template and for a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef, Sum
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from analytics.enums import SaleState
from analytics.forecasting.methods import HORIZONS, LONGEST
from analytics.forecasting.quantiles import LEVEL
from analytics.forecasts.accuracy import Origin, Outcome
from analytics.forecasts.words import method_in_words
from analytics.models import ForecastRun, ModelForecast, SaleLine, VariantForecast
from catalog.models import BundlePart, Variant
from gullu.money import format_number

SHORTEST: Final = min(HORIZONS)
WEEKS_SHOWN: Final = 8
# Two figures that differ by less than this part are level.
LEVEL_WITHIN: Final = 0.005


@dataclass(frozen=True, slots=True)
class Score:
    """A figure of the back-test beside the plain average's. `mark`: BETTER, WORSE, SAME, or nothing to compare."""

    words: str
    average: str
    mark: str

    @property
    def mark_words(self) -> str:
        words = {"BETTER": _("better"), "WORSE": _("worse"), "SAME": pgettext("comparison", "level")}
        return words.get(self.mark, "")


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model of the list. `past` is what the run of 28 days ago said of it."""

    product_id: int
    code: str
    title: str
    short: float
    expected: float
    q90: float
    method: str
    group: str
    borrowed: bool
    error: Score
    coverage: Score
    bias: Score
    units: float | None
    past: Outcome | None


def percent_words(part: float | None, *, sign: bool = False) -> str:
    """`0.3214` → `%32,1`; with a sign `+%3,0` and `−%3,0`; nothing known → `—`."""
    if part is None:
        return "—"
    before = ("+" if part > 0 else "−" if part < 0 else "") if sign else ""
    return f"{before}%{format_number(abs(part) * 100, places=1)}"


def model_row(row: Any, past: Outcome | None = None) -> ModelRow:
    """A row of `listing.rows`, in words."""
    return ModelRow(
        product_id=row.product_id,
        code=row.product.code,
        title=row.product.title,
        short=row.short or 0.0,
        expected=row.expected,
        q90=row.q90,
        method=method_in_words(row.method),
        group=row.group,
        borrowed=bool(row.group) and row.group != row.product.code,
        error=_score(row.wape, row.average_wape, ideal=0.0),
        coverage=_score(row.coverage, row.average_coverage, ideal=LEVEL),
        bias=_score(row.bias, row.average_bias, ideal=0.0, sign=True),
        units=row.units,
        past=past,
    )


def _score(value: float | None, average: float | None, *, ideal: float, sign: bool = False) -> Score:
    """Better is nearer to the ideal: no error, no bias, the coverage that was promised."""
    words, average_words = percent_words(value, sign=sign), percent_words(average, sign=sign)
    if value is None or average is None:
        return Score(words, average_words, "")
    lead = abs(average - ideal) - abs(value - ideal)
    mark = "SAME" if abs(lead) < LEVEL_WITHIN else "BETTER" if lead > 0 else "WORSE"
    return Score(words, average_words, mark)


@dataclass(frozen=True, slots=True)
class PastLine:
    """An earlier run beside what came, in words."""

    origin: Origin
    wape: str
    bias: str
    coverage: str


def past_line(origin: Origin) -> PastLine:
    return PastLine(
        origin,
        percent_words(origin.wape),
        percent_words(origin.bias, sign=True),
        percent_words(origin.coverage),
    )


# --- one model --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BarcodeRow:
    """One barcode of a model; the forecasts are None where it was not sold for a year."""

    variant_id: int
    barcode: str
    colour: str
    size: str
    short: float | None
    expected: float | None
    q90: float | None
    stock: int
    method: str

    @property
    def short_of(self) -> float:
        """Pairs by which the stock is less than what is enough nine times out of ten."""
        return max((self.q90 or 0.0) - self.stock, 0.0)


def sold_by_day(product_id: int, *, first: date, last: date) -> dict[date, int]:
    """Pairs sold per day, as the forecasts count them; one statement."""
    lines = SaleLine.objects.filter(product=product_id, state=SaleState.SOLD, day__range=(first, last))
    lines = lines.exclude(Exists(BundlePart.objects.filter(bundle=OuterRef("variant"))))
    return dict(lines.order_by().values_list("day").annotate(pairs=Sum("quantity")))


def barcode_rows(product_id: int, run: ForecastRun | None) -> list[BarcodeRow]:
    """Every barcode of the model that is on sale or has a forecast, by colour and size; two statements."""
    said: dict[int, dict[int, VariantForecast]] = {}
    for row in VariantForecast.objects.filter(run=run, variant__product=product_id) if run else ():
        said.setdefault(row.variant_id, {})[row.horizon] = row
    variants = Variant.objects.filter(product=product_id, bundle_parts__isnull=True)
    rows = variants.order_by("colour", "size", "barcode").values_list(
        "pk", "barcode", "colour", "size", "active", "central_stock__qty"
    )
    return [
        _barcode_row((pk, barcode, colour, size, stock or 0), said.get(pk, {}))
        for pk, barcode, colour, size, active, stock in rows
        if active or pk in said
    ]


def _barcode_row(facts: tuple[int, str, str, str, int], said: Mapping[int, VariantForecast]) -> BarcodeRow:
    variant, barcode, colour, size, stock = facts
    short, long = said.get(SHORTEST), said.get(LONGEST)
    return BarcodeRow(
        variant,
        barcode,
        colour,
        size,
        short=short.expected if short else None,
        expected=long.expected if long else None,
        q90=long.q90 if long else None,
        stock=stock,
        method=method_in_words(long.method) if long else "",
    )


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of a curve."""

    day: date
    sold: int | None
    expected: float | None
    band: float | None


@dataclass(frozen=True, slots=True)
class Curve:
    """Days of the past and of the forecast on one axis; None where a line has nothing to say."""

    days: list[date]
    sold: list[int | None]
    expected: list[float | None]
    band: list[float | None]

    @property
    def last_sold(self) -> date:
        """The last day of which the sales are known."""
        return max(day for day, sold in zip(self.days, self.sold, strict=True) if sold is not None)

    def rows(self) -> list[DayRow]:
        """The same day by day."""
        columns = zip(self.days, self.sold, self.expected, self.band, strict=True)
        return [DayRow(*row) for row in columns]


def curve_of(forecast: ModelForecast | None, sold: Mapping[date, int], *, first: date, last: date) -> Curve:
    """What was sold from `first` to `last`, and what the forecast says of the days after the last it knows."""
    path = list(forecast.path) if forecast else []
    band = list(forecast.band) if forecast else []
    begins = forecast.run.last_day + timedelta(days=1) if forecast else last
    end = max(last, begins + timedelta(days=len(path) - 1)) if path else last
    days = [first + timedelta(days=number) for number in range((end - first).days + 1)]

    def said(values: Sequence[float]) -> list[float | None]:
        places = ((day - begins).days for day in days)
        return [values[place] if 0 <= place < len(values) else None for place in places]

    return Curve(days, [sold.get(day, 0) if day <= last else None for day in days], said(path), said(band))


def chart_of(curve: Curve) -> dict[str, Any]:
    """The curve for static/analytics/chart.js."""
    traces = (
        (_("sold"), curve.sold, 0, False),
        (_("expected"), curve.expected, 1, False),
        (_("enough nine times out of ten"), curve.band, 0, True),
    )
    return {
        "title": _("Pairs per day"),
        "kind": "band",
        "lying": False,
        "dates": True,
        "stacked": False,
        "percent": False,
        "labels": [f"{day:%d.%m.%Y}" for day in curve.days],
        "keys": [day.isoformat() for day in curve.days],
        "traces": [
            {
                "name": name,
                "rest": False,
                "band": band,
                "values": list(values),
                "words": [
                    ""
                    if value is None
                    else _("%(pairs)s pairs") % {"pairs": format_number(value, places=places)}
                    for value in values
                ],
                "links": [""] * len(values),
            }
            for name, values, places, band in traces
        ],
    }
