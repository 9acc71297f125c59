"""Ours beside theirs: what differs, and settling it one way or the other."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.changing import VariantsRefused
from catalog.models import Product, ProductImage, Variant
from gullu.models import User
from gullu.roles import ANALYST, OFFICE, WAREHOUSE
from integrations.listing.comparing import Field
from integrations.listing.difference_words import in_words
from integrations.listing.differences import count_fields, find, models_in
from integrations.listing.settling import Chosen, send_ours, take_all, take_theirs
from integrations.listing.sheets import RemoteSheet
from integrations.models import (
    ChannelProduct,
    Listing,
    MarketAttribute,
    MarketBrand,
    MarketCategory,
    MarketValue,
    OutboxMessage,
)
from integrations.trendyol.sync import sync_products
from tests.factories import make_product, make_user, make_variant
from tests.integrations.conftest import Shop

pytestmark = pytest.mark.django_db
CHANNEL = "TRENDYOL"
URL = "/admin/integrations/listing/differences/"
NOW = timezone.now()


@pytest.fixture
def user() -> User:
    return make_user()


@pytest.fixture
def office() -> Client:
    """The web client: in this folder `client` is the marketplace's."""
    browser = Client()
    browser.force_login(make_user(OFFICE))
    return browser


def pair(variant: Variant | None = None, *, listing: dict[str, Any] | None = None, **remote: Any) -> Listing:
    """A listing that shows exactly what we have, but for what is given."""
    variant = variant or make_variant()
    product = variant.product
    sheet: dict[str, Any] = {
        "product_code": product.code,
        "colour": variant.colour,
        "size": variant.size,
        "title": product.title,
        "description": product.description,
        "stock_code": variant.stock_code,
        "vat_rate": product.vat_rate,
        "desi": str(product.desi),
        "origin": product.origin,
        **remote,
    }
    ChannelProduct.objects.get_or_create(
        channel=CHANNEL, product=product, defaults={"title_pattern": "{title}"}
    )
    values = {
        "state": Listing.State.APPROVED,
        "content_id": product.pk,
        "title": sheet["title"],
        "list_price": variant.list_price,
        "sale_price": variant.sale_price,
        **(listing or {}),
    }
    return Listing.objects.create(
        channel=CHANNEL,
        barcode=variant.barcode,
        variant=variant,
        remote=RemoteSheet(**sheet).as_json(),
        **values,
    )


def differing(**options: Any) -> dict[str, set[str]]:
    """By barcode, the fields that differ."""
    return {row.barcode: {str(gap.field) for gap in row.gaps} for row in find(channel=CHANNEL, **options)}


def fields(**options: Any) -> set[str]:
    return set().union(*differing(**options).values())


# --- finding ------------------------------------------------------------------------------------------------------


def test_what_is_equal_is_no_difference() -> None:
    pair(make_variant(product=make_product(description="<p>Deri</p>", origin="TR")))

    assert find(channel=CHANNEL, with_missing=True) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "Başka"}, Field.TITLE),
        ({"description": "<p>Başka</p>"}, Field.DESCRIPTION),
        ({"stock_code": "X-1"}, Field.STOCK_CODE),
        ({"vat_rate": 20}, Field.VAT_RATE),
        ({"desi": "3"}, Field.DESI),
        ({"origin": "CN"}, Field.ORIGIN),
        ({"product_code": "BASKA"}, Field.PRODUCT_CODE),
        ({"colour": "Bej"}, Field.COLOUR),
        ({"size": "44"}, Field.SIZE),
        ({"listing": {"list_price": Decimal(700)}}, Field.LIST_PRICE),
        ({"listing": {"sale_price": Decimal(400)}}, Field.SALE_PRICE),
    ],
)
def test_each_field_is_found_by_itself(changes: dict[str, Any], field: Field) -> None:
    pair(make_variant(product=make_product(description="<p>Deri</p>", origin="TR")), **changes)

    assert fields() == {field}


@pytest.mark.parametrize(
    "changes",
    [
        {"colour": "SİYAH"},
        {"desi": "2.04"},
        {"title": ""},
        {"stock_code": ""},
        {"vat_rate": None},
        {"listing": {"sale_price": None}},
        {"listing": {"state": Listing.State.MISSING, "list_price": Decimal(9)}},
    ],
)
def test_unknown_or_spelled_otherwise_is_no_difference(changes: dict[str, Any]) -> None:
    pair(**changes)

    assert find(channel=CHANNEL) == []


def test_drafts_are_not_compared() -> None:
    pair(make_variant(product=make_product(draft=True)), title="Başka")

    assert find(channel=CHANNEL) == []


