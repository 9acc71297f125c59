"""The picking pages over HTTP: what a device sends, what it is told, and what it costs."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Variant
from gullu.models import User
from gullu.roles import MANAGER, WAREHOUSE
from inventory.enums import ScanOutcome
from inventory.models import CentralStock, CountTask, RafUrun, ScanLog, Shelf
from orders.enums import OrderState, ParkReason, UnsuppliedReason
from orders.models import Order, OrderLine, PickClaim, PickScan
from orders.services import cancel_order
from tests.factories import make_order, make_product, make_shelf, make_user, make_variant, stock

pytestmark = pytest.mark.django_db

PREPARE, FAST = "/scan/prepare/", "/scan/fast/"
_keys = count(1)


class Device:
    """A handheld of one person."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)
        self.user = user

    def open(self, url: str = PREPARE, **headers: str) -> str:
        return self.client.get(url, headers=headers).content.decode()

    def scan(self, text: str, *, url: str = PREPARE, key: str | None = None, at: str = "") -> Any:
        data = {"key": key or f"tarama-{next(_keys):04d}", "text": text, "scanned_at": at}
        return self.client.post(url, data)

    def press(self, action: str, text: str = "", **fields: str) -> Any:
        data = {"key": f"dugme-{next(_keys):04d}", "action": action, "text": text, **fields}
        return self.client.post(PREPARE, data)


@pytest.fixture
def device() -> Device:
    return Device(make_user(WAREHOUSE, first_name="Fatma", last_name="Demir"))


@pytest.fixture
def shelf() -> Shelf:
    return make_shelf("A-B-03")


@pytest.fixture
def variant(shelf: Shelf) -> Variant:
    variant = make_variant("8680001234567", product=make_product("0172"), colour="Siyah", size="38")
    stock(variant, shelf, 5)
    return variant


def outcome(response: Any) -> str:
    assert response.status_code == 200
    return str(response["X-Scan-Outcome"])


def last_log() -> ScanLog:
    return ScanLog.objects.order_by("-pk")[0]


# --- prepare ------------------------------------------------------------------------------------------------------


def test_a_whole_order_by_scanning_alone(device: Device, variant: Variant, shelf: Shelf) -> None:
    order = make_order([(variant, 1)])
    following = make_order([(variant, 1)])

    page = device.open()
    at_shelf = device.scan("a=b=03")
    done = device.scan(variant.barcode)

    assert order.order_number in page
    assert (outcome(at_shelf), outcome(done)) == ("OK", "DONE")
    assert Order.objects.get(pk=order.pk).status == OrderState.PICKING
    body = done.content.decode()
    assert [text in body for text in (f'href="/labels/cargo/{order.pk}.pdf"', 'data-print="auto"')] == [
        True,
        True,
    ]
    assert following.order_number in body
    assert RafUrun.objects.get(shelf=shelf, variant=variant).adet == 4


def test_a_manual_order_has_a_label_of_its_own(device: Device, variant: Variant) -> None:
    order = make_order([(variant, 1)], channel="MANUAL", package_id=None, order_number="SP1")
    device.open()
    device.scan("A-B-03")

    assert f"/labels/cargo-manual/{order.pk}.pdf" in device.scan(variant.barcode).content.decode()


def test_the_same_scan_sent_twice_confirms_once_and_answers_alike(device: Device, variant: Variant) -> None:
    order = make_order([(variant, 1)])
    make_order([(variant, 1)])
    device.open()
    device.scan("A-B-03")

    first = device.scan(variant.barcode, key="tarama-ayni")
    again = device.scan(variant.barcode, key="tarama-ayni")

    assert (outcome(again), again["X-Scan-Repeated"]) == ("DONE", "1")
    label = f"/labels/cargo/{order.pk}.pdf"
    assert [label in answer.content.decode() for answer in (first, again)] == [True, True]
    assert CentralStock.objects.get(variant=variant).qty == 4


def test_the_neighbouring_size_has_its_own_tone(device: Device, variant: Variant) -> None:
    make_order([(variant, 1)])
    neighbour = make_variant("8680001234574", product=variant.product, colour="Siyah", size="39")
    device.open()
    device.scan("A-B-03")

    assert outcome(device.scan(neighbour.barcode)) == "NEIGHBOUR"
    log = last_log()
    assert (log.variant, log.shelf, log.code) == (
        neighbour,
        Shelf.objects.get(code="A-B-03"),
        "neighbour_box",
    )


