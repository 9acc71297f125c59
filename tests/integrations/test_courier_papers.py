"""Invoices and labels: what is there already, what was rejected, what is not ready yet."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from gullu.labels.records import CarrierLabel
from integrations.models import OutboxMessage
from integrations.outbox import send_outbox
from integrations.trendyol.labels import request_label
from integrations.trendyol.sync import sync_orders
from orders.models import Order, OrderDocument
from orders.outbound import tell_boxes, tell_carrier, tell_invoice_file, tell_invoice_link, tell_picking
from tests.integrations import deskkit as kit
from tests.integrations.conftest import Shop

pytestmark = pytest.mark.django_db

State = OutboxMessage.State
OTHER_LINK = "https://fatura.example/ABC2026000000002.pdf"


def tell_link(order: Order, **fields: Any) -> None:
    tell_invoice_link(order, kit.invoice(order, **fields))


# --- invoices ---------------------------------------------------------------------------------------------------


def test_the_state_of_the_invoice_is_known_at_once(shop: Shop) -> None:
    order = kit.pick(shop)
    tell_link(order)

    send_outbox()

    order.refresh_from_db()
    assert (order.invoice_status, kit.latest("INVOICE_LINK").answer) == (
        "Received",
        {"invoice_status": "Received"},
    )


def test_link_and_file_of_one_invoice_are_one_invoice(shop: Shop) -> None:
    order = kit.pick(shop)
    tell_link(order)
    tell_invoice_file(order, kit.invoice_file(order))

    assert send_outbox().delivered == 2
    assert kit.there(shop, order).invoice_link == kit.LINK


def test_a_link_another_package_has_is_refused_with_its_words(shop: Shop) -> None:
    first, second = kit.pick(shop), kit.pick(shop)
    tell_link(first)
    tell_link(second)

    send_outbox()

    message = kit.latest("INVOICE_LINK")
    assert (message.state, "başka bir paket" in message.last_error) == (State.PARKED, True)


def rejected(shop: Shop, *, pulled: bool, **details: Any) -> Order:
    """An order whose first invoice Trendyol has refused."""
    shop.sandbox.config.invoice_check_seconds = None
    order = kit.pick(shop, **details)
    tell_link(order)
    send_outbox()
    shop.sandbox.shop.decide_invoice(order.marketplace_package, accepted=False)
    if pulled:
        sync_orders()
    tell_link(order, link=OTHER_LINK, number="ABC2026000000002")
    return order


def test_a_rejected_invoice_is_taken_back_and_the_next_one_sent(shop: Shop) -> None:
    order = rejected(shop, pulled=True)

    assert send_outbox().delivered == 1
    assert (kit.there(shop, order).invoice_link, kit.asked(shop, "invoice-links-delete")) == (OTHER_LINK, 1)


def test_a_rejection_nobody_knew_of_is_found_out_and_mended(shop: Shop) -> None:
    order = rejected(shop, pulled=False)

    assert send_outbox().later == 1
    assert kit.latest("INVOICE_LINK").due_at <= timezone.now() + timedelta(seconds=15)
    assert kit.again("INVOICE_LINK").state == State.DELIVERED
    assert kit.there(shop, order).invoice_link == OTHER_LINK


def test_abroad_a_rejected_invoice_is_replaced_without_taking_it_back(shop: Shop) -> None:
    order = rejected(shop, pulled=True, overrides={"micro": True})

    assert send_outbox().delivered == 1
    assert (kit.there(shop, order).invoice_link, kit.asked(shop, "invoice-links-delete")) == (OTHER_LINK, 0)


def test_a_document_that_was_deleted_needs_no_message(shop: Shop) -> None:
    order = kit.pick(shop)
    tell_link(order)
    OrderDocument.objects.all().delete()

    send_outbox()

    assert (kit.latest("INVOICE_LINK").state, kit.asked(shop, "invoice-links")) == (State.OBSOLETE, 0)


def test_a_file_that_is_gone_is_one_sentence(shop: Shop) -> None:
    order = kit.pick(shop)
    document = kit.invoice_file(order)
    tell_invoice_file(order, document)
    default_storage.delete(document.file.name)

    send_outbox()

    message = kit.latest("INVOICE_FILE")
    assert (message.state, message.last_error != "", kit.asked(shop, "invoice-file")) == (
        State.PARKED,
        True,
        0,
    )


def test_a_package_of_another_seller_is_refused_and_holds_up_nothing(shop: Shop) -> None:
    order = kit.pick(shop)
    tell_link(order)
    shop.sandbox.config.foreign_package_ids = frozenset({order.marketplace_package})

    result = send_outbox()

    assert (result.refused, result.stopped) == (1, "")


# --- labels -----------------------------------------------------------------------------------------------------


def labelled(shop: Shop, **details: Any) -> Order:
    """An order of a carrier whose labels Trendyol gives, on its way to being prepared there."""
    order = kit.place(shop, **{"cargo_provider": "ARASMP", **details})
    tell_picking(order, kit.lines_of(order))
    return order


def label_of(order: Order) -> str:
    order.refresh_from_db()
    row = CarrierLabel.objects.filter(cargo_number=order.cargo_tracking_number).first()
    return row.zpl if row else ""


def test_the_label_follows_the_pick_in_the_same_run(shop: Shop) -> None:
    order = labelled(shop)

    assert send_outbox().delivered == 2
    assert f"^FD{order.cargo_tracking_number}^FS" in label_of(order)
    assert kit.latest("LABEL").answer == {"asked": True, "labels": 1}


@pytest.mark.parametrize("kind", ["500", "429", "html_503", "wrong_credentials", "truncated"])
def test_trouble_with_labels_is_no_trouble_for_picks(shop: Shop, kind: str) -> None:
    orders = [labelled(shop) for _number in range(3)]
    shop.sandbox.faults.add(endpoint="common-label-*", kind=kind, times=None)

    result = send_outbox()

    assert (result.delivered, result.stopped) == (3, "")
    assert {kit.there(shop, order).status for order in orders} == {"Picking"}
    shop.sandbox.faults.clear()
    kit.again("LABEL")
    assert [label_of(order) != "" for order in orders] == [True] * 3


def test_a_label_that_is_not_ready_is_fetched_later_and_asked_for_once(shop: Shop) -> None:
    shop.sandbox.config.label_delay_seconds = 30
    order = labelled(shop)

    result = send_outbox()

    message = kit.latest("LABEL")
    assert (result.later, message.state, label_of(order)) == (1, State.WAITING, "")
    assert message.due_at <= timezone.now() + timedelta(seconds=30)
    shop.sandbox.advance(31)
    assert kit.again("LABEL").state == State.DELIVERED
    assert (label_of(order) != "", kit.asked(shop, "common-label-create")) == (True, 1)


def test_a_label_that_never_comes_is_shown_to_a_person(shop: Shop) -> None:
    shop.sandbox.config.label_delay_seconds = 9e9
    labelled(shop)
    send_outbox()
    OutboxMessage.objects.filter(kind="LABEL").update(attempts=7)

    assert kit.again("LABEL").state == State.PARKED


def test_several_boxes_are_several_labels(shop: Shop) -> None:
    order = labelled(shop)
    send_outbox()
    Order.objects.filter(pk=order.pk).update(box_count=3)
    tell_boxes(order, boxes=3, desi=Decimal(9), request="r1")

    assert send_outbox().delivered == 2
    assert label_of(order).count("^XA") == 3
    assert [f"KOLI {number}/3" in label_of(order) for number in (1, 2, 3)] == [True] * 3


def test_another_carrier_is_another_label(shop: Shop) -> None:
    order = labelled(shop, cargo_provider="TEXMP")
    send_outbox()
    first = order.cargo_tracking_number
    tell_carrier(order, carrier="ARASMP", request="r1")

    assert send_outbox().delivered == 2
    zpl = label_of(order)
    assert (order.cargo_tracking_number != first, f"^FD{order.cargo_tracking_number}^FS" in zpl) == (
        True,
        True,
    )


def test_a_number_that_changed_meanwhile_gets_its_own_label(shop: Shop) -> None:
    shop.sandbox.config.label_delay_seconds = 30
    order = labelled(shop)
    send_outbox()
    shop.sandbox.config.label_delay_seconds = 0
    shop.sandbox.shop.operations.change_carrier(order.marketplace_package, carrier="ARASMP")
    sync_orders()

    kit.again("LABEL")

    states = list(OutboxMessage.objects.filter(kind="LABEL").order_by("pk").values_list("state", flat=True))
    assert (states, label_of(order) != "") == ([State.OBSOLETE, State.DELIVERED], True)


@pytest.mark.parametrize(
    "details", [{"cargo_provider": "YKMP"}, {"overrides": {"whoPays": 1}}], ids=["carrier", "contract"]
)
def test_no_label_is_asked_for_where_trendyol_gives_none(shop: Shop, details: dict[str, Any]) -> None:
    labelled(shop, **details)

    assert send_outbox().delivered == 1
    assert kit.asked(shop, "common-label-create") == 0


def test_abroad_the_label_waits_for_the_invoice_and_the_invoice_not_for_the_label(shop: Shop) -> None:
    shop.sandbox.config.invoice_check_seconds = None
    order = labelled(shop, overrides={"micro": True})
    tell_link(order)

    result = send_outbox()

    message = kit.latest("LABEL")
    assert (result.delivered, message.state, message.attempts) == (2, State.WAITING, 0)
    shop.sandbox.shop.decide_invoice(order.marketplace_package, accepted=True)
    sync_orders()
    assert kit.again("LABEL").state == State.DELIVERED


def test_a_parcel_that_left_needs_no_label(shop: Shop) -> None:
    shop.sandbox.config.label_delay_seconds = 30
    order = labelled(shop)
    send_outbox()
    shop.sandbox.shop.ship(order.marketplace_package)
    sync_orders()

    assert kit.again("LABEL").state == State.OBSOLETE
    order.refresh_from_db()
    assert request_label(order) is False
