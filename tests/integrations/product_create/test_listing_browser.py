"""Category, attributes, sending and what came of it in a real browser: by keyboard, without scripts, on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse

from catalog.models import Product
from gullu.roles import OFFICE
from integrations.models import ChannelProduct, Listing, MarketBrand, OutboxMessage
from integrations.outbox import send_outbox
from integrations.product_create.steps import Step
from integrations.trendyol.client import TrendyolClient
from integrations.trendyol.sandbox import NO_AGES, Sandbox
from integrations.trendyol.sync.standing import check_listings
from tests.desk.looking import scrolls_sideways
from tests.factories import make_user
from tests.integrations.product_create.listingkit import (
    BEDEN,
    BRAND,
    RENK,
    STILETTO,
    WEB_COLOR,
    card_of,
    category,
    fill_in,
    make_card,
    make_model,
    make_tree,
)
from tests.scan.conftest import DESK, PHONE, serious_findings

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
TABLET = {"width": 820, "height": 1180}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Quality control decides only when a test says so."""
    with Sandbox(batch_delay_seconds=0, strict_limits=False, ages=NO_AGES, approval_delay_seconds=None) as it:
        yield it


@pytest.fixture
def product() -> Product:
    make_tree()
    return make_model()


@pytest.fixture
def opened(visit: Callable[..., Any]) -> Callable[..., Any]:
    """Open a page of a model as somebody from the office, on a device of its own."""

    def run(product: Product, name: str, **options: Any) -> Any:
        address = reverse(f"product_create:{name}", args=[product.pk])
        return visit(make_user(OFFICE), address, **options)

    return run


def own_findings(page: Any) -> list[str]:
    """What axe finds on our part of the page; the frame around it is the skin's."""
    return [
        finding
        for finding in serious_findings(page)
        if any(x in finding for x in ("ls-", "st-", "pc-", "rv-"))
    ]


def save(page: Any) -> None:
    with page.expect_navigation():
        page.click(".pc-bar [name=stay]")


def test_category_is_chosen_with_the_keyboard_and_asks_its_attributes(
    opened: Any, product: Product, client: TrendyolClient
) -> None:
    page = opened(product, Step.LISTING.slug)

    page.wait_for_function("document.activeElement.id === 'q-category'")
    page.keyboard.type("ABİYE ayakkabı")
    page.locator("#category .ls-options li", has_text="Abiye Ayakkabı").wait_for()
    page.keyboard.press("ArrowDown")
    page.locator("#category .ls-options li[aria-selected=true]", has_text="Abiye Ayakkabı").wait_for()
    active = page.get_attribute("#category .ls-options li[aria-selected=true]", "id")
    assert page.get_attribute("#q-category", "aria-activedescendant") == active
    # The keys come before the answer to the new words does, and must not act on the old list.
    page.fill("#q-category", "stıletto")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**#attributes")

    page.locator(f"#a-{BEDEN}").wait_for()
    assert card_of(product).category == category(STILETTO)


def test_category_is_found_by_walking_through_the_tree(
    opened: Any, product: Product, client: TrendyolClient
) -> None:
    page = opened(product, Step.LISTING.slug)
    page.locator(".ls-tree summary").press("Enter")

    for name in ("Ayakkabı", "Topuklu & Abiye"):
        page.locator(".ls-tree button[name=open]", has_text=name).first.press("Enter")
        page.locator(".ls-path", has_text=name).wait_for()
        page.wait_for_function("document.activeElement === document.querySelector('.ls-children button')")
    page.locator(".ls-up").click()
    page.locator(".ls-path", has_text="Topuklu & Abiye").wait_for(state="detached")
    page.locator(".ls-tree button[name=open]", has_text="Topuklu & Abiye").click()
    page.locator(".ls-tree button[name=choose_category]", has_text="Stiletto").click()
    page.wait_for_url("**#attributes")

    assert card_of(product).category == category(STILETTO)


def test_brand_is_asked_for_when_our_copy_lacks_it(
    opened: Any, product: Product, client: TrendyolClient
) -> None:
    MarketBrand.objects.all().delete()
    page = opened(product, Step.LISTING.slug)

    page.fill("#q-brand", BRAND)
    page.locator("#brand .ls-status:not(:empty)").wait_for()
    page.click("button[name=ask_brand]")
    page.locator("button[name=choose_brand]", has_text=BRAND).first.click()
    page.wait_for_url("**#brand")

    card = card_of(product)
    assert card.brand is not None
    assert card.brand.name == BRAND


