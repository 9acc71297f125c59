"""A shop for the pages: what is on the shelves, what was sold, and a forecast, all on fixed days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

import time_machine
from django.utils import timezone

from analytics.facts.services import refresh_facts
from analytics.models import ForecastRun, ModelForecast, VariantForecast
from catalog.models import Product, Variant
from inventory.models import Shelf
from inventory.services import adjust_stock
from orders.enums import OrderState
from tests.factories import make_order, make_product, make_shelf, make_variant, stock

SIZES: Final = ("36", "37", "38")
# A Friday; the pages are opened at noon of it in Istanbul.
TODAY: Final = date(2026, 11, 20)
IN_SPRING: Final = date(2026, 5, 1)


def noon(day: date) -> datetime:
    """Noon in Istanbul."""
    return datetime(day.year, day.month, day.day, 9, 0, tzinfo=UTC)


def november(day: int) -> date:
    return date(2026, 11, day)


def make_colour(
    product: Product,
    colour: str,
    pairs: Sequence[int],
    shelf: Shelf,
    *,
    received: date = IN_SPRING,
    **fields: Any,
) -> list[Variant]:
    """Sizes 36, 37 and 38 of a colour, with so many pairs received on the shelf."""
    variants = []
    with time_machine.travel(noon(received), tick=False):
        for size, quantity in zip(SIZES, pairs, strict=True):
            variant = make_variant(product=product, colour=colour, size=size, **fields)
            if quantity:
                stock(variant, shelf, quantity)
            variants.append(variant)
    return variants


def run_out(variant: Variant, shelf: Shelf, day: date) -> None:
    """At noon of the day the last pair leaves the shelf."""
    with time_machine.travel(noon(day), tick=False):
        adjust_stock(barcode=variant.barcode, shelf_code=shelf.code, counted=0, reason="Sayım")


def sell(variant: Variant, pairs: int, day: date, **fields: Any) -> None:
    """A delivered order at noon of the day; its goods are not booked from any shelf."""
    make_order([(variant, pairs)], ordered_at=noon(day), status=OrderState.DELIVERED, **fields)


def make_forecast(expected: dict[Variant, float], *, last_day: date, dispersion: float = 0.0) -> ForecastRun:
    """A run that is done: so many pairs in 28 days, half of them in 14, the same every day."""
    now = timezone.now()
    run = ForecastRun.objects.create(
        state=ForecastRun.State.DONE, last_day=last_day, started_at=now, ended_at=now
    )
    by_model: dict[int, float] = {}
    for variant, pairs in expected.items():
        by_model[variant.product_id] = by_model.get(variant.product_id, 0.0) + pairs
    for days in (14, 28):
        part = days / 28
        common = {"run": run, "horizon": days, "method": "AVERAGE"}
        ModelForecast.objects.bulk_create(
            ModelForecast(
                **common, product_id=product, expected=pairs * part, q90=pairs, path=[pairs / 28] * days
            )
            for product, pairs in by_model.items()
        )
        VariantForecast.objects.bulk_create(
            VariantForecast(
                **common, variant=variant, expected=pairs * part, q90=pairs, dispersion=dispersion
            )
            for variant, pairs in expected.items()
        )
    return run


def small_shop() -> dict[str, Variant]:
    """Two models. Of the black boot 0172, size 37 sold most and is gone since 10 November; sandal 0300 lies unsold."""
    shelf = make_shelf("A-01")
    boot = make_product("0172", title="Bağcıklı Bot", category="Bot")
    sandal = make_product("0300", title="Sandalet", category="Sandalet")
    black = make_colour(boot, "Siyah", (4, 9, 2), shelf)
    white = make_colour(sandal, "Beyaz", (5, 5, 5), shelf)
    run_out(black[1], shelf, november(10))
    sell(black[0], 2, november(17))
    sell(black[1], 14, november(9))
    sell(black[2], 1, date(2026, 10, 23))
    sell(black[2], 3, date(2026, 10, 22))
    sell(white[0], 1, TODAY)
    refresh_facts()
    goods = {f"b{variant.size}": variant for variant in black}
    return goods | {f"w{variant.size}": variant for variant in white}
