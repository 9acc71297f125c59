"""The figures of a group of lines. What each one counts is said in docs/analytics.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.db import models
from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.enums import SaleState
from gullu.money import format_money, format_number

_CENT: Final = Decimal("0.01")
_SOLD: Final = Q(state=SaleState.SOLD)


class Measure(models.TextChoices):
    """What a chart shows. AMOUNT and AVERAGE are for who may see amounts."""

    PAIRS = "PAIRS", gettext_lazy("Pairs")
    AMOUNT = "AMOUNT", gettext_lazy("Amount")
    ORDERS = "ORDERS", gettext_lazy("Orders")
    AVERAGE = "AVERAGE", gettext_lazy("Average per order")
    CANCELLED = "CANCELLED", gettext_lazy("Cancellation rate")
    RETURNED = "RETURNED", gettext_lazy("Return rate")


MONEY: Final = frozenset({Measure.AMOUNT, Measure.AVERAGE})
RATES: Final = frozenset({Measure.CANCELLED, Measure.RETURNED})


class What(models.TextChoices):
    """Which lines stand behind a number."""

    SOLD = "SOLD", gettext_lazy("Sold lines")
    RETURNED = "RETURNED", gettext_lazy("Lines of which something came back")
    CANCELLED = "CANCELLED", gettext_lazy("Cancelled lines")
    ALL = "ALL", gettext_lazy("All lines")


BEHIND: Final[Mapping[Measure, What]] = {
    Measure.PAIRS: What.SOLD,
    Measure.AMOUNT: What.SOLD,
    Measure.ORDERS: What.SOLD,
    Measure.AVERAGE: What.SOLD,
    Measure.CANCELLED: What.CANCELLED,
    Measure.RETURNED: What.RETURNED,
}
CONDITIONS: Final[Mapping[What, Q]] = {
    What.SOLD: _SOLD,
    What.RETURNED: _SOLD & Q(returned_quantity__gt=0),
    What.CANCELLED: Q(state=SaleState.CANCELLED),
    What.ALL: Q(),
}
# Lines that count in a figure, and those whose order has other sold lines, too.
COUNTED: Final = Q(state__in=[SaleState.SOLD, SaleState.CANCELLED])
SHARED: Final = _SOLD & Q(single=False)
# The figures, out of lines and out of `SaleDay`. Orders are those of one line: `selectors` adds the others.
LINE_SUMS: Final[Mapping[str, Any]] = {
    "sold": Sum("quantity", filter=_SOLD, default=0),
    "pairs": Sum("net_quantity", filter=_SOLD, default=0),
    "returned": Sum("returned_quantity", filter=_SOLD, default=0),
    "exchanged": Sum("exchanged_quantity", filter=_SOLD, default=0),
    "cancelled": Sum("quantity", filter=Q(state=SaleState.CANCELLED), default=0),
    "orders": Count("pk", filter=_SOLD & Q(single=True)),
    "amount": Sum(F("total") - F("returned_total"), filter=_SOLD, default=Decimal(0)),
}
DAY_SUMS: Final[Mapping[str, Any]] = {
    name: Sum("singles" if name == "orders" else name, default=Decimal(0) if name == "amount" else 0)
    for name in LINE_SUMS
}


@dataclass(frozen=True, slots=True)
class Figures:
    """Pairs, orders and TRY with VAT. `pairs` and `amount` are net of cancellations and of what came back."""

    sold: int = 0
    pairs: int = 0
    returned: int = 0
    exchanged: int = 0
    cancelled: int = 0
    orders: int = 0
    amount: Decimal = Decimal(0)

    @property
    def average(self) -> Decimal | None:
        """Amount per order; None without an order."""
        return (self.amount / self.orders).quantize(_CENT, ROUND_HALF_UP) if self.orders else None

    @property
    def cancel_rate(self) -> Decimal | None:
        """Cancelled of a hundred pairs that were sold or cancelled."""
        return percent(self.cancelled, self.sold + self.cancelled)

    @property
    def return_rate(self) -> Decimal | None:
        """Returned of a hundred sold pairs."""
        return percent(self.returned, self.sold)

    def value(self, measure: Measure) -> Decimal | int | None:
        """The figure a measure shows."""
        return _VALUES[measure](self)


_VALUES: Final[Mapping[Measure, Callable[[Figures], Decimal | int | None]]] = {
    Measure.PAIRS: lambda figures: figures.pairs,
    Measure.AMOUNT: lambda figures: figures.amount,
    Measure.ORDERS: lambda figures: figures.orders,
    Measure.AVERAGE: lambda figures: figures.average,
    Measure.CANCELLED: lambda figures: figures.cancel_rate,
    Measure.RETURNED: lambda figures: figures.return_rate,
}


def percent(part: int, whole: int) -> Decimal | None:
    """`percent(1, 3)` → `Decimal("33.3")`; None of nothing."""
    return (Decimal(part) * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP) if whole else None


def in_words(measure: Measure, value: Decimal | int | None) -> str:
    """As the page writes it: `1.234,56 ₺`, `%3,4`, `1.234`; nothing → `—`."""
    if value is None:
        return "—"
    if measure in MONEY:
        return format_money(value)
    return f"%{format_number(value, places=1)}" if measure in RATES else format_number(value, places=0)


def change(measure: Measure, now: Decimal | int | None, before: Decimal | int | None) -> Decimal | None:
    """How much more than before: in percent of it, rates in percentage points; None without anything to compare."""
    if now is None or before is None:
        return None
    difference = Decimal(now) - Decimal(before)
    if measure in RATES:
        return difference
    return (
        (difference * 100 / abs(Decimal(before))).quantize(Decimal("0.1"), ROUND_HALF_UP) if before else None
    )


def change_in_words(measure: Measure, value: Decimal | None) -> str:
    """`+%12,5`, `−0,4 points`; nothing → an empty text."""
    if value is None:
        return ""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    number = format_number(abs(value), places=1)
    if measure in RATES:
        return _("%(change)s points") % {"change": f"{sign}{number}"}
    return f"{sign}%{number}"
