"""Items of product writes: the samples of the contract, and what cannot be said in them."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from integrations.listing.marketplace import marketplace
from integrations.listing.sheets import Choice, Sheet
from integrations.trendyol.listing.bodies import (
    FieldEmpty,
    SeveralValues,
    Shape,
    content_item,
    create_item,
    delivery_item,
    price_item,
    unapproved_item,
    variant_item,
)
from orders.enums import Channel
from tests.integrations.sheetkit import (
    AGE,
    BEDEN,
    CASUAL,
    GENDER,
    MATERIAL,
    RENK,
    WEB_COLOUR,
    as_sent,
    choosing,
    rules_of,
    sheet,
)

SAMPLES = Path(__file__).parents[1] / "trendyol" / "payloads"
CATEGORY = rules_of(CASUAL)
# What the shop's account decides: never sent by us.
ACCOUNT = {"lotNumber", "cargoProviders", "shipmentAddressId", "returningAddressId", "locationBasedDelivery"}


def sample(name: str, number: int = 0) -> dict[str, Any]:
    items = json.loads((SAMPLES / f"{name}_request.json").read_text(encoding="utf-8"))["items"]
    return items[number]


def without(item: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in names}


def in_sample(number: int, **changes: Any) -> Sheet:
    """Our sheet of an item of the samples."""
    urls = tuple(f"https://gorsel.example/yb-runner-01-{place}.jpg" for place in range(1, number + 1))
    return sheet(image_urls=urls, **changes)


def by_number(attributes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(attributes, key=lambda part: part["attributeId"])


def test_create_item_is_the_sample() -> None:
    made = as_sent(create_item(in_sample(2), CATEGORY, shape=Shape.SINGULAR))
    wanted = without(sample("create_product"), *ACCOUNT)

    assert by_number(made.pop("attributes")) == by_number(wanted.pop("attributes"))
    assert made == wanted


def test_unapproved_item_is_the_sample_in_the_singular_shape() -> None:
    corrected = in_sample(
        1,
        barcode="8680000001034",
        title="Yolcubulut Runner Erkek Günlük Ayakkabı",
        description="<p>Yeni açıklama.</p>",
        stock_code="YB-RUNNER-01-43",
        attributes=choosing(a293=Choice((4292,))),
    )
    made = as_sent(unapproved_item(corrected, CATEGORY, shape=Shape.SINGULAR))
    wanted = without(sample("update_unapproved"), *ACCOUNT)

    assert by_number(made.pop("attributes")) == by_number(wanted.pop("attributes"))
    assert made == wanted


def test_content_item_is_the_sample_without_what_tells_sizes_apart() -> None:
    changed = in_sample(
        1,
        title="Yolcubulut Runner Erkek Günlük Ayakkabı",
        description="<p>Yeni açıklama.</p>",
        attributes=choosing(a14=Choice((601, 602)), a1192=None),
    )
    fields = ("title", "description", "image_urls", "attributes")
    made = as_sent(content_item(1239000101, changed, CATEGORY, fields, shape=Shape.PLURAL))
    wanted = sample("update_content")

    assert by_number(made.pop("attributes")) == by_number(wanted.pop("attributes"))
    assert made == wanted


def test_content_item_brings_only_the_fields_asked_for() -> None:
    assert content_item(5, sheet(title="Yeni"), CATEGORY, ["title"], shape=Shape.PLURAL) == {
        "contentId": 5,
        "title": "Yeni",
    }


def test_content_item_knows_no_other_fields() -> None:
    with pytest.raises(ValueError, match="a card has no brand_id, barcode"):
        content_item(5, sheet(), CATEGORY, ["title", "brand_id", "barcode"], shape=Shape.PLURAL)


def test_variant_item_is_complete_and_leaves_what_we_do_not_know_as_null() -> None:
    made = as_sent(variant_item(sheet(barcode="8680000001027", stock_code="YB-RUNNER-01-42")))

    told = without(sample("update_variant"), "shipmentAddressId", "returningAddressId", "lotNumber")
    assert made == {**told, "locationBasedDelivery": None, "cargoProviders": None, "channels": None}


def test_delivery_and_price_items_are_the_samples() -> None:
    fast = sheet(barcode="8680000001027", delivery_days=0)
    priced = sheet(barcode="8680000001034", sale_price=Decimal("1199.90"))

    assert as_sent(delivery_item(fast)) == sample("update_delivery")
    assert as_sent(price_item(priced)) == sample("price_inventory", 2)


@pytest.mark.parametrize(
    ("write", "gap", "field"),
    [
        (delivery_item, {"delivery_days": None}, "delivery time"),
        (price_item, {"sale_price": None}, "sale price"),
        (price_item, {"list_price": None}, "list price"),
    ],
)
def test_nothing_is_sent_for_an_empty_field(write: Any, gap: dict[str, Any], field: str) -> None:
    with override("en"), pytest.raises(FieldEmpty) as caught:
        write(sheet(**gap))

    with override("en"):
        assert caught.value.message == f"Barcode 8680000001010 has no {field} to send: enter it first."


def test_what_is_not_filled_in_is_left_out() -> None:
    bare = sheet(origin="", delivery_days=None, brand_id=None, list_price=None)
    made = create_item(bare, CATEGORY, shape=Shape.SINGULAR)
    whole = create_item(sheet(), CATEGORY, shape=Shape.SINGULAR)

    assert whole.keys() - made.keys() == {"origin", "deliveryOption", "brandId", "listPrice"}


def test_amounts_are_written_exactly() -> None:
    made = create_item(
        sheet(list_price=Decimal("1499.90"), desi=Decimal("2.5")), CATEGORY, shape=Shape.SINGULAR
    )

    assert (made["listPrice"], made["dimensionalWeight"]) == (Decimal("1499.90"), Decimal("2.5"))


# --- attributes -----------------------------------------------------------------------------------------------


def attributes(shape: Shape, **changes: Choice | None) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = create_item(sheet(attributes=choosing(**changes)), CATEGORY, shape=shape)[
        "attributes"
    ]
    return made


def test_attributes_have_two_shapes() -> None:
    # Sent in the order of the category.
    order = [RENK, WEB_COLOUR, BEDEN, AGE, GENDER, MATERIAL]
    assert attributes(Shape.SINGULAR, a1192=None) == [
        {"attributeId": RENK, "customAttributeValue": "Siyah"},
        *(
            {"attributeId": number, "attributeValueId": value}
            for number, value in zip(order[1:], (686230, 4290, 2879, 2873, 601), strict=True)
        ),
    ]
    assert attributes(Shape.PLURAL, a1192=None) == [
        {"attributeId": RENK, "attributeValue": "Siyah"},
        *(
            {"attributeId": number, "attributeValueIds": [value]}
            for number, value in zip(order[1:], (686230, 4290, 2879, 2873, 601), strict=True)
        ),
    ]


def test_blank_choices_are_not_sent_and_unknown_attributes_come_last() -> None:
    made = attributes(
        Shape.SINGULAR, a47=Choice(text="  Gül kurusu "), a1216=Choice(text=" "), a999=Choice((7,))
    )

    assert made[0] == {"attributeId": RENK, "customAttributeValue": "Gül kurusu"}
    assert made[-1] == {"attributeId": 999, "attributeValueId": 7}
    assert 1216 not in [part["attributeId"] for part in made]


def test_several_values_need_the_plural_shape() -> None:
    with pytest.raises(SeveralValues) as caught:
        attributes(Shape.SINGULAR, a14=Choice((601, 602)))

    assert caught.value.data == {"attribute": "Materyal", "count": 2}
    assert {"attributeId": MATERIAL, "attributeValueIds": [601, 602]} in attributes(
        Shape.PLURAL, a14=Choice((601, 602))
    )


@pytest.mark.parametrize(
    ("shape", "create", "update"),
    [
        ("auto", "customAttributeValue", "attributeValue"),
        ("singular", "customAttributeValue", "customAttributeValue"),
        ("plural", "attributeValue", "attributeValue"),
    ],
)
def test_setting_decides_the_shape(settings: Any, shape: str, create: str, update: str) -> None:
    settings.TRENDYOL = {**settings.TRENDYOL, "ATTRIBUTE_SHAPE": shape}
    place = marketplace(Channel.TRENDYOL)

    def keys(item: Any) -> list[str]:
        return list(item["attributes"][0])

    assert keys(place.create_item(sheet(), CATEGORY)) == ["attributeId", create]
    assert keys(place.unapproved_item(sheet(), CATEGORY)) == ["attributeId", update]
    assert keys(place.content_item(5, sheet(), CATEGORY, ["attributes"])) == ["attributeId", update]
    several = replace(sheet(), attributes=choosing(a14=Choice((601, 602))))
    assert [found.code for found in place.check(several, CATEGORY)] == (
        [] if shape == "plural" else ["several_at_first"]
    )


def test_marketplace_passes_the_other_items_on() -> None:
    place = marketplace(Channel.TRENDYOL)

    assert place.variant_item(sheet()) == variant_item(sheet())
    assert place.delivery_item(sheet()) == delivery_item(sheet())
    assert place.price_item(sheet()) == price_item(sheet())
