"""What goes into the client's calls and what comes out of them. Plain values, no HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from integrations.trendyol.client.wire import canonical_json, text_hash

RawRecord = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StreamPage:
    """One page of the order stream, newest modification first. Packages stay raw, each is read by itself."""

    content: list[RawRecord]
    has_more: bool
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list with offsets. `total_pages` may promise more than can be reached (10,000 wall)."""

    content: list[RawRecord]
    total_elements: int
    total_pages: int
    page: int
    size: int


@dataclass(frozen=True, slots=True)
class OrdersPage(Page):
    """Raw packages of getShipmentPackages."""


@dataclass(frozen=True, slots=True)
class ClaimsPage(Page):
    """Raw claims. Trendyol cuts silently at 500 records per query: see `total_elements`."""


@dataclass(frozen=True, slots=True)
class FinancePage(Page):
    """Raw rows of the accounts, or of a carrier's invoice."""


@dataclass(frozen=True, slots=True)
class ValuesPage(Page):
    """Raw values of an attribute."""


@dataclass(frozen=True, slots=True)
class ProductsPage(Page):
    """Raw contents (approved) or raw products (unapproved); counts are contents, not barcodes."""

    next_page_token: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryItem:
    """One barcode of a price and stock request; None means "leave as it is". Prices in TRY.

    Raises ValueError for what no caller may ask for: nothing to change, a negative quantity, one price alone.
    """

    barcode: str
    quantity: int | None = None
    sale_price: Decimal | None = None
    list_price: Decimal | None = None

    def __post_init__(self) -> None:
        if not self.barcode.strip():
            raise ValueError("an inventory item needs a barcode")
        if self.quantity is None and self.sale_price is None:
            raise ValueError(f"{self.barcode}: a quantity or prices are needed")
        if self.quantity is not None and self.quantity < 0:
            raise ValueError(f"{self.barcode}: the quantity {self.quantity} is negative")
        if (self.sale_price is None) != (self.list_price is None):
            raise ValueError(f"{self.barcode}: Trendyol wants both prices or none")

    def as_json(self) -> Mapping[str, Any]:
        """Return the item as Trendyol reads it, without the fields that stay as they are."""
        fields = {
            "barcode": self.barcode,
            "quantity": self.quantity,
            "salePrice": self.sale_price,
            "listPrice": self.list_price,
        }
        return {name: value for name, value in fields.items() if value is not None}


def inventory_body(items: Sequence[InventoryItem]) -> str:
    """Return the exact text that is sent for these items."""
    return canonical_json({"items": [item.as_json() for item in items]})


def body_hash(items: Sequence[InventoryItem]) -> str:
    """Return the SHA-256 of the request for these items, for the 15-minute rule (contract section 8.9).

    Equal hashes mean equal bytes on the wire. The order of the items counts, so send them sorted.
    """
    return text_hash(inventory_body(items))
