"""The page of one order: what stands on it, for whom, and in how many statements."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalog.models import ProductImage
from gullu.roles import MANAGER, OFFICE, WAREHOUSE
from integrations.models import OutboxMessage, Settlement, SyncProblem
from inventory.enums import StockState
from orders.admin.order_rows import commission_of
from orders.enums import EventKind, ExchangeReason, OrderState
from orders.models import Exchange, Order, OrderDocument, OrderEvent, OrderLine, ReturnUnit
from tests.factories import make_order, make_shelf, make_user, make_variant, stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_user(OFFICE))
    return client


def opened(client: Client, order: Order) -> Any:
    return client.get(reverse("admin:orders_order_change", args=[order.pk]))


def page_of(client: Client, order: Order) -> Any:
    return opened(client, order).context["page"]


def test_line_shows_picture_stock_and_where_more_of_it_lies(office: Client) -> None:
    variant = make_variant(colour="Siyah")
    for position, url in ((2, "https://example.com/2.jpg"), (1, "https://example.com/1.jpg")):
        ProductImage.objects.create(product=variant.product, colour="Siyah", url=url, position=position)
    for code, pairs, route in (("B-01-01", 3, 2), ("A-01-01", 2, 1)):
        stock(variant, make_shelf(code, route_order=route), pairs)
    order = make_order([(variant, 2)])

    (row,) = page_of(office, order).lines

    assert row.picture == "https://example.com/1.jpg"
    assert row.lies == ("A-01-01 (2)", "B-01-01 (3)")
    assert (row.stock.on_hand, row.stock.reserved, row.stock.available, row.short) == (5, 2, 3, False)


def test_line_that_may_find_no_pair_is_marked(office: Client) -> None:
    (row,) = page_of(office, make_order([(make_variant(), 2)])).lines

    assert row.short is True
    assert b"A-01" not in opened(office, row.line.order).content


@pytest.mark.parametrize(
    ("total", "rate", "expected"),
    [("499.99", "21.5", "107.50"), ("100.00", None, None), ("0.05", "10", "0.01"), ("0.00", "21.5", "0.00")],
)
def test_commission_is_the_rate_of_the_line_in_money(
    total: str, rate: str | None, expected: str | None
) -> None:
    line = OrderLine(total=Decimal(total), commission_rate=Decimal(rate) if rate else None)

    assert commission_of(line) == (Decimal(expected) if expected else None)


def test_money_is_told_by_who_pays_it(office: Client) -> None:
    order = make_order(
        [(make_variant(), 1), (make_variant(), 1)],
        unit_price=Decimal("200.00"),
        seller_discount=Decimal("30.00"),
        marketplace_discount=Decimal("20.00"),
    )
    order.lines.update(commission_rate=Decimal("21.5"))

    money = page_of(office, order).money

    assert (money.total, money.seller_discount, money.marketplace_discount) == (400, 30, 20)
    assert (money.commission, money.net) == (Decimal("86.00"), Decimal("314.00"))


def test_no_commission_is_told_while_one_rate_is_missing(office: Client) -> None:
    order = make_order([(make_variant(), 1), (make_variant(), 1)])
    first = order.lines.order_by("pk").first()
    OrderLine.objects.filter(pk=first.pk).update(commission_rate=Decimal(20))

    money = page_of(office, order).money

    assert (money.commission, money.net) == (None, None)


def test_marketplace_and_shop_tell_one_story_side_by_side(office: Client) -> None:
    order, now = make_order([(make_variant(), 1)]), timezone.now()
    for minutes, kind, source in (
        (30, EventKind.RECEIVED, OrderEvent.Source.MARKETPLACE),
        (20, EventKind.PICKED, OrderEvent.Source.HERE),
        (10, EventKind.STATUS, OrderEvent.Source.MARKETPLACE),
    ):
        OrderEvent.objects.create(order=order, kind=kind, source=source, at=now - timedelta(minutes=minutes))

    events = page_of(office, order).events

    assert [(row.event.kind, row.here) for row in events] == [
        (EventKind.STATUS, False),
        (EventKind.PICKED, True),
        (EventKind.RECEIVED, False),
    ]


def test_related_packages_are_told_apart(office: Client) -> None:
    first = make_order(order_number="7", package_id=1, superseded=True, status=OrderState.CANCELLED)
    second = make_order(order_number="7", package_id=2, origin_package_ids=[1])
    third = make_order(order_number="7", package_id=3)

    def related(order: Order) -> list[tuple[int, bool, bool]]:
        return [(row.order.pk, row.parent, row.child) for row in page_of(office, order).related]

    assert related(first) == [(second.pk, False, True), (third.pk, False, False)]
    assert related(second) == [(first.pk, True, False), (third.pk, False, False)]


@pytest.fixture
def full(db: None) -> Order:
    """An order with everything a page can show."""
    variant = make_variant()
    order = make_order([(variant, 1), ("nobody-knows", 1)], status=OrderState.DELIVERED, package_id=55)
    now = timezone.now()
    OrderDocument.objects.create(
        order=order, number="GUL2026", link="https://example.com/fatura/1", issued_at=now
    )
    ReturnUnit.objects.create(
        claim_item_id="u1",
        order_number=order.order_number,
        order=order,
        barcode=variant.barcode,
        variant=variant,
        claimed_at=now,
        remote_modified_at=now,
        reason="Beden küçük",
    )
    Exchange.objects.create(
        line=order.lines.order_by("pk").first(),
        old_variant=variant,
        reason=ExchangeReason.TOO_SMALL,
        new_order=make_order([(variant, 1)], order_number="new-article"),
    )
    Settlement.objects.create(
        kind="Sale", record_id="s1", label="Satış", order=order, credit=Decimal("512.34"),
        transaction_at=now, read_at=now,
    )  # fmt: skip
    SyncProblem.objects.create(kind="ODD_MOVE", reference="package 55", message="çok garip", last_seen_at=now)
    message(order, "PARKED")
    return order


def message(order: Order, state: str) -> OutboxMessage:
    return OutboxMessage.objects.create(
        key=f"{state}:{order.pk}",
        kind="PICKING",
        order=order,
        state=state,
        attempts=2,
        last_error="Paket bulunamadı",
        due_at=timezone.now() + timedelta(hours=1),
    )


def test_page_shows_papers_returns_exchanges_accounts_and_messages(client: Client, full: Order) -> None:
    client.force_login(make_user(MANAGER))

    text = opened(client, full).content.decode()

    for words in (
        "GUL2026",
        "https://example.com/fatura/1",
        "Beden küçük",
        "new-article",
        "512,34 ₺",
        "çok garip",
        "Paket bulunamadı",
    ):
        assert words in text, words


def test_page_reads_nothing_a_person_may_not_see(client: Client, full: Order) -> None:
    client.force_login(make_user(WAREHOUSE))

    page = page_of(client, full)

    assert (page.documents, page.messages, page.settlements, page.money) == ((), (), (), None)
    assert len(page.returns) == 1


def test_page_takes_as_many_statements_for_a_full_order_as_for_an_empty_one(
    client: Client, full: Order
) -> None:
    client.force_login(make_user(MANAGER))
    empty = make_order([(make_variant(), 1)])
    opened(client, empty)

    asked = []
    for order in (empty, full):
        with CaptureQueriesContext(connection) as queries:
            opened(client, order)
        asked.append(len(queries))

    assert asked[0] == asked[1]


# --- lines below a row ------------------------------------------------------------------------------------------


def test_lines_open_below_a_row_in_a_constant_number_of_statements(office: Client) -> None:
    small = make_order([(make_variant(), 1)])
    large = make_order([(make_variant(), 1), (make_variant(), 2), ("nobody-knows", 1)])

    asked, texts = [], []
    for order in (small, large):
        with CaptureQueriesContext(connection) as queries:
            response = office.get(reverse("admin:orders_order_lines", args=[order.pk]))
        asked.append(len(queries))
        texts.append(response.content.decode())

    assert asked[0] == asked[1]
    assert ["nobody-knows" in text for text in texts] == [False, True]
    assert ["<html" in text for text in texts] == [False, False]


def test_lines_are_closed_without_the_right(client: Client) -> None:
    order = make_order([(make_variant(), 1)])
    client.force_login(make_user("Analist"))

    assert client.get(reverse("admin:orders_order_lines", args=[order.pk])).status_code == 403


# --- a refused message ------------------------------------------------------------------------------------------


def retry(client: Client, order: Order, number: object) -> Any:
    return client.post(
        reverse("admin:orders_order_retry", args=[order.pk]), {"message": str(number)}, follow=True
    )


def levels(response: Any) -> list[str]:
    return [message.level_tag for message in response.context["messages"]]


def test_refused_message_is_sent_again(office: Client) -> None:
    order = make_order([(make_variant(), 1)])
    refused = message(order, "PARKED")

    response = retry(office, order, refused.pk)

    refused.refresh_from_db()
    assert (refused.state, refused.due_at <= timezone.now(), levels(response)) == (
        "WAITING",
        True,
        ["success"],
    )


@pytest.mark.parametrize("text", ["", "x", "²", "9" * 30])
def test_a_message_that_is_none_changes_nothing(office: Client, text: str) -> None:
    assert levels(retry(office, make_order(), text)) == ["warning"]


def test_messages_of_another_order_stay_as_they_are(office: Client) -> None:
    refused = message(make_order(), "PARKED")

    response = retry(office, make_order(), refused.pk)

    refused.refresh_from_db()
    assert (refused.state, levels(response)) == ("PARKED", ["warning"])


def test_sending_again_needs_its_right_and_a_post(client: Client) -> None:
    order = make_order()
    address = reverse("admin:orders_order_retry", args=[order.pk])
    client.force_login(make_user(WAREHOUSE))

    assert client.post(address, {"message": "1"}).status_code == 403
    client.force_login(make_user(OFFICE, username="ofisten"))
    assert client.get(address).status_code == 405


# --- documents --------------------------------------------------------------------------------------------------


def test_document_opens_for_those_who_may_see_it(client: Client) -> None:
    document = OrderDocument(order=make_order(), number="1", issued_at=timezone.now())
    document.file.save("fatura.pdf", ContentFile(b"%PDF-1"))
    address = reverse("admin:orders_order_document", args=[document.pk])

    answers = []
    for role in (OFFICE, WAREHOUSE):
        client.force_login(make_user(role))
        answers.append(client.get(address))

    assert b"".join(answers[0]) == b"%PDF-1"
    assert answers[1].status_code == 403


def test_document_that_has_no_file_is_not_found(office: Client) -> None:
    document = OrderDocument.objects.create(order=make_order(), number="1", issued_at=timezone.now())

    assert office.get(reverse("admin:orders_order_document", args=[document.pk])).status_code == 404


def test_missed_pick_is_marked(office: Client) -> None:
    order = make_order([(make_variant(), 1)], status=OrderState.SHIPPED, stock_state=StockState.RESERVED)

    assert page_of(office, order).missed is True