def test_a_wrong_box_is_refused_loudly_and_names_what_was_expected(device: Device, variant: Variant) -> None:
    make_order([(variant, 1)])
    stranger = make_variant(product=make_product("0200"))
    device.open()

    response = device.scan(stranger.barcode)

    assert outcome(response) == "WRONG"
    assert "0172 Siyah 38" in last_log().answer


@pytest.mark.parametrize(
    ("text", "expected", "code"),
    [
        ("C-09-09", "UNKNOWN", "not_recognised"),
        ("9999999999999", "UNKNOWN", "not_recognised"),
        ("86800012345678680001234567", "UNKNOWN", "not_recognised"),
        ("8680001234567", "REFUSED", "shelf_first"),
        ("D-01-01", "REFUSED", "shelf_without"),
    ],
)
def test_other_scans_are_refused_and_kept(
    device: Device, variant: Variant, text: str, expected: str, code: str
) -> None:
    make_shelf("D-01-01")
    make_order([(variant, 1)])
    device.open()

    assert outcome(device.scan(text)) == expected
    log = last_log()
    assert (log.text, log.code, log.page, log.user) == (text, code, "prepare", device.user)
    assert CentralStock.objects.get(variant=variant).qty == 5


def test_the_page_says_who_has_an_order(device: Device, variant: Variant) -> None:
    order = make_order([(variant, 1)])
    device.open()
    colleague = Device(make_user(WAREHOUSE))

    response = colleague.scan(order.order_number)

    assert (outcome(response), last_log().code) == ("REFUSED", "order_in_other_hands")
    assert "Fatma Demir" in response.content.decode()


def test_an_order_is_taken_by_typing_its_number(device: Device, variant: Variant) -> None:
    make_order([(variant, 1)])
    wanted = make_order([(variant, 1)])
    device.open()

    device.scan(wanted.order_number)

    assert PickClaim.objects.get().order_id == wanted.pk


def test_two_devices_of_one_person_work_on_one_order(device: Device, variant: Variant) -> None:
    order = make_order([(variant, 2)])
    second = Device(device.user)
    device.open()
    second.open()

    device.scan("A-B-03")
    second.scan(variant.barcode)
    done = device.scan(variant.barcode)

    assert outcome(done) == "DONE"
    assert Order.objects.get(pk=order.pk).status == OrderState.PICKING


def test_opening_the_page_takes_an_order_and_refreshing_by_itself_does_not(
    device: Device, variant: Variant
) -> None:
    make_order([(variant, 1)])

    device.open(**{"X-Requested-With": "scan"})
    assert PickClaim.objects.count() == 0
    device.open()
    assert PickClaim.objects.count() == 1


def test_an_order_cancelled_meanwhile_is_said_and_the_next_one_offered(
    device: Device, variant: Variant
) -> None:
    order = make_order([(variant, 2)])
    following = make_order([(variant, 1)])
    device.open()
    device.scan("A-B-03")
    device.scan(variant.barcode)
    cancel_order(order_id=order.pk, reason="vazgeçti")

    response = device.scan(variant.barcode)

    assert (outcome(response), last_log().code) == ("REFUSED", "order_lost")
    assert order.order_number in last_log().answer
    assert following.order_number in response.content.decode()
    assert CentralStock.objects.get(variant=variant).qty == 5


def test_the_person_whose_claim_ran_out_is_told(device: Device, variant: Variant) -> None:
    order = make_order([(variant, 1)])
    device.open()
    device.scan("A-B-03")
    PickClaim.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    colleague = Device(make_user(WAREHOUSE))
    colleague.open()

    response = device.scan(variant.barcode)

    assert (outcome(response), last_log().code) == ("REFUSED", "claim_lost")
    assert order.order_number in last_log().answer
    assert PickClaim.objects.get().user == colleague.user


def test_stock_that_vanished_keeps_the_order_and_names_the_ways_out(device: Device, variant: Variant) -> None:
    order = make_order([(variant, 1)])
    device.open()
    device.scan("A-B-03")
    manager = Device(make_user(MANAGER))
    manager.scan(order.order_number)
    RafUrun.objects.filter(variant=variant)
    device.press("correct", line=str(order.lines.get().pk), counted="0", reason="yok")

    response = device.scan(variant.barcode)

    assert (outcome(response), last_log().code) == ("REFUSED", "no_shelf_holds")
    assert PickClaim.objects.get().user == device.user


def test_without_orders_the_page_says_so(device: Device) -> None:
    device.open()

    assert outcome(device.scan("A-B-99")) == "UNKNOWN"
    assert (outcome(device.press("next")), last_log().code) == ("REFUSED", "nothing_waits")


# --- buttons ------------------------------------------------------------------------------------------------------


