"""The sales page and the lines behind it on paper: who may have them, and the same numbers as on the page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import translation

from analytics.facts.services import refresh_facts
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE
from orders.enums import OrderState
from tests.analytics.papers.kit import page_texts
from tests.factories import make_order, make_product, make_user, make_variant

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
QUERY = "?from=2026-11-01&to=2026-11-30&rows=MODEL&series=CITY"
PATHS = ("/analytics/sales/pdf/", "/analytics/sales/lines/pdf/")


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def sales(in_english: None) -> None:
    sold = {"status": OrderState.DELIVERED, "ordered_at": NOON, "unit_price": Decimal(100)}
    boot = make_variant(product=make_product("0172", title="Şık Bot"), size="37", colour="Siyah")
    sandal = make_variant(product=make_product("0300", title="Sandalet"), size="38", colour="Bej")
    make_order([(boot, 3)], city="Iğdır", **sold)
    make_order([(sandal, 1)], city="Van", order_number="TY-7", **sold)
    refresh_facts()


def client_of(role: str, *rights: str) -> Client:
    person = make_user(role)
    person.user_permissions.add(*Permission.objects.filter(codename__in=rights))
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("role", "status"), [(MANAGER, 200), (OFFICE, 200), (ANALYST, 200), (WAREHOUSE, 403)]
)
def test_paper_is_for_those_who_may_see_sales(path: str, role: str, status: int) -> None:
    assert client_of(role).get(path + QUERY).status_code == status


def test_paper_has_tiles_chart_and_both_tables() -> None:
    text = "\n".join(page_texts(client_of(MANAGER).get(PATHS[0] + QUERY).content))

    said = ("01.11.2026 – 30.11.2026", "400,00 ₺", "0172 Şık Bot", "Iğdır", "Pairs – Model", "Model – City")
    assert [word in text for word in said] == [True] * 6


def test_paper_has_the_tables_below_the_figures() -> None:
    text = "\n".join(page_texts(client_of(MANAGER).get(PATHS[0] + QUERY).content))

    assert [words in text for words in ("Best sellers", "Size curves of the best sellers")] == [True, True]


def test_paper_of_lines_has_every_line() -> None:
    text = "\n".join(page_texts(client_of(MANAGER).get(PATHS[1] + QUERY + "&in_city=Van").content))

    assert [word in text for word in ("TY-7", "0300", "City: Van", "0172")] == [True, True, True, False]


def test_amounts_are_only_for_those_who_may_see_them() -> None:
    client = client_of(WAREHOUSE, "view_saleline")

    texts = ["\n".join(page_texts(client.get(path + QUERY).content)) for path in PATHS]

    assert [("₺" in text, "Sandalet" in text or "0300" in text) for text in texts] == [(False, True)] * 2


def test_days_without_a_sale_are_a_paper_that_says_so() -> None:
    address = f"{PATHS[0]}?from=2020-01-01&to=2020-01-31&rows=MODEL"

    assert "There is nothing to list." in "\n".join(page_texts(client_of(MANAGER).get(address).content))


def test_buttons_lead_to_the_papers_of_the_same_question() -> None:
    client = client_of(MANAGER)

    page = client.get("/analytics/sales/" + QUERY).content.decode()
    lines = client.get("/analytics/sales/lines/" + QUERY).content.decode()

    assert (
        "/analytics/sales/pdf/?period=FREE" in page,
        "/analytics/sales/lines/pdf/?period=FREE" in lines,
    ) == (
        True,
        True,
    )
