from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import (
    BigIntegerField,
    BooleanField,
    DateTimeField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Least, Substr

from gullu.text import fold
from inventory.enums import StockState
from orders.enums import GONE_STATES, OPEN_STATES, OrderState
from orders.search import Found, HasWord, look_up

if TYPE_CHECKING:
    from orders.models import Order, OrderLine  # noqa: F401

URGENT_WITHIN = timedelta(hours=2)
# How the sync names a package in what it reports.
PACKAGE_REFERENCE = "package "


class _IsOneOf(Func):
    """`column = ANY(ARRAY(subquery))`: the rows are collected first, then looked up by index.

    For few rows among many. As a join or as EXISTS the planner may walk the whole list in its order instead, hoping
    to meet enough of them soon.
    """

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()

    def __init__(self, column: str, rows: QuerySet[Any, Any], **extra: Any) -> None:
        super().__init__(F(column), ArraySubquery(rows), **extra)


class _Earliest(Func):
    """The least of an array of times. Not `min()` of the rows: the planner would look for it from the oldest on."""

    template = "(SELECT min(moment) FROM unnest(%(expressions)s) AS moment)"
    output_field = DateTimeField()
    arity = 1


_DISTINCT = """
WITH RECURSIVE found(value) AS (
    (SELECT {column} FROM orders_order WHERE {column} > '' ORDER BY {column} LIMIT 1)
    UNION ALL
    SELECT (SELECT {column} FROM orders_order WHERE {column} > found.value ORDER BY {column} LIMIT 1)
      FROM found WHERE found.value IS NOT NULL
) SELECT value FROM found WHERE value IS NOT NULL LIMIT {most}"""
MOST_VALUES = 300


def distinct_values(column: str) -> list[str]:
    """The values a column of orders has, in alphabetical order: one index look-up each, no scan of the table.

    For the few columns whose index begins with them: `city`, `cargo_provider`.
    """
    if column not in {"city", "cargo_provider"}:
        raise ValueError(f"no index of orders begins with {column}")
    with connection.cursor() as cursor:
        cursor.execute(_DISTINCT.format(column=column, most=MOST_VALUES))
        return sorted((row[0] for row in cursor.fetchall()), key=fold)


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
        states = [OrderState.PICKING, *GONE_STATES]
        reserved = self._lines().filter(stock_state=StockState.RESERVED, order__status__in=states)
        return self.filter(_IsOneOf("pk", reserved.values("order")), status__in=states)

    def unknown_barcodes(self) -> OrderQuerySet:
        """With a line whose barcode is not in the catalogue and that still counts."""
        unknown = self._lines().filter(variant=None, stock_state=StockState.RESERVED)
        return self.filter(_IsOneOf("pk", unknown.values("order")))

    def split_asked(self) -> OrderQuerySet:
        """Open, and being broken up by the marketplace."""
        return self.open().filter(split_asked_at__isnull=False)

    def refused_messages(self) -> OrderQuerySet:
        """Something about them was refused by the marketplace and waits for a person."""
        # The outbox is in a layer above: its model is reached by name.
        messages: Any = apps.get_model("integrations", "OutboxMessage")
        refused = messages.objects.filter(state="PARKED", order__isnull=False)
        return self.filter(_IsOneOf("pk", refused.values("order")))

    def sync_problems(self) -> OrderQuerySet:
        """The sync has an open problem with their package."""
        problems: Any = apps.get_model("integrations", "SyncProblem")
        number = Cast(Substr("reference", len(PACKAGE_REFERENCE) + 1), BigIntegerField())
        named = problems.objects.filter(
            resolved_at=None, reference__regex=rf"^{PACKAGE_REFERENCE}[0-9]{{1,18}}$"
        )
        return self.filter(_IsOneOf("package_id", named.values_list(number)))

    def without_archive(self, now: datetime) -> OrderQuerySet:
        """Open orders, and closed ones that are not older than `ARCHIVE_AFTER_DAYS`."""
        since = now - timedelta(days=settings.ARCHIVE_AFTER_DAYS)
        still_open = self._orders().filter(status__in=OPEN_STATES).values("ordered_at")
        # The second says nothing new, but it lets the index of `ordered_at` end where nothing can follow.
        return self.filter(
            Q(ordered_at__gte=since) | Q(status__in=OPEN_STATES),
            ordered_at__gte=Least(Value(since), _Earliest(ArraySubquery(still_open))),
        )

    def most_urgent_first(self) -> OrderQuerySet:
        return self.order_by("ship_by_at", "ordered_at", "pk")

    def search(self, text: str) -> OrderQuerySet:
        """Order number, package, cargo number, customer, barcode or model; Turkish letters do not matter.

        Reads what the words name at once; see `orders.search` for what a word may be.
        """
        return self.having(look_up(text))

    def having(self, words: Iterable[Found]) -> OrderQuerySet:
        """Orders in which every one of these words was found."""
        query = self
        for word in words:
            named = Q(pk__in=word.ids)
            query = query.filter(named | Q(HasWord(word.word_key)) if word.everywhere else named)
        return query

    @staticmethod
    def _orders() -> QuerySet[Any]:
        from orders.models import Order  # noqa: PLC0415  (the model file imports this one)

        return Order.objects.all()

    @staticmethod
    def _lines() -> QuerySet[Any]:
        from orders.models import OrderLine  # noqa: PLC0415  (the model file imports this one)

        return OrderLine.objects.all()
