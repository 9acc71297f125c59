from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory.enums import StockState
from orders.models import OrderLine
from orders.querysets import OrderQuerySet

Narrow = Callable[[OrderQuerySet, datetime], OrderQuerySet]


def _unknown_barcode(orders: OrderQuerySet, _now: datetime) -> OrderQuerySet:
    unknown = OrderLine.objects.filter(order=OuterRef("pk"), variant=None, stock_state=StockState.RESERVED)
    return orders.filter(Exists(unknown))


NARROW: dict[str, tuple[Any, Narrow]] = {
    "ready": (_("Can be prepared"), lambda orders, _now: orders.to_prepare()),
    "urgent": (_("Urgent"), lambda orders, now: orders.urgent(now)),
    "late": (_("Late"), lambda orders, now: orders.late(now)),
    "unpaid": (_("Payment pending"), lambda orders, _now: orders.open().filter(payment_pending=True)),
    "parked": (_("Parked"), lambda orders, _now: orders.parked_only()),
    "missed": (_("Missed picks"), lambda orders, _now: orders.missed_picks()),
    "unknown": (_("Unknown barcode"), _unknown_barcode),
}


class AttentionFilter(admin.SimpleListFilter):
    """The same questions the home page counts, so that its links show exactly what it counted."""

    title = _("attention")
    parameter_name = "attention"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(key, label) for key, (label, _narrow) in NARROW.items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> OrderQuerySet:
        orders: OrderQuerySet = queryset
        chosen = NARROW.get(self.value() or "")
        return chosen[1](orders, timezone.now()) if chosen else orders
