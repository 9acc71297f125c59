"""How a model stands on the marketplace: read from a marketplace that speaks back, and what is asked of it there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from django_q.models import OrmQ

from catalog.models import Product, Variant
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE
from integrations.listing import cards
from integrations.models import Listing, OutboxMessage, ProductWrite
from integrations.outbox import send_outbox
from integrations.product_create.sending import finish_and_send
from integrations.product_create.standing_words import Stage, reason_of
from integrations.product_create.steps import Step
from integrations.trendyol.client import TrendyolClient
from integrations.trendyol.sandbox import NO_AGES, Sandbox
from integrations.trendyol.sync.standing import check_listings
from tests.factories import make_user, make_variant
from tests.integrations.product_create.listingkit import (
    CHANNEL,
    MENSEI,
    fill_in,
    make_model,
    make_tree,
    signed_in,
)

pytestmark = pytest.mark.django_db
Write = ProductWrite.State


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Quality control decides only when a test says so."""
    with Sandbox(
        batch_delay_seconds=0,
        split_delay_seconds=0,
        strict_limits=False,
        ages=NO_AGES,
        approval_delay_seconds=None,
    ) as it:
        yield it


@pytest.fixture
def product() -> Product:
    """Not sent yet; one colour, sizes 36 and 37."""
    make_tree()
    product = make_model(colours=("Siyah",))
    fill_in(product)
    return product


@pytest.fixture
def sent(product: Product, client: TrendyolClient) -> Product:
    """Listed, and waiting for approval."""
    finish_and_send(channel=CHANNEL, product_id=product.pk, user=make_user(OFFICE))
    send_outbox()
    return product


def url(product: Product, name: str = "standing") -> str:
    return reverse(f"product_create:{name}", args=[product.pk])


def show(browser: Client, product: Product) -> Any:
    with override("en"):
        return browser.get(url(product))


def press(browser: Client, product: Product, action: str, **fields: Any) -> Any:
    """The button, and then the one that confirms it."""
    with override("en"):
        return browser.post(url(product), {"action": action, "confirmed": "1", **fields})


def stages(page: Any) -> list[Stage]:
    return [line.stage for line in page.context["lines"]]


def kinds() -> list[str]:
    return list(OutboxMessage.objects.order_by("pk").values_list("kind", flat=True))


def barcodes(product: Product) -> list[str]:
    return list(product.variants.order_by("size").values_list("barcode", flat=True))


def listed_as(product: Product, state: str, **fields: Any) -> None:
    for variant in product.variants.all():
        Listing.objects.update_or_create(
            channel=CHANNEL, barcode=variant.barcode, defaults={"variant": variant, "state": state, **fields}
        )


# --- how it stands ------------------------------------------------------------------------------------------------


def test_model_never_sent_says_so(office: Client, product: Product) -> None:
    page = show(office, product)

    assert (stages(page), page.context["renews"]) == ([Stage.NEW, Stage.NEW], False)


def test_stages_of_a_listing_one_after_the_other(
    office: Client, product: Product, sandbox: Sandbox, client: TrendyolClient
) -> None:
    seen = []

    def look() -> None:
        page = show(office, product)
        seen.append((set(stages(page)), page.context["renews"]))

    finish_and_send(channel=CHANNEL, product_id=product.pk, user=make_user(OFFICE))
    look()
    send_outbox()
    look()
    for barcode in barcodes(product):
        sandbox.shop.reject_product(barcode, reason="Ürün Görseli Uygun Değil", detail="Beyaz fon gerekli.")
    check_listings()
    look()
    press(office, product, "again")
    send_outbox()
    look()
    for barcode in barcodes(product):
        sandbox.shop.approve_product(barcode)
    check_listings()
    look()

    assert seen == [
        ({Stage.WAITING}, True),
        ({Stage.QUALITY}, True),
        ({Stage.REJECTED}, False),
        ({Stage.QUALITY}, True),
        ({Stage.APPROVED}, False),
    ]


