"""The deadline radar: groups at Istanbul's midnight, the measured pace, the latest start, and extra supply time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pgtrigger
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gullu.roles import ANALYST, OFFICE, WAREHOUSE
from inventory.models import ScanLog
from orders.deadlines import (
    Due,
    DueDay,
    Edges,
    QueuePlan,
    bar_heights,
    count_due,
    due_days,
    due_in,
    may_ask_extra_time,
    radar,
)
from orders.enums import Channel, EventKind, OrderState
from orders.models import Order, OrderEvent, PickBatch, PickBatchOrder, PickClaim
from orders.pace import ENOUGH, Pace, measured_pace, people_picking
from tests.factories import make_order, make_user, make_variant

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
NO_PACE = Pace(0, None, None)
PACE = Pace(50, 4 * MINUTE, 10 * MINUTE)


def moment(text: str) -> datetime:
    """A wall clock time in Istanbul."""
    return datetime.fromisoformat(f"{text}+03:00")


# --- groups -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deadline", "group"),
    [
        ("2026-11-20 21:59:59", Due.LATE),
        ("2026-11-20 22:00:00", Due.URGENT),
        ("2026-11-20 23:59:59", Due.URGENT),
        ("2026-11-21 00:00:00", Due.URGENT),
        ("2026-11-21 00:00:01", Due.TOMORROW),
        ("2026-11-21 23:59:59", Due.TOMORROW),
        ("2026-11-22 00:00:00", Due.LATER),
    ],
)
def test_group_turns_at_midnight_in_istanbul_and_two_hours_before_the_deadline(
    deadline: str, group: Due
) -> None:
    assert Edges.at(moment("2026-11-20 22:00")).group(moment(deadline)) is group


@pytest.mark.parametrize(
    ("deadline", "group"),
    [("2026-11-20 02:30", Due.TODAY), ("2026-11-20 23:59:59", Due.TODAY), ("2026-11-21 00:00", Due.TOMORROW)],
)
def test_day_is_istanbuls_while_it_is_still_yesterday_in_utc(deadline: str, group: Due) -> None:
    # 00:10 in Istanbul is 21:10 of the day before in UTC.
    assert Edges.at(moment("2026-11-20 00:10")).group(moment(deadline)) is group


def test_agreed_date_of_the_marketplace_is_the_end_of_its_istanbul_day() -> None:
    # Samples of 2024 and 2025 decode to 20:59 UTC (contract section 4).
    agreed = datetime.fromisoformat("2026-11-20T20:59:00+00:00")

    assert Edges.at(moment("2026-11-20 09:00")).group(agreed) is Due.TODAY
    assert Edges.at(moment("2026-11-21 00:00")).group(agreed) is Due.LATE


def test_database_and_program_put_every_order_into_the_same_one_group() -> None:
    now = moment("2026-11-20 22:00")
    for hours in (-30, -0.001, 0, 1.99, 2, 2.01, 3, 25.99, 26, 27, 99):
        make_order([(make_variant(), 1)], ship_by_at=now + timedelta(hours=hours))
    make_order([(make_variant(), 1)], ship_by_at=None)

    by_database = {
        due: sorted(due_in(Order.objects.all(), due, now).values_list("pk", flat=True)) for due in Due
    }

    edges = Edges.at(now)
    by_program = {
        due: sorted(o.pk for o in Order.objects.all() if edges.group(o.ship_by_at) is due) for due in Due
    }
    assert by_database == by_program
    assert count_due(now) == {due: len(found) for due, found in by_database.items()}
    assert sum(map(len, by_database.values())) == 12


def test_only_open_and_paid_orders_are_counted() -> None:
    now = timezone.now()
    make_order([(make_variant(), 1)], ship_by_at=now - MINUTE)
    make_order([(make_variant(), 1)], ship_by_at=now - MINUTE, payment_pending=True)
    make_order([(make_variant(), 1)], ship_by_at=now - MINUTE, status=OrderState.SHIPPED)
    make_order([(make_variant(), 1)], ship_by_at=now - MINUTE, status=OrderState.PICKING)

    assert count_due(now)[Due.LATE] == 2


def test_days_are_counted_in_istanbul_and_empty_ones_are_there() -> None:
    make_order([(make_variant(), 1)], ship_by_at=moment("2026-11-20 00:00"))
    make_order([(make_variant(), 1)], ship_by_at=moment("2026-11-20 23:59"), status=OrderState.PICKING)
    make_order([(make_variant(), 1)], ship_by_at=moment("2026-11-22 00:00"))
    make_order([(make_variant(), 1)], ship_by_at=moment("2026-11-23 00:00"))
    first, last = moment("2026-11-20 12:00").date(), moment("2026-11-22 12:00").date()

    days = due_days(first=first, last=last)

    assert days == [
        DueDay(first, 2, 1),
        DueDay(first + timedelta(days=1), 0, 0),
        DueDay(last, 1, 0),
    ]


def test_bars_are_in_proportion_and_never_nothing() -> None:
    assert bar_heights([0, 1, 200, 50], full=100) == [0, 1, 100, 25]
    assert bar_heights([]) == []


# --- pace -------------------------------------------------------------------------------------------------------


def confirm(person: Any, at: datetime, *, scanned: bool = True) -> Order:
    order = make_order(status=OrderState.PICKING)
    OrderEvent.objects.create(
        order=order, kind=EventKind.PICKED, source="HERE", at=at, actor=person, data={"scanned": scanned}
    )
    return order


def scan(person: Any, at: datetime, *, page: str = "prepare") -> None:
    row = ScanLog.objects.create(
        key=f"{page}{at.timestamp()}", page=page, user=person, text="1", outcome="OK"
    )
    with pgtrigger.ignore("inventory.ScanLog:read_only"):
        ScanLog.objects.filter(pk=row.pk).update(received_at=at)


def work(person: Any, start: datetime, minutes: list[float]) -> datetime:
    """Confirmations with these minutes between them; returns the time of the last one."""
    at = start
    confirm(person, at)
    for pause in minutes:
        at += timedelta(minutes=pause)
        confirm(person, at)
    return at


def test_pace_is_what_lies_between_confirmations_of_one_person() -> None:
    now = timezone.now()
    start = now - timedelta(days=1)
    work(make_user(), start, [2] * 15 + [4] * 10)
    work(make_user(), start + timedelta(seconds=30), [12] * 2)

    pace = measured_pace(now=now)

    assert pace.measured == 27
    assert pace.median == 2 * MINUTE
    assert pace.p90 == 4 * MINUTE


def test_breaks_are_left_out_and_not_cut_to_a_figure() -> None:
    now = timezone.now()
    last = work(make_user(), now - timedelta(days=1), [3] * ENOUGH)
    before = measured_pace(now=now)

    confirm(OrderEvent.objects.latest("at").actor, last + timedelta(hours=1))

    assert measured_pace(now=now) == before == Pace(ENOUGH, 3 * MINUTE, 3 * MINUTE)


def test_hard_order_with_scans_all_along_is_no_break() -> None:
    now = timezone.now()
    person = make_user()
    last = work(person, now - timedelta(days=1), [3] * ENOUGH)
    for minutes in (10, 20):
        scan(person, last + timedelta(minutes=minutes))
    confirm(person, last + timedelta(minutes=30))

    assert measured_pace(now=now).measured == ENOUGH + 1


def test_other_work_between_two_confirmations_is_no_measurement() -> None:
    now = timezone.now()
    person = make_user()
    last = work(person, now - timedelta(days=1), [3] * ENOUGH)
    scan(person, last + 5 * MINUTE, page="count")
    confirm(person, last + 10 * MINUTE)

    assert measured_pace(now=now).measured == ENOUGH


def test_batches_and_confirmations_without_scans_are_no_measurement() -> None:
    now = timezone.now()
    person = make_user()
    last = work(person, now - timedelta(days=1), [3] * ENOUGH)
    batch = PickBatch.objects.create(created_by=person)
    sorted_out = confirm(person, last + timedelta(seconds=5))
    PickBatchOrder.objects.create(batch=batch, order=sorted_out, slot=1, active=False)
    confirm(person, last + timedelta(seconds=6), scanned=False)

    assert measured_pace(now=now).measured == ENOUGH


def test_too_few_measurements_give_no_figure() -> None:
    now = timezone.now()
    work(make_user(), now - timedelta(days=1), [3] * (ENOUGH - 1))

    assert measured_pace(now=now) == Pace(ENOUGH - 1, None, None)


def test_people_at_work_are_counted_once_whatever_they_did() -> None:
    now = timezone.now()
    one, other, gone = make_user(), make_user(), make_user()
    scan(one, now - MINUTE)
    scan(one, now - 2 * MINUTE, page="fast")
    PickClaim.objects.create(order=make_order(), user=one, claimed_at=now, expires_at=now + MINUTE)
    PickClaim.objects.create(order=make_order(), user=other, claimed_at=now, expires_at=now + MINUTE)
    scan(gone, now - timedelta(minutes=31))
    scan(make_user(), now, page="count")

    assert people_picking(now=now) == 2


# --- the latest start -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "pickers", "minutes"),
    [(0, 1, 10), (3, 1, 10 + 3 * 4), (3, 2, 10 + 4), (4, 2, 10 + 2 * 4), (1, 2, 10)],
)
def test_latest_start_leaves_time_for_the_orders_before(before: int, pickers: int, minutes: int) -> None:
    deadline = timezone.now()

    assert QueuePlan(PACE, pickers).latest_start(deadline, before=before) == deadline - timedelta(
        minutes=minutes
    )


def test_latest_start_is_unknown_without_a_pace_or_a_date() -> None:
    assert QueuePlan(NO_PACE, 1).latest_start(timezone.now(), before=0) is None
    assert QueuePlan(PACE, 1).latest_start(None, before=0) is None


def test_radar_numbers_the_queue_and_warns_of_what_will_be_late() -> None:
    now = timezone.now()
    soon = make_order([(make_variant(), 1)], ship_by_at=now + 11 * MINUTE)
    after = make_order([(make_variant(), 1)], ship_by_at=now + 13 * MINUTE)
    calm = make_order([(make_variant(), 1)], ship_by_at=now + timedelta(days=3))
    picked = make_order([(make_variant(), 1)], ship_by_at=now + MINUTE, status=OrderState.PICKING)
    parked = make_order([(make_variant(), 1)], ship_by_at=now + MINUTE * 2, parked=True)

    found = radar(QueuePlan(PACE, 1), now=now, total=5)

    rows = {row.order.pk: (row.before, row.too_late_to_start) for row in found.rows}
    assert rows == {
        picked.pk: (None, False),
        parked.pk: (None, False),
        soon.pk: (0, False),
        after.pk: (1, True),
        calm.pk: (2, False),
    }
    assert found.hidden == 0


def test_orders_beyond_the_page_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orders.deadlines.MOST_ROWS", 2)
    for _number in range(3):
        make_order([(make_variant(), 1)])

    found = radar(QueuePlan(NO_PACE, 1), now=timezone.now(), total=3)

    assert (len(found.rows), found.hidden) == (2, 1)


# --- more time --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "asked", "allowed"),
    [
        ({}, False, True),
        ({"status": OrderState.PICKING}, False, True),
        ({"parked": True}, False, True),
        ({}, True, False),
        ({"status": OrderState.SHIPPED}, False, False),
        ({"status": OrderState.CANCELLED}, False, False),
        ({"channel": Channel.MANUAL}, False, False),
        ({"payment_pending": True}, False, False),
        ({"ship_by_at": None}, False, False),
        ({"ship_by_at": timezone.now() - timedelta(days=400)}, False, False),
        ({"split_asked_at": timezone.now()}, False, False),
    ],
)
def test_more_time_is_asked_for_only_while_it_is_allowed(
    fields: dict[str, Any], asked: bool, allowed: bool
) -> None:
    now = timezone.now()
    order = make_order([(make_variant(), 1)], **{"ship_by_at": now + timedelta(hours=1), **fields})

    assert may_ask_extra_time(order, asked=asked, now=now) is allowed


def test_more_time_is_proposed_for_what_is_pressing_and_not_twice() -> None:
    now = moment("2026-11-20 09:00")
    urgent = make_order([(make_variant(), 1)], ship_by_at=now + timedelta(hours=1))
    stuck = make_order([(make_variant(), 1)], ship_by_at=now + timedelta(hours=9), parked=True)
    make_order([(make_variant(), 1)], ship_by_at=now + timedelta(hours=9))
    make_order([(make_variant(), 1)], ship_by_at=now - timedelta(hours=1))
    asked = make_order([(make_variant(), 1)], ship_by_at=now + timedelta(hours=1))
    OrderEvent.objects.create(order=asked, kind=EventKind.EXTRA_TIME, source="HERE", at=now)

    rows = radar(QueuePlan(NO_PACE, 1), now=now, total=5).rows

    assert {row.order.pk for row in rows if row.ask} == {urgent.pk, stuck.pk}
    assert [row.order.pk for row in rows if row.asked] == [asked.pk]


# --- the page ---------------------------------------------------------------------------------------------------

URL = "/admin/orders/order/radar/"


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_user(OFFICE))
    return client


@time_machine.travel("2026-11-20 09:00:00+03:00", tick=False)
def test_bars_lead_to_exactly_the_orders_they_count(office: Client) -> None:
    now = timezone.now()
    for hours in (-5, 1, 5, 30, 31, 80, 81, 82):
        make_order([(make_variant(), 1)], ship_by_at=now + timedelta(hours=hours))
    make_order([(make_variant(), 1)], ship_by_at=None)
    make_order([(make_variant(), 1)], ship_by_at=now, payment_pending=True)

    context = office.get(URL).context

    bars = {bar.due: bar.count for bar in context["bars"]}
    assert bars == dict(zip(Due, (1, 1, 1, 2, 3, 1), strict=True))
    for bar in context["bars"]:
        assert len(office.get(bar.link).context["cl"].result_list) == bar.count
    days = [day.day.orders for day in context["days"]]
    assert days[:4] == [3, 2, 0, 3]
    for day in context["days"][:4]:
        assert len(office.get(day.link).context["cl"].result_list) == day.day.orders


def test_extra_time_leads_to_the_desk_with_the_orders(office: Client) -> None:
    now = timezone.now()
    one = make_order([(make_variant(), 1)], ship_by_at=now + timedelta(minutes=30))
    two = make_order([(make_variant(), 1)], ship_by_at=now + timedelta(minutes=40))

    context = office.get(URL).context

    page = reverse("admin:orders_order_extra_time")
    assert context["extra_time_for_all"] == f"{page}?ids={one.pk},{two.pk}"
    assert office.get(context["extra_time_for_all"]).status_code == 200


def test_extra_time_is_offered_only_to_the_desk(client: Client) -> None:
    make_order([(make_variant(), 1)], ship_by_at=timezone.now() + timedelta(minutes=30))
    client.force_login(make_user(WAREHOUSE))

    context = client.get(URL).context

    assert context["extra_time_for_all"] == ""
    assert {shown.extra_time for _due, _count, rows in context["groups"] for shown in rows} == {""}


@pytest.mark.parametrize(
    ("text", "count", "refused"),
    [
        ("3", 3, ""),
        ("", 1, ""),
        ("0", 1, "0"),
        ("51", 1, "51"),
        ("üç", 1, "üç"),
        ("-2", 1, "-2"),
        ("9" * 30, 1, "9" * 20),
    ],
)
def test_people_may_be_set_and_a_wrong_number_is_named(
    office: Client, text: str, count: int, refused: str
) -> None:
    context = office.get(URL, {"pickers": text}).context

    assert (context["pickers"].count, context["refused_pickers"]) == (count, refused)


def test_radar_is_calm_when_nothing_waits(office: Client) -> None:
    response = office.get(URL)

    assert response.context["groups"] == []
    assert response.context["pickers"].origin == "assumed"


@pytest.mark.parametrize(("role", "status"), [(OFFICE, 200), (WAREHOUSE, 200), (ANALYST, 403), (None, 302)])
def test_radar_opens_with_the_right_to_see_orders(client: Client, role: str | None, status: int) -> None:
    client.force_login(make_user(role))

    assert client.get(URL).status_code == status


def test_radar_takes_as_many_queries_for_four_orders_as_for_one(
    office: Client, django_assert_num_queries: Any
) -> None:
    make_order([(make_variant(), 1)])
    office.get(URL)
    with CaptureQueriesContext(connection) as one:
        office.get(URL)
    for parked in (False, True, False):
        make_order([(make_variant(), 1), (make_variant(), 2)], parked=parked)

    with django_assert_num_queries(len(one)):
        office.get(URL)
