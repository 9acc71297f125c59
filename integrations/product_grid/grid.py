"""What the grid shows, in a constant number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.models import Product, ProductImage, Variant
from integrations.models import Listing
from inventory.selectors import Availability, availability
from inventory.stock_grid import size_order
from orders.enums import Channel

MOST_SHOWN = 150
"""Barcodes on one page: more fields than that in one form are refused by the server."""


@dataclass(frozen=True, slots=True)
class GridCell:
    """One barcode; `listing` is None when it was never listed."""

    variant: Variant
    stock: Availability
    listing: Listing | None

    @property
    def price_differs(self) -> bool:
        """Whether the marketplace is known to show another price than ours."""
        listing, variant = self.listing, self.variant
        if listing is None or listing.state != Listing.State.APPROVED or listing.sale_price is None:
            return False
        ours = (variant.sale_price, variant.list_price)
        return None not in ours and ours != (listing.sale_price, listing.list_price)


@dataclass(frozen=True, slots=True)
class GridColour:
    """One colour: its cells by size (None where that size does not exist) and its first picture."""

    name: str
    image: ProductImage | None
    cells: tuple[GridCell | None, ...]

    @property
    def there(self) -> list[GridCell]:
        return [cell for cell in self.cells if cell is not None]

    @property
    def available(self) -> int:
        return sum(cell.stock.available for cell in self.there)


@dataclass(frozen=True, slots=True)
class ProductGrid:
    """A page of a model's colours; `parts` is how many pages there are, `part` which this is (from 1)."""

    product: Product
    sizes: tuple[str, ...]
    colours: tuple[GridColour, ...]
    part: int
    parts: int

    @property
    def cells(self) -> list[GridCell]:
        return [cell for colour in self.colours for cell in colour.there]

    @property
    def differing(self) -> list[GridCell]:
        return [cell for cell in self.cells if cell.price_differs]


def product_grid(product: Product, *, part: int = 1) -> ProductGrid:
    """The grid of a model, four statements whatever its size."""
    variants = list(Variant.objects.filter(product=product))
    colours = sorted({variant.colour for variant in variants})
    parts = _parts(variants, colours)
    shown = parts[min(max(part, 1), len(parts)) - 1]
    chosen = [variant for variant in variants if variant.colour in set(shown)]
    sizes = sorted({variant.size for variant in variants}, key=size_order)
    stock = {row.barcode: row for row in availability([variant.barcode for variant in chosen])}
    rows = Listing.objects.filter(channel=Channel.TRENDYOL, variant__in=chosen)
    listings = {listing.variant_id: listing for listing in rows}
    first = ProductImage.objects.filter(product=product, position=1, colour__in=shown)
    images = {image.colour: image for image in first}
    cells = {
        (v.colour, v.size): GridCell(v, stock[v.barcode], listings.get(v.pk))
        for v in chosen
        if v.barcode in stock
    }
    found = tuple(
        GridColour(name, images.get(name), tuple(cells.get((name, size)) for size in sizes)) for name in shown
    )
    return ProductGrid(product, tuple(sizes), found, parts.index(shown) + 1, len(parts))


def _parts(variants: Sequence[Variant], colours: Sequence[str]) -> list[list[str]]:
    """Colours cut into pages of at most `MOST_SHOWN` barcodes; a colour is never cut."""
    counts = {colour: sum(variant.colour == colour for variant in variants) for colour in colours}
    parts: list[list[str]] = [[]]
    room = MOST_SHOWN
    for colour in colours:
        if counts[colour] > room and parts[-1]:
            parts.append([])
            room = MOST_SHOWN
        parts[-1].append(colour)
        room -= counts[colour]
    return parts
