"""Blind counts of a shelf (`sayım`): scan what lies there, see the differences, somebody allowed to books them.

While counting nobody is shown what is expected. Differences are taken against the balances of the moment in which the
count was finished; what is booked is that difference, so that picks between finishing and approving stay as they were.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format

from catalog.models import Variant
from gullu.models import User
from gullu.roles import MANAGER
from inventory import ledger
from inventory.contents import on_shelf
from inventory.doubt import clear_doubt
from inventory.enums import CountReason, CountState, MovementKind
from inventory.errors import InsufficientStock
from inventory.ledger import Entry
from inventory.models import CountTask, Shelf, StockCount, StockCountLine, StockMovement
from inventory.services import require_quantity
from inventory.sheet_errors import (
    CountClosed,
    CountInHand,
    CountOutdated,
    CountTaken,
    NoCountYet,
    NothingScanned,
    OwnCount,
)
from inventory.sheet_locks import lock_count, lock_open_count

COUNTED = "counted"


@transaction.atomic
def start_count(*, user: AbstractBaseUser, shelf: Shelf) -> StockCount:
    """Begin to count a shelf, or go on with it. Closed shelves can be counted, too.

    Raises `CountInHand` (this person counts another one), `CountTaken` (somebody else counts this one).
    """
    own = lock_open_count(user.pk)
    if own is not None:
        if own.shelf_id != shelf.pk:
            raise CountInHand(shelf=own.shelf.code)
        return own
    StockCount.objects.bulk_create([StockCount(shelf=shelf, counted_by_id=user.pk)], ignore_conflicts=True)
    count = StockCount.objects.select_related("counted_by").filter(shelf=shelf, state=CountState.OPEN).first()
    if count is None:
        raise CountClosed
    if count.counted_by_id != user.pk:
        since = date_format(timezone.localtime(count.started_at), "H:i")
        raise CountTaken(shelf=shelf.code, person=name_of(count.counted_by), since=since)
    return count


@transaction.atomic
def count_box(*, user: AbstractBaseUser, variant: Variant) -> StockCountLine:
    """One more box of this barcode lies there. Raises `NoCountYet`."""
    count = lock_open_count(user.pk)
    if count is None:
        raise NoCountYet
    line = count.lines.filter(variant=variant).first()
    if line is None:
        return count.lines.create(variant=variant, counted=1)
    line.counted = require_quantity(line.counted + 1, lowest=1)
    line.save(update_fields=["counted"])
    return line


@transaction.atomic
def set_counted(*, user: AbstractBaseUser, variant_id: int | None, quantity: int) -> StockCountLine:
    """Write how many boxes of a barcode lie there; zero forgets it. Raises `NoCountYet`, `NothingScanned`."""
    count = lock_open_count(user.pk)
    if count is None:
        raise NoCountYet
    line = count.lines.filter(variant_id=variant_id).first() if variant_id else None
    if line is None:
        raise NothingScanned
    line.counted = require_quantity(quantity, lowest=0)
    if quantity:
        line.save(update_fields=["counted"])
    else:
        StockCountLine.objects.filter(pk=line.pk).delete()
    return line


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished count: `differences` barcodes differ. Without any it needs no approval and is closed already."""

    count_id: int
    shelf_code: str
    counted: int
    differences: int
    state: CountState


@transaction.atomic
def finish_count(*, user: AbstractBaseUser) -> Finished:
    """Compare what was counted with the balances now. A count that agrees is closed at once. Raises `NoCountYet`."""
    count = lock_open_count(user.pk)
    if count is None:
        raise NoCountYet
    lines = _compare(count)
    count.state, count.finished_at = CountState.COUNTED, timezone.now()
    differences = sum(line.counted != line.expected for line in lines)
    if not differences:
        _settle(count, lines, user=user)
    count.save(update_fields=["state", "finished_at", "decided_by", "decided_at"])
    counted = sum(line.counted for line in lines)
    return Finished(count.pk, count.shelf.code, counted, differences, CountState(count.state))


def _compare(count: StockCount) -> list[StockCountLine]:
    """Write beside each counted barcode what was expected; add what was expected and not found."""
    # Boxes in pickers' hands are in the books and not on the shelf: nobody can count them there.
    there = {pk: row.lying for pk, row in on_shelf(count.shelf_id).items() if row.lying}
    lines = list(count.lines.all())
    for line in lines:
        line.expected = there.pop(line.variant_id, 0)
    StockCountLine.objects.bulk_update(lines, ["expected"])
    missing = [
        StockCountLine(count=count, variant_id=variant_id, counted=0, expected=pairs)
        for variant_id, pairs in there.items()
    ]
    return lines + StockCountLine.objects.bulk_create(missing)


@transaction.atomic
def drop_count(*, count_id: int, user: AbstractBaseUser, any_person: bool = False) -> StockCount:
    """Give up a count that is not finished; `any_person` also one of somebody else. Raises `CountClosed`."""
    count = lock_count(count_id)
    if count is None or count.state != CountState.OPEN:
        raise CountClosed
    if count.counted_by_id != user.pk and not any_person:
        raise CountClosed
    return _decide(count, CountState.REJECTED, user=user)


@dataclass(frozen=True, slots=True)
class Decided:
    """Outcome of an approval or a refusal: the signed change of the shelf, in pairs."""

    shelf_code: str
    delta: int
    state: CountState
    repeated: bool


