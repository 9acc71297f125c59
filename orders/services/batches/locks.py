"""Row locks of batches. Order: batch → its items → orders → order lines → balances."""

from __future__ import annotations

from collections.abc import Collection

from orders.batch_selectors import Work, read_work
from orders.enums import BatchState
from orders.models import Order, PickBatch, PickBatchItem
from orders.services.batches.errors import BatchIsClosed, BatchIsPaused, BatchNotFound

# Held while a batch is made: two proposals at once would promise the same pairs twice.
MAKING = "orders.batch_making"


def lock_batch(batch_id: int) -> PickBatch:
    """The batch, locked: everything else about it stands still. Raises `BatchNotFound`.

    Its shelf and person are not joined: after waiting for the lock PostgreSQL reads the batch anew, but joins it with
    the rows of before, and a shelf scanned meanwhile would seem to be missing.
    """
    rows = PickBatch.objects.select_for_update(no_key=True, of=("self",))
    batch = rows.filter(pk=batch_id).first()
    if batch is None:
        raise BatchNotFound(batch=batch_id)
    return batch


def lock_items(batch_id: int) -> list[PickBatchItem]:
    """Collected pairs of the batch, locked in key order."""
    rows = PickBatchItem.objects.select_for_update(no_key=True, of=("self",)).filter(batch_id=batch_id)
    return list(rows.select_related("shelf", "variant__product").order_by("pk"))


def lock_work(batch_id: int, *, paused_allowed: bool = False, closed_allowed: bool = False) -> Work:
    """The batch, its slots and its items, locked: three statements.

    Raises `BatchNotFound`, `BatchIsClosed`, `BatchIsPaused`.
    """
    batch = lock_batch(batch_id)
    if batch.state == BatchState.CLOSED and not closed_allowed:
        raise BatchIsClosed(batch=batch.pk)
    if batch.state == BatchState.PAUSED and not paused_allowed:
        raise BatchIsPaused(batch=batch.pk)
    return read_work(batch, items=lock_items(batch.pk))


def lock_orders(order_ids: Collection[int]) -> list[Order]:
    """These orders, locked in key order, so that nobody claims one while it goes into a batch."""
    rows = Order.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=order_ids)
    return list(rows.defer("payload", "shipment_address", "invoice_address").order_by("pk"))
