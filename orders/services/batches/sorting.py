"""Put to slot: each box goes to the order that must leave first; a full slot confirms its order at once."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from catalog.models import Variant
from gullu.errors import DomainError
from orders.batch_selectors import Slot, Want, Work
from orders.models import PickBatch, PickBatchItem, PickBatchOrder, PickScan
from orders.services.batches.errors import NotCollected, SlotNotFull, SlotNotOpen
from orders.services.batches.locks import lock_work
from orders.services.batches.releasing import (
    close_if_empty,
    prepared_elsewhere,
    release_lost,
    release_slots,
)
from orders.services.batches.words import BoxOutcome, name_of
from orders.services.picking import Pick, PickOutcome, confirm_picking


@dataclass(frozen=True, slots=True, kw_only=True)
class SortResult:
    """Where the box goes: `in_slot` of `wanted` pairs lie in `slot` now.

    `confirmed`: the order is prepared. `problem`: the slot is full, but its order could not be confirmed, and why.
    COMPLETE: it was the last open slot. `wanted_instead` names what the model is wanted in, for a NEIGHBOUR.
    """

    outcome: BoxOutcome
    variant: Variant
    slot: int = 0
    order_number: str = ""
    in_slot: int = 0
    wanted: int = 0
    confirmed: bool = False
    problem: str = ""
    wanted_instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Confirmation:
    confirmed: bool
    problem: str = ""


@transaction.atomic
def sort_box(*, batch_id: int, variant: Variant, user: AbstractBaseUser) -> SortResult:
    """Give one collected pair to the most urgent slot that still needs it; confirm the order if that fills it.

    An order that can be completed goes before one that lacks other goods anyway: a shortage leaves only its own order
    unfinished. Orders cancelled meanwhile are released first. A refused confirmation does not undo the sorting.
    Locks: the batch, its items, then as `confirm_picking`.
    Raises `BatchNotFound`, `BatchIsClosed`, `BatchIsPaused`, `NotCollected`.
    """
    return sort_in(lock_work(batch_id), variant=variant, user=user)


def sort_in(work: Work, *, variant: Variant, user: AbstractBaseUser) -> SortResult:
    """`sort_box` for a caller that has locked the batch already."""
    release_lost(work)
    item = next(
        (row for row in work.items if row.variant_id == variant.pk and row.collected > row.sorted), None
    )
    target = _target(work, variant)
    if target is None or item is None:
        return _nowhere(work, variant, collected=item is not None)
    slot, want = target
    _put(item, want, user)
    in_slot = slot.in_slot
    done = _confirm(work, slot, user) if slot.full else _Confirmation(confirmed=False)
    close_if_empty(work)
    _take_in_hand(work, user)
    return SortResult(
        outcome=BoxOutcome.COUNTED if work.active else BoxOutcome.COMPLETE,
        variant=variant,
        slot=slot.number,
        order_number=slot.order.order_number,
        in_slot=in_slot,
        wanted=slot.pairs,
        confirmed=done.confirmed,
        problem=done.problem,
    )


@transaction.atomic
def confirm_slot(*, batch_id: int, slot: int, user: AbstractBaseUser) -> SortResult:
    """Try again to confirm a full slot, after what was in the way is settled.

    Raises `BatchNotFound`, `BatchIsClosed`, `BatchIsPaused`, `SlotNotOpen`, `SlotNotFull`.
    """
    work = lock_work(batch_id)
    release_lost(work)
    place = next((row for row in work.open_slots if row.number == slot), None)
    if place is None:
        raise SlotNotOpen(slot=slot)
    if not place.full:
        raise SlotNotFull(slot=slot)
    pairs = place.pairs
    done = _confirm(work, place, user)
    close_if_empty(work)
    return SortResult(
        outcome=BoxOutcome.COUNTED if work.active else BoxOutcome.COMPLETE,
        variant=place.wants[0].variant,
        slot=slot,
        order_number=place.order.order_number,
        in_slot=pairs,
        wanted=pairs,
        confirmed=done.confirmed,
        problem=done.problem,
    )


def _target(work: Work, variant: Variant) -> tuple[Slot, Want] | None:
    completable = _completable(work)
    for slot in sorted(work.open_slots, key=lambda row: row.pk not in completable):
        for want in slot.wants:
            if want.variant.pk == variant.pk and want.still:
                return slot, want
    return None


def _completable(work: Work) -> set[int]:
    """Slots that what was collected fills, when it is given to the most urgent first."""
    loose = work.loose()
    pool: dict[int, int] = {}
    for (variant_id, _), pairs in loose.items():
        pool[variant_id] = pool.get(variant_id, 0) + pairs
    found: set[int] = set()
    for slot in work.open_slots:
        still = [(want.variant.pk, want.still) for want in slot.wants if want.still]
        left = dict(pool)
        for variant_id, pairs in still:
            left[variant_id] = left.get(variant_id, 0) - pairs
        if all(left[variant_id] >= 0 for variant_id, _ in still):
            pool = left
            found.add(slot.pk)
    return found


def _nowhere(work: Work, variant: Variant, *, collected: bool) -> SortResult:
    """Why a box has no slot: it was not collected, all of it is sorted, or it is not wanted at all."""
    needed = work.needed()
    if needed[variant.pk] and not collected and work.missing()[variant.pk]:
        raise NotCollected(barcode=name_of(variant))
    if needed[variant.pk] or collected:
        return SortResult(outcome=BoxOutcome.ENOUGH, variant=variant)
    still = {want.variant.pk: want.variant for slot in work.open_slots for want in slot.wants if want.still}
    same = sorted(name_of(row) for row in still.values() if row.product_id == variant.product_id)
    outcome = BoxOutcome.NEIGHBOUR if same else BoxOutcome.STRANGER
    return SortResult(outcome=outcome, variant=variant, wanted_instead=tuple(same))


def _put(item: PickBatchItem, want: Want, user: AbstractBaseUser) -> None:
    item.sorted += 1
    item.save(update_fields=["sorted"])
    there = want.placed.get(item.shelf_id, 0)
    want.placed[item.shelf_id] = there + 1
    if there:
        PickScan.objects.filter(line_id=want.line_id, shelf_id=item.shelf_id).update(quantity=there + 1)
    else:
        PickScan.objects.create(line_id=want.line_id, shelf_id=item.shelf_id, quantity=1, user_id=user.pk)


def _confirm(work: Work, slot: Slot, user: AbstractBaseUser) -> _Confirmation:
    """Book the slot's pairs from the shelves they came from. What refuses it is kept beside the slot, in words."""
    try:
        result = confirm_picking(order_id=slot.order.pk, user=user, picks=_picks(work, slot))
    except DomainError as error:
        slot.note = error.message[:200]
        PickBatchOrder.objects.filter(pk=slot.pk).update(note=slot.note)
        return _Confirmation(confirmed=False, problem=error.message)
    if result.outcome is PickOutcome.ALREADY_PICKED:
        # Somebody confirmed it between our look at it and the lock: its goods are not these pairs.
        release_slots(work, [slot], note=prepared_elsewhere())
        return _Confirmation(confirmed=False, problem=slot.note)
    PickScan.objects.filter(line_id__in=[want.line_id for want in slot.wants]).delete()
    PickBatchOrder.objects.filter(pk=slot.pk).update(active=False, note="")
    slot.active, slot.note = False, ""
    return _Confirmation(confirmed=True)


def _picks(work: Work, slot: Slot) -> list[Pick]:
    shelves = work.shelves()
    return [
        Pick(line_id=want.line_id, shelf_code=shelves[shelf_id].code, quantity=pairs)
        for want in slot.wants
        if want.open
        for shelf_id, pairs in sorted(want.placed.items())
    ]


def _take_in_hand(work: Work, user: AbstractBaseUser) -> None:
    if work.batch.user_id != user.pk:
        PickBatch.objects.filter(pk=work.batch.pk).update(user_id=user.pk)
