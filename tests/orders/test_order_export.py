"""Order lists as Excel: who may, what is in it, and that nothing in it is a formula."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from gullu.roles import OFFICE, WAREHOUSE
from orders.admin import list_views
from orders.enums import OrderState
from orders.export import LINE_COLUMNS, ORDER_COLUMNS, write_workbook
from orders.models import Order
from tests.factories import make_order, make_product, make_user, make_variant
from tests.orders.test_order_filters import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_user(OFFICE))
    return client


def address(name: str = "order") -> str:
    return reverse(f"admin:orders_{name}_export")


def sheets(response: Any) -> dict[str, list[tuple[Any, ...]]]:
    book = load_workbook(BytesIO(b"".join(response.streaming_content)))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def as_dicts(rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_workbook_has_the_orders_and_their_lines(office: Client) -> None:
    variant = make_variant("8681", product=make_product("0172"), colour="Siyah", size="37")
    make_order(
        [(variant, 2)],
        order_number="10452345678",
        ordered_at=at("21.11.2026", 10),
        customer_first_name="Şükrü",
        customer_last_name="Işık",
        unit_price=Decimal("1234.50"),
    )

    response = office.get(address(), {"archive": "1"})
    found = sheets(response)

    orders, lines = (as_dicts(rows) for rows in found.values())
    assert response.headers["Content-Disposition"].endswith('.xlsx"')
    assert [len(orders), len(lines)] == [1, 1]
    assert orders[0]["Sipariş numarası"] == "10452345678"
    assert orders[0]["Müşteri"] == "Şükrü Işık"
    assert str(orders[0]["Sipariş tarihi"]) == "2026-11-21 10:00:00"
    assert orders[0]["Toplam"] == 2469
    assert (lines[0]["Barkod"], lines[0]["Adet"], lines[0]["Birim fiyat"]) == ("8681", 2, 1234.5)


def test_workbook_holds_what_the_list_shows_in_its_order(office: Client) -> None:
    for number, city in (("a", "İzmir"), ("b", "Bursa"), ("c", "İzmir")):
        make_order([(make_variant(), 1)], order_number=number, city=city)
    make_order(order_number="d", city="İzmir", status=OrderState.SHIPPED)

    orders, _lines = sheets(office.get(address("ordercreated"), {"city": "İzmir", "q": "ayse"})).values()

    assert [row[0] for row in orders[1:]] == ["a", "c"]


def test_amounts_are_left_out_for_people_who_may_not_see_them(client: Client) -> None:
    worker = make_user(WAREHOUSE)
    worker.user_permissions.add(Permission.objects.get(codename="export_orders"))
    client.force_login(worker)
    make_order([(make_variant(), 1)], unit_price=Decimal("1234.50"))

    found = sheets(client.get(address(), {"clear": "1"}))

    hidden = {str(column.heading) for column in (*ORDER_COLUMNS, *LINE_COLUMNS) if column.money}
    shown = {str(title).lower() for rows in found.values() for title in rows[0]}
    assert shown & {title.lower() for title in hidden} == set()
    assert 1234.5 not in [value for rows in found.values() for row in rows for value in row]


@pytest.mark.parametrize("text", ["=1+1", "+905", "-2", "@SUM(A1)", "\t=1", "=HYPERLINK(A1)"])
def test_what_a_customer_typed_is_never_a_formula(text: str) -> None:
    order = make_order([("=CMD()", 1)], customer_first_name=text, customer_last_name="")
    target = BytesIO()

    write_workbook(target, [order.pk], with_money=True)

    cells = [cell for sheet in load_workbook(target) for row in sheet.iter_rows(min_row=2) for cell in row]
    typed = [cell for cell in cells if cell.value in {text, text.strip(), "=CMD()"}]
    assert len(typed) >= 2
    assert [(cell.data_type, cell.quotePrefix) for cell in typed] == [("s", True)] * len(typed)


def test_letters_excel_cannot_hold_are_dropped() -> None:
    order = make_order(customer_first_name="Ay\x0bşe", customer_last_name="")
    target = BytesIO()

    write_workbook(target, [order.pk], with_money=False)

    assert "Ayşe" in [cell for row in load_workbook(target).worksheets[0].values for cell in row]


def test_more_orders_take_no_more_statements_until_the_next_few_hundred() -> None:
    few, many = ([make_order([(make_variant(), 1)]).pk for _n in range(count)] for count in (1, 4))

    asked = []
    for ids in (few, many):
        with CaptureQueriesContext(connection) as queries:
            write_workbook(BytesIO(), ids, with_money=True)
        asked.append(len(queries))

    assert asked == [2, 2]


def test_too_long_a_list_is_refused_with_a_way_out(office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_views, "MOST_EXPORTED", 2)
    for _number in range(3):
        make_order()

    response = office.get(address(), {"carrier": "Trendyol Express"}, follow=True)

    assert response.redirect_chain == [
        (f"{reverse('admin:orders_order_changelist')}?carrier=Trendyol+Express", 302)
    ]
    assert [message.level_tag for message in response.context["messages"]] == ["error"]


def test_an_empty_list_makes_no_workbook(office: Client) -> None:
    response = office.get(address(), follow=True)

    assert [message.level_tag for message in response.context["messages"]] == ["error"]


def test_only_people_with_the_right_may_export(client: Client) -> None:
    make_order()
    client.force_login(make_user(WAREHOUSE))

    page = client.get(reverse("admin:orders_order_changelist"), {"clear": "1"})

    assert client.get(address()).status_code == 403
    assert (page.context["cl"].may_export, Order.objects.count()) == (False, 1)
