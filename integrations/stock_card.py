"""Why is this number 7? Everything behind the stock of one barcode, in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Sum, Window
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from integrations.selectors import beliefs
from inventory.enums import StockState
from inventory.models import StockMovement, StockPushItem
from inventory.selectors import Availability, ShelfStock, availability, shelves_holding
from orders.models import OrderLine

LEDGER_ROWS_SHOWN = 200
_LINE_REFERENCE = "line:"

BELIEF_WORDS: dict[str, str | Promise] = {
    "CONFIRMED": _("Last confirmed quantity, minus what was sold since."),
    "NOT_CONFIRMED": _("Unknown: no quantity was confirmed yet. It is sent with the next push."),
    "CANCELLED_SINCE": _(
        "Unknown: an order was cancelled since, pairs may have gone back. It is sent with the next push."
    ),
    "SOLD_WHILE_SENDING": _(
        "Unknown: a sale fell into the moment of sending. It is sent with the next push."
    ),
    "NOT_LISTED": _("This barcode is not on the marketplace."),
}


# Reasons the services themselves write; everything else was typed by a person.
_REASON_WORDS: dict[str, str | Promise] = {
    "not scanned": _("not scanned"),
    "counted": _("counted"),
    "shelf replaced": _("shelf content replaced"),
}


# How causes are marked in the ledger, and the words for them.
_REFERENCE_WORDS: dict[str, Promise] = {
    "goodsin": _("goods in sheet %(number)s"),
    "count": _("count %(number)s"),
    "return": _("customer return"),
}


def _reference_words(reference: str) -> str:
    kind, colon, number = reference.partition(":")
    if not colon or kind not in _REFERENCE_WORDS:
        return reference
    return str(_REFERENCE_WORDS[kind]) % {"number": number}


@dataclass(frozen=True, slots=True)
class Reservation:
    """One order line that holds pairs: promised, not yet taken from a shelf."""

    order_id: int
    order_number: str
    quantity: int
    ordered_at: datetime
    ship_by_at: datetime | None
    state: str
    payment_pending: bool
    parked: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What the marketplace is believed to show (None: unknown), and the reason as a sentence."""

    quantity: int | None
    basis: str

    @property
    def words(self) -> str:
        return str(BELIEF_WORDS.get(self.basis, self.basis))


@dataclass(frozen=True, slots=True)
class LastSent:
    """The newest quantity sent for the barcode and its result."""

    push_id: int
    quantity: int
    at: datetime
    state: str
    state_label: str
    reason: str


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One movement; `balance` is how many pairs existed in all after it."""

    at: datetime
    kind: str
    kind_label: str
    delta: int
    balance: int
    shelf: str
    reference: str
    reason: str
    actor: str
    order_id: int | None
    order_number: str


@dataclass(frozen=True, slots=True)
class StockCard:
    """The stock of one barcode in pairs, and what led to it. `ledger` is newest first."""

    stock: Availability
    shelves: tuple[ShelfStock, ...]
    reservations: tuple[Reservation, ...]
    shown: Shown
    last_sent: LastSent | None
    ledger: tuple[LedgerRow, ...]
    ledger_complete: bool

    @property
    def agrees(self) -> bool:
        """Whether balance, shelves and ledger say the same (I1, I3); if not, `check_stock` must be run."""
        in_ledger = self.ledger[0].balance if self.ledger else 0
        return self.stock.on_hand == in_ledger == sum(shelf.quantity for shelf in self.shelves)


def stock_card(*, variant_id: int, ledger_rows: int = LEDGER_ROWS_SHOWN) -> StockCard:
    """The card of a variant, in a constant number of statements. Raises `Variant.DoesNotExist`."""
    barcode = Variant.objects.values_list("barcode", flat=True).get(pk=variant_id)
    (stock,) = availability([barcode])
    ledger = _ledger(variant_id, ledger_rows + 1)
    return StockCard(
        stock=stock,
        shelves=tuple(shelves_holding(variant_id=variant_id)),
        reservations=_reservations(variant_id),
        shown=_shown(barcode),
        last_sent=_last_sent(variant_id),
        ledger=ledger[:ledger_rows],
        ledger_complete=len(ledger) <= ledger_rows,
    )


def _reservations(variant_id: int) -> tuple[Reservation, ...]:
    lines = OrderLine.objects.filter(variant_id=variant_id, stock_state=StockState.RESERVED).select_related(
        "order"
    )
    return tuple(
        Reservation(
            order_id=line.order_id,
            order_number=line.order.order_number,
            quantity=line.quantity,
            ordered_at=line.order.ordered_at,
            ship_by_at=line.order.ship_by_at,
            state=line.order.get_status_display(),
            payment_pending=line.order.payment_pending,
            parked=line.order.parked,
        )
        for line in lines.order_by("order__ordered_at", "pk")
    )


def _shown(barcode: str) -> Shown:
    belief = beliefs([barcode]).get(barcode)
    return Shown(None, "NOT_LISTED") if belief is None else Shown(belief.quantity, belief.basis)


def _last_sent(variant_id: int) -> LastSent | None:
    item = StockPushItem.objects.filter(variant_id=variant_id).select_related("batch").order_by("-id").first()
    if item is None:
        return None
    at = item.batch.sent_at or item.batch.computed_at
    return LastSent(item.batch.push_id, item.quantity, at, item.state, item.get_state_display(), item.reason)


def _ledger(variant_id: int, limit: int) -> tuple[LedgerRow, ...]:
    running = Window(Sum("delta"), order_by=F("id").asc())
    movements = StockMovement.objects.filter(variant_id=variant_id).annotate(balance=running)
    rows = list(movements.select_related("shelf", "actor").order_by("-id")[:limit])
    orders = _orders_behind(rows)
    return tuple(_ledger_row(row, orders.get(row.reference)) for row in rows)


def _orders_behind(rows: Sequence[StockMovement]) -> dict[str, tuple[int, str]]:
    """Order (id, number) of each reference of the form `line:<id>`."""
    ids = {
        row.reference.removeprefix(_LINE_REFERENCE)
        for row in rows
        if row.reference.startswith(_LINE_REFERENCE)
    }
    lines = OrderLine.objects.filter(pk__in=[int(text) for text in ids if text.isdecimal()])
    found = lines.values_list("pk", "order_id", "order__order_number")
    return {f"{_LINE_REFERENCE}{pk}": (order_id, number) for pk, order_id, number in found}


def _ledger_row(row: StockMovement, order: tuple[int, str] | None) -> LedgerRow:
    return LedgerRow(
        at=row.created_at,
        kind=row.kind,
        kind_label=row.get_kind_display(),
        delta=row.delta,
        balance=row.balance,  # type: ignore[attr-defined]
        shelf=row.shelf.code,
        reference=_reference_words(row.reference),
        reason=str(_REASON_WORDS.get(row.reason, row.reason)),
        actor=row.actor.get_username() if row.actor else "",
        order_id=order[0] if order else None,
        order_number=order[1] if order else "",
    )
