"""Orders that leave a batch unfinished, pairs that go back to their shelves, and the end of a batch."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from orders.models import PickBatchItem
from orders.services.batches.errors import NothingToTakeOut, SlotNotOpen
from orders.services.batches.locks import lock_work
from orders.services.batches.releasing import close_if_empty, release_lost, release_slots


@dataclass(frozen=True, slots=True, kw_only=True)
class DropResult:
    """An order left its slot; `in_slot` pairs have to be taken out of it. `closed`: it was the last one."""

    slot: int
    order_number: str
    in_slot: int
    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchEnd:
    """How a batch ended: orders prepared, orders back in the queue, and loose pairs that go back to their shelves."""

    done: int
    unfinished: int
    pairs_left: int


@transaction.atomic
def drop_order(*, batch_id: int, slot: int) -> DropResult:
    """Give an order back to the queue. Its collected pairs serve other slots, or go back. Locks the batch.

    Raises `BatchNotFound`, `BatchIsClosed`, `SlotNotOpen`.
    """
    work = lock_work(batch_id, paused_allowed=True)
    place = next((row for row in work.active if row.number == slot), None)
    if place is None:
        raise SlotNotOpen(slot=slot)
    pairs = place.in_slot
    release_slots(work, [place], note=_("Taken out of the batch"))
    close_if_empty(work)
    return DropResult(slot=slot, order_number=place.order.order_number, in_slot=pairs, closed=not work.active)


@transaction.atomic
def finish_batch(*, batch_id: int) -> BatchEnd:
    """Close the batch: unfinished orders go back to the queue, the rest of the pairs to their shelves.

    Repeating it is harmless. Locks the batch, then its items. Raises `BatchNotFound`.
    """
    work = lock_work(batch_id, paused_allowed=True, closed_allowed=True)
    release_lost(work)
    release_slots(work, work.active, note=_("Not finished"))
    close_if_empty(work)
    done = sum(slot.done for slot in work.slots)
    return BatchEnd(done=done, unfinished=len(work.slots) - done, pairs_left=work.surplus().total())


@dataclass(frozen=True, slots=True, kw_only=True)
class GaveBack:
    """`pairs` of a collected item lie on their shelf again. Nothing was booked, so nothing is booked back."""

    item: PickBatchItem
    pairs: int


@transaction.atomic
def give_back(*, batch_id: int, item_id: int) -> GaveBack:
    """Tick off that the pairs nobody wants are back on their shelf; also after the batch is closed.

    Locks the batch. Raises `BatchNotFound`, `NothingToTakeOut`.
    """
    work = lock_work(batch_id, paused_allowed=True, closed_allowed=True)
    release_lost(work)
    item = next((row for row in work.items if row.pk == item_id), None)
    pairs = work.surplus()[item.variant_id, item.shelf_id] if item else 0
    if item is None or not pairs:
        raise NothingToTakeOut
    item.collected -= pairs
    item.save(update_fields=["collected"])
    return GaveBack(item=item, pairs=pairs)
