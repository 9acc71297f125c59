"""Boxes and desi of a parcel, and more time until it must leave."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from orders.desk_errors import BoxesImpossible, ExtraTimeAsked, ExtraTimeImpossible, ExtraTimeTooLate
from orders.enums import Channel, EventKind
from orders.models import Order
from orders.outbound import tell_boxes, tell_extra_time
from orders.services import timeline
from orders.services.desk.common import asked_before, lock_order_here

MOST_BOXES: Final = 99
MOST_DESI: Final = Decimal(9999)
EXTRA_DAYS: Final = (1, 2, 3)


@transaction.atomic
def report_boxes(
    *, order_id: int, boxes: int, desi: Decimal, request: str, user: AbstractBaseUser | None = None
) -> Order:
    """Say how many boxes the parcel has and its desi (volumetric weight).

    Raises `BoxesImpossible`, `OrderNotHere`, `OrderReplaced`, `OrderBeingSplit`.
    """
    order = lock_order_here(order_id)
    if not 1 <= boxes <= MOST_BOXES or not Decimal(0) < desi <= MOST_DESI:
        raise BoxesImpossible(order=order.order_number, boxes=boxes, desi=desi)
    if asked_before(order, EventKind.BOXES, request):
        return order
    order.box_count, order.desi = boxes, desi
    order.save(update_fields=["box_count", "desi", "updated_at"])
    tell_boxes(order, boxes=boxes, desi=desi, request=request, user=user)
    data = {"boxes": boxes, "desi": str(desi), "request": request}
    timeline.note(order.pk, EventKind.BOXES, user=user, data=data)
    return order


@transaction.atomic
def ask_extra_time(*, order_id: int, days: int, request: str, user: AbstractBaseUser | None = None) -> Order:
    """Ask for one to three more days until the agreed date (contract section 6).

    The marketplace no longer says whether it allows it; it is asked once per order and before the date has passed.
    The new date comes with its answer; of an order of our own the date moves at once.
    Raises `ExtraTimeImpossible`, `ExtraTimeTooLate`, `ExtraTimeAsked`, `OrderNotHere`, `OrderReplaced`.
    """
    order = lock_order_here(order_id)
    if days not in EXTRA_DAYS:
        raise ExtraTimeImpossible(order=order.order_number, days=days)
    if asked_before(order, EventKind.EXTRA_TIME, request):
        return order
    now = timezone.now()
    if order.channel == Channel.MANUAL:
        order.ship_by_at = (order.ship_by_at or now) + timedelta(days=days)
        order.save(update_fields=["ship_by_at", "updated_at"])
    else:
        if order.ship_by_at is not None and order.ship_by_at < now:
            raise ExtraTimeTooLate(order=order.order_number)
        if order.events.filter(kind=EventKind.EXTRA_TIME).exists():
            raise ExtraTimeAsked(order=order.order_number)
        tell_extra_time(order, days=days, request=request, user=user)
    timeline.note(order.pk, EventKind.EXTRA_TIME, user=user, data={"days": days, "request": request}, at=now)
    return order
