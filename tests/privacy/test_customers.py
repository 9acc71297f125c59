from __future__ import annotations

import json
import zipfile
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from gullu.models import Activity
from gullu.privacy.services import anonymize_customers
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE
from integrations.models import WebhookEvent
from orders.enums import Channel, OrderState
from orders.models import Order, ReturnPhoto, ReturnUnit
from orders.privacy.people import customer_of, find_customers
from orders.privacy.services import erase_customer
from tests.factories import make_order, make_user
from tests.privacy.planted import MARKS, NAME, SURNAME, places_of, plant

pytestmark = pytest.mark.django_db

KEY = "customer-9990001112223"


@pytest.fixture
def keeper(client: Client) -> Client:
    client.force_login(make_user(MANAGER))
    return client


def by_hand(phone: str, **fields: Any) -> Order:
    address = {"phone": phone, "full_address": "Cadde 1", "name": "Elif Su"}
    return make_order(
        channel=Channel.MANUAL, package_id=None, customer_id=None, shipment_address=address, **fields
    )


@pytest.mark.parametrize("typed", [f"{NAME} {SURNAME}", "zumrutanka kirciceg", "9990001112223"])
def test_a_customer_is_found_by_name_and_number(typed: str) -> None:
    order = plant()

    assert [(found.key, found.orders) for found in find_customers(typed)] == [(KEY, 2)]
    assert [found.key for found in find_customers(order.order_number)] == [KEY]


def test_orders_by_hand_are_one_customer_by_their_telephone_number() -> None:
    for written in ("0532 111 22 33", "+90 (532) 111-22-33"):
        by_hand(written)
    by_hand("0532 111 22 34")

    assert [(found.key, found.orders) for found in find_customers("0532 111 22 33")] == [
        ("phone-5321112233", 2)
    ]


def test_a_relay_number_of_the_marketplace_joins_no_strangers() -> None:
    for number in (41, 42):
        make_order(customer_id=number, shipment_address={"phone": "0850 333 00 00"})

    assert find_customers("0850 333 00 00") == []
    assert customer_of("customer-41").orders == 1


def test_everything_of_a_customer_is_handed_out_and_nothing_of_others(keeper: Client) -> None:
    order = plant()
    stranger = make_order(customer_id=5, customer_first_name="Yabancı")

    answer = keeper.post(reverse("privacy:export"), {"key": KEY})

    archive = zipfile.ZipFile(BytesIO(answer.content))
    data = archive.read("veriler.json").decode()
    assert [mark for mark in MARKS if mark not in data] == []
    assert (stranger.order_number in data, "Yabancı" in data) == (False, False)
    assert len(json.loads(data)["orders"]) == 2
    assert [name for name in archive.namelist() if name.startswith("belgeler/")] == [
        "belgeler/fatura-1.pdf",
        "belgeler/iade-2.png",
    ]
    sheet = load_workbook(BytesIO(archive.read("veriler.xlsx"))).worksheets[0]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == list(
        Order.objects.filter(customer_id=9990001112223)
        .order_by("ordered_at", "pk")
        .values_list("order_number", flat=True)
    )
    assert order.order_number in data


def test_erasing_leaves_nothing_but_what_the_law_keeps(keeper: Client) -> None:
    order = plant()
    make_order(customer_id=5, customer_first_name="Yabancı")
    picture = str(ReturnPhoto.objects.get().image.name)

    answer = keeper.post(reverse("privacy:erase"), {"key": KEY, "asked": "1", "sure": "1"}, follow=True)

    assert places_of(*MARKS) == set()
    assert (order.documents.count(), ReturnPhoto.objects.count(), default_storage.exists(picture)) == (
        1,
        0,
        False,
    )
    assert "1" in str(next(iter(answer.context["messages"])))
    assert Order.objects.get(customer_id=5).customer_first_name == "Yabancı"


def test_a_picture_that_still_proves_something_waits_for_the_decision(keeper: Client) -> None:
    plant()
    ReturnUnit.objects.update(status="InAnalysis")
    keeper.post(reverse("privacy:erase"), {"key": KEY, "asked": "1", "sure": "1"})
    assert ReturnPhoto.objects.count() == 1

    ReturnUnit.objects.update(status="Rejected")
    anonymize_customers(trigger="COMMAND")

    assert ReturnPhoto.objects.count() == 0


