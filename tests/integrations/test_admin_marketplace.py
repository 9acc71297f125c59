from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gullu.roles import MANAGER, OFFICE
from integrations.models import Listing, OutboxMessage, SyncProblem
from integrations.stock_card import stock_card
from inventory.enums import MovementKind, PushItemState
from inventory.models import StockPushBatch, StockPushItem, StockPushLog
from orders.services.picking import Pick, confirm_picking
from tests.factories import make_order, make_shelf, make_user, make_variant, stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    """The web client: in this folder `client` is the marketplace's."""
    return Client()


@pytest.fixture
def office(browser: Client) -> Client:
    browser.force_login(make_user(OFFICE))
    return browser


def make_message(**fields: Any) -> OutboxMessage:
    values = {
        "kind": OutboxMessage.Kind.PICKING,
        "order": make_order(),
        "key": f"key-{OutboxMessage.objects.count()}",
        "state": OutboxMessage.State.PARKED,
        "due_at": timezone.now() + timedelta(hours=1),
        **fields,
    }
    return OutboxMessage.objects.create(**values)


def make_problem(**fields: Any) -> SyncProblem:
    values = {
        "kind": SyncProblem.Kind.UNKNOWN_BARCODE,
        "reference": f"ref-{SyncProblem.objects.count()}",
        "message": "Barcode 1 is not in the catalogue.",
        "last_seen_at": timezone.now(),
        **fields,
    }
    return SyncProblem.objects.create(**values)


def act(client: Client, model: str, action: str, *rows: Any) -> Any:
    url = reverse(f"admin:integrations_{model}_changelist")
    return client.post(url, {"action": action, "_selected_action": [row.pk for row in rows]}, follow=True)


def tags(response: Any) -> list[str]:
    return [message.level_tag for message in response.context["messages"]]


def test_refused_message_is_made_due_again(office: Client) -> None:
    message = make_message()

    response = act(office, "outboxmessage", "retry_now", message)

    message.refresh_from_db()
    assert (message.state, message.due_at <= timezone.now(), tags(response)) == ("WAITING", True, ["success"])


def test_delivered_message_is_not_sent_again(office: Client) -> None:
    message = make_message(state=OutboxMessage.State.DELIVERED)

    response = act(office, "outboxmessage", "retry_now", message)

    message.refresh_from_db()
    assert (message.state, tags(response)) == ("DELIVERED", ["warning", "warning"])


def test_problem_is_closed_by_hand(office: Client) -> None:
    problem, other = make_problem(), make_problem()

    act(office, "syncproblem", "mark_resolved", problem)

    problem.refresh_from_db()
    other.refresh_from_db()
    assert [problem.resolved_at is None, other.resolved_at is None] == [False, True]


def test_problems_are_filtered_by_whether_they_are_open(office: Client) -> None:
    open_one, closed = make_problem(), make_problem(resolved_at=timezone.now())
    url = reverse("admin:integrations_syncproblem_changelist")

    found = [list(office.get(url, {"open": text}).context["cl"].result_list) for text in ("yes", "no")]

    assert found == [[open_one], [closed]]


@pytest.mark.parametrize(
    ("model", "action"), [("outboxmessage", "retry_now"), ("syncproblem", "mark_resolved")]
)
def test_actions_need_their_right(browser: Client, model: str, action: str) -> None:
    from django.contrib.auth.models import Permission

    person = make_user(is_staff=True)
    person.user_permissions.add(*Permission.objects.filter(codename=f"view_{model}"))
    browser.force_login(person)
    row = make_message() if model == "outboxmessage" else make_problem()

    act(browser, model, action, row)

    row.refresh_from_db()
    assert getattr(row, "state", None) != "WAITING"
    assert getattr(row, "resolved_at", None) is None


def test_listing_shows_what_the_marketplace_is_believed_to_offer(office: Client) -> None:
    known, unknown = make_variant("b-1"), make_variant("b-2")
    then = timezone.now() - timedelta(days=1)
    Listing.objects.create(
        barcode="b-1", variant=known, remote_quantity=4, quantity_read_at=then, quantity_effective_at=then
    )
    Listing.objects.create(barcode="b-2", variant=unknown)
    make_order([(known, 1)])

    rows = office.get(reverse("admin:integrations_listing_changelist")).context["cl"].result_list

    assert [(row.barcode, row.belief.quantity) for row in rows] == [("b-1", 3), ("b-2", None)]


