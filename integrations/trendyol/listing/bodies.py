"""Items of product writes exactly as Trendyol takes them (contract sections 8.4 to 8.9); pure functions.

Amounts stay Decimal: `integrations.trendyol.client.wire.canonical_json` writes them without a float.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError
from integrations.listing.sheets import AttributeRule, CategoryRules, Choice, Sheet

CONTENT_FIELDS: Final = ("title", "description", "image_urls", "attributes")
"""Fields of `Sheet` that the content of an approved card has (section 8.6)."""
VARIANT_KEPT: Final = ("locationBasedDelivery", "cargoProviders", "channels")
"""Fields of a variant update that we keep no opinion on. The service takes no partial update (section 8.7), so they are
there as null, and whoever delivers the item puts in what the listing shows now."""


class Shape(StrEnum):
    """How attributes are written (TRENDYOL_ATTRIBUTE_SHAPE; the conflict in contract section 8.4)."""

    AUTO = "auto"
    SINGULAR = "singular"
    PLURAL = "plural"

    @property
    def create(self) -> Shape:
        return Shape.SINGULAR if self is Shape.AUTO else self

    @property
    def update(self) -> Shape:
        return Shape.PLURAL if self is Shape.AUTO else self


class SeveralValues(DomainError):
    """Data: attribute, count."""

    code = "several_attribute_values"
    template = _(
        "Attribute %(attribute)s has %(count)s values, and this message can carry only one: choose one, "
        "or set TRENDYOL_ATTRIBUTE_SHAPE to plural."
    )


class FieldEmpty(DomainError):
    """Data: barcode, field (its name for people)."""

    code = "listing_field_empty"
    template = _("Barcode %(barcode)s has no %(field)s to send: enter it first.")


def create_item(sheet: Sheet, category: CategoryRules, *, shape: Shape) -> dict[str, Any]:
    """The item of createProducts (section 8.4). What the sheet does not have is left out.

    Raises `SeveralValues` for an attribute that the singular shape cannot carry; the rules find it before.
    """
    prices = {"quantity": sheet.quantity, "listPrice": sheet.list_price, "salePrice": sheet.sale_price}
    return _said({**_described(sheet), **prices, "attributes": attributes_of(sheet, category, shape=shape)})


def unapproved_item(sheet: Sheet, category: CategoryRules, *, shape: Shape) -> dict[str, Any]:
    """The item that corrects a barcode before approval, in full (section 8.5). Raises `SeveralValues`."""
    return _said({**_described(sheet), "attributes": attributes_of(sheet, category, shape=shape)})


def content_item(
    content_id: int, sheet: Sheet, category: CategoryRules, fields: Sequence[str], *, shape: Shape
) -> dict[str, Any]:
    """The item that changes an approved card (section 8.6), with `fields` out of `CONTENT_FIELDS`.

    Attributes go all together; what tells barcodes of the card apart belongs to them and is left out. Raises
    `SeveralValues`, and ValueError for a field that a card does not have.
    """
    unknown = [name for name in fields if name not in CONTENT_FIELDS]
    if unknown:
        raise ValueError(f"a card has no {', '.join(unknown)}")
    item: dict[str, Any] = {"contentId": content_id}
    if "title" in fields:
        item["title"] = sheet.card_title or sheet.title
    if "description" in fields:
        item["description"] = sheet.description
    if "image_urls" in fields:
        item["images"] = _images(sheet)
    if "attributes" in fields:
        item["attributes"] = attributes_of(sheet, category, shape=shape, varianter=False)
    return item


def variant_item(sheet: Sheet) -> dict[str, Any]:
    """The item that changes an approved barcode (section 8.7); see `VARIANT_KEPT` for what is null in it."""
    own = {
        "barcode": sheet.barcode,
        "stockCode": sheet.stock_code,
        "vatRate": sheet.vat_rate,
        "origin": sheet.origin or None,
        "dimensionalWeight": sheet.desi,
    }
    return {**own, **dict.fromkeys(VARIANT_KEPT)}


def delivery_item(sheet: Sheet) -> dict[str, Any]:
    """The item that changes when a barcode ships (section 8.8). Raises `FieldEmpty`."""
    if sheet.delivery_days is None:
        raise FieldEmpty(barcode=sheet.barcode, field=_("delivery time"))
    return {"barcode": sheet.barcode, "deliveryOptions": {"deliveryDuration": sheet.delivery_days}}


def price_item(sheet: Sheet) -> dict[str, Any]:
    """The item that changes both prices and not the stock (section 8.9). Raises `FieldEmpty`."""
    return {
        "barcode": sheet.barcode,
        "salePrice": _price(sheet, sheet.sale_price, _("sale price")),
        "listPrice": _price(sheet, sheet.list_price, _("list price")),
    }


def _price(sheet: Sheet, price: Decimal | None, field: Any) -> Decimal:
    if price is None:
        raise FieldEmpty(barcode=sheet.barcode, field=field)
    return price


def _described(sheet: Sheet) -> dict[str, Any]:
    """What creating and correcting share."""
    days = sheet.delivery_days
    return {
        "barcode": sheet.barcode,
        "title": sheet.title,
        "description": sheet.description,
        "productMainId": sheet.product_code,
        "brandId": sheet.brand_id,
        "categoryId": sheet.category_id,
        "stockCode": sheet.stock_code,
        "origin": sheet.origin or None,
        "dimensionalWeight": sheet.desi,
        "vatRate": sheet.vat_rate,
        "deliveryOption": None if days is None else {"deliveryDuration": days},
        "images": _images(sheet),
    }


def _said(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if value is not None}


def _images(sheet: Sheet) -> list[dict[str, str]]:
    return [{"url": url} for url in sheet.image_urls]


# --- attributes -----------------------------------------------------------------------------------------------


def attributes_of(
    sheet: Sheet, category: CategoryRules, *, shape: Shape, varianter: bool = True
) -> list[dict[str, Any]]:
    """Everything chosen, in the order of the category; what it does not know comes last. Raises `SeveralValues`."""
    rules = {rule.remote_id: rule for rule in category.attributes}
    skipped = {number for number, rule in rules.items() if rule.varianter and not varianter}
    order = [number for number in rules if number in sheet.attributes]
    order += [number for number in sheet.attributes if number not in rules]
    return [
        _attribute(number, sheet.attributes[number], rule=rules.get(number), shape=shape)
        for number in order
        if number not in skipped and is_chosen(sheet.attributes[number])
    ]


def is_chosen(choice: Choice) -> bool:
    """Whether there is anything to send: blanks alone are no text."""
    return bool(choice.values or choice.text.strip())


def _attribute(number: int, choice: Choice, *, rule: AttributeRule | None, shape: Shape) -> dict[str, Any]:
    plural = shape is Shape.PLURAL
    if not choice.values:
        return {
            "attributeId": number,
            "attributeValue" if plural else "customAttributeValue": choice.text.strip(),
        }
    if plural:
        return {"attributeId": number, "attributeValueIds": list(choice.values)}
    if len(choice.values) > 1:
        raise SeveralValues(attribute=rule.name if rule else number, count=len(choice.values))
    return {"attributeId": number, "attributeValueId": choice.values[0]}


__all__ = [
    "CONTENT_FIELDS",
    "VARIANT_KEPT",
    "FieldEmpty",
    "SeveralValues",
    "Shape",
    "attributes_of",
    "content_item",
    "create_item",
    "delivery_item",
    "is_chosen",
    "price_item",
    "unapproved_item",
    "variant_item",
]
