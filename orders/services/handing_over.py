"""The life of a manual order after picking: handed to the carrier, delivered, or back again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from inventory.enums import StockState
from orders.enums import EventKind, OrderState
from orders.locks import lock_lines, lock_put_backs
from orders.manual_errors import NotPickedYet, NotShipped
from orders.models import Order, OrderEvent, OrderLine, PutBack
from orders.services import timeline
from orders.services.manual import lock_manual
from orders.services.status import Move, set_status
from orders.services.stock import plan_put_backs


@dataclass(frozen=True, slots=True)
class Moved:
    """`to_put_back`: pairs that wait for a shelf now. `repeated`: it was in this state already."""

    order_id: int
    order_number: str
    to_put_back: int
    repeated: bool


@transaction.atomic
def hand_to_carrier(
    *, order_id: int, carrier: str = "", cargo_number: str = "", user: AbstractBaseUser | None = None
) -> Moved:
    """A picked manual order leaves. Empty `carrier` and `cargo_number` keep what the order has.

    Repeating it is harmless. Raises `NotManual`, `NotPickedYet`, and `ReturnNumberMissing` for an exchange whose
    return number is not known.
    """
    order = lock_manual(order_id)
    if order.status == OrderState.SHIPPED:
        return Moved(order.pk, order.order_number, 0, repeated=True)
    if order.status != OrderState.PICKING:
        raise NotPickedYet(order=order.order_number, status=OrderState(order.status).label)
    order.cargo_provider = carrier.strip() or order.cargo_provider
    order.cargo_tracking_number = cargo_number.strip() or order.cargo_tracking_number
    order.shipped_at = timezone.now()
    order.save(update_fields=["cargo_provider", "cargo_tracking_number", "shipped_at", "updated_at"])
    data = {"carrier": order.cargo_provider, "cargo_number": order.cargo_tracking_number}
    _move(order, OrderState.SHIPPED, at=order.shipped_at, kind=EventKind.SENT, user=user, data=data)
    return Moved(order.pk, order.order_number, 0, repeated=False)


@transaction.atomic
def mark_delivered(*, order_id: int, user: AbstractBaseUser | None = None) -> Moved:
    """The customer has it. Repeating it is harmless. Raises `NotManual`, `NotShipped`."""
    order = lock_manual(order_id)
    if order.status == OrderState.DELIVERED:
        return Moved(order.pk, order.order_number, 0, repeated=True)
    _require_gone(order, OrderState.SHIPPED)
    order.delivered_at = timezone.now()
    order.save(update_fields=["delivered_at", "updated_at"])
    _move(order, OrderState.DELIVERED, at=order.delivered_at, kind=EventKind.STATUS, user=user, data={})
    return Moved(order.pk, order.order_number, 0, repeated=False)


@transaction.atomic
def mark_returned(*, order_id: int, reason: str = "", user: AbstractBaseUser | None = None) -> Moved:
    """The parcel came back: its pairs become put-back tasks. Repeating it is harmless.

    Raises `NotManual`, `NotShipped`. Locks: order, lines, put-backs.
    """
    order = lock_manual(order_id)
    if order.status == OrderState.RETURNED:
        return Moved(order.pk, order.order_number, 0, repeated=True)
    _require_gone(order, OrderState.SHIPPED, OrderState.DELIVERED)
    lines = lock_lines([order.pk])
    now = timezone.now()
    pairs = _put_back_all([line for line in lines if line.stock_state == StockState.DEDUCTED])
    data = {"reason": reason.strip(), "to_put_back": pairs}
    _move(order, OrderState.RETURNED, at=now, kind=EventKind.RETURN, user=user, data=data)
    return Moved(order.pk, order.order_number, pairs, repeated=False)


def _require_gone(order: Order, *states: OrderState) -> None:
    if order.status not in states:
        raise NotShipped(order=order.order_number, status=OrderState(order.status).label)


def _put_back_all(lines: list[OrderLine]) -> int:
    existing = lock_put_backs([line.pk for line in lines])
    tasks: list[PutBack] = []
    for line in lines:
        own = [task for task in existing if task.line_id == line.pk]
        new, _void = plan_put_backs(line, wanted=0, existing=own, reason=PutBack.Reason.CAME_BACK)
        tasks += new
    PutBack.objects.bulk_create(tasks)
    return sum(task.quantity for task in tasks)


def _move(
    order: Order,
    to: OrderState,
    *,
    at: datetime,
    kind: EventKind,
    user: AbstractBaseUser | None,
    data: dict[str, Any],
) -> None:
    move = Move(
        order=order,
        to=to,
        at=at,
        source=OrderEvent.Source.HERE,
        kind=kind,
        actor_id=user.pk if user else None,
        data=timeline.filled(data),
    )
    set_status([move])
