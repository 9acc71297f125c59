from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from gullu.text import fold
from inventory.enums import StockState
from orders.enums import GONE_STATES, OPEN_STATES, OrderState

if TYPE_CHECKING:
    from orders.models import Order, OrderLine  # noqa: F401

URGENT_WITHIN = timedelta(hours=2)


class OrderQuerySet(QuerySet["Order"]):
    def open(self) -> OrderQuerySet:
        """New or being prepared: everything that still has to leave."""
        return self.filter(status__in=OPEN_STATES)

    def to_prepare(self) -> OrderQuerySet:
        """What the picking queue offers: new, paid, not parked or being split, and every line known here."""
        return self.filter(
            status=OrderState.CREATED, payment_pending=False, parked=False, split_asked_at=None
        ).filter(~Exists(self._lines().filter(order=OuterRef("pk"), variant=None)))

    def parked_only(self) -> OrderQuerySet:
        return self.open().filter(parked=True)

    def late(self, now: datetime) -> OrderQuerySet:
        """Agreed date passed and still here. Only open orders can be late."""
        return self.open().filter(payment_pending=False, ship_by_at__lt=now)

    def urgent(self, now: datetime) -> OrderQuerySet:
        """Two hours or less until the agreed date."""
        return self.open().filter(payment_pending=False, ship_by_at__range=(now, now + URGENT_WITHIN))

    def missed_picks(self) -> OrderQuerySet:
        """Reported as picked or gone, while lines were never taken from a shelf here."""
        reserved = self._lines().filter(order=OuterRef("pk"), stock_state=StockState.RESERVED)
        return self.filter(status__in=[OrderState.PICKING, *GONE_STATES]).filter(Exists(reserved))

    def most_urgent_first(self) -> OrderQuerySet:
        return self.order_by("ship_by_at", "ordered_at", "pk")

    def search(self, text: str) -> OrderQuerySet:
        """Order number, package, cargo number, customer, barcode or model; Turkish letters do not matter."""
        query = self
        for word in fold(text).split():
            query = query.filter(self._word(word))
        return query

    def _word(self, word: str) -> Q:
        by_line = self._lines().filter(order=OuterRef("pk"), search_key__contains=word)
        found = Q(search_key__contains=word) | Q(Exists(by_line))
        if word.isdecimal() and len(word) <= 18:
            found |= Q(package_id=int(word))
        return found

    @staticmethod
    def _lines() -> QuerySet[Any]:
        from orders.models import OrderLine  # noqa: PLC0415  (the model file imports this one)

        return OrderLine.objects.all()
