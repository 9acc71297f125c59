"""Packages: splits that are refused, carriers that may not change yet, and the order messages go out in."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from integrations.models import OutboxMessage
from integrations.outbox import retry, send_outbox
from integrations.trendyol.sync import sync_orders
from orders.enums import EventKind
from orders.models import Order
from orders.outbound import (
    tell_boxes,
    tell_carrier,
    tell_extra_time,
    tell_invoiced,
    tell_picking,
    tell_unsupplied,
)
from orders.services import ask_split, cancel_order, end_split
from tests.integrations import deskkit as kit
from tests.integrations.conftest import Shop

pytestmark = pytest.mark.django_db

State = OutboxMessage.State


def ask_to_split(order: Order) -> None:
    (line,) = kit.lines_of(order)
    ask_split(order_id=order.pk, groups=[{line.pk: 1}])


def test_a_split_keeps_the_numbers_of_the_new_packages(shop: Shop) -> None:
    order = kit.place(shop)
    ask_to_split(order)

    send_outbox()

    children = Order.objects.filter(origin_package_ids=[order.package_id]).order_by("pk")
    assert kit.latest("SPLIT").answer == {"packages": [child.package_id for child in children]}
    assert (children.count(), kit.there(shop, order).status) == (2, "UnPacked")
    order.refresh_from_db()
    assert (order.superseded, order.lines.filter(stock_state="RESERVED").count()) == (True, 0)


def test_children_that_come_later_are_no_failure(shop: Shop) -> None:
    shop.sandbox.config.split_delay_seconds = 60
    order = kit.place(shop)
    ask_to_split(order)

    send_outbox()

    message = kit.latest("SPLIT")
    assert (message.state, message.answer) == (State.DELIVERED, {"packages": []})


def test_a_refused_split_lets_the_order_go_on(shop: Shop) -> None:
    order = kit.place(shop)
    ask_to_split(order)
    OutboxMessage.objects.update(body={"groups": [[{"line_id": 1, "quantity": 1}]]})

    send_outbox()

    message = kit.latest("SPLIT")
    order.refresh_from_db()
    assert (message.state, order.split_asked_at) == (State.PARKED, None)
    assert order.events.get(kind=EventKind.SPLIT_ENDED).data["reason"] == message.last_error != ""


def test_a_split_of_a_cancelled_package_is_over(shop: Shop) -> None:
    order = kit.place(shop)
    ask_to_split(order)
    shop.sandbox.shop.cancel(order.marketplace_package)

    send_outbox()

    order.refresh_from_db()
    assert (kit.latest("SPLIT").state, order.split_asked_at) == (State.OBSOLETE, None)


def test_a_split_given_up_here_is_not_sent(shop: Shop) -> None:
    order = kit.place(shop)
    ask_to_split(order)
    end_split(order_id=order.pk, reason="Vazgeçildi")

    send_outbox()

    assert (kit.latest("SPLIT").state, kit.asked(shop, "split-packages")) == (State.OBSOLETE, 0)


def test_an_old_split_tried_again_does_not_replace_the_new_one(shop: Shop) -> None:
    order = kit.place(shop, pairs=3)
    ask_to_split(order)
    old = kit.latest("SPLIT")
    OutboxMessage.objects.filter(pk=old.pk).update(state=State.PARKED)
    end_split(order_id=order.pk, reason="Reddedildi")
    (line,) = kit.lines_of(order)
    ask_split(order_id=order.pk, groups=[{line.pk: 1}, {line.pk: 1}])
    retry(message_ids=[old.pk])

    send_outbox()

    states = list(OutboxMessage.objects.filter(kind="SPLIT").order_by("pk").values_list("state", flat=True))
    assert states == [State.OBSOLETE, State.DELIVERED]
    assert Order.objects.filter(origin_package_ids=[order.package_id]).count() == 3


def test_a_second_carrier_within_five_minutes_waits_for_them(shop: Shop) -> None:
    order = kit.place(shop)
    tell_carrier(order, carrier="SURATMP", request="r1")
    send_outbox()
    tell_carrier(order, carrier="ARASMP", request="r2")

    result = send_outbox()

    message = kit.latest("CARRIER")
    assert (result.later, message.state, kit.there(shop, order).cargo_provider) == (
        1,
        State.WAITING,
        "SURATMP",
    )
    assert timedelta(minutes=4) < message.due_at - timezone.now() <= timedelta(minutes=5)
    shop.sandbox.advance(301)
    assert kit.again("CARRIER").state == State.DELIVERED
    order.refresh_from_db()
    assert kit.latest("CARRIER").answer["cargo_number"] == order.cargo_tracking_number
    assert kit.there(shop, order).cargo_provider == "ARASMP"


def test_too_many_carrier_changes_hold_up_nothing_else(shop: Shop) -> None:
    first, second = kit.place(shop), kit.place(shop)
    tell_carrier(first, carrier="SURATMP", request="r1")
    tell_picking(second, kit.lines_of(second))
    shop.sandbox.faults.add(endpoint="cargo-providers", kind="429", times=1)

    result = send_outbox()

    assert (result.later, result.delivered, result.stopped) == (1, 1, "")
    assert kit.latest("CARRIER").due_at > timezone.now() + timedelta(minutes=4)


def test_a_carrier_trendyol_refuses_is_shown_with_its_words(shop: Shop) -> None:
    order = kit.place(shop)
    tell_carrier(order, carrier="TEXMP", request="r1")

    send_outbox()

    message = kit.latest("CARRIER")
    assert (message.state, "TEX kotanız bulunmamaktadır" in message.last_error) == (State.PARKED, True)


def test_desi_and_agreed_date_are_true_after_the_answer(shop: Shop) -> None:
    order = kit.place(shop)
    tell_boxes(order, boxes=3, desi=Decimal("7.5"), request="r1")
    tell_extra_time(order, days=1, request="r1")

    assert send_outbox().delivered == 2
    order.refresh_from_db()
    assert (order.desi, kit.latest("BOXES").answer) == (
        Decimal("7.50"),
        {"desi": "7.50", "cargo_number": order.cargo_tracking_number},
    )
    before, after = (kit.latest("EXTRA_TIME").answer[name] for name in ("before", "ship_by_at"))
    assert before < after
    assert order.ship_by_at is not None
    assert after == f"{order.ship_by_at.astimezone(timezone.get_fixed_timezone(0)):%Y-%m-%dT%H:%M:%S.%fZ}"


def test_an_invoice_is_reported_after_the_pick_and_in_the_same_run(shop: Shop) -> None:
    order = kit.place(shop)
    tell_invoiced(order, kit.lines_of(order), number=kit.NUMBER)
    tell_picking(order, kit.lines_of(order))

    assert send_outbox().delivered == 2
    assert kit.there(shop, order).status == "Invoiced"


def test_a_pick_that_waits_keeps_the_invoice_waiting_and_nothing_else(shop: Shop) -> None:
    order, other = kit.place(shop), kit.place(shop)
    tell_picking(order, kit.lines_of(order))
    tell_invoiced(order, kit.lines_of(order), number=kit.NUMBER)
    tell_boxes(other, boxes=2, desi=Decimal(3), request="r1")
    shop.sandbox.faults.add(endpoint="package-status", kind="timeout_before", times=1)

    result = send_outbox()

    assert (result.later, result.delivered) == (1, 1)
    assert (kit.latest("INVOICED").attempts, kit.latest("BOXES").state) == (0, State.DELIVERED)
    kit.again("PICKING")
    assert kit.there(shop, order).status == "Invoiced"


def test_a_refused_pick_keeps_nobody_waiting(shop: Shop) -> None:
    order = kit.place(shop)
    tell_picking(order, kit.lines_of(order))
    OutboxMessage.objects.update(state=State.PARKED)
    tell_invoiced(order, kit.lines_of(order), number=kit.NUMBER)

    send_outbox()

    message = kit.latest("INVOICED")
    assert (message.state, message.last_error != "") == (State.PARKED, True)
    retry(message_ids=list(OutboxMessage.objects.values_list("pk", flat=True)))
    assert send_outbox().delivered == 2


def test_what_cannot_be_supplied_waits_for_nothing(shop: Shop) -> None:
    order = kit.place(shop)
    tell_picking(order, kit.lines_of(order))
    shop.sandbox.faults.add(endpoint="package-status", kind="timeout_before", times=1)
    cancel_order(order_id=order.pk, reason="stokta yok")

    send_outbox()

    assert kit.there(shop, order).status == "UnSupplied"
    assert kit.again("PICKING").state == State.OBSOLETE


def test_a_package_that_left_needs_a_person_if_it_cannot_be_supplied(shop: Shop) -> None:
    order = kit.place(shop)
    tell_unsupplied(order, kit.lines_of(order), reason_id=500)
    shop.sandbox.shop.ship(order.marketplace_package)

    send_outbox()

    assert kit.latest("UNSUPPLIED").state == State.PARKED


def test_many_messages_are_looked_at_together(shop: Shop) -> None:
    variant = shop.sell(200)
    packages = [
        shop.sandbox.shop.place_order(lines=[(variant.barcode, 1)], cargo_provider=kit.OWN_LABELS)
        for _number in range(55)
    ]
    sync_orders()
    for order in Order.objects.order_by("pk"):
        tell_carrier(order, carrier="SURATMP", request="r1")

    assert send_outbox().delivered == 55
    numbers = dict(Order.objects.values_list("package_id", "cargo_tracking_number"))
    assert numbers == {package: str(shop.sandbox.shop.packages[package].cargo_number) for package in packages}
    assert kit.asked(shop, "orders") == 4  # 55 before and 55 afterwards, fifty at a time
