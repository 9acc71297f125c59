"""Every kind of message over real HTTP: whatever goes wrong on the way, in the end it is so, and it is so once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from gullu.labels.records import CarrierLabel
from integrations.models import OutboxMessage
from integrations.outbox import send_outbox
from integrations.trendyol.client import NullLimiter
from integrations.trendyol.connection import using
from integrations.trendyol.courier import HANDLERS
from integrations.trendyol.quotas import Quota
from integrations.trendyol.sandbox.clock import DAY_MS
from orders.models import Order
from orders.outbound import (
    tell_boxes,
    tell_carrier,
    tell_claim_approved,
    tell_claim_refused,
    tell_extra_time,
    tell_invoice_file,
    tell_invoice_link,
    tell_invoiced,
    tell_picking,
    tell_unsupplied,
)
from orders.services import ask_split
from tests.integrations import deskkit as kit
from tests.integrations.conftest import Shop, client_for

pytestmark = pytest.mark.django_db

State = OutboxMessage.State
Look = Callable[[], object]


@dataclass(frozen=True)
class Case:
    """`ask` writes the message and returns how to look at the effect; `effect` is what must be seen in the end."""

    kind: str
    endpoint: str
    ask: Callable[[Shop], Look]
    effect: object


def picking(shop: Shop) -> Look:
    order = kit.place(shop)
    tell_picking(order, kit.lines_of(order))
    return lambda: kit.there(shop, order).status


def unsupplied(shop: Shop) -> Look:
    order = kit.place(shop)
    tell_unsupplied(order, kit.lines_of(order), reason_id=500)
    return lambda: kit.there(shop, order).status


def invoiced(shop: Shop) -> Look:
    order = kit.pick(shop)
    tell_invoiced(order, kit.lines_of(order), number=kit.NUMBER)
    return lambda: (kit.there(shop, order).status, kit.there(shop, order).invoice_number)


def invoice_link(shop: Shop) -> Look:
    order = kit.pick(shop)
    tell_invoice_link(order, kit.invoice(order))
    return lambda: (kit.there(shop, order).invoice_status, kit.there(shop, order).invoice_link)


def invoice_file(shop: Shop) -> Look:
    order = kit.pick(shop)
    tell_invoice_file(order, kit.invoice_file(order))
    return lambda: (kit.there(shop, order).invoice_status, kit.there(shop, order).invoice_number)


def split(shop: Shop) -> Look:
    order = kit.place(shop, pairs=3)
    (line,) = kit.lines_of(order)
    ask_split(order_id=order.pk, groups=[{line.pk: 1}])
    return lambda: sorted(
        sum(line.quantity for line in package.lines)
        for package in shop.sandbox.shop.packages.values()
        if order.marketplace_package in package.origin_package_ids
    )


def carrier(shop: Shop) -> Look:
    order = kit.place(shop)
    before = order.cargo_tracking_number
    tell_carrier(order, carrier="SURATMP", request="r1")

    def look() -> object:
        order.refresh_from_db()
        package = kit.there(shop, order)
        same = order.cargo_tracking_number == str(package.cargo_number)
        return package.cargo_provider, same, order.cargo_tracking_number != before

    return look


def boxes(shop: Shop) -> Look:
    order = kit.place(shop)
    tell_boxes(order, boxes=2, desi=Decimal("4.5"), request="r1")
    return lambda: (kit.there(shop, order).box_quantity, kit.there(shop, order).cargo_deci)


def extra_time(shop: Shop) -> Look:
    order = kit.place(shop)
    before = kit.there(shop, order).agreed_ms
    tell_extra_time(order, days=2, request="r1")

    def look() -> object:
        order.refresh_from_db()
        assert order.ship_by_at is not None
        agreed = kit.there(shop, order).agreed_ms
        return (agreed - before) // DAY_MS, round(order.ship_by_at.timestamp() * 1000) == agreed

    return look


def label(shop: Shop) -> Look:
    order = kit.place(shop, cargo_provider="ARASMP")
    tell_picking(order, kit.lines_of(order))
    return lambda: CarrierLabel.objects.filter(cargo_number=order.cargo_tracking_number).count()


def approve(shop: Shop) -> Look:
    units = kit.claim(shop)
    names = [unit.claim_item_id for unit in units]
    tell_claim_approved(
        claim_id=units[0].claim_id, units=names, order=units[0].order, decided_at=timezone.now()
    )
    return lambda: set(kit.statuses(shop, units)) <= {"Accepted", "WaitingFraudCheck"}


def refuse(shop: Shop) -> Look:
    units = kit.claim(shop)
    tell_claim_refused(
        claim_id=units[0].claim_id,
        units=[unit.claim_item_id for unit in units],
        reason_id=51,
        description="Ürün tabanında kullanım izi var.",
        photo_ids=[kit.photo(units[0])],
        order=units[0].order,
        decided_at=timezone.now(),
    )
    return lambda: kit.statuses(shop, units)


CASES = [
    Case("PICKING", "package-status", picking, "Picking"),
    Case("UNSUPPLIED", "unsupplied", unsupplied, "UnSupplied"),
    Case("INVOICED", "package-status", invoiced, ("Invoiced", kit.NUMBER)),
    Case("INVOICE_LINK", "invoice-links", invoice_link, ("Received", kit.LINK)),
    Case("INVOICE_FILE", "invoice-file", invoice_file, ("Received", kit.NUMBER)),
    Case("SPLIT", "split-packages", split, [1, 2]),
    Case("CARRIER", "cargo-providers", carrier, ("SURATMP", True, True)),
    Case("BOXES", "box-info", boxes, (2, 4.5)),
    Case("EXTRA_TIME", "extended-agreed-delivery-date", extra_time, (2, True)),
    Case("LABEL", "common-label-create", label, 1),
    Case("CLAIM_APPROVE", "claim-approve", approve, True),
    Case("CLAIM_REFUSE", "claim-issue", refuse, ["Unresolved", "Unresolved"]),
]
each_kind = pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
# Nothing is known of these; those in the second list say clearly that nothing was done.
UNKNOWN = ["timeout_before", "timeout_after", "drop_after", "500", "html_502"]
NOT_NOW = ["429", "html_503"]
# Every kind loses its answer before and after the effect; which fault it was is the transport's business, so that the
# other faults take turns with the kinds.
OTHERS = [fault for fault in [*UNKNOWN, *NOT_NOW] if not fault.startswith("timeout")]
FAULTS = [
    *((case, fault) for case in CASES for fault in ("timeout_before", "timeout_after")),
    *((CASES[place % len(CASES)], fault) for place, fault in enumerate(OTHERS * 3)),
]


def test_every_kind_has_a_handler_and_a_case() -> None:
    assert set(HANDLERS) == set(OutboxMessage.Kind)
    # Those about products have their own file: test_product_courier.py.
    elsewhere = {kind for kind in OutboxMessage.Kind if kind.startswith("PRODUCT_")}
    assert {case.kind for case in CASES} == set(OutboxMessage.Kind) - elsewhere


@pytest.mark.parametrize(("case", "fault"), FAULTS, ids=[f"{case.kind}-{fault}" for case, fault in FAULTS])
def test_a_message_gets_through_in_the_end_and_once(shop: Shop, case: Case, fault: str) -> None:
    effect = case.ask(shop)
    shop.sandbox.faults.add(endpoint=case.endpoint, kind=fault, times=1)

    send_outbox()
    first = kit.latest(case.kind)
    second = kit.again(case.kind)

    assert (first.state, second.state, second.attempts) == (State.WAITING, State.DELIVERED, 2)
    assert effect() == case.effect


@each_kind
@pytest.mark.parametrize("fault", ["", "empty_200"])
def test_an_answer_without_words_is_enough(shop: Shop, case: Case, fault: str) -> None:
    effect = case.ask(shop)
    if fault:
        shop.sandbox.faults.add(endpoint=case.endpoint, kind=fault, times=1)

    send_outbox()

    message = kit.latest(case.kind)
    assert (message.state, message.attempts, message.last_error) == (State.DELIVERED, 1, "")
    assert effect() == case.effect


UNREAD = [case for case in CASES if not HANDLERS[case.kind].looks_first]


@pytest.mark.parametrize("case", UNREAD, ids=lambda case: case.kind)
def test_what_was_delivered_is_delivered_even_if_it_cannot_be_read_again(shop: Shop, case: Case) -> None:
    effect = case.ask(shop)
    shop.sandbox.faults.add(endpoint="orders", kind="500", times=None)
    shop.sandbox.faults.add(endpoint="claims", kind="500", times=None)

    send_outbox()

    assert kit.latest(case.kind).state == State.DELIVERED
    shop.sandbox.faults.clear()
    assert effect() == case.effect


GONE = [case for case in CASES if case.kind not in {"UNSUPPLIED", "LABEL", "CLAIM_APPROVE", "CLAIM_REFUSE"}]


@pytest.mark.parametrize("case", GONE, ids=lambda case: case.kind)
def test_a_package_that_ended_meanwhile_needs_no_message(shop: Shop, case: Case) -> None:
    case.ask(shop)
    order = Order.objects.get()
    shop.sandbox.shop.cancel(order.marketplace_package)

    result = send_outbox()

    message = kit.latest(case.kind)
    assert (result.obsolete, message.state, message.last_error != "") == (1, State.OBSOLETE, True)


@dataclass
class OutsideTransactions(NullLimiter):
    """Fails as soon as something is said inside a transaction."""

    asked: set[str] = field(default_factory=set)

    def acquire(self, quota: Quota) -> None:
        assert not connection.in_atomic_block, quota.endpoint
        self.asked.add(quota.endpoint)


@pytest.fixture
def watched(shop: Shop) -> Iterator[OutsideTransactions]:
    limiter = OutsideTransactions()
    with using(client_for(shop.sandbox, limiter=limiter)):
        yield limiter


@pytest.mark.django_db(transaction=True)
def test_nothing_is_said_inside_a_transaction(shop: Shop, watched: OutsideTransactions) -> None:
    for case in CASES:
        case.ask(shop)
    OutboxMessage.objects.update(attempts=1)  # so that each looks first, too

    send_outbox()

    assert set(OutboxMessage.objects.values_list("kind", "state")) == {
        (case.kind, State.DELIVERED) for case in CASES
    }
    assert watched.asked >= {"orders.list", "claims.list", "packages.update", "labels.create", "claims.issue"}


def test_wrong_credentials_stop_the_run_before_anything_else_is_tried(shop: Shop) -> None:
    order = kit.place(shop)
    tell_picking(order, kit.lines_of(order))
    tell_boxes(order, boxes=2, desi=Decimal(3), request="r1")

    with using(client_for(shop.sandbox, api_secret="wrong")):
        result = send_outbox()

    assert (result.stopped != "", result.later, shop.sandbox.violations["authentication.error"]) == (
        True,
        1,
        1,
    )
