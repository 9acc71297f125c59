"""Reading the whole listing of our shop, page by page, into plain values (contract section 8.11)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.listing.sheets import RemoteSheet
from integrations.models import Listing, MarketAttribute, SyncProblem
from integrations.problems import Problem
from integrations.progress import Progress
from integrations.trendyol.client import MAX_APPROVED_SIZE, MAX_UNAPPROVED_SIZE, ProductsPage, TrendyolClient
from integrations.trendyol.errors import SchemaChanged
from integrations.trendyol.mapping import clean
from integrations.trendyol.schemas import (
    ApprovedProduct,
    BadRecord,
    UnapprovedProduct,
    Variant,
    validate_each,
)
from integrations.trendyol.sync.attributes import Roles, Told, roles_of
from orders.enums import Channel

# Contract section 8.4 allows 30,000 letters; what is longer was written before there was a limit.
_LONGEST_DESCRIPTION: Final = 60_000
_MOST_PICTURES_KEPT: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One barcode as Trendyol lists it. `quantity` None means that it did not say, never zero."""

    barcode: str
    state: Listing.State
    content_id: int | None = None
    title: str = ""
    on_sale: bool | None = None
    locked_reason: str = ""
    reject_reason: str = ""
    sale_price: Decimal | None = None
    list_price: Decimal | None = None
    quantity: int | None = None
    remote: RemoteSheet = field(default_factory=RemoteSheet)


@dataclass(slots=True)
class ReadListing:
    """Everything read so far; nothing is concluded from a part of it."""

    seen: dict[str, Seen] = field(default_factory=dict)
    bad: list[BadRecord] = field(default_factory=list)
    began_at: datetime = field(default_factory=timezone.now)

    def count(self, *states: Listing.State) -> int:
        return sum(row.state in states for row in self.seen.values())

    def add_unapproved(self, page: ProductsPage, roles: dict[int, Roles]) -> None:
        """Take in a page of barcodes that quality control has not approved."""
        products, bad = validate_each(UnapprovedProduct, page.content)
        self.bad += bad
        self.seen |= {product.barcode: _unapproved(product, roles) for product in products}

    def add_approved(self, page: ProductsPage, roles: dict[int, Roles]) -> None:
        """Take in a page of approved cards, which outrank what was taken in before."""
        contents, bad = validate_each(ApprovedProduct, page.content)
        self.bad += bad
        self.seen |= {
            variant.barcode: _approved(content, variant, roles)
            for content in contents
            for variant in content.variants
        }


def read_listing(client: TrendyolClient, progress: Progress) -> ReadListing:
    """All pages of both listings; an approved barcode outranks an unapproved one. Raises TrendyolError."""
    listing, roles = ReadListing(), known_roles()
    for page in pages(client.unapproved_products, MAX_UNAPPROVED_SIZE):
        listing.add_unapproved(page, roles)
        progress(_("products"), len(listing.seen), None)
    for page in pages(client.approved_products, MAX_APPROVED_SIZE):
        listing.add_approved(page, roles)
        progress(_("products"), len(listing.seen), None)
    return listing


def bad_product(record: BadRecord) -> Problem:
    """What staff sees of a record that could not be read."""
    name = str(record.raw.get("barcode") or record.raw.get("contentId") or record.index)
    return Problem(
        SyncProblem.Kind.BAD_PAYLOAD, f"product {name}", f"Product {name} could not be read: {record.reason}"
    )


def known_roles() -> dict[int, Roles]:
    """By category, as far as its attributes were read."""
    rows = MarketAttribute.objects.filter(category__channel=Channel.TRENDYOL).order_by("position", "pk")
    return roles_of(rows.values_list("category__remote_id", "remote_id", "slicer", "varianter"))


def pages(read: Any, size: int) -> Iterator[ProductsPage]:
    """All pages: by number, and past 10,000 records by token."""
    number, token, reached = 0, None, 0
    while True:
        page: ProductsPage = read(page=number, size=size, next_page_token=token)
        yield page
        reached += len(page.content)
        if not page.content or reached >= page.total_elements:
            if reached < page.total_elements and not page.content:
                raise SchemaChanged(endpoint="products", detail="the listing ended before its announced end")
            return
        number += 1
        if number * size > 10_000:
            if not page.next_page_token:
                raise SchemaChanged(endpoint="products", detail="no nextPageToken past 10,000 records")
            token = page.next_page_token


def _approved(content: ApprovedProduct, variant: Variant, roles: dict[int, Roles]) -> Seen:
    told = Told(content.attributes, variant.attributes, roles.get(content.category.id or 0))
    return Seen(
        barcode=clean(variant.barcode, 100),
        state=Listing.State.ARCHIVED if variant.archived else Listing.State.APPROVED,
        content_id=content.content_id,
        title=clean(content.title, 300),
        on_sale=variant.on_sale,
        locked_reason=clean(variant.lock_reason, 300) if variant.locked else "",
        sale_price=variant.price.sale_price,
        list_price=variant.price.list_price,
        quantity=variant.stock.quantity,
        remote=_remote(content, variant, told, delivery_days=variant.delivery_option.delivery_duration),
    )


def _unapproved(product: UnapprovedProduct, roles: dict[int, Roles]) -> Seen:
    rejected = product.status == "rejected"
    reasons = "\n".join(
        clean(f"{reason.reject_reason}: {reason.reject_reason_detail}", 1000)
        for reason in product.reject_reasons
    )
    told = Told(product.attributes, (), roles.get(product.category.id or 0))
    return Seen(
        barcode=clean(product.barcode, 100),
        state=Listing.State.REJECTED if rejected else Listing.State.PENDING,
        title=clean(product.title, 300),
        reject_reason=reasons,
        sale_price=product.sale_price,
        list_price=product.list_price,
        quantity=product.quantity,
        # The list of unapproved products does not tell when they ship.
        remote=_remote(product, product, told, delivery_days=None),
    )


def _remote(
    card: ApprovedProduct | UnapprovedProduct,
    item: Variant | UnapprovedProduct,
    told: Told,
    *,
    delivery_days: int | None,
) -> RemoteSheet:
    """`card` tells what the sizes share, `item` what belongs to the barcode."""
    urls = [clean(image.url, 500) for image in card.images]
    return RemoteSheet(
        product_code=clean(card.product_main_id, 200),
        colour=clean(told.colour, 200),
        size=clean(told.size, 200),
        title=clean(card.title, 300),
        description=clean(card.description, _LONGEST_DESCRIPTION),
        stock_code=clean(item.stock_code, 200),
        brand_id=card.brand.id,
        brand=clean(card.brand.name, 200),
        category_id=card.category.id,
        category=clean(card.category.name, 200),
        vat_rate=_whole(item.vat_rate),
        desi=_plain(item.dimensional_weight),
        origin=clean(item.origin, 10),
        delivery_days=delivery_days,
        image_urls=tuple(dict.fromkeys(url for url in urls if url))[:_MOST_PICTURES_KEPT],
        attributes=told.as_json(),
        colour_attributes=told.colour_attributes,
        size_attributes=told.size_attributes,
    )


def _whole(value: Decimal | None) -> int | None:
    return int(value) if value is not None and value == value.to_integral_value() else None


def _plain(value: Decimal | None) -> str | None:
    """`Decimal("2.50")` → `"2.5"`; nothing told and no weight at all are the same."""
    return f"{value.normalize():f}" if value else None
