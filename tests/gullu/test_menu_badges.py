"""The numbers of the menu: what they count, and that a page counts each once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gullu import menu_badges
from gullu.roles import OFFICE
from orders.enums import OrderState
from tests.factories import make_order, make_user, make_variant

pytestmark = [pytest.mark.django_db, pytest.mark.menu_numbers]


OPEN = ("new_orders", "picking_orders", "pressing_orders")


def test_open_states_are_counted_exactly_and_nothing_is_an_empty_text() -> None:
    before = menu_badges.texts(OPEN)
    make_order([(make_variant(), 1)], parked=True)
    make_order([(make_variant(), 1)], ship_by_at=timezone.now() - timedelta(hours=1))
    make_order(status=OrderState.PICKING)
    make_order(status=OrderState.DELIVERED)

    assert before == dict.fromkeys(OPEN, "")
    assert menu_badges.texts(OPEN) == dict(zip(OPEN, ("2", "1", "1"), strict=True))


def test_a_page_counts_each_number_once_and_shows_it(client: Client) -> None:
    client.force_login(make_user(OFFICE))
    make_order([(make_variant(), 1)])

    with CaptureQueriesContext(connection) as asked:
        page = client.get(reverse("admin:orders_ordercreated_changelist"))

    counts = [query["sql"] for query in asked if query["sql"].startswith("SELECT COUNT(")]
    assert len(counts) == len(set(counts)) > 0
    assert '<span class="g-badge g-badge-info">1</span>' in page.content.decode()


def test_a_page_counts_nothing_a_person_does_not_see(client: Client) -> None:
    client.force_login(make_user(is_staff=True))

    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("admin:index"))

    assert [query["sql"] for query in asked if query["sql"].startswith("SELECT COUNT(")] == []


def test_numbers_are_kept_for_a_short_time(settings: Any) -> None:
    settings.MENU_COUNT_SECONDS = 60
    try:
        make_order()
        shown = [menu_badges.texts(["new_orders"])]
        make_order()
        shown.append(menu_badges.texts(["new_orders"]))
    finally:
        cache.delete("menu:new_orders")

    assert shown == [{"new_orders": "1"}] * 2


@pytest.mark.parametrize(
    "name", ["new_orders", "picking_orders", "pressing_orders", "missed_picks", "refused_messages"]
)
def test_numbers_come_from_an_index_of_what_is_open(name: str) -> None:
    with CaptureQueriesContext(connection) as asked:
        getattr(menu_badges, name)()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {asked[-1]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "Seq Scan" not in plan
    assert "Index" in plan
