"""Open orders by deadline (`Geciken`, `Acil`): when each must leave, and when work on it must begin at the latest.

A deadline is the agreed delivery date of the marketplace, a true moment (contract section 4). Days are days in
Istanbul.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import models
from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orders.enums import OPEN_STATES, Channel, EventKind, OrderState
from orders.models import Order, OrderEvent, OrderLine
from orders.pace import Pace
from orders.querysets import URGENT_WITHIN, OrderQuerySet


class Due(models.TextChoices):
    """When an open and paid order must leave. Every one is in exactly one group."""

    LATE = "late", _("Late")
    URGENT = "urgent", _("Urgent")
    TODAY = "today", _("Due today")
    TOMORROW = "tomorrow", _("Due tomorrow")
    LATER = "later", _("Due later")
    UNDATED = "undated", _("Without a date")


@dataclass(frozen=True, slots=True)
class Edges:
    """Where the groups begin and end at one moment: midnights are Istanbul's."""

    now: datetime
    urgent_until: datetime
    tomorrow: datetime
    day_after: datetime

    @classmethod
    def at(cls, now: datetime) -> Edges:
        today = timezone.localdate(now)
        return cls(now, now + URGENT_WITHIN, _midnight(today, 1), _midnight(today, 2))

    def group(self, ship_by_at: datetime | None) -> Due:
        """The group of a deadline. What is urgent is urgent, also when its deadline lies after midnight."""
        if ship_by_at is None:
            return Due.UNDATED
        if ship_by_at < self.now:
            return Due.LATE
        if ship_by_at <= self.urgent_until:
            return Due.URGENT
        if ship_by_at < self.tomorrow:
            return Due.TODAY
        return Due.TOMORROW if ship_by_at < self.day_after else Due.LATER

    def conditions(self) -> dict[Due, Q]:
        """The same groups as conditions on orders."""
        after = Q(ship_by_at__gt=self.urgent_until)
        return {
            Due.LATE: Q(ship_by_at__lt=self.now),
            Due.URGENT: Q(ship_by_at__range=(self.now, self.urgent_until)),
            Due.TODAY: after & Q(ship_by_at__lt=self.tomorrow),
            Due.TOMORROW: after & Q(ship_by_at__gte=self.tomorrow, ship_by_at__lt=self.day_after),
            Due.LATER: after & Q(ship_by_at__gte=self.day_after),
            Due.UNDATED: Q(ship_by_at=None),
        }


def _midnight(day: date, days_later: int) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=days_later), time.min))


def waiting_orders() -> OrderQuerySet:
    """Open and paid: what can be late at all."""
    return Order.objects.open().filter(payment_pending=False)


def due_in(orders: OrderQuerySet, due: Due, now: datetime) -> OrderQuerySet:
    """Those of `orders` that are open, paid and in this group."""
    return orders.open().filter(Edges.at(now).conditions()[due], payment_pending=False)


def count_due(now: datetime) -> dict[Due, int]:
    """How many orders each group has. One statement."""
    conditions = Edges.at(now).conditions()
    counts = {due.value: Count("pk", filter=condition) for due, condition in conditions.items()}
    found = waiting_orders().aggregate(**counts)
    return {due: found[due.value] for due in Due}


@dataclass(frozen=True, slots=True)
class DueDay:
    """Orders whose deadline falls on a day in Istanbul; `picked` of them are prepared already."""

    day: date
    orders: int
    picked: int


def due_days(*, first: date, last: date) -> list[DueDay]:
    """Deadlines per day, days without any included. One statement."""
    window = (_midnight(first, 0), _midnight(last, 1))
    rows = (
        waiting_orders()
        .filter(ship_by_at__gte=window[0], ship_by_at__lt=window[1])
        .annotate(day=TruncDate("ship_by_at"))
        .values("day")
        .annotate(orders=Count("pk"), picked=Count("pk", filter=Q(status=OrderState.PICKING)))
        .order_by("day")
    )
    found: dict[date, DueDay] = {row["day"]: DueDay(row["day"], row["orders"], row["picked"]) for row in rows}
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    return [found.get(day, DueDay(day, 0, 0)) for day in days]


