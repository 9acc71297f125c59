"""Ending an order here, and bringing picked goods back to a shelf."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from inventory import ledger
from inventory.enums import MovementKind, StockState
from inventory.ledger import Entry
from inventory.services import require_shelf
from orders.enums import CancelledBy, EventKind, OrderState, PutBackState, UnsuppliedReason
from orders.errors import NotCancellable, OrderBeingSplit, PutBackClosed, ReasonRequired
from orders.locks import lock_lines, lock_order, lock_put_backs, lock_reservations
from orders.models import Order, OrderEvent, OrderLine, PutBack
from orders.outbound import tell_unsupplied
from orders.services import timeline
from orders.services.status import Move, set_status
from orders.services.stock import plan_put_backs


@dataclass(frozen=True, slots=True)
class CancelResult:
    """`released` pairs are free again at once; `to_put_back` pairs wait for a shelf."""

    order_id: int
    order_number: str
    released: int
    to_put_back: int
    repeated: bool


@transaction.atomic
def cancel_order(
    *,
    order_id: int,
    reason: str,
    user: AbstractBaseUser | None = None,
    reason_id: int = UnsuppliedReason.OUT_OF_STOCK,
) -> CancelResult:
    """Cancel an order that is still here, and tell the marketplace that it cannot be supplied.

    Reserved lines are freed; lines already taken become put-back tasks. Repeating it is harmless.
    `reason` is for our timeline; `reason_id` is the marketplace's number for it.
    Raises `ReasonRequired`, `NotCancellable` (it left, or came back), `OrderBeingSplit`.
    """
    now = lock_reservations()
    order = lock_order(order_id)
    if not reason.strip():
        raise ReasonRequired(order=order.order_number)
    if order.status == OrderState.CANCELLED:
        return CancelResult(order.pk, order.order_number, 0, 0, repeated=True)
    if order.status not in {OrderState.CREATED, OrderState.PICKING}:
        raise NotCancellable(order=order.order_number, status=OrderState(order.status).label)
    if order.split_asked_at is not None:
        raise OrderBeingSplit(order=order.order_number)
    lines = lock_lines([order.pk])
    tell_unsupplied(order, lines, reason_id=UnsuppliedReason(reason_id).value, user=user)
    released = release([line for line in lines if line.stock_state == StockState.RESERVED], at=now)
    to_put_back = _put_back_all([line for line in lines if line.stock_state == StockState.DEDUCTED], at=now)
    move = Move(
        order=order,
        to=OrderState.CANCELLED,
        at=now,
        source=OrderEvent.Source.HERE,
        kind=EventKind.CANCELLED,
        actor_id=user.pk if user else None,
        data={"reason": reason.strip(), "released": released, "to_put_back": to_put_back},
    )
    set_status([move])
    Order.objects.filter(pk=order.pk).update(
        cancelled_at=now,
        cancelled_by=CancelledBy.HERE,
        parked=False,
        park_reason="",
        park_state="",
        parked_at=None,
    )
    return CancelResult(order.pk, order.order_number, released, to_put_back, repeated=False)


def release(lines: list[OrderLine], *, at: datetime) -> int:
    """Free reserved lines; returns the pairs freed. Call with the reservation lock held."""
    OrderLine.objects.filter(pk__in=[line.pk for line in lines]).update(
        stock_state=StockState.RELEASED, freed_at=at
    )
    for line in lines:
        line.stock_state = StockState.RELEASED
    return sum(line.quantity for line in lines)


def _put_back_all(lines: list[OrderLine], *, at: datetime) -> int:
    existing = lock_put_backs([line.pk for line in lines])
    tasks: list[PutBack] = []
    for line in lines:
        own = [task for task in existing if task.line_id == line.pk]
        new, _ = plan_put_backs(line, wanted=0, existing=own, reason=PutBack.Reason.CANCELLED)
        tasks += new
    PutBack.objects.bulk_create(tasks)
    OrderLine.objects.filter(pk__in=[line.pk for line in lines]).update(freed_at=at)
    return sum(task.quantity for task in tasks)


@dataclass(frozen=True, slots=True)
class PutBackResult:
    """`repeated` means that it was on that shelf already."""

    put_back_id: int
    barcode: str
    shelf_code: str
    quantity: int
    repeated: bool


@transaction.atomic
def put_back(*, put_back_id: int, shelf_code: str, user: AbstractBaseUser | None = None) -> PutBackResult:
    """Put the goods of a put-back task on a shelf: movement `+`, task done. Repeating it is harmless.

    Raises `PutBackClosed` (voided, unknown, or done on another shelf), `UnknownShelf`, `ClosedShelf`.
    """
    shelf = require_shelf(shelf_code)
    task = PutBack.objects.select_related("variant", "line__order").filter(pk=put_back_id).first()
    if task is None:
        raise PutBackClosed(put_back=put_back_id)
    lock_order(task.line.order_id)
    (task_now,) = [row for row in lock_put_backs([task.line_id]) if row.pk == task.pk]
    if task_now.state == PutBackState.DONE and task_now.shelf_id == shelf.pk:
        return PutBackResult(task.pk, task.variant.barcode, shelf.code, task.quantity, repeated=True)
    if task_now.state != PutBackState.WAITING:
        raise PutBackClosed(put_back=put_back_id)
    ledger.post(
        [
            Entry(
                variant_id=task.variant_id,
                shelf_id=shelf.pk,
                delta=task.quantity,
                kind=MovementKind.PUT_BACK,
                reference=task.line.ledger_reference,
                key=f"putback:{task.pk}",
                actor_id=user.pk if user else None,
            )
        ]
    )
    now = timezone.now()
    PutBack.objects.filter(pk=task.pk).update(state=PutBackState.DONE, shelf=shelf, done_at=now, done_by=user)
    data = {"barcode": task.variant.barcode, "quantity": task.quantity, "shelf": shelf.code}
    timeline.note(task.line.order_id, EventKind.PUT_BACK, user=user, data=data, at=now)
    return PutBackResult(task.pk, task.variant.barcode, shelf.code, task.quantity, repeated=False)
