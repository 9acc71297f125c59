"""Cost sheets read: what one comes to, which came last, and what has no cost at all."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Case, DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from analytics.inputs.rates import rate_on
from analytics.models import CostPart, CostSheet, ExchangeRate
from catalog.models import Currency, Product, Variant

_DAY: Final = timedelta(days=1)
_AMOUNT: Final = DecimalField(max_digits=14, decimal_places=4)


def with_totals(sheets: QuerySet[CostSheet]) -> QuerySet[CostSheet]:
    """Sheets with `lira` and `dollars`, the sums of their parts, and `in_lira`, all of it at today's rate.

    `in_lira` is None where there are dollars and no rate.
    """
    rates = ExchangeRate.objects.filter(currency=Currency.USD, day__lte=timezone.localdate())
    rate = Subquery(rates.order_by("-day").values("rate")[:1])
    rows = sheets.annotate(lira=_sum(Currency.TRY), dollars=_sum(Currency.USD))
    in_lira = Case(
        When(dollars=0, then=F("lira")), default=F("lira") + F("dollars") * rate, output_field=_AMOUNT
    )
    return rows.annotate(in_lira=in_lira)


def _sum(currency: str) -> Any:
    parts = CostPart.objects.filter(sheet=OuterRef("pk"), currency=currency).values("sheet")
    total = Subquery(parts.annotate(total=Sum("amount")).values("total"), output_field=_AMOUNT)
    return Coalesce(total, Value(Decimal(0)), output_field=_AMOUNT)


def todays_rate() -> ExchangeRate | None:
    """The dollar today, or on the last day that has a rate."""
    return rate_on(timezone.localdate())


def last_sheet(product_id: int) -> CostSheet | None:
    """The newest sheet of a model."""
    return CostSheet.objects.filter(product_id=product_id).order_by("-valid_from").first()


def last_day(sheet: CostSheet) -> date | None:
    """The last day a sheet holds: the one before the next sheet; None for the newest."""
    later = CostSheet.objects.filter(product_id=sheet.product_id, valid_from__gt=sheet.valid_from)
    following = later.order_by("valid_from").values_list("valid_from", flat=True).first()
    return following - _DAY if following else None


def without_cost() -> QuerySet[Product]:
    """Models in use with a barcode that has no cost, and no sheet that holds today."""
    today = timezone.localdate()
    bare = Variant.objects.filter(product=OuterRef("pk"), active=True, cost=None)
    sheets = CostSheet.objects.filter(product=OuterRef("pk"), valid_from__lte=today)
    rows = Product.objects.filter(Q(active=True, draft=False), Exists(bare), ~Exists(sheets))
    return rows.order_by(F("code"))
