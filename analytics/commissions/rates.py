"""Asking for a rate of commission."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from analytics.enums import RowTarget
from analytics.models import CommissionRate
from gullu.text import fold


def commission_rate(*, barcode: str = "", category: str = "", price: Decimal, on: date) -> Decimal | None:
    """The rate in percent for a price (TRY with VAT) on a day; None while none is known. One statement.

    A rate of the barcode comes before one of its category; where two price bands touch, the upper one counts.
    """
    named = Q(target=RowTarget.BARCODE, key=barcode)
    if category:
        named |= Q(target=RowTarget.CATEGORY, key=fold(category))
    rows = rates_on(on).filter(named, Q(price_to=None) | Q(price_to__gte=price), price_from__lte=price)
    # BARCODE sorts before CATEGORY.
    return rows.order_by("target", "-price_from").values_list("rate", flat=True).first()


def rates_on(day: date) -> QuerySet[CommissionRate]:
    """Rates that hold on this day."""
    return CommissionRate.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)
