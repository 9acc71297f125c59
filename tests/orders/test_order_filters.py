"""What order lists can be narrowed to, how they say it, and that a person finds their filters again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from gullu.roles import OFFICE
from integrations.models import OutboxMessage, SyncProblem
from inventory.enums import StockState
from orders.enums import CancelledBy, Channel, OrderSource, OrderState
from orders.models import Order
from orders.querysets import distinct_values
from tests.factories import make_order, make_user, make_variant
from tests.orders.plans import fill_table, plan_of_rows

pytestmark = pytest.mark.django_db
MANUAL = {"channel": Channel.MANUAL, "package_id": None}


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_user(OFFICE))
    return client


def opened(client: Client, name: str = "order", **query: str) -> Any:
    return client.get(reverse(f"admin:orders_{name}_changelist"), query or {"clear": "1"})


def numbers(client: Client, name: str = "order", **query: str) -> list[str]:
    return sorted(order.order_number for order in opened(client, name, **query).context["cl"].result_list)


def at(day: str, hour: int = 12) -> datetime:
    return datetime.strptime(f"{day} {hour} +0300", "%d.%m.%Y %H %z")


# --- single filters ---------------------------------------------------------------------------------------------


def test_values_narrow_to_carrier_city_state_micro_export_and_source(office: Client) -> None:
    make_order(order_number="a", cargo_provider="Yurtiçi Kargo", city="İzmir")
    make_order(order_number="b", cargo_provider="Aras Kargo", city="Iğdır", micro_export=True)
    make_order(order_number="c", cargo_provider="Aras Kargo", city="İzmir", status=OrderState.SHIPPED)
    make_order(order_number="d", cargo_provider="", city="", source=OrderSource.PHONE, **MANUAL)

    assert numbers(office, carrier="Aras Kargo") == ["b", "c"]
    assert numbers(office, city="İzmir") == ["a", "c"]
    assert numbers(office, city="İzmir", carrier="Aras Kargo") == ["c"]
    assert numbers(office, state="SHIPPED") == ["c"]
    assert (numbers(office, micro="1"), numbers(office, micro="0")) == (["b"], ["a", "c", "d"])
    assert (numbers(office, source="PHONE"), numbers(office, source="TRENDYOL")) == (["d"], ["a", "b", "c"])


def test_cancelled_orders_narrow_to_who_cancelled_and_to_replaced_ones(office: Client) -> None:
    make_order(order_number="us", status=OrderState.CANCELLED, cancelled_by=CancelledBy.HERE)
    make_order(order_number="them", status=OrderState.CANCELLED, cancelled_by=CancelledBy.MARKETPLACE)
    make_order(order_number="split", status=OrderState.CANCELLED, superseded=True)

    assert numbers(office, "ordercancelled", by="HERE") == ["us"]
    assert numbers(office, "ordercancelled", replaced="1") == ["split"]


def test_choices_of_carrier_and_city_are_those_that_exist_in_turkish_order(office: Client) -> None:
    for city in ("Zonguldak", "Çorum", "Iğdır", "Adana", "İzmir", "Çorum"):
        make_order(city=city, cargo_provider="Aras Kargo")

    assert distinct_values("city") == ["Adana", "Çorum", "Iğdır", "İzmir", "Zonguldak"]
    assert distinct_values("cargo_provider") == ["Aras Kargo"]


def test_values_of_a_column_without_index_are_not_offered() -> None:
    with pytest.raises(ValueError, match="district"):
        distinct_values("district")


def test_problems_narrow_to_what_needs_a_person(office: Client) -> None:
    variant = make_variant()
    refused, delivered = (make_order([(variant, 1)], order_number=number) for number in ("refused", "told"))
    odd = make_order([(variant, 1)], order_number="odd", package_id=123456)
    make_order([("nobody-knows", 1)], order_number="unknown")
    make_order([(variant, 1)], order_number="split", split_asked_at=timezone.now())
    make_order(
        [(variant, 1)], order_number="missed", status=OrderState.SHIPPED, stock_state=StockState.RESERVED
    )
    for order, state in ((refused, "PARKED"), (delivered, "DELIVERED")):
        OutboxMessage.objects.create(
            key=state, kind="PICKING", order=order, state=state, due_at=timezone.now()
        )
    for reference, resolved in (("package 123456", None), ("package x", None), ("package 7", timezone.now())):
        SyncProblem.objects.create(
            kind="ODD_MOVE",
            reference=reference,
            message="?",
            last_seen_at=timezone.now(),
            resolved_at=resolved,
        )

    assert numbers(office, attention="refused") == ["refused"]
    assert numbers(office, attention="sync") == [odd.order_number]
    assert numbers(office, attention="unknown") == ["unknown"]
    assert numbers(office, attention="missed") == ["missed"]
    assert numbers(office, attention="split") == ["split"]


def test_several_kinds_of_attention_narrow_together(office: Client) -> None:
    now = timezone.now()
    make_order(order_number="late", ship_by_at=now - timedelta(hours=1))
    make_order(order_number="parked", parked=True)
    make_order(order_number="both", ship_by_at=now - timedelta(hours=1), parked=True)

    assert numbers(office, attention="late,parked") == ["both"]
    choices = list(
        opened(office, attention="late,parked")
        .context["cl"]
        .filter_specs[0]
        .choices(opened(office, attention="late,parked").context["cl"])
    )
    assert [choice["selected"] for choice in choices].count(True) == 2


@pytest.mark.parametrize("name", ["missed_picks", "unknown_barcodes", "refused_messages", "sync_problems"])
def test_rare_problems_are_collected_first_and_looked_up_by_key(name: str) -> None:
    fill_table()

    _indexes, plan = plan_of_rows(getattr(Order.objects, name)().order_by("-ordered_at", "-id")[:51])

    assert "InitPlan" in plan
    assert (
        "'Node Type': 'Seq Scan', 'Parent Relationship': 'Outer', 'Parallel Aware': False, 'Async Capable': False, 'Relation Name': 'orders_order'"
        not in plan
    )


# --- spans of time ----------------------------------------------------------------------------------------------


@time_machine.travel("2026-11-21 01:30:00+03:00", tick=False)
def test_days_are_days_in_istanbul(office: Client) -> None:
    for number, moment in {
        "today": at("21.11.2026", 0),
        "yesterday": at("20.11.2026", 23),
        "week": at("15.11.2026", 0),
        "older": at("14.11.2026", 23),
    }.items():
        make_order(order_number=number, ordered_at=moment)

    assert numbers(office, ordered="today") == ["today"]
    assert numbers(office, ordered="yesterday") == ["yesterday"]
    assert numbers(office, ordered="7") == ["today", "week", "yesterday"]
    assert numbers(office, ordered_from="2026-11-14", ordered_to="2026-11-15") == ["older", "week"]
    assert numbers(office, ordered_from="20.11.2026") == ["today", "yesterday"]


def test_shipping_days_narrow_and_order_the_list(office: Client) -> None:
    for number, ordered, shipped in (("a", "01.03.2026", "09.03.2026"), ("b", "05.03.2026", "06.03.2026")):
        make_order(order_number=number, ordered_at=at(ordered), shipped_at=at(shipped), status="SHIPPED")
    make_order(order_number="c", ordered_at=at("05.03.2026"), shipped_at=at("12.03.2026"), status="SHIPPED")

    found = opened(office, "ordershipped", shipped_from="2026-03-06", shipped_to="2026-03-09")

    assert [order.order_number for order in found.context["cl"].result_list] == ["a", "b"]


def test_ship_by_days_narrow_the_open_lists(office: Client) -> None:
    make_order(order_number="a", ship_by_at=at("09.03.2026", 23))
    make_order(order_number="b", ship_by_at=at("10.03.2026", 0))

    assert numbers(office, "ordercreated", due_from="2026-03-10") == ["b"]


@pytest.mark.parametrize("text", ["31.02.2026", "gestern", "2026-13-01"])
def test_a_date_that_is_none_is_left_out_and_named(office: Client, text: str) -> None:
    make_order(order_number="a")

    response = opened(office, ordered_from=text)

    assert [order.order_number for order in response.context["cl"].result_list] == ["a"]
    assert [text in str(message) for message in response.context["messages"]] == [True]


def test_days_the_wrong_way_round_are_turned_and_told(office: Client) -> None:
    make_order(order_number="a", ordered_at=at("05.03.2026"))

    response = opened(office, ordered_from="2026-03-06", ordered_to="2026-03-01")

    assert [order.order_number for order in response.context["cl"].result_list] == ["a"]
    assert len(response.context["messages"]) == 1


# --- the archive ------------------------------------------------------------------------------------------------


@pytest.fixture
def archive(settings: Any) -> None:
    settings.ARCHIVE_AFTER_DAYS = 30
    now = timezone.now()
    make_order(order_number="old-closed", status="DELIVERED", ordered_at=now - timedelta(days=31))
    make_order(order_number="old-open", ordered_at=now - timedelta(days=31))
    make_order(order_number="new-closed", status="DELIVERED", ordered_at=now - timedelta(days=29))


@pytest.mark.usefixtures("archive")
def test_old_closed_orders_leave_the_lists(office: Client) -> None:
    assert numbers(office) == ["new-closed", "old-open"]
    assert numbers(office, "orderdelivered") == ["new-closed"]
    assert numbers(office, "ordercreated") == ["old-open"]


@pytest.mark.usefixtures("archive")
def test_old_closed_orders_are_reached_by_filter_search_and_date(office: Client) -> None:
    long_ago = (timezone.localdate() - timedelta(days=60)).isoformat()

    assert numbers(office, "orderdelivered", archive="1") == ["new-closed", "old-closed"]
    assert numbers(office, "orderdelivered", q="old-closed") == ["old-closed"]
    assert numbers(office, "orderdelivered", ordered_from=long_ago) == ["new-closed", "old-closed"]


@pytest.mark.usefixtures("archive")
def test_a_list_says_that_it_leaves_old_orders_out(office: Client) -> None:
    shown = [
        opened(office, "orderdelivered", **query).context["cl"].hides_archive
        for query in ({"clear": "1"}, {"archive": "1"}, {"q": "x"})
    ]

    assert shown == [True, False, False]
    assert opened(office, "ordercreated").context["cl"].hides_archive is False


def test_the_archive_ends_the_reading_of_the_index() -> None:
    now = timezone.now()
    make_order(status="DELIVERED")
    fill_table()

    indexes, plan = plan_of_rows(
        Order.objects.filter(status="DELIVERED").without_archive(now).order_by("ordered_at", "id")[:51]
    )

    assert "order_state_newest" in indexes
    assert "LEAST(" in plan[plan.index("Index Cond") :]


# --- chips and memory -------------------------------------------------------------------------------------------


def test_a_list_says_what_it_is_narrowed_to(office: Client) -> None:
    with translation.override("tr"):
        chips = opened(office, attention="late", carrier="Aras Kargo", ordered="7").context["cl"].chips

    assert [str(chip.words) for chip in chips][0::2] == [str(chips[0].words), "Aras Kargo"]
    assert [chip.remove for chip in chips] == [
        "?carrier=Aras+Kargo&ordered=7",
        "?attention=late&carrier=Aras+Kargo",
        "?attention=late&ordered=7",
    ]


def test_taking_the_last_filter_away_clears_the_memory_too(office: Client) -> None:
    (chip,) = opened(office, micro="1").context["cl"].chips

    assert chip.remove == "?clear=1"


def test_a_list_opened_from_the_menu_has_its_filters_again(office: Client) -> None:
    address = reverse("admin:orders_order_changelist")
    opened(office, attention="late", carrier="Aras Kargo", q="ayse")

    again = office.get(address)

    assert (again.status_code, again.headers["Location"]) == (
        302,
        f"{address}?attention=late&carrier=Aras+Kargo",
    )
    assert office.get(reverse("admin:orders_ordercreated_changelist")).status_code == 200


def test_clearing_forgets_the_filters(office: Client) -> None:
    opened(office, attention="late")
    opened(office, clear="1")

    assert office.get(reverse("admin:orders_order_changelist")).status_code == 200


def test_a_form_left_empty_forgets_its_filter(office: Client) -> None:
    opened(office, carrier="Aras Kargo")
    opened(office, carrier="")

    assert office.get(reverse("admin:orders_order_changelist")).status_code == 200


def test_filters_are_kept_for_each_person(office: Client) -> None:
    opened(office, attention="late")
    other = Client()
    other.force_login(make_user(OFFICE))

    assert other.get(reverse("admin:orders_order_changelist")).status_code == 200


def test_the_session_is_written_only_when_a_filter_changes(office: Client) -> None:
    opened(office, attention="late")

    with CaptureQueriesContext(connection) as asked:
        opened(office, attention="late")
        opened(office, attention="late", after="1")
        opened(office, attention="late", q="x")

    assert [query["sql"] for query in asked if "UPDATE" in query["sql"]] == []


def test_an_address_that_cannot_be_read_is_not_remembered(office: Client) -> None:
    assert opened(office, nonsense="1").status_code == 302
    assert office.get(reverse("admin:orders_order_changelist")).status_code == 200
