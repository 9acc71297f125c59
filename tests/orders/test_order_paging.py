"""Pages of the order lists: by place, without counting, in any ordering, forwards and backwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gullu.roles import OFFICE
from orders.admin.keyset import Key, beyond, keys_of
from orders.enums import OrderState
from orders.models import Order
from tests.factories import make_order, make_user
from tests.orders.plans import plan_of_rows

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def office(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Lists with three rows on a page."""
    for model_admin in admin.site._registry.values():
        if model_admin.opts.app_label == "orders":
            monkeypatch.setattr(type(model_admin), "list_per_page", 3)
    client.force_login(make_user(OFFICE))
    return client


def page(client: Client, name: str = "order", query: str = "?clear=1") -> Any:
    return client.get(reverse(f"admin:orders_{name}_changelist") + query).context["cl"]


def numbers(changelist: Any) -> list[str]:
    return [order.order_number for order in changelist.result_list]


def make_orders(count: int, **fields: Any) -> None:
    """`n0` is the newest."""
    for place in range(count):
        make_order(order_number=f"n{place}", ordered_at=NOW - timedelta(hours=place + 1), **fields)


def test_pages_follow_each_other_without_gap_or_repetition(office: Client) -> None:
    make_orders(8)

    first = page(office)
    second = page(office, query=first.links.following)
    third = page(office, query=second.links.following)

    assert [numbers(one) for one in (first, second, third)] == [
        ["n0", "n1", "n2"],
        ["n3", "n4", "n5"],
        ["n6", "n7"],
    ]
    assert (first.links.previous, third.links.following) == ("", "")


def test_one_can_go_back_to_where_one_came_from(office: Client) -> None:
    make_orders(8)
    second = page(office, query=page(office).links.following)
    third = page(office, query=second.links.following)

    back = page(office, query=third.links.previous)
    start = page(office, query=back.links.previous)

    assert (numbers(back), numbers(start)) == (["n3", "n4", "n5"], ["n0", "n1", "n2"])
    assert start.links.previous == ""


def test_the_last_page_is_reached_at_once(office: Client) -> None:
    make_orders(8)

    last = page(office, query=page(office).links.last)

    assert (numbers(last), last.links.following) == (["n5", "n6", "n7"], "")
    assert numbers(page(office, query=last.links.previous)) == ["n2", "n3", "n4"]


def test_orders_of_one_moment_are_told_apart(office: Client) -> None:
    for place in range(7):
        make_order(order_number=f"s{place}", ordered_at=NOW)

    seen, query = [], "?clear=1"
    while query:
        found = page(office, query=query)
        seen += numbers(found)
        query = found.links.following

    assert seen == [f"s{place}" for place in reversed(range(7))]


def test_orders_without_a_date_come_last_in_the_queue_and_are_paged_too(office: Client) -> None:
    for place in range(4):
        make_order(order_number=f"d{place}", ship_by_at=NOW + timedelta(hours=place))
    for place in range(4):
        make_order(order_number=f"x{place}", ship_by_at=None, ordered_at=NOW - timedelta(hours=9 - place))

    seen, query, back = [], "?clear=1", ""
    while query:
        found = page(office, "ordercreated", query)
        seen.append(numbers(found))
        query, back = found.links.following, found.links.previous

    assert seen == [["d0", "d1", "d2"], ["d3", "x0", "x1"], ["x2", "x3"]]
    assert numbers(page(office, "ordercreated", back)) == seen[1]


def test_a_page_goes_on_although_its_last_order_has_left_the_list(office: Client) -> None:
    make_orders(5)
    link = page(office, "ordercreated").links.following
    gone = Order.objects.get(pk=int(link.rpartition("=")[2]))
    Order.objects.filter(pk=gone.pk).update(status=OrderState.SHIPPED)

    assert len(numbers(page(office, "ordercreated", link))) == 2


@pytest.mark.parametrize("text", ["x", "0", "999999999", "9" * 40, "²"])
def test_an_unknown_place_shows_the_first_page_and_says_so(office: Client, text: str) -> None:
    make_orders(2)

    response = office.get(reverse("admin:orders_order_changelist"), {"after": text})

    assert numbers(response.context["cl"]) == ["n0", "n1"]
    assert [text in str(message) for message in response.context["messages"]] == [True]


def test_only_short_lists_are_counted(office: Client) -> None:
    make_orders(5)
    make_orders(5, status=OrderState.DELIVERED)

    assert (page(office, "ordercreated").total, page(office, "orderdelivered").total) == (5, None)
    with CaptureQueriesContext(connection) as asked:
        page(office, "orderdelivered")
    lists = [
        query["sql"] for query in asked if "COUNT(" in query["sql"] and "DELIVERED" in query["sql"].upper()
    ]
    assert [sql for sql in lists if '"orders_order"."status" = ' in sql and "'DELIVERED'" in sql] == []


def test_no_page_is_reached_by_counting_rows_off(office: Client) -> None:
    make_orders(8, status=OrderState.DELIVERED)
    links = page(office, "orderdelivered").links

    with CaptureQueriesContext(connection) as asked:
        page(office, "orderdelivered", links.following)
        page(office, "orderdelivered", links.last)

    assert [query["sql"] for query in asked if "OFFSET" in query["sql"]] == []


@pytest.mark.parametrize(
    ("ordering", "index", "narrow"),
    [
        (("-ordered_at", "-id"), "order_state_newest", {"status": "DELIVERED"}),
        (("-ordered_at", "-id"), "order_newest", {}),
        (("-ordered_at", "-id"), "order_city_newest", {"city": "Bayburt"}),
        (("-ordered_at", "-id"), "order_carrier_newest", {"cargo_provider": "Kargo"}),
        (("-shipped_at", "-id"), "order_shipped_newest", {"shipped_at__gte": NOW}),
        (("-ordered_at", "-id"), "order_micro_export", {"micro_export": True}),
    ],
)
def test_a_deep_page_begins_inside_its_index(
    ordering: tuple[str, ...], index: str, narrow: dict[str, Any]
) -> None:
    rare = {
        "status": OrderState.DELIVERED,
        "city": "Bayburt",
        "cargo_provider": "Kargo",
        "micro_export": True,
    }
    make_orders(10, shipped_at=NOW, **rare)
    Order.objects.bulk_create(
        Order(order_number="x", package_id=900 + place, ordered_at=NOW - timedelta(minutes=place))
        for place in range(500)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE orders_order")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    keys = keys_of(Order._meta, ordering)

    rows = Order.objects.filter(**narrow).filter(beyond(keys, (NOW, 5))).order_by(*ordering)[:51]
    indexes, plan = plan_of_rows(rows)

    assert indexes == {index}
    assert f"{ordering[0][1:]} <= " in plan[plan.index("Index Cond") :]


def test_keys_are_read_from_the_ordering() -> None:
    assert keys_of(Order._meta, ("ship_by_at", "-ordered_at", "pk")) == (
        Key("ship_by_at", descending=False, nullable=True),
        Key("ordered_at", descending=True, nullable=False),
        Key("pk", descending=False, nullable=False),
    )
