"""The badge page in a real browser: a scanner, large keys, a phone and a desk; and the customer's data on demand."""

from __future__ import annotations

from typing import Any

import pytest

from gullu.badges.services import issue_badge
from gullu.models import Activity
from gullu.roles import OFFICE, WAREHOUSE
from tests.desk.conftest import visit  # noqa: F401  (a fixture)
from tests.desk.looking import scrolls_sideways
from tests.factories import make_order, make_superuser, make_user, make_variant
from tests.scan.conftest import (  # noqa: F401  (fixtures, and the rule for machines without Chromium)
    PHONE,
    chromium,
    contexts,
    open_page,
    pytest_collection_modifyitems,
    serious_findings,
    sign_in,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]

PIN = "4716"


def test_picker_takes_a_device_over_and_hands_it_on(contexts: Any, live_server: Any) -> None:  # noqa: F811
    picker = make_user(WAREHOUSE, first_name="Gülşen", last_name="Işık")
    code = issue_badge(person_id=picker.pk, pin=PIN, actor=make_superuser()).code
    page = contexts(viewport=PHONE).new_page()
    page.goto(f"{live_server.url}/badge/")

    page.keyboard.type(code.lower())
    page.keyboard.press("Enter")
    for digit in "90355":
        page.click(f"[data-key='{digit}']")
    page.click("[data-key=back]")
    page.click("button[type=submit]")
    page.get_by_role("alert").wait_for()
    fits, findings = not scrolls_sideways(page), serious_findings(page)
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    page.wait_for_url("**/scan/")
    person, on_home = page.locator("#person").inner_text(), not scrolls_sideways(page)
    page.click("#switch-button")
    page.wait_for_url("**/badge/")

    assert (fits, findings, person, on_home) == (True, [], "Gülşen Işık", True)
    assert page.locator("#badge").evaluate("it => it === document.activeElement")


def test_customer_is_shown_in_full_in_place(visit: Any) -> None:  # noqa: F811
    address = {"phone": "0532 123 45 34", "full_address": "İğde Sk. 5"}
    order = make_order([(make_variant(), 1)], shipment_address=address)
    page = visit(make_user(OFFICE), f"/admin/orders/order/{order.pk}/change/")

    before = page.locator("#customer").inner_text()
    page.locator("#customer button").click()
    page.get_by_text("0532 123 45 34").wait_for()

    assert ("0532 ••• •• 34" in before, "123 45" in before) == (True, False)
    assert "İğde Sk. 5" in page.locator("#customer").inner_text()
    assert page.url.endswith("/change/")
    assert Activity.objects.filter(kind="UNMASKED").count() == 1
