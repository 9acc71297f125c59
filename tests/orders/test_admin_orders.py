from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from gullu.roles import MANAGER, OFFICE, WAREHOUSE
from inventory.enums import StockState
from orders.admin.columns import Haste, duration_words, haste, summary, time_left
from orders.enums import EventKind, OrderState, ParkReason
from orders.models import Order, OrderEvent
from orders.services.picking import Pick, confirm_picking
from tests.factories import make_order, make_product, make_shelf, make_user, make_variant, stock

pytestmark = pytest.mark.django_db

LISTS = {
    "ordercreated": OrderState.CREATED,
    "orderpicking": OrderState.PICKING,
    "ordershipped": OrderState.SHIPPED,
    "orderdelivered": OrderState.DELIVERED,
    "ordercancelled": OrderState.CANCELLED,
    "orderreturned": OrderState.RETURNED,
}


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_user(OFFICE))
    return client


def list_url(name: str) -> str:
    return reverse(f"admin:orders_{name}_changelist")


def numbers(client: Client, name: str = "order", **query: str) -> list[str]:
    return [order.order_number for order in client.get(list_url(name), query).context["cl"].result_list]


# --- lists ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "state"), LISTS.items())
def test_state_list_shows_the_orders_of_its_state(office: Client, name: str, state: OrderState) -> None:
    for other in OrderState:
        make_order([(make_variant(), 1)], status=other, order_number=f"no-{other}")

    assert numbers(office, name) == [f"no-{state}"]


def test_list_of_all_shows_every_state(office: Client) -> None:
    for state in OrderState:
        make_order([(make_variant(), 1)], status=state, order_number=f"no-{state}")

    assert sorted(numbers(office)) == sorted(f"no-{state}" for state in OrderState)


@pytest.mark.parametrize("name", ["order", *LISTS])
def test_list_takes_as_many_queries_for_three_orders_as_for_one(
    office: Client, django_assert_num_queries: object, name: str
) -> None:
    state = LISTS.get(name, OrderState.CREATED)
    make_order([(make_variant(), 1)], status=state)
    office.get(list_url(name))
    with CaptureQueriesContext(connection) as one:
        office.get(list_url(name))
    make_order([(make_variant(), 1), ("unknown", 2)], status=state, parked=state == OrderState.CREATED)
    make_order([(make_variant(), 1), (make_variant(), 3)], status=state)

    with django_assert_num_queries(len(one)):  # type: ignore[operator]
        office.get(list_url(name))


def test_new_orders_come_most_urgent_first(office: Client) -> None:
    now = timezone.now()
    make_order([(make_variant(), 1)], order_number="later", ship_by_at=now + timedelta(hours=5))
    make_order([(make_variant(), 1)], order_number="late", ship_by_at=now - timedelta(hours=1))
    make_order([(make_variant(), 1)], order_number="soon", ship_by_at=now + timedelta(hours=1))

    assert numbers(office, "ordercreated") == ["late", "soon", "later"]


@pytest.mark.parametrize(
    "text", ["sukru", "ŞÜKRÜ", "şükrü ışık", "isik", "4711471147", "7280001", "8681", "0172", "no-42"]
)
def test_search_finds_by_customer_package_cargo_barcode_and_model(office: Client, text: str) -> None:
    variant = make_variant("8681", product=make_product("0172"))
    make_order(
        [(variant, 1)],
        order_number="no-42",
        package_id=4711471147,
        cargo_tracking_number="7280001",
        customer_first_name="Şükrü",
        customer_last_name="Işık",
    )
    make_order([(make_variant("990"), 1)], order_number="other", cargo_tracking_number="555")

    assert numbers(office, q=text) == ["no-42"]


def test_attention_filters_show_what_they_name(office: Client) -> None:
    now = timezone.now()
    make_order([(make_variant(), 1)], order_number="ready", ship_by_at=now + timedelta(days=1))
    make_order([(make_variant(), 1)], order_number="urgent", ship_by_at=now + timedelta(minutes=90))
    make_order([(make_variant(), 1)], order_number="late", ship_by_at=now - timedelta(minutes=1))
    make_order([(make_variant(), 1)], order_number="unpaid", payment_pending=True)
    make_order([(make_variant(), 1)], order_number="parked", parked=True)
    make_order([("nobody-knows", 1)], order_number="unknown")
    make_order(
        [(make_variant(), 1)],
        order_number="missed",
        status=OrderState.SHIPPED,
        stock_state=StockState.RESERVED,
    )

    found = {name: sorted(numbers(office, attention=name)) for name in ("urgent", "late", "unpaid", "parked")}

    assert found == {"urgent": ["urgent"], "late": ["late"], "unpaid": ["unpaid"], "parked": ["parked"]}
    assert sorted(numbers(office, attention="ready")) == ["late", "ready", "urgent"]
    assert numbers(office, attention="unknown") == ["unknown"]
    assert numbers(office, attention="missed") == ["missed"]


