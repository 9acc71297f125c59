"""Exchanges (`Değişim`): one article comes back, another leaves as a manual order of its own.

The row lock of the new order guards its exchange; the state is written by `exchange_states` alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from catalog.models import Variant
from catalog.scanning import resolve
from inventory.services import require_shelf
from orders.enums import (
    Disposition,
    EventKind,
    ExchangeReason,
    ExchangeState,
    OrderSource,
    OrderState,
)
from orders.errors import ReasonRequired
from orders.exchange_errors import (
    ExchangeNotFound,
    ExchangeOver,
    ExchangeSettled,
    FirstOrderHere,
    NothingToExchange,
    OtherArticle,
)
from orders.exchange_selectors import exchanged_pairs
from orders.locks import lock_order, lock_reservations
from orders.models import Exchange, Order, OrderEvent, OrderLine
from orders.services import timeline
from orders.services.cancelling import CancelResult, cancel_order
from orders.services.exchange_states import close_if_done, move
from orders.services.manual import Recipient, Terms, WantedLine, make_order
from orders.services.taking_back import book_return

# What the customer has in hand, or will have in a day.
_RECEIVED = frozenset({OrderState.SHIPPED, OrderState.DELIVERED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is exchanged for what. `line_id` is the line of the first order, None for a sale we know nothing of."""

    old_variant_id: int
    new_variant_id: int
    reason: str
    quantity: int = 1
    line_id: int | None = None
    order_number: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class OpenedExchange:
    """`repeated`: this form was sent before, and opened this exchange then."""

    exchange_id: int
    order_id: int
    order_number: str
    repeated: bool


@transaction.atomic
def open_exchange(
    *,
    request: str,
    wish: Wish,
    recipient: Recipient,
    terms: Terms | None = None,
    return_tracking_number: str = "",
    return_carrier: str = "",
    reserve_anyway: bool = False,
    user: AbstractBaseUser | None = None,
) -> OpenedExchange:
    """Open an exchange and the order of the new article, which is reserved at once; the same form opens one.

    `terms.collect_amount` is the price difference the customer pays, and all that the new order turns over.
    Raises `FirstOrderHere`, `NothingToExchange`, and what `make_order` raises.
    """
    # Also what keeps two people from exchanging the same pair: both look under this lock.
    lock_reservations()
    terms = terms or Terms()
    difference = terms.collect_amount or Decimal(0)
    unit_price = (difference / max(wish.quantity, 1)).quantize(Decimal("0.01"))
    made = make_order(
        request=request,
        source=OrderSource.EXCHANGE,
        recipient=recipient,
        lines=[
            WantedLine(
                variant_id=wish.new_variant_id,
                quantity=wish.quantity,
                unit_price=unit_price,
                exact_total=difference,
            )
        ],
        terms=terms,
        reserve_anyway=reserve_anyway,
        user=user,
    )
    if made.repeated:
        known = Exchange.objects.get(new_order=made.order_id)
        return OpenedExchange(known.pk, made.order_id, made.order_number, repeated=True)
    first = _require_exchangeable(wish)
    number = return_tracking_number.strip()
    exchange = Exchange.objects.create(
        state=ExchangeState.CREATED if number else ExchangeState.WAITING,
        line_id=wish.line_id,
        order_number=first.order_number if first else wish.order_number.strip(),
        old_variant_id=wish.old_variant_id,
        quantity=wish.quantity,
        reason=ExchangeReason(wish.reason),
        note=wish.note.strip(),
        new_order_id=made.order_id,
        return_tracking_number=number,
        return_carrier=return_carrier.strip(),
        created_by_id=_id(user),
    )
    data = {"new_order": made.order_number, "reason": str(ExchangeReason(wish.reason).label)}
    _note(exchange, data, first=first, user=user)
    return OpenedExchange(exchange.pk, made.order_id, made.order_number, repeated=False)


