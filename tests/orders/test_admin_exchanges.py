from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalog.models import Variant
from gullu.roles import ANALYST, MANAGER, OFFICE, WAREHOUSE
from inventory.models import Shelf
from orders.enums import Disposition, ExchangeReason, ExchangeState, OrderState
from orders.models import Exchange, Order, OrderLine
from orders.services.exchanges import Wish, open_exchange
from orders.services.manual import Recipient
from tests.factories import make_order, make_product, make_shelf, make_user, make_variant, stock

pytestmark = pytest.mark.django_db

ADD, LIST, CAME_BACK = (
    "admin:orders_exchange_add",
    "admin:orders_exchange_changelist",
    "admin:orders_exchange_came_back",
)


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_user(OFFICE))
    return client


@pytest.fixture
def shelf() -> Shelf:
    return make_shelf("A-B-03")


@pytest.fixture
def small() -> Variant:
    return make_variant("8680000000017", product=make_product("0172"), size="37")


@pytest.fixture
def large(small: Variant, shelf: Shelf) -> Variant:
    variant = make_variant("8680000000024", product=small.product, size="38")
    stock(variant, shelf, 9)
    return variant


@pytest.fixture
def line(small: Variant) -> OrderLine:
    address = {"name": "Ayşe Yılmaz", "full_address": "Gül Sk. 5", "phone": "0532 000 00 00"}
    order = make_order(
        [(small, 1)], status=OrderState.DELIVERED, order_number="10452345678", shipment_address=address
    )
    return order.lines.get()


def filled(**fields: Any) -> dict[str, Any]:
    return {
        "request": "form-0001",
        "new": "8680000000024",
        "quantity": "1",
        "reason": ExchangeReason.TOO_SMALL,
        "name": "Ayşe Yılmaz",
        "address": "Gül Sk. 5",
        "city": "İzmir",
        **fields,
    }


def opened(old: Variant, new: Variant, *, key: str = "form-0001", number: str = "", **wish: Any) -> Exchange:
    values = {"old_variant_id": old.pk, "new_variant_id": new.pk, "reason": "SPECIAL", **wish}
    result = open_exchange(
        request=key,
        wish=Wish(**values),
        recipient=Recipient(name="Ayşe Yılmaz"),
        return_tracking_number=number,
    )
    return Exchange.objects.get(pk=result.exchange_id)


def url(name: str, exchange: Exchange) -> str:
    return reverse(f"admin:orders_exchange_{name}", args=[exchange.pk])


def errors(response: Any) -> list[str]:
    return list(response.context["form"].errors)


# --- opening ----------------------------------------------------------------------------------------------------


def test_form_of_an_order_knows_its_customer_and_offers_sizes(
    office: Client, line: OrderLine, large: Variant
) -> None:
    response = office.get(reverse(ADD), {"order": line.order_id})

    form = response.context["form"]
    assert [form[name].value() for name in ("name", "phone", "address", "line")] == [
        "Ayşe Yılmaz",
        "0532 000 00 00",
        "Gül Sk. 5",
        line.pk,
    ]
    assert [offer.variant_id for row in form.rows for offer in row.instead] == [large.pk]
    assert f'value="{large.pk}"' in response.content.decode()


@pytest.mark.parametrize("chosen", ["offer", "scan"])
def test_form_opens_the_exchange(office: Client, line: OrderLine, large: Variant, chosen: str) -> None:
    fields = filled(line=line.pk, collect_amount="49,90")
    if chosen == "offer":
        fields |= {"new": "", "offer": large.pk}

    response = office.post(f"{reverse(ADD)}?order={line.order_id}", fields)

    exchange = Exchange.objects.get()
    assert response["Location"] == url("change", exchange)
    assert (exchange.line, exchange.old_variant, exchange.new_order.lines.get().variant) == (
        line,
        line.variant,
        large,
    )


def test_form_sent_twice_opens_one_exchange(office: Client, line: OrderLine, large: Variant) -> None:
    address = f"{reverse(ADD)}?order={line.order_id}"

    answers = {office.post(address, filled(line=line.pk))["Location"] for _time in range(2)}

    assert (len(answers), Exchange.objects.count()) == (1, 1)


def test_order_is_found_by_the_number_the_customer_says(office: Client, line: OrderLine) -> None:
    found = office.get(reverse(ADD), {"number": "10452345678"}).context["order"]
    missing = office.get(reverse(ADD), {"number": "999"})

    assert found == line.order
    assert (missing.context["order"], "999" in missing.content.decode()) == (None, True)


def test_several_packages_of_one_number_are_offered(office: Client, small: Variant) -> None:
    orders = [
        make_order([(small, 1)], status=OrderState.DELIVERED, order_number="77") for _number in range(2)
    ]

    response = office.get(reverse(ADD), {"number": "77"})

    assert {order.pk for order in response.context["found"]} == {order.pk for order in orders}


