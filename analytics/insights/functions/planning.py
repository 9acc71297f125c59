"""What to make, order or sell off, and what is expected to be sold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final, Literal

from django.db.models import Sum
from django.urls import reverse
from pydantic import Field

from analytics.advice.asked import Asked, Sort
from analytics.advice.entry import VariantAdvice
from analytics.advice.groups import sums_of
from analytics.advice.kinds import AdviceKind
from analytics.advice.selectors import give_advice
from analytics.forecasting.methods import LONGEST
from analytics.forecasts import listing
from analytics.forecasts.listing import SHORTEST
from analytics.forecasts.selectors import latest_run
from analytics.forecasts.words import method_in_words
from analytics.insights.functions.base import Answer, Arguments, Code, Function, Limit, Text, number
from analytics.models import ForecastRun, ModelForecast, VariantForecast
from catalog.models import Product, Variant

_SORTS: Final[Mapping[Sort, Callable[[VariantAdvice], float]]] = {
    Sort.SUGGESTED: lambda row: -row.suggested,
    Sort.LOST: lambda row: -row.lost_pairs,
    Sort.COVER: lambda row: float("inf") if row.cover_days is None else row.cover_days,
    Sort.STOCK: lambda row: -row.available,
    Sort.SOLD: lambda row: -row.sold_28,
}


class AdviceArguments(Arguments):
    """Advice on barcodes."""

    kind: (
        Literal[
            "STOCKOUT",
            "REORDER",
            "BROKEN_SIZES",
            "LOST_SALES",
            "DEAD",
            "OVERSTOCK",
            "RAISE_PRICE",
            "LOWER_PRICE",
        ]
        | None
    ) = Field(default=None, description="Only barcodes this is said of")
    words: Text | None = Field(default=None, description="A model code, or words of a model's name")
    category: Code | None = Field(default=None, description="Exact category")
    sort: Literal["SUGGESTED", "LOST", "COVER", "STOCK", "SOLD"] = Field(
        default="SUGGESTED",
        description="Most suggested pairs, most lost sales, shortest cover, most stock, or most sold first",
    )
    limit: Limit = 25


def stock_advice(given: AdviceArguments, today: date) -> Answer:
    """Barcodes with what is advised and why; how many of each kind there are."""
    kind = AdviceKind(given.kind) if given.kind else None
    asked = Asked(kind=kind, model=given.words or "", category=given.category or "", sort=Sort(given.sort))
    found = give_advice(today=today)
    models = asked.models(found.variants)
    rows = sorted((row for row in models if asked.fits(row)), key=_SORTS[asked.sort])
    sums = sums_of(rows)
    kinds = Counter(one for row in models for one in row.kinds)
    data = {
        "as_of": found.today.isoformat(),
        "forecast_up_to": found.run.last_day.isoformat() if found.run else None,
        "barcodes_of_each_kind": {str(one.value): kinds[one] for one in AdviceKind},
        "total": {
            "barcodes": sums.variants,
            "on_hand": sums.on_hand,
            "available": sums.available,
            "coming": sums.coming,
            "sold_in_28_days_pairs": sums.sold_28,
            "suggested_pairs": sums.suggested,
            "lost_pairs": number(sums.lost_pairs, 1),
            "lost_try": number(sums.lost_amount),
            "cost_of_suggested_try": number(sums.order_cost),
            "suggested_pairs_without_known_cost": sums.without_cost,
        },
        "rows": [_advised(row) for row in rows[: given.limit]],
        "rows_left_out": max(len(rows) - given.limit, 0),
    }
    query = asked.query()
    return Answer(data, reverse("advice:start") + (f"?{query}" if query else ""))


def _advised(row: VariantAdvice) -> dict[str, Any]:
    return {
        "model": row.model_code,
        "title": row.title,
        "barcode": row.barcode,
        "colour": row.colour,
        "size": row.size,
        "kinds": [one.value for one in row.kinds],
        "reason": row.reason,
        "available": row.available,
        "coming": row.coming,
        "sold_in_28_days_pairs": row.sold_28,
        "expected_per_day": number(row.daily),
        "cover_days": number(row.cover_days, 1),
        "suggested_pairs": row.suggested,
        "lost_pairs": number(row.lost_pairs, 1),
        "lost_try": number(row.lost_amount),
    }


# --- forecasts --------------------------------------------------------------------------------------------------------


class ForecastArguments(Arguments):
    """What the newest forecast expects."""

    model: Code | None = Field(
        default=None, description="Exact model code: rows are the barcodes of this model"
    )
    words: Text | None = Field(default=None, description="Words of a model's code or name: rows are models")
    limit: Limit = 25


def forecasts(given: ForecastArguments, _today: date) -> Answer:
    """Expected pairs of the 14 and 28 days after the last day known, most first, and how wrong it was before."""
    run = latest_run()
    if run is None:
        return Answer({"missing": "no forecast was made yet", "rows": []}, reverse("forecasts:start"))
    days = {
        "known_up_to": run.last_day.isoformat(),
        "days_14_end": (run.last_day + timedelta(days=SHORTEST)).isoformat(),
        "days_28_end": (run.last_day + timedelta(days=LONGEST)).isoformat(),
    }
    found = _of_barcodes(run, given) if given.model else _of_models(run, given)
    return Answer({**days, **found.data}, found.address)


def _of_models(run: ForecastRun, given: ForecastArguments) -> Answer:
    asked = listing.Asked(text=given.words or "")
    found = listing.rows(run, asked)
    products = found.order_by().values("product")
    short = ModelForecast.objects.filter(run=run, horizon=SHORTEST, product__in=products)
    in_14, in_28 = (rows.aggregate(sum=Sum("expected"))["sum"] for rows in (short, found.order_by()))
    rows = [
        {
            "model": row.product.code,
            "title": row.product.title,
            **_expected(row.short, row.expected, row.q90),  # type: ignore[attr-defined]
            "error_before_percent": _percent(row.wape),
            "error_of_plain_average_percent": _percent(row.average_wape),
            "bias_percent": _percent(row.bias),
            "method": method_in_words(row.method),
        }
        for row in found[: given.limit]
    ]
    count = found.count()
    total = {"models": count, **_expected(in_14, in_28, None)}
    query = asked.query()
    address = reverse("forecasts:start") + (f"?{query}" if query else "")
    return Answer({"total": total, "rows": rows, "rows_left_out": count - len(rows)}, address)


def _of_barcodes(run: ForecastRun, given: ForecastArguments) -> Answer:
    product = Product.objects.filter(code=given.model).first()
    if product is None:
        return Answer({"missing": "no such model", "rows": []}, reverse("forecasts:start"))
    said = VariantForecast.objects.filter(run=run, variant__product=product).select_related("variant")
    by_variant: dict[Variant, dict[int, VariantForecast]] = {}
    for row in said:
        by_variant.setdefault(row.variant, {})[row.horizon] = row
    rows = [
        {
            "barcode": variant.barcode,
            "colour": variant.colour,
            "size": variant.size,
            **_expected(rows[SHORTEST].expected, rows[LONGEST].expected, rows[LONGEST].q90),
        }
        for variant, rows in by_variant.items()
        if SHORTEST in rows and LONGEST in rows
    ]
    rows.sort(key=lambda row: (-row["expected_in_28_days_pairs"], row["barcode"]))
    data = {
        "model": product.code,
        "title": product.title,
        "rows": rows[: given.limit],
        "rows_left_out": max(len(rows) - given.limit, 0),
    }
    return Answer(data, reverse("forecasts:model", args=[product.pk]))


def _expected(short: float | None, long: float | None, enough: float | None) -> dict[str, Any]:
    found = {"expected_in_14_days_pairs": number(short, 1), "expected_in_28_days_pairs": number(long, 1)}
    return found if enough is None else {**found, "enough_9_times_of_10_in_28_days_pairs": number(enough, 1)}


def _percent(part: float | None) -> int | float | None:
    return None if part is None else number(part * 100, 1)


ADVICE: Final = Function(
    name="stock_advice",
    description=(
        "Advice on stock per barcode: sold out, to be reordered (with suggested pairs), broken sizes, lost sales, dead "
        "stock, too much stock, prices to raise or lower; each with its reason, days of cover and expected sales."
    ),
    arguments=AdviceArguments,
    right="analytics.view_variantforecast",
    run=stock_advice,
)
FORECASTS: Final = Function(
    name="forecasts",
    description="Pairs expected to be sold in the next 14 and 28 days, by model or for the barcodes of one model.",
    arguments=ForecastArguments,
    right="analytics.view_modelforecast",
    run=forecasts,
)

__all__ = ["ADVICE", "FORECASTS"]
