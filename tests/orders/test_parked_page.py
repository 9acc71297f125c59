"""Parked orders: reminders that come oftener as an order ages, states, "seen", and the page that shows them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gullu import menu_badges
from gullu.roles import ANALYST, OFFICE, WAREHOUSE
from orders.enums import EventKind, OrderState, ParkReason, ParkState
from orders.errors import NotParked
from orders.models import Order, OrderEvent
from orders.reminders import REMINDER_STEPS, due_reminders, interval_at, parked_orders, reminder_due_at
from orders.services.parking import park_order, see_parked, set_park_state, unpark_order
from tests.factories import make_order, make_user, make_variant

pytestmark = pytest.mark.django_db

URL = "/admin/orders/order/parked/"
NOON = datetime.fromisoformat("2026-11-20T12:00:00+03:00")


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def parked(**fields: Any) -> Order:
    return make_order([(make_variant(), 1)], parked=True, **fields)


# --- reminders --------------------------------------------------------------------------------------------------


def test_reminder_steps_come_oftener_with_age() -> None:
    ages = [step.from_age for step in REMINDER_STEPS]
    intervals = [step.every for step in REMINDER_STEPS]

    assert ages[0] == timedelta(0)
    assert ages == sorted(set(ages))
    assert intervals == sorted(set(intervals), reverse=True)


@pytest.mark.parametrize(
    ("age", "every"),
    [(-1, 30), (0, 30), (59, 30), (60, 20), (239, 20), (240, 15), (1439, 15), (1440, 10), (100_000, 10)],
)
def test_interval_belongs_to_the_age(age: int, every: int) -> None:
    assert interval_at(minutes(age)) == minutes(every)


def test_reminders_of_an_order_that_is_always_seen_come_at_30_60_80_minutes() -> None:
    seen, moments = NOON, []
    for _look in range(4):
        seen = reminder_due_at(parked_at=NOON, seen_at=seen)
        moments.append((seen - NOON) // minutes(1))

    assert moments == [30, 60, 80, 100]


@pytest.mark.parametrize(("after", "due"), [(29.9, 0), (30, 1), (300, 1)])
def test_reminder_stays_due_until_somebody_looks(after: float, due: int) -> None:
    parked(parked_at=NOON)

    assert due_reminders(now=NOON + minutes(after)) == due


def test_seen_rests_until_the_next_interval() -> None:
    with time_machine.travel(NOON, tick=False):
        order = make_order([(make_variant(), 1)])
        park_order(order_id=order.pk, reason=ParkReason.NO_STOCK)
    with time_machine.travel(NOON + minutes(70), tick=False):
        see_parked(order_id=order.pk)

    counts = [due_reminders(now=NOON + minutes(after)) for after in (70, 89, 90)]

    assert counts == [0, 0, 1]


def test_change_of_state_counts_as_a_look_and_an_earlier_parking_does_not() -> None:
    with time_machine.travel(NOON - minutes(600), tick=False):
        order = make_order([(make_variant(), 1)])
        park_order(order_id=order.pk, reason=ParkReason.NO_STOCK)
        unpark_order(order_id=order.pk)
    with time_machine.travel(NOON, tick=False):
        park_order(order_id=order.pk, reason=ParkReason.NO_STOCK)
    first = parked_orders(now=NOON)[0]
    with time_machine.travel(NOON + minutes(10), tick=False):
        set_park_state(order_id=order.pk, state=ParkState.PRODUCING)

    second = parked_orders(now=NOON + minutes(10))[0]

    assert (first.seen_at, first.reminder_at) == (NOON, NOON + minutes(30))
    assert (second.seen_at, second.reminder_at) == (NOON + minutes(10), NOON + minutes(40))


def test_parked_orders_come_due_first_and_longest_waiting_first() -> None:
    fresh = parked(parked_at=NOON - minutes(5))
    old = parked(parked_at=NOON - minutes(500))
    due = parked(parked_at=NOON - minutes(40))
    parked(status=OrderState.SHIPPED, parked_at=NOON)

    rows = parked_orders(now=NOON)

    assert [(row.order.pk, row.due) for row in rows] == [(old.pk, True), (due.pk, True), (fresh.pk, False)]
    assert rows[1].waiting == minutes(40)


# --- services ---------------------------------------------------------------------------------------------------


def test_state_is_changed_once_with_an_entry_in_the_timeline() -> None:
    order, person = parked(), make_user()

    for _press in range(2):
        set_park_state(order_id=order.pk, state=ParkState.READY, user=person)

    order.refresh_from_db()
    assert order.park_state == ParkState.READY
    assert [(event.kind, event.actor, event.data) for event in order.events.all()] == [
        (EventKind.PARKED, person, {"park_state": "READY", "park_state_before": "CHECKING"})
    ]


@pytest.mark.parametrize("act", [see_parked, lambda **kw: set_park_state(state=ParkState.READY, **kw)])
def test_order_that_is_not_parked_is_refused(act: Any) -> None:
    order = make_order([(make_variant(), 1)])

    with pytest.raises(NotParked):
        act(order_id=order.pk)

    assert OrderEvent.objects.count() == 0


def test_parked_order_is_found_by_search_and_keeps_its_reservation() -> None:
    order = parked(order_number="10452345678")

    assert list(Order.objects.search("10452345678")) == [order]
    assert order.lines.get().stock_state == "RESERVED"


# --- the page ---------------------------------------------------------------------------------------------------


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_user(OFFICE))
    return client


def tags(response: Any) -> list[str]:
    return [message.level_tag for message in response.context["messages"]]


def test_page_shows_reason_waiting_and_what_is_due(office: Client) -> None:
    order = parked(
        parked_at=timezone.now() - timedelta(hours=3), park_reason=ParkReason.PRODUCT, park_note="topuk kırık"
    )

    response = office.get(URL)

    assert response.context["due"] == [order.pk]
    assert [shown.waiting for shown in response.context["rows"]] == ["3 sa"]
    assert "topuk kırık" in response.content.decode()


def test_pressing_a_state_changes_it_and_seen_is_kept(office: Client) -> None:
    order = parked()

    answers = [
        office.post(URL, {"order": order.pk, "step": step}, follow=True) for step in ("PRODUCING", "seen")
    ]

    order.refresh_from_db()
    assert [tags(answer) for answer in answers] == [["success"], ["success"]]
    assert order.park_state == ParkState.PRODUCING
    assert [event.data.get("seen", False) for event in order.events.order_by("pk")] == [False, True]


def test_all_due_ones_are_seen_at_once(office: Client) -> None:
    long_ago = timezone.now() - timedelta(hours=3)
    orders = [parked(parked_at=long_ago) for _number in range(3)]

    office.post(URL, {"order": [order.pk for order in orders], "step": "seen"})

    assert due_reminders(now=timezone.now()) == 0


def test_refusal_names_the_order(office: Client) -> None:
    order = make_order([(make_variant(), 1)], order_number="no-7")

    response = office.post(URL, {"order": order.pk, "step": "seen"}, follow=True)

    assert [(m.level_tag, "no-7" in str(m)) for m in response.context["messages"]] == [("error", True)]


@pytest.mark.parametrize(
    "data", [{"step": "GONE", "order": "1"}, {"step": "seen"}, {"step": "seen", "order": "x"}, {}]
)
def test_button_that_does_not_exist_is_answered_with_a_sentence(office: Client, data: dict[str, str]) -> None:
    order = parked()

    response = office.post(URL, data, follow=True)

    assert (tags(response), order.events.count()) == (["error"], 0)


def test_empty_page_says_so(office: Client) -> None:
    response = office.get(URL)

    assert (response.context["rows"], response.context["due"]) == ([], [])


@pytest.mark.parametrize(("role", "status"), [(OFFICE, 200), (WAREHOUSE, 200), (ANALYST, 403), (None, 302)])
def test_page_opens_with_the_right_to_see_orders(client: Client, role: str | None, status: int) -> None:
    client.force_login(make_user(role))

    assert client.get(URL).status_code == status


def test_changing_needs_the_right_to_park(client: Client) -> None:
    from django.contrib.auth.models import Permission

    viewer = make_user(is_staff=True)
    viewer.user_permissions.add(
        Permission.objects.get(codename="view_order", content_type__app_label="orders")
    )
    client.force_login(viewer)
    order = parked()

    page, press = client.get(URL), client.post(URL, {"order": order.pk, "step": "seen"})

    assert (page.status_code, page.context["may_change"], press.status_code) == (200, False, 403)
    assert order.events.count() == 0


def test_page_takes_as_many_queries_for_three_orders_as_for_one(
    office: Client, django_assert_num_queries: Any
) -> None:
    parked()
    office.get(URL)
    with CaptureQueriesContext(connection) as one:
        office.get(URL)
    for _number in range(2):
        see_parked(order_id=parked().pk)

    with django_assert_num_queries(len(one)):
        office.get(URL)


def test_badge_counts_due_reminders() -> None:
    parked(parked_at=timezone.now() - timedelta(hours=3))
    parked()

    assert menu_badges.parked_reminders() == 1
