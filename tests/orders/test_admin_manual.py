from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from catalog.models import ProductImage, Variant
from gullu.roles import ANALYST, OFFICE, WAREHOUSE
from inventory.models import Shelf
from orders.enums import Channel, OrderSource, OrderState
from orders.models import Order, PutBack
from orders.services.manual import Recipient, WantedLine, make_order
from orders.services.picking import confirm_picking
from tests.factories import make_order as make_package
from tests.factories import make_product, make_shelf, make_user, make_variant, stock

pytestmark = pytest.mark.django_db

ADD, PREVIEW = "admin:orders_manual_add", "admin:orders_manual_preview"


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_user(OFFICE))
    return client


@pytest.fixture
def shelf() -> Shelf:
    return make_shelf("A-B-03")


@pytest.fixture
def boots(shelf: Shelf) -> Variant:
    variant = make_variant("8680000000017", product=make_product("0172"), size="38", colour="Ekru")
    stock(variant, shelf, 3)
    return variant


def filled(**fields: Any) -> dict[str, Any]:
    return {
        "request": "form-0001",
        "source": OrderSource.PHONE,
        "name": "Şule Işık",
        "phone": "0532 000 00 00",
        "city": "İzmir",
        "district": "Bornova",
        "address": "Gül Sk. 5",
        "articles": "8680000000017 2 1.234,50",
        "save": "1",
        **fields,
    }


def made(variant: Variant, quantity: int = 1) -> Order:
    line = WantedLine(variant_id=variant.pk, quantity=quantity, unit_price=Decimal("450.50"))
    result = make_order(
        request="form-0000",
        source=OrderSource.PHONE,
        recipient=Recipient(name="Şule Işık", address="Gül Sk. 5", city="İzmir"),
        lines=[line],
    )
    return Order.objects.get(pk=result.order_id)


def manual_orders() -> list[Order]:
    return list(Order.objects.filter(channel=Channel.MANUAL))


def errors(response: Any) -> dict[str, list[str]]:
    return dict(response.context["form"].errors)


# --- making -----------------------------------------------------------------------------------------------------


def test_form_makes_the_order_as_it_was_typed(office: Client, boots: Variant) -> None:
    day = timezone.localdate() + timedelta(days=3)
    fields = filled(collect_amount="2.469,00", ship_by=f"{day:%d.%m.%Y}", carrier="Aras", note="acele")

    response = office.post(reverse(ADD), fields)

    (order,) = manual_orders()
    assert response["Location"] == reverse("admin:orders_order_change", args=[order.pk])
    assert (order.total_amount, order.collect_amount, order.note) == (
        Decimal("2469.00"),
        Decimal("2469.00"),
        "acele",
    )
    assert order.ship_by_at is not None
    assert f"{timezone.localtime(order.ship_by_at):%d.%m.%Y %H:%M}" == f"{day:%d.%m.%Y} 23:59"
    assert order.lines.get().quantity == 2


def test_form_sent_twice_makes_one_order(office: Client, boots: Variant) -> None:
    first, second = (office.post(reverse(ADD), filled()) for _time in range(2))

    assert first["Location"] == second["Location"]
    assert len(manual_orders()) == 1


def test_every_new_form_has_a_key_of_its_own(office: Client) -> None:
    keys = {str(office.get(reverse(ADD)).context["form"]["request"].value()) for _time in range(2)}

    assert len(keys) == 2


def test_check_shows_the_articles_and_makes_nothing(office: Client, boots: Variant) -> None:
    ProductImage.objects.create(product=boots.product, colour="Ekru", url="/1.jpg")
    fields = filled()
    del fields["save"]

    response = office.post(reverse(ADD), {**fields, "check": "1"})

    page = response.content.decode()
    assert [words for words in ("0172 Ekru 38", "/1.jpg", "2.469,00 ₺") if words not in page] == []
    assert manual_orders() == []


def test_refused_lines_keep_the_order_from_being_made(office: Client, boots: Variant) -> None:
    with translation.override("en"):
        response = office.post(
            reverse(ADD), filled(articles="8680000000017 2\nnobody-knows"), headers={"accept-language": "en"}
        )

    assert list(errors(response)) == ["articles"]
    assert "nobody-knows" in response.content.decode()
    assert manual_orders() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("address", ""),
        ("city", ""),
        ("phone", "sor"),
        ("ship_by", "32.13.2026"),
        ("ship_by", "01.01.2020"),
        ("collect_amount", "çok"),
        ("collect_amount", "-5"),
        ("source", "EXCHANGE"),
        ("articles", " "),
        ("articles", "x" * 20_001),
    ],
)
def test_wrong_field_is_named_and_nothing_is_made(
    office: Client, boots: Variant, field: str, value: str
) -> None:
    response = office.post(reverse(ADD), filled(**{field: value}))

    assert list(errors(response)) == [field]
    assert manual_orders() == []


def test_customer_in_the_shop_needs_no_address(office: Client, boots: Variant) -> None:
    office.post(reverse(ADD), filled(source="SHOP", address="", city=""))

    assert len(manual_orders()) == 1


def test_more_than_available_asks_for_a_word(office: Client, boots: Variant) -> None:
    fields = filled(articles="8680000000017 5")

    asked = office.post(reverse(ADD), fields)
    assert list(errors(asked)) == ["reserve_anyway"]
    assert 'name="reserve_anyway"' in asked.content.decode()
    assert manual_orders() == []

    office.post(reverse(ADD), {**fields, "reserve_anyway": "on"})
    assert len(manual_orders()) == 1


