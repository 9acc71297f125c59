"""How much comes back: per model, size and reason, over a span of days. Two statements, whatever the span.

`sold` are pairs of orders placed in the span that were not cancelled; `returned` are units whose return was asked for
in the span and neither cancelled nor rejected. Orders placed shortly before the span may therefore count as returned
only, and those shortly before its end have not come back yet: the rate of a long span says more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.db.models import Count, Max, Sum
from django.utils import timezone

from orders.enums import OrderState
from orders.models import OrderLine, ReturnUnit
from orders.return_selectors import NOT_OURS

# The customer's numbers of the two reasons that speak of size (contract section 9.4).
TOO_SMALL: Final = 501
TOO_LARGE: Final = 551


@dataclass(frozen=True, slots=True)
class Span:
    """Days in Istanbul, both included."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.first, time.min))

    @property
    def end(self) -> datetime:
        """The moment after the last day."""
        return timezone.make_aware(datetime.combine(self.last + timedelta(days=1), time.min))


@dataclass(slots=True)
class Figure:
    """Pairs of one model, size or of all. `reasons` counts the returned ones by the customer's reason number."""

    key: str
    name: str
    sold: int = 0
    returned: int = 0
    reasons: Counter[int | None] = field(default_factory=Counter)

    @property
    def rate(self) -> Decimal | None:
        """Returned of a hundred sold, one decimal; None where nothing was sold."""
        return percent(self.returned, self.sold)

    @property
    def too_small(self) -> int:
        return self.reasons[TOO_SMALL]

    @property
    def too_large(self) -> int:
        return self.reasons[TOO_LARGE]


@dataclass(frozen=True, slots=True)
class ReasonFigure:
    """How often a reason was given; `share` of a hundred returned pairs."""

    reason_id: int | None
    name: str
    count: int
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class ReturnStatistics:
    """Models with the most returned pairs first, sizes from small to large, reasons by how often they were given."""

    span: Span
    total: Figure
    models: tuple[Figure, ...]
    sizes: tuple[Figure, ...]
    reasons: tuple[ReasonFigure, ...]


def percent(part: int, whole: int) -> Decimal | None:
    """`percent(1, 3)` → `Decimal("33.3")`; None of nothing."""
    if not whole:
        return None
    return (Decimal(part) * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def return_statistics(*, span: Span, product_id: int | None = None) -> ReturnStatistics:
    """Count the span, of all models or of one. Articles that are not in the catalogue count under no model or size."""
    sold, returned = _sold(span, product_id), _returned(span, product_id)
    total = Figure("", "")
    models = _figures(
        sold, returned, key=lambda row: (row["variant__product_id"], row["variant__product__code"])
    )
    sizes = _figures(sold, returned, key=lambda row: (row["variant__size"], row["variant__size"]))
    for row in sold:
        total.sold += row["pairs"]
    for row in returned:
        _count(total, row)
    return ReturnStatistics(
        span=span,
        total=total,
        models=tuple(sorted(models, key=lambda row: (-row.returned, -(row.rate or 0), row.name))),
        sizes=tuple(sorted(sizes, key=lambda row: _size_order(row.name))),
        reasons=_reasons(returned, total),
    )


Row = dict[str, Any]
_GROUPS: Final = ("variant__product_id", "variant__product__code", "variant__size")


def _sold(span: Span, product_id: int | None) -> list[Row]:
    rows = OrderLine.objects.filter(order__ordered_at__gte=span.start, order__ordered_at__lt=span.end)
    rows = rows.exclude(order__status=OrderState.CANCELLED)
    if product_id is not None:
        rows = rows.filter(variant__product_id=product_id)
    return list(rows.values(*_GROUPS).annotate(pairs=Sum("quantity")).order_by())


def _returned(span: Span, product_id: int | None) -> list[Row]:
    rows = ReturnUnit.objects.filter(claimed_at__gte=span.start, claimed_at__lt=span.end)
    rows = rows.exclude(status__in=NOT_OURS)
    if product_id is not None:
        rows = rows.filter(variant__product_id=product_id)
    grouped = rows.values(*_GROUPS, "reason_id").annotate(pairs=Count("pk"), words=Max("reason"))
    return list(grouped.order_by())


def _figures(
    sold: Iterable[Row], returned: Iterable[Row], *, key: Callable[[Row], tuple[Any, Any]]
) -> list[Figure]:
    found: dict[Any, Figure] = {}

    def figure(row: Row) -> Figure:
        code, name = key(row)
        return found.setdefault(code, Figure(str(code or ""), str(name or "")))

    for row in sold:
        figure(row).sold += row["pairs"]
    for row in returned:
        _count(figure(row), row)
    return list(found.values())


def _count(figure: Figure, row: Row) -> None:
    figure.returned += row["pairs"]
    figure.reasons[row["reason_id"]] += row["pairs"]


def _reasons(returned: Iterable[Row], total: Figure) -> tuple[ReasonFigure, ...]:
    names: dict[int | None, str] = {}
    for row in returned:
        names[row["reason_id"]] = max(names.get(row["reason_id"], ""), row["words"] or "")
    return tuple(
        ReasonFigure(reason_id, names[reason_id], count, percent(count, total.returned))
        for reason_id, count in total.reasons.most_common()
    )


def _size_order(size: str) -> tuple[bool, float, str]:
    """36, 36,5, 37 … by number, anything else behind them by name."""
    try:
        return (False, float(size.replace(",", ".")), size)
    except ValueError:
        return (True, 0.0, size)
