"""The guided page in a real browser: walked by keyboard from the code to the prices, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from catalog.models import Product, ProductImage
from catalog.writing import set_variants
from gullu.models import User
from tests.catalog.drawing import drawn, saved
from tests.desk.looking import scrolls_sideways
from tests.factories import make_product, make_variant
from tests.scan.conftest import PHONE, serious_findings

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
TABLET = {"width": 820, "height": 1180}


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "gullu.storage.WholeFileStorage"}}
    return tmp_path


@pytest.fixture
def open_step(visit: Callable[..., Any], user: User) -> Callable[..., Any]:
    def run(product: Product, step: str, **options: Any) -> Any:
        return visit(user, f"/product_create/{product.pk}/{step}/", **options)

    return run


def focused(page: Any, what: str = "name") -> str:
    return str(page.evaluate(f"document.activeElement.{what}"))


def arrive(page: Any, step: str) -> None:
    page.wait_for_url(f"**/{step}/")


def pairs(product: Product) -> list[tuple[str, str]]:
    return list(product.variants.order_by("pk").values_list("colour", "size"))


def findings(page: Any) -> list[str]:
    return [finding for finding in serious_findings(page) if "pc-" in finding or "lb-" in finding]


def test_new_product_is_written_down_with_the_keyboard_alone(
    visit: Callable[..., Any],
    user: User,
    folder: Path,
) -> None:
    page = visit(user, "/product_create/")
    type_, press = page.keyboard.type, page.keyboard.press
    page.wait_for_function("document.activeElement.name === 'code'")

    type_("0172")
    press("Tab")
    type_("Şık Topuklu")
    press("Enter")
    arrive(page, "model")
    assert focused(page) == "code"
    page.locator("[name=description]").press_sequentially("Deri")
    press("Shift+Tab")
    press("Enter")  # a tick is no button: Enter saves and goes on from there as well
    arrive(page, "variants")
    page.wait_for_function("document.activeElement.id === 'pc-colour-new'")
    type_("Gül kurusu")
    press("Enter")
    type_("Siyah")
    press("Enter")
    page.locator(".pc-own-range").press("Enter")
    page.locator("#pc-colour-new").press("Enter")
    arrive(page, "pictures")

    product = Product.objects.get()
    assert (product.code, product.title, product.description) == ("0172", "Şık Topuklu", "Deri")
    assert pairs(product) == [
        (colour, str(size)) for colour in ("Gül kurusu", "Siyah") for size in range(35, 42)
    ]
    picture = folder / "topuk.jpg"
    picture.write_bytes(saved(drawn(1300, 1900)))
    page.locator("[data-colour=Siyah] input[type=file]").set_input_files(picture)
    page.locator("[data-colour=Siyah] .p-result .g-good").wait_for()
    assert ProductImage.objects.get().colour == "Siyah"
    page.locator(".pc-bar a").press("Enter")
    arrive(page, "listing")


def test_first_field_that_is_wrong_has_the_cursor(open_step: Callable[..., Any], draft: Product) -> None:
    page = open_step(draft, "model")

    page.locator("[name=origin]").fill("QQ")
    page.keyboard.press("Enter")
    page.locator("#id_origin_error").wait_for()

    page.wait_for_function("document.activeElement.name === 'origin'")
    assert findings(page) == []


def test_keys_save_without_leaving(open_step: Callable[..., Any], draft: Product) -> None:
    page = open_step(draft, "model")

    page.locator("[name=brand]").fill("Güllü")
    page.keyboard.press("Control+s")
    page.locator("[name=brand][value='Güllü']").wait_for()

    draft.refresh_from_db()
    assert (draft.brand, page.url.endswith("/model/")) == ("Güllü", True)


def test_letters_are_counted_while_they_are_typed(open_step: Callable[..., Any], draft: Product) -> None:
    page = open_step(draft, "model")

    page.locator("[name=description]").fill("on iki harf!")

    assert page.locator("#pc-count").inner_text().startswith("12 ")


def test_table_follows_what_is_chosen_and_keeps_ticks_and_barcodes(
    open_step: Callable[..., Any], draft: Product
) -> None:
    page = open_step(draft, "variants")
    box = page.locator("[name=pair]")
    page.locator("#pc-colour-new").fill("Siyah, Bej")
    page.locator("[data-add-button=colours]").click()
    page.locator("#pc-from").fill("36")
    page.locator("#pc-to").fill("37")
    page.locator("#pc-half").check()
    page.locator("#pc-range-add").click()
    assert box.count() == 6

    page.get_by_label("Siyah 36,5", exact=True).uncheck()
    page.locator("#pc-own").check()
    page.locator("input[aria-label$='Bej 37']:not([type=checkbox])").fill("OWN-1")
    page.locator("#pc-colour-new").fill("Mavi")  # typed and not added: meant all the same
    page.locator("[name=stay]").click()
    page.wait_for_selector(".pc-step-current.pc-step-DONE")

    assert pairs(draft) == [
        ("Siyah", "36"),
        ("Siyah", "37"),
        ("Bej", "36"),
        ("Bej", "36,5"),
        ("Bej", "37"),
        ("Mavi", "36"),
        ("Mavi", "36,5"),
        ("Mavi", "37"),
    ]
    assert draft.variants.get(colour="Bej", size="37").barcode == "OWN-1"


def test_colour_of_a_draft_is_taken_away_by_its_chip(
    open_step: Callable[..., Any], draft: Product, user: User
) -> None:
    set_variants(product_id=draft.pk, colours=["Siyah", "Bej"], sizes=["36", "37"], user=user)
    page = open_step(draft, "variants")

    page.locator("[data-chips=colours] button").first.click()
    page.locator("[name=stay]").click()
    page.locator("[data-chips=colours] li").nth(0).wait_for()
    page.wait_for_function("document.querySelectorAll('[data-chips=colours] li').length === 1")

    assert pairs(draft) == [("Bej", "36"), ("Bej", "37")]


def test_model_of_the_range_keeps_what_it_has(open_step: Callable[..., Any], user: User) -> None:
    product = make_product("0099")
    make_variant(product=product, colour="Siyah", size="36")
    page = open_step(product, "variants")

    assert page.locator(".pc-chip button:visible").count() == 0
    page.locator("#pc-size-new").fill("37")
    page.keyboard.press("Enter")
    page.locator("[name=stay]").click()
    page.wait_for_function("document.querySelectorAll('[data-chips=sizes] li').length === 2")

    assert pairs(product) == [("Siyah", "36"), ("Siyah", "37")]


def test_prices_are_filled_in_at_once_and_one_by_one(
    open_step: Callable[..., Any], draft: Product, user: User
) -> None:
    set_variants(product_id=draft.pk, colours=["Siyah", "Bej"], sizes=["36", "37"], user=user)
    page = open_step(draft, "prices")
    columns = page.locator("[data-column=sale_price]")

    page.locator("[data-fill=list_price]").fill("1.299,90")
    page.locator("[data-fill=sale_price]").fill("999,90")
    page.keyboard.press("Enter")
    page.locator("#pc-fill-which").select_option("Bej")
    page.locator("[data-fill=list_price]").fill("")
    page.locator("[data-fill=sale_price]").fill("899,90")
    page.locator("#pc-fill-in").click()
    columns.nth(0).press("ArrowDown")
    page.keyboard.type("950")
    page.locator("[name=stay]").click()
    page.wait_for_selector(".pc-step-current.pc-step-DONE")

    rows = draft.variants.order_by("pk").values_list("list_price", "sale_price")
    wanted = ["999.90", "950.00", "899.90", "899.90"]
    assert list(rows) == [(Decimal("1299.90"), Decimal(price)) for price in wanted]


def test_what_was_typed_and_refused_is_sent_again(
    open_step: Callable[..., Any], draft: Product, user: User
) -> None:
    """Only touched fields are sent, and those that were refused once count as touched."""
    set_variants(product_id=draft.pk, colours=["Siyah"], sizes=["36", "37"], user=user)
    page = open_step(draft, "prices")
    columns = {name: page.locator(f"[data-column={name}]") for name in ("list_price", "sale_price")}

    columns["list_price"].nth(0).fill("600")
    columns["sale_price"].nth(0).fill("700")
    columns["sale_price"].nth(1).fill("500")
    columns["list_price"].nth(1).fill("500")
    page.locator("[name=continue]").click()
    page.locator(".pc-price-error").wait_for()
    page.wait_for_function("document.activeElement.dataset.column === 'list_price'")
    columns["sale_price"].nth(0).fill("550")
    page.locator("[name=continue]").click()
    arrive(page, "review")

    rows = draft.variants.order_by("pk").values_list("list_price", "sale_price")
    assert list(rows) == [(Decimal(600), Decimal(550)), (Decimal(500), Decimal(500))]


def test_large_model_is_sent_although_a_form_has_a_limit(
    open_step: Callable[..., Any], draft: Product, user: User
) -> None:
    colours = [f"Renk {number:02}" for number in range(30)]
    sizes = [str(size) for size in range(35, 45)]
    set_variants(product_id=draft.pk, colours=colours, sizes=sizes, user=user)
    page = open_step(draft, "prices")

    page.locator("[data-column=safety_buffer]").nth(299).fill("4")
    page.locator("[name=stay]").click()
    page.locator("[data-column=safety_buffer][value='4']").wait_for()

    assert list(draft.variants.filter(safety_buffer=4).values_list("size", flat=True)) == ["44"]


def test_steps_fit_a_phone_and_a_tablet(visit: Callable[..., Any], draft: Product, user: User) -> None:
    colours, sizes = ["Siyah", "Açık gül kurusu rugan"], ["35", "36", "36,5", "37", "38", "39", "40"]
    set_variants(product_id=draft.pk, colours=colours, sizes=sizes, user=user)
    page, looks = visit(user, "/product_create/", viewport=PHONE, has_touch=True), {}
    start = page.url

    for step in ("", *(f"{draft.pk}/{step}/" for step in ("model", "variants", "pictures", "prices"))):
        page.goto(f"{start}{step}")
        for size in (PHONE, TABLET):
            page.set_viewport_size(size)
            looks[step, size["width"]] = scrolls_sideways(page), findings(page)

    assert looks == dict.fromkeys(looks, (False, []))
