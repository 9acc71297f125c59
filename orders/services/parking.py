"""Parking (`Arşiv`): out of the picking queue, but still reserved, synced and searchable."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from orders.enums import EventKind, OrderState, ParkReason, ParkState
from orders.errors import AlreadyParked, NotParked, OrderClosed, ReasonRequired
from orders.locks import lock_order
from orders.models import Order
from orders.services import timeline
from orders.services.intake_rules import unpark


@transaction.atomic
def park_order(*, order_id: int, reason: str, note: str = "", user: AbstractBaseUser | None = None) -> Order:
    """Set a new order aside with a reason (`ParkReason`; OTHER needs a note).

    Raises `OrderClosed`, `AlreadyParked`, `ReasonRequired`.
    """
    order = lock_order(order_id)
    if order.status != OrderState.CREATED:
        raise OrderClosed(order=order.order_number, status=OrderState(order.status).label)
    if order.parked:
        raise AlreadyParked(order=order.order_number)
    if reason not in ParkReason.values or (reason == ParkReason.OTHER and not note.strip()):
        raise ReasonRequired(order=order.order_number)
    order.parked, order.park_reason, order.park_state = True, reason, ParkState.CHECKING
    order.park_note, order.parked_at = note.strip()[:300], timezone.now()
    order.save(update_fields=["parked", "park_reason", "park_state", "park_note", "parked_at", "updated_at"])
    timeline.note(order.pk, EventKind.PARKED, user=user, data={"reason": reason, "note": order.park_note})
    return order


@transaction.atomic
def unpark_order(*, order_id: int, user: AbstractBaseUser | None = None) -> Order:
    """Put a parked order back into the queue. Raises `NotParked`."""
    order = lock_order(order_id)
    if not order.parked:
        raise NotParked(order=order.order_number)
    unpark(order)
    order.save(update_fields=["parked", "park_reason", "park_state", "park_note", "parked_at", "updated_at"])
    timeline.note(order.pk, EventKind.UNPARKED, user=user, data={})
    return order


@transaction.atomic
def set_park_state(*, order_id: int, state: ParkState, user: AbstractBaseUser | None = None) -> Order:
    """Say how far a parked order is: being checked, being made, ready. Repeating it is harmless.

    Counts as having looked at it: the next reminder comes after its interval. Raises `NotParked`.
    """
    order = _lock_parked(order_id)
    if order.park_state == state:
        return order
    before, order.park_state = order.park_state, state
    order.save(update_fields=["park_state", "updated_at"])
    data = {"park_state": state.value, "park_state_before": before}
    timeline.note(order.pk, EventKind.PARKED, user=user, data=data)
    return order


@transaction.atomic
def see_parked(*, order_id: int, user: AbstractBaseUser | None = None) -> Order:
    """Somebody looked at a parked order ("görüldü"): its reminder rests until its next interval. Raises `NotParked`."""
    order = _lock_parked(order_id)
    timeline.note(order.pk, EventKind.PARKED, user=user, data={"seen": True})
    return order


def _lock_parked(order_id: int) -> Order:
    order = lock_order(order_id)
    if not order.parked:
        raise NotParked(order=order.order_number)
    return order
