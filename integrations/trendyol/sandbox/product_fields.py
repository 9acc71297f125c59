"""From the fields of a product item to a listing (contract section 8.4). The item must have been checked."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from .categories import by_id
from .entities import Listing
from .product_entities import ListedAttribute, Sheet
from .product_payloads import sheet_of

_LISTING_FIELDS = {"title": "title", "productMainId": "product_main_id", "stockCode": "stock_code"}
_SHEET_FIELDS = {
    "description": "description",
    "origin": "origin",
    "dimensionalWeight": "dimensional_weight",
    "cargoProviders": "cargo_providers",
    "channels": "channels",
    "lotNumber": "lot_number",
    "shipmentAddressId": "shipment_address_id",
    "returningAddressId": "returning_address_id",
    "locationBasedDelivery": "location_based_delivery",
}
# A null takes these away; of any other field it says nothing.
_NULLABLE = frozenset(
    {
        *("origin", "dimensionalWeight", "lotNumber", "shipmentAddressId", "returningAddressId"),
        "locationBasedDelivery",
    }
)
_COMMISSION = 19.0


def empty_listing(barcode: str, *, variant_id: int, at_ms: int) -> Listing:
    """A listing that nothing is known of but its barcode; nothing of it is for sale."""
    return Listing(
        barcode=barcode,
        product_main_id="",
        title="",
        colour="",
        size="",
        stock_code="",
        quantity=0,
        sale_price=0,
        list_price=0,
        vat_rate=0,
        commission=_COMMISSION,
        approved=False,
        archived=False,
        image_url="",
        category="",
        brand="",
        content_id=0,
        variant_id=variant_id,
        created_ms=at_ms,
        modified_ms=at_ms,
        stock_modified_ms=at_ms,
        price_modified_ms=at_ms,
        sheet=Sheet(
            description="",
            images=[],
            attributes=[],
            origin=None,
            dimensional_weight=None,
            cargo_providers=[],
            delivery_duration=None,
            location_based_delivery=None,
        ),
    )


def take_over(
    listing: Listing,
    item: Mapping[str, Any],
    *,
    brands: Mapping[int, str],
    attributes: list[ListedAttribute] | None,
) -> None:
    """Write the fields sent, prices and stock excepted, into the listing. `attributes` None leaves them."""
    # A loaded listing gets a sheet of its own with the first change.
    sheet = listing.sheet = sheet_of(listing)
    for name, value in item.items():
        if value is None and name not in _NULLABLE:
            continue
        if name in _LISTING_FIELDS:
            setattr(listing, _LISTING_FIELDS[name], value)
        elif name in _SHEET_FIELDS:
            empty = value == "" and name in _NULLABLE
            setattr(sheet, _SHEET_FIELDS[name], None if empty else deepcopy(value))
    _take_over_named(listing, item, brands)
    if item.get("images"):
        sheet.images = [image["url"] for image in item["images"]]
        listing.image_url = sheet.images[0]
    if item.get("deliveryOption") is not None:
        sheet.delivery_duration = item["deliveryOption"].get("deliveryDuration")
    if attributes is not None:
        _set_attributes(listing, sheet, attributes)


def _take_over_named(listing: Listing, item: Mapping[str, Any], brands: Mapping[int, str]) -> None:
    if item.get("vatRate") is not None:
        listing.vat_rate = int(item["vatRate"])
    if item.get("brandId") is not None:
        listing.brand = brands[item["brandId"]]
    if item.get("categoryId") is not None:
        listing.category = by_id()[item["categoryId"]].name


def _set_attributes(listing: Listing, sheet: Sheet, attributes: list[ListedAttribute]) -> None:
    sheet.attributes = attributes
    card = (listing.product_main_id, listing.colour)
    listing.colour = " ".join(part.text for part in attributes if part.slicer)
    listing.size = " ".join(part.text for part in attributes if part.varianter)
    if (listing.product_main_id, listing.colour) != card and not listing.approved:
        listing.content_id = 0
