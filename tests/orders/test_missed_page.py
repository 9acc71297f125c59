"""Missed picks: settled by a scan, by a shelf, by the fullest shelf with a count, or as not from our stock."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gullu.roles import ANALYST, OFFICE, WAREHOUSE
from inventory.enums import CountReason, StockState
from inventory.errors import InsufficientStock
from inventory.models import CentralStock, CountTask, RafUrun
from inventory.selectors import availability
from orders.enums import EventKind, OrderState
from orders.errors import NothingMissed, ReasonRequired
from orders.models import Order, PutBack
from orders.services.missed import settle_from_shelves, settle_not_from_stock, settle_shelf_unknown
from orders.services.picking import Pick
from tests.factories import make_order, make_shelf, make_user, make_variant, stock

pytestmark = pytest.mark.django_db

LIST = "/admin/orders/order/missed/"


def missed(*lines: tuple[Any, int], status: OrderState = OrderState.SHIPPED, **fields: Any) -> Order:
    return make_order(lines, status=status, stock_state=StockState.RESERVED, **fields)


def page_of(order: Order) -> str:
    return f"{LIST}{order.pk}/"


def on_shelf(code: str) -> int:
    return RafUrun.objects.get(shelf__code=code).adet


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_user(OFFICE))
    return client


@pytest.fixture
def picker(client: Client) -> Client:
    client.force_login(make_user(WAREHOUSE))
    return client


# --- services ---------------------------------------------------------------------------------------------------


def test_shelf_unknown_takes_from_the_fullest_and_asks_for_its_count() -> None:
    variant, small, full = make_variant(), make_shelf("A-A-01"), make_shelf("A-A-02")
    stock(variant, small, 1)
    stock(variant, full, 5)
    order, person = missed((variant, 2)), make_user()

    settled = settle_shelf_unknown(order_id=order.pk, user=person)

    assert (settled.pairs, settled.counts) == (2, 1)
    assert (on_shelf("A-A-01"), on_shelf("A-A-02")) == (1, 3)
    task = CountTask.objects.get()
    assert (task.shelf, task.variant, task.reason, task.note, task.created_by) == (
        full,
        variant,
        CountReason.ASKED,
        order.order_number,
        person,
    )
    assert Order.objects.missed_picks().count() == 0


def test_count_that_is_asked_for_already_is_not_asked_for_twice() -> None:
    variant, shelf = make_variant(), make_shelf()
    stock(variant, shelf, 5)
    for _number in range(2):
        settle_shelf_unknown(order_id=missed((variant, 1)).pk)

    assert CountTask.objects.count() == 1


def test_nothing_is_booked_when_no_shelf_holds_it() -> None:
    order = missed((make_variant(), 1))

    with pytest.raises(InsufficientStock):
        settle_shelf_unknown(order_id=order.pk)

    assert (Order.objects.missed_picks().count(), CountTask.objects.count(), order.events.count()) == (
        1,
        0,
        0,
    )


def test_not_from_our_stock_deducts_nothing_and_frees_the_reservation() -> None:
    variant = make_variant()
    stock(variant, make_shelf(), 5)
    order, person = missed((variant, 2), ("unknown", 1)), make_user()

    settle_not_from_stock(order_id=order.pk, reason=" atölyeden gitti ", user=person)

    assert CentralStock.objects.get().qty == 5
    assert {line.stock_state for line in order.lines.all()} == {StockState.HISTORIC}
    assert [row.available for row in availability()] == [5]
    event = order.events.get()
    assert (event.kind, event.actor) == (EventKind.MISSED_SETTLED, person)
    assert event.data == {"decision": "NOT_OURS", "reason": "atölyeden gitti", "released": 3}


def test_not_from_our_stock_needs_a_reason() -> None:
    order = missed((make_variant(), 1))

    with pytest.raises(ReasonRequired):
        settle_not_from_stock(order_id=order.pk, reason="  ")

    assert Order.objects.missed_picks().count() == 1


@pytest.mark.parametrize("status", [OrderState.CREATED, OrderState.CANCELLED])
def test_order_that_missed_nothing_is_refused(status: OrderState) -> None:
    order = make_order([(make_variant(), 1)], status=status)

    with pytest.raises(NothingMissed):
        settle_not_from_stock(order_id=order.pk, reason="?")


def test_order_that_came_back_wants_its_pairs_on_a_shelf_again() -> None:
    variant, shelf = make_variant(), make_shelf("A-A-01")
    stock(variant, shelf, 5)
    order = missed((variant, 2), status=OrderState.RETURNED)

    settle_from_shelves(
        order_id=order.pk, picks=[Pick(line_id=order.lines.get().pk, shelf_code="A-A-01", quantity=2)]
    )

    task = PutBack.objects.get()
    assert (task.quantity, task.reason, task.state) == (2, PutBack.Reason.CAME_BACK, "WAITING")


# --- by a scan --------------------------------------------------------------------------------------------------


class Scanner:
    """Types into the page's field and sends back what the page remembers, as a browser does."""

    def __init__(self, client: Client, order: Order) -> None:
        self.client, self.url = client, page_of(order)
        self.kept: dict[str, Any] = {}

    def scan(self, text: str) -> Any:
        response = self.client.post(self.url, {"step": "scan", "text": text, **self.kept})
        if response.status_code == 200:
            state = response.context["state"]
            taken = [f"{line}@{shelf}" for line, shelf in state.taken]
            self.kept = {"shelf": state.shelf, "taken": taken}
            for value in (state.shelf, *taken):
                assert f'value="{value}"' in response.content.decode()
        return response


