from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from catalog.models import Variant
from gullu.labels.kinds import LabelKind
from gullu.labels.services import default_template
from gullu.models import User
from inventory.enums import MovementKind, StockState
from inventory.errors import ClosedShelf, UnknownShelf
from inventory.models import Shelf, StockMovement
from inventory.selectors import availability
from orders.enums import (
    Disposition,
    EventKind,
    ExchangeReason,
    ExchangeState,
    OrderSource,
    OrderState,
)
from orders.errors import NotCancellable, ReasonRequired
from orders.exchange_errors import (
    ExchangeOver,
    ExchangeSettled,
    FirstOrderHere,
    NothingToExchange,
    OtherArticle,
    ReturnNumberMissing,
)
from orders.exchange_selectors import exchangeable, expected
from orders.labels import LabelOfWaitingExchange, cargo_labels, order_slips
from orders.manual_errors import ExchangedArticlesStay
from orders.models import Exchange, Order, OrderLine, PutBack
from orders.services.cancelling import cancel_order
from orders.services.exchanges import (
    OpenedExchange,
    Wish,
    cancel_exchange,
    note_return_number,
    open_exchange,
    send_without_number,
    take_in,
)
from orders.services.handing_over import hand_to_carrier, mark_delivered, mark_returned
from orders.services.manual import Recipient, Terms, WantedLine, edit_order
from orders.services.picking import confirm_picking
from tests.factories import make_order, make_product, make_shelf, make_user, make_variant, stock

pytestmark = pytest.mark.django_db

CUSTOMER = Recipient(name="Ayşe Yılmaz", address="Gül Sk. 5", city="İzmir")


@pytest.fixture
def shelf() -> Shelf:
    return make_shelf("A-B-03")


@pytest.fixture
def small() -> Variant:
    return make_variant("8680000000017", product=make_product("0172"), size="37")


@pytest.fixture
def large(small: Variant, shelf: Shelf) -> Variant:
    variant = make_variant("8680000000024", product=small.product, size="38")
    stock(variant, shelf, 3)
    return variant


@pytest.fixture
def line(small: Variant) -> OrderLine:
    order = make_order([(small, 2)], status=OrderState.DELIVERED, order_number="10452345678")
    return order.lines.get()


@pytest.fixture
def boss() -> User:
    return make_user()


def opened(line: OrderLine, new: Variant, **fields: Any) -> OpenedExchange:
    wish = {
        "old_variant_id": line.variant_id,
        "new_variant_id": new.pk,
        "reason": ExchangeReason.TOO_SMALL,
        "line_id": line.pk,
        **fields.pop("wish", {}),
    }
    return open_exchange(**{"request": "form-0001", "wish": Wish(**wish), "recipient": CUSTOMER, **fields})


def exchange_of(result: OpenedExchange) -> Exchange:
    return Exchange.objects.select_related("new_order").get(pk=result.exchange_id)


def state(result: OpenedExchange) -> str:
    return exchange_of(result).state


def free(variant: Variant) -> int:
    (row,) = availability([variant.barcode])
    return row.available


def lying(variant: Variant) -> dict[str, int]:
    return dict(variant.shelf_stock.filter(adet__gt=0).values_list("shelf__code", "adet"))


# --- opening ----------------------------------------------------------------------------------------------------


def test_opening_reserves_the_new_pair_in_an_order_of_its_own(line: OrderLine, large: Variant) -> None:
    user = make_user()

    result = opened(line, large, terms=Terms(collect_amount=Decimal("49.90")), user=user)

    exchange = exchange_of(result)
    order = exchange.new_order
    assert (exchange.state, exchange.order_number, exchange.old_variant, exchange.created_by) == (
        ExchangeState.WAITING,
        "10452345678",
        line.variant,
        user,
    )
    assert (order.source, order.status, order.customer_name, order.collect_amount, order.total_amount) == (
        OrderSource.EXCHANGE,
        OrderState.CREATED,
        "Ayşe Yılmaz",
        Decimal("49.90"),
        Decimal("49.90"),
    )
    assert (order.lines.get().variant, free(large)) == (large, 2)
    told = order.events.get(kind=EventKind.EXCHANGE), line.order.events.get(kind=EventKind.EXCHANGE)
    assert {event.data["new_order"] for event in told} == {order.order_number}


def test_exchange_with_a_known_return_number_does_not_wait(line: OrderLine, large: Variant) -> None:
    result = opened(line, large, return_tracking_number=" 7280001 ", return_carrier="Aras")

    exchange = exchange_of(result)
    assert (exchange.state, exchange.return_tracking_number) == (ExchangeState.CREATED, "7280001")