def test_form_without_a_key_is_refused(office: Client, boots: Variant) -> None:
    response = office.post(reverse(ADD), filled(request="x"))

    assert list(errors(response)) == ["__all__"]


# --- preview ----------------------------------------------------------------------------------------------------


def test_preview_is_a_piece_of_the_page(office: Client, boots: Variant) -> None:
    response = office.post(reverse(PREVIEW), {"articles": "8680000000017 5"})

    page = response.content.decode()
    assert "<html" not in page
    assert ("0172 Ekru 38" in page, 'name="reserve_anyway"' in page) == (True, True)
    assert "no-store" in response["Cache-Control"]


def test_preview_of_an_order_counts_what_it_has(office: Client, boots: Variant) -> None:
    order = made(boots, 3)

    shown = [
        office.post(reverse(PREVIEW), {"articles": "8680000000017 3", "order": key}).context["pasted"].short
        for key in (str(order.pk), "", "nonsense", "9" * 30)
    ]

    assert shown == [False, True, True, True]


def test_preview_takes_as_many_queries_for_thirty_articles_as_for_one(
    office: Client, django_assert_num_queries: Any
) -> None:
    barcodes = [make_variant().barcode for _number in range(30)]
    office.post(reverse(PREVIEW), {"articles": barcodes[0]})
    with CaptureQueriesContext(connection) as one:
        office.post(reverse(PREVIEW), {"articles": barcodes[0]})

    with django_assert_num_queries(len(one)):
        office.post(reverse(PREVIEW), {"articles": "\n".join(barcodes)})


# --- changing ---------------------------------------------------------------------------------------------------


def test_order_is_shown_as_it_was_typed_and_changed(office: Client, boots: Variant) -> None:
    order = made(boots, 2)
    url = reverse("admin:orders_manual_edit", args=[order.pk])

    form = office.get(url).context["form"]
    assert (form["articles"].value(), form["name"].value(), form["address"].value()) == (
        "8680000000017 2 450,50",
        "Şule Işık",
        "Gül Sk. 5",
    )
    office.post(url, filled(articles="8680000000017 3 400", address="Lale Sk. 1"))

    order.refresh_from_db()
    assert (order.lines.get().quantity, order.total_amount) == (3, Decimal("1200.00"))
    assert order.shipment_address["full_address"] == "Lale Sk. 1"


def test_picked_order_is_not_offered_for_change(office: Client, boots: Variant) -> None:
    order = made(boots)
    confirm_picking(order_id=order.pk)
    url = reverse("admin:orders_manual_edit", args=[order.pk])

    assert office.get(url)["Location"] == reverse("admin:orders_order_change", args=[order.pk])
    assert list(errors(office.post(url, filled()))) == ["__all__"]


def test_marketplace_order_has_no_such_page(office: Client, boots: Variant) -> None:
    package = make_package([(boots, 1)])

    assert office.get(reverse("admin:orders_manual_edit", args=[package.pk])).status_code == 404


# --- after picking ----------------------------------------------------------------------------------------------


def step(office: Client, name: str, order: Order, **fields: str) -> None:
    url = f"{reverse(f'admin:orders_order_{name}')}?ids={order.pk}"
    office.post(url, fields)
    order.refresh_from_db()


def test_order_is_led_through_its_life_on_its_page(office: Client, boots: Variant) -> None:
    order = made(boots)
    confirm_picking(order_id=order.pk)

    step(office, "hand_over", order, carrier="Aras Kargo", cargo_number="7280001")
    assert (order.status, order.cargo_tracking_number) == (OrderState.SHIPPED, "7280001")
    step(office, "delivered", order)
    assert order.status == OrderState.DELIVERED
    step(office, "came_back", order, reason="küçük geldi")
    assert (order.status, PutBack.objects.count()) == (OrderState.RETURNED, 1)


def test_refused_step_says_why_and_changes_nothing(office: Client, boots: Variant) -> None:
    order = made(boots)

    step(office, "hand_over", order, carrier="", cargo_number="1")

    assert (order.status, order.cargo_tracking_number) == (OrderState.CREATED, "")


def test_manual_order_waits_in_the_queue_of_the_warehouse(
    office: Client, boots: Variant, client: Client
) -> None:
    order = made(boots)

    assert list(Order.objects.to_prepare()) == [order]


# --- rights -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [WAREHOUSE, ANALYST])
def test_only_those_with_the_right_make_orders(client: Client, boots: Variant, role: str) -> None:
    order = made(boots)
    client.force_login(make_user(role))
    answers = [
        client.get(reverse(ADD)).status_code,
        client.post(reverse(ADD), filled()).status_code,
        client.post(reverse(PREVIEW), {"articles": "1"}).status_code,
        client.get(reverse("admin:orders_manual_edit", args=[order.pk])).status_code,
        client.post(f"{reverse('admin:orders_order_hand_over')}?ids={order.pk}").status_code,
    ]

    assert answers == [403] * 5


def test_forms_are_protected_against_other_sites(boots: Variant) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user(OFFICE))

    assert [strict.post(reverse(name), filled()).status_code for name in (ADD, PREVIEW)] == [403, 403]
