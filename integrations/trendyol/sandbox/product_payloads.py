"""Listings as Trendyol writes them (contract section 8.11)."""

from collections.abc import Sequence

from .catalogue import brand_id, category_id, listing_id
from .config import SandboxConfig
from .entities import Json, Listing, lira

_SIZE_ATTRIBUTE, _COLOUR_ATTRIBUTE = 293, 47
_MISSING_EVERY = 7


def content_payload(variants: Sequence[Listing], config: SandboxConfig) -> Json:
    """One content: a model in one colour, with the variants (sizes) that matched."""
    first = variants[0]
    return {
        "contentId": first.content_id,
        "productMainId": first.product_main_id,
        "brand": {"id": brand_id(first.brand), "name": first.brand},
        "category": {"id": category_id(first.category), "name": first.category},
        "creationDate": min(variant.created_ms for variant in variants),
        "lastModifiedDate": max(variant.modified_ms for variant in variants),
        "lastModifiedBy": "satici@magaza.example",
        "title": first.title,
        "description": f"<p>{first.title}</p>",
        "images": _images(first),
        "attributes": [_attribute(_COLOUR_ATTRIBUTE, "Renk", first.colour)],
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
    rejected = bool(listing.reject_reason)
    reasons = [{"rejectReason": listing.reject_reason, "rejectReasonDetail": "Düzeltip yeniden gönderin."}]
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
        "description": f"<p>{listing.title}</p>",
        "quantity": listing.quantity,
        "listPrice": lira(listing.list_price),
        "salePrice": lira(listing.sale_price),
        "cargoProviders": [],
        "docNeeded": False,
        "vatRate": listing.vat_rate,
        "dimensionalWeight": None,
        "specialConsumptionTax": 0.0,
        "sgrPrice": None,
        "stockCode": listing.stock_code,
        "origin": "TR",
        "media": _images(listing),
        "attributes": [
            _attribute(_COLOUR_ATTRIBUTE, "Renk", listing.colour),
            _attribute(_SIZE_ATTRIBUTE, "Beden", listing.size),
        ],
        "rejectReasonDetails": reasons if rejected else [],
        "locationBasedDelivery": None,
        "lotNumber": None,
    }


def base_payload(listing: Listing) -> Json:
    return {
        "barcode": listing.barcode,
        "approved": listing.approved,
        "approvedDate": listing.created_ms if listing.approved else None,
        "archived": listing.archived,
        "listingId": listing_id(listing),
        "contentId": listing.content_id,
    }


def _variant(listing: Listing, config: SandboxConfig) -> Json:
    return {
        "variantId": listing.variant_id,
        "supplierId": config.seller_id,
        "barcode": listing.barcode,
        "commission": float(listing.commission),
        "attributes": [_attribute(_SIZE_ATTRIBUTE, "Beden", listing.size)],
        "productUrl": f"https://magaza.example/urun-p-{listing.content_id}?merchantId={config.seller_id}",
        "onSale": listing.on_sale,
        "channels": ["CORE"],
        "deliveryOption": {"deliveryDuration": 1},
        "stock": _stock(listing, config),
        "price": {
            "salePrice": lira(listing.sale_price),
            "listPrice": lira(listing.list_price),
            "priceSeenByCustomer": lira(listing.sale_price),
        },
        "stockCode": listing.stock_code,
        "origin": "TR",
        "vatRate": listing.vat_rate,
        "dimensionalWeight": 2,
        "locationBasedDelivery": "DISABLED",
        "sellerCreatedDate": listing.created_ms,
        "sellerModifiedDate": listing.modified_ms,
        "locked": listing.locked,
        "lockReason": "Düşük fiyat" if listing.locked else None,
        "lockDate": listing.modified_ms if listing.locked else None,
        "archived": listing.archived,
        "archivedDate": listing.modified_ms if listing.archived else None,
        "docNeeded": False,
        "hasViolation": False,
        "blacklisted": False,
        "cargoProviders": ["TEXMP"],
    }


def _stock(listing: Listing, config: SandboxConfig) -> Json:
    """With the quirk, the quantity of every seventh variant is not told: unknown, not zero."""
    if "missing_quantity" in config.quirks and listing.variant_id % _MISSING_EVERY == 0:
        return {"lastModifiedDate": None}
    return {"quantity": listing.quantity, "lastModifiedDate": listing.stock_modified_ms}


def _images(listing: Listing) -> list[Json]:
    return [{"url": listing.image_url}] if listing.image_url else []


def _attribute(attribute_id: int, name: str, value: str) -> Json:
    """Without attributeValueId: free text."""
    return {"attributeId": attribute_id, "attributeName": name, "attributeValue": value}