def test_list_shows_amounts_only_with_the_right_to_see_them(client: Client) -> None:
    make_order([(make_variant(), 1)], unit_price=Decimal("1234.50"))
    pages = {}
    for role in (OFFICE, WAREHOUSE):
        client.force_login(make_user(role))
        pages[role] = client.get(list_url("ordercreated")).content.decode()

    assert ["1.234,50 ₺" in pages[role] for role in (OFFICE, WAREHOUSE)] == [True, False]


# --- columns ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(hours=3), Haste.CALM),
        (timedelta(hours=2, seconds=1), Haste.CALM),
        (timedelta(hours=2), Haste.URGENT),
        (timedelta(0), Haste.URGENT),
        (timedelta(seconds=-1), Haste.LATE),
    ],
)
def test_haste_turns_at_two_hours_and_at_the_date(left: timedelta, expected: Haste) -> None:
    now = timezone.now()

    assert haste(make_order(ship_by_at=now + left), now) is expected


@pytest.mark.parametrize(
    "state", [OrderState.SHIPPED, OrderState.DELIVERED, OrderState.CANCELLED, OrderState.RETURNED]
)
def test_only_open_orders_can_be_late(state: OrderState) -> None:
    now = timezone.now()
    order = make_order(status=state, ship_by_at=now - timedelta(days=1))

    assert (haste(order, now), time_left(order, now)) == (Haste.NONE, "")


def test_unpaid_orders_are_not_late() -> None:
    now = timezone.now()

    assert haste(make_order(payment_pending=True, ship_by_at=now - timedelta(days=1)), now) is Haste.NONE


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(days=1, hours=3, minutes=59), "1 d 3 h"),
        (timedelta(hours=2, minutes=5), "2 h 5 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(seconds=5), "0 min"),
    ],
)
def test_duration_is_told_in_its_two_largest_units(span: timedelta, words: str) -> None:
    with translation.override("en"):
        assert duration_words(span) == words


def test_summary_names_model_colour_size_and_quantity() -> None:
    product = make_product("0172")
    first = make_variant(product=product, colour="Siyah", size="37")
    second = make_variant(product=product, colour="Bej", size="38")
    order = make_order([(first, 2), (second, 1), ("8690", 1)])

    with translation.override("en"):
        words = summary(list(order.lines.select_related("variant__product").order_by("pk")))

    assert words == "0172 Siyah 37 × 2, 0172 Bej 38 and 1 more"


# --- one order --------------------------------------------------------------------------------------------------


def page_of(client: Client, order: Order) -> object:
    return client.get(reverse("admin:orders_order_change", args=[order.pk]))


def test_page_tells_the_whole_story_of_a_picked_order(office: Client) -> None:
    variant, shelf = make_variant(), make_shelf("A-B-03")
    stock(variant, shelf, 4)
    order = make_order([(variant, 2)], order_number="10452345678")
    picker = make_user(WAREHOUSE, username="zeynep")
    line = order.lines.get()
    confirm_picking(
        order_id=order.pk, user=picker, picks=[Pick(line_id=line.pk, shelf_code="A-B-03", quantity=2)]
    )
    sister = make_order([(variant, 1)], order_number="10452345678")

    page = page_of(office, order).context["page"]  # type: ignore[attr-defined]

    assert [(row.line.pk, row.shelves) for row in page.lines] == [(line.pk, ("A-B-03 (2)",))]
    assert page.pairs == 2
    assert [(row.event.kind, row.event.actor.username) for row in page.events] == [
        (EventKind.PICKED, "zeynep")
    ]
    assert f"{variant.barcode} × 2 ← A-B-03" in page.events[0].details
    assert [row.order.pk for row in page.related] == [sister.pk]
    assert [message.kind for message in page.messages] == ["PICKING"]
    assert page.missed is False


def test_page_takes_as_many_queries_for_three_lines_as_for_one(
    office: Client, django_assert_num_queries: object
) -> None:
    small, large = (
        make_order([(make_variant(), 1)]),
        make_order([(make_variant(), 1), (make_variant(), 1), ("x", 1)]),
    )
    page_of(office, small)
    with CaptureQueriesContext(connection) as one:
        page_of(office, small)

    with django_assert_num_queries(len(one)):  # type: ignore[operator]
        page_of(office, large)


def test_page_is_found_although_the_order_has_left_the_list(office: Client) -> None:
    order = make_order([(make_variant(), 1)], status=OrderState.SHIPPED)

    response = office.get(reverse("admin:orders_ordercreated_change", args=[order.pk]))

    assert response.context["page"].order.pk == order.pk


