"""What Trendyol is told: at least once, never lost, refused messages parked with their reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from catalog.models import Variant
from gullu.models import JobRun
from integrations.models import OutboxMessage
from integrations.outbox import delay_after, retry, send_outbox
from integrations.trendyol.connection import using
from integrations.trendyol.courier import TrendyolCourier
from integrations.trendyol.sync import sync_orders
from orders.models import Order
from orders.services import cancel_order, confirm_picking
from tests.integrations.conftest import Shop, client_for

pytestmark = pytest.mark.django_db

State = OutboxMessage.State


@pytest.fixture
def boots(shop: Shop) -> Variant:
    return shop.sell(5)


def ordered(shop: Shop, variant: Variant, quantity: int = 1) -> Order:
    """An order whose carrier gives its labels itself: nothing follows the pick."""
    package_id = shop.sandbox.shop.place_order(lines=[(variant.barcode, quantity)], cargo_provider="YKMP")
    sync_orders()
    return Order.objects.get(package_id=package_id)


def status_there(shop: Shop, order: Order) -> str:
    return str(shop.sandbox.shop.packages[order.marketplace_package].status)


def again() -> OutboxMessage:
    """Make the message due and deliver it."""
    OutboxMessage.objects.update(due_at=timezone.now())
    send_outbox()
    return OutboxMessage.objects.get()


def test_a_confirmed_pick_reaches_trendyol(shop: Shop, boots: Variant) -> None:
    order = ordered(shop, boots)
    confirm_picking(order_id=order.pk)

    result = send_outbox()

    assert (result.delivered, status_there(shop, order)) == (1, "Picking")
    message = OutboxMessage.objects.get()
    assert (message.state, message.attempts, message.last_error) == (State.DELIVERED, 1, "")
    assert send_outbox().delivered == 0


def test_what_cannot_be_supplied_reaches_trendyol(shop: Shop, boots: Variant) -> None:
    order = ordered(shop, boots)
    cancel_order(order_id=order.pk, reason="stokta yok")

    send_outbox()

    assert status_there(shop, order) == "UnSupplied"


@pytest.mark.parametrize("kind", ["timeout_before", "timeout_after", "drop_after", "html_502"])
def test_an_answer_that_never_comes_is_tried_again_and_ends_once(
    shop: Shop, boots: Variant, kind: str
) -> None:
    order = ordered(shop, boots)
    confirm_picking(order_id=order.pk)
    shop.sandbox.faults.add(endpoint="package-status", kind=kind, times=1)

    result = send_outbox()

    message = OutboxMessage.objects.get()
    assert (result.later, message.state, message.attempts) == (1, State.WAITING, 1)
    assert message.due_at > timezone.now() + timedelta(seconds=20)
    assert again().state == State.DELIVERED
    assert status_there(shop, order) == "Picking"


@pytest.mark.parametrize("kind", ["429", "html_503"])
def test_an_outage_stops_the_run_and_keeps_every_message(shop: Shop, boots: Variant, kind: str) -> None:
    for _number in range(3):
        confirm_picking(order_id=ordered(shop, boots).pk)
    shop.sandbox.faults.add(endpoint="package-status", kind=kind, times=None)

    result = send_outbox()

    assert (result.delivered, result.stopped != "") == (0, True)
    assert sum(request.endpoint == "package-status" for request in shop.sandbox.requests) == 1
    run = JobRun.objects.get(name="send_outbox")
    assert (run.state, run.error) == (JobRun.State.FAILED, result.stopped)
    shop.sandbox.faults.clear()
    OutboxMessage.objects.update(due_at=timezone.now())
    assert send_outbox().delivered == 3


def test_a_package_that_was_cancelled_meanwhile_makes_the_message_obsolete(
    shop: Shop, boots: Variant
) -> None:
    order = ordered(shop, boots)
    confirm_picking(order_id=order.pk)
    shop.sandbox.shop.cancel(order.marketplace_package)

    result = send_outbox()

    assert (result.obsolete, OutboxMessage.objects.get().state) == (1, State.OBSOLETE)
    assert Order.objects.get().status == "CANCELLED"


def test_a_package_that_was_shipped_meanwhile_has_had_it(shop: Shop, boots: Variant) -> None:
    order = ordered(shop, boots)
    confirm_picking(order_id=order.pk)
    shop.sandbox.shop.ship(order.marketplace_package)

    assert send_outbox().delivered == 1


def test_a_refusal_parks_the_message_where_staff_can_retry_it(shop: Shop, boots: Variant) -> None:
    order = ordered(shop, boots)
    confirm_picking(order_id=order.pk)
    good = OutboxMessage.objects.get().body
    OutboxMessage.objects.update(body={"lines": [{"line_id": 1, "quantity": 1}]})

    result = send_outbox()

    message = OutboxMessage.objects.get()
    assert (result.refused, message.state, message.last_error != "") == (1, State.PARKED, True)
    assert send_outbox().refused == 0  # parked: not tried by itself
    OutboxMessage.objects.update(body=good)
    assert retry(message_ids=[message.pk]) == 1
    assert send_outbox().delivered == 1


def test_a_delivered_message_cannot_be_retried(shop: Shop, boots: Variant) -> None:
    confirm_picking(order_id=ordered(shop, boots).pk)
    send_outbox()

    assert retry(message_ids=[OutboxMessage.objects.get().pk]) == 0


def test_the_attempt_is_recorded_before_it_is_made(shop: Shop, boots: Variant, monkeypatch: Any) -> None:
    confirm_picking(order_id=ordered(shop, boots).pk)
    seen: list[int] = []

    def look(courier: TrendyolCourier, message: OutboxMessage) -> None:
        seen.append(OutboxMessage.objects.get(pk=message.pk).attempts)
        raise KeyboardInterrupt

    monkeypatch.setattr(TrendyolCourier, "deliver", look)
    with pytest.raises(KeyboardInterrupt):
        send_outbox()

    assert (seen, OutboxMessage.objects.get().state) == ([1], State.WAITING)


def test_waiting_times_grow_to_an_hour() -> None:
    assert [delay_after(n).total_seconds() for n in (1, 2, 3, 7, 8, 50)] == [30, 60, 120, 1920, 3600, 3600]


def test_wrong_credentials_end_the_command_with_one_sentence(shop: Shop, boots: Variant) -> None:
    confirm_picking(order_id=ordered(shop, boots).pk)

    with using(client_for(shop.sandbox, api_secret="wrong")), pytest.raises(CommandError) as caught:
        call_command("send_outbox", "--json")

    assert len(str(caught.value).splitlines()) == 1
    assert OutboxMessage.objects.get().state == State.WAITING
