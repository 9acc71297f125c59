"""What of a customer is shown to whom, and that showing it in full is recorded."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gullu.models import Activity, User
from gullu.roles import MANAGER, OFFICE, WAREHOUSE
from orders.customer_data import mask_data, mask_email, mask_number, mask_phone
from orders.models import Order
from tests.factories import make_order, make_user, make_variant

PHONE = "0532 123 45 34"
STREET = "İğde Sk. 5"
ADDRESS = {"name": "Şükriye Işık", "full_address": STREET, "phone": PHONE, "postal_code": "35040"}
INVOICE = {"company": "Işık Tekstil", "name": "Şükriye Işık", "address1": "Çınar Cd. 9"}


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        (PHONE, "0532 ••• •• 34"),
        ("+90 532 123 45 34", "0532 ••• •• 34"),
        ("05321234534", "0532 ••• •• 34"),
        ("5321234534", "0532 ••• •• 34"),
        ("444 0 375", "•••••••"),
        ("yok", "•••"),
        ("  ", ""),
    ],
)
def test_phone_keeps_its_ends_and_short_ones_nothing(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


def test_other_data_keep_at_most_their_ends() -> None:
    assert mask_email("şükriye@ornek.com") == "ş•••@•••"
    assert mask_email("bozuk") == "•••••"
    assert mask_number("12345678901") == "•••••••••01"
    assert mask_number("123") == "•••"


def test_message_loses_the_customer_and_keeps_the_articles() -> None:
    message: dict[str, Any] = {
        "orderNumber": "104",
        "customerFirstName": "Ayşe",
        "customerEmail": "a@b.c",
        "identityNumber": "12345678901",
        "taxNumber": None,
        "shipmentAddress": {"fullName": "Ayşe Işık", "phone": PHONE, "address1": STREET, "city": "İzmir"},
        "lines": [{"productName": "Bot", "barcode": "868"}],
    }

    assert mask_data(message) == {
        "orderNumber": "104",
        "customerFirstName": "•••••",
        "customerEmail": "a•••@•••",
        "identityNumber": "•••••••••01",
        "taxNumber": None,
        "shipmentAddress": {
            "fullName": "•••••",
            "phone": "0532 ••• •• 34",
            "address1": "•••••",
            "city": "İzmir",
        },
        "lines": [{"productName": "Bot", "barcode": "868"}],
    }


@pytest.fixture
def order(db: None) -> Order:
    return make_order(
        [(make_variant(), 1)],
        customer_first_name="Şükriye",
        customer_last_name="Işık",
        shipment_address=ADDRESS,
        invoice_address=INVOICE,
        payload={"customerEmail": "gizli@ornek.com", "shipmentAddress": {"phone": PHONE}},
        channel="MANUAL",
        source="PHONE",
        collect_amount=250,
    )


def signed_in(role: str) -> tuple[Client, User]:
    client, user = Client(), make_user(role)
    client.force_login(user)
    return client, user


def page_of(order: Order) -> str:
    return reverse("admin:orders_order_change", args=[order.pk])


SECRETS = (PHONE, "5321234534", "123 45", STREET, "35040", "Işık Tekstil", "Çınar Cd.", "gizli@")


@pytest.mark.parametrize("role", [MANAGER, OFFICE, WAREHOUSE])
def test_page_of_an_order_never_holds_the_customer_in_full(role: str, order: Order) -> None:
    client, _user = signed_in(role)

    text = client.get(page_of(order)).content.decode()

    assert [secret for secret in SECRETS if secret in text] == []
    assert "0532 ••• •• 34" in text
    assert ("unmask/" in text, "Şükriye Işık" in text) == (role != WAREHOUSE, role != WAREHOUSE)
    assert ("Şükriye I." in text, "250,00" in text) == (role == WAREHOUSE, role != WAREHOUSE)
    assert Activity.objects.filter(kind="UNMASKED").count() == 0


@pytest.mark.parametrize(("sent_by", "whole_page"), [("fetch", False), ("", True)])
def test_office_sees_the_customer_in_full_once_and_that_is_recorded(
    order: Order, sent_by: str, whole_page: bool
) -> None:
    client, user = signed_in(OFFICE)
    headers = {"X-Requested-With": sent_by} if sent_by else {}

    answer = client.post(reverse("admin:orders_order_unmask", args=[order.pk]), headers=headers)

    text = answer.content.decode()
    assert [
        part for part in (PHONE, STREET, "35040", "Işık Tekstil", "Çınar Cd. 9") if part not in text
    ] == []
    assert ("<html" in text, "no-store" in answer["Cache-Control"]) == (whole_page, True)
    activity = Activity.objects.get(kind="UNMASKED")
    assert (activity.actor, activity.subject_kind, activity.subject_id) == (
        user,
        "orders.order",
        str(order.pk),
    )
    assert activity.details == {
        "fields": ["name", "phone", "delivery address", "invoice address"],
        "by": "orders_order_unmask",
    }
    assert PHONE not in client.get(page_of(order)).content.decode()


def test_picker_is_refused_and_looking_needs_a_button(order: Order) -> None:
    picker, _user = signed_in(WAREHOUSE)
    office, _other = signed_in(OFFICE)
    address = reverse("admin:orders_order_unmask", args=[order.pk])

    assert picker.post(address).status_code == 403
    assert office.get(address).status_code == 405
    assert Activity.objects.filter(kind="UNMASKED").count() == 0


@pytest.mark.parametrize(
    ("name", "query"), [("orders_manual_edit", ""), ("orders_exchange_add", "?order={pk}")]
)
def test_forms_filled_with_the_customer_are_recorded(order: Order, name: str, query: str) -> None:
    client, user = signed_in(OFFICE)
    args = [] if query else [order.pk]

    text = client.get(reverse(f"admin:{name}", args=args) + query.format(pk=order.pk)).content.decode()

    assert PHONE in text
    kept = Activity.objects.filter(kind="UNMASKED", actor=user, subject_id=str(order.pk))
    assert [one.details["by"] for one in kept] == [name]


def test_without_the_right_an_exchange_begins_without_the_customers_data(order: Order) -> None:
    client, user = signed_in(OFFICE)
    right = user.groups.get().permissions.get(codename="unmask_customers")
    user.groups.get().permissions.remove(right)

    text = client.get(f"{reverse('admin:orders_exchange_add')}?order={order.pk}").content.decode()
    edit = client.get(reverse("admin:orders_manual_edit", args=[order.pk]))

    assert [secret for secret in (PHONE, STREET) if secret in text] == []
    assert edit.status_code == 403
    assert Activity.objects.filter(kind="UNMASKED").count() == 0


def test_lists_and_search_shorten_names_for_pickers(order: Order) -> None:
    found = {}
    for role in (OFFICE, WAREHOUSE):
        client, _user = signed_in(role)
        pages = [
            client.get(reverse("admin:orders_order_changelist")).content.decode(),
            client.get("/admin/search/", {"s": order.order_number, "extended": "1"}).content.decode(),
        ]
        found[role] = [("Şükriye Işık" in text, "Şükriye I." in text) for text in pages]

    assert found == {OFFICE: [(True, False)] * 2, WAREHOUSE: [(False, True)] * 2}
