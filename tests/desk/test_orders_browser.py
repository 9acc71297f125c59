"""The order desk in a real browser: find, look, act on several, split one."""

from __future__ import annotations

from typing import Any

import pytest

from gullu.roles import OFFICE
from integrations.models import OutboxMessage
from orders.models import Order
from tests.desk.looking import scrolls_sideways
from tests.factories import make_order, make_product, make_shelf, make_user, make_variant, stock
from tests.scan.conftest import PHONE, serious_findings

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


@pytest.fixture
def orders() -> list[Order]:
    shelf, variant = (
        make_shelf("A-B-03"),
        make_variant("8680000000017", product=make_product("0172"), size="38"),
    )
    stock(variant, shelf, 9)
    return [
        make_order([(variant, quantity)], customer_first_name=name, customer_last_name="Işık")
        for name, quantity in (("Şükrü", 2), ("Çiğdem", 1), ("Ülkü", 1))
    ]


def test_an_order_is_found_opened_and_acted_on(visit: Any, orders: list[Order]) -> None:
    page = visit(make_user(OFFICE), "/admin/orders/ordercreated/")
    page.locator("#result_list").wait_for()

    page.press("body", "/")
    page.keyboard.type("sukru")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=sukru**")
    assert page.locator("#result_list tbody [data-lines]").count() == 1
    page.focus("[data-lines]")
    page.keyboard.press("Enter")
    page.locator("text=8680000000017").first.wait_for()
    assert page.get_attribute("[data-lines]", "aria-expanded") == "true"
    assert serious_findings(page) == []


def test_ticked_orders_get_a_result_each(visit: Any, orders: list[Order]) -> None:
    Order.objects.filter(pk=orders[1].pk).update(cargo_provider="Aras Kargo Marketplace")
    ids = ",".join(str(order.pk) for order in orders)
    page = visit(make_user(OFFICE), f"/admin/orders/order/carrier/?ids={ids}", viewport=PHONE)

    page.select_option("[name=carrier]", "ARASMP")
    page.click("button[type=submit]:has-text('Kargo')")
    page.locator(".g-table .g-label-late").wait_for()

    assert page.locator(".g-table .g-label-calm").count() == 2
    assert orders[1].order_number in page.locator("tr", has=page.locator(".g-label-late")).inner_text()
    assert not scrolls_sideways(page)
    assert OutboxMessage.objects.filter(kind="CARRIER").count() == 2


def test_an_order_is_split_from_its_page_by_keyboard(visit: Any, orders: list[Order]) -> None:
    order = orders[0]
    line = order.lines.get()
    page = visit(make_user(OFFICE), f"/admin/orders/order/{order.pk}/change/")

    page.focus("a.g-action[href*='/split/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/split/**")
    page.fill(f"[name=line_{line.pk}_1]", "1")
    page.fill(f"[name=line_{line.pk}_2]", "1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/change/")

    assert serious_findings(page) == []
    order.refresh_from_db()
    assert order.split_asked_at is not None
    assert OutboxMessage.objects.get().body == {"groups": [[{"line_id": line.line_id, "quantity": 1}]]}
    page.locator(".g-alarm").first.wait_for()
    assert page.locator("a.g-action[href*='/split/']").count() == 0