def test_shelf_then_box_settles_the_order(picker: Client) -> None:
    variant, shelf = make_variant("8680001"), make_shelf("A-B-03")
    stock(variant, shelf, 5)
    order = missed((variant, 1))
    scanner = Scanner(picker, order)

    first = scanner.scan("a*b*03")
    last = scanner.scan("8680001")

    assert (first.context["answer"].good, first.context["state"].shelf) == (True, "A-B-03")
    assert last.headers["Location"] == LIST
    assert on_shelf("A-B-03") == 4
    line = order.lines.get()
    assert (line.stock_state, line.scanned) == (StockState.DEDUCTED, True)


def test_boxes_may_come_from_several_shelves(picker: Client) -> None:
    one, two = make_variant("8680001"), make_variant("8680002")
    for code in ("A-A-01", "A-A-02"):
        shelf = make_shelf(code)
        stock(one, shelf, 5)
        stock(two, shelf, 5)
    order = missed((one, 2), (two, 1))
    scanner = Scanner(picker, order)

    statuses = [
        scanner.scan(text).status_code for text in ("A-A-01", "8680001", "A-A-02", "8680001", "8680002")
    ]

    assert statuses == [200, 200, 200, 200, 302]
    rows = RafUrun.objects.values_list("variant__barcode", "shelf__code", "adet")
    assert set(rows) == {
        ("8680001", "A-A-01", 4),
        ("8680001", "A-A-02", 4),
        ("8680002", "A-A-01", 5),
        ("8680002", "A-A-02", 4),
    }


@pytest.mark.parametrize("text", ["8680001", "no-such-code", "Z-Z-99"])
def test_scan_that_cannot_be_taken_says_why_and_books_nothing(picker: Client, text: str) -> None:
    variant = make_variant("8680001")
    stock(variant, make_shelf("A-B-03"), 5)
    order = missed((variant, 1))

    response = Scanner(picker, order).scan(text)

    answer = response.context["answer"]
    assert (answer.good, bool(answer.sentence), answer.state.taken) == (False, True, ())
    assert CentralStock.objects.get().qty == 5


