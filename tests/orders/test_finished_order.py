"""The order finished last: its label at once, the marketplace's own as soon as it is here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Variant
from gullu.labels.records import CarrierLabel
from gullu.labels.services import keep_carrier_label
from gullu.models import User
from gullu.roles import WAREHOUSE
from integrations.models import OutboxMessage
from orders.models import Order
from tests.factories import make_order, make_shelf, make_user, make_variant, stock
from tests.inventory.scan_kit import Device

pytestmark = pytest.mark.django_db

ZPL = "^XA^FO20,20^FDTRENDYOL^FS^XZ"


@pytest.fixture
def boots() -> Variant:
    variant = make_variant()
    stock(variant, make_shelf("A-B-03"), 5)
    return variant


@pytest.fixture
def picker() -> User:
    return make_user(WAREHOUSE)


@pytest.fixture
def page(picker: User) -> Device:
    return Device("prepare", user=picker)


def prepare(page: Device, variant: Variant, **fields: Any) -> tuple[Order, Any]:
    order = make_order([(variant, 1)], **fields)
    page.show()
    return order, page.scan_all("A-B-03", variant.barcode)


def asked_for(order: Order) -> None:
    OutboxMessage.objects.create(
        key=f"label:{order.pk}",
        kind="LABEL",
        channel="TRENDYOL",
        order=order,
        body={},
        due_at=timezone.now(),
    )


def card(response: Any) -> tuple[str, bool, str]:
    finished = response.context["finished"]
    return finished.order_number, finished.fresh, finished.marketplace_label


def test_the_label_prints_at_once_and_stays_within_reach(page: Device, boots: Variant) -> None:
    order, done = prepare(page, boots)
    make_order([(boots, 1)])

    later = page.show()

    assert [card(answer) for answer in (done, later)] == [
        (order.order_number, True, "NONE"),
        (order.order_number, False, "NONE"),
    ]
    assert ['data-print="auto"' in answer.content.decode() for answer in (done, later)] == [True, False]
    addresses = [f"/labels/cargo/{order.pk}.{output}" for output in ("pdf", "zpl")]
    assert [address in later.content.decode() for address in addresses] == [True, True]


def test_the_marketplaces_label_is_announced_and_then_offered(page: Device, boots: Variant) -> None:
    order, _done = prepare(page, boots)

    asked_for(order)
    announced = page.show()
    keep_carrier_label(cargo_number=order.cargo_tracking_number, zpl=ZPL)
    here = page.show()

    assert [card(answer)[2] for answer in (announced, here)] == ["EXPECTED", "HERE"]
    soon = ["data-poll-soon" in answer.content.decode() for answer in (announced, here)]
    assert soon == [True, False]


def test_a_label_the_marketplace_refused_is_not_waited_for(page: Device, boots: Variant) -> None:
    order, _done = prepare(page, boots)
    asked_for(order)
    OutboxMessage.objects.update(state=OutboxMessage.State.PARKED)

    assert card(page.show())[2] == "NONE"


def test_a_label_printer_gets_the_marketplaces_label_as_it_is(page: Device, boots: Variant) -> None:
    order, _done = prepare(page, boots)
    ours = page.client.get(f"/labels/cargo/{order.pk}.zpl").getvalue()

    keep_carrier_label(cargo_number=order.cargo_tracking_number, zpl=ZPL)

    theirs = page.client.get(f"/labels/cargo/{order.pk}.zpl").getvalue()
    assert (ours[:3], b"TRENDYOL" in ours) == (b"^XA", False)
    assert theirs == f"{ZPL}\n".encode()


def test_the_fast_lane_offers_it_as_well(picker: User, boots: Variant) -> None:
    order = make_order([(boots, 1)])
    lane = Device("fast", user=picker)
    lane.scan_all("A-B-03", boots.barcode)
    CarrierLabel.objects.create(cargo_number=order.cargo_tracking_number, zpl=ZPL, received_at=timezone.now())

    assert card(lane.show()) == (order.order_number, False, "HERE")


def test_only_an_order_of_this_person_and_of_the_last_minutes_is_kept(page: Device, boots: Variant) -> None:
    order, _done = prepare(page, boots)

    assert Device("prepare", user=make_user(WAREHOUSE)).show().context["finished"] is None
    Order.objects.filter(pk=order.pk).update(picked_at=timezone.now() - timedelta(minutes=16))
    assert page.show().context["finished"] is None


def test_an_order_of_our_own_has_its_own_paper(page: Device, boots: Variant) -> None:
    order, _done = prepare(page, boots, channel="MANUAL", package_id=None, cargo_tracking_number="")

    assert f"/labels/cargo-manual/{order.pk}.zpl" in page.show().content.decode()
