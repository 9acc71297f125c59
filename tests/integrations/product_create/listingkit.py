"""A model and what a marketplace lets it choose from: the sandbox's own tree and attributes, without asking it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client

from catalog.models import Product, ProductImage
from catalog.new_barcodes import take_barcodes
from integrations.listing import cards
from integrations.listing.marketplace import AttributeRow, BrandRow, CategoryRow, ValueRow
from integrations.listing.sheets import Choice
from integrations.listing.storing import (
    ReadAttribute,
    store_attributes,
    store_brands,
    store_categories,
)
from integrations.models import ChannelProduct, MarketBrand, MarketCategory
from integrations.trendyol.sandbox.attributes import attributes_of
from integrations.trendyol.sandbox.brands import brand_id
from integrations.trendyol.sandbox.categories import by_id
from orders.enums import Channel
from tests.factories import make_product, make_user, make_variant

CHANNEL = Channel.TRENDYOL
STILETTO, BOOTIE, SHOES, HEELS = 406, 422, 403, 404
RENK, WEB_COLOR, BEDEN, YAS, CINSIYET, MATERYAL, MENSEI, IMPORTER = 47, 348, 293, 294, 296, 14, 1192, 1216
KADIN, YETISKIN, TR, DERI, SUET = 2874, 2879, 10_617_300, 601, 603
BRAND = "Güllü Shoes"


def make_tree() -> None:
    """The whole tree of the sandbox, and one brand."""
    store_categories(
        channel=CHANNEL,
        rows=[
            CategoryRow(row.category_id, row.parent_id, row.name, path_of(row.category_id), row.leaf)
            for row in by_id().values()
        ],
    )
    store_brands(channel=CHANNEL, rows=[BrandRow(brand_id(BRAND), BRAND)])


def path_of(category_id: int) -> str:
    row = by_id()[category_id]
    return f"{path_of(row.parent_id)} › {row.name}" if row.parent_id else row.name


def category(remote_id: int = STILETTO) -> MarketCategory:
    return MarketCategory.objects.get(channel=CHANNEL, remote_id=remote_id)


def brand() -> MarketBrand:
    return MarketBrand.objects.earliest("pk")


def read_attributes(remote_id: int = STILETTO) -> MarketCategory:
    """The attributes of a leaf with all their values, as if they had been read."""
    row = category(remote_id)
    store_attributes(
        category=row,
        attributes=[
            ReadAttribute(
                AttributeRow(
                    remote_id=rule.attribute_id,
                    name=rule.name,
                    required=rule.required,
                    allow_custom=rule.allow_custom,
                    varianter=rule.varianter,
                    slicer=rule.slicer,
                    multiple=rule.multiple,
                ),
                [ValueRow(number, name) for number, name in rule.values],
            )
            for rule in attributes_of(remote_id)
        ],
    )
    return row


def make_model(
    code: str = "0172",
    *,
    colours: Sequence[str] = ("Siyah", "Gül kurusu"),
    sizes: Sequence[str] = ("36", "37"),
    **fields: Any,
) -> Product:
    """A draft with colours and sizes, prices, a description and a picture that lies on the internet per colour."""
    values = {"title": "Deri Stiletto", "draft": True, "description": "<p>Hakiki deri.</p>", "origin": "TR"}
    product = make_product(code, **{**values, **fields})
    for colour in colours:
        ProductImage.objects.create(
            product=product, colour=colour, url=f"https://cdn.gullu.com.tr/{code}.jpg", position=1
        )
        for size in sizes:
            make_variant(take_barcodes(1)[0], product=product, colour=colour, size=size)
    return product


def make_card(product: Product, *, remote_id: int = STILETTO) -> ChannelProduct:
    """Brand and category chosen; attributes read, and none of them chosen."""
    chosen = read_attributes(remote_id)
    cards.choose_brand(channel=CHANNEL, product_id=product.pk, brand_id=brand().pk)
    cards.choose_category(channel=CHANNEL, product_id=product.pk, category_id=chosen.pk)
    return card_of(product)


def card_of(product: Product) -> ChannelProduct:
    return ChannelProduct.objects.get(channel=CHANNEL, product=product)


def fill_in(product: Product) -> ChannelProduct:
    """Everything a stiletto of women's shoes needs, so that no rule is broken."""
    make_card(product)
    cards.suggest_choices(channel=CHANNEL, product_id=product.pk)
    webs = {colour: 686_230 + place for place, colour in enumerate(sorted(set(colours_of(product))))}
    cards.set_choices(
        channel=CHANNEL,
        product_id=product.pk,
        attributes={228: Choice((5103,)), 229: Choice((5201,)), MENSEI: Choice((TR,))},
        colour_attributes={colour: {WEB_COLOR: Choice((value,))} for colour, value in webs.items()},
    )
    return card_of(product)


def colours_of(product: Product) -> list[str]:
    return list(product.variants.values_list("colour", flat=True))


def signed_in(role: str | None, *permissions: str) -> Client:
    """A browser of a new person of a role, or of staff without one who has just these permissions."""
    person = make_user(role, is_staff=True)
    for permission in permissions:
        label, _, codename = permission.partition(".")
        person.user_permissions.add(Permission.objects.get(content_type__app_label=label, codename=codename))
    browser = Client()
    browser.force_login(person)
    return browser