def _require_exchangeable(wish: Wish) -> Order | None:
    """The first order, if there is a line of it and enough of the line is left. Call with the reservation lock."""
    if wish.line_id is None:
        return None
    line = OrderLine.objects.select_related("order", "variant__product").get(pk=wish.line_id)
    if line.order.status not in _RECEIVED:
        raise FirstOrderHere(order=line.order.order_number, status=OrderState(line.order.status).label)
    left = line.quantity - exchanged_pairs([line.pk]).get(line.pk, 0)
    if wish.quantity > left or line.variant_id != wish.old_variant_id:
        raise NothingToExchange(article=line.barcode, order=line.order.order_number, left=left)
    return line.order


@transaction.atomic
def note_return_number(
    *, exchange_id: int, number: str, carrier: str = "", user: AbstractBaseUser | None = None
) -> Exchange:
    """Enter or correct the number of the parcel the customer sends; from then on the new pair may leave.

    Repeating it is harmless. Raises `ReasonRequired` (empty), `ExchangeSettled` (the parcel is here), `ExchangeOver`.
    """
    exchange = _lock(exchange_id)
    if not number.strip():
        raise ReasonRequired(order=exchange.new_order.order_number)
    if (exchange.return_tracking_number, exchange.return_carrier) == (number.strip(), carrier.strip()):
        return exchange
    _require_unsettled(exchange)
    if exchange.state == ExchangeState.CANCELLED:
        raise ExchangeOver(exchange=exchange, state=ExchangeState(exchange.state).label)
    exchange.return_tracking_number, exchange.return_carrier = number.strip(), carrier.strip()
    exchange.save(update_fields=["return_tracking_number", "return_carrier", "updated_at"])
    _stop_waiting(exchange, at=timezone.now())
    _note(exchange, {"return_number": exchange.return_tracking_number}, user=user)
    return exchange


@transaction.atomic
def send_without_number(*, exchange_id: int, reason: str, user: AbstractBaseUser) -> Exchange:
    """Let the new pair leave although the customer's number is not known. Who and why are recorded.

    Callers check the right `gullu.override_exchanges`. Raises `ReasonRequired`, `ExchangeOver`.
    """
    exchange = _lock(exchange_id)
    if not reason.strip():
        raise ReasonRequired(order=exchange.new_order.order_number)
    if exchange.state not in {ExchangeState.WAITING, ExchangeState.CREATED, ExchangeState.PROCESSING}:
        raise ExchangeOver(exchange=exchange, state=ExchangeState(exchange.state).label)
    now = timezone.now()
    exchange.override_reason, exchange.override_by_id, exchange.override_at = reason.strip(), user.pk, now
    exchange.save(update_fields=["override_reason", "override_by", "override_at", "updated_at"])
    _stop_waiting(exchange, at=now)
    _note(exchange, {"sent_without_number": exchange.override_reason}, user=user)
    return exchange


def _stop_waiting(exchange: Exchange, *, at: datetime) -> None:
    if exchange.state == ExchangeState.WAITING:
        move(exchange, ExchangeState.PROCESSING, at=at)


@dataclass(frozen=True, slots=True)
class TakenIn:
    """`shelf_code` is empty when it was written off. `repeated`: it was settled in this way already."""

    exchange_id: int
    barcode: str
    quantity: int
    shelf_code: str
    repeated: bool


