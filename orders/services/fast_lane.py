"""Fast lane (`Hızlı Hazırla`): a shelf, then any box on it; the most urgent order of one pair takes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db.models.functions import Now

from catalog.models import Variant
from gullu.errors import DomainError
from inventory.enums import ScanOutcome, StockState
from inventory.errors import InsufficientStock
from inventory.models import ScanLog, Shelf
from inventory.selectors import shelves_holding
from orders.claim_errors import FiredTwice, NoShelfHolds, NothingWanted, ShelfWithout, WantedElsewhere
from orders.claims import lock_single_pair_order
from orders.enums import OrderState
from orders.models import OrderLine
from orders.services.picking import Pick, confirm_picking

# How long a person is believed to stand at the shelf scanned last; every box scanned there begins it anew.
STANDS_THERE = timedelta(minutes=30)
DOUBLE_FIRE = timedelta(milliseconds=500)


@dataclass(frozen=True, slots=True)
class Taken:
    """One pair taken from the shelf for an order, which is picked now."""

    order_id: int
    order_number: str
    channel: str
    article: str


def last_at_shelf(*, user_id: int, page: str) -> ScanLog | None:
    """The last scan of this person on this page that names a shelf: there they stand, until it is too long ago.

    Read from the log of scans: nothing else has to remember it.
    """
    rows = ScanLog.objects.filter(
        user_id=user_id, page=page, shelf__isnull=False, received_at__gt=Now() - STANDS_THERE
    )
    return rows.select_related("shelf").order_by("-received_at", "-pk").first()


def refuse_double_fire(last: ScanLog | None, *, variant: Variant, scanned_at: datetime | None) -> None:
    """Scanners fire twice within a moment in which no hand takes a second box. Raises `FiredTwice`.

    Compares the device's own times, so that scans sent late in one go are not mistaken for it.
    """
    if last is None or last.scanned_at is None or scanned_at is None or last.variant_id != variant.pk:
        return
    booked = last.outcome in {ScanOutcome.OK, ScanOutcome.DONE}
    if booked and abs(scanned_at - last.scanned_at) < DOUBLE_FIRE:
        raise FiredTwice(article=f"{variant.product.code} {variant.colour} {variant.size}")


def take_for_box(*, user: AbstractBaseUser, shelf: Shelf, variant: Variant) -> Taken:
    """Take one pair of `variant` from `shelf` for the most urgent order that is just this pair, and confirm it.

    Most urgent: due within 24 hours or overdue first, then by deadline, then by age, which is the order of the agreed
    dates. Call inside the transaction of the scan. Locks: the order (locked ones are skipped), its line, the balances.
    Raises `ShelfWithout`, `NoShelfHolds`, `NothingWanted`, `WantedElsewhere`, and what `confirm_picking` raises.
    """
    article = f"{variant.product.code} {variant.colour} {variant.size}"
    found = lock_single_pair_order(variant_id=variant.pk, user_id=user.pk, now=Now())
    if found is None:
        raise _not_wanted(variant, article)
    order, line_id = found
    try:
        confirm_picking(order_id=order.pk, user=user, picks=[Pick(line_id=line_id, shelf_code=shelf.code)])
    except InsufficientStock as error:
        raise _not_here(shelf, variant, article) from error
    return Taken(order.pk, order.order_number, order.channel, article)


def _not_here(shelf: Shelf, variant: Variant, article: str) -> DomainError:
    others = shelves_holding(variant_id=variant.pk)
    if not others:
        return NoShelfHolds(shelf=shelf.code, article=article)
    names = ", ".join(f"{row.shelf_code} ({row.quantity})" for row in others)
    return ShelfWithout(shelf=shelf.code, article=article, shelves=names)


def _not_wanted(variant: Variant, article: str) -> DomainError:
    waiting = OrderLine.objects.filter(
        variant=variant, stock_state=StockState.RESERVED, order__status=OrderState.CREATED
    )
    number = (
        waiting.order_by("order__ship_by_at", "order_id")
        .values_list("order__order_number", flat=True)
        .first()
    )
    return WantedElsewhere(article=article, order=number) if number else NothingWanted(article=article)