def test_not_on_the_shelf_becomes_a_count_task(device: Device, variant: Variant) -> None:
    line = make_order([(variant, 1)]).lines.get()
    device.open()
    device.scan("A-B-03")

    assert outcome(device.press("empty", str(line.pk))) == "OK"
    assert CountTask.objects.get().variant == variant
    device.press("empty", str(line.pk))
    assert variant.doubt.surprises == 1


def test_parking_brings_the_next_order(device: Device, variant: Variant) -> None:
    order, following = make_order([(variant, 1)]), make_order([(variant, 1)])
    device.open()

    response = device.press("park", ParkReason.NO_STOCK)

    assert (outcome(response), last_log().reference) == ("OK", order.order_number)
    assert Order.objects.get(pk=order.pk).parked
    assert PickClaim.objects.get().order_id == following.pk


def test_reporting_as_not_supplied_needs_the_right(device: Device, variant: Variant) -> None:
    order = make_order([(variant, 1)])
    page = device.open()

    response = device.press("report", str(UnsuppliedReason.OUT_OF_STOCK.value))

    assert 'data-action="report"' not in page
    assert (outcome(response), last_log().code) == ("REFUSED", "not_allowed")
    assert Order.objects.get(pk=order.pk).status == OrderState.CREATED


def test_somebody_allowed_reports_as_not_supplied(variant: Variant) -> None:
    order = make_order([(variant, 1)])
    office = Device(make_user(MANAGER))
    page = office.open()

    response = office.press("report", str(UnsuppliedReason.OUT_OF_STOCK.value))

    assert 'data-action="report"' in page
    assert outcome(response) == "OK"
    assert Order.objects.get(pk=order.pk).status == OrderState.CANCELLED


def test_a_reason_the_marketplace_does_not_know_is_refused(variant: Variant) -> None:
    order = make_order([(variant, 1)])
    office = Device(make_user(MANAGER))
    office.open()

    assert outcome(office.press("report", "503")) == "UNKNOWN"
    assert Order.objects.get(pk=order.pk).status == OrderState.CREATED


def test_releasing_leaves_the_order_to_others(device: Device, variant: Variant) -> None:
    order = make_order([(variant, 1)])
    device.open()

    assert outcome(device.press("release")) == "OK"
    Device(make_user(WAREHOUSE)).open()
    claim = PickClaim.objects.get()
    assert (claim.order_id, claim.user == device.user) == (order.pk, False)


def test_starting_again_forgets_the_boxes(device: Device, variant: Variant) -> None:
    make_order([(variant, 2)])
    device.open()
    device.scan("A-B-03")
    device.scan(variant.barcode)
    assert PickScan.objects.get().quantity == 1

    device.press("restart")

    assert PickScan.objects.count() == 0


def test_an_order_that_became_complete_is_confirmed_by_scanning_again(
    device: Device, variant: Variant
) -> None:
    order = make_order([(variant, 2)])
    device.open()
    device.scan("A-B-03")
    device.scan(variant.barcode)
    OrderLine.objects.filter(order=order).update(quantity=1)
    assert 'data-action="confirm"' in device.open()

    assert outcome(device.scan(variant.barcode)) == "DONE"
    assert CentralStock.objects.get(variant=variant).qty == 4


@pytest.mark.parametrize("action", ["confirm", "release", "restart", "empty", "park"])
def test_a_button_without_an_order_in_hand_is_refused(device: Device, action: str) -> None:
    assert (outcome(device.press(action)), last_log().code) == ("REFUSED", "no_order_in_hand")


# --- free mode and fast lane --------------------------------------------------------------------------------------


def test_free_mode_finds_the_order_for_any_box_and_is_remembered(device: Device, variant: Variant) -> None:
    order = make_order([(variant, 1)])
    device.open()

    device.press("mode", "free")
    assert PickClaim.objects.count() == 0
    device.scan("A-B-03")
    done = device.scan(variant.barcode)

    assert outcome(done) == "DONE"
    assert Order.objects.get(pk=order.pk).status == OrderState.PICKING
    assert 'data-text="sequence"' in device.open()
    device.press("mode", "sequence")
    assert 'data-text="free"' in device.open()


def test_the_mode_is_not_switched_with_boxes_in_hand(device: Device, variant: Variant) -> None:
    make_order([(variant, 2)])
    device.open()
    device.scan("A-B-03")
    device.scan(variant.barcode)

    assert (outcome(device.press("mode", "free")), last_log().code) == ("REFUSED", "boxes_in_hand")
    assert 'data-text="free"' in device.open()


