"""The numbers of the menu: what they count, and that a page counts each once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gullu import menu_badges
from gullu.roles import OFFICE
from orders.enums import OrderState
from tests.factories import make_order, make_user, make_variant

pytestmark = pytest.mark.django_db


def test_open_states_are_counted_exactly_and_nothing_is_an_empty_text(rf: RequestFactory) -> None:
    before = menu_badges.new_orders(rf.get("/")), menu_badges.picking_orders(rf.get("/"))
    make_order([(make_variant(), 1)], parked=True)
    make_order([(make_variant(), 1)], ship_by_at=timezone.now() - timedelta(hours=1))
    make_order(status=OrderState.PICKING)
    make_order(status=OrderState.DELIVERED)

    request = rf.get("/")
    counted = (
        menu_badges.new_orders(request),
        menu_badges.picking_orders(request),
        menu_badges.pressing_orders(request),
    )

    assert before == ("", "")
    assert counted == ("2", "1", "1")


def test_a_page_counts_each_number_once(client: Client) -> None:
    client.force_login(make_user(OFFICE))
    make_order([(make_variant(), 1)])

    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("admin:orders_ordercreated_changelist"))

    counts = [query["sql"] for query in asked if query["sql"].startswith("SELECT COUNT(")]
    assert len(counts) == len(set(counts)) > 0


def test_numbers_are_kept_for_a_short_time(rf: RequestFactory, settings: Any) -> None:
    settings.MENU_COUNT_SECONDS = 60
    try:
        make_order()
        shown = [menu_badges.new_orders(rf.get("/"))]
        make_order()
        shown.append(menu_badges.new_orders(rf.get("/")))
    finally:
        cache.delete("menu:new_orders")

    assert shown == ["1", "1"]


@pytest.mark.parametrize(
    "name", ["new_orders", "picking_orders", "pressing_orders", "missed_picks", "refused_messages"]
)
def test_numbers_come_from_an_index_of_what_is_open(rf: RequestFactory, name: str) -> None:
    with CaptureQueriesContext(connection) as asked:
        getattr(menu_badges, name)(rf.get("/"))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {asked[-1]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "Seq Scan" not in plan
    assert "Index" in plan
