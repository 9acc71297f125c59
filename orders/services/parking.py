"""Parking (`Arşiv`): out of the picking queue, but still reserved, synced and searchable."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from orders.enums import EventKind, OrderState, ParkReason, ParkState
from orders.errors import AlreadyParked, NotParked, OrderClosed, ReasonRequired
from orders.locks import lock_order
from orders.models import Order, OrderEvent
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
    _event(order, EventKind.PARKED, user, {"reason": reason, "note": order.park_note})
    return order


@transaction.atomic
def unpark_order(*, order_id: int, user: AbstractBaseUser | None = None) -> Order:
    """Put a parked order back into the queue. Raises `NotParked`."""
    order = lock_order(order_id)
    if not order.parked:
        raise NotParked(order=order.order_number)
    unpark(order)
    order.save(update_fields=["parked", "park_reason", "park_state", "park_note", "parked_at", "updated_at"])
    _event(order, EventKind.UNPARKED, user, {})
    return order


def _event(order: Order, kind: EventKind, user: AbstractBaseUser | None, data: dict[str, str]) -> None:
    OrderEvent.objects.create(
        order=order,
        kind=kind,
        source=OrderEvent.Source.HERE,
        at=timezone.now(),
        data=data,
        actor_id=user.pk if user else None,
    )