def test_the_fast_lane_takes_box_after_box_from_one_shelf(device: Device, variant: Variant) -> None:
    orders = [make_order([(variant, 1)]) for _number in range(2)]
    device.open(FAST)

    shelf_answer = device.scan("A-B-03", url=FAST)
    answers = [device.scan(variant.barcode, url=FAST) for _number in range(3)]

    assert outcome(shelf_answer) == "OK"
    assert [outcome(answer) for answer in answers] == ["DONE", "DONE", "WRONG"]
    assert [
        f"/labels/cargo/{order.pk}.pdf" in a.content.decode()
        for order, a in zip(orders, answers, strict=False)
    ] == [
        True,
        True,
    ]
    assert CentralStock.objects.get(variant=variant).qty == 3


@pytest.mark.parametrize(("url", "pairs"), [(PREPARE, 3), (FAST, 1)])
def test_a_scanner_that_fires_twice_counts_one_box(
    device: Device, variant: Variant, url: str, pairs: int
) -> None:
    for _order in range(3):
        make_order([(variant, pairs)])
    device.open(url)
    device.scan("A-B-03", url=url, at="2026-11-21T10:00:00.000Z")

    first = device.scan(variant.barcode, url=url, at="2026-11-21T10:00:05.000Z")
    again = device.scan(variant.barcode, url=url, at="2026-11-21T10:00:05.120Z")
    assert last_log().code == "fired_twice"
    another = device.scan(variant.barcode, url=url, at="2026-11-21T10:00:06.400Z")

    assert [outcome(answer) == "REFUSED" for answer in (first, again, another)] == [False, True, False]


def test_a_stranger_does_not_confirm_a_complete_order(device: Device, variant: Variant) -> None:
    order = make_order([(variant, 2)])
    device.open()
    device.scan("A-B-03")
    device.scan(variant.barcode)
    OrderLine.objects.filter(order=order).update(quantity=1)

    assert outcome(device.scan(make_variant().barcode)) == "WRONG"
    assert Order.objects.get(pk=order.pk).status == OrderState.CREATED


def test_the_fast_lane_wants_the_shelf_first(device: Device, variant: Variant) -> None:
    make_order([(variant, 1)])

    assert (outcome(device.scan(variant.barcode, url=FAST)), last_log().code) == ("REFUSED", "shelf_first")


def test_a_shelf_refused_on_the_prepare_page_is_not_where_the_person_stands(
    device: Device, variant: Variant
) -> None:
    make_shelf("D-01-01")
    make_order([(variant, 1)])
    device.open()
    device.scan("D-01-01")

    assert last_log().shelf is None


# --- who may, and what it costs -----------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [PREPARE, FAST])
def test_the_pages_are_for_pickers(url: str) -> None:
    stranger = Device(make_user())

    assert stranger.client.get(url).status_code in {302, 403}
    assert stranger.client.post(url, {"key": "tarama-0001", "text": "x"}).status_code in {302, 403}
    assert Client().get(url).status_code == 302


@pytest.mark.parametrize("orders", [1, 30])
def test_a_scan_costs_few_statements_whatever_waits(
    device: Device, variant: Variant, orders: int, django_assert_max_num_queries: Any
) -> None:
    """With session, person, rights and the marks of the transaction."""
    for _order in range(orders):
        make_order([(variant, 3)])
    device.open()

    for text, most in (("A-B-03", 13), (variant.barcode, 15), ("C-09-09", 11), (variant.barcode, 16)):
        with django_assert_max_num_queries(most):
            device.scan(text)
    with django_assert_max_num_queries(27):
        assert outcome(device.scan(variant.barcode)) == "DONE"


@pytest.mark.parametrize("orders", [2, 30])
def test_confirming_an_order_of_one_pair_costs_few_statements(
    device: Device, variant: Variant, orders: int, django_assert_max_num_queries: Any
) -> None:
    for _order in range(orders):
        make_order([(variant, 1)])
    device.open()
    device.scan("A-B-03")

    with django_assert_max_num_queries(26):
        assert outcome(device.scan(variant.barcode)) == "DONE"


@pytest.mark.parametrize("orders", [1, 30])
def test_a_fast_lane_box_costs_few_statements_whatever_waits(
    device: Device, variant: Variant, orders: int, django_assert_max_num_queries: Any
) -> None:
    for _order in range(orders):
        make_order([(variant, 1)])
    device.scan("A-B-03", url=FAST)

    with django_assert_max_num_queries(25):
        assert outcome(device.scan(variant.barcode, url=FAST)) == "DONE"


def test_good_scans_are_marked_good(device: Device, variant: Variant) -> None:
    make_order([(variant, 1)])
    device.open()
    device.scan("A-B-03")

    assert last_log().outcome == ScanOutcome.OK