def test_exchange_by_hand_needs_no_order(small: Variant, large: Variant) -> None:
    wish = Wish(
        old_variant_id=small.pk, new_variant_id=large.pk, reason="SPECIAL", order_number=" mağaza fişi 12 "
    )

    result = open_exchange(request="form-0001", wish=wish, recipient=CUSTOMER)

    exchange = exchange_of(result)
    assert (exchange.line, exchange.order_number) == (None, "mağaza fişi 12")


def test_same_form_opens_one_exchange(line: OrderLine, large: Variant) -> None:
    first, second = opened(line, large), opened(line, large)

    assert (second.exchange_id, second.repeated, free(large)) == (first.exchange_id, True, 2)


def test_no_more_pairs_are_exchanged_than_were_bought(line: OrderLine, large: Variant) -> None:
    opened(line, large, request="form-0001")
    gone = opened(line, large, request="form-0002")

    with pytest.raises(NothingToExchange) as refusal:
        opened(line, large, request="form-0003")
    assert refusal.value.data["left"] == 0
    assert free(large) == 1

    cancel_exchange(exchange_id=gone.exchange_id, reason="vazgeçti")
    assert opened(line, large, request="form-0004").repeated is False


def test_order_that_did_not_leave_is_not_exchanged(small: Variant, large: Variant) -> None:
    line = make_order([(small, 1)]).lines.get()

    with pytest.raises(FirstOrderHere):
        opened(line, large)
    assert Order.objects.filter(source=OrderSource.EXCHANGE).count() == 0


def test_other_sizes_with_stock_are_offered(line: OrderLine, large: Variant, shelf: Shelf) -> None:
    make_variant(product=large.product, size="36")
    stock(make_variant(product=large.product, size="38", colour="Bej"), shelf, 5)
    make_order([(large, 1)])

    lines = list(OrderLine.objects.select_related("variant__product").filter(pk=line.pk))
    (row,) = exchangeable(lines)

    assert [(offer.barcode, offer.size, offer.available) for offer in row.instead] == [
        (large.barcode, "38", 2)
    ]
    assert row.left == 2


# --- the new pair -----------------------------------------------------------------------------------------------


def test_state_follows_the_new_order(line: OrderLine, large: Variant) -> None:
    result = opened(line, large, return_tracking_number="7280001")

    confirm_picking(order_id=result.order_id)
    seen = [state(result)]
    hand_to_carrier(order_id=result.order_id)
    seen.append(state(result))
    mark_delivered(order_id=result.order_id)
    seen.append(state(result))

    assert seen == [ExchangeState.PROCESSING, ExchangeState.SHIPPED, ExchangeState.DELIVERED]
    assert exchange_of(result).closed_at is None


def test_new_pair_stays_until_the_return_number_is_known(line: OrderLine, large: Variant) -> None:
    result = opened(line, large)
    confirm_picking(order_id=result.order_id)

    with pytest.raises(ReturnNumberMissing):
        hand_to_carrier(order_id=result.order_id)
    assert (state(result), Order.objects.get(pk=result.order_id).status) == (
        ExchangeState.PROCESSING,
        OrderState.PICKING,
    )

    note_return_number(exchange_id=result.exchange_id, number="7280001")
    assert hand_to_carrier(order_id=result.order_id).repeated is False
    assert state(result) == ExchangeState.SHIPPED


def test_cargo_label_waits_for_the_return_number_too(line: OrderLine, large: Variant) -> None:
    result = opened(line, large)
    design = default_template(LabelKind.CARGO_MANUAL).design()

    with pytest.raises(LabelOfWaitingExchange):
        cargo_labels([result.order_id], design)
    assert list(order_slips([result.order_id], default_template(LabelKind.SLIP).design())) == [
        result.order_id
    ]
    note_return_number(exchange_id=result.exchange_id, number="7280001")
    assert list(cargo_labels([result.order_id], design)) == [result.order_id]


def test_number_that_arrives_ends_the_waiting(line: OrderLine, large: Variant) -> None:
    result = opened(line, large)

    note_return_number(exchange_id=result.exchange_id, number=" 7280001 ", carrier="Aras")
    note_return_number(exchange_id=result.exchange_id, number="7280001", carrier="Aras")

    exchange = exchange_of(result)
    assert (exchange.state, exchange.return_tracking_number) == (ExchangeState.PROCESSING, "7280001")
    events = exchange.new_order.events.filter(kind=EventKind.EXCHANGE, data__return_number="7280001")
    assert events.count() == 1


