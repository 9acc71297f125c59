"""What a row of an order list says, from an order whose lines are already loaded."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.enums import OPEN_STATES
from orders.models import Order, OrderLine
from orders.querysets import URGENT_WITHIN

LINES_IN_SUMMARY = 2


class Haste(Enum):
    """How an order stands to its agreed date. Only open and paid orders can be urgent or late."""

    NONE = "none"
    CALM = "calm"
    URGENT = "urgent"
    LATE = "late"


def haste(order: Order, now: datetime) -> Haste:
    """Late: the agreed date has passed. Urgent: two hours or less are left."""
    if order.ship_by_at is None or order.status not in OPEN_STATES or order.payment_pending:
        return Haste.NONE
    left = order.ship_by_at - now
    if left < timedelta(0):
        return Haste.LATE
    return Haste.URGENT if left <= URGENT_WITHIN else Haste.CALM


def time_left(order: Order, now: datetime) -> str:
    """`1 d 3 h left`, `2 h 5 min late`; empty when the date no longer matters."""
    if haste(order, now) is Haste.NONE or order.ship_by_at is None:
        return ""
    left = order.ship_by_at - now
    words = duration_words(abs(left))
    return (_("%(time)s late") if left < timedelta(0) else _("%(time)s left")) % {"time": words}


def duration_words(span: timedelta) -> str:
    """The two largest of days, hours and minutes; a smaller one that is zero is left out."""
    minutes = int(span.total_seconds()) // 60
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return (
            _("%(days)s d %(hours)s h") % {"days": days, "hours": hours}
            if hours
            else _("%(days)s d") % {"days": days}
        )
    if hours and minutes % 60:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes % 60}
    if hours:
        return _("%(hours)s h") % {"hours": hours}
    return _("%(minutes)s min") % {"minutes": minutes}


def summary(lines: list[OrderLine]) -> str:
    """`0172 Siyah 37 × 2, 0200 Bej 38 and 1 more`: model, colour, size and, where above one, quantity."""
    shown = ", ".join(_words(line) for line in lines[:LINES_IN_SUMMARY])
    rest = len(lines) - LINES_IN_SUMMARY
    return shown if rest <= 0 else _("%(articles)s and %(count)s more") % {"articles": shown, "count": rest}


def _words(line: OrderLine) -> str:
    model = line.variant.product.code if line.variant else line.barcode
    text = " ".join(part for part in (model, line.colour, line.size) if part)
    return text if line.quantity == 1 else f"{text} × {line.quantity}"


_FLAGS: tuple[tuple[str, str | Promise], ...] = (
    ("payment_pending", gettext_lazy("Payment pending")),
    ("parked", gettext_lazy("Parked")),
    ("micro_export", gettext_lazy("Micro export")),
    ("commercial", gettext_lazy("Corporate invoice")),
    ("superseded", gettext_lazy("Replaced")),
)


def flags(order: Order, lines: list[OrderLine]) -> list[str]:
    """What is special about the order, as short words."""
    words: list[Any] = [str(label) for name, label in _FLAGS if getattr(order, name)]
    if any(line.variant_id is None for line in lines):
        words.append(_("Unknown barcode"))
    return words
