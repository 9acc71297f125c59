from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Product, Variant
from gullu.roles import ANALYST, OFFICE, WAREHOUSE
from tests.factories import make_product, make_shelf, make_superuser, make_user, make_variant, stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_user(OFFICE))
    return client


def page(client: Client, row: Product | Variant) -> Any:
    return client.get(reverse(f"admin:catalog_{row._meta.model_name}_change", args=[row.pk]))


def variant_form(variant: Variant, **changes: str) -> dict[str, str]:
    return {
        "colour": variant.colour,
        "size": variant.size,
        "stock_code": variant.stock_code,
        "active": "on",
        "safety_buffer": "0",
        "list_price": "600,00",
        "sale_price": "500,00",
        "cost": "",
        "cost_currency": "TRY",
        **changes,
    }


@pytest.mark.parametrize(
    ("typed", "stored"), [("1.234,50", "1234.50"), ("1234.50", "1234.50"), ("1234,5", "1234.50")]
)
def test_prices_are_taken_as_the_shop_writes_them(office: Client, typed: str, stored: str) -> None:
    variant = make_variant()

    office.post(
        reverse("admin:catalog_variant_change", args=[variant.pk]),
        variant_form(variant, list_price="2.000,00", sale_price=typed),
    )

    variant.refresh_from_db()
    assert (variant.list_price, variant.sale_price, variant.cost) == (Decimal(2000), Decimal(stored), None)


def test_price_that_is_no_number_is_refused_with_an_example(office: Client) -> None:
    variant = make_variant()

    response = office.post(
        reverse("admin:catalog_variant_change", args=[variant.pk]), variant_form(variant, sale_price="12,3,4")
    )

    assert (response.status_code, list(response.context["adminform"].form.errors)) == (200, ["sale_price"])


def test_prices_are_shown_with_a_comma(office: Client) -> None:
    content = page(office, make_variant(sale_price=Decimal("499.90"))).content

    assert b'value="499,90"' in content


def test_barcode_and_model_of_a_variant_stay(office: Client) -> None:
    variant, other = make_variant("111"), make_product()

    office.post(
        reverse("admin:catalog_variant_change", args=[variant.pk]),
        variant_form(variant, barcode="222", product=str(other.pk), colour="Bej"),
    )

    variant.refresh_from_db()
    assert (variant.barcode, variant.product_id == other.pk, variant.colour) == ("111", False, "Bej")


def test_prices_and_cost_are_hidden_without_the_right_to_see_amounts(client: Client) -> None:
    variant = make_variant(sale_price=Decimal("432.10"), cost=Decimal("123.45"))
    client.force_login(make_user(WAREHOUSE))

    content = page(client, variant).content.decode()
    listed = client.get(reverse("admin:catalog_variant_changelist")).content.decode()

    assert [text in content + listed for text in ("432,10", "123,45", variant.barcode)] == [
        False,
        False,
        True,
    ]


def test_variant_page_shows_the_stock_card(office: Client) -> None:
    variant = make_variant()
    stock(variant, make_shelf(), 7)

    card = page(office, variant).context["card"]

    assert (card.stock.on_hand, [row.balance for row in card.ledger]) == (7, [7])


def test_stock_card_is_not_read_without_the_right_to_see_stock(client: Client) -> None:
    from django.contrib.auth.models import Permission

    variant = make_variant()
    person = make_user(is_staff=True)
    person.user_permissions.add(
        Permission.objects.get(codename="view_variant", content_type__app_label="catalog")
    )
    client.force_login(person)

    assert page(client, variant).context["card"] is None


def test_product_page_shows_the_grid(office: Client) -> None:
    variant = make_variant()
    stock(variant, make_shelf(), 2)

    grid = page(office, variant.product).context["grid"]

    assert grid.available == 2


@pytest.mark.parametrize("name", ["product", "variant"])
def test_list_takes_as_many_queries_for_three_rows_as_for_one(
    office: Client, django_assert_num_queries: object, name: str
) -> None:
    make_variant()
    url = reverse(f"admin:catalog_{name}_changelist")
    office.get(url)
    with CaptureQueriesContext(connection) as one:
        office.get(url)
    make_variant()
    make_variant()

    with django_assert_num_queries(len(one)):  # type: ignore[operator]
        office.get(url)


@pytest.mark.parametrize("text", ["cizme", "ÇİZME", "0172 sik"])
def test_models_are_found_without_turkish_letters(office: Client, text: str) -> None:
    wanted = make_product("0172", title="Şık Çizme")
    make_product()

    found = office.get(reverse("admin:catalog_product_changelist"), {"q": text}).context["cl"].result_list

    assert list(found) == [wanted]


def test_models_and_variants_are_never_deleted(client: Client) -> None:
    variant = make_variant()
    client.force_login(make_superuser())

    answers = [
        client.post(
            reverse(f"admin:catalog_{row._meta.model_name}_delete", args=[row.pk]), {"post": "yes"}
        ).status_code
        for row in (variant, variant.product)
    ]

    assert (answers, Variant.objects.count()) == ([403, 403], 1)


def test_analyst_sees_the_catalogue_and_changes_nothing(client: Client) -> None:
    variant = make_variant()
    client.force_login(make_user(ANALYST))

    response = client.post(
        reverse("admin:catalog_variant_change", args=[variant.pk]), variant_form(variant, colour="X")
    )

    variant.refresh_from_db()
    assert (response.status_code, variant.colour) == (403, "Siyah")
