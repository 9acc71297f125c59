"""Sheets as Trendyol takes them, and the sandbox's categories as our rules read them."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from typing import Any

from integrations.listing.sheets import AttributeRule, CategoryRules, Choice, Sheet
from integrations.trendyol.client.wire import canonical_json
from integrations.trendyol.sandbox.attributes import attributes_of
from integrations.trendyol.sandbox.categories import by_id

CASUAL = 411
RENK, WEB_COLOUR, BEDEN, AGE, GENDER, MATERIAL, ORIGIN, IMPORTER = 47, 348, 293, 294, 296, 14, 1192, 1216
ATTRIBUTES = {
    RENK: Choice(text="Siyah"),
    WEB_COLOUR: Choice((686230,)),
    BEDEN: Choice((4290,)),
    AGE: Choice((2879,)),
    GENDER: Choice((2873,)),
    MATERIAL: Choice((601,)),
    ORIGIN: Choice((10617300,)),
}
"""Of the sample of createProducts."""


@cache
def rules_of(category_id: int) -> CategoryRules:
    """A category of the sandbox with everything that can be chosen in it."""
    category = by_id()[category_id]
    return CategoryRules(
        remote_id=category_id,
        name=category.name,
        leaf=category.leaf,
        attributes=[
            AttributeRule(
                remote_id=rule.attribute_id,
                name=rule.name,
                required=rule.required,
                allow_custom=rule.allow_custom,
                varianter=rule.varianter,
                slicer=rule.slicer,
                multiple=rule.multiple,
                value_ids=frozenset(rule.value_texts()),
            )
            for rule in attributes_of(category_id)
        ],
    )


def leaf_ids() -> list[int]:
    return [number for number, category in by_id().items() if category.leaf]


def sheet(**changes: Any) -> Sheet:
    """A correct one: the first item of the sample of createProducts, with pictures that can be fetched."""
    values: dict[str, Any] = {
        "variant_id": 1,
        "product_id": 1,
        "barcode": "8680000001010",
        "product_code": "YB-RUNNER-01",
        "colour": "Siyah",
        "size": "41",
        "title": "Yolcubulut Runner Erkek Günlük Spor Ayakkabı",
        "description": "<p>Hafif taban, nefes alan file üst yüzey.</p>",
        "stock_code": "YB-RUNNER-01-41",
        "brand_id": 1700001,
        "category_id": CASUAL,
        "quantity": 10,
        "list_price": Decimal("1499.90"),
        "sale_price": Decimal("1299.90"),
        "vat_rate": 10,
        "desi": Decimal(2),
        "origin": "TR",
        "delivery_days": 1,
        "image_urls": ("https://gorsel.ornek.com/1.jpg", "https://gorsel.ornek.com/2.jpg"),
        "attributes": ATTRIBUTES,
    }
    return Sheet(**{**values, **changes})


def choosing(**changes: Choice | None) -> dict[int, Choice]:
    """The sample's attributes with some replaced: `choosing(a47=…)`; None takes one out."""
    given = {int(name.removeprefix("a")): choice for name, choice in changes.items()}
    return {number: choice for number, choice in {**ATTRIBUTES, **given}.items() if choice is not None}


def as_sent(item: Any) -> Any:
    """The item as the other side reads it."""
    return json.loads(canonical_json(item))
