"""Known barcodes for the arithmetic of the advice, each with only what a test is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from analytics.advice.rules import Demand, Goods, Judged, Known, Past, Rule, Stock, advise_colour

TODAY: Final = date(2026, 11, 20)
RULE: Final = Rule(
    lead_days=14,
    review_days=7,
    service_level=90,
    minimum_pairs=0,
    lot_pairs=2,
    overstock_days=90,
    dead_days=90,
)
# A model that sells mostly in the middle: 35 to 39, with 35 and 39 below half of an even share.
CURVE: Final = {"35": 0.05, "36": 0.25, "37": 0.40, "38": 0.25, "39": 0.05}
SOLD_LATELY: Final = date(2026, 11, 15)


def known(
    size: str = "37",
    *,
    available: int = 0,
    coming: int = 0,
    expected: float = 0.0,
    quantile: float = 0.0,
    lead: tuple[float, float] | None = None,
    sold: int = 0,
    out: int = 0,
    last_sold: date | None = SOLD_LATELY,
    there_since: date | None = None,
    **goods: Any,
) -> Known:
    """`expected` and `quantile` over lead + review; over the lead time two thirds of them, unless `lead` is given."""
    expected_lead, quantile_lead = lead or (expected * 2 / 3, quantile * 2 // 3)
    values: dict[str, Any] = {
        "price": Decimal("550.00"),
        "cost": Decimal("200.00"),
        "vat_rate": 10,
        **goods,
    }
    return Known(
        goods=Goods(int(size), f"868{size}", 1, "0172", "Bot", "Bot", "Siyah", size, **values),
        stock=Stock(max(available, 0), 0, 0, available, coming),
        past=Past(sold, out, last_sold, there_since),
        demand=Demand(expected_lead, quantile_lead, expected, quantile),
    )


def judged(*sizes: Known, rule: Rule = RULE, curve: dict[str, float] | None = None) -> list[Judged]:
    """Advice on one colour; the sizes share the curve above."""
    return advise_colour(sizes, curve=CURVE if curve is None else curve, rule=rule, today=TODAY)


def judged_alone(one: Known, **rule: Any) -> Judged:
    """Advice on a colour of one size."""
    return judged(one, rule=replace(RULE, **rule), curve={one.goods.size: 1.0})[0]