def test_what_is_empty_here_is_shown_when_asked_for() -> None:
    pair(description="<p>Deri</p>", image_urls=("https://cdn.example/1.jpg",), delivery_days=1)

    assert (fields(), fields(with_missing=True)) == (set(), {"description", "image_urls", "delivery_days"})


def test_title_of_any_size_is_the_title_of_the_card() -> None:
    """A card there has one title; ours are made per barcode."""
    product = make_product(title="Babet")
    sizes = [make_variant(product=product, size=size) for size in ("36", "37")]
    ChannelProduct.objects.create(channel=CHANNEL, product=product)

    for variant in sizes:
        pair(variant, title="Babet - Siyah - Beden 36")

    assert find(channel=CHANNEL) == []


def test_brand_category_and_delivery_are_compared_by_number() -> None:
    listing = pair(brand_id=7, brand="Onlar", category_id=411, category="Casual", delivery_days=1)
    brand = MarketBrand.objects.create(channel=CHANNEL, remote_id=8, name="Biz", read_at=NOW)
    category = MarketCategory.objects.create(
        channel=CHANNEL, remote_id=414, name="Babet", path="Ayakkabı › Babet", leaf=True, read_at=NOW
    )
    ChannelProduct.objects.update(brand=brand, category=category, delivery_days=3)

    rows = find(channel=CHANNEL)
    (model,) = in_words(rows, channel=CHANNEL)

    assert fields() == {"brand_id", "category_id", "delivery_days"}
    assert [(one.ours.words, one.theirs.words) for one in model.differences][1:] == [
        ("Biz", "Onlar"),
        ("Ayakkabı › Babet", "Casual"),
    ]
    assert all(one.listing_ids == (listing.pk,) for one in model.differences)


def test_pictures_of_our_own_are_counted_and_others_compared() -> None:
    theirs = ("https://cdn.example/1.jpg", "https://cdn.example/2.jpg")
    own, same, other, elsewhere = (make_variant() for _n in range(4))
    rows = {own: [("/1.jpg", "a")], same: [(theirs[0], ""), (theirs[1], "")], other: [(theirs[0], "")]}
    rows[elsewhere] = [("https://shop.example/1.jpg", ""), ("https://shop.example/2.jpg", "")]
    for variant, pictures in rows.items():
        for position, (url, file) in enumerate(pictures, start=1):
            described = {"file": file, "thumb": file, "digest": file, "width": 9, "height": 9} if file else {}
            ProductImage.objects.create(
                product=variant.product, colour="Siyah", url=url, position=position, **described
            )
        pair(variant, image_urls=theirs)

    assert differing() == {own.barcode: {"image_urls"}, other.barcode: {"image_urls"}}


def attributed(**changes: Any) -> Listing:
    listing = pair(
        attributes={"47": {"text": "Siyah"}, "14": {"values": [601]}, "293": {"values": [4286]}, **changes},
        colour_attributes=(47,),
        size_attributes=(293,),
    )
    ChannelProduct.objects.update(
        attributes={"14": {"values": [602]}},
        colour_attributes={"Siyah": {"47": {"text": "SİYAH"}}},
        size_attributes={"37": {"293": {"values": [9]}}},
    )
    return listing


def test_attributes_are_compared_without_colour_and_size_and_named() -> None:
    attributed()
    category = MarketCategory.objects.create(
        channel=CHANNEL, remote_id=414, name="Babet", path="Babet", leaf=True, read_at=NOW
    )
    flags = dict.fromkeys(("required", "allow_custom", "varianter", "slicer", "multiple"), False)
    attribute = MarketAttribute.objects.create(
        category=category, remote_id=14, name="Materyal", position=1, **flags
    )
    for number, name in ((601, "Deri"), (602, "Süet")):
        MarketValue.objects.create(attribute=attribute, remote_id=number, name=name)

    (model,) = in_words(find(channel=CHANNEL), channel=CHANNEL)

    assert [(one.field, one.ours.words, one.theirs.words) for one in model.differences] == [
        (Field.ATTRIBUTES, "Materyal: Süet", "Materyal: Deri")
    ]


def test_alike_barcodes_are_one_line() -> None:
    product = make_product()
    listings = [pair(make_variant(product=product, size=size), vat_rate=20) for size in ("36", "37")]
    pair(make_variant(product=product, size="38"), vat_rate=1)

    (model,) = in_words(find(channel=CHANNEL), channel=CHANNEL)

    assert [one.theirs.words for one in model.differences] == ["% 20", "% 1"]
    assert model.differences[0].listing_ids == tuple(row.pk for row in listings)


