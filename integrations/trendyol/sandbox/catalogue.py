"""The shop window: listings, their prices and quantities."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .brands import is_static
from .entities import Listing, StockEntry, kurus
from .state import State

MAX_QUANTITY = 20_000


@dataclass(frozen=True, slots=True)
class ProductSpec:
    """A listing as the control API loads it. Prices in lira."""

    barcode: str
    product_main_id: str
    title: str
    colour: str = ""
    size: str = ""
    stock_code: str = ""
    quantity: int = 0
    sale_price: float = 999.9
    list_price: float = 1299.9
    vat_rate: int = 10
    commission: float = 19.0
    approved: bool = True
    archived: bool = False
    image_url: str = ""
    category: str = "Casual Ayakkabı"
    brand: str = "Yolcubulut"
    reject_reason: str = ""


class Catalogue:
    """Loads and changes listings."""

    def __init__(self, state: State) -> None:
        self._state = state

    def load(self, products: Iterable[ProductSpec]) -> int:
        """Add listings, or replace those whose barcode is known. Returns how many were given."""
        count = 0
        with self._state.transaction() as now:
            contents = {
                (x.product_main_id, x.colour): x.content_id
                for x in self._state.listings.values()
                if x.content_id
            }
            for spec in products:
                self._know_brand(spec.brand)
                content = (spec.product_main_id, spec.colour)
                if content not in contents:
                    contents[content] = self._state.next_id("content")
                self._load_one(spec, contents[content], now)
                count += 1
        return count

    def _know_brand(self, name: str) -> None:
        if not is_static(name) and name not in self._state.brands:
            self._state.add_brand(name)

    def _load_one(self, spec: ProductSpec, content_id: int, now: int) -> None:
        known = self._state.listings.get(spec.barcode)
        quantity_before = known.quantity if known else 0
        listing = Listing(
            barcode=spec.barcode,
            product_main_id=spec.product_main_id,
            title=spec.title,
            colour=spec.colour,
            size=spec.size,
            stock_code=spec.stock_code,
            quantity=quantity_before,
            sale_price=kurus(spec.sale_price),
            list_price=kurus(spec.list_price),
            vat_rate=spec.vat_rate,
            commission=spec.commission,
            approved=spec.approved,
            archived=spec.archived,
            image_url=spec.image_url,
            category=spec.category,
            brand=spec.brand,
            content_id=content_id,
            variant_id=known.variant_id if known else self._state.next_id("variant"),
            created_ms=known.created_ms if known else now,
            modified_ms=now,
            stock_modified_ms=now,
            price_modified_ms=now,
            reject_reason=spec.reject_reason,
            archived_ms=now if spec.archived else None,
        )
        self._state.mark_listing(listing)
        self._state.change_stock(listing, spec.quantity - quantity_before, cause="load", at_ms=now)

    def change(
        self,
        barcode: str,
        *,
        archived: bool | None = None,
        approved: bool | None = None,
        locked: bool | None = None,
        blacklisted: bool | None = None,
    ) -> None:
        """What staff of the shop or of Trendyol do in the panel. Raises KeyError for an unknown barcode."""
        with self._state.transaction() as now:
            listing = self._state.listings[barcode]
            if archived is not None and archived != listing.archived:
                listing.archived, listing.archived_ms = archived, now if archived else None
            if approved is not None:
                listing.approved = approved
            if approved:
                listing.content_id = listing.content_id or content_for(listing, self._state)
            if locked is not None and locked != listing.locked:
                listing.locked, listing.locked_ms = locked, now if locked else None
            if blacklisted is not None:
                listing.blacklisted = blacklisted
            listing.modified_ms = now
            self._state.mark_listing(listing)

    def stock(self) -> dict[str, int]:
        """What is for sale now, per barcode."""
        with self._state.transaction():
            return {barcode: listing.quantity for barcode, listing in self._state.listings.items()}

    def listings(self) -> list[Listing]:
        with self._state.transaction():
            return list(self._state.listings.values())

    def journal(self, barcode: str) -> list[StockEntry]:
        """Every change of that barcode's quantity, oldest first."""
        with self._state.transaction():
            return list(self._state.journal[barcode])

    def on_sale(self) -> Sequence[Listing]:
        """What a shopper can put in the basket."""
        with self._state.transaction():
            return [listing for listing in self._state.listings.values() if listing.on_sale]


def content_for(listing: Listing, state: State) -> int:
    """The card of a listing that has none yet: sizes of one model in one colour share one."""
    card = (listing.product_main_id, listing.colour)
    known = (
        other.content_id
        for other in state.listings.values()
        if other.content_id and (other.product_main_id, other.colour) == card
    )
    return next(known, 0) or state.next_id("content")


def listing_id(listing: Listing) -> str:
    return hashlib.md5(listing.barcode.encode(), usedforsecurity=False).hexdigest()