def test_number_is_needed_to_be_entered(line: OrderLine, large: Variant) -> None:
    with pytest.raises(ReasonRequired):
        note_return_number(exchange_id=opened(line, large).exchange_id, number=" ")


def test_override_is_recorded_with_person_and_reason(line: OrderLine, large: Variant, boss: User) -> None:
    result = opened(line, large)
    with pytest.raises(ReasonRequired):
        send_without_number(exchange_id=result.exchange_id, reason=" ", user=boss)

    send_without_number(exchange_id=result.exchange_id, reason="eski müşteri", user=boss)
    confirm_picking(order_id=result.order_id)
    hand_to_carrier(order_id=result.order_id)

    exchange = exchange_of(result)
    assert (exchange.state, exchange.override_reason, exchange.override_by) == (
        ExchangeState.SHIPPED,
        "eski müşteri",
        boss,
    )
    assert exchange.override_at is not None
    event = exchange.new_order.events.get(data__sent_without_number="eski müşteri")
    assert event.actor == boss


def test_override_comes_too_late_for_what_has_left(line: OrderLine, large: Variant, boss: User) -> None:
    result = opened(line, large, return_tracking_number="1")
    cancel_exchange(exchange_id=result.exchange_id, reason="vazgeçti")

    with pytest.raises(ExchangeOver):
        send_without_number(exchange_id=result.exchange_id, reason="olsun", user=boss)


def test_articles_of_an_exchange_stay(line: OrderLine, large: Variant, small: Variant) -> None:
    result = opened(line, large)
    new = [WantedLine(variant_id=small.pk, quantity=1, unit_price=Decimal(0))]

    with pytest.raises(ExchangedArticlesStay):
        edit_order(order_id=result.order_id, recipient=CUSTOMER, terms=Terms(), lines=new)


@pytest.mark.parametrize("picked", [False, True])
def test_cancelling_frees_the_new_pair(line: OrderLine, large: Variant, picked: bool) -> None:
    result = opened(line, large)
    if picked:
        confirm_picking(order_id=result.order_id)

    cancel_exchange(exchange_id=result.exchange_id, reason="vazgeçti")

    exchange = exchange_of(result)
    assert (exchange.state, exchange.new_order.status) == (ExchangeState.CANCELLED, OrderState.CANCELLED)
    assert exchange.closed_at is not None
    assert PutBack.objects.count() == picked
    assert exchange.new_order.lines.get().stock_state == (
        StockState.DEDUCTED if picked else StockState.RELEASED
    )


def test_exchange_is_cancelled_with_its_order_whoever_cancels_it(line: OrderLine, large: Variant) -> None:
    result = opened(line, large)

    cancel_order(order_id=result.order_id, reason="bulunamadı")

    assert state(result) == ExchangeState.CANCELLED


def test_new_pair_that_left_cannot_be_cancelled(line: OrderLine, large: Variant) -> None:
    result = opened(line, large, return_tracking_number="1")
    confirm_picking(order_id=result.order_id)
    hand_to_carrier(order_id=result.order_id)

    with pytest.raises(NotCancellable):
        cancel_exchange(exchange_id=result.exchange_id, reason="vazgeçti")
    mark_returned(order_id=result.order_id)
    assert state(result) == ExchangeState.CANCELLED


def test_new_pair_that_comes_back_after_delivery_leaves_the_exchange_delivered(
    line: OrderLine, large: Variant
) -> None:
    result = opened(line, large, return_tracking_number="1")
    confirm_picking(order_id=result.order_id)
    hand_to_carrier(order_id=result.order_id)
    mark_delivered(order_id=result.order_id)

    mark_returned(order_id=result.order_id)

    assert state(result) == ExchangeState.DELIVERED


# --- the old pair -----------------------------------------------------------------------------------------------


@pytest.fixture
def running(line: OrderLine, large: Variant) -> OpenedExchange:
    return opened(line, large, return_tracking_number="7280001", wish={"quantity": 2})


