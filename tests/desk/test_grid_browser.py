"""The grid of a model in a real browser: fill a row, see what is not saved, save it; by keyboard and on a phone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from catalog.models import Product, Variant
from gullu.roles import OFFICE
from tests.desk.looking import scrolls_sideways
from tests.factories import make_product, make_user, make_variant
from tests.scan.conftest import PHONE, serious_findings

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


@pytest.fixture
def product() -> Product:
    product = make_product("0172")
    for colour in ("Kırmızı", "Şarap"):
        for size in ("36", "37"):
            make_variant(product=product, colour=colour, size=size, sale_price=Decimal(1000), list_price=None)
    return product


def test_a_row_is_filled_counted_saved_and_told_in_the_history(visit: Any, product: Product) -> None:
    page = visit(make_user(OFFICE), f"/product_grid/{product.pk}/")
    page.select_option("[data-fill-name]", "sale_price")
    page.select_option("[data-fill-colour]", "Şarap")
    page.fill("[data-fill-value]", "899,90")
    page.keyboard.press("Enter")

    assert page.text_content("[data-count]").startswith("2 ")
    assert page.locator("[data-dirty]").count() == 2
    page.click(".pg-save [type=submit]")
    page.wait_for_selector("text=899,90")

    prices = Variant.objects.order_by("colour", "size").values_list("sale_price", flat=True)
    assert list(prices) == [Decimal(1000), Decimal(1000), Decimal("899.90"), Decimal("899.90")]
    assert "1.000,00" in page.text_content("section:has(#pg-history)")
    assert serious_findings(page) == []


def test_arrow_keys_walk_down_a_size_and_enter_saves(visit: Any, product: Product) -> None:
    variant = Variant.objects.get(colour="Kırmızı", size="36")
    page = visit(make_user(OFFICE), f"/product_grid/{product.pk}/", viewport=PHONE)
    page.focus(f"#f-sale_price-{variant.pk}")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("1250")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/product_grid/{product.pk}/")
    page.wait_for_selector("text=1.250,00")

    variant.refresh_from_db()
    assert variant.list_price == Decimal(1250)
    assert not scrolls_sideways(page)


def test_what_came_back_with_a_mistake_is_still_counted_as_not_saved(visit: Any, product: Product) -> None:
    wrong, right = Variant.objects.filter(colour="Kırmızı").order_by("size")
    page = visit(make_user(OFFICE), f"/product_grid/{product.pk}/")
    page.fill(f"#f-sale_price-{wrong.pk}", "bin")
    page.fill(f"#f-sale_price-{right.pk}", "900")
    page.check(f"#f-discontinued-{right.pk}")

    with page.expect_navigation():
        page.click(".pg-save [type=submit]")

    page.wait_for_function("document.querySelector('[data-count]').textContent.startsWith('3 ')")
    page.fill(f"#f-sale_price-{wrong.pk}", "1000,00")
    page.uncheck(f"#f-discontinued-{right.pk}")
    dirty = page.locator("[data-dirty]").evaluate_all("all => all.map((one) => one.id)")
    assert dirty == [f"f-sale_price-{right.pk}"]