def test_exchange_is_entered_by_hand(office: Client, small: Variant, large: Variant) -> None:
    office.post(f"{reverse(ADD)}?by_hand=1", filled(old=small.barcode, order_number="fiş 12"))

    exchange = Exchange.objects.get()
    assert (exchange.old_variant, exchange.line, exchange.order_number) == (small, None, "fiş 12")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"line": ""}, ["line", "new"]),
        ({"new": "nobody-knows"}, ["new"]),
        ({"new": ""}, ["new"]),
        ({"new": "", "offer": "1"}, ["new"]),
        ({"quantity": "0"}, ["quantity"]),
        ({"quantity": "2"}, ["__all__"]),
        ({"reason": "x"}, ["reason"]),
        ({"name": ""}, ["name"]),
    ],
)
def test_wrong_field_is_named_and_nothing_is_opened(
    office: Client, line: OrderLine, large: Variant, fields: dict[str, str], wrong: list[str]
) -> None:
    if fields.get("line") == "":
        fields = {**fields, "new": ""}
    address = f"{reverse(ADD)}?order={line.order_id}"

    response = office.post(address, filled(**{"line": line.pk, **fields}))

    assert sorted(errors(response)) == sorted(wrong)
    assert (Exchange.objects.count(), Order.objects.count()) == (0, 1)


def test_more_than_available_asks_for_a_word(office: Client, line: OrderLine, small: Variant) -> None:
    address = f"{reverse(ADD)}?order={line.order_id}"
    fields = filled(line=line.pk, new=small.barcode)

    assert errors(office.post(address, fields)) == ["reserve_anyway"]
    office.post(address, {**fields, "reserve_anyway": "on"})
    assert Exchange.objects.count() == 1


# --- the list and the page --------------------------------------------------------------------------------------


def listed(client: Client, **query: str) -> list[int]:
    return [row.pk for row in client.get(reverse(LIST), query).context["cl"].result_list]


def test_list_is_narrowed_by_what_is_waited_for(office: Client, small: Variant, large: Variant) -> None:
    waiting = opened(small, large, key="form-0001")
    known = opened(small, large, key="form-0002", number="7280001")
    done = opened(small, large, key="form-0003", number="7280002")
    Exchange.objects.filter(pk=done.pk).update(
        state=ExchangeState.DELIVERED, disposition=Disposition.WRITTEN_OFF, closed_at=timezone.now()
    )

    found = {name: sorted(listed(office, waits=name)) for name in ("number", "parcel", "customer", "nothing")}

    assert found == {
        "number": [waiting.pk],
        "parcel": [waiting.pk, known.pk],
        "customer": [waiting.pk, known.pk],
        "nothing": [done.pk],
    }


def test_list_is_narrowed_by_age(office: Client, small: Variant, large: Variant) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=8)):
        old = opened(small, large, key="form-0001")
    opened(small, large, key="form-0002")

    assert [listed(office, older=days) for days in ("7", "14")] == [[old.pk], []]


@pytest.mark.parametrize("text", ["7280001", "10452345678", "ayse", "8680000000017"])
def test_search_finds_by_number_customer_and_barcode(
    office: Client, small: Variant, large: Variant, text: str
) -> None:
    exchange = opened(small, large, number="7280001", order_number="10452345678")

    assert listed(office, q=text) == [exchange.pk]
    assert listed(office, q="kimse") == []


def test_list_takes_as_many_queries_for_three_as_for_one(
    office: Client, small: Variant, large: Variant, django_assert_num_queries: Any
) -> None:
    opened(small, large, key="form-0001")
    office.get(reverse(LIST))
    with CaptureQueriesContext(connection) as one:
        office.get(reverse(LIST))
    for number in (2, 3):
        opened(small, large, key=f"form-000{number}")

    with django_assert_num_queries(len(one)):
        office.get(reverse(LIST))


def test_page_shows_the_timeline_and_what_can_be_done(client: Client, small: Variant, large: Variant) -> None:
    exchange = opened(small, large)
    offered = {}
    for role in (MANAGER, OFFICE, WAREHOUSE):
        client.force_login(make_user(role))
        response = client.get(url("change", exchange))
        offered[role] = [name.removeprefix("orders_exchange_") for name, _words in response.context["steps"]]
        assert len(response.context["page"].events) == 2

    assert offered == {
        MANAGER: ["number", "override", "take_in", "cancel"],
        OFFICE: ["number", "take_in", "cancel"],
        WAREHOUSE: ["take_in"],
    }


# --- steps ------------------------------------------------------------------------------------------------------


def test_number_is_entered(office: Client, small: Variant, large: Variant) -> None:
    exchange = opened(small, large)

    assert errors(office.post(url("number", exchange), {"number": ""})) == ["number"]
    assert errors(office.post(url("number", exchange), {"number": "9" * 41})) == ["number"]
    office.post(url("number", exchange), {"number": " 7280001 ", "carrier": "Aras"})

    exchange.refresh_from_db()
    assert (exchange.return_tracking_number, exchange.state) == ("7280001", ExchangeState.PROCESSING)