def test_a_search_costs_the_same_for_one_customer_and_for_many(django_assert_num_queries: Any) -> None:
    for number in range(3):
        make_order(customer_id=100 + number, customer_first_name="Zehra")
        by_hand(f"0532 111 22 0{number}", customer_first_name="Zehra")

    with django_assert_num_queries(3):
        found = find_customers("zehra")

    assert [(one.name.split()[0], one.orders) for one in found] == [("Zehra", 1)] * 6


def test_an_event_of_the_marketplace_that_could_not_be_used_goes_as_well(keeper: Client) -> None:
    order = plant()
    event = WebhookEvent.objects.create(
        received_at=timezone.now(),
        digest="d",
        body=NAME.encode(),
        size=9,
        package_id=order.package_id,
        state="REFUSED",
    )

    keeper.post(reverse("privacy:erase"), {"key": KEY, "asked": "1", "sure": "1"})

    event.refresh_from_db()
    assert bytes(event.body) == b""


def test_orders_still_to_be_sent_are_named_and_stay(keeper: Client) -> None:
    plant()
    waiting = make_order(customer_id=9990001112223, customer_first_name=NAME)

    answer = keeper.post(reverse("privacy:erase"), {"key": KEY, "asked": "1", "sure": "1"}, follow=True)

    assert waiting.order_number in str(next(iter(answer.context["messages"])))
    assert places_of(NAME) == {("orders_order", NAME)}
    assert customer_of(KEY).orders == 1


def test_the_question_says_what_goes_and_what_stays(keeper: Client) -> None:
    plant()
    make_order(customer_id=9990001112223)

    page = keeper.post(reverse("privacy:erase"), {"key": KEY}).context

    assert (page["closed_orders"], page["customer"].open_orders, page["invoices"]) == (2, 1, 1)


def test_nothing_is_erased_without_the_tick(keeper: Client) -> None:
    plant()

    answer = keeper.post(reverse("privacy:erase"), {"key": KEY, "asked": "1"})

    assert (answer.status_code, customer_of(KEY).orders) == (422, 2)


def test_both_deeds_are_recorded_without_the_customers_words(keeper: Client) -> None:
    plant()

    keeper.post(reverse("privacy:export"), {"key": KEY})
    keeper.post(reverse("privacy:erase"), {"key": KEY, "asked": "1", "sure": "1"})

    rows = Activity.objects.filter(kind=Activity.Kind.PERSONAL_DATA).order_by("pk")
    assert [row.details["deed"] for row in rows] == ["EXPORTED", "ERASED"]
    assert {row.actor_id for row in rows} == {int(keeper.session["_auth_user_id"])}
    assert "gullu_activity" not in {table for table, _mark in places_of(*MARKS)}


@pytest.mark.parametrize("name", ["export", "erase"])
def test_a_customer_who_is_not_there_is_one_sentence(keeper: Client, name: str) -> None:
    for key in ("customer-1", "phone-1", "x", "order-99999999999999999999", "customer-999999999999999999"):
        answer = keeper.post(reverse(f"privacy:{name}"), {"key": key, "asked": "1", "sure": "1"})

        assert (answer.status_code, key in answer.content.decode()) == (404, True)


@pytest.mark.parametrize("role", [OFFICE, WAREHOUSE, ANALYST])
def test_only_managers_get_to_the_pages(client: Client, role: str) -> None:
    plant()
    client.force_login(make_user(role))

    answers = [
        client.get(reverse("privacy:start")),
        client.post(reverse("privacy:export"), {"key": KEY}),
        client.post(reverse("privacy:erase"), {"key": KEY, "asked": "1", "sure": "1"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert customer_of(KEY).orders == 2


@pytest.mark.parametrize("typed", ["", "   ", "' OR 1=1", "9" * 60, "Ğ" * 300, "({[&|!:*"])
def test_any_search_is_answered(keeper: Client, typed: str) -> None:
    plant()

    answer = keeper.post(reverse("privacy:start"), {"q": typed})

    assert (answer.status_code, answer.context["customers"]) == (200, [])


def test_an_order_without_any_number_stands_for_itself() -> None:
    person = make_user(MANAGER)
    one, other = by_hand("", status=OrderState.DELIVERED), by_hand("", status=OrderState.DELIVERED)

    erased = erase_customer(key=f"order-{one.pk}", actor=person)

    other.refresh_from_db()
    assert (erased.orders, other.anonymized_at) == (1, None)
