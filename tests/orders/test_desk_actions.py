"""The desk's actions in the admin: on ticked rows, on one order, with a result for each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django_q.models import OrmQ

from gullu.roles import ANALYST, OFFICE, WAREHOUSE
from integrations.models import OutboxMessage
from inventory.enums import StockState
from orders.admin.desk import DESK_ACTIONS, ids_url
from orders.enums import CarrierCode, Channel, OrderState, UnsuppliedReason
from orders.labels import slip_code
from orders.models import Order, PickBatchOrder
from tests.factories import make_order, make_shelf, make_user, make_variant, stock

pytestmark = pytest.mark.django_db
ASKING = [action.name for action in DESK_ACTIONS if action.view]
RUNNING = [action.name for action in DESK_ACTIONS if action.run]


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_user(OFFICE))
    return client


def two_orders(**fields: Any) -> list[Order]:
    return [make_order([(make_variant(), 1)], **fields) for _ in range(2)]


def told(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.mark.parametrize("name", [*ASKING, *RUNNING])
def test_an_action_needs_its_right(client: Client, name: str) -> None:
    order = make_order([(make_variant(), 1)])
    client.force_login(make_user(ANALYST))

    assert client.post(ids_url(name, [order])).status_code == 403


@pytest.mark.parametrize("name", ASKING)
def test_opening_an_action_changes_nothing_and_names_the_orders(office: Client, name: str) -> None:
    orders = two_orders()

    response = office.get(ids_url(name, orders))

    assert response.status_code == 200
    assert all(order.order_number in response.content.decode() for order in orders) == (name != "split")
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("query", ["", "?ids=", "?ids=x,²,99999999999999999999", "?ids=0"])
def test_an_action_without_orders_says_so(office: Client, query: str) -> None:
    response = office.get(reverse("admin:orders_order_carrier") + query)

    assert (response.status_code, response.context["orders"]) == (200, [])


def test_a_page_of_many_orders_costs_as_many_statements_as_one_of_few(office: Client) -> None:
    few, many = two_orders(), [*two_orders(), *two_orders(), *two_orders()]
    office.get(ids_url("cancel", few))
    counts = []
    for orders in (few, many):
        with CaptureQueriesContext(connection) as statements:
            office.get(ids_url("cancel", orders))
        counts.append(len(statements))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("role", [OFFICE, WAREHOUSE])
def test_the_list_offers_what_the_person_may_do(client: Client, role: str) -> None:
    user = make_user(role)
    client.force_login(user)
    make_order([(make_variant(), 1)])

    response = client.get(reverse("admin:orders_ordercreated_changelist"))

    offered = {name for name, _label in response.context["action_form"].fields["action"].choices if name}
    wanted = {
        a.name for a in DESK_ACTIONS if a.many and OrderState.CREATED in a.states and user.has_perm(a.right)
    }
    assert offered == wanted
    assert ("cancel" in offered) == (role == OFFICE)


def test_ticked_rows_open_the_page_of_the_action(office: Client) -> None:
    orders = two_orders()
    data = {"action": "carrier", "_selected_action": [order.pk for order in orders]}

    response = office.post(reverse("admin:orders_ordercreated_changelist"), data)

    assert response.headers["Location"] == ids_url("carrier", orders)


def test_every_order_gets_a_result_and_each_refusal_its_reason(office: Client) -> None:
    good, gone = (
        make_order([(make_variant(), 1)]),
        make_order([(make_variant(), 1)], status=OrderState.SHIPPED),
    )
    data = {"carrier": CarrierCode.ARAS.value}

    response = office.post(ids_url("carrier", [good, gone]), data)

    results = {result.order: (result.done, result.said) for result in response.context["results"]}
    assert {order: done for order, (done, _said) in results.items()} == {good: True, gone: False}
    assert gone.order_number in results[gone][1]
    assert results[gone][1] in response.content.decode()
    assert list(OutboxMessage.objects.values_list("order", flat=True)) == [good.pk]


def test_one_order_leads_back_to_its_page_with_a_message(office: Client) -> None:
    order = make_order([(make_variant(), 1)], status=OrderState.SHIPPED)

    response = office.post(ids_url("carrier", [order]), {"carrier": CarrierCode.ARAS.value})

    assert response.headers["Location"] == reverse("admin:orders_order_change", args=[order.pk])
    assert [order.order_number in text for text in told(response)] == [True]


def test_a_form_sent_twice_asks_once(office: Client) -> None:
    order = make_order([(make_variant(), 1)])
    page = office.get(ids_url("boxes", [order]))
    data = {"request": page.context["form"].initial["request"], "boxes": "2", "desi": "3,5"}

    for _time in range(2):
        office.post(ids_url("boxes", [order]), data)

    assert [message.body["desi"] for message in OutboxMessage.objects.all()] == ["3.5"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("carrier", {"carrier": "X"}),
        ("boxes", {"boxes": "0", "desi": "1"}),
        ("boxes", {"boxes": "1", "desi": "çok"}),
        ("extra_time", {"days": "9"}),
        ("cancel", {"reason_id": "503", "reason": "x"}),
        ("cancel", {"reason_id": "500", "reason": ""}),
        ("invoice", {"link": "javascript:alert(1)"}),
        ("invoice", {"issued_at": "dün"}),
    ],
)
def test_wrong_input_is_answered_at_the_field_and_nothing_happens(
    office: Client, name: str, data: dict[str, str]
) -> None:
    order = make_order([(make_variant(), 1)], status=OrderState.PICKING)

    response = office.post(ids_url(name, [order]), data)

    assert response.status_code == 200
    assert response.context["form"].errors
    assert not OutboxMessage.objects.exists()


def test_cancelling_frees_pairs_and_tells_the_marketplace_the_reason(office: Client) -> None:
    order = make_order([(make_variant(), 2)])
    data = {"reason_id": str(UnsuppliedReason.DEFECTIVE.value), "reason": "Tabanı açık"}

    with translation.override("en"):
        response = office.post(ids_url("cancel", [order]), data)

    order.refresh_from_db()
    message = OutboxMessage.objects.get()
    assert order.status == OrderState.CANCELLED
    assert (message.kind, message.body["reason_id"], message.written_by) == (
        "UNSUPPLIED",
        501,
        response.wsgi_request.user,
    )
    assert order.lines.get().stock_state == StockState.RELEASED


# --- split ------------------------------------------------------------------------------------------------------


def parcels(order: Order, *quantities: tuple[int, ...]) -> dict[str, str]:
    lines = order.lines.order_by("pk")
    return {
        f"line_{line.pk}_{number}": str(quantity)
        for line, dealt in zip(lines, quantities, strict=True)
        for number, quantity in enumerate(dealt, start=1)
    }


def test_lines_and_quantities_are_dealt_to_parcels(office: Client) -> None:
    order = make_order([(make_variant(), 2), (make_variant(), 1)])
    first, second = order.lines.order_by("pk")

    office.post(ids_url("split", [order]), parcels(order, (1, 1), (0, 1)))

    order.refresh_from_db()
    assert order.split_asked_at is not None
    assert OutboxMessage.objects.get().body["groups"] == [[{"line_id": first.line_id, "quantity": 1}]]
    assert second.stock_state == StockState.RESERVED


def test_pairs_that_are_in_no_parcel_are_pointed_out(office: Client) -> None:
    order = make_order([(make_variant(), 3)])

    response = office.post(ids_url("split", [order]), parcels(order, (1, 1)))

    order.refresh_from_db()
    assert order.split_asked_at is None
    assert response.context["form"].non_field_errors()
    assert response.content.decode().count('role="alert"') == 1


def test_everything_in_one_parcel_is_no_split(office: Client) -> None:
    order = make_order([(make_variant(), 2)])

    response = office.post(ids_url("split", [order]), parcels(order, (2, 0)))

    assert [order.order_number in text for text in told(response)] == [True]
    assert not OutboxMessage.objects.exists()


def test_an_order_being_split_offers_only_what_still_makes_sense(office: Client) -> None:
    order = make_order([(make_variant(), 2)], split_asked_at=timezone.now() - timedelta(hours=2))

    response = office.get(reverse("admin:orders_order_change", args=[order.pk]))

    urls = {action.url for action in response.context["desk_actions"]}
    assert ids_url("give_up_split", [order]) in urls
    assert ids_url("split", [order]) not in urls
    office.post(ids_url("give_up_split", [order]))
    order.refresh_from_db()
    assert order.split_asked_at is None


# --- actions without questions --------------------------------------------------------------------------------------


def test_labels_open_with_the_codes_of_the_very_packages(office: Client) -> None:
    orders = two_orders(order_number="10452345678")

    response = office.post(ids_url("labels", orders))

    page = office.get(response.headers["Location"])
    assert page.status_code == 200
    assert all(slip_code(order.pk) in page.content.decode() for order in orders)


def test_collecting_makes_a_batch_of_the_ticked_orders(office: Client) -> None:
    shelf, variant = make_shelf(), make_variant()
    stock(variant, shelf, 5)
    orders = [make_order([(variant, 1)]) for _ in range(2)]

    refused = office.get(ids_url("collect", orders))
    office.post(ids_url("collect", orders))

    assert refused.status_code == 405
    assert set(PickBatchOrder.objects.values_list("order", flat=True)) == {order.pk for order in orders}


def test_orders_that_cannot_be_collected_are_named(office: Client) -> None:
    order = make_order([(make_variant(), 1)])
    office.post(ids_url("collect", [order]))

    response = office.post(ids_url("collect", [order]))

    assert order.order_number in told(response)[-1]


def test_reading_again_is_queued_for_marketplace_orders_only(office: Client) -> None:
    ours = make_order([(make_variant(), 1)], channel=Channel.MANUAL, package_id=None)
    theirs = make_order([(make_variant(), 1)])

    office.post(ids_url("reread", [ours, theirs]))

    task = OrmQ.objects.get().task
    assert task["func"] == "integrations.tasks.reread_orders_job"
    assert task["kwargs"]["order_ids"] == [theirs.pk]


def test_an_action_that_fits_no_chosen_order_says_so(office: Client) -> None:
    order = make_order([(make_variant(), 1)], status=OrderState.DELIVERED)

    response = office.post(ids_url("collect", [order]))

    assert len(told(response)) == 1
    assert not PickBatchOrder.objects.exists()
