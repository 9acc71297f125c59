"""Cutting a plan into requests that never repeat an identical body within 15 minutes (contract section 8.9)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from integrations.trendyol.client import MAX_PUSH_ITEMS, InventoryItem, body_hash
from integrations.trendyol.push.plan import Wanted

REPEAT_AFTER: Final = timedelta(minutes=15)
# Our clock and theirs may differ, and theirs starts when the request arrives.
REPEAT_MARGIN: Final = timedelta(minutes=1)

WasSent = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Request:
    """One request of at most 1000 barcodes, sorted, with the fingerprint of its exact body."""

    items: tuple[Wanted, ...]
    fingerprint: str

    @property
    def inventory_items(self) -> list[InventoryItem]:
        return [InventoryItem(barcode=item.barcode, quantity=item.quantity) for item in self.items]


def make_request(items: Collection[Wanted]) -> Request:
    """The request for these items in canonical order."""
    ordered = tuple(sorted(items, key=lambda item: item.barcode))
    return Request(
        ordered, body_hash([InventoryItem(barcode=item.barcode, quantity=item.quantity) for item in ordered])
    )


def cut(
    wanted: Sequence[Wanted], *, companions: Sequence[Wanted], was_sent: WasSent
) -> tuple[list[Request], list[Wanted]]:
    """Requests for all wanted items, and the items that must wait because any body for them was sent just now.

    A body that was sent before is changed without changing what it says: it is halved, and a single barcode gets
    an unchanged one beside it, whose true quantity is simply said again.
    """
    requests: list[Request] = []
    waiting: list[Wanted] = []
    used: set[str] = set()
    ordered = sorted(wanted, key=lambda item: item.barcode)
    for place in range(0, len(ordered), MAX_PUSH_ITEMS):
        for group in _fresh(ordered[place : place + MAX_PUSH_ITEMS], companions, used, was_sent):
            if group.fingerprint:
                requests.append(group)
            else:
                waiting += group.items
    return requests, waiting


def _fresh(
    items: Sequence[Wanted], companions: Sequence[Wanted], used: set[str], was_sent: WasSent
) -> Iterator[Request]:
    request = make_request(items)
    if not was_sent(request.fingerprint):
        yield request
        return
    if len(items) > 1:
        half = len(items) // 2
        yield from _fresh(items[:half], companions, used, was_sent)
        yield from _fresh(items[half:], companions, used, was_sent)
        return
    for companion in companions:
        together = make_request([*items, companion])
        if companion.barcode not in used and not was_sent(together.fingerprint):
            used.add(companion.barcode)
            yield together
            return
    yield Request(tuple(items), fingerprint="")
