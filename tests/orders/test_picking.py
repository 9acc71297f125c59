"""Confirming, cancelling, parking, putting back: every exit of each service."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.models import Variant
from integrations.models import OutboxMessage
from inventory.errors import InsufficientStock, InvalidQuantity, UnknownShelf
from inventory.models import CentralStock, RafUrun, Shelf, StockMovement
from orders.enums import Channel, OrderState, ParkReason, PutBackState
from orders.errors import (
    AlreadyParked,
    IncompletePick,
    NotCancellable,
    NothingMissed,
    NotParked,
    OrderClosed,
    OrderIsParked,
    OrderNotFound,
    OrderUnpaid,
    PutBackClosed,
    ReasonRequired,
    UnknownOrderBarcode,
    UnknownPickLine,
)
from orders.models import Order, OrderPicking, PutBack
from orders.services import (
    Pick,
    PickOutcome,
    cancel_order,
    confirm_picking,
    park_order,
    put_back,
    settle_missed_pick,
    unpark_order,
)
from orders.services.status import Move, set_status
from tests.factories import make_order, make_shelf, make_user, make_variant, stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def near() -> Shelf:
    return make_shelf("A-B-03", route_order=1)


@pytest.fixture
def boots(near: Shelf) -> Variant:
    variant = make_variant("8680000000017")
    stock(variant, near, 2)
    stock(variant, make_shelf("A-B-09", route_order=9), 4)
    return variant


def on_shelves(variant: Variant) -> dict[str, int]:
    return dict(RafUrun.objects.filter(variant=variant).values_list("shelf__code", "adet"))


def test_confirming_lowers_shelf_and_centre_together_and_tells_the_marketplace(boots: Variant) -> None:
    order, user = make_order([(boots, 1)]), make_user()
    line = order.lines.get()
    before = CentralStock.objects.get(variant=boots).updated_at

    result = confirm_picking(order_id=order.pk, user=user, picks=[Pick(line_id=line.pk, shelf_code="A-B-03")])

    assert (result.outcome, result.pairs, result.scanned) == (PickOutcome.CONFIRMED, 1, True)
    central = CentralStock.objects.get(variant=boots)
    assert (central.qty, on_shelves(boots)) == (5, {"A-B-03": 1, "A-B-09": 4})
    assert central.updated_at > before
    picked = OrderPicking.objects.get()
    assert (picked.pk, picked.picked_by) == (order.pk, user)
    message = OutboxMessage.objects.get()
    assert (message.kind, message.order, message.body) == (
        "PICKING",
        order,
        {"lines": [{"line_id": line.line_id, "quantity": 1}]},
    )
    event = order.events.get(kind="PICKED")
    assert (event.actor, event.from_status, event.to_status, event.data["scanned"]) == (
        user,
        "CREATED",
        "PICKING",
        True,
    )


def test_confirming_again_is_harmless(boots: Variant) -> None:
    order = make_order([(boots, 1)])
    confirm_picking(order_id=order.pk)

    again = confirm_picking(order_id=order.pk)

    assert (again.outcome, again.pairs) == (PickOutcome.ALREADY_PICKED, 0)
    assert CentralStock.objects.get(variant=boots).qty == 5
    assert OutboxMessage.objects.count() == 1


def test_only_the_scanned_shelf_is_used_even_when_another_is_fuller(boots: Variant) -> None:
    order = make_order([(boots, 2)])
    line = order.lines.get()

    confirm_picking(order_id=order.pk, picks=[Pick(line_id=line.pk, shelf_code="A-B-03", quantity=2)])

    assert on_shelves(boots) == {"A-B-03": 0, "A-B-09": 4}


def test_a_line_may_be_taken_from_two_shelves(boots: Variant) -> None:
    order = make_order([(boots, 5)])
    line = order.lines.get()

    confirm_picking(
        order_id=order.pk,
        picks=[
            Pick(line_id=line.pk, shelf_code="A-B-03", quantity=2),
            Pick(line_id=line.pk, shelf_code="A-B-09", quantity=3),
        ],
    )

    assert on_shelves(boots) == {"A-B-03": 0, "A-B-09": 1}
    assert sorted(StockMovement.objects.filter(kind="PICK").values_list("key", "delta")) == [
        (f"pick:{line.pk}", -2),
        (f"pick:{line.pk}:2", -3),
    ]


def test_without_scans_the_fullest_shelf_is_used_and_that_is_recorded(boots: Variant) -> None:
    order = make_order([(boots, 5)])

    result = confirm_picking(order_id=order.pk)

    assert result.scanned is False
    assert on_shelves(boots) == {"A-B-03": 1, "A-B-09": 0}
    assert set(StockMovement.objects.filter(kind="PICK").values_list("reason", flat=True)) == {"not scanned"}


def test_packing_more_than_there_is_fails_whole_and_names_the_numbers(boots: Variant, near: Shelf) -> None:
    other = make_variant("8680000000024")
    stock(other, near, 9)
    order = make_order([(other, 1), (boots, 7)])

    with pytest.raises(InsufficientStock) as caught:
        confirm_picking(order_id=order.pk)

    assert caught.value.data == {"barcode": "8680000000017", "shelf": "—", "wanted": 7, "there": 6}
    assert CentralStock.objects.get(variant=other).qty == 9
    assert Order.objects.get(pk=order.pk).status == OrderState.CREATED
    assert OutboxMessage.objects.count() == 0


@pytest.mark.parametrize(
    ("picks", "error"),
    [
        ([{"shelf_code": "A-B-03", "quantity": 1}], IncompletePick),
        ([{"shelf_code": "A-B-09", "quantity": 3}], IncompletePick),
        ([], IncompletePick),
        ([{"shelf_code": "Z-Z-99", "quantity": 2}], UnknownShelf),
        ([{"shelf_code": "A-B-03", "quantity": 0}], InvalidQuantity),
        ([{"shelf_code": "A-B-03", "quantity": -2}], InvalidQuantity),
        ([{"shelf_code": "A-B-03", "quantity": 2, "line_id": 0}], UnknownPickLine),
        ([{"shelf_code": "MAL-KABUL", "quantity": 2}], InsufficientStock),
    ],
)
def test_picks_that_do_not_fit_are_refused_and_nothing_is_written(
    boots: Variant, picks: list[dict[str, Any]], error: type[Exception]
) -> None:
    make_shelf("MAL-KABUL")
    order = make_order([(boots, 2)])
    line = order.lines.get()
    given = [Pick(**{"line_id": line.pk, **pick}) for pick in picks]

    with pytest.raises(error):
        confirm_picking(order_id=order.pk, picks=given)

    assert on_shelves(boots) == {"A-B-03": 2, "A-B-09": 4}
    assert Order.objects.get(pk=order.pk).status == OrderState.CREATED


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"status": OrderState.SHIPPED}, OrderClosed),
        ({"status": OrderState.CANCELLED}, OrderClosed),
        ({"payment_pending": True}, OrderUnpaid),
        ({"parked": True}, OrderIsParked),
    ],
)
def test_an_order_that_is_not_ready_cannot_be_confirmed(
    boots: Variant, fields: dict[str, Any], error: type[Exception]
) -> None:
    order = make_order([(boots, 1)], **fields)

    with pytest.raises(error) as caught:
        confirm_picking(order_id=order.pk)

    assert order.order_number in str(caught.value)


def test_an_order_with_an_unknown_barcode_cannot_be_confirmed() -> None:
    order = make_order([("8680000009999", 1)])

    with pytest.raises(UnknownOrderBarcode) as caught:
        confirm_picking(order_id=order.pk)

    assert "8680000009999" in str(caught.value)


def test_an_order_that_does_not_exist_is_named() -> None:
    with pytest.raises(OrderNotFound) as caught:
        confirm_picking(order_id=987654321)

    assert "987654321" in str(caught.value)


def test_a_missed_pick_is_settled_by_a_scan_and_the_state_stays(boots: Variant) -> None:
    from inventory.enums import StockState

    order = make_order([(boots, 1)], status=OrderState.SHIPPED, stock_state=StockState.RESERVED)
    line = order.lines.get()

    settle_missed_pick(order_id=order.pk, picks=[Pick(line_id=line.pk, shelf_code="A-B-03")])

    assert Order.objects.get(pk=order.pk).status == OrderState.SHIPPED
    assert CentralStock.objects.get(variant=boots).qty == 5
    assert Order.objects.missed_picks().count() == 0
    with pytest.raises(NothingMissed):
        settle_missed_pick(order_id=order.pk)


def test_a_new_order_is_no_missed_pick(boots: Variant) -> None:
    order = make_order([(boots, 1)])

    with pytest.raises(NothingMissed):
        settle_missed_pick(order_id=order.pk)


def test_cancelling_a_new_order_frees_it_and_tells_the_marketplace(boots: Variant) -> None:
    order, user = make_order([(boots, 2)]), make_user()

    result = cancel_order(order_id=order.pk, reason="hasarlı kutu", user=user)

    assert (result.released, result.to_put_back, result.repeated) == (2, 0, False)
    message = OutboxMessage.objects.get()
    assert (message.kind, message.body["reason_id"]) == ("UNSUPPLIED", 500)
    assert order.events.get(kind="CANCELLED").actor == user
    assert cancel_order(order_id=order.pk, reason="hasarlı kutu").repeated
    assert OutboxMessage.objects.count() == 1


def test_cancelling_a_picked_order_asks_for_its_goods_back(boots: Variant) -> None:
    order = make_order([(boots, 2)])
    confirm_picking(order_id=order.pk)

    result = cancel_order(order_id=order.pk, reason="müşteri aradı")

    assert (result.released, result.to_put_back) == (0, 2)
    task = PutBack.objects.get()
    done = put_back(put_back_id=task.pk, shelf_code="a=b=03", user=make_user())
    assert (done.shelf_code, done.quantity, done.repeated) == ("A-B-03", 2, False)
    assert CentralStock.objects.get(variant=boots).qty == 6
    assert put_back(put_back_id=task.pk, shelf_code="A-B-03").repeated
    with pytest.raises(PutBackClosed):
        put_back(put_back_id=task.pk, shelf_code="A-B-09")
    assert CentralStock.objects.get(variant=boots).qty == 6


def test_a_put_back_that_does_not_exist_is_named() -> None:
    make_shelf("A-B-03")

    with pytest.raises(PutBackClosed) as caught:
        put_back(put_back_id=424242, shelf_code="A-B-03")

    assert "424242" in str(caught.value)


def test_a_voided_put_back_cannot_be_done(boots: Variant) -> None:
    order = make_order([(boots, 1)])
    confirm_picking(order_id=order.pk)
    cancel_order(order_id=order.pk, reason="x")
    PutBack.objects.update(state=PutBackState.VOID)

    with pytest.raises(PutBackClosed):
        put_back(put_back_id=PutBack.objects.get().pk, shelf_code="A-B-03")


def test_cancelling_needs_a_reason_and_an_order_that_is_still_here(boots: Variant) -> None:
    with pytest.raises(ReasonRequired):
        cancel_order(order_id=make_order([(boots, 1)]).pk, reason=" ")
    with pytest.raises(NotCancellable):
        cancel_order(order_id=make_order([(boots, 1)], status=OrderState.SHIPPED).pk, reason="x")
    with pytest.raises(ValueError, match="503"):
        cancel_order(order_id=make_order([(boots, 1)]).pk, reason="x", reason_id=503)
    assert OutboxMessage.objects.count() == 0


def test_a_manual_order_is_never_announced(boots: Variant) -> None:
    order = make_order([(boots, 1)], channel=Channel.MANUAL, package_id=None)

    confirm_picking(order_id=order.pk)

    assert OutboxMessage.objects.count() == 0


def test_parking_and_taking_out(boots: Variant) -> None:
    order = make_order([(boots, 1)])

    parked = park_order(order_id=order.pk, reason=ParkReason.PRODUCT, note="dikiş açık")
    assert (parked.parked, parked.park_reason, parked.park_note) == (True, "PRODUCT", "dikiş açık")
    with pytest.raises(AlreadyParked):
        park_order(order_id=order.pk, reason=ParkReason.PRODUCT)

    unpark_order(order_id=order.pk)
    assert list(order.events.order_by("pk").values_list("kind", flat=True)) == ["PARKED", "UNPARKED"]
    with pytest.raises(NotParked):
        unpark_order(order_id=order.pk)


@pytest.mark.parametrize(("reason", "note"), [("NO_SUCH", ""), ("OTHER", " ")])
def test_parking_needs_a_known_reason_and_other_needs_words(boots: Variant, reason: str, note: str) -> None:
    with pytest.raises(ReasonRequired):
        park_order(order_id=make_order([(boots, 1)]).pk, reason=reason, note=note)


def test_a_shipped_order_cannot_be_parked(boots: Variant) -> None:
    with pytest.raises(OrderClosed):
        park_order(order_id=make_order([(boots, 1)], status=OrderState.SHIPPED).pk, reason="NO_STOCK")


def test_an_illegal_move_is_refused_before_anything_is_written(boots: Variant) -> None:
    from django.utils import timezone

    from orders.errors import IllegalMove
    from orders.models import OrderEvent

    order = make_order([(boots, 1)], status=OrderState.DELIVERED)
    move = Move(order=order, to=OrderState.CREATED, at=timezone.now(), source=OrderEvent.Source.HERE)

    with pytest.raises(IllegalMove):
        set_status([move])

    assert (Order.objects.get(pk=order.pk).status, OrderEvent.objects.count()) == (OrderState.DELIVERED, 0)


def test_confirming_takes_a_constant_number_of_statements(
    django_assert_max_num_queries: Any, near: Shelf
) -> None:
    variants = [make_variant() for _number in range(5)]
    for variant in variants:
        stock(variant, near, 2)
    order = make_order([(variant, 1) for variant in variants])

    with django_assert_max_num_queries(22):  # two are the savepoint of the test's own transaction
        confirm_picking(order_id=order.pk)
