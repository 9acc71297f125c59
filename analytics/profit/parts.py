"""The parts of a profit in the order in which they are taken off, with their words; the same on every page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.profit.asked import Which
from analytics.profit.selectors import ProfitFigures
from gullu.money import format_money, format_number

Number = Decimal | int | None
Kind = Literal["MONEY", "PERCENT", "COUNT"]

_CENT: Final = Decimal("0.01")
# What is taken off the net sale: the name in `ProfitLine` and in `ProfitFigures`.
DEDUCTIONS: Final[dict[str, Promise]] = {
    "commission": gettext_lazy("Commission"),
    "product_cost": gettext_lazy("Product cost"),
    "staff": gettext_lazy("Staff share"),
    "cargo": gettext_lazy("Cargo"),
    "service_fee": gettext_lazy("Service fee"),
    "packaging": gettext_lazy("Packaging"),
    "return_cost": gettext_lazy("Return costs"),
    "vat": gettext_lazy("VAT"),
    "withholding_cost": gettext_lazy("Withholding"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a group: its name, how it is read off, how it is written, and which lines it counts."""

    name: Promise
    value: Callable[[ProfitFigures], Number]
    kind: Kind
    which: Which

    def words(self, figures: ProfitFigures) -> str:
        """`1.234,56 ₺`, `%12,5`, `1.234`; nothing → `—`."""
        return in_words(self.kind, self.value(figures))


def per_pair(figures: ProfitFigures) -> Decimal | None:
    """Profit per pair kept of the lines whose profit is known; None without one."""
    pairs = figures.complete_pairs
    return (figures.profit / pairs).quantize(_CENT, ROUND_HALF_UP) if pairs else None


def margin(figures: ProfitFigures) -> Decimal | None:
    """Profit of a hundred lira of the net sale of these lines; None without a sale."""
    sale = figures.complete_sale
    return (figures.profit * 100 / sale).quantize(Decimal("0.1"), ROUND_HALF_UP) if sale else None


def _sum_of(name: str) -> Callable[[ProfitFigures], Number]:
    """None where no line is complete: a sum of nothing would read as zero."""
    return lambda figures: getattr(figures, name) if figures.complete_lines else None


SALE: Final = Figure(gettext_lazy("Net sale"), lambda one: one.sale, "MONEY", Which.ALL)
PROFIT: Final = Figure(gettext_lazy("Profit"), _sum_of("profit"), "MONEY", Which.COMPLETE)
MARGIN: Final = Figure(gettext_lazy("Margin"), margin, "PERCENT", Which.COMPLETE)
PER_PAIR: Final = Figure(gettext_lazy("Profit per pair"), per_pair, "MONEY", Which.COMPLETE)
PAIRS: Final = Figure(gettext_lazy("Pairs"), lambda one: one.pairs, "COUNT", Which.ALL)
UNKNOWN: Final = Figure(
    gettext_lazy("Lines not known"), lambda one: one.incomplete_lines, "COUNT", Which.INCOMPLETE
)
UNKNOWN_SALE: Final = Figure(
    gettext_lazy("Sale of lines not known"), lambda one: one.incomplete_sale, "MONEY", Which.INCOMPLETE
)
TILES: Final = (SALE, PROFIT, MARGIN, PER_PAIR, UNKNOWN, UNKNOWN_SALE)
# What is looked for first stands where it is seen without moving the table along.
COLUMNS: Final = (
    PAIRS,
    SALE,
    PROFIT,
    MARGIN,
    PER_PAIR,
    UNKNOWN,
    *(Figure(label, _sum_of(name), "MONEY", Which.COMPLETE) for name, label in DEDUCTIONS.items()),
)


# --- words ----------------------------------------------------------------------------------------------------------


def in_words(kind: Kind, value: Number) -> str:
    """`1.234,56 ₺`, `−%12,5`, `1.234`; nothing → `—`."""
    if value is None:
        return "—"
    if kind == "MONEY":
        return format_money(value)
    return percent_in_words(Decimal(value)) if kind == "PERCENT" else format_number(value, places=0)


def percent_in_words(value: Decimal) -> str:
    """`Decimal("-5.25")` → `−%5,3`."""
    return f"{'−' if value < 0 else ''}%{format_number(abs(value), places=1)}"


def change_in_words(kind: Kind, now: Number, before: Number) -> str:
    """`+%12,5`; percentages in points, `−0,4 points`; an empty text where there is nothing to compare."""
    if now is None or before is None:
        return ""
    difference = Decimal(now) - Decimal(before)
    sign = "+" if difference > 0 else "−" if difference < 0 else ""
    if kind == "PERCENT":
        return _("%(change)s points") % {"change": f"{sign}{format_number(abs(difference), places=1)}"}
    if not before:
        return ""
    return f"{sign}%{format_number(abs(difference * 100 / Decimal(before)), places=1)}"


__all__ = [
    "COLUMNS",
    "DEDUCTIONS",
    "MARGIN",
    "PAIRS",
    "PER_PAIR",
    "PROFIT",
    "SALE",
    "TILES",
    "UNKNOWN",
    "UNKNOWN_SALE",
    "Figure",
    "change_in_words",
    "in_words",
    "margin",
    "per_pair",
    "percent_in_words",
]
