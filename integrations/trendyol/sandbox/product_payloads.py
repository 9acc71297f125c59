"""Listings as Trendyol writes them (contract section 8.11)."""

from collections.abc import Sequence

from .attributes import size_id
from .brands import brand_id
from .catalogue import listing_id
from .categories import category_id
from .config import SandboxConfig
from .entities import Json, Listing, lira
from .product_entities import ListedAttribute, Sheet

_SIZE_ATTRIBUTE, _COLOUR_ATTRIBUTE = 293, 47
_MISSING_EVERY = 7


def sheet_of(listing: Listing) -> Sheet:
    """What the seller told about it; of a loaded listing, what follows from its names."""
    if listing.sheet is not None:
        return listing.sheet
    return Sheet(
        description=f"<p>{listing.title}</p>",
        images=[listing.image_url] if listing.image_url else [],
        attributes=[
            ListedAttribute(_COLOUR_ATTRIBUTE, "Renk", None, listing.colour, slicer=True),
            ListedAttribute(_SIZE_ATTRIBUTE, "Beden", size_id(listing.size), listing.size, varianter=True),
        ],
    )


def content_payload(variants: Sequence[Listing], config: SandboxConfig) -> Json:
    """One content: a model in one colour, with the variants (sizes) that matched."""
    first, sheet = variants[0], sheet_of(variants[0])
    return {
        "contentId": first.content_id,
        "productMainId": first.product_main_id,
        "brand": {"id": brand_id(first.brand), "name": first.brand},
        "category": {"id": category_id(first.category), "name": first.category},
        "creationDate": min(variant.created_ms for variant in variants),
        "lastModifiedDate": max(variant.modified_ms for variant in variants),
        "lastModifiedBy": "satici@magaza.example",
        "title": first.title,
        "description": sheet.description,
        "images": _images(sheet),
        "attributes": [_attribute(x) for x in sheet.attributes if not x.varianter],
        "variants": [_variant(variant, config) for variant in variants],
    }


def short_content_payload(variants: Sequence[Listing], config: SandboxConfig) -> Json:
    """The reconciliation listing: quantities and prices only."""
    return {
        "contentId": variants[0].content_id,
        "variants": [
            {
                "variantId": variant.variant_id,
                "barcode": variant.barcode,
                "stockCode": variant.stock_code,
                "stock": _stock(variant, config),
                "price": {"salePrice": lira(variant.sale_price), "listPrice": lira(variant.list_price)},
            }
            for variant in variants
        ],
    }


def unapproved_payload(listing: Listing, config: SandboxConfig) -> Json:
    """A product before or after a failed quality control; a flat list, one entry per barcode."""
    sheet, rejected = sheet_of(listing), bool(listing.reject_reason)
    detail = listing.reject_detail or "Düzeltip yeniden gönderin."
    reasons = [{"rejectReason": listing.reject_reason, "rejectReasonDetail": detail}]
    images = "images" if "unapproved_images" in config.quirks else "media"
    return {
        "supplierId": config.seller_id,
        "productMainId": listing.product_main_id,
        "status": "rejected" if rejected else "pendingApproval",
        "createDateTime": listing.created_ms,
        "lastUpdateDate": listing.modified_ms,
        "lastPriceChangeDate": listing.price_modified_ms,
        "lastStockChangeDate": listing.stock_modified_ms,
        "brand": {"id": brand_id(listing.brand), "name": listing.brand},
        "category": {"id": category_id(listing.category), "name": listing.category},
        "barcode": listing.barcode,
        "title": listing.title,
        "description": sheet.description,
        "quantity": listing.quantity,
        "listPrice": lira(listing.list_price),
        "salePrice": lira(listing.sale_price),
        "cargoProviders": list(sheet.cargo_providers) if listing.sheet else [],
        "docNeeded": False,
        "vatRate": listing.vat_rate,
        "dimensionalWeight": sheet.dimensional_weight if listing.sheet else None,
        "specialConsumptionTax": 0.0,
        "sgrPrice": None,
        "stockCode": listing.stock_code,
        "origin": sheet.origin,
        images: _images(sheet),
        "attributes": [_attribute(x) for x in sheet.attributes],
        "rejectReasonDetails": reasons if rejected else [],
        "locationBasedDelivery": sheet.location_based_delivery if listing.sheet else None,
        "lotNumber": sheet.lot_number,
    }


def base_payload(listing: Listing) -> Json:
    return {
        "barcode": listing.barcode,
        "approved": listing.approved,
        "approvedDate": (listing.approved_ms or listing.created_ms) if listing.approved else None,
        "archived": listing.archived,
        "listingId": listing_id(listing),
        "contentId": listing.content_id or None,
    }


def _variant(listing: Listing, config: SandboxConfig) -> Json:
    sheet = sheet_of(listing)
    return {
        "variantId": listing.variant_id,
        "supplierId": config.seller_id,
        "barcode": listing.barcode,
        "commission": float(listing.commission),
        "attributes": [_attribute(x) for x in sheet.attributes if x.varianter],
        "productUrl": f"https://magaza.example/urun-p-{listing.content_id}?merchantId={config.seller_id}",
        "onSale": listing.on_sale,
        "channels": list(sheet.channels),
        "deliveryOption": {"deliveryDuration": sheet.delivery_duration},
        "stock": _stock(listing, config),
        "price": {
            "salePrice": lira(listing.sale_price),
            "listPrice": lira(listing.list_price),
            "priceSeenByCustomer": lira(listing.sale_price),
        },
        "stockCode": listing.stock_code,
        "origin": sheet.origin,
        "vatRate": listing.vat_rate,
        "dimensionalWeight": sheet.dimensional_weight,
        "locationBasedDelivery": sheet.location_based_delivery,
        "sellerCreatedDate": listing.created_ms,
        "sellerModifiedDate": listing.modified_ms,
        "locked": listing.locked,
        "lockReason": "Düşük fiyat" if listing.locked else None,
        "lockDate": (listing.locked_ms or listing.modified_ms) if listing.locked else None,
        "archived": listing.archived,
        "archivedDate": (listing.archived_ms or listing.modified_ms) if listing.archived else None,
        "docNeeded": False,
        "hasViolation": False,
        "blacklisted": listing.blacklisted,
        "cargoProviders": list(sheet.cargo_providers),
    }


def _stock(listing: Listing, config: SandboxConfig) -> Json:
    """With the quirk, the quantity of every seventh variant is not told: unknown, not zero."""
    if "missing_quantity" in config.quirks and listing.variant_id % _MISSING_EVERY == 0:
        return {"lastModifiedDate": None}
    return {"quantity": listing.quantity, "lastModifiedDate": listing.stock_modified_ms}


def _images(sheet: Sheet) -> list[Json]:
    return [{"url": url} for url in sheet.images]


def _attribute(attribute: ListedAttribute) -> Json:
    """Without attributeValueId: free text."""
    shown: Json = {"attributeId": attribute.attribute_id, "attributeName": attribute.name}
    if attribute.value_id is not None:
        shown["attributeValueId"] = attribute.value_id
    return {**shown, "attributeValue": attribute.text}