@pytest.mark.parametrize("name", ["listing", "outboxmessage", "syncproblem"])
def test_list_takes_as_many_queries_for_three_rows_as_for_one(
    office: Client, django_assert_num_queries: Any, name: str
) -> None:
    def add() -> None:
        variant = make_variant()
        Listing.objects.create(barcode=variant.barcode, variant=variant)
        make_message()
        make_problem()

    add()
    url = reverse(f"admin:integrations_{name}_changelist")
    office.get(url)
    with CaptureQueriesContext(connection) as one:
        office.get(url)
    add()
    add()

    with django_assert_num_queries(len(one)):
        office.get(url)


# --- stock card -------------------------------------------------------------------------------------------------


def test_stock_card_explains_the_number() -> None:
    variant, near, far = make_variant(safety_buffer=1), make_shelf("A-A-01"), make_shelf("B-B-02")
    stock(variant, near, 5)
    stock(variant, far, 3)
    picked = make_order([(variant, 2)])
    line = picked.lines.get()
    confirm_picking(
        order_id=picked.pk,
        user=make_user(MANAGER, username="zeynep"),
        picks=[Pick(line_id=line.pk, shelf_code="A-A-01", quantity=2)],
    )
    waiting = make_order([(variant, 1)], payment_pending=True)

    card = stock_card(variant_id=variant.pk)

    assert (card.stock.on_hand, card.stock.reserved, card.stock.buffer, card.stock.available) == (6, 1, 1, 4)
    assert [(shelf.shelf_code, shelf.quantity) for shelf in card.shelves] == [("A-A-01", 3), ("B-B-02", 3)]
    assert [(r.order_id, r.quantity, r.payment_pending) for r in card.reservations] == [(waiting.pk, 1, True)]
    newest = [(row.kind, row.delta, row.balance, row.shelf, row.order_id, row.actor) for row in card.ledger]
    assert newest == [
        (MovementKind.PICK, -2, 6, "A-A-01", picked.pk, "zeynep"),
        (MovementKind.RECEIVE, 3, 8, "B-B-02", None, ""),
        (MovementKind.RECEIVE, 5, 5, "A-A-01", None, ""),
    ]
    assert (card.agrees, card.ledger_complete) == (True, True)


def test_stock_card_of_a_barcode_that_never_moved_is_empty_and_right() -> None:
    card = stock_card(variant_id=make_variant().pk)

    assert (card.stock.available, card.shelves, card.reservations, card.ledger) == (0, (), (), ())
    assert (card.agrees, card.shown.quantity, card.shown.basis, card.last_sent) == (
        True,
        None,
        "NOT_LISTED",
        None,
    )


def test_stock_card_cuts_a_long_ledger_and_keeps_the_running_balance() -> None:
    variant, shelf = make_variant(), make_shelf()
    for _ in range(4):
        stock(variant, shelf, 2)

    card = stock_card(variant_id=variant.pk, ledger_rows=2)

    assert ([row.balance for row in card.ledger], card.ledger_complete, card.agrees) == ([8, 6], False, True)


def test_stock_card_shows_what_was_sent_last() -> None:
    variant = make_variant()
    push = StockPushLog.objects.create(push_time=timezone.now())
    batch = StockPushBatch.objects.create(push=push, body_hash="x", computed_at=timezone.now())
    for quantity, state in ((3, PushItemState.SUCCESS), (4, PushItemState.FAILED)):
        StockPushItem.objects.create(
            batch=batch
            if quantity == 3
            else StockPushBatch.objects.create(push=push, body_hash="y", computed_at=timezone.now()),
            variant=variant,
            barcode=variant.barcode,
            quantity=quantity,
            state=state,
            reason="kilitli" if state == PushItemState.FAILED else "",
        )

    sent = stock_card(variant_id=variant.pk).last_sent

    assert sent is not None
    assert (sent.push_id, sent.quantity, sent.state, sent.reason) == (
        push.pk,
        4,
        PushItemState.FAILED,
        "kilitli",
    )


def test_stock_card_takes_as_many_queries_for_a_long_story_as_for_a_short_one(
    django_assert_num_queries: Any,
) -> None:
    short, long, shelf = make_variant(), make_variant(), make_shelf()
    for variant, times in ((short, 1), (long, 3)):
        for _ in range(times):
            stock(variant, shelf, 2)
            order = make_order([(variant, 1)])
            confirm_picking(order_id=order.pk)
            make_order([(variant, 1)])
    with CaptureQueriesContext(connection) as one:
        stock_card(variant_id=short.pk)

    with django_assert_num_queries(len(one)):
        stock_card(variant_id=long.pk)
