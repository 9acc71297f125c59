"""What a sale is: the home page counts by it, and the facts are made by it.

Not sold are cancelled orders (also packages replaced by others), lines cancelled inside a living order, and orders
whose payment is still pending.
"""

from __future__ import annotations

from typing import Final

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When

from analytics.enums import SaleState
from inventory.enums import StockState
from orders.enums import OrderState, PutBackState
from orders.models import OrderLine, PutBack

_PENDING: Final = Q(order__payment_pending=True)
_REPLACED: Final = Q(order__status=OrderState.CANCELLED, order__superseded=True)
_CANCELLED: Final = Q(order__status=OrderState.CANCELLED) | Q(stock_state=StockState.RELEASED)


def _unwanted() -> Exists:
    """A line taken out of its order after it was picked stays DEDUCTED; its put-back says that nobody wants it."""
    rows = PutBack.objects.filter(line=OuterRef("pk"), reason=PutBack.Reason.CANCELLED)
    return Exists(rows.exclude(state=PutBackState.VOID))


def sold(lines: QuerySet[OrderLine]) -> QuerySet[OrderLine]:
    """Those of the lines that count as sold."""
    return lines.exclude(_PENDING).exclude(_CANCELLED).exclude(_unwanted())


def sale_state() -> Case:
    """The `SaleState` of a line. It is SOLD exactly where `sold` keeps the line."""
    return Case(
        When(_REPLACED, then=Value(SaleState.REPLACED)),
        When(_CANCELLED | Q(_unwanted()), then=Value(SaleState.CANCELLED)),
        When(_PENDING, then=Value(SaleState.PENDING)),
        default=Value(SaleState.SOLD),
        output_field=CharField(),
    )