def test_counts_are_of_barcodes_and_models() -> None:
    product = make_product("A1")
    for size in ("36", "37"):
        pair(make_variant(product=product, size=size), vat_rate=20)
    other = make_variant(product=make_product("A2"))
    pair(other, vat_rate=20, origin="", stock_code="X")

    rows = find(channel=CHANNEL)

    assert [(one.field, one.models, one.barcodes) for one in count_fields(rows)] == [
        (Field.VAT_RATE, 2, 3),
        (Field.STOCK_CODE, 1, 1),
    ]
    assert models_in(rows, None) == [product.pk, other.product_id]
    assert models_in(rows, Field.STOCK_CODE) == [other.product_id]


@pytest.mark.parametrize(
    ("state", "field", "can"),
    [
        ("APPROVED", Field.TITLE, True),
        ("APPROVED", Field.SALE_PRICE, True),
        ("APPROVED", Field.BRAND, False),
        ("APPROVED", Field.PRODUCT_CODE, False),
        ("REJECTED", Field.BRAND, True),
        ("REJECTED", Field.TITLE, True),
        ("REJECTED", Field.SALE_PRICE, False),
        ("ARCHIVED", Field.TITLE, False),
    ],
)
def test_state_there_decides_what_can_be_sent(state: str, field: Field, can: bool) -> None:
    pair(title="Başka", listing={"state": state})

    assert find(channel=CHANNEL)[0].sendable(field) is can


# --- theirs becomes ours ------------------------------------------------------------------------------------------


def test_taking_writes_models_barcodes_and_cards(user: User) -> None:
    theirs = {
        "title": "Onların adı",
        "description": "<p>Onların</p>",
        "stock_code": "T-1",
        "vat_rate": 20,
        "desi": "3.5",
        "origin": "CN",
        "brand_id": 7,
        "brand": "Onlar",
        "delivery_days": 2,
        "image_urls": ("https://cdn.example/1.jpg",),
        "attributes": {"47": {"text": "Siyah"}, "14": {"values": [601]}},
        "colour_attributes": (47,),
    }
    listing = pair(listing={"list_price": Decimal(900), "sale_price": Decimal(800)}, **theirs)
    everything = [Chosen(field, {listing.pk: ""}) for field in Field]

    done = take_all(channel=CHANNEL, chosen=everything, user=user)

    variant = Variant.objects.select_related("product").get()
    product, card = variant.product, ChannelProduct.objects.get()
    assert (product.title, product.description, product.vat_rate, product.desi, product.origin) == (
        "Onların adı",
        "<p>Onların</p>",
        20,
        Decimal("3.5"),
        "CN",
    )
    # Above our list price: both are changed in one step.
    assert (variant.stock_code, variant.list_price, variant.sale_price) == (
        "T-1",
        Decimal(900),
        Decimal(800),
    )
    assert (card.brand.name, card.delivery_days, card.title_pattern) == ("Onlar", 2, "{title}")
    assert (card.attributes, card.colour_attributes) == (
        {"14": {"values": [601]}},
        {"Siyah": {"47": {"text": "Siyah"}}},
    )
    assert list(ProductImage.objects.values_list("url", "colour")) == [("https://cdn.example/1.jpg", "Siyah")]
    assert (done.refused, find(channel=CHANNEL, with_missing=True)) == ((), [])


def test_history_names_who_took_it(user: User) -> None:
    from pghistory.models import Events

    listing = pair(vat_rate=20)

    take_theirs(channel=CHANNEL, listing_ids=[listing.pk], field="vat_rate", user=user)

    event = Events.objects.tracks(Product.objects.get()).last()
    assert event.pgh_context["user"] == user.pk


def test_title_there_is_taken_without_what_the_pattern_adds(user: User) -> None:
    product = make_product(title="Bizimki")
    for colour in ("Siyah", "Bej"):
        pair(
            make_variant(product=product, colour=colour),
            title=f"Onlarınki - {colour}",
            listing={"content_id": None},
        )
    listing = Listing.objects.first()

    take_theirs(channel=CHANNEL, listing_ids=[listing.pk], field="title", user=user)

    product.refresh_from_db()
    assert (product.title, ChannelProduct.objects.get().title_pattern) == ("Onlarınki", "{title} - {colour}")
    assert find(channel=CHANNEL) == []