def test_box_of_another_article_is_refused(picker: Client) -> None:
    variant = make_variant("8680001")
    make_variant("8680002")
    stock(variant, make_shelf("A-B-03"), 5)
    scanner = Scanner(picker, missed((variant, 2)))
    scanner.scan("A-B-03")

    answers = [scanner.scan(text).context["answer"] for text in ("8680002", "8680001")]

    assert [(answer.good, len(answer.state.taken)) for answer in answers] == [(False, 0), (True, 1)]
    assert "8680002" in answers[0].sentence


def test_refused_booking_says_why_and_the_last_box_can_be_scanned_from_another_shelf(picker: Client) -> None:
    variant = make_variant("8680001")
    stock(variant, make_shelf("A-B-03"), 5)
    make_shelf("A-B-04")
    scanner = Scanner(picker, missed((variant, 1)))

    scanner.scan("A-B-04")
    refused = scanner.scan("8680001")
    scanner.scan("A-B-03")
    done = scanner.scan("8680001")

    assert [message.level_tag for message in refused.context["messages"]] == ["error"]
    assert refused.context["state"].taken == ()
    assert (done.status_code, on_shelf("A-B-03")) == (302, 4)


def test_forged_memory_of_the_page_books_nothing(picker: Client) -> None:
    variant = make_variant("8680001")
    stock(variant, make_shelf("A-B-03"), 5)
    order, other = missed((variant, 2)), missed((variant, 1))
    forged = [f"{other.lines.get().pk}@A-B-03", "x@A-B-03", "1", "@"]

    response = picker.post(
        page_of(order), {"step": "scan", "text": "8680001", "shelf": "A-B-03", "taken": forged}
    )

    assert response.status_code == 200
    assert CentralStock.objects.get().qty == 5


# --- by a decision ----------------------------------------------------------------------------------------------


def test_shelf_named_for_each_line_settles_the_order(office: Client) -> None:
    variant = make_variant()
    stock(variant, make_shelf("A-B-03"), 5)
    order = missed((variant, 2))

    response = office.post(page_of(order), {"step": "shelves", f"shelf_{order.lines.get().pk}": "a=b=03"})

    assert (response.status_code, on_shelf("A-B-03")) == (302, 3)


def test_missing_shelf_keeps_what_was_typed(office: Client) -> None:
    one, two = make_variant(), make_variant()
    stock(one, make_shelf("A-B-03"), 5)
    order = missed((one, 1), (two, 1))
    first = order.lines.order_by("pk").first()

    response = office.post(page_of(order), {"step": "shelves", f"shelf_{first.pk}": "A-B-03"})

    assert [message.level_tag for message in response.context["messages"]] == ["error"]
    assert [typed for _row, _left, typed in response.context["rows"]] == ["A-B-03", ""]
    assert CentralStock.objects.get(variant=one).qty == 5


@pytest.mark.parametrize("step", ["SHELF_UNKNOWN", "NOT_OURS"])
def test_decision_on_the_page_settles_the_order(office: Client, step: str) -> None:
    variant = make_variant()
    stock(variant, make_shelf(), 5)
    order = missed((variant, 1))

    response = office.post(page_of(order), {"step": step, "reason": "atölye"}, follow=True)

    assert [message.level_tag for message in response.context["messages"]] == ["success"]
    assert Order.objects.missed_picks().count() == 0


def test_button_that_does_not_exist_is_answered_with_a_sentence(office: Client) -> None:
    order = missed((make_variant(), 1))

    response = office.post(page_of(order), {"step": "drop"})

    assert [message.level_tag for message in response.context["messages"]] == ["error"]


def test_list_answers_for_each_order(office: Client) -> None:
    variant, nowhere = make_variant(), make_variant("868999")
    stock(variant, make_shelf(), 5)
    good, bad = missed((variant, 1)), missed((nowhere, 1), order_number="no-9")

    response = office.post(LIST, {"step": "SHELF_UNKNOWN", "order": [good.pk, bad.pk]}, follow=True)

    told = [(m.level_tag, "no-9" in str(m)) for m in response.context["messages"]]
    assert told == [("success", False), ("error", True)]
    assert [row.order.pk for row in response.context["rows"]] == [bad.pk]