def test_page_of_an_order_that_never_was_leads_home(office: Client) -> None:
    answers = [
        office.get(f"/admin/orders/order/{text}/change/").status_code for text in ("999999", "x", "9" * 30)
    ]

    assert answers == [302, 302, 302]


def test_page_hides_amounts_without_the_right(client: Client) -> None:
    order = make_order([(make_variant(), 1)], unit_price=Decimal("1234.50"))
    shown = []
    for role in (OFFICE, WAREHOUSE):
        client.force_login(make_user(role))
        shown.append(b"1.234,50" in page_of(client, order).content)  # type: ignore[attr-defined]

    assert shown == [True, False]


# --- parking ----------------------------------------------------------------------------------------------------


def park_url(*orders: Order, step: str = "park") -> str:
    return f"{reverse(f'admin:orders_order_{step}')}?ids={','.join(str(order.pk) for order in orders)}"


def test_list_action_leads_to_the_question_why(office: Client) -> None:
    order = make_order([(make_variant(), 1)])

    response = office.post(list_url("ordercreated"), {"action": "park", "_selected_action": [order.pk]})

    assert response.headers["Location"] == park_url(order)


def test_asking_changes_nothing(office: Client) -> None:
    order = make_order([(make_variant(), 1)])

    office.get(park_url(order))

    order.refresh_from_db()
    assert order.parked is False


def test_parking_parks_what_can_be_parked_and_names_what_cannot(office: Client) -> None:
    free, gone = (
        make_order([(make_variant(), 1)]),
        make_order(status=OrderState.SHIPPED, order_number="gone-1"),
    )

    response = office.post(park_url(free, gone), {"reason": ParkReason.PRODUCT, "note": "topuk"}, follow=True)

    free.refresh_from_db()
    gone.refresh_from_db()
    assert (free.parked, free.park_reason, free.park_note) == (True, ParkReason.PRODUCT, "topuk")
    assert gone.parked is False
    results = {result.order.pk: result.done for result in response.context["results"]}
    assert results == {free.pk: True, gone.pk: False}


def test_parking_is_recorded_with_the_person(client: Client) -> None:
    person = make_user(WAREHOUSE)
    client.force_login(person)
    order = make_order([(make_variant(), 1)])

    client.post(park_url(order), {"reason": ParkReason.NO_STOCK, "note": ""})

    event = OrderEvent.objects.get(order=order)
    assert (event.kind, event.actor) == (EventKind.PARKED, person)


def test_parking_for_another_reason_needs_a_note(office: Client) -> None:
    order = make_order([(make_variant(), 1)])

    response = office.post(park_url(order), {"reason": ParkReason.OTHER, "note": " "}, follow=True)

    order.refresh_from_db()
    assert order.parked is False
    assert [message.level_tag for message in response.context["messages"]] == ["error"]


def test_parking_without_a_reason_is_asked_again(office: Client) -> None:
    order = make_order([(make_variant(), 1)])

    response = office.post(park_url(order), {"reason": ""})

    assert (response.status_code, "reason" in response.context["form"].errors) == (200, True)


def test_unparking_puts_the_order_back(office: Client) -> None:
    order = make_order([(make_variant(), 1)], parked=True)

    office.post(park_url(order, step="unpark"))

    order.refresh_from_db()
    assert order.parked is False


@pytest.mark.parametrize("step", ["park", "unpark"])
def test_parking_is_closed_without_its_right(client: Client, step: str) -> None:
    order = make_order([(make_variant(), 1)], parked=step == "unpark")
    client.force_login(make_user("Analist"))

    answers = [
        client.get(park_url(order, step=step)).status_code,
        client.post(park_url(order, step=step)).status_code,
    ]

    order.refresh_from_db()
    assert (answers, order.parked) == ([403, 403], step == "unpark")


def test_list_offers_parking_only_with_its_right(client: Client) -> None:
    make_order([(make_variant(), 1)])
    viewer = make_user(MANAGER)
    client.force_login(viewer)
    with_right = dict(client.get(list_url("ordercreated")).context["action_form"].fields["action"].choices)
    viewer.groups.clear()
    viewer.user_permissions.add(*permission("orders.view_order"))

    without = client.get(list_url("ordercreated")).context["action_form"]

    assert {"park", "unpark"} <= with_right.keys()
    assert without is None


def permission(full_name: str) -> list[Any]:
    from django.contrib.auth.models import Permission

    app, _, codename = full_name.partition(".")
    return list(Permission.objects.filter(content_type__app_label=app, codename=codename))


@time_machine.travel("2026-11-21 12:00:00+03:00", tick=False)
def test_page_shows_istanbul_time(office: Client) -> None:
    order = make_order([(make_variant(), 1)], ordered_at=timezone.now())

    assert b"21.11.2026 12:00" in page_of(office, order).content  # type: ignore[attr-defined]
