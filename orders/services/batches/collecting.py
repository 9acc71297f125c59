"""Collecting: the shelf, then the boxes. Counts what is carried; books nothing."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from catalog.models import Variant
from inventory.models import Shelf
from orders.batch_plan import Balance, allocate
from orders.batch_selectors import Work, balances
from orders.enums import BatchState
from orders.models import PickBatch, PickBatchItem
from orders.services.batches.errors import (
    NoShelfScanned,
    NothingToTakeOut,
    NotOnShelf,
    OnNoShelf,
    ShelfOfSomebodyElse,
    ShelfUsedUp,
    SortingNow,
)
from orders.services.batches.locks import lock_work
from orders.services.batches.words import BoxOutcome, name_of, person_name


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfResult:
    """A shelf was scanned; the plan wants `to_take` pairs from it (0: nothing here is missing)."""

    shelf: Shelf
    to_take: int
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxResult:
    """A box was scanned while collecting. `collected` of `needed` pairs of it are in hand now.

    `shelf` is where it was taken from; `wanted` names what the model is wanted in, for a NEIGHBOUR.
    """

    outcome: BoxOutcome
    variant: Variant
    shelf: Shelf
    collected: int
    needed: int
    wanted: tuple[str, ...] = ()


@transaction.atomic
def scan_shelf(*, batch_id: int, shelf: Shelf, user: AbstractBaseUser) -> ShelfResult:
    """Remember where the person stands. Whoever scans a shelf has the batch in hand from now on.

    A shelf where nothing is missing is remembered too, so that a box taken there is not counted for another shelf.
    Locks the batch. Raises `BatchNotFound`, `BatchIsClosed`, `BatchIsPaused`, `SortingNow`.
    """
    work = lock_work(batch_id)
    if work.batch.state == BatchState.SORTING:
        raise SortingNow(shelf=shelf.code)
    PickBatch.objects.filter(pk=batch_id).update(shelf=shelf, user_id=user.pk)
    missing = work.missing()
    plan = allocate(
        wanted=missing, balances=balances(list(missing), batch_id=batch_id), in_hand=work.in_hand()
    )
    here = {variant_id: pairs for (variant_id, shelf_id), pairs in plan.take.items() if shelf_id == shelf.pk}
    variants = work.variants()
    articles = sorted(f"{pairs} × {name_of(variants[variant_id])}" for variant_id, pairs in here.items())
    return ShelfResult(shelf=shelf, to_take=sum(here.values()), articles=tuple(articles))


@transaction.atomic
def collect_box(*, batch_id: int, variant: Variant, user: AbstractBaseUser) -> BoxResult:
    """Count one pair taken from the shelf that this person scanned last.

    COUNTED, or COMPLETE when nothing is missing any more; the other outcomes changed nothing. The batch does not go
    on to sorting by itself: a last box scanned twice would then count as lying in a slot. Locks the batch, its items.
    Raises `BatchNotFound`, `BatchIsClosed`, `BatchIsPaused`, `NoShelfScanned`, `ShelfOfSomebodyElse`, `NotOnShelf`,
    `OnNoShelf`, `ShelfUsedUp`.
    """
    return collect_in(lock_work(batch_id), variant=variant, user=user)


def collect_in(work: Work, *, variant: Variant, user: AbstractBaseUser) -> BoxResult:
    """`collect_box` for a caller that has locked the batch already."""
    shelf = _own_shelf(work.batch, user)
    missing = work.missing()
    if not missing[variant.pk]:
        return _unwanted(work, variant, shelf)
    _require_on_shelf(work, variant, shelf)
    _count_one(work, variant, shelf)
    outcome = BoxOutcome.COMPLETE if missing.total() == 1 else BoxOutcome.COUNTED
    needed = work.needed()[variant.pk]
    return BoxResult(
        outcome=outcome,
        variant=variant,
        shelf=shelf,
        collected=needed - missing[variant.pk] + 1,
        needed=needed,
    )


@transaction.atomic
def take_out(*, batch_id: int, item_id: int) -> PickBatchItem:
    """Take one collected pair back (scanned by mistake, or damaged). Locks the batch.

    Raises `BatchNotFound`, `BatchIsClosed`, `BatchIsPaused`, `NothingToTakeOut`.
    """
    work = lock_work(batch_id)
    item = next((item for item in work.items if item.pk == item_id), None)
    if item is None or item.collected == item.sorted:
        raise NothingToTakeOut
    item.collected -= 1
    item.save(update_fields=["collected"])
    return item


def _own_shelf(batch: PickBatch, user: AbstractBaseUser) -> Shelf:
    """The shelf this person stands at. A shelf that somebody else scanned is no proof of where this box lay."""
    if batch.shelf is None:
        raise NoShelfScanned(batch=batch.pk)
    if batch.user_id != user.pk:
        raise ShelfOfSomebodyElse(person=person_name(batch.user))
    return batch.shelf


def _unwanted(work: Work, variant: Variant, shelf: Shelf) -> BoxResult:
    needed = work.needed()
    wanted = _same_model(work, variant)
    unknown = BoxOutcome.NEIGHBOUR if wanted else BoxOutcome.STRANGER
    outcome = BoxOutcome.ENOUGH if needed[variant.pk] else unknown
    return BoxResult(
        outcome=outcome,
        variant=variant,
        shelf=shelf,
        collected=needed[variant.pk],
        needed=needed[variant.pk],
        wanted=wanted,
    )


def _same_model(work: Work, variant: Variant) -> tuple[str, ...]:
    """What is still to be collected of the model of a box that is not wanted itself."""
    variants, missing = work.variants(), work.missing()
    same = [variants[pk] for pk in missing if variants[pk].product_id == variant.product_id]
    return tuple(sorted(name_of(row) for row in same))


def _require_on_shelf(work: Work, variant: Variant, shelf: Shelf) -> None:
    taken = work.in_hand()
    rows = balances([variant.pk], batch_id=work.batch.pk)
    left = {row.shelf_code: _left(row, taken[row.place]) for row in rows}
    if left.get(shelf.code, 0) > 0:
        return
    if shelf.code in left:
        booked = next(row.booked for row in rows if row.shelf_id == shelf.pk)
        raise ShelfUsedUp(barcode=name_of(variant), shelf=shelf.code, there=booked)
    others = [f"{code} ({pairs})" for code, pairs in left.items() if pairs > 0]
    if others:
        raise NotOnShelf(barcode=name_of(variant), shelf=shelf.code, shelves=", ".join(others))
    raise OnNoShelf(barcode=name_of(variant), shelf=shelf.code)


def _left(balance: Balance, taken: int) -> int:
    """Pairs that still lie there, as far as we know: whatever anybody carries is off the shelf."""
    return balance.booked - balance.elsewhere - taken


def _count_one(work: Work, variant: Variant, shelf: Shelf) -> None:
    item = work.item((variant.pk, shelf.pk))
    if item is None:
        PickBatchItem.objects.create(batch=work.batch, variant=variant, shelf=shelf, collected=1)
    else:
        item.collected += 1
        item.save(update_fields=["collected"])