@transaction.atomic
def approve_count(*, count_id: int, user: AbstractBaseUser) -> Decided:
    """Book the differences of a finished count; closes the tasks it answers and ends doubts about its barcodes.

    The caller checks the right to approve. Repeating it is harmless. Locks: count, then balances.
    Raises `CountClosed`, `OwnCount`, `CountOutdated` (a shelf would go below zero).
    """
    count = lock_count(count_id)
    if count is None or count.state not in {CountState.COUNTED, CountState.APPROVED}:
        raise CountClosed
    if count.state == CountState.APPROVED:
        return Decided(count.shelf.code, 0, CountState.APPROVED, repeated=True)
    if not may_decide(count, user):
        raise OwnCount
    lines = list(count.lines.all())
    _settle(count, lines, user=user)
    count.save(update_fields=["state", "decided_by", "decided_at"])
    return Decided(
        count.shelf.code, sum(_difference(line) for line in lines), CountState.APPROVED, repeated=False
    )


@transaction.atomic
def reject_count(*, count_id: int, user: AbstractBaseUser) -> Decided:
    """Book nothing; the tasks stay open, so that somebody counts again. Raises `CountClosed`."""
    count = lock_count(count_id)
    if count is None or count.state not in {CountState.COUNTED, CountState.REJECTED}:
        raise CountClosed
    repeated = count.state == CountState.REJECTED
    if not repeated:
        _decide(count, CountState.REJECTED, user=user)
    return Decided(count.shelf.code, 0, CountState.REJECTED, repeated=repeated)


def may_decide(count: StockCount, user: AbstractBaseUser) -> bool:
    """Nobody approves what they counted themselves, except the owner and managers."""
    return count.counted_by_id != user.pk or _is_manager(user)


def _is_manager(user: AbstractBaseUser) -> bool:
    return isinstance(user, User) and (user.is_superuser or user.groups.filter(name=MANAGER).exists())


def _settle(count: StockCount, lines: list[StockCountLine], *, user: AbstractBaseUser) -> None:
    # Balances first: pickers insert count tasks while they hold balances, never the other way round.
    _book(count, lines, actor_id=user.pk)
    _answer_tasks(count, {line.variant_id for line in lines}, user=user)
    count.state, count.decided_by_id, count.decided_at = CountState.APPROVED, user.pk, timezone.now()


def _book(count: StockCount, lines: list[StockCountLine], *, actor_id: int) -> None:
    """Book each difference, also none: the ledger then shows that the barcode was counted."""
    entries = [
        Entry(
            variant_id=line.variant_id,
            shelf_id=count.shelf_id,
            delta=_difference(line),
            kind=MovementKind.COUNT,
            reference=f"count:{count.pk}",
            reason=COUNTED,
            key=f"count:{count.pk}:{line.variant_id}",
            actor_id=actor_id,
        )
        for line in lines
    ]
    if not entries:
        return
    try:
        ledger.post(entries)
    except InsufficientStock as error:
        data = error.data
        raise CountOutdated(
            shelf=data["shelf"], barcode=data["barcode"], there=data["there"], less=data["wanted"]
        ) from error


def _difference(line: StockCountLine) -> int:
    return line.counted - (line.expected or 0)


def _decide(count: StockCount, state: CountState, *, user: AbstractBaseUser) -> StockCount:
    count.state, count.decided_by_id, count.decided_at = state, user.pk, timezone.now()
    count.save(update_fields=["state", "decided_by", "decided_at"])
    return count


def _answer_tasks(count: StockCount, counted: set[int], *, user: AbstractBaseUser) -> None:
    """Close what asked for this count and end the doubts behind it; what surprised after it was finished stays."""
    tasks = CountTask.objects.filter(shelf_id=count.shelf_id, done_at=None, created_at__lte=count.finished_at)
    asked = set(tasks.exclude(variant=None).values_list("variant_id", flat=True))
    tasks.update(done_at=timezone.now())
    clear_doubt(counted | asked, user=user)


@transaction.atomic
def ask_for_count(*, shelf: Shelf, user: AbstractBaseUser, note: str = "") -> bool:
    """Put a whole shelf on the list of what should be counted; False when it is there already."""
    if CountTask.objects.filter(shelf=shelf, variant=None, done_at=None).exists():
        return False
    task = CountTask(shelf=shelf, reason=CountReason.ASKED, note=note[:200], created_by_id=user.pk)
    CountTask.objects.bulk_create([task], ignore_conflicts=True)
    return True


def open_tasks(*, most: int = 100) -> list[CountTask]:
    """What should be counted, in walking order; one statement."""
    rows = CountTask.objects.filter(done_at=None).select_related("shelf", "variant__product")
    return list(rows.order_by("shelf__route_order", "shelf__code", "pk")[:most])


def unfinished_counts(*, most: int = 50) -> list[StockCount]:
    """Counts being made or waiting for a decision, oldest first; one statement."""
    rows = StockCount.objects.filter(Q(state=CountState.OPEN) | Q(state=CountState.COUNTED))
    return list(rows.select_related("shelf", "counted_by").order_by("pk")[:most])


def moved_meanwhile(count: StockCount) -> list[StockMovement]:
    """Movements on the shelf between the first scan and the end of a count: they may explain a difference."""
    rows = StockMovement.objects.filter(shelf_id=count.shelf_id, created_at__gt=count.started_at)
    if count.finished_at is not None:
        rows = rows.filter(created_at__lte=count.finished_at)
    return list(rows.select_related("variant__product", "actor").order_by("-id")[:20])


def name_of(user: AbstractBaseUser) -> str:
    """How a person is named on the pages."""
    full_name = user.get_full_name() if isinstance(user, User) else ""
    return full_name or user.get_username()
