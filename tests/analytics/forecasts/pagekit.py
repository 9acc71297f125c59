"""Forecasts as a run would have left them, and the page opened."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.test import Client
from django.utils import timezone

from analytics.models import ForecastRun, ModelForecast, VariantForecast
from catalog.models import Product, Variant
from tests.analytics.forecasts.kit import yesterday
from tests.factories import make_product, make_superuser, make_user, make_variant

PAGE = "/analytics/forecasts/"


def client_of(role: str | None = None) -> Client:
    client = Client()
    client.force_login(make_user(role) if role else make_superuser())
    return client


def a_run(last_day: date | None = None, *, state: str = "DONE", error: str = "") -> ForecastRun:
    now = timezone.now()
    return ForecastRun.objects.create(
        state=state,
        last_day=last_day or yesterday(),
        started_at=now,
        ended_at=None if state == "RUNNING" else now,
        error=error,
    )


SCORES = {
    "wape": 0.4, "bias": -0.05, "coverage": 0.93, "units": 120,
    "average_wape": 0.5, "average_bias": 0.02, "average_coverage": 0.7,
}  # fmt: skip


def said(run: ForecastRun, product: Product, *, expected: float = 28, q90: float = 40, **fields: Any) -> None:
    """A forecast of a model: half of it in the first 14 days, the same every day."""
    values = {"method": "COMBINED", "group": product.code, **fields}
    for horizon in (14, 28):
        pairs = expected * horizon / 28
        ModelForecast.objects.create(
            run=run, product=product, horizon=horizon, expected=pairs, q90=q90,
            path=[expected / 28] * horizon, band=[q90 / 28] * horizon, **values,
        )  # fmt: skip
        for variant in product.variants.all():
            VariantForecast.objects.create(
                run=run, variant=variant, horizon=horizon, method="COMBINED", expected=pairs, q90=q90,
                dispersion=0,
            )  # fmt: skip


def forecast_shop() -> tuple[Variant, Variant]:
    """A boot with scores and a sandal too young for any."""
    run = a_run()
    boot = make_variant(product=make_product("0172", title="Bot", brand="Güllü"), size="37")
    sandal = make_variant(product=make_product("0300", title="Sandalet", brand="Şıkça"), size="38")
    said(run, boot.product, **SCORES)
    said(run, sandal.product, expected=7, q90=9, method="SPARSE", group="Sandalet")
    return boot, sandal


def opened(query: str = "", *, role: str | None = None) -> Any:
    answer = client_of(role).get(f"{PAGE}{query}")
    assert answer.status_code == 200
    return answer