def test_values_of_a_long_list_are_searched_and_kept(opened: Any, product: Product) -> None:
    make_card(product)
    page = opened(product, Step.LISTING.slug)
    field = page.locator(f"#a-{BEDEN}-36")

    field.fill("36")
    page.locator(f"#a-{BEDEN} .ls-options:not([hidden]) li").first.wait_for()
    field.press("ArrowDown")
    field.press("Enter")
    page.fill(f"#a-{RENK}-Gül-kurusu", "Gül kurusu")
    page.select_option(f"#a-{WEB_COLOR}-Siyah", label="Siyah")
    save(page)

    assert page.input_value(f"#a-{BEDEN}-36") == "36"
    card = card_of(product)
    assert card.size_attributes == {"36": {str(BEDEN): {"values": [4285]}}}
    assert card.colour_attributes == {
        "Gül kurusu": {str(RENK): {"text": "Gül kurusu"}},
        "Siyah": {str(WEB_COLOR): {"values": [686_230]}},
    }

    page.fill(f"#a-{BEDEN}-36", "")
    save(page)

    assert card_of(product).size_attributes == {}


def test_search_that_is_left_without_a_choice_changes_nothing(opened: Any, product: Product) -> None:
    make_card(product)
    page = opened(product, Step.LISTING.slug)
    page.click("button[name=suggest]")
    page.wait_for_url("**#attributes")
    field = page.locator(f"#a-{BEDEN}-36")

    field.fill("38")
    page.locator(f"#a-{BEDEN} .ls-options:not([hidden]) li").first.wait_for()
    field.press("Escape")
    assert field.input_value() == "36"
    field.fill("yok böyle beden")
    page.locator(f"#a-{BEDEN} .ls-status:not(:empty)").wait_for()
    field.press("Tab")
    assert field.input_value() == "36"
    save(page)

    assert card_of(product).size_attributes["36"] == {str(BEDEN): {"values": [4285]}}


def test_title_is_counted_while_it_is_typed(opened: Any, product: Product) -> None:
    page = opened(product, Step.LISTING.slug)

    page.fill("[name=title_pattern]", "{title} {colour} {size} " + "ş" * 30)

    longest = "Deri Stiletto Gül kurusu 36 " + "ş" * 30
    assert page.inner_text("[data-sample-title]") == longest
    assert page.inner_text("[data-sample-count]") == f"{len(longest)} / 100"


def test_step_works_without_its_script(opened: Any, product: Product, client: TrendyolClient) -> None:
    page = opened(product, Step.LISTING.slug, without="product_create/listing*.js")

    page.fill("#q-category", "stiletto")
    page.click("#category button[name=find]")
    page.locator("#category [data-found] button", has_text="Stiletto").click()
    page.wait_for_url("**#attributes")
    page.fill(f"[name='q:a:s:{BEDEN}:37']", "37")
    page.click(f"button[value='a:s:{BEDEN}:37']")
    page.select_option(f"[name='v:s:{BEDEN}:37']", label="37")
    save(page)

    assert card_of(product).size_attributes == {"37": {str(BEDEN): {"values": [4286]}}}


def test_hostile_names_do_nothing_in_the_lists(opened: Any, product: Product) -> None:
    bad = "<img src=x onerror=\"document.title='x'\">"
    MarketBrand.objects.update(name=f"{BRAND} {bad}")
    page = opened(product, Step.LISTING.slug)

    page.fill("#q-brand", "güllü")
    page.locator("#brand .ls-options li", has_text=bad).wait_for()

    assert (page.locator("#brand img").count(), page.title() == "x") == (0, False)


def test_broken_rule_leads_to_its_field(opened: Any, product: Product) -> None:
    fill_in(product)
    card = card_of(product)
    card.size_attributes = {size: part for size, part in card.size_attributes.items() if size != "37"}
    card.save()
    page = opened(product, Step.REVIEW.slug)
    assert page.is_disabled("[name=send]")

    page.locator(".rv-mend").first.press("Enter")
    page.wait_for_url(f"**#a-{BEDEN}-37")

    page.wait_for_function(f"document.activeElement.id === 'a-{BEDEN}-37'")


def test_mistake_is_shown_also_when_the_address_named_another_place(opened: Any, product: Product) -> None:
    page = opened(product, Step.LISTING.slug)
    page.goto(f"{page.url}#brand")
    page.reload()
    page.fill("#id_title_pattern", "{title} {renk}")

    save(page)

    page.wait_for_load_state()
    page.wait_for_timeout(300)
    assert page.evaluate("document.activeElement.id") == "id_title_pattern"
    assert page.locator("#id_title_pattern").bounding_box()["y"] < page.viewport_size["height"]


