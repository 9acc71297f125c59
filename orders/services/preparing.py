"""Preparing one order with the scanner: claim, shelf, box, confirm, next order.

All functions work inside the transaction of one scan (the row lock of the order in hand is taken by `hold`). What is
refused raises a `DomainError` before anything is written.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from catalog.models import Variant
from gullu.errors import DomainError
from gullu.people import lock_person
from inventory.models import ScanLog, Shelf
from orders.cards import LineCard, OrderCard, articles
from orders.claim_errors import (
    BoxesInHand,
    ClaimLost,
    EnoughOfIt,
    NeighbourBox,
    NoShelfHolds,
    OrderInBatch,
    OrderInOtherHands,
    ShelfFirst,
    ShelfWithout,
    WrongBox,
)
from orders.claims import (
    claim_next,
    claim_order,
    drop_scans,
    end_claim,
    lock_claim,
    prolong,
)
from orders.enums import OrderState, ParkReason
from orders.errors import (
    OrderBeingSplit,
    OrderClosed,
    OrderIsParked,
    OrderNotFound,
    OrderUnpaid,
    UnknownOrderBarcode,
)
from orders.models import Order, PickClaim, PickScan
from orders.selectors import find_orders, order_card
from orders.services.picking import Pick, confirm_locked

# Codes in the log of scans after which an order is no longer in the hand of the person who scanned.
CONFIRMED, LOST, RELEASED, PARKED, UNSUPPLIED = "confirmed", "order_lost", "released", "parked", "unsupplied"
SPLIT = "split"
ENDED = frozenset({CONFIRMED, LOST, RELEASED, PARKED, UNSUPPLIED, SPLIT, ClaimLost.code})


@dataclass(frozen=True, slots=True)
class Held:
    """The order in a person's hand, locked: its claim, and its card as it was when the scan began."""

    claim: PickClaim
    card: OrderCard
    now: datetime

    @property
    def order(self) -> Order:
        return self.claim.order

    @property
    def shelf_code(self) -> str:
        """Where the person stands; the card knows it unless a shelf was scanned since."""
        if self.claim.shelf_id == self.card.shelf_id:
            return self.card.shelf_code
        return self.claim.shelf.code if self.claim.shelf else ""


@dataclass(frozen=True, slots=True)
class Lost:
    """The order in hand can no longer be prepared; `pairs` scanned for it go back to their shelf."""

    order_number: str
    sentence: str
    pairs: int


def hold(*, user: AbstractBaseUser) -> Held | Lost | None:
    """Lock the order this person has in hand; None if there is none. An order that was closed meanwhile is dropped."""
    now = lock_person(user.pk)
    claim = lock_claim(user.pk)
    if claim is None:
        return None
    card = order_card(claim.order_id, now=now)
    problem = _why_not(claim.order, card)
    if card is None or problem is not None:
        try:
            pairs = _end(claim)
        except ClaimLost:
            # Their other device finished it while this one waited for the lock.
            return None
        return Lost(claim.order.order_number, problem.message if problem else "", pairs)
    return Held(claim, card, now)


def _why_not(order: Order, card: OrderCard | None) -> DomainError | None:
    """Why an order cannot be prepared (any more)."""
    number = order.order_number
    if order.status != OrderState.CREATED or card is None:
        return OrderClosed(order=number, status=OrderState(order.status).label)
    if order.payment_pending:
        return OrderUnpaid(order=number)
    if order.split_asked_at is not None:
        return OrderBeingSplit(order=number)
    if order.parked:
        return OrderIsParked(order=number, reason=ParkReason(order.park_reason).label)
    return None


def take_next(*, user: AbstractBaseUser) -> int | None:
    """Claim the most urgent order nobody has; its id. Somebody who has one in hand keeps it."""
    now = lock_person(user.pk)
    mine = lock_claim(user.pk)
    if mine is None:
        return claim_next(user_id=user.pk, now=now)
    prolong(mine, now=now)
    return mine.order_id


def taken_over(*, user: AbstractBaseUser, page: str) -> ClaimLost | None:
    """The order this person worked on last, if somebody else has it now because the claim ran out; to be told."""
    rows = ScanLog.objects.filter(user_id=user.pk, page=page).exclude(reference="")
    last = rows.order_by("-received_at", "-pk").first()
    if last is None or last.code in ENDED:
        return None
    claims = PickClaim.objects.filter(order__order_number=last.reference).exclude(user_id=user.pk)
    return ClaimLost(order=last.reference) if claims.exists() else None


