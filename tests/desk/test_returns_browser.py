"""A return from the parcel to the shelf in a real browser: inspected by scan, decided at the desk, shelved by scan."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from gullu.models import User
from gullu.roles import OFFICE, WAREHOUSE
from integrations.models import ClaimIssueReason, OutboxMessage
from inventory.contents import quantities
from inventory.selectors import check_stock
from orders.models import ReturnPhoto, ReturnUnit
from tests.factories import make_product, make_shelf, make_user, make_variant
from tests.orders.returning import Status, make_unit, picture_bytes
from tests.scan.conftest import PHONE, answered, serious_findings, wedge

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


@pytest.fixture
def parcel() -> ReturnUnit:
    """Two pairs of one order; the one returned first is black 38."""
    first = make_unit(make_variant("8680000000017", product=make_product("0172"), size="38"))
    make_unit(
        make_variant("8680000000024", product=make_product("0200"), size="40"),
        order=first.order,
        claim_id=first.claim_id,
        cargo_tracking_number=first.cargo_tracking_number,
        act_by_at=first.act_by_at,
    )
    return first


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    file = tmp_path / "topuk.jpg"
    file.write_bytes(picture_bytes(2400, 1800))
    return file


@pytest.fixture
def visit(contexts: Callable[..., Any], sign_in: Callable[..., None], live_server: Any) -> Callable[..., Any]:
    """Open an address of the back office as a person, on a device of its own."""

    def run(user: User, address: str, **options: Any) -> Any:
        context = contexts(**options)
        sign_in(context, user)
        page = context.new_page()
        page.goto(f"{live_server.url}{address}")
        return page

    return run


def scrolls_sideways(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def test_return_is_inspected_decided_and_shelved(
    open_page: Any, visit: Any, live_server: Any, parcel: ReturnUnit, picture: Path
) -> None:
    shelf = make_shelf("A-B-03")
    worker = make_user(WAREHOUSE)
    page = open_page(worker, "/scan/returns/", viewport=PHONE)

    wedge(page, parcel.cargo_tracking_number)
    answered(page, "OK")
    wedge(page, "8680000000017")
    page.get_by_role("button", name="Sağlam").or_(page.locator("[data-text=SOUND]")).first.click()
    page.locator("[data-text=SOUND][aria-pressed=true]").wait_for()
    wedge(page, "8680000000024")
    page.locator(".card .big", has_text="0200").wait_for()
    page.locator("[data-text=DAMAGED]").click()
    page.locator("[data-text=DAMAGED][aria-pressed=true]").wait_for()
    page.set_input_files("#photo", picture)
    page.locator("img[src*='/scan/returns/photos/']").wait_for()
    page.fill("#note", "topuk kırık")
    page.locator("form[data-action=note] button").click()
    page.locator("#note[value='topuk kırık']").wait_for()
    assert (serious_findings(page), scrolls_sideways(page)) == ([], False)

    units = {unit.barcode: unit for unit in ReturnUnit.objects.all()}
    assert (units["8680000000017"].condition, units["8680000000024"].condition) == ("SOUND", "DAMAGED")
    assert units["8680000000024"].inspection_note == "topuk kırık"
    photo = ReturnPhoto.objects.get()
    assert photo.unit == units["8680000000024"]

    desk = visit(make_user(OFFICE), f"/admin/orders/returnunit/{parcel.pk}/change/")
    desk.goto(f"{live_server.url}/admin/orders/returnunit/approve/?ids={parcel.pk}")
    desk.locator("form[method=post] button[type=submit]").last.click()
    desk.wait_for_url("**/change/")
    assert OutboxMessage.objects.get().body == {"units": [parcel.claim_item_id]}
    ReturnUnit.objects.filter(pk=parcel.pk).update(status=Status.ACCEPTED)

    wedge(page, "8680000000017")
    answered(page, "OK")
    wedge(page, "A-B-03")
    answered(page, "DONE", "A-B-03")

    assert quantities(shelf.pk) == {parcel.variant_id: 1}
    assert check_stock().violations == ()


def test_refusal_counts_characters_and_sends_pictures(
    visit: Any, live_server: Any, parcel: ReturnUnit, picture: Path
) -> None:
    from django.utils import timezone

    ClaimIssueReason.objects.create(reason_id=51, name="Ürün kullanılmış", read_at=timezone.now())
    desk = visit(make_user(OFFICE), f"/admin/orders/returnunit/refuse/?ids={parcel.pk}")

    desk.select_option("[name=reason]", "51")
    desk.fill("[name=description]", "Tabanda kullanım izi var.")
    assert desk.locator(".g-counter").inner_text().startswith("475")
    desk.locator("form[enctype] button[type=submit]").last.click()
    assert OutboxMessage.objects.count() == 0  # a picture is missing, the page says so
    desk.set_input_files("[name=pictures]", picture)
    desk.locator("form[enctype] button[type=submit]").last.click()
    desk.wait_for_url("**/change/")

    message = OutboxMessage.objects.get()
    assert (message.kind, len(message.body["photo_ids"])) == ("CLAIM_REFUSE", 1)


def test_pages_of_the_desk_fit_a_phone_and_raise_no_serious_finding(
    visit: Any, parcel: ReturnUnit, live_server: Any
) -> None:
    start = "/admin/orders/returnunit/"
    addresses = ("", f"{parcel.pk}/change/", f"approve/?ids={parcel.pk}", f"refuse/?ids={parcel.pk}")
    page, found = visit(make_user(OFFICE), f"{start}statistics/?days=90", viewport=PHONE), {}

    for address in ("statistics/?days=90", *addresses):
        page.goto(f"{live_server.url}{start}{address}")
        page.locator(".g-card, .g-buttons").first.wait_for()
        ours = [finding for finding in serious_findings(page) if "g-" in finding]
        found[address] = scrolls_sideways(page), ours

    assert found == dict.fromkeys(found, (False, []))
    assert django_settings.DEBUG is False
