"""The page "Eksik maliyetler": what is missing, how much waits for it, and the way to where it is entered."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import translation
from openpyxl import load_workbook

from analytics.facts.services import refresh_facts
from analytics.models import ProfitLine
from catalog.models import Product
from gullu.roles import ANALYST, MANAGER
from tests.analytics.profit_pages.kit import NOVEMBER, PAGE, SANDAL, client_of, earn, opened, small_shop, sold
from tests.factories import make_variant

pytestmark = pytest.mark.django_db

CARGO = {**SANDAL, "cargo": None, "vat": None, "missing": ["CARGO"]}
TWO = {**SANDAL, "cargo": None, "product_cost": None, "vat": None, "missing": ["COST", "CARGO"]}
STAFF = {**SANDAL, "staff": None, "missing": ["STAFF"]}
COMMISSION = {**SANDAL, "commission": None, "vat": None, "missing": ["COMMISSION"]}


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def needy_shop() -> Product:
    """Beside the small shop: cargo missing twice, staff and commission once, and one line that lacks two things."""
    small_shop()
    sandal = Product.objects.get(code="0300")
    variant = make_variant(product=sandal, size="39")
    cases = ((CARGO, 400), (TWO, 500), (STAFF, 100), (COMMISSION, 50))
    orders = [sold(variant, 1, price, cargo_provider="Aras Kargo") for _parts, price in cases]
    refresh_facts()
    for order, (parts, _price) in zip(orders, cases, strict=True):
        earn(order, parts)
    return sandal


def kinds(role: str | None = None) -> dict[str, Any]:
    return {kind.code.value: kind for kind in opened(NOVEMBER, path="missing/", role=role)["kinds"]}


def test_missing_is_listed_by_kind_most_sale_first() -> None:
    needy_shop()

    found = opened(NOVEMBER, path="missing/")

    assert [
        (
            kind.code.value,
            kind.lines,
            kind.sale,
            [(row.label, row.lines, row.pairs, row.sale) for row in kind.rows],
        )
        for kind in found["kinds"]
    ] == [
        ("CARGO", 2, Decimal(900), [("Aras Kargo", 2, 2, Decimal(900))]),
        ("COST", 2, Decimal(800), [("0300 Sandalet", 2, 2, Decimal(800))]),
        ("STAFF", 1, Decimal(100), [("November 2026", 1, 1, Decimal(100))]),
        ("COMMISSION", 1, Decimal(50), [("Sandalet", 1, 1, Decimal(50))]),
    ]
    assert (found["whole"].incomplete_lines, found["whole"].incomplete_sale) == (5, Decimal(1350))


def test_each_kind_says_what_its_rows_are() -> None:
    needy_shop()

    found = {code: kind.of for code, kind in kinds().items()}
    assert found == {"CARGO": "Carrier", "COST": "Model", "STAFF": "Month", "COMMISSION": "Category"}


def test_every_number_leads_to_the_lines_that_wait() -> None:
    needy_shop()

    for code, kind in kinds().items():
        for row in (kind, *kind.rows):
            lines = behind(row.lines_address)
            assert (len(lines), sum(line.sale for line in lines)) == (row.lines, row.sale)
            assert all(code in line.missing for line in lines)


def behind(address: str) -> list[ProfitLine]:
    parts = urlsplit(address)
    return list(opened(parts.query, path=parts.path.removeprefix(PAGE))["page"].object_list)


def test_each_kind_leads_to_where_it_is_entered() -> None:
    sandal = needy_shop()

    assert {code: kind.rows[0].entry for code, kind in kinds(MANAGER).items()} == {
        "CARGO": "/admin/analytics/cargotariff/?q=Aras+Kargo",
        "COST": f"/admin/analytics/costsheet/add/?product={sandal.pk}",
        "STAFF": "/admin/analytics/profitpolicy/",
        "COMMISSION": "/admin/analytics/commissionimport/",
    }


def test_ways_to_enter_it_open_for_those_who_are_shown_them() -> None:
    needy_shop()
    addresses = [kind.rows[0].entry for kind in kinds(MANAGER).values()]

    assert [client_of(MANAGER).get(address).status_code for address in addresses] == [200] * 4


def test_who_may_not_enter_it_is_shown_no_way() -> None:
    needy_shop()

    assert {row.entry for kind in kinds(ANALYST).values() for row in (kind, *kind.rows)} == {""}


def test_words_narrow_what_is_listed() -> None:
    needy_shop()

    assert opened(f"{NOVEMBER}&model=0172", path="missing/")["kinds"] == []


def test_shop_that_lacks_nothing_says_so() -> None:
    order = sold(make_variant(), 1, 500)
    refresh_facts()
    earn(order, SANDAL)

    body = client_of().get(f"{PAGE}missing/?{NOVEMBER}").content.decode()

    assert "Nothing is missing: the profit of every sold line of these days is known." in body


def test_workbook_is_a_list_to_work_through() -> None:
    needy_shop()

    answer = client_of().get(f"{PAGE}missing/excel/?{NOVEMBER}")
    rows = list(load_workbook(BytesIO(answer.content))["Missing costs"].iter_rows(values_only=True))

    assert rows == [
        ("Missing", "Model, category, carrier or month", "Lines", "Pairs", "Sale that waits"),
        ("Cargo tariff", "Aras Kargo", 2, 2, 900),
        ("Product cost", "0300 Sandalet", 2, 2, 800),
        ("Staff cost", "November 2026", 1, 1, 100),
        ("Commission", "Sandalet", 1, 1, 50),
    ]
