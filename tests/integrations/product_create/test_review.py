"""The last step: every broken rule with its way out, what will be sent, and the two buttons."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from catalog.models import Product, ProductImage, Variant
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE
from integrations.listing import cards
from integrations.listing.sheets import Choice
from integrations.models import OutboxMessage, ProductWrite
from integrations.product_create.steps import Step
from tests.factories import make_shelf, make_user, make_variant, stock
from tests.integrations.product_create.listingkit import (
    BEDEN,
    CHANNEL,
    CINSIYET,
    RENK,
    fill_in,
    make_card,
    make_model,
    make_tree,
    signed_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def product() -> Product:
    """A draft that keeps every rule, two colours in two sizes."""
    make_tree()
    product = make_model()
    fill_in(product)
    return product


def url(product: Product, step: Step = Step.REVIEW) -> str:
    return reverse(f"product_create:{step.slug}", args=[product.pk])


def show(client: Client, product: Product) -> Any:
    with override("en"):
        return client.get(url(product))


def press(client: Client, product: Product, button: str = "send") -> Any:
    with override("en"):
        return client.post(url(product), {button: "1"})


def faults(page: Any) -> list[tuple[str, str]]:
    """Where each leads (without the address of the model), by sentence."""
    return [
        (str(fault.sentence), fault.url.rpartition("/product_create/")[2]) for fault in page.context["faults"]
    ]


def is_draft(product: Product) -> bool:
    product.refresh_from_db()
    return product.draft


# --- sending ------------------------------------------------------------------------------------------------------


def test_model_that_keeps_every_rule_is_sent_and_in_the_range(office: Client, product: Product) -> None:
    page = show(office, product)
    response = press(office, product)

    assert (page.context["faults"], page.context["obstacle"], page.context["fresh"]) == ([], "", 4)
    assert (response.status_code, response.url) == (
        302,
        reverse("product_create:standing", args=[product.pk]),
    )
    assert not is_draft(product)
    assert list(OutboxMessage.objects.values_list("kind", flat=True)) == ["PRODUCT_CREATE"]
    barcodes = set(ProductWrite.objects.values_list("barcode", flat=True))
    assert barcodes == set(product.variants.values_list("barcode", flat=True))


def test_pressing_twice_sends_once(office: Client, product: Product) -> None:
    press(office, product)
    again = press(office, product)

    assert (again.status_code, again.url) == (302, reverse("product_create:standing", args=[product.pk]))
    assert (OutboxMessage.objects.count(), ProductWrite.objects.count()) == (1, 4)


def test_table_says_what_is_sent(office: Client, product: Product) -> None:
    variant = product.variants.get(colour="Siyah", size="36")
    product.draft = False
    product.save()
    stock(variant, make_shelf(), 7)

    page = show(office, product)

    row = next(row for row in page.context["rows"] if row.sheet.barcode == variant.barcode)
    assert (row.sheet.title, row.sheet.quantity) == ("Deri Stiletto - Siyah - Beden 36", 7)
    text = page.content.decode()
    assert all(words in text for words in (variant.barcode, "Deri Stiletto - Siyah - Beden 36", "600,00 ₺"))


def test_new_barcodes_of_a_listed_model_are_sent_alone(office: Client, product: Product) -> None:
    press(office, product)
    fresh = make_variant(product=product, colour="Siyah", size="38")
    cards.set_choices(
        channel=CHANNEL, product_id=product.pk, size_attributes={"38": {BEDEN: Choice((4287,))}}
    )

    page = show(office, product)
    press(office, product)

    assert page.context["fresh"] == 1
    assert ProductWrite.objects.latest("pk").barcode == fresh.barcode
    assert ProductWrite.objects.count() == 5


def test_draft_is_finished_without_sending(office: Client, product: Product) -> None:
    response = press(office, product, "finish")

    assert (response.status_code, response.url) == (302, url(product))
    assert (is_draft(product), OutboxMessage.objects.count()) == (False, 0)


def test_draft_with_broken_rules_can_be_finished(office: Client) -> None:
    product = make_model()

    press(office, product, "finish")

    assert not is_draft(product)


def test_draft_without_sizes_cannot_be_finished(office: Client) -> None:
    product = make_model(colours=())

    page = press(office, product, "finish")

    assert (page.status_code, is_draft(product)) == (422, True)
    assert page.context["problem"] == "Model 0172 has no colour and size yet: add them first."


# --- what is in the way -------------------------------------------------------------------------------------------


def test_broken_rules_lead_to_the_field_that_breaks_them(office: Client, product: Product) -> None:
    key = {"channel": CHANNEL, "product_id": product.pk}
    cards.set_choices(
        **key,
        attributes={CINSIYET: Choice()},
        colour_attributes={"Gül kurusu": {RENK: Choice()}},
        size_attributes={"37": {BEDEN: Choice()}},
    )
    cards.set_terms(
        **key, title_pattern="{title} - {colour} - {size} numara, hakiki deri, el yapımı", delivery_days=None
    )
    Product.objects.filter(pk=product.pk).update(description="", title="Stiletto " * 8)
    Variant.objects.filter(product=product, size="36", colour="Siyah").update(list_price=None)
    ProductImage.objects.filter(product=product, colour="Siyah").delete()

    found = faults(show(office, product))

    pk, priceless = product.pk, product.variants.get(list_price=None)
    places = sorted({place for _, place in found})
    assert places == sorted(
        {
            f"{pk}/model/#id_description",
            f"{pk}/pictures/#pictures",
            f"{pk}/listing/#id_title_pattern",
            f"{pk}/listing/#a-{CINSIYET}",
            f"{pk}/listing/#a-{RENK}-G%C3%BCl-kurusu",
            f"{pk}/listing/#a-{BEDEN}-37",
            f"{pk}/prices/#list_price-{priceless.pk}",
        }
    )
    assert all(sentence.endswith(".") for sentence, _ in found)


def test_empty_draft_names_everything_it_lacks(office: Client) -> None:
    make_tree()
    product = make_model(colours=(), description="")

    page = show(office, product)

    assert [place for _, place in faults(page)] == [f"{product.pk}/variants/#pc-form"]
    assert page.context["obstacle"] == "It can be sent once the 1 sentence above is settled."


def test_broken_rules_are_not_sent_and_the_draft_stays(office: Client, product: Product) -> None:
    Product.objects.filter(pk=product.pk).update(description="")

    page = press(office, product)

    assert (page.status_code, is_draft(product), OutboxMessage.objects.count()) == (422, True, 0)
    assert page.context["problem"].startswith("0172 cannot be sent, 1 rules are broken.")
    assert [place for _, place in faults(page)] == [f"{product.pk}/model/#id_description"]


def test_missing_credentials_are_said_and_nothing_is_sent(
    office: Client, product: Product, settings: Any
) -> None:
    settings.TRENDYOL = {**settings.TRENDYOL, "API_KEY": ""}

    page, refused = show(office, product), press(office, product)

    assert page.context["obstacle"].startswith("Trendyol is not set up")
    assert "disabled" in page.content.decode()
    assert (refused.status_code, is_draft(product), OutboxMessage.objects.count()) == (422, True, 0)


# --- who, how dear, how safe --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "looks", "sends"),
    [(MANAGER, 200, 302), (OFFICE, 200, 302), (WAREHOUSE, 403, 403), (ANALYST, 403, 403)],
)
def test_rights(product: Product, role: str, looks: int, sends: int) -> None:
    browser = signed_in(role)

    assert (show(browser, product).status_code, press(browser, product).status_code) == (looks, sends)


def test_who_may_keep_products_but_not_list_them_cannot_send(product: Product) -> None:
    browser = signed_in(None, "catalog.add_product", "catalog.change_product")

    page, refused = show(browser, product), press(browser, product)
    finished = press(browser, product, "finish")

    assert page.context["obstacle"] == "You may not list products on Trendyol: ask the manager."
    assert (refused.status_code, finished.status_code, OutboxMessage.objects.count()) == (403, 302, 0)


def test_statements_do_not_grow_with_barcodes(office: Client, product: Product) -> None:
    show(office, product)
    with CaptureQueriesContext(connection) as few:
        show(office, product)
    for size in ("38", "39", "40", "41"):
        for colour in ("Siyah", "Gül kurusu", "Bej"):
            make_variant(product=product, colour=colour, size=size)

    with CaptureQueriesContext(connection) as many:
        page = show(office, product)

    assert len(page.context["rows"]) == 16
    assert len(many) == len(few)


def test_hostile_texts_are_shown_as_text(office: Client) -> None:
    make_tree()
    bad = "<script>alert(1)</script>"
    product = make_model(code=bad[:40], title=bad, colours=(bad,), sizes=("<b>36",))
    make_card(product)

    page = show(office, product).content.decode()

    assert (page.count(bad), page.count("<b>36")) == (0, 0)


def test_message_names_who_sent_it(product: Product) -> None:
    person = make_user(OFFICE)
    browser = Client()
    browser.force_login(person)

    press(browser, product)

    assert OutboxMessage.objects.get().written_by == person
