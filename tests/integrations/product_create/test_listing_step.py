"""The step "category and attributes": what it asks, what it keeps, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from django_q.models import OrmQ

from catalog.models import Product
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE
from integrations.models import ChannelProduct, MarketBrand, MarketValue
from integrations.product_create.steps import Step
from integrations.trendyol.client import TrendyolClient
from integrations.trendyol.sandbox import Sandbox
from tests.factories import make_variant
from tests.integrations.product_create.listingkit import (
    BEDEN,
    BOOTIE,
    BRAND,
    CHANNEL,
    CINSIYET,
    DERI,
    HEELS,
    IMPORTER,
    KADIN,
    MATERYAL,
    RENK,
    SHOES,
    STILETTO,
    SUET,
    WEB_COLOR,
    brand,
    card_of,
    category,
    make_card,
    make_model,
    make_tree,
    read_attributes,
    signed_in,
)

pytestmark = pytest.mark.django_db
TERMS = {"title_pattern": "{title} - {colour} - Beden {size}", "delivery_days": ""}


@pytest.fixture
def product() -> Product:
    make_tree()
    return make_model()


def url(product: Product) -> str:
    return reverse("product_create:listing", args=[product.pk])


def send(client: Client, product: Product, **fields: Any) -> Any:
    with override("en"):
        return client.post(url(product), {**TERMS, **fields})


def sentences(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def group(response: Any, number: int) -> Any:
    return next(group for group in response.context["groups"] if group.question.attribute.remote_id == number)


# --- who, and how much it costs -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status"), [(MANAGER, 200), (OFFICE, 200), (WAREHOUSE, 403), (ANALYST, 403), (None, 403)]
)
def test_step_is_for_those_who_keep_products(product: Product, role: str | None, status: int) -> None:
    browser = signed_in(role)
    names = ("product_create:tree", "product_create:categories", "product_create:brands")

    assert browser.get(url(product)).status_code == status
    assert [browser.get(reverse(name)).status_code for name in names] == [status] * 3


def test_strangers_are_sent_to_sign_in(product: Product) -> None:
    assert Client().get(url(product)).status_code == 302


def test_statements_do_not_grow_with_colours_and_sizes(office: Client, product: Product) -> None:
    make_card(product)
    office.get(url(product))
    with CaptureQueriesContext(connection) as few:
        office.get(url(product))
    for colour in ("Bej", "Siyah", "Taba"):
        for size in ("35", "38", "39", "40"):
            make_variant(product=product, colour=colour, size=size)

    with CaptureQueriesContext(connection) as many:
        page = office.get(url(product))

    assert len(group(page, BEDEN).entries) == 6
    assert len(many) == len(few)


def test_page_without_a_category_asks_for_one(office: Client, product: Product) -> None:
    with override("en"):
        page = office.get(url(product))

    assert page.status_code == 200
    assert page.context["groups"] == ()
    assert "Choose a category first" in page.content.decode()
    assert not ChannelProduct.objects.exists()


# --- choosing -----------------------------------------------------------------------------------------------------


def test_category_is_found_by_folded_words_of_its_path(office: Client, product: Product) -> None:
    found = office.get(reverse("product_create:categories"), {"q": "AYAKKABI stıletto"}).json()

    assert found["found"] == [
        {"id": category().pk, "name": "Stiletto", "note": "Ayakkabı › Topuklu & Abiye › Stiletto"}
    ]


def test_only_categories_that_take_products_are_found(office: Client, product: Product) -> None:
    found = office.get(reverse("product_create:categories"), {"q": "topuklu"}).json()["found"]

    assert {row["name"] for row in found} == {
        "Abiye Ayakkabı",
        "Dolgu Topuklu Ayakkabı",
        "Stiletto",
        "Topuklu Ayakkabı",
    }


def test_tree_is_walked_level_by_level(office: Client, product: Product) -> None:
    tree = reverse("product_create:tree")

    root = office.get(tree).context["level"]
    below = office.get(tree, {"parent": SHOES}).context["level"]
    astray = office.get(tree, {"parent": "yok"}).context["level"]

    assert [row.name for row in root.rows] == [row.name for row in astray.rows]
    assert {row.name for row in root.rows} >= {"Ayakkabı", "Giyim", "Aksesuar"}
    assert (below.above.name, "Topuklu & Abiye" in {row.name for row in below.rows}) == ("Ayakkabı", True)


def test_tree_opens_without_the_script_and_keeps_what_was_typed(office: Client, product: Product) -> None:
    page = send(office, product, open=HEELS, title_pattern="{title} {colour}")

    assert [row.name for row in page.context["level"].rows] == [
        "Abiye Ayakkabı",
        "Dolgu Topuklu Ayakkabı",
        "Stiletto",
        "Topuklu Ayakkabı",
    ]
    assert page.context["terms"]["title_pattern"].value() == "{title} {colour}"
    assert not ChannelProduct.objects.exists()


def test_categories_that_were_never_read_can_be_asked_for(office: Client) -> None:
    product = make_model()

    page = office.get(url(product))
    send(office, product, read_lists="1")

    assert 'name="read_lists"' in page.content.decode()
    tasks = [task.task for task in OrmQ.objects.all()]
    assert [(task["func"], task["kwargs"]["trigger"]) for task in tasks] == [
        ("integrations.tasks.refresh_reference_job", "STAFF")
    ]


def test_search_button_finds_categories_and_keeps_nothing(office: Client, product: Product) -> None:
    page = send(office, product, find="category", **{"q:category": "stiletto"})

    assert (page.status_code, [row.name for row in page.context["shown"].category.rows]) == (
        200,
        ["Stiletto"],
    )
    assert not ChannelProduct.objects.exists()


def test_chosen_category_has_its_attributes_read(
    office: Client, product: Product, sandbox: Sandbox, client: TrendyolClient
) -> None:
    response = send(office, product, choose_category=category().pk)

    card = card_of(product)
    assert (response.status_code, response.url) == (302, f"{url(product)}#attributes")
    assert (card.category, card.category and card.category.attributes.count()) == (category(), 13)
    assert (
        MarketValue.objects.filter(attribute__category=category(), attribute__remote_id=BEDEN).count() > 1000
    )


def test_category_stays_chosen_when_its_attributes_cannot_be_read(
    office: Client, product: Product, settings: Any
) -> None:
    settings.TRENDYOL = {**settings.TRENDYOL, "SELLER_ID": ""}

    response = send(office, product, choose_category=category().pk)

    assert card_of(product).category == category()
    assert sentences(response)[0] == "Category chosen: Ayakkabı › Topuklu & Abiye › Stiletto"
    assert sentences(response)[1].startswith(
        "The attributes of this category could not be read: Trendyol is not"
    )
    with override("en"):
        assert "were not read yet" in office.get(url(product)).content.decode()


@pytest.mark.parametrize("wanted", ["999999", "yok", "", "1" * 30])
def test_category_that_is_not_offered_is_refused(office: Client, product: Product, wanted: str) -> None:
    page = send(office, product, choose_category=wanted)

    assert (page.status_code, page.context["problem"]) == (
        422,
        "What was chosen is not offered any more: search for it again.",
    )


def test_category_above_others_is_refused(office: Client, product: Product) -> None:
    page = send(office, product, choose_category=category(SHOES).pk)

    assert (page.status_code, page.context["problem"]) == (
        422,
        "Category Ayakkabı takes no products: choose one of the categories below it.",
    )


def test_new_category_keeps_what_it_allows_and_names_the_rest(office: Client, product: Product) -> None:
    make_card(product)
    read_attributes(BOOTIE)
    send(office, product, **{f"v:m:{CINSIYET}:": KADIN, f"v:c:{WEB_COLOR}:Siyah": 686_230})

    response = send(
        office,
        product,
        choose_category=category(BOOTIE).pk,
        **{f"v:m:{CINSIYET}:": KADIN, f"v:c:{WEB_COLOR}:Siyah": 686_230},
    )

    assert sentences(response)[-1] == "This category does not take what was chosen for: Web Color."
    assert card_of(product).attributes == {str(CINSIYET): {"values": [KADIN]}}
    assert card_of(product).colour_attributes == {}


def test_brand_of_our_copy_is_chosen(office: Client, product: Product) -> None:
    found = office.get(reverse("product_create:brands"), {"q": "gullu SHOES"}).json()["found"]
    response = send(office, product, choose_brand=found[0]["id"])

    assert (response.status_code, card_of(product).brand) == (302, brand())


def test_brand_that_our_copy_lacks_is_asked_for(
    office: Client, product: Product, sandbox: Sandbox, client: TrendyolClient
) -> None:
    MarketBrand.objects.all().delete()

    page = send(office, product, ask_brand="1", **{"q:brand": "güllü shoes"})

    assert {row.name for row in page.context["shown"].brand.rows} == {BRAND, "GÜLLÜ SHOES"}
    assert MarketBrand.objects.count() == 2


def test_brand_nobody_knows_and_no_name_at_all_are_said(
    office: Client, product: Product, sandbox: Sandbox, client: TrendyolClient
) -> None:
    unknown = send(office, product, ask_brand="1", **{"q:brand": "Yokböylemarka"})
    empty = send(office, product, ask_brand="1", **{"q:brand": " "})

    assert "Trendyol knows no brand “Yokböylemarka”" in unknown.content.decode()
    assert empty.context["problem"] == "Write the name of the brand first, then ask for it."


# --- attributes ---------------------------------------------------------------------------------------------------


def test_attributes_are_asked_for_model_colour_and_size(office: Client, product: Product) -> None:
    make_card(product)

    page = office.get(url(product))

    def keys(number: int) -> list[str]:
        return [entry.slot.key for entry in group(page, number).entries]

    assert (keys(RENK), keys(WEB_COLOR)) == (["Gül kurusu", "Siyah"], ["Gül kurusu", "Siyah"])
    assert (keys(BEDEN), keys(CINSIYET)) == (["36", "37"], [""])
    required = [group.question.attribute.required for group in page.context["groups"]]
    assert required == sorted(required, reverse=True)
    assert (group(page, BEDEN).question.long, group(page, BEDEN).question.options) == (True, ())
    assert len(group(page, WEB_COLOR).question.options) == 20


def test_choices_are_kept_for_model_colour_and_size(office: Client, product: Product) -> None:
    make_card(product)

    response = send(
        office,
        product,
        **{
            f"v:m:{CINSIYET}:": KADIN,
            f"v:m:{MATERYAL}:": [DERI, SUET],
            f"t:m:{IMPORTER}:": "  Güllü   Ticaret ",
            f"t:c:{RENK}:Siyah": "Siyah",
            f"t:c:{RENK}:Gül kurusu": "Gül kurusu",
            f"v:s:{BEDEN}:36": 4285,
            "title_pattern": "{title} {colour} {size}",
            "delivery_days": "1",
        },
    )

    card = card_of(product)
    assert (response.status_code, response.url) == (302, url(product))
    assert card.attributes == {
        str(CINSIYET): {"values": [KADIN]},
        str(MATERYAL): {"values": [DERI, SUET]},
        str(IMPORTER): {"text": "Güllü Ticaret"},
    }
    assert card.colour_attributes == {
        "Siyah": {str(RENK): {"text": "Siyah"}},
        "Gül kurusu": {str(RENK): {"text": "Gül kurusu"}},
    }
    assert card.size_attributes == {"36": {str(BEDEN): {"values": [4285]}}}
    assert (card.title_pattern, card.delivery_days) == ("{title} {colour} {size}", 1)


def test_emptied_fields_are_taken_back(office: Client, product: Product) -> None:
    make_card(product)
    send(office, product, **{f"v:m:{CINSIYET}:": KADIN, f"t:c:{RENK}:Siyah": "Siyah"})

    send(office, product, **{f"v:m:{CINSIYET}:": "", f"t:c:{RENK}:Siyah": ""})

    assert (card_of(product).attributes, card_of(product).colour_attributes) == ({}, {})


def test_value_for_all_colours_is_shown_for_each_and_gives_way(office: Client, product: Product) -> None:
    card = make_card(product)
    card.attributes = {str(WEB_COLOR): {"values": [686_230]}}
    card.save()

    page = office.get(url(product))
    send(office, product, **{f"v:c:{WEB_COLOR}:Siyah": 686_230, f"v:c:{WEB_COLOR}:Gül kurusu": ""})

    assert [entry.values for entry in group(page, WEB_COLOR).entries] == [(686_230,), (686_230,)]
    assert card_of(product).attributes == {}
    assert card_of(product).colour_attributes == {"Siyah": {str(WEB_COLOR): {"values": [686_230]}}}


def test_save_and_continue_opens_the_next_step(office: Client, product: Product) -> None:
    response = send(office, product, **{"continue": "1"})

    assert response.url == reverse(f"product_create:{Step.PRICES.slug}", args=[product.pk])


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {f"v:m:{CINSIYET}:": "123"},
            "“Cinsiyet” no longer has one of the chosen values: choose another one.",
        ),
        (
            {f"v:m:{CINSIYET}:": "abc"},
            "“Cinsiyet” no longer has one of the chosen values: choose another one.",
        ),
        (
            {f"v:m:{CINSIYET}:": [KADIN, 2873]},
            "“Cinsiyet” takes one value, and 2 are chosen: leave one.",
        ),
        (
            {f"t:m:{CINSIYET}:": "Hanım"},
            "“Cinsiyet” takes no text of one’s own like “Hanım”: choose a value of the list.",
        ),
        ({f"t:c:{RENK}:Siyah": "S" * 51}, "“Renk” has 51 letters: shorten it to 50."),
        (
            {f"t:m:{IMPORTER}:": "S" * 501},
            "“İthalatçı/Yetkili Temsilci Adı” has 501 letters: shorten it to 500.",
        ),
    ],
)
def test_wrong_choice_is_refused_at_its_field(
    office: Client, product: Product, fields: dict[str, Any], sentence: str
) -> None:
    make_card(product)

    page = send(office, product, **fields)

    assert (page.status_code, page.context["shown"].filled.errors) == (422, [sentence])
    assert (card_of(product).attributes, card_of(product).colour_attributes) == ({}, {})


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title_pattern": "{title} {renk}"}, "title_pattern"),
        ({"title_pattern": "{title} {"}, "title_pattern"),
        ({"title_pattern": "Stiletto {size}"}, "title_pattern"),
        ({"title_pattern": ""}, "title_pattern"),
        ({"title_pattern": "{title}" + "x" * 60}, "title_pattern"),
        ({"delivery_days": "-1"}, "delivery_days"),
        ({"delivery_days": "yarın"}, "delivery_days"),
        ({"delivery_days": "9999"}, "delivery_days"),
    ],
)
def test_wrong_terms_are_refused_at_their_field(
    office: Client, product: Product, fields: dict[str, str], field: str
) -> None:
    page = send(office, product, **fields)

    assert (page.status_code, list(page.context["terms"].errors)) == (422, [field])
    assert not ChannelProduct.objects.exists()


def test_choosing_keeps_what_is_right_and_says_what_is_not(office: Client, product: Product) -> None:
    make_card(product)

    response = send(
        office,
        product,
        choose_brand=brand().pk,
        **{f"v:m:{CINSIYET}:": KADIN, f"t:c:{RENK}:Siyah": "S" * 51},
    )

    assert card_of(product).attributes == {str(CINSIYET): {"values": [KADIN]}}
    assert sentences(response) == [f"Brand chosen: {BRAND}", "“Renk” has 51 letters: shorten it to 50."]


def test_long_list_is_searched_for_one_size(office: Client, product: Product) -> None:
    make_card(product)
    attribute = category().attributes.get(remote_id=BEDEN)

    found = office.get(reverse("product_create:values", args=[attribute.pk]), {"q": "36"}).json()
    page = send(office, product, find=f"a:s:{BEDEN}:36", **{f"q:a:s:{BEDEN}:36": "36"})

    entries = group(page, BEDEN).entries
    assert {"id": 4285, "name": "36", "note": ""} in found["found"]
    assert (len(found["found"]) <= found["most"], found["found"][0]["name"]) == (True, "36")
    assert 4285 in {option.remote_id for option in entries[0].options}
    assert entries[1].options == ()


def test_values_of_an_attribute_that_is_gone_are_not_found(office: Client, product: Product) -> None:
    assert office.get(reverse("product_create:values", args=[999])).status_code == 404


def test_suggestions_fill_what_can_be_known_and_leave_what_is_chosen(
    office: Client, product: Product
) -> None:
    make_card(product)
    send(office, product, **{f"t:c:{RENK}:Siyah": "Gece siyahı"})

    response = send(office, product, suggest="1", **{f"t:c:{RENK}:Siyah": "Gece siyahı"})

    card = card_of(product)
    assert response.url == f"{url(product)}#attributes"
    assert card.colour_attributes["Siyah"][str(RENK)] == {"text": "Gece siyahı"}
    assert card.colour_attributes["Gül kurusu"][str(RENK)] == {"text": "Gül kurusu"}
    assert card.colour_attributes["Siyah"][str(WEB_COLOR)] == {"values": [686_230]}
    assert card.size_attributes == {
        "36": {str(BEDEN): {"values": [4285]}},
        "37": {str(BEDEN): {"values": [4286]}},
    }
    assert card.attributes[str(CINSIYET)] == {"values": [KADIN]}


def test_suggestions_that_find_nothing_say_so(office: Client, product: Product) -> None:
    response = send(office, product, suggest="1")

    assert sentences(response) == ["Nothing could be filled in: what is empty, only you know."]


# --- titles, and texts that would like to be code -----------------------------------------------------------------


def test_longest_title_is_counted(office: Client, product: Product) -> None:
    page = send(office, product, find="brand", title_pattern="{title} - {colour} - {size}" + "!" * 32)

    sample = page.context["sample"]
    assert (sample.title, sample.length, sample.too_long) == (
        "Deri Stiletto - Gül kurusu - 36" + "!" * 32,
        len("Deri Stiletto - Gül kurusu - 36") + 32,
        False,
    )


def test_hostile_texts_are_shown_as_text(office: Client) -> None:
    make_tree()
    bad = "<script>alert(1)</script>"
    product = make_model(colours=(f"{bad}\"'",), sizes=('36"><img src=x>',), title=bad)
    make_card(product)
    attribute = category().attributes.get(remote_id=CINSIYET)
    MarketValue.objects.create(attribute=attribute, remote_id=5, name=bad)

    shown = office.get(url(product)).content.decode()
    sent = send(office, product, find="brand", **{"q:brand": bad, f"t:m:{IMPORTER}:": bad}).content.decode()

    assert [text.count(hostile) for text in (shown, sent) for hostile in (bad, "<img src=x>")] == [0] * 4


def test_wrong_model_is_not_found(office: Client, product: Product) -> None:
    assert office.get(reverse("product_create:listing", args=[product.pk + 1])).status_code == 404


def test_category_that_was_withdrawn_is_said(office: Client, product: Product) -> None:
    make_card(product)
    row = category(STILETTO)
    row.offered = False
    row.save()

    with override("en"):
        assert "no longer offers this category" in office.get(url(product)).content.decode()


def test_card_belongs_to_the_channel(office: Client, product: Product) -> None:
    send(office, product)

    assert list(ChannelProduct.objects.values_list("channel", "product")) == [(CHANNEL, product.pk)]
