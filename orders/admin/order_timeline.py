"""The timeline of an order in words: what the marketplace said and what was done here, merged by time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inventory.models import Shelf
from orders.enums import OrderSource, OrderState, ParkReason, ParkState
from orders.models import Order, OrderEvent
from orders.return_words import DETAIL_NAMES, detail_words
from orders.services.missed import NOT_OURS

# Words for what timeline entries carry; `lines` is spelled out by `_details`.
_DETAIL_WORDS: Final[dict[str, Any]] = {
    **DETAIL_NAMES,
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
    "source": _("came by"),
    "more_than_available": _("more than available"),
    "articles_before": _("articles before"),
    "changed": _("changed"),
    "carrier": _("carrier"),
    "cargo_number": _("cargo number"),
    "new_order": _("new order"),
    "return_number": _("return tracking number"),
    "sent_without_number": _("sent without return number because"),
    "came_back": _("came back"),
    "outcome": _("old article"),
    "parcels": _("parcels"),
    "boxes": _("boxes"),
    "desi": _("desi"),
    "days": _("days"),
    "number": _("number"),
    "link": _("link"),
    "file": _("file"),
    "seen": _("seen"),
    "park_state": _("parking state"),
    "park_state_before": _("parking state before"),
    "decision": _("decision"),
}
# Codes in what entries carry. Park reasons and states share no code.
_CODES: Final[dict[str, Any]] = {
    **dict(ParkReason.choices),
    **dict(ParkState.choices),
    **dict(OrderSource.choices),
    NOT_OURS: _("Not from our stock"),
}
# `request` is the key of the form that asked: of no use to people.
_NOT_SHOWN: Final = frozenset({"lines", "request"})


@dataclass(frozen=True, slots=True)
class EventRow:
    """A timeline entry in words: what happened, from which state to which, and its details."""

    event: OrderEvent
    from_label: str
    to_label: str
    details: tuple[str, ...]

    @property
    def here(self) -> bool:
        """Done here, not told by the marketplace."""
        return self.event.source == OrderEvent.Source.HERE


def timeline(order: Order) -> tuple[EventRow, ...]:
    """All entries, newest first; two statements."""
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
    known = {
        key: value for key, value in data.items() if key not in _NOT_SHOWN and value not in ("", None, [])
    }
    words = [f"{_DETAIL_WORDS.get(key, key)}: {_words(key, value)}" for key, value in known.items()]
    for taken in data.get("lines", []):
        if isinstance(taken, dict) and "barcode" in taken:
            where = shelves.get(taken.get("shelf", 0), "—")
            words.append(f"{taken['barcode']} × {taken.get('quantity', '?')} ← {where}")
    return tuple(words)


def _words(key: str, value: Any) -> str:
    return detail_words(key, value) if key in DETAIL_NAMES else _value_words(value)


def _value_words(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return str(_CODES.get(str(value), value))


__all__ = ["EventRow", "timeline"]
