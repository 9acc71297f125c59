"""Locks of listing. Order: after the model; see docs/locking.md."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from catalog.errors import ProductNotFound
from catalog.models import Product
from gullu.locks import transaction_lock
from integrations.models import ChannelProduct, Listing

WRITES: Final = "integrations.product_writes"


def lock_card(*, channel: str, product_id: int) -> ChannelProduct:
    """What was chosen for a model on a marketplace, locked; made if it was not there.

    Whoever changes it merges into what is stored, so two people who fill in different fields keep both. Raises
    `ProductNotFound`.
    """
    if not Product.objects.filter(pk=product_id).exists():
        raise ProductNotFound(product=product_id)
    ChannelProduct.objects.get_or_create(channel=channel, product_id=product_id)
    rows = ChannelProduct.objects.select_for_update(no_key=True, of=("self",))
    return rows.get(channel=channel, product_id=product_id)


def lock_cards(*, channel: str, product_ids: Collection[int]) -> dict[int, ChannelProduct]:
    """What was chosen for these models there, locked in order of the models, by model; those without are left out."""
    rows = ChannelProduct.objects.select_for_update(no_key=True, of=("self",))
    found = rows.filter(channel=channel, product__in=product_ids).order_by("product_id")
    return {card.product_id: card for card in found}


def lock_writes() -> None:
    """Serialise "nothing is under way for it" against "write it down", for all models: it takes a moment only."""
    transaction_lock(WRITES)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a barcode was listed when it was last looked at."""

    state: str
    seen_at: datetime | None


def lock_standings(*, channel: str, barcodes: Collection[str]) -> dict[str, Standing]:
    """Like `lock_listings`, for thousands: only how they stand."""
    rows = Listing.objects.select_for_update(no_key=True, of=("self",)).order_by("barcode")
    found = rows.filter(channel=channel, barcode__in=list(barcodes))
    return {
        barcode: Standing(state, seen_at)
        for barcode, state, seen_at in found.values_list("barcode", "state", "seen_at")
    }


def lock_listings(*, channel: str, barcodes: Collection[str]) -> dict[str, Listing]:
    """What is known of these barcodes there, locked in their order; those nobody knows are left out."""
    rows = Listing.objects.select_for_update(no_key=True, of=("self",)).order_by("barcode")
    return {row.barcode: row for row in rows.filter(channel=channel, barcode__in=list(barcodes))}
