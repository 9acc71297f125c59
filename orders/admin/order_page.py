"""Everything one order's page shows, read in a constant number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inventory.enums import StockState
from inventory.models import Shelf, StockMovement
from orders.admin.columns import Haste, haste, time_left
from orders.enums import OrderState, ParkReason
from orders.models import Order, OrderEvent, OrderLine, PutBack, ReturnUnit

# Words for what timeline entries carry; `lines` is spelled out by `_details`.
_DETAIL_WORDS: dict[str, Any] = {
    "status": _("marketplace status"),
    "scanned": _("with a scan"),
    "reason": _("reason"),
    "note": _("note"),
    "released": _("pairs freed"),
    "to_put_back": _("pairs to put back"),
    "barcode": _("barcode"),
    "quantity": _("quantity"),
    "shelf": _("shelf"),
    "from_packages": _("from packages"),
}


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line, and the shelves its pairs were taken from."""

    line: OrderLine
    shelves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventRow:
    """A timeline entry in words: what happened, from which state to which, and its details."""

    event: OrderEvent
    from_label: str
    to_label: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderPage:
    """What the page of one order shows."""

    order: Order
    haste: Haste
    time_left: str
    lines: tuple[LineRow, ...]
    pairs: int
    events: tuple[EventRow, ...]
    put_backs: tuple[PutBack, ...]
    messages: tuple[Any, ...]
    related: tuple[Order, ...]
    returns: tuple[ReturnUnit, ...]
    missed: bool


def order_page(order: Order, *, now: datetime | None = None) -> OrderPage:
    """Read the page of an order. `messages` are its outbox messages, newest first."""
    moment = now or timezone.now()
    lines = list(order.lines.select_related("variant__product").order_by("pk"))
    reserved = any(line.stock_state == StockState.RESERVED for line in lines)
    return OrderPage(
        order=order,
        haste=haste(order, moment),
        time_left=time_left(order, moment),
        lines=_line_rows(lines),
        pairs=sum(line.quantity for line in lines),
        events=_events(order),
        put_backs=tuple(_put_backs(lines)),
        messages=tuple(order.outbox_messages.order_by("-created_at", "-pk")),
        related=tuple(_related(order)),
        returns=tuple(order.return_units.order_by("-claimed_at", "-pk")),
        missed=reserved and order.status not in {OrderState.CREATED, OrderState.CANCELLED},
    )


def _line_rows(lines: list[OrderLine]) -> tuple[LineRow, ...]:
    references = {line.ledger_reference: line.pk for line in lines}
    shelves: dict[int, list[str]] = {line.pk: [] for line in lines}
    taken = (
        StockMovement.objects.filter(reference__in=references, delta__lt=0)
        .select_related("shelf")
        .order_by("pk")
    )
    for movement in taken:
        shelves[references[movement.reference]].append(f"{movement.shelf.code} ({-movement.delta})")
    return tuple(LineRow(line, tuple(shelves[line.pk])) for line in lines)


def _events(order: Order) -> tuple[EventRow, ...]:
    events = list(order.events.select_related("actor").order_by("-at", "-pk"))
    shelves = _shelves_named(events)
    return tuple(
        EventRow(event, _state(event.from_status), _state(event.to_status), _details(event.data, shelves))
        for event in events
    )


def _state(value: str) -> str:
    return str(OrderState(value).label) if value in OrderState.values else value


def _shelves_named(events: list[OrderEvent]) -> dict[int, str]:
    """Pick events name shelves by key; people know them by code."""
    keys = {
        taken.get("shelf")
        for event in events
        for taken in event.data.get("lines", [])
        if isinstance(taken, dict)
    }
    return dict(
        Shelf.objects.filter(pk__in=[key for key in keys if isinstance(key, int)]).values_list("pk", "code")
    )


def _details(data: dict[str, Any], shelves: dict[int, str]) -> tuple[str, ...]:
    known = {key: value for key, value in data.items() if key != "lines" and value not in ("", None, [])}
    words = [f"{_DETAIL_WORDS.get(key, key)}: {_value_words(value)}" for key, value in known.items()]
    for taken in data.get("lines", []):
        if isinstance(taken, dict) and "barcode" in taken:
            where = shelves.get(taken.get("shelf", 0), "—")
            words.append(f"{taken['barcode']} × {taken.get('quantity', '?')} ← {where}")
    return tuple(words)


def _value_words(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return str(ParkReason(value).label) if value in ParkReason.values else str(value)


def _put_backs(lines: list[OrderLine]) -> Any:
    rows = PutBack.objects.filter(line__in=[line.pk for line in lines])
    return rows.select_related("variant", "shelf", "done_by").order_by("pk")


def _related(order: Order) -> Any:
    """Other packages of the same order number: splits, and what they replaced."""
    return (
        Order.objects.filter(order_number=order.order_number)
        .exclude(pk=order.pk)
        .order_by("ordered_at", "pk")
    )