# --- when to begin ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """How the queue is worked off: `pickers` people at the measured pace."""

    pace: Pace
    pickers: int

    def latest_start(self, ship_by_at: datetime | None, *, before: int) -> datetime | None:
        """When work on the queue must begin so that an order with `before` orders before it is ready in time.

        The orders before it are shared out and take their usual (median) time; its own may be a slow one (p90).
        None where the date or the pace is not known.
        """
        if ship_by_at is None or self.pace.median is None or self.pace.p90 is None:
            return None
        return ship_by_at - self.pace.p90 - self.pace.median * (before // self.pickers)


@dataclass(frozen=True, slots=True)
class RadarRow:
    """An order on the radar.

    `before`: orders queued before it, None when it is not in the queue (prepared, parked, being split, unknown
    barcode). `too_late_to_start`: not late yet, but at the measured pace it will be. `may_ask`: more supply time can
    be asked for; `ask` that it should be thought of.
    """

    order: Order
    due: Due
    before: int | None
    latest_start: datetime | None
    too_late_to_start: bool
    asked: bool
    may_ask: bool
    ask: bool


@dataclass(frozen=True, slots=True)
class Radar:
    """The most pressing orders by group, with those that come after them counted in `hidden`."""

    rows: tuple[RadarRow, ...]
    hidden: int


# More rows than this are not read on one page; the lists show them all.
MOST_ROWS: Final = 150


def radar(plan: QueuePlan, *, now: datetime, total: int) -> Radar:
    """The open orders, most urgent first, cut at `MOST_ROWS`; `total` is how many there are. Three statements."""
    lines = OrderLine.objects.select_related("variant__product").order_by("pk")
    asked = OrderEvent.objects.filter(order=OuterRef("pk"), kind=EventKind.EXTRA_TIME)
    orders = (
        waiting_orders()
        .annotate(asked=Exists(asked))
        .defer("payload", "invoice_address", "shipment_address")
        .prefetch_related(Prefetch("lines", queryset=lines))
        .most_urgent_first()[:MOST_ROWS]
    )
    # The queue is cut at the same number: an order shown has fewer before it.
    queue = list(Order.objects.to_prepare().most_urgent_first().values_list("pk", flat=True)[:MOST_ROWS])
    places = {pk: place for place, pk in enumerate(queue)}
    rows = tuple(_row(order, plan, places, now) for order in orders)
    return Radar(rows, max(total - len(rows), 0))


def _row(order: Order, plan: QueuePlan, places: dict[int, int], now: datetime) -> RadarRow:
    due = Edges.at(now).group(order.ship_by_at)
    before = places.get(order.pk)
    start = None if before is None else plan.latest_start(order.ship_by_at, before=before)
    too_late = start is not None and start < now and due is not Due.LATE
    asked = bool(vars(order)["asked"])
    may_ask = may_ask_extra_time(order, asked=asked, now=now)
    stuck = order.parked and due in {Due.TODAY, Due.TOMORROW}
    return RadarRow(
        order=order,
        due=due,
        before=before,
        latest_start=start,
        too_late_to_start=too_late,
        asked=asked,
        may_ask=may_ask,
        ask=may_ask and order.status == OrderState.CREATED and (too_late or stuck or due is Due.URGENT),
    )


def may_ask_extra_time(order: Order, *, asked: bool, now: datetime) -> bool:
    """Whether more supply time can be asked for: open, not late yet, Trendyol's, and not asked before (section 6)."""
    return (
        order.status in OPEN_STATES
        and order.channel == Channel.TRENDYOL
        and not order.payment_pending
        and order.split_asked_at is None
        and not asked
        and order.ship_by_at is not None
        and order.ship_by_at >= now
    )


def bar_heights(counts: Sequence[int], *, full: int = 100) -> list[int]:
    """Lengths of bars in proportion to the longest; what is there is never drawn as nothing."""
    longest = max(counts, default=0)
    return [max(count * full // longest, 1) if count else 0 for count in counts]