def test_model_is_sent_rejected_corrected_and_approved(
    opened: Any, product: Product, sandbox: Sandbox, client: TrendyolClient
) -> None:
    fill_in(product)
    barcodes = list(product.variants.values_list("barcode", flat=True))
    page = opened(product, Step.REVIEW.slug)

    page.dblclick("[name=send]")
    page.wait_for_url("**/standing/")
    assert OutboxMessage.objects.count() == 1
    send_outbox()
    page.locator(".st-stage.st-QUALITY").nth(3).wait_for()

    for barcode in barcodes:
        sandbox.shop.reject_product(barcode, reason="Ürün Adı Hatalı", detail="Marka ve model geçmeli.")
    check_listings()
    page.locator(".st-stage.st-REJECTED").nth(3).wait_for()
    page.locator(".st-reason a").first.click()
    page.wait_for_url("**/listing/#id_title_pattern")
    page.fill("[name=title_pattern]", "Güllü {title} {colour} {size} Numara")
    save(page)

    page.goto(page.url.replace("/listing/", "/standing/").partition("#")[0])
    page.click("button[value=again]")
    page.locator(".st-list li", has_text="Gül kurusu 36").wait_for()
    page.dblclick(".lb-form .lb-button[type=submit]")
    page.locator(".st-line").first.wait_for()
    send_outbox()
    assert {sandbox.shop.listing(barcode).title for barcode in barcodes} == {
        f"Güllü Deri Stiletto {colour} {size} Numara"
        for colour in ("Siyah", "Gül kurusu")
        for size in ("36", "37")
    }
    for barcode in barcodes:
        sandbox.shop.approve_product(barcode)
    check_listings()
    page.locator(".st-stage.st-APPROVED").nth(3).wait_for()

    assert list(OutboxMessage.objects.order_by("pk").values_list("kind", flat=True)) == [
        "PRODUCT_CREATE",
        "PRODUCT_UNAPPROVED",
    ]
    assert set(Listing.objects.values_list("state", flat=True)) == {Listing.State.APPROVED}


def test_ticks_and_the_focus_survive_a_renewal(
    opened: Any, product: Product, sandbox: Sandbox, client: TrendyolClient
) -> None:
    fill_in(product)
    page = opened(product, Step.REVIEW.slug)
    page.click("[name=send]")
    page.wait_for_url("**/standing/")

    tick = page.locator("[name=variant]").nth(2)
    tick.check()
    tick.focus()
    send_outbox()
    page.locator(".st-stage.st-QUALITY").nth(3).wait_for()

    ticks = page.locator("[name=variant]").evaluate_all("all => all.map((one) => one.checked)")
    focused = page.evaluate(
        "[...document.querySelectorAll('[name=variant]')].indexOf(document.activeElement)"
    )
    assert (ticks, focused) == ([False, False, True, False], 2)


def test_answer_to_a_question_appears_by_itself_when_nothing_was_under_way(
    opened: Any, product: Product, sandbox: Sandbox, client: TrendyolClient
) -> None:
    fill_in(product)
    page = opened(product, Step.REVIEW.slug)
    page.click("[name=send]")
    page.wait_for_url("**/standing/")
    send_outbox()
    barcodes = [listing.barcode for listing in sandbox.shop.catalogue.listings()]
    for barcode in barcodes:
        sandbox.shop.approve_product(barcode)
    check_listings()
    page.reload()
    sandbox.shop.catalogue.change(barcodes[0], locked=True)

    page.click("[value=look]")
    page.wait_for_url("**/standing/?asked=1")
    check_listings(product_id=product.pk)

    page.locator("[value=unlock]").wait_for(timeout=15_000)


def test_pages_fit_every_device(opened: Any, product: Product) -> None:
    fill_in(product)
    ChannelProduct.objects.update(title_pattern="{title} {renk}")
    variant = product.variants.earliest("pk")
    Listing.objects.create(
        barcode=variant.barcode,
        variant=variant,
        state=Listing.State.REJECTED,
        reject_reason="Zorunlu Ürün Özellik Değeri Eksik/Yanlış\nÜrünGörseliUygunDeğil" + "x" * 60,
    )
    page, seen = opened(product, Step.LISTING.slug, viewport=PHONE), {}

    for name in (Step.LISTING.slug, Step.REVIEW.slug, "standing"):
        page.goto(page.url.rpartition(f"/{product.pk}/")[0] + f"/{product.pk}/{name}/")
        page.locator(".g-card").last.wait_for()
        for device in (PHONE, TABLET, DESK):
            page.set_viewport_size(device)
            seen[name, device["width"]] = scrolls_sideways(page), own_findings(page)

    assert seen == dict.fromkeys(seen, (False, []))
