"""Settling orders that left without a pick here, when somebody can say more, or less, than which shelf it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from inventory.enums import CountReason, StockState
from inventory.models import CountTask, StockMovement
from orders.enums import GONE_STATES, EventKind, OrderState
from orders.errors import NothingMissed, ReasonRequired
from orders.locks import lock_lines, lock_order, lock_put_backs, lock_reservations
from orders.models import Order, OrderLine, PutBack
from orders.services import timeline
from orders.services.picking import Pick, PickResult, settle_missed_pick
from orders.services.stock import plan_put_backs

NOT_OURS = "NOT_OURS"
SHELF_UNKNOWN = "SHELF_UNKNOWN"


@dataclass(frozen=True, slots=True)
class Settled:
    """`pairs` taken from shelves now; `counts` shelves are to be counted because of it."""

    order_number: str
    pairs: int
    counts: int = 0


@transaction.atomic
def settle_from_shelves(
    *, order_id: int, picks: Sequence[Pick], user: AbstractBaseUser | None = None
) -> Settled:
    """The pairs left from these shelves. Raises what `settle_missed_pick` raises."""
    result = settle_missed_pick(order_id=order_id, user=user, picks=picks)
    _expect_back(order_id)
    return Settled(result.order_number, result.pairs)


@transaction.atomic
def settle_shelf_unknown(*, order_id: int, user: AbstractBaseUser | None = None) -> Settled:
    """Nobody knows the shelf: take the pairs from the fullest ones, and ask for a count of each of them.

    Raises what `settle_missed_pick` raises; `InsufficientStock` when no shelf holds them by the books.
    """
    result = settle_missed_pick(order_id=order_id, user=user)
    counts = _ask_for_counts(result, user)
    _expect_back(order_id)
    return Settled(result.order_number, result.pairs, counts)


@transaction.atomic
def settle_not_from_stock(*, order_id: int, reason: str, user: AbstractBaseUser | None = None) -> Settled:
    """The pairs never came from our shelves (straight from the workshop, say): nothing is deducted.

    The lines become HISTORIC, never counted here, and no longer reserve anything. The state does not change.
    Locks: reservations, order, lines. Raises `NothingMissed`, `ReasonRequired`.
    """
    lock_reservations()
    order = lock_order(order_id)
    lines = _missed_lines(order)
    if not reason.strip():
        raise ReasonRequired(order=order.order_number)
    OrderLine.objects.filter(pk__in=[line.pk for line in lines]).update(stock_state=StockState.HISTORIC)
    released = sum(line.quantity for line in lines)
    data = {"decision": NOT_OURS, "reason": reason.strip()[:300], "released": released}
    timeline.note(order.pk, EventKind.MISSED_SETTLED, user=user, data=data)
    return Settled(order.order_number, 0)


def _missed_lines(order: Order) -> list[OrderLine]:
    lines = [line for line in lock_lines([order.pk]) if line.stock_state == StockState.RESERVED]
    if not lines or order.status not in {OrderState.PICKING, *GONE_STATES}:
        raise NothingMissed(order=order.order_number)
    return lines


def _ask_for_counts(result: PickResult, user: AbstractBaseUser | None) -> int:
    """A count of each barcode on each shelf the books were charged with; an open task for it stays as it is."""
    references = [line.ledger_reference for line in OrderLine.objects.filter(order_id=result.order_id)]
    taken = StockMovement.objects.filter(reference__in=references, delta__lt=0, reason="not scanned")
    spots = sorted(set(taken.values_list("shelf_id", "variant_id")))
    CountTask.objects.bulk_create(
        [
            CountTask(
                shelf_id=shelf_id,
                variant_id=variant_id,
                reason=CountReason.ASKED,
                note=result.order_number[:200],
                created_by_id=user.pk if user else None,
            )
            for shelf_id, variant_id in spots
        ],
        ignore_conflicts=True,
    )
    return len(spots)


def _expect_back(order_id: int) -> None:
    """An order that is undelivered and back wants its pairs on a shelf again: put-backs, as after any pick."""
    order = lock_order(order_id)
    if order.status != OrderState.RETURNED:
        return
    lines = [line for line in lock_lines([order_id]) if line.stock_state == StockState.DEDUCTED]
    existing = lock_put_backs([line.pk for line in lines])
    for line in lines:
        own = [task for task in existing if task.line_id == line.pk]
        new, _void = plan_put_backs(line, wanted=0, existing=own, reason=PutBack.Reason.CAME_BACK)
        PutBack.objects.bulk_create(new)
