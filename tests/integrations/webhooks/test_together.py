"""From the sandbox over real HTTP to an order; beside the poll; with processes that are killed."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest
from django_q.models import OrmQ
from pytest_django.live_server_helper import LiveServer

from integrations.models import SyncCursor, WebhookEvent
from integrations.tasks import process_webhooks_job
from integrations.trendyol.client import WebhookForm
from integrations.trendyol.sync import sync_orders
from integrations.webhooks import hooks
from integrations.webhooks.inbox import TASK, keep_event
from integrations.webhooks.processing import process_webhooks
from inventory.selectors import availability, check_stock
from orders.enums import OrderState
from orders.models import Order
from tests.concurrency.threads import race
from tests.faults.dying import run_and_die
from tests.integrations.conftest import Shop
from tests.integrations.webhooks.knocking import API_KEY, DOOR, event

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(120),
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]


def keep(body: dict[str, Any]) -> None:
    keep_event(json.dumps(body).encode())


@pytest.fixture
def connected(shop: Shop, live_server: LiveServer, door: dict[str, Any]) -> Shop:
    """The sandbox sends its events to the live server."""
    shop.sandbox.config.quirks |= {"webhooks_local"}
    door["URL"] = f"{live_server.url}{DOOR}".replace("localhost", "127.0.0.1")
    hooks.register(actor=None, form=WebhookForm(url=door["URL"], api_key=API_KEY))
    return shop


def test_a_purchase_on_the_sandbox_becomes_an_order_without_a_poll(connected: Shop) -> None:
    variant = connected.sell(5)
    sandbox = connected.sandbox
    sandbox.config.quirks |= {"webhook_duplicates"}

    package = sandbox.shop.place_order([(variant.barcode, 2)])
    assert sandbox.webhooks.wait()
    queued = OrmQ.objects.get()
    assert (queued.func(), {event.status for event in sandbox.webhooks.sent}) == (TASK, {200})
    assert process_webhooks_job()["applied"] == 1

    order = Order.objects.get()
    assert (order.package_id, order.status, availability([variant.barcode])[0].reserved) == (
        package, OrderState.CREATED, 2
    )  # fmt: skip
    sandbox.shop.cancel(package)
    assert sandbox.webhooks.wait()
    assert process_webhooks_job()["applied"] == 1
    assert (Order.objects.get().status, availability([variant.barcode])[0].reserved) == (
        OrderState.CANCELLED,
        0,
    )
    # The poll finds nothing new, and its position was not touched by the events.
    assert SyncCursor.objects.get().position is None
    result = sync_orders()
    assert (result.created, result.updated, result.unchanged) == (0, 0, 1)


def test_a_wrong_key_makes_it_passive_and_the_check_mends_it(connected: Shop) -> None:
    sandbox, variant = connected.sandbox, connected.sell(5)
    sandbox.shop.webhooks.hooks()[0].api_key = "wrong"
    sandbox.shop.place_order([(variant.barcode, 1)])
    for _round in range(13):
        assert sandbox.webhooks.wait()
        sandbox.advance(300)
    assert {event.status for event in sandbox.webhooks.sent} == {401}
    assert not sandbox.shop.webhooks.hooks()[0].active

    from integrations.webhooks.checking import check_webhooks

    result = check_webhooks()

    assert (result.activated, Order.objects.count()) == (1, 1)
    sandbox.shop.place_order([(variant.barcode, 1)])
    assert sandbox.webhooks.wait()
    assert sandbox.webhooks.sent[-1].status == 200


def test_poll_and_two_workers_on_the_events_at_once_store_each_package_once(shop: Shop) -> None:
    variant = shop.sell(60)
    for round_number in range(4):
        packages = [shop.sandbox.shop.place_order([(variant.barcode, 1)]) for _ in range(10)]
        for package in packages:
            keep(body_of(shop, package))

        results = race(sync_orders, process_webhooks, process_webhooks)

        assert not [result for result in results if isinstance(result, Exception)]
        assert Order.objects.count() == 10 * (round_number + 1)
        assert WebhookEvent.objects.filter(state="NEW").count() == 0
        ended = sum((result.ends.total() for result in results[1:]), 0)
        assert ended == 10
    assert availability([variant.barcode])[0].reserved == 40
    assert check_stock().clean


def body_of(shop: Shop, package: int) -> dict[str, Any]:
    from integrations.trendyol.sandbox.payloads import package_payload

    with shop.sandbox.state.transaction():
        raw = package_payload(shop.sandbox.shop.packages[package], shop.sandbox.config)
    return {"totalElements": 1, "totalPages": 1, "page": 0, "size": 1, "content": [raw]}


def test_the_same_event_at_the_door_many_times_at_once_is_kept_once() -> None:
    for number in range(5):
        body = json.dumps(event(number=number + 1)).encode()

        kept = race(*[partial(keep_event, body)] * 6)

        assert sorted(result.new for result in kept) == [False] * 5 + [True]
    assert (WebhookEvent.objects.count(), OrmQ.objects.count()) == (5, 1)


def test_processing_killed_at_any_step_leaves_the_event_waiting_or_done() -> None:
    step, killed = 1, True
    while killed:
        keep(event(number=step))
        keep(event(number=1000 + step))

        killed = run_and_die(process_webhooks, die_at=step)

        stored = set(Order.objects.values_list("package_id", flat=True))
        done = set(WebhookEvent.objects.filter(state="APPLIED").values_list("package_id", flat=True))
        assert stored == done
        process_webhooks()
        assert set(WebhookEvent.objects.values_list("state", flat=True)) == {"APPLIED"}
        assert Order.objects.filter(package_id__in=[step, 1000 + step]).count() == 2
        step += 3
    assert step > 20


def test_an_event_killed_while_it_is_kept_is_there_with_its_run_or_not_at_all() -> None:
    step, killed = 1, True
    while killed:
        OrmQ.objects.all().delete()
        process_webhooks()
        body = json.dumps(event(number=step)).encode()

        killed = run_and_die(partial(keep_event, body), die_at=step)

        waiting = WebhookEvent.objects.filter(state="NEW").count()
        assert waiting == OrmQ.objects.count() == (0 if killed else 1)
        step += 1
    assert step == 4
