"""The pages of the inputs: who may open and change them, and that they cost the same however many rows there are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from analytics.models import CostPart
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE
from tests.analytics.inputs.kit import (
    CAMPAIGNS,
    COSTS,
    POLICIES,
    RATES,
    TARIFFS,
    campaign,
    person,
    policy,
    rate,
    sheet,
    statements,
    tariff,
)
from tests.factories import make_product, make_superuser, make_user

pytestmark = pytest.mark.django_db

SECRET = [COSTS, TARIFFS, POLICIES]
MAKERS: dict[str, Callable[[int], Any]] = {
    RATES: lambda number: rate(date(2026, 1, 1) + timedelta(days=number), "42"),
    COSTS: lambda number: sheet(make_product(), date(2026, 1, 1), TRY="100", USD="2"),
    TARIFFS: lambda number: tariff(f"Kargo {number}"),
    POLICIES: lambda number: policy(date(2026, 1, 1) + timedelta(days=number)),
    CAMPAIGNS: lambda number: campaign(f"Kampanya {number}"),
}


@pytest.mark.parametrize("url", [*SECRET, RATES])
@pytest.mark.parametrize(("role", "opens"), [(MANAGER, 200), (ANALYST, 200), (OFFICE, 403), (WAREHOUSE, 403)])
def test_inputs_open_for_who_sees_the_profit(client: Client, role: str, opens: int, url: str) -> None:
    client.force_login(make_user(role))

    assert client.get(url).status_code == opens


@pytest.mark.parametrize(("role", "opens"), [(MANAGER, 200), (OFFICE, 200), (ANALYST, 403), (WAREHOUSE, 403)])
def test_campaigns_are_entered_by_the_office(client: Client, role: str, opens: int) -> None:
    client.force_login(make_user(role))

    assert client.get(f"{CAMPAIGNS}add/").status_code == opens


@pytest.mark.parametrize("url", [*SECRET, RATES])
@pytest.mark.parametrize(("role", "opens"), [(MANAGER, 200), (ANALYST, 403)])
def test_inputs_are_entered_by_the_manager(client: Client, role: str, opens: int, url: str) -> None:
    client.force_login(make_user(role))

    assert client.get(f"{url}add/").status_code == opens


@pytest.mark.parametrize("url", SECRET)
def test_amounts_stay_closed_without_the_right_to_see_them(client: Client, url: str) -> None:
    model = url.split("/")[3]
    rights = [f"{verb}_{model}" for verb in ("view", "add", "change", "delete")]
    row = MAKERS[url](1)
    client.force_login(person(*rights))

    pages = [url, f"{url}add/", f"{url}{row.pk}/change/", f"{url}{row.pk}/delete/"]
    assert [client.get(page).status_code for page in pages] == [403] * 4


@pytest.mark.parametrize("url", MAKERS)
def test_empty_list_opens(client: Client, url: str) -> None:
    client.force_login(make_superuser())

    assert client.get(url).status_code == 200


@pytest.mark.parametrize("url", MAKERS)
def test_list_takes_the_same_statements_for_one_row_and_for_many(client: Client, url: str) -> None:
    client.force_login(make_superuser())
    MAKERS[url](0)
    MAKERS[url](1)
    few = statements(client, url)
    for number in range(2, 12):
        MAKERS[url](number)

    assert statements(client, url) == few
    assert few <= 18


def test_page_of_a_sheet_takes_the_same_statements_for_two_parts_and_for_many(client: Client) -> None:
    client.force_login(make_superuser())
    made = sheet(make_product(), date(2026, 1, 1), TRY="100", USD="2")
    few = statements(client, f"{COSTS}{made.pk}/change/")
    CostPart.objects.bulk_create(CostPart(sheet=made, kind="OTHER", amount=number) for number in range(10))

    assert statements(client, f"{COSTS}{made.pk}/change/") == few


def test_page_that_carries_tariffs_on_takes_the_same_statements_for_one_row_and_for_many(
    client: Client,
) -> None:
    client.force_login(make_superuser())
    tariff("Kargo")
    few = statements(client, f"{TARIFFS}copy/")
    for number in range(9):
        tariff(f"Kargo {number}")

    assert statements(client, f"{TARIFFS}copy/") == few


@pytest.mark.parametrize("url", MAKERS)
def test_page_of_a_row_tells_who_changed_what(client: Client, url: str) -> None:
    boss = make_superuser("patron")
    client.force_login(boss)
    row = MAKERS[url](1)

    page = client.get(f"{url}{row.pk}/change/")

    (change,) = [
        change for change in page.context["changes"] if change.fields and "parts" not in change.what
    ][:1]
    assert change.began is True


@pytest.mark.parametrize("url", [RATES, POLICIES])
def test_rates_and_figures_are_never_taken_away(client: Client, url: str) -> None:
    client.force_login(make_superuser())
    row = MAKERS[url](1)

    assert client.post(f"{url}{row.pk}/delete/", {"post": "yes"}).status_code == 403


def test_page_of_a_model_leads_to_its_sheets(client: Client) -> None:
    product = make_product()
    address = f"{COSTS}?product__id__exact={product.pk}"
    client.force_login(make_user(MANAGER))

    page = client.get(f"/admin/catalog/product/{product.pk}/change/")

    assert address in page.content.decode()
    assert client.get(address).status_code == 200


def test_page_of_a_model_shows_no_way_to_costs_to_the_office(client: Client) -> None:
    product = make_product()
    client.force_login(make_user(OFFICE))

    assert COSTS not in client.get(f"/admin/catalog/product/{product.pk}/change/").content.decode()
