"""A manual order from the scanner to the queue of the warehouse, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.models import Variant
from gullu.roles import OFFICE
from inventory.models import Shelf
from orders.enums import Channel, OrderState
from orders.models import Exchange, Order
from tests.desk.looking import scrolls_sideways
from tests.factories import make_order, make_product, make_shelf, make_user, make_variant, stock
from tests.scan.conftest import PHONE, serious_findings, wedge

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


@pytest.fixture
def shelf() -> Shelf:
    return make_shelf("A-B-03")


@pytest.fixture
def boots(shelf: Shelf) -> Variant:
    variant = make_variant("8680000000017", product=make_product("0172"), size="38", colour="Ekru")
    stock(variant, shelf, 2)
    return variant


def fill(page: Any, **fields: str) -> None:
    for name, value in fields.items():
        page.fill(f"[name={name}]", value)


def test_scanned_articles_become_an_order_in_the_queue(visit: Any, boots: Variant, live_server: Any) -> None:
    page = visit(make_user(OFFICE), "/admin/orders/order/manual/add/")

    page.focus("[name=articles]")
    wedge(page, boots.barcode)
    page.locator(".g-preview", has_text="0172 Ekru 38").wait_for()
    wedge(page, f"{boots.barcode} 2 1.234,50")
    page.locator(".g-preview [name=reserve_anyway]").wait_for()
    page.locator(".g-preview", has_text="3.703,50 ₺").wait_for()
    wedge(page, "nobody-knows")
    page.locator(".g-preview .g-reason", has_text="nobody-knows").wait_for()
    assert Order.objects.count() == 0

    page.fill("[name=articles]", f"{boots.barcode} 2 1.234,50")
    fill(page, name="Şule Işık", city="İzmir", address="Gül Sk. 5", collect_amount="2.469,00")
    page.click("button[name=save]")
    page.wait_for_url("**/change/")

    order = Order.objects.get(channel=Channel.MANUAL)
    assert order.order_number in page.content()
    page.goto(f"{live_server.url}/admin/orders/ordercreated/")
    page.locator("#result_list", has_text=order.order_number).wait_for()
    page.goto(f"{live_server.url}/scan/prepare/")
    page.locator("#work", has_text=order.order_number).first.wait_for()
    assert order.status == OrderState.CREATED


def test_a_double_click_makes_one_order(visit: Any, boots: Variant) -> None:
    page = visit(make_user(OFFICE), "/admin/orders/order/manual/add/")
    fill(page, articles=boots.barcode, name="Şule Işık", city="İzmir", address="Gül Sk. 5")

    page.dblclick("button[name=save]")
    page.wait_for_url("**/change/")

    assert Order.objects.count() == 1


def test_enter_of_a_scanner_never_saves(visit: Any, boots: Variant) -> None:
    page = visit(make_user(OFFICE), "/admin/orders/order/manual/add/")
    fill(page, articles=boots.barcode, name="Şule Işık", city="İzmir", address="Gül Sk. 5")

    page.focus("[name=name]")
    page.keyboard.press("Enter")
    page.locator(".g-preview", has_text="0172 Ekru 38").wait_for()

    assert Order.objects.count() == 0


def test_form_is_usable_without_its_script(visit: Any, boots: Variant) -> None:
    page = visit(make_user(OFFICE), "/admin/orders/order/manual/add/", without="live_preview.js")
    fill(page, articles=boots.barcode, name="Şule Işık", city="İzmir", address="Gül Sk. 5")

    page.click("button[name=check]")
    page.locator(".g-preview", has_text="0172 Ekru 38").wait_for()
    page.click("button[name=save]")
    page.wait_for_url("**/change/")

    assert Order.objects.count() == 1


def test_size_is_exchanged_with_a_click(visit: Any, boots: Variant, shelf: Shelf) -> None:
    small = make_variant("8680000000024", product=boots.product, size="37", colour="Ekru")
    address = {"name": "Ayşe Yılmaz", "full_address": "Gül Sk. 5"}
    order = make_order([(small, 1)], status=OrderState.DELIVERED, shipment_address=address)
    page = visit(make_user(OFFICE), f"/admin/orders/order/{order.pk}/change/")

    page.click("a[href*='order/exchange/']")
    page.get_by_label("38", exact=False).first.check()
    page.click("button.g-button-first")
    page.locator(".g-head .g-label").first.wait_for()

    exchange = Exchange.objects.get()
    assert (exchange.old_variant, exchange.new_order.lines.get().variant) == (small, boots)


@pytest.mark.parametrize("address", ["order/manual/add/", "exchange/add/", "exchange/add/?by_hand=1"])
def test_forms_fit_a_phone_and_name_their_fields(visit: Any, boots: Variant, address: str) -> None:
    page = visit(make_user(OFFICE), f"/admin/orders/{address}", viewport=PHONE)
    own = [finding for finding in serious_findings(page) if "g-" in finding or "name=" in finding]

    assert (own, scrolls_sideways(page)) == ([], False)