def test_override_asks_for_a_reason(client: Client, small: Variant, large: Variant) -> None:
    exchange = opened(small, large)
    boss = make_user(MANAGER)
    client.force_login(boss)

    assert errors(client.post(url("override", exchange), {"reason": " "})) == ["reason"]
    client.post(url("override", exchange), {"reason": "eski müşteri"})

    exchange.refresh_from_db()
    assert (exchange.override_reason, exchange.override_by) == ("eski müşteri", boss)


def test_exchange_is_cancelled_with_a_reason(office: Client, small: Variant, large: Variant) -> None:
    exchange = opened(small, large)

    office.post(url("cancel", exchange), {"reason": "vazgeçti"})

    exchange.refresh_from_db()
    assert exchange.state == ExchangeState.CANCELLED


def test_refused_step_says_why_on_its_page(office: Client, small: Variant, large: Variant) -> None:
    exchange = opened(small, large)
    office.post(url("cancel", exchange), {"reason": "vazgeçti"})

    response = office.post(url("number", exchange), {"number": "7280001"})

    assert errors(response) == ["__all__"]


def test_parcel_is_found_and_taken_in_with_three_scans(
    client: Client, small: Variant, large: Variant, shelf: Shelf
) -> None:
    exchange = opened(small, large, number="7280001")
    client.force_login(make_user(WAREHOUSE))

    found = client.get(reverse(CAME_BACK), {"code": "7280001"})
    assert found["Location"] == url("take_in", exchange)
    first = client.post(url("take_in", exchange), {"barcode": small.barcode, "where": "RESTOCKED"})
    assert (errors(first), first.context["form"]["barcode"].value()) == (["shelf"], small.barcode)
    done = client.post(
        url("take_in", exchange), {"barcode": small.barcode, "where": "RESTOCKED", "shelf": "a=b=03"}
    )

    assert done["Location"] == reverse(CAME_BACK)
    exchange.refresh_from_db()
    assert (exchange.disposition, exchange.shelf) == (Disposition.RESTOCKED, shelf)


def test_scanned_box_is_not_asked_for_again(office: Client, small: Variant, large: Variant) -> None:
    exchange = opened(small, large)

    found = office.get(reverse(CAME_BACK), {"code": small.barcode})

    assert found["Location"] == f"{url('take_in', exchange)}?barcode={small.barcode}"


def test_box_of_several_exchanges_asks_which(office: Client, small: Variant, large: Variant) -> None:
    both = [opened(small, large, key=f"form-000{number}") for number in range(2)]

    assert office.get(reverse(CAME_BACK), {"code": small.barcode}).context["found"] == both


@pytest.mark.parametrize("code", ["nobody-knows", "x" * 500, "'; --"])
def test_unknown_parcel_is_answered_in_words(office: Client, code: str) -> None:
    response = office.get(reverse(CAME_BACK), {"code": code})

    assert (response.status_code, response.context["found"]) == (200, [])


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"barcode": ""}, ["barcode"]),
        ({"barcode": "8680000000024"}, ["__all__"]),
        ({"shelf": "A-Z-99"}, ["shelf"]),
        ({"shelf": ""}, ["shelf"]),
        ({"where": "WRITTEN_OFF"}, ["reason"]),
        ({"where": "?"}, ["where", "reason"]),
    ],
)
def test_wrong_scan_is_named_and_nothing_is_booked(
    office: Client, small: Variant, large: Variant, shelf: Shelf, fields: dict[str, str], wrong: list[str]
) -> None:
    exchange = opened(small, large)
    values = {"barcode": small.barcode, "where": "RESTOCKED", "shelf": shelf.code, **fields}

    assert errors(office.post(url("take_in", exchange), values)) == wrong
    exchange.refresh_from_db()
    assert exchange.disposition == ""


def test_old_article_is_written_off_with_a_reason(office: Client, small: Variant, large: Variant) -> None:
    exchange = opened(small, large)

    office.post(
        url("take_in", exchange), {"barcode": small.barcode, "where": "WRITTEN_OFF", "reason": "giyilmiş"}
    )

    exchange.refresh_from_db()
    assert exchange.disposition == Disposition.WRITTEN_OFF


# --- rights -----------------------------------------------------------------------------------------------------


def test_every_page_asks_for_its_right(client: Client, small: Variant, large: Variant) -> None:
    exchange = opened(small, large)
    pages = {
        "add": reverse(ADD),
        "list": reverse(LIST),
        "came_back": reverse(CAME_BACK),
        **{name: url(name, exchange) for name in ("change", "number", "override", "take_in", "cancel")},
    }
    open_to = {}
    for role in (MANAGER, OFFICE, WAREHOUSE, ANALYST):
        client.force_login(make_user(role))
        open_to[role] = [name for name, address in pages.items() if client.get(address).status_code == 200]

    assert open_to == {
        MANAGER: list(pages),
        OFFICE: [name for name in pages if name != "override"],
        WAREHOUSE: ["list", "came_back", "change", "take_in"],
        ANALYST: [],
    }


def test_unknown_exchange_is_not_found(office: Client) -> None:
    assert office.get(reverse("admin:orders_exchange_number", args=[1])).status_code == 404