def test_rejection_leads_to_the_step_that_mends_it(office: Client, sent: Product, sandbox: Sandbox) -> None:
    first, second = barcodes(sent)
    sandbox.shop.reject_product(first, reason="Ürün Görseli Uygun Değil", detail="Beyaz fon gerekli.")
    sandbox.shop.approve_product(second)
    check_listings()

    page = show(office, sent)

    reasons = [reason for line in page.context["lines"] for reason in line.reasons]
    assert [reason.url for reason in reasons] == [reverse("product_create:pictures", args=[sent.pk])]
    assert "Ürün Görseli Uygun Değil" in page.content.decode()
    assert [(total.stage, total.count, total.width) for total in page.context["totals"]] == [
        (Stage.REJECTED, 1, "50.00"),
        (Stage.APPROVED, 1, "50.00"),
    ]


def test_refusal_of_the_batch_shows_its_reasons(
    office: Client, product: Product, sandbox: Sandbox, client: TrendyolClient
) -> None:
    finish_and_send(channel=CHANNEL, product_id=product.pk, user=make_user(OFFICE))
    # What our copy allowed is withdrawn there in the meantime.
    for write in ProductWrite.objects.all():
        body = write.body
        for part in body["attributes"]:
            if part["attributeId"] == MENSEI:
                part["attributeValueId"] = 1
        ProductWrite.objects.filter(pk=write.pk).update(body=body)
    send_outbox()

    page = show(office, product)

    assert stages(page) == [Stage.REFUSED, Stage.REFUSED]
    (reason,) = page.context["lines"][0].reasons
    assert (reason.text, reason.step) == ("Menşei özelliği için geçersiz değer: 1", Step.LISTING)
    assert ("again", True) in [(name, True) for name, _ in page.context["actions"]]


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("Ürün Görseli Uygun Değil: Beyaz fonlu olmalıdır.", Step.PICTURES),
        ("Zorunlu Ürün Özellik Değeri Eksik/Yanlış", Step.LISTING),
        ("Ürün Adı Hatalı: ürün adı marka ve ayırt edici özelliği içermelidir.", Step.LISTING),
        ("Kategori Hatalı: doğru alt kategoriyi seçin", Step.LISTING),
        ("Marka Kullanım Yetkisi Eksik", Step.LISTING),
        ("Liste fiyatı satış fiyatından küçük olamaz.", Step.PRICES),
        ("AÇIKLAMA UYGUN DEĞİL", Step.MODEL),
        ("Açıklamada marka adı geçemez", Step.MODEL),
        ("Bilinmeyen bir neden", Step.REVIEW),
    ],
)
def test_reason_names_the_step_that_is_likely_to_mend_it(text: str, step: Step) -> None:
    assert reason_of(Product(pk=1), text).step is step


# --- asking -------------------------------------------------------------------------------------------------------


def test_only_what_failed_is_sent_again(office: Client, sent: Product, sandbox: Sandbox) -> None:
    first, second = barcodes(sent)
    sandbox.shop.reject_product(first)
    sandbox.shop.approve_product(second)
    check_listings()
    cards.set_terms(
        channel=CHANNEL, product_id=sent.pk, title_pattern="{title} {colour} {size}", delivery_days=None
    )

    response = press(office, sent, "again")
    send_outbox()

    assert (response.status_code, kinds()) == (302, ["PRODUCT_CREATE", "PRODUCT_UNAPPROVED"])
    assert ProductWrite.objects.latest("pk").barcode == first
    assert sandbox.shop.listing(first).title == "Deri Stiletto Siyah 36"


def test_sending_again_twice_sends_once(office: Client, sent: Product, sandbox: Sandbox) -> None:
    for barcode in barcodes(sent):
        sandbox.shop.reject_product(barcode)
    check_listings()

    press(office, sent, "again")
    again = press(office, sent, "again")

    assert (again.status_code, kinds()) == (422, ["PRODUCT_CREATE", "PRODUCT_UNAPPROVED"])


def test_rejected_model_that_breaks_a_rule_is_not_sent_again(
    office: Client, sent: Product, sandbox: Sandbox
) -> None:
    for barcode in barcodes(sent):
        sandbox.shop.reject_product(barcode)
    check_listings()
    Product.objects.filter(pk=sent.pk).update(description="")

    page = press(office, sent, "again")

    assert (page.status_code, kinds()) == (422, ["PRODUCT_CREATE"])
    assert page.context["problem"].startswith("0172 cannot be sent")