def take_by_number(*, user: AbstractBaseUser, text: str) -> Order:
    """Claim the order with this order, cargo or package number instead of the one in hand.

    Raises `OrderNotFound`, `OrderInOtherHands` (who has it), `OrderInBatch`, `BoxesInHand`, and why it cannot be
    prepared.
    """
    found = find_orders(text)
    if not found:
        raise OrderNotFound(order=text)
    now = lock_person(user.pk)
    mine = lock_claim(user.pk)
    if mine is not None and mine.order_id in {order.pk for order in found}:
        return mine.order
    for order in found:
        if claim_order(order.pk, user_id=user.pk, now=now):
            _leave(mine)
            return order
    raise _why_not_taken(found[0], now=now)


def _leave(claim: PickClaim | None) -> None:
    pairs = _end(claim) if claim is not None else 0
    if claim is not None and pairs:
        raise BoxesInHand(order=claim.order.order_number, pairs=pairs)


def _end(claim: PickClaim) -> int:
    return end_claim(order_id=claim.order_id, user_id=claim.user_id, order_number=claim.order.order_number)


def _why_not_taken(order: Order, *, now: datetime) -> DomainError:
    claim = getattr(order, "claim", None)
    if claim is not None and claim.expires_at > now:
        since = timezone.localtime(claim.claimed_at).strftime("%H:%M")
        person = claim.user.get_full_name() or claim.user.get_username()
        return OrderInOtherHands(order=order.order_number, person=person, since=since)
    batch_id = getattr(order, "batch_id", None)
    if batch_id is not None:
        return OrderInBatch(order=order.order_number, batch=batch_id)
    unknown = order.lines.filter(variant=None).first()
    if order.status == OrderState.CREATED and unknown is not None:
        return UnknownOrderBarcode(order=order.order_number, barcode=unknown.barcode)
    card = order_card(order.pk, now=now)
    # What is left is an order somebody is working on this very moment.
    return _why_not(order, card) or OrderInOtherHands(order=order.order_number, person="—", since="—")


def give_back(held: Held) -> int:
    """Let somebody else have the order; returns the pairs that go back to their shelf."""
    return _end(held.claim)


def start_again(held: Held) -> int:
    """Forget what was scanned for the order in hand; returns the pairs that go back to their shelf."""
    prolong(held.claim, now=held.now)
    return drop_scans(held.order.pk)


# --- scans ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShelfScanned:
    """The person stands at `shelf_code`; `take` are articles still missing that lie there, with pairs."""

    shelf_code: str
    take: str


def scan_shelf(held: Held, *, shelf: Shelf) -> ShelfScanned:
    """Remember the shelf. Raises `ShelfWithout`, `NoShelfHolds` when nothing missing lies there by the books."""
    here = [
        line
        for line in held.card.open_lines
        if held.card.left_on(shelf_id=shelf.pk, variant_id=line.variant_id) > 0
    ]
    if not here:
        raise _not_here(held.card, shelf.code, articles(held.card.open_lines))
    prolong(held.claim, now=held.now, shelf=shelf)
    return ShelfScanned(shelf.code, articles(here))


def _not_here(card: OrderCard, shelf_code: str, article: str) -> DomainError:
    stops = card.stops()
    if not stops:
        return NoShelfHolds(shelf=shelf_code, article=article)
    return ShelfWithout(shelf=shelf_code, article=article, shelves=", ".join(map(str, stops)))


class BoxOutcome(Enum):
    COUNTED = "COUNTED"
    CONFIRMED = "CONFIRMED"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxScanned:
    """A right box. CONFIRMED: it was the last one, the order is picked, `next_order` (id) is in hand now."""

    outcome: BoxOutcome
    order_id: int
    order_number: str
    article: str
    channel: str = ""
    missing: str = ""
    next_order: int | None = None