def test_old_pair_goes_on_a_shelf(running: OpenedExchange, small: Variant, shelf: Shelf) -> None:
    user = make_user()

    taken = take_in(exchange_id=running.exchange_id, barcode=small.barcode, shelf_code="a=b=03", user=user)

    exchange = exchange_of(running)
    assert (taken.shelf_code, taken.quantity, taken.repeated, lying(small)) == (
        "A-B-03",
        2,
        False,
        {"A-B-03": 2},
    )
    assert (exchange.disposition, exchange.shelf, exchange.returned_by) == (
        Disposition.RESTOCKED,
        shelf,
        user,
    )
    movement = StockMovement.objects.get(variant=small)
    assert (movement.kind, movement.delta, movement.key, movement.reference, movement.actor) == (
        MovementKind.RETURN,
        2,
        f"exchange:{exchange.pk}",
        f"exchange:{exchange.pk}",
        user,
    )


def test_old_pair_that_cannot_be_sold_is_written_off(running: OpenedExchange, small: Variant) -> None:
    with pytest.raises(ReasonRequired):
        take_in(exchange_id=running.exchange_id, barcode=small.barcode, shelf_code=None)

    take_in(exchange_id=running.exchange_id, barcode=small.barcode, shelf_code=None, reason="giyilmiş")

    rows = StockMovement.objects.filter(variant=small).order_by("pk")
    key = f"exchange:{running.exchange_id}"
    assert [(row.kind, row.delta, row.key, row.shelf.code, row.reference, row.reason) for row in rows] == [
        (MovementKind.RETURN, 2, key, "MAL-KABUL", key, "giyilmiş"),
        (MovementKind.WRITE_OFF, -2, f"{key}:off", "MAL-KABUL", key, "giyilmiş"),
    ]
    assert (exchange_of(running).disposition, lying(small)) == (Disposition.WRITTEN_OFF, {})


def test_taking_in_again_changes_nothing_and_elsewhere_is_refused(
    running: OpenedExchange, small: Variant, shelf: Shelf
) -> None:
    make_shelf("A-B-04")
    take = {"exchange_id": running.exchange_id, "barcode": small.barcode}
    take_in(**take, shelf_code="A-B-03")

    assert take_in(**take, shelf_code="A-B-03").repeated is True
    with pytest.raises(ExchangeSettled):
        take_in(**take, shelf_code="A-B-04")
    with pytest.raises(ExchangeSettled):
        take_in(**take, shelf_code=None, reason="giyilmiş")
    assert lying(small) == {"A-B-03": 2}


def test_other_article_in_the_parcel_is_not_booked(
    running: OpenedExchange, large: Variant, shelf: Shelf
) -> None:
    for barcode in (large.barcode, "nobody-knows", ""):
        with pytest.raises(OtherArticle):
            take_in(exchange_id=running.exchange_id, barcode=barcode, shelf_code=shelf.code)
    assert exchange_of(running).disposition == ""


def test_shelf_must_be_there_and_open(running: OpenedExchange, small: Variant) -> None:
    make_shelf("A-C-01", active=False)

    with pytest.raises(UnknownShelf):
        take_in(exchange_id=running.exchange_id, barcode=small.barcode, shelf_code="A-Z-99")
    with pytest.raises(ClosedShelf):
        take_in(exchange_id=running.exchange_id, barcode=small.barcode, shelf_code="A-C-01")


@pytest.mark.parametrize("first", ["parcel", "delivery"])
def test_exchange_closes_when_both_ends_are_done(
    running: OpenedExchange, small: Variant, shelf: Shelf, first: str
) -> None:
    confirm_picking(order_id=running.order_id)
    hand_to_carrier(order_id=running.order_id)
    steps = [
        lambda: take_in(exchange_id=running.exchange_id, barcode=small.barcode, shelf_code=shelf.code),
        lambda: mark_delivered(order_id=running.order_id),
    ]
    one, other = steps if first == "parcel" else reversed(steps)

    one()
    assert exchange_of(running).closed_at is None
    other()
    assert exchange_of(running).closed_at is not None


def test_parcel_is_found_by_number_order_and_barcode(running: OpenedExchange, small: Variant) -> None:
    found = {
        text: [exchange.pk for exchange in expected(text)]
        for text in ("7280001", running.order_number, "10452345678", small.barcode, "8680000000099", "")
    }

    wanted = [running.exchange_id]
    assert found == {
        "7280001": wanted,
        running.order_number: wanted,
        "10452345678": wanted,
        small.barcode: wanted,
        "8680000000099": [],
        "": [],
    }


def test_settled_parcel_is_not_expected_any_more(
    running: OpenedExchange, small: Variant, shelf: Shelf
) -> None:
    take_in(exchange_id=running.exchange_id, barcode=small.barcode, shelf_code=shelf.code)

    assert expected("7280001") == []