def test_changes_go_to_the_service_of_each_field(office: Client, sent: Product, sandbox: Sandbox) -> None:
    for barcode in barcodes(sent):
        sandbox.shop.approve_product(barcode)
    check_listings()

    press(office, sent, "update", part=["title", "data", "prices"])

    assert kinds()[1:] == ["PRODUCT_CONTENT", "PRODUCT_VARIANT", "PRODUCT_PRICE"]


def test_changes_of_a_ticked_barcode_concern_it_alone(
    office: Client, sent: Product, sandbox: Sandbox
) -> None:
    for barcode in barcodes(sent):
        sandbox.shop.approve_product(barcode)
    check_listings()
    variant = sent.variants.get(size="37")

    press(office, sent, "update", part="prices", variant=variant.pk)

    assert list(
        ProductWrite.objects.filter(message__kind="PRODUCT_PRICE").values_list("barcode", flat=True)
    ) == [variant.barcode]


@pytest.mark.parametrize(
    ("state", "action", "kind"),
    [
        (Listing.State.APPROVED, "archive", "PRODUCT_ARCHIVE"),
        (Listing.State.ARCHIVED, "unarchive", "PRODUCT_ARCHIVE"),
        (Listing.State.REJECTED, "delete", "PRODUCT_DELETE"),
    ],
)
def test_archive_and_delete_are_asked(
    office: Client, product: Product, state: str, action: str, kind: str
) -> None:
    listed_as(product, state)

    response = press(office, product, action)

    assert (response.status_code, kinds(), ProductWrite.objects.count()) == (302, [kind], 2)


def test_locked_barcode_is_unlocked(office: Client, product: Product) -> None:
    listed_as(product, Listing.State.APPROVED)
    Listing.objects.filter(variant__size="36").update(locked_reason="Fiyat hatası")

    page = show(office, product)
    press(office, product, "unlock")

    assert "Fiyat hatası" in page.content.decode()
    assert ProductWrite.objects.get().barcode == barcodes(product)[0]


def test_nothing_is_asked_before_it_was_confirmed(office: Client, product: Product) -> None:
    listed_as(product, Listing.State.APPROVED)
    variant = product.variants.get(size="37")

    with override("en"):
        page = office.post(url(product), {"action": "archive", "variant": variant.pk})

    assert (page.status_code, kinds()) == (200, [])
    assert [line.row.barcode for line in page.context["lines"]] == [variant.barcode]
    text = page.content.decode()
    assert "disappear from Trendyol’s shop window" in text
    assert re.findall(r'name="variant"\s+value="(\d+)"', text) == [str(variant.pk)]


def test_state_is_asked_for_now(office: Client, product: Product) -> None:
    response = press(office, product, "look")

    tasks = [task.task for task in OrmQ.objects.all()]
    assert response.status_code == 302
    assert office.get(response.url).context["asked"]
    assert [(task["func"], task["kwargs"]["product_id"]) for task in tasks] == [
        ("integrations.tasks.check_listings_job", product.pk)
    ]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"action": "update"}, "Tick at least one field to be sent."),
        ({"action": "archive"}, "“Archive” fits none of the chosen barcodes as they are now."),
        (
            {"action": "unlock", "variant": "abc"},
            "“Unlock” fits none of the chosen barcodes as they are now.",
        ),
        (
            {"action": "delete", "variant": "1" * 30},
            "“Delete from Trendyol” fits none of the chosen barcodes as they are now.",
        ),
        ({"action": "update", "part": "yok"}, "Tick at least one field to be sent."),
    ],
)
def test_wrong_input_is_answered_with_a_sentence(
    office: Client, product: Product, fields: dict[str, str], sentence: str
) -> None:
    listed_as(product, Listing.State.PENDING)

    with override("en"):
        page = office.post(url(product), fields)

    assert (page.status_code, page.context["problem"], kinds()) == (422, sentence, [])


def test_confirmed_change_without_fields_is_refused(office: Client, product: Product) -> None:
    listed_as(product, Listing.State.APPROVED)

    page = press(office, product, "update")

    assert (page.status_code, page.context["problem"]) == (422, "Nothing was chosen to be changed for 0172.")


