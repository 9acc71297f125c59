"""When the shelf disagrees with the books: report it empty, correct it, park the order, or give it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from inventory.contents import on_shelf
from inventory.doubt import Surprise, clear_doubt, record_surprise
from inventory.models import ScanLog, Shelf
from inventory.services import StockChange, adjust_stock
from orders.cards import LineCard
from orders.claim_errors import EmptyNeedsShelf, NotOnShelf
from orders.claims import current_order_id, end_claim, prolong
from orders.enums import UnsuppliedReason
from orders.services.cancelling import CancelResult, cancel_order
from orders.services.parking import park_order
from orders.services.preparing import Held

# The code under which a report of an empty slot stands in the log of scans.
SLOT_EMPTY = "slot_empty"
_ONE_SURPRISE_PER = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class SlotEmpty:
    """`surprise` is None when this person reported this slot for this order before. `shelves`: where else it lies."""

    article: str
    shelf_code: str
    variant_id: int
    surprise: Surprise | None
    shelves: str


def report_empty(held: Held, *, line_id: int, user: AbstractBaseUser) -> SlotEmpty:
    """The shelf just scanned should hold the article and does not: a count task, and a surprise of the barcode.

    Raises `EmptyNeedsShelf`, `NotOnShelf`, `ClaimLost`.
    """
    line, shelf = _place(held, line_id)
    surprise = None
    if not _reported_before(held, line, shelf, user):
        surprise = record_surprise(
            variant_id=line.variant_id, shelf_id=shelf.pk, user_id=user.pk, note=held.order.order_number
        )
    prolong(held.claim, now=held.now)
    others = ", ".join(str(spot) for spot in line.spots if spot.shelf_id != shelf.pk and not spot.doubtful)
    return SlotEmpty(line.article, shelf.code, line.variant_id, surprise, others)


def _place(held: Held, line_id: int) -> tuple[LineCard, Shelf]:
    shelf = held.claim.shelf
    line = next((line for line in held.card.lines if line.line_id == line_id), held.card.first)
    if shelf is None:
        raise EmptyNeedsShelf(article=line.article)
    if all(spot.shelf_id != shelf.pk for spot in line.spots):
        raise NotOnShelf(shelf=shelf.code, article=line.article)
    return line, shelf


def _reported_before(held: Held, line: LineCard, shelf: Shelf, user: AbstractBaseUser) -> bool:
    """Pressing twice for one order is one surprise."""
    rows = ScanLog.objects.filter(user_id=user.pk, received_at__gt=timezone.now() - _ONE_SURPRISE_PER)
    return rows.filter(
        code=SLOT_EMPTY, variant_id=line.variant_id, shelf=shelf, reference=held.order.order_number
    ).exists()


def correct_count(
    held: Held, *, line_id: int, counted: int, reason: str, user: AbstractBaseUser, key: str
) -> StockChange:
    """Set the shelf just scanned to the pairs of the article that lie there now; doubt about it ends.

    `counted` is what lies on the shelf. Boxes scanned from it and not confirmed yet are in somebody's hands but still
    in the books, so they are added. Raises `EmptyNeedsShelf`, `NotOnShelf`, and what `adjust_stock` raises.
    """
    line, shelf = _place(held, line_id)
    here = on_shelf(shelf.pk).get(line.variant_id)
    on_the_books = counted + (here.held if here else 0)
    change = adjust_stock(
        barcode=line.barcode, shelf_code=shelf.code, counted=on_the_books, reason=reason, user=user, key=key
    )
    clear_doubt([line.variant_id], shelf_id=shelf.pk, user=user)
    prolong(held.claim, now=held.now)
    return change


def park(held: Held, *, reason: str, note: str, user: AbstractBaseUser) -> int:
    """Set the order aside (`Arşiv`); returns the pairs that go back to their shelf. Raises `ReasonRequired`."""
    park_order(order_id=held.order.pk, reason=reason, note=note, user=user)
    return end_claim(order_id=held.order.pk, user_id=user.pk, order_number=held.order.order_number)


@dataclass(frozen=True, slots=True)
class Unsupplied:
    """`pairs` already scanned for it go back to their shelf."""

    result: CancelResult
    pairs: int


def report_unsupplied(*, user: AbstractBaseUser, reason_id: int) -> Unsupplied | None:
    """Cancel the order in hand as "tedarik edilemedi"; the outbox tells the marketplace. None without an order.

    The order must not be locked yet: cancelling takes the reservations first. Raises `NotCancellable`, `ClaimLost`.
    """
    order_id = current_order_id(user.pk)
    if order_id is None:
        return None
    reason = UnsuppliedReason(reason_id)
    result = cancel_order(order_id=order_id, reason=str(reason.label), user=user, reason_id=reason.value)
    pairs = end_claim(order_id=order_id, user_id=user.pk, order_number=result.order_number)
    return Unsupplied(result, pairs)
