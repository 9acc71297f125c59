"""Reminders of parked orders: the longer one waits, the oftener somebody is asked to look at it.

A reminder is due when the interval that belongs to the order's age has passed since somebody last dealt with it
(parked it, changed its state, or said "seen"). It stays due until somebody does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Max, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest

from orders.enums import EventKind
from orders.models import Order, OrderLine
from orders.querysets import OrderQuerySet


@dataclass(frozen=True, slots=True)
class ReminderStep:
    """From this age on somebody is reminded every `every`."""

    from_age: timedelta
    every: timedelta


# 30 min and 1 h after parking, then oftener as the order ages. Sorted by age; the first step begins at zero.
REMINDER_STEPS: Final = (
    ReminderStep(timedelta(0), timedelta(minutes=30)),
    ReminderStep(timedelta(hours=1), timedelta(minutes=20)),
    ReminderStep(timedelta(hours=4), timedelta(minutes=15)),
    ReminderStep(timedelta(hours=24), timedelta(minutes=10)),
)


def interval_at(age: timedelta) -> timedelta:
    """How long after a look at an order of this age the next reminder comes."""
    return next(step.every for step in reversed(REMINDER_STEPS) if step.from_age <= max(age, timedelta(0)))


def reminder_due_at(*, parked_at: datetime, seen_at: datetime) -> datetime:
    """When the next reminder is due after somebody dealt with the order at `seen_at`."""
    return seen_at + interval_at(seen_at - parked_at)


@dataclass(frozen=True, slots=True)
class ParkedOrder:
    """A parked order: how long it waits, who was there last, and whether somebody must look now."""

    order: Order
    waiting: timedelta
    seen_at: datetime
    reminder_at: datetime
    due: bool


def parked_orders(*, now: datetime) -> list[ParkedOrder]:
    """Parked orders: those with a due reminder first, the longest waiting first. Two statements."""
    lines = OrderLine.objects.select_related("variant__product").order_by("pk")
    orders = _with_last_look(Order.objects.parked_only()).defer(
        "payload", "invoice_address", "shipment_address"
    )
    rows = [_parked(order, now) for order in orders.prefetch_related(Prefetch("lines", queryset=lines))]
    return sorted(rows, key=lambda row: (not row.due, -row.waiting, row.order.pk))


def due_reminders(*, now: datetime) -> int:
    """How many parked orders somebody must look at now. One statement."""
    rows: QuerySet[Any, Any] = _with_last_look(Order.objects.parked_only())
    times = rows.values_list("since", "looked_at")
    return sum(reminder_due_at(parked_at=since, seen_at=looked) <= now for since, looked in times)


def _with_last_look(orders: OrderQuerySet) -> OrderQuerySet:
    """`since`: parked since; `looked_at`: the last time a person dealt with this parking, not with an earlier one."""
    looks = Q(events__kind=EventKind.PARKED)
    # Parked orders have their time; one without any would be as old as its arrival here.
    since = Coalesce("parked_at", "created_at")
    return orders.annotate(
        since=since, looked_at=Greatest(Coalesce(Max("events__at", filter=looks), since), since)
    )


def _parked(order: Order, now: datetime) -> ParkedOrder:
    values = vars(order)
    since: datetime = values["since"]
    seen_at: datetime = values["looked_at"]
    reminder_at = reminder_due_at(parked_at=since, seen_at=seen_at)
    return ParkedOrder(
        order=order,
        waiting=now - since,
        seen_at=seen_at,
        reminder_at=reminder_at,
        due=reminder_at <= now,
    )