def test_button_that_is_not_there_is_refused(office: Client, product: Product) -> None:
    assert press(office, product, "fly").status_code == 400


def test_barcodes_of_other_models_are_left_alone(office: Client, product: Product) -> None:
    other = make_variant()
    Listing.objects.create(
        channel=CHANNEL, barcode=other.barcode, variant=other, state=Listing.State.APPROVED
    )

    page = press(office, product, "archive", variant=other.pk)

    assert (page.status_code, kinds()) == (422, [])


# --- renewing -----------------------------------------------------------------------------------------------------


def test_page_asks_for_what_changed(office: Client, sent: Product, sandbox: Sandbox) -> None:
    before = office.get(url(sent, "standing_state")).json()
    same = office.get(url(sent, "standing_state")).json()
    for barcode in barcodes(sent):
        sandbox.shop.approve_product(barcode)
    check_listings()
    after = office.get(url(sent, "standing_state")).json()

    assert (before["renews"], after["renews"]) == (True, False)
    assert (before["mark"] == same["mark"], before["mark"] == after["mark"]) == (True, False)
    assert "st-APPROVED" in after["html"]


# --- who, how dear, how safe --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "looks", "asks"),
    [(MANAGER, 200, 302), (OFFICE, 200, 302), (WAREHOUSE, 403, 403), (ANALYST, 403, 403)],
)
def test_rights(product: Product, role: str, looks: int, asks: int) -> None:
    listed_as(product, Listing.State.APPROVED)
    browser = signed_in(role)

    answers = [browser.get(url(product, name)).status_code for name in ("standing", "standing_state")]

    assert (answers, press(browser, product, "archive").status_code) == ([looks] * 2, asks)


def test_who_may_not_list_sees_no_buttons_and_asks_nothing(product: Product) -> None:
    listed_as(product, Listing.State.APPROVED)
    browser = signed_in(None, "catalog.add_product", "catalog.change_product")

    page = show(browser, product)

    assert 'name="action"' not in page.content.decode()
    assert [press(browser, product, action).status_code for action in ("archive", "look", "fly")] == [403] * 3


def test_missing_credentials_are_said(office: Client, product: Product, settings: Any) -> None:
    listed_as(product, Listing.State.APPROVED)
    settings.TRENDYOL = {**settings.TRENDYOL, "API_KEY": ""}

    page = press(office, product, "archive")

    assert (page.status_code, kinds()) == (422, [])
    assert page.context["problem"].startswith("Trendyol is not set up")


@pytest.mark.parametrize("name", ["standing", "standing_state"])
def test_statements_do_not_grow_with_barcodes(office: Client, product: Product, name: str) -> None:
    listed_as(product, Listing.State.PENDING)
    office.get(url(product, name))
    with CaptureQueriesContext(connection) as few:
        office.get(url(product, name))
    for size in ("38", "39", "40", "41"):
        make_variant(product=product, colour="Bej", size=size)
    listed_as(product, Listing.State.PENDING)

    with CaptureQueriesContext(connection) as many:
        office.get(url(product, name))

    assert len(many) == len(few)


def test_hostile_reasons_are_shown_as_text(office: Client, product: Product) -> None:
    bad = "<script>alert(1)</script>"
    listed_as(product, Listing.State.REJECTED, reject_reason=bad, locked_reason=bad)
    Variant.objects.filter(product=product).update(colour=bad)

    shown = show(office, product).content.decode()
    html = office.get(url(product, "standing_state")).json()["html"]

    assert (shown.count(bad), html.count(bad)) == (0, 0)


def test_model_that_is_not_there_is_not_found(office: Client, product: Product) -> None:
    missing = Product(pk=product.pk + 1)

    assert [office.get(url(missing, name)).status_code for name in ("standing", "standing_state")] == [
        404
    ] * 2


def test_sentence_after_asking_counts_the_items(office: Client, product: Product) -> None:
    listed_as(product, Listing.State.APPROVED)

    response = press(office, product, "archive")

    assert [str(message) for message in get_messages(response.wsgi_request)] == [
        "“Archive” is being sent to Trendyol for 2 items."
    ]