@pytest.mark.parametrize("data", [{"step": "SHELF_UNKNOWN"}, {"step": "x", "order": "1"}, {}])
def test_nothing_ticked_is_answered_with_a_sentence(office: Client, data: dict[str, str]) -> None:
    missed((make_variant(), 1))

    response = office.post(LIST, data, follow=True)

    assert [message.level_tag for message in response.context["messages"]] == ["error"]
    assert response.context["total"] == 1


# --- the pages --------------------------------------------------------------------------------------------------


def test_pages_show_where_the_goods_lie(office: Client) -> None:
    variant = make_variant()
    stock(variant, make_shelf("A-A-01"), 1)
    stock(variant, make_shelf("A-A-02"), 5)
    order = missed((variant, 1), ("unknown", 1))

    (row,) = office.get(LIST).context["rows"]
    one = office.get(page_of(order)).context

    spots = [[(spot.shelf_code, spot.quantity) for spot in line.spots] for line in row.lines]
    assert spots == [[("A-A-02", 5), ("A-A-01", 1)], []]
    assert one["settleable"] is False


def test_settled_order_leads_back_to_the_list(office: Client) -> None:
    order = missed((make_variant(), 1), status=OrderState.CANCELLED)

    answers = [office.get(page_of(order)), office.post(page_of(order), {"step": "scan", "text": "1"})]

    assert [answer.headers["Location"] for answer in answers] == [LIST, LIST]
    assert office.get(f"{LIST}999999/").status_code == 302


def test_list_is_paged(office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orders.admin.missed.PER_PAGE", 2)
    numbers = [missed((make_variant(), 1)).order_number for _number in range(3)]

    pages = [office.get(LIST, {"page": page}).context["rows"] for page in ("1", "2", "x")]

    assert [[row.order.order_number for row in rows] for rows in pages] == [
        numbers[:2],
        numbers[2:],
        numbers[:2],
    ]


def test_empty_list_says_so(office: Client) -> None:
    assert office.get(LIST).context["total"] == 0


@pytest.mark.parametrize(("role", "status"), [(OFFICE, 200), (WAREHOUSE, 200), (ANALYST, 403), (None, 302)])
def test_pages_open_with_the_right_to_see_orders(client: Client, role: str | None, status: int) -> None:
    order = missed((make_variant(), 1))
    client.force_login(make_user(role))

    assert [client.get(url).status_code for url in (LIST, page_of(order))] == [status, status]


def test_warehouse_settles_by_scan_and_does_not_decide(picker: Client) -> None:
    order = missed((make_variant(), 1))

    answers = [
        picker.post(LIST, {"step": "NOT_OURS", "order": order.pk, "reason": "?"}).status_code,
        picker.post(page_of(order), {"step": "NOT_OURS", "reason": "?"}).status_code,
        picker.post(page_of(order), {"step": "shelves"}).status_code,
        picker.post(page_of(order), {"step": "scan", "text": "1"}).status_code,
    ]

    assert answers == [403, 403, 403, 200]
    assert Order.objects.missed_picks().count() == 1


def test_list_takes_as_many_queries_for_three_orders_as_for_one(
    office: Client, django_assert_num_queries: Any
) -> None:
    shelf = make_shelf()

    def another() -> Order:
        variant = make_variant()
        stock(variant, shelf, 1)
        return missed((variant, 1), (make_variant(), 1))

    order = another()
    office.get(LIST)
    with CaptureQueriesContext(connection) as listed:
        office.get(LIST)
    with CaptureQueriesContext(connection) as opened:
        office.get(page_of(order))
    another()
    another()

    with django_assert_num_queries(len(listed)):
        office.get(LIST)
    with django_assert_num_queries(len(opened)):
        office.get(page_of(order))


def test_names_of_the_pages_are_stable() -> None:
    assert reverse("admin:orders_order_missed") == LIST
    assert reverse("admin:orders_order_missed_one", args=[7]) == f"{LIST}7/"