def test_what_changed_since_it_was_seen_is_left_alone(user: User) -> None:
    listing = pair(listing={"sale_price": Decimal(400)})
    (row,) = find(channel=CHANNEL)
    seen = {listing.pk: row.gaps[0].stamp}
    Variant.objects.update(sale_price=Decimal(450))

    done = take_theirs(channel=CHANNEL, listing_ids=[listing.pk], field="sale_price", user=user, seen=seen)

    assert (done.done, done.passed) == (0, 1)
    assert Variant.objects.get().sale_price == 450


def test_price_above_ours_is_refused_as_a_whole(user: User) -> None:
    fine = pair(listing={"sale_price": Decimal(400)})
    wrong = pair(listing={"sale_price": Decimal(800), "list_price": Decimal(900)})

    with pytest.raises(VariantsRefused):
        take_theirs(channel=CHANNEL, listing_ids=[fine.pk, wrong.pk], field="sale_price", user=user)

    assert set(Variant.objects.values_list("sale_price", flat=True)) == {Decimal(500)}


@pytest.mark.parametrize("field", ["product_code", "colour", "size"])
def test_what_makes_the_barcode_is_never_taken(user: User, field: str) -> None:
    listing = pair(**{field: "Başka"})

    done = take_theirs(channel=CHANNEL, listing_ids=[listing.pk], field=field, user=user)

    assert (done.done, len(done.refused), fields()) == (0, 1, {field})


def test_unknown_category_is_named(user: User) -> None:
    listing = pair(category_id=411, category="Casual")
    ours = MarketCategory.objects.create(
        channel=CHANNEL, remote_id=414, name="Babet", path="Babet", leaf=True, read_at=NOW
    )
    ChannelProduct.objects.update(category=ours)

    done = take_theirs(channel=CHANNEL, listing_ids=[listing.pk], field="category_id", user=user)

    assert done.done == 0
    assert "Casual" in done.refused[0]
    assert ChannelProduct.objects.get().category == ours


def test_own_pictures_are_kept(user: User) -> None:
    listing = pair(image_urls=("https://cdn.example/1.jpg", "https://cdn.example/2.jpg"))
    described = {"file": "a", "thumb": "a", "digest": "a", "width": 9, "height": 9}
    ProductImage.objects.create(product=Product.objects.get(), colour="Siyah", url="/1.jpg", **described)

    done = take_theirs(channel=CHANNEL, listing_ids=[listing.pk], field="image_urls", user=user)

    assert (done.done, len(done.refused)) == (0, 1)
    assert ProductImage.objects.get().url == "/1.jpg"


# --- over the marketplace -----------------------------------------------------------------------------------------


def test_first_reading_of_a_shop_that_agrees_shows_nothing(shop: Shop) -> None:
    variant = shop.sell(3)
    variant.product.description, variant.product.origin = "<p>Topuklu Ayakkabı</p>", "TR"
    variant.product.save()
    shop.list_there(
        variant.barcode,
        3,
        product_main_id=variant.product.code,
        stock_code=variant.stock_code,
        sale_price=500,
        list_price=600,
    )

    sync_products()

    assert find(channel=CHANNEL) == []


def test_ours_is_asked_for(shop: Shop, user: User) -> None:
    variant = shop.sell(3, sale_price=450, list_price=650)
    sync_products()
    listing = Listing.objects.get()

    done = send_ours(channel=CHANNEL, listing_ids=[listing.pk], field="sale_price", user=user)

    assert (done.done, done.passed, done.refused) == (1, 0, ())
    message = OutboxMessage.objects.get()
    assert (message.kind, message.written_by) == ("PRODUCT_PRICE", user)
    assert message.product_writes.get().barcode == variant.barcode
    (model,) = in_words(find(channel=CHANNEL), channel=CHANNEL, read_at=listing.seen_at)
    assert model.sent


def test_refused_model_does_not_stop_the_others(shop: Shop, user: User) -> None:
    for _number in range(2):
        shop.sell(3, sale_price=450, list_price=650)
    sync_products()
    bad, _good = Listing.objects.order_by("pk")
    Variant.objects.filter(barcode=bad.barcode).update(list_price=None)
    ids = list(Listing.objects.values_list("pk", flat=True))

    done = send_ours(channel=CHANNEL, listing_ids=ids, field="sale_price", user=user)

    assert (done.done, len(done.refused)) == (1, 1)


# --- the page -----------------------------------------------------------------------------------------------------


def key(field: str) -> str:
    for model in in_words(find(channel=CHANNEL, with_missing=True), channel=CHANNEL):
        for one in model.differences:
            if one.field == field:
                return one.key
    raise AssertionError(field)