@transaction.atomic
def take_in(
    *,
    exchange_id: int,
    barcode: str,
    shelf_code: str | None,
    reason: str = "",
    user: AbstractBaseUser | None = None,
) -> TakenIn:
    """The old article came back: on a shelf, or written off with a reason (`shelf_code` None).

    `barcode` is what was scanned in the parcel and must be the old article. Repeating it is harmless. It is possible in
    any state, because a parcel also comes after its exchange was cancelled. Locks: order, balances.
    Raises `OtherArticle`, `ExchangeSettled`, `ReasonRequired`, `UnknownShelf`, `ClosedShelf`.
    """
    exchange = _lock(exchange_id)
    _require_article(exchange.old_variant, barcode)
    shelf = require_shelf(shelf_code) if shelf_code is not None else None
    disposition = Disposition.RESTOCKED if shelf else Disposition.WRITTEN_OFF
    result = TakenIn(
        exchange.pk,
        exchange.old_variant.barcode,
        exchange.quantity,
        shelf.code if shelf else "",
        repeated=exchange.disposition != "",
    )
    if result.repeated:
        if (exchange.disposition, exchange.shelf_id) != (disposition, shelf.pk if shelf else None):
            _require_unsettled(exchange)
        return result
    if shelf is None and not reason.strip():
        raise ReasonRequired(order=exchange.new_order.order_number)
    book_return(
        variant_id=exchange.old_variant_id,
        quantity=exchange.quantity,
        shelf_id=shelf.pk if shelf else None,
        key=f"exchange:{exchange.pk}",
        reference=f"exchange:{exchange.pk}",
        reason=reason.strip(),
        actor_id=_id(user),
    )
    now = timezone.now()
    exchange.disposition, exchange.shelf = disposition, shelf
    exchange.returned_at, exchange.returned_by_id = now, _id(user)
    close_if_done(exchange, at=now)
    exchange.save(
        update_fields=["disposition", "shelf", "returned_at", "returned_by", "closed_at", "updated_at"]
    )
    data = {
        "came_back": f"{exchange.old_variant.barcode} × {exchange.quantity}",
        "shelf": result.shelf_code,
        "reason": reason.strip(),
        "outcome": str(disposition.label),
    }
    _note(exchange, data, user=user)
    return result


@transaction.atomic
def cancel_exchange(*, exchange_id: int, reason: str, user: AbstractBaseUser | None = None) -> CancelResult:
    """Cancel the new order (a put-back if it was picked); the exchange follows it. Repeating it is harmless.

    Raises `ReasonRequired`, `NotCancellable` (the new pair left).
    """
    exchange = Exchange.objects.filter(pk=exchange_id).first()
    if exchange is None:
        raise ExchangeNotFound(exchange=exchange_id)
    return cancel_order(order_id=exchange.new_order_id, reason=reason, user=user)


def _lock(exchange_id: int) -> Exchange:
    """The exchange as it is once the row of its new order is locked. Raises `ExchangeNotFound`."""
    order_id = Exchange.objects.filter(pk=exchange_id).values_list("new_order_id", flat=True).first()
    if order_id is None:
        raise ExchangeNotFound(exchange=exchange_id)
    lock_order(order_id)
    return Exchange.objects.select_related("new_order", "old_variant__product", "line__order").get(
        pk=exchange_id
    )


def _require_unsettled(exchange: Exchange) -> None:
    if exchange.disposition:
        raise ExchangeSettled(exchange=exchange, outcome=Disposition(exchange.disposition).label)


def _require_article(wanted: Variant, text: str) -> None:
    found = resolve(text)
    if found.variant is None or found.variant.pk != wanted.pk:
        got = _article(found.variant) if found.variant else text.strip()[:60] or "—"
        raise OtherArticle(got=got, wanted=_article(wanted))


def _article(variant: Variant) -> str:
    return f"{variant.product.code} {variant.colour} {variant.size} ({variant.barcode})"


def _note(
    exchange: Exchange, data: dict[str, Any], *, user: AbstractBaseUser | None, first: Order | None = None
) -> None:
    """On the timeline of the new order, and at the opening on that of the first order as well."""
    orders = [exchange.new_order_id, *([first.pk] if first else [])]
    now: datetime = timezone.now()
    OrderEvent.objects.bulk_create(
        timeline.entry(order_id, EventKind.EXCHANGE, user=user, data=timeline.filled(data), at=now)
        for order_id in orders
    )


def _id(user: AbstractBaseUser | None) -> int | None:
    return user.pk if user is not None else None
