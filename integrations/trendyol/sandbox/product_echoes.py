"""How batch results repeat what was sent (contract section 8.10); the barcode sits at another depth each time."""

from typing import Any

from .brands import brand_id
from .categories import category_id
from .entities import Json, Listing
from .product_entities import (
    ARCHIVE,
    CREATE,
    UPDATE_CONTENT,
    UPDATE_DELIVERY,
    UPDATE_UNAPPROVED,
    UPDATE_VARIANT,
)
from .product_rules import joined_barcode


def echo(kind: str, request: Json, *, seller_id: int, content: Listing | None) -> Json:
    """The `requestItem` of a result. `content` is a variant of the content that a content update names."""
    barcode = request.get("barcode")
    if kind == CREATE:
        return _create(request)
    if kind == UPDATE_UNAPPROVED:
        return {"barcode": barcode, "product": _unapproved(request)}
    if kind in (UPDATE_CONTENT, UPDATE_VARIANT):
        update = _content(request, content) if kind == UPDATE_CONTENT else _variant(request)
        return {"supplierId": seller_id, "updateRequest": update}
    if kind == UPDATE_DELIVERY:
        return {"supplierId": seller_id, "barcode": barcode, **_delivery(request)}
    if kind == ARCHIVE:
        return {"archived": request.get("archived"), "supplierId": seller_id, "barcode": barcode}
    return {"barcode": barcode}


def _create(request: Json) -> Json:
    barcode = joined_barcode(request.get("barcode")) or request.get("barcode")
    product = _without(request, "cargoProviders", "deliveryOption")
    if "attributes" in request:
        product["attributes"] = _attributes(request["attributes"])
    extra = {"specialConsumptionTax": 0.0, "currencyType": "TRY", "cargoCompanyId": 0}
    return {"barcode": barcode, "product": {**product, "barcode": barcode, **extra}}


def _unapproved(request: Json) -> Json:
    product = _without(request, "cargoProviders")
    delivery = request.get("deliveryOption")
    if isinstance(delivery, dict):
        product["deliveryOption"] = {"fastDeliveryType": None, **delivery}
        product["deliveryDuration"] = delivery.get("deliveryDuration")
    return {**product, "specialConsumptionTax": 0.0, "cargoCompanyId": 0, "contentId": None}


def _content(request: Json, content: Listing | None) -> Json:
    shown: Json = {"contentId": request.get("contentId")}
    if content is not None:
        shown |= {"categoryId": category_id(content.category), "brandId": brand_id(content.brand)}
    shown |= request
    if "attributes" in request:
        shown["attributes"] = _attributes(request["attributes"])
    return shown


def _variant(request: Json) -> Json:
    return {**_without(request, "cargoProviders", "channels"), "specialConsumptionTax": 0.0}


def _delivery(request: Json) -> Json:
    options: Any = request.get("deliveryOptions")
    duration = options.get("deliveryDuration") if isinstance(options, dict) else None
    option = {"deliveryDuration": duration, "fastDeliveryType": None}
    return {
        "storeFrontCode": "TR",
        "storeFrontId": 1,
        "request": {"barcode": request.get("barcode"), "deliveryOption": option},
    }


def _without(request: Json, *names: str) -> Json:
    return {name: value for name, value in request.items() if name not in names}


def _attributes(value: Any) -> Any:
    """Always the singular pair, with null for the other one, whatever was sent."""
    if not isinstance(value, list):
        return value
    return [pair for part in value if isinstance(part, dict) for pair in _pairs(part)]


def _pairs(part: Json) -> list[Json]:
    custom = part.get("customAttributeValue", part.get("attributeValue"))
    ids = part.get("attributeValueIds")
    numbers = ids if isinstance(ids, list) and ids else [part.get("attributeValueId")]
    return [
        {"attributeId": part.get("attributeId"), "attributeValueId": number, "customAttributeValue": custom}
        for number in numbers
    ]
