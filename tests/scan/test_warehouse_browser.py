"""The warehouse's own pages in a real browser: a scanner types, the database says what happened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Variant
from gullu.labels.services import keep_carrier_label
from gullu.models import User
from gullu.roles import WAREHOUSE
from inventory.models import GoodsIn, RafUrun, Shelf, StockMovement
from inventory.selectors import check_stock
from orders.enums import GoodsCondition, OrderState
from orders.models import Order, PickBatch, ReturnUnit
from tests.factories import make_order, make_product, make_shelf, make_user, make_variant, stock
from tests.scan.conftest import PHONE, answered, ready, serious_findings, wedge
from tests.scan.shell import until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


@pytest.fixture
def picker() -> User:
    return make_user(WAREHOUSE)


@pytest.fixture
def near() -> Shelf:
    return make_shelf("A-B-03", route_order=1)


@pytest.fixture
def far() -> Shelf:
    return make_shelf("A-C-07", route_order=2)


@pytest.fixture
def boots(near: Shelf) -> Variant:
    variant = make_variant("8680000000017", product=make_product("0172"), size="38")
    stock(variant, near, 5)
    return variant


@pytest.fixture
def open_quietly(open_page: Any, contexts: Any, sign_in: Any, live_server: Any) -> Any:
    """Like `open_page`, on a device that asks no printer: a label opens only when it is asked for."""

    def run(user: User, address: str, **options: Any) -> Any:
        context = contexts(**options)
        context.add_init_script(
            "if (location.protocol.startsWith('http'))"
            " localStorage.setItem('scan.settings', JSON.stringify({print: false}))"
        )
        sign_in(context, user)
        page = context.new_page()
        page.goto(f"{live_server.url}{address}")
        ready(page)
        return page

    return run


def status_of(order: Order) -> str:
    return Order.objects.get(pk=order.pk).status


def lying(variant: Variant) -> dict[str, int]:
    rows = RafUrun.objects.filter(variant=variant, adet__gt=0)
    return dict(rows.values_list("shelf__code", "adet"))


def test_a_full_order_is_prepared_with_nothing_but_the_scanner(
    open_quietly: Any, picker: User, boots: Variant, far: Shelf
) -> None:
    sandals = make_variant("8680000000024")
    stock(sandals, far, 2)
    order = make_order([(boots, 1), (sandals, 1)])
    page = open_quietly(picker, "/scan/prepare/")

    for scan, outcome in (
        ("A-B-03", "OK"),
        (boots.barcode, "OK"),
        ("a=c*07", "OK"),
        (sandals.barcode, "DONE"),
    ):
        wedge(page, scan)
        answered(page, outcome)

    assert status_of(order) == OrderState.PICKING
    assert (lying(boots), lying(sandals)) == ({"A-B-03": 4}, {"A-C-07": 1})
    assert set(StockMovement.objects.filter(kind="PICK").values_list("actor", flat=True)) == {picker.pk}
    assert page.evaluate("document.activeElement.id") == "scan"
    assert check_stock().clean


def test_a_wrong_box_is_refused_loudly_and_a_neighbouring_size_by_name(
    open_quietly: Any, picker: User, boots: Variant, near: Shelf
) -> None:
    neighbour = make_variant("8680000000031", product=boots.product, size="39", colour=boots.colour)
    stranger = make_variant("8680000000048")
    stock(neighbour, near, 1)
    stock(stranger, near, 1)
    order = make_order([(boots, 1)])
    page = open_quietly(picker, "/scan/prepare/")
    wedge(page, "A-B-03")
    answered(page, "OK")

    wedge(page, neighbour.barcode)
    answered(page, "NEIGHBOUR", "39")
    wedge(page, stranger.barcode)
    answered(page, "WRONG", "0172")

    assert status_of(order) == OrderState.CREATED
    assert lying(boots) == {"A-B-03": 5}


def test_a_shelf_that_does_not_hold_it_names_those_that_do(
    open_quietly: Any, picker: User, boots: Variant, far: Shelf
) -> None:
    make_order([(boots, 1)])
    page = open_quietly(picker, "/scan/prepare/")

    wedge(page, far.code)

    page.locator("#work .answer", has_text="A-B-03").first.wait_for()


def test_the_fast_lane_finishes_the_most_urgent_order_of_a_box(
    open_quietly: Any, picker: User, boots: Variant
) -> None:
    order = make_order([(boots, 1)])
    page = open_quietly(picker, "/scan/fast/")

    wedge(page, "A-B-03")
    answered(page, "OK")
    wedge(page, boots.barcode)
    answered(page, "DONE", order.order_number)

    assert (status_of(order), lying(boots)) == (OrderState.PICKING, {"A-B-03": 4})


def test_a_batch_goes_from_the_walk_to_the_slots(open_quietly: Any, picker: User, boots: Variant) -> None:
    orders = [make_order([(boots, 1)]) for _number in range(3)]
    page = open_quietly(picker, "/scan/batches/")

    page.locator("form[data-action=propose] button").click()
    page.wait_for_url("**/scan/batches/*/")
    ready(page)
    wedge(page, "A-B-03")
    answered(page, "OK")
    for _box in orders:
        wedge(page, boots.barcode)
        answered(page, "OK")
        page.wait_for_timeout(550)  # the same box twice within half a second is one trigger of the scanner
    page.locator("[data-action=sort]").first.click()
    page.locator(".slot-number, .answer").first.wait_for()
    for _box in orders:
        wedge(page, boots.barcode)
        page.wait_for_timeout(900)

    assert [status_of(order) for order in orders] == [OrderState.PICKING] * 3
    assert lying(boots) == {"A-B-03": 2}
    assert PickBatch.objects.count() == 1


def test_goods_in_scanned_without_wifi_arrive_once_when_it_is_back(
    open_quietly: Any, picker: User, boots: Variant
) -> None:
    page = open_quietly(picker, "/scan/goods-in/")
    wedge(page, "A-B-03")
    answered(page, "OK")
    page.context.set_offline(True)
    for _box in range(3):
        wedge(page, boots.barcode)
    until(page, "Object.keys(localStorage).filter((name) => name.startsWith('scan.q.')).length === 3")

    page.context.set_offline(False)
    until(page, "!Object.keys(localStorage).some((name) => name.startsWith('scan.q.'))")

    assert GoodsIn.objects.get().lines.get().quantity == 3
    assert lying(boots) == {"A-B-03": 5}  # nothing is booked before the button
    page.locator("[data-action=book]").click()
    answered(page, "DONE")
    assert lying(boots) == {"A-B-03": 8}


def test_two_pickers_at_once_get_two_orders(open_quietly: Any, picker: User, boots: Variant) -> None:
    first, second = make_order([(boots, 1)]), make_order([(boots, 1)])
    one = open_quietly(picker, "/scan/prepare/")
    two = open_quietly(make_user(WAREHOUSE), "/scan/prepare/")

    shown = [page.text_content("#work") for page in (one, two)]
    assert sum(first.order_number in text for text in shown) == 1
    assert sum(second.order_number in text for text in shown) == 1

    for page in (one, two):
        wedge(page, "A-B-03")
        answered(page, "OK")
        wedge(page, boots.barcode)
        answered(page, "DONE")
    assert [status_of(order) for order in (first, second)] == [OrderState.PICKING] * 2
    assert lying(boots) == {"A-B-03": 3}


def test_what_is_scanned_of_an_order_is_split_off_and_the_rest_follows(
    open_quietly: Any, picker: User, boots: Variant, far: Shelf
) -> None:
    sandals = make_variant("8680000000024", product=make_product("0200"))
    stock(sandals, far, 1)
    order = make_order([(boots, 1), (sandals, 1)])
    following = make_order([(boots, 1)])
    page = open_quietly(picker, "/scan/prepare/", viewport=PHONE)
    wedge(page, "A-B-03")
    answered(page, "OK")
    wedge(page, boots.barcode)
    answered(page, "OK", "0200")
    page.locator("details[id^=ways-out] summary").click()

    page.locator("[data-action=split]").click()
    question = page.locator("#confirm-text").inner_text()
    assert serious_findings(page) == []
    page.locator("#confirm-yes").click()
    page.locator("#work .answer[data-code=split]").wait_for()

    order.refresh_from_db()
    assert ["0172" in line for line in question.split("\n")] == [False, False, True, False]
    assert order.split_asked_at is not None
    assert following.order_number in page.text_content("#work")
    assert lying(boots) == {"A-B-03": 5}


def test_an_order_of_our_own_is_split_and_its_first_parcel_confirmed_at_once(
    open_quietly: Any, picker: User, boots: Variant, far: Shelf
) -> None:
    sandals = make_variant("8680000000024", product=make_product("0200"))
    stock(sandals, far, 1)
    order = make_order([(boots, 1), (sandals, 1)], channel="MANUAL", package_id=None)
    page = open_quietly(picker, "/scan/prepare/")
    wedge(page, "A-B-03")
    answered(page, "OK")
    wedge(page, boots.barcode)
    answered(page, "OK", "0200")

    page.locator("details[id^=ways-out] summary").click()
    page.locator("[data-action=split]").click()
    page.locator("#confirm-yes").click()
    page.locator("[data-action=confirm]").click()
    answered(page, "DONE")

    rest = Order.objects.exclude(pk=order.pk).get()
    assert (status_of(order), status_of(rest)) == (OrderState.PICKING, OrderState.CREATED)
    assert (lying(boots), lying(sandals)) == ({"A-B-03": 4}, {"A-C-07": 1})


def test_an_accepted_return_goes_onto_a_shelf(open_quietly: Any, picker: User, boots: Variant) -> None:
    now = timezone.now()
    unit = ReturnUnit.objects.create(
        claim_item_id="unit-1",
        claim_id="claim-1",
        order_number="10000000001",
        barcode=boots.barcode,
        variant=boots,
        status=ReturnUnit.Status.ACCEPTED,
        condition=GoodsCondition.SOUND,
        inspected_at=now,
        claimed_at=now,
        remote_modified_at=now,
    )
    page = open_quietly(picker, "/scan/put-backs/", viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]

    wedge(page, boots.barcode)
    answered(page, "OK", "0172")
    assert serious_findings(page) == []
    wedge(page, "A-B-03")
    answered(page, "DONE")

    unit.refresh_from_db()
    assert (unit.disposition, unit.settled_by) == ("RESTOCKED", picker)
    assert lying(boots) == {"A-B-03": 6}
    page.locator("#work .empty").wait_for()


def test_a_device_with_a_label_printer_gets_zpl_and_the_marketplaces_own_when_it_is_there(
    open_page: Any, picker: User, boots: Variant
) -> None:
    order = make_order([(boots, 1)])
    page = open_page(picker, "/scan/prepare/")
    page.locator("#settings-button").click()
    page.locator("#setting-printer").select_option("zpl")
    page.locator("#settings-dialog [data-close]").click()
    wedge(page, "A-B-03")
    answered(page, "OK")

    with page.expect_download() as ours:
        wedge(page, boots.barcode)
    keep_carrier_label(cargo_number=order.cargo_tracking_number, zpl="^XA^FDTRENDYOL^FS^XZ")
    page.reload()
    ready(page)
    with page.expect_download() as theirs:
        page.locator(f"a.zpl-only[href$='/cargo/{order.pk}.zpl']").click()

    assert [download.value.suggested_filename for download in (ours, theirs)] == [f"{order.pk}.zpl"] * 2
    texts = [Path(download.value.path()).read_text() for download in (ours, theirs)]
    assert [(text[:3], "TRENDYOL" in text) for text in texts] == [("^XA", False), ("^XA", True)]
    assert page.locator("a.pdf-only").is_hidden()


PAGES = (
    "",
    "prepare/",
    "fast/",
    "batches/",
    "goods-in/",
    "move/",
    "move-shelf/",
    "counts/",
    "put-backs/",
    "lookup/",
    "shelves/",
)


def test_every_page_fits_a_phone_and_has_no_serious_accessibility_finding(
    open_quietly: Any, picker: User, boots: Variant, live_server: Any
) -> None:
    make_order([(boots, 1)])
    page, found = open_quietly(picker, "/scan/", viewport=PHONE), {}

    for address in PAGES:
        page.goto(f"{live_server.url}/scan/{address}")
        ready(page)
        found[address] = page.evaluate("document.documentElement.scrollWidth"), serious_findings(page)

    assert found == dict.fromkeys(PAGES, (PHONE["width"], []))


def test_an_order_is_prepared_on_a_phone_by_keyboard_alone(
    open_quietly: Any, picker: User, boots: Variant
) -> None:
    order = make_order([(boots, 1)])
    page = open_quietly(picker, "/scan/", viewport=PHONE)

    page.locator("a[href$='/scan/prepare/']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/scan/prepare/")
    ready(page)
    wedge(page, "A-B-03")
    answered(page, "OK")
    wedge(page, boots.barcode)
    answered(page, "DONE")

    assert status_of(order) == OrderState.PICKING