def scan_box(held: Held, *, variant: Variant, user: AbstractBaseUser) -> BoxScanned:
    """Count a box taken from the shelf just scanned; the last one confirms the order and claims the next.

    Raises `WrongBox`, `NeighbourBox`, `EnoughOfIt`, `ShelfFirst`, `ShelfWithout`, `NoShelfHolds`, `ClaimLost`, and
    what `confirm_picking` raises.
    """
    line, shelf_id = _line_for(held.card, variant), held.claim.shelf_id
    if shelf_id is None:
        raise ShelfFirst(shelves=", ".join(map(str, held.card.stops())) or "—")
    if held.card.left_on(shelf_id=shelf_id, variant_id=variant.pk) <= 0:
        raise _not_here(held.card, held.shelf_code, line.article)
    if sum(one.missing for one in held.card.open_lines) == 1 and not held.card.too_many:
        picks = _picks(held, last=(line.line_id, shelf_id))
        return _confirm(held, picks, user=user, article=line.article)
    _count(line, shelf_id, user)
    prolong(held.claim, now=held.now)
    return BoxScanned(
        outcome=BoxOutcome.COUNTED,
        order_id=held.order.pk,
        order_number=held.order.order_number,
        article=line.article,
        missing=_missing_after(held.card, line),
    )


def _line_for(card: OrderCard, variant: Variant) -> LineCard:
    own = [line for line in card.lines if line.variant_id == variant.pk]
    waiting = next((line for line in own if line.missing > 0), None)
    if waiting is not None:
        return waiting
    if own:
        raise EnoughOfIt(article=own[0].article, missing=articles(card.open_lines) or "—")
    raise _wrong(card, variant)


def _wrong(card: OrderCard, variant: Variant) -> DomainError:
    """A neighbour differs from an article still missing in size or colour alone, or in both."""
    got = f"{variant.product.code} {variant.colour} {variant.size}"
    neighbours = [line for line in card.open_lines if line.product_id == variant.product_id]
    for line in neighbours:
        if line.colour == variant.colour:
            return NeighbourBox(got=variant.size, wanted=line.size)
    for line in neighbours:
        if line.size == variant.size:
            return NeighbourBox(got=variant.colour, wanted=line.colour)
    for line in neighbours:
        return NeighbourBox(got=f"{variant.colour} {variant.size}", wanted=f"{line.colour} {line.size}")
    return WrongBox(got=got, wanted=articles(card.open_lines) or "—")


def _count(line: LineCard, shelf_id: int, user: AbstractBaseUser) -> None:
    """One more pair of the line from this shelf. The order is locked, so nobody else writes its scans."""
    _code, known = line.scans.get(shelf_id, ("", 0))
    scan = PickScan(line_id=line.line_id, shelf_id=shelf_id, quantity=known + 1, user_id=user.pk)
    PickScan.objects.bulk_create(
        [scan],
        update_conflicts=True,
        unique_fields=["line", "shelf"],
        update_fields=["quantity", "user", "scanned_at"],
    )


def _missing_after(card: OrderCard, line: LineCard) -> str:
    rest = [(one.article, one.missing - (one.line_id == line.line_id)) for one in card.open_lines]
    return ", ".join(article if pairs == 1 else f"{article} × {pairs}" for article, pairs in rest if pairs)


def _picks(held: Held, *, last: tuple[int, int] | None = None) -> list[Pick]:
    """What was scanned, by line and shelf, with the box that is scanned now."""
    pairs = Counter({last: 1} if last else {})
    codes = {held.claim.shelf_id: held.shelf_code}
    for line in held.card.lines:
        for shelf_id, (code, quantity) in line.scans.items():
            codes[shelf_id] = code
            pairs[line.line_id, shelf_id] += quantity
    return [
        Pick(line_id=line_id, shelf_code=codes[shelf_id], shelf_id=shelf_id, quantity=quantity)
        for (line_id, shelf_id), quantity in sorted(pairs.items())
    ]


def confirm(held: Held, *, user: AbstractBaseUser) -> BoxScanned:
    """Confirm an order whose boxes are all scanned already (it became smaller, or its confirmation was refused).

    Raises `IncompletePick`, `InsufficientStock` and what else `confirm_picking` raises; the order stays in hand then.
    """
    return _confirm(held, _picks(held), user=user, article="")


def _confirm(held: Held, picks: list[Pick], *, user: AbstractBaseUser, article: str) -> BoxScanned:
    confirm_locked(held.order, user=user, picks=picks)
    _end(held.claim)
    return BoxScanned(
        outcome=BoxOutcome.CONFIRMED,
        order_id=held.order.pk,
        order_number=held.order.order_number,
        channel=held.order.channel,
        article=article,
        next_order=claim_next(user_id=user.pk, now=held.now),
    )
