"""The whole life of a model, over real HTTP: drafted, sent, rejected, corrected, approved, and sold with the right stock."""

from __future__ import annotations

from decimal import Decimal

import pytest

from catalog.changing import VariantChange, change_variants
from catalog.models import Product, Variant
from catalog.pictures.services import put_addresses
from catalog.writing import set_basics, start_draft
from catalog.writing_variants import set_variants
from gullu.models import User
from integrations.listing import cards
from integrations.listing.reference import learn_brand, read_category, refresh_categories
from integrations.listing.sheets import Choice
from integrations.listing.standing import Overall, Standing, standing_of
from integrations.models import Listing, MarketCategory
from integrations.outbox import send_outbox
from integrations.product_create.sending import finish_and_send, send_failed_again
from integrations.trendyol.push import push_stock
from integrations.trendyol.sandbox import Sandbox
from integrations.trendyol.sync import sync_products
from integrations.trendyol.sync.standing import check_listings
from inventory.models import Shelf
from orders.enums import Channel
from orders.models import OrderLine
from tests.factories import make_superuser, stock
from tests.integrations.sheetkit import AGE, BEDEN, CASUAL, GENDER, ORIGIN, RENK, WEB_COLOUR

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("client")]

TRENDYOL = Channel.TRENDYOL
REASON, DETAIL = "Ürün Görseli Uygun Değil", "Beyaz fon gerekir."


def draft(user: User) -> Product:
    """One colour in two sizes, with everything Trendyol asks for, chosen from what it offers."""
    product = start_draft(code="YZ-7", title="Yazlık Babet", brand="Güllü", user=user)
    set_basics(
        product_id=product.pk,
        values={"description": "<p>Yumuşak taban.</p>", "desi": Decimal("1.5"), "origin": "TR"},
        user=user,
    )
    set_variants(product_id=product.pk, colours=["Siyah"], sizes=["36", "37"], user=user)
    put_addresses(wanted={(product.pk, "Siyah"): ["https://gorsel.ornek.com/koyu.jpg"]}, user=user)
    prices = {"list_price": Decimal("799.90"), "sale_price": Decimal("649.90")}
    change_variants(
        [VariantChange(variant_id=row.pk, values=prices) for row in Variant.objects.all()],
        user=user,
    )
    choose(product)
    return product


def choose(product: Product) -> None:
    refresh_categories(channel=TRENDYOL)
    category = read_category(category_id=MarketCategory.objects.get(remote_id=CASUAL).pk)
    brand = learn_brand(channel=TRENDYOL, name="Güllü Shoes")[0]
    where = {"channel": TRENDYOL, "product_id": product.pk}
    cards.choose_brand(**where, brand_id=brand.pk)
    cards.choose_category(**where, category_id=category.pk)

    def value(attribute: int, name: str) -> Choice:
        found = category.attributes.get(remote_id=attribute).values.get(name=name)
        return Choice((found.remote_id,))

    cards.set_choices(
        **where,
        attributes={
            AGE: value(AGE, "Yetişkin"),
            GENDER: value(GENDER, "Kadın / Kız"),
            ORIGIN: value(ORIGIN, "TR"),
        },
        colour_attributes={"Siyah": {RENK: Choice(text="Siyah"), WEB_COLOUR: value(WEB_COLOUR, "Siyah")}},
        size_attributes={size: {BEDEN: value(BEDEN, size)} for size in ("36", "37")},
    )


def standing(product: Product) -> Standing:
    return standing_of(channel=TRENDYOL, product_id=product.pk)


def test_from_a_draft_to_the_second_sale(sandbox: Sandbox, shelf: Shelf) -> None:
    sandbox.config.approval_delay_seconds = None
    user = make_superuser()
    product = draft(user)
    first, second = Variant.objects.order_by("size")
    stock(first, shelf, 5)

    # A draft is nobody's business; the size that was never counted is nobody's either.
    assert (push_stock().evaluated, sandbox.shop.stock()) == (0, {})

    finish_and_send(channel=TRENDYOL, product_id=product.pk, user=user)
    send_outbox()
    assert standing(product).state == Overall.PENDING
    assert sandbox.shop.stock() == {first.barcode: 5, second.barcode: 0}

    for barcode in (first.barcode, second.barcode):
        sandbox.shop.reject_product(barcode, reason=REASON, detail=DETAIL)
    check_listings()
    rejected = standing(product)
    assert rejected.state == Overall.FAILED
    assert [row.reject_reasons for row in rejected.rows] == [(f"{REASON}: {DETAIL}",)] * 2

    bright = "https://gorsel.ornek.com/beyaz-fon.jpg"
    put_addresses(wanted={(product.pk, "Siyah"): [bright]}, user=user, replace=True)
    send_failed_again(channel=TRENDYOL, product_id=product.pk, user=user)
    send_outbox()
    assert standing(product).state == Overall.PENDING
    assert sandbox.shop.listing(first.barcode).image_url == bright

    # Before approval no stock is sent, and what it was listed with gets old.
    stock(first, shelf, 2)
    assert (push_stock().evaluated, sandbox.shop.stock()[first.barcode]) == (0, 5)

    for barcode in (first.barcode, second.barcode):
        sandbox.shop.approve_product(barcode)
    check_listings()
    assert standing(product).state == Overall.APPROVED
    pushed = push_stock()
    assert (pushed.evaluated, pushed.sent, pushed.failed) == (1, 1, 0)
    assert sandbox.shop.stock() == {first.barcode: 7, second.barcode: 0}

    # The other size arrives.
    stock(second, shelf, 4)
    assert (push_stock().sent, sandbox.shop.stock()) == (1, {first.barcode: 7, second.barcode: 4})

    # Sold there: Trendyol has counted it itself, and nothing needs to be said.
    sandbox.advance(120)
    sandbox.shop.place_order(lines=[(first.barcode, 2)])
    assert (push_stock().sent, sandbox.shop.stock()[first.barcode]) == (0, 5)
    assert OrderLine.objects.get().variant == first

    # Goods come in, somebody buys meanwhile: the number takes both into account.
    stock(first, shelf, 4)
    sandbox.shop.place_order(lines=[(first.barcode, 1)])
    assert (push_stock().sent, sandbox.shop.stock()) == (1, {first.barcode: 8, second.barcode: 4})

    assert sync_products().drifts == 0
    assert set(Listing.objects.values_list("state", "sale_price")) == {
        (Listing.State.APPROVED, Decimal("649.90"))
    }
    assert push_stock().sent == 0