def test_page_shows_both_sides_and_its_buttons(office: Client) -> None:
    pair(title="Onların adı", stock_code="T-1")

    response = office.get(URL)

    text = response.content.decode()
    assert ("Onların adı" in text, "T-1" in text) == (True, True)
    assert [bar.count.field for bar in response.context["bars"]] == [Field.TITLE, Field.STOCK_CODE]
    assert text.count('value="take|') == text.count('value="send|') == 2


def test_page_is_filtered_by_field_and_by_model(office: Client) -> None:
    pair(make_variant(product=make_product("GÜL-1", title="Kışlık Bot")), vat_rate=20, stock_code="X")
    pair(vat_rate=20)

    by_field = office.get(URL, {"field": "stock_code"})
    by_model = office.get(URL, {"q": "kislik"})

    assert [len(model.differences) for model in by_field.context["models"]] == [1]
    assert [model.code for model in by_model.context["models"]] == ["GÜL-1"]


def test_unknown_field_is_answered_in_a_sentence(office: Client) -> None:
    response = office.get(URL, {"field": "kilo"})

    assert "kilo" in response.content.decode()


def test_empty_page_says_why(office: Client) -> None:
    response = office.get(URL)

    assert (response.status_code, list(response.context["models"])) == (200, [])


def test_buttons_take_and_send(office: Client) -> None:
    pair(vat_rate=20, stock_code="T-1")

    one = office.post(URL, {"do": f"take|{key('vat_rate')}"}, follow=True)
    many = office.post(URL, {"do": "take", "difference": [key("stock_code")]}, follow=True)

    assert [message.level_tag for page in (one, many) for message in page.context["messages"]] == [
        "success",
        "success",
    ]
    assert (Product.objects.get().vat_rate, Variant.objects.get().stock_code) == (20, "T-1")


@pytest.mark.parametrize("do", ["", "burn", "take|kilo:1:2", "take|title::2", "take|title:a:x", "send|title"])
def test_strange_buttons_are_refused(office: Client, do: str) -> None:
    assert office.post(URL, {"do": do}).status_code == 400


def test_nothing_ticked_is_said(office: Client) -> None:
    response = office.post(URL, {"do": "take"}, follow=True)

    assert [message.level_tag for message in response.context["messages"]] == ["warning"]


def test_filter_survives_a_button(office: Client) -> None:
    pair(vat_rate=20)

    response = office.post(f"{URL}?field=vat_rate&q=M", {"do": "take"})

    assert response["Location"] == f"{URL}?q=M&field=vat_rate"


@pytest.mark.parametrize("role", [ANALYST, WAREHOUSE])
def test_page_needs_the_right_to_see_listings(role: str) -> None:
    browser = Client()
    browser.force_login(make_user(role))

    assert browser.get(URL).status_code == 403


def test_looking_is_not_settling() -> None:
    pair(vat_rate=20, listing={"sale_price": Decimal(400)})
    person = make_user(is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_listing"))
    browser = Client()
    browser.force_login(person)

    response = browser.get(URL)

    assert [bar.count.field for bar in response.context["bars"]] == [Field.VAT_RATE]
    assert "take|" not in response.content.decode()
    assert [browser.post(URL, {"do": f"{do}|{key('vat_rate')}"}).status_code for do in ("take", "send")] == [
        403,
        403,
    ]


def test_prices_need_the_right_to_see_amounts() -> None:
    pair(listing={"sale_price": Decimal(400)})
    person = make_user(is_staff=True)
    names = ("view_listing", "change_product", "change_variant")
    person.user_permissions.add(*Permission.objects.filter(codename__in=names))
    browser = Client()
    browser.force_login(person)

    assert browser.post(URL, {"do": f"take|{key('sale_price')}"}).status_code == 403
    asked = browser.get(URL, {"field": "sale_price"}).context["asked"]
    assert (asked.field, asked.refused) == (None, "sale_price")


def test_page_costs_the_same_however_many_differ(office: Client) -> None:
    def made(count: int) -> None:
        for _number in range(count):
            variant = make_variant()
            ProductImage.objects.create(
                product=variant.product, colour="Siyah", url="https://cdn.example/0.jpg"
            )
            pair(
                variant,
                title="Başka",
                description="d",
                image_urls=("https://cdn.example/1.jpg",),
                vat_rate=20,
            )
        Product.objects.update(description="c")

    made(1)
    office.get(URL)
    with CaptureQueriesContext(connection) as one:
        office.get(URL)
    made(6)

    with CaptureQueriesContext(connection) as seven:
        office.get(URL)

    assert len(seven) == len(one)
