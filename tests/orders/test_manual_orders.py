from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Variant
from gullu.errors import DomainError
from inventory.enums import StockState
from inventory.errors import InvalidQuantity
from inventory.models import Shelf
from inventory.selectors import availability
from orders.enums import Channel, EventKind, OrderSource, OrderState, PutBackState
from orders.manual_errors import (
    AlreadyPicked,
    AmountImpossible,
    BeingPicked,
    FormKeyMissing,
    MoreThanAvailable,
    NoArticles,
    NotManual,
    NotPickedYet,
    NotShipped,
)
from orders.models import Order, OrderLine, PickClaim, PutBack
from orders.services.cancelling import cancel_order, put_back
from orders.services.handing_over import hand_to_carrier, mark_delivered, mark_returned
from orders.services.manual import MadeOrder, Recipient, Terms, WantedLine, edit_order, make_order
from orders.services.picking import Pick, confirm_picking
from tests.factories import make_order as make_package
from tests.factories import make_product, make_shelf, make_user, make_variant, stock

pytestmark = pytest.mark.django_db

CUSTOMER = Recipient(
    name="Şule Nur Işık", phone="0532 000 00 00", address="Gül Sk. 5", district="Bornova", city="İzmir"
)


@pytest.fixture
def shelf() -> Shelf:
    return make_shelf("A-B-03")


@pytest.fixture
def boots(shelf: Shelf) -> Variant:
    variant = make_variant("8680000000017", product=make_product("0172", vat_rate=20), size="38")
    stock(variant, shelf, 5)
    return variant


def made(variant: Variant, quantity: int = 1, **fields: Any) -> MadeOrder:
    values: dict[str, Any] = {
        "request": "form-0001",
        "source": OrderSource.PHONE,
        "recipient": CUSTOMER,
        "lines": [WantedLine(variant_id=variant.pk, quantity=quantity, unit_price=Decimal("450.50"))],
        **fields,
    }
    return make_order(**values)


def order_of(result: MadeOrder) -> Order:
    return Order.objects.get(pk=result.order_id)


def free(variant: Variant) -> int:
    (row,) = availability([variant.barcode])
    return row.available


# --- making -----------------------------------------------------------------------------------------------------


def test_order_is_written_as_it_was_given(boots: Variant) -> None:
    user = make_user()
    until = timezone.now() + timedelta(days=1)
    terms = Terms(carrier="Aras", ship_by_at=until, collect_amount=Decimal("901.00"), note="Hediye paketi")

    order = order_of(made(boots, 2, terms=terms, user=user))

    assert (order.channel, order.source, order.status, order.package_id, order.payload) == (
        Channel.MANUAL,
        OrderSource.PHONE,
        OrderState.CREATED,
        None,
        {},
    )
    assert (order.customer_first_name, order.customer_last_name) == ("Şule Nur", "Işık")
    assert order.shipment_address == {
        "name": "Şule Nur Işık",
        "full_address": "Gül Sk. 5",
        "phone": "0532 000 00 00",
        "district": "Bornova",
        "city": "İzmir",
    }
    assert (order.total_amount, order.collect_amount, order.ship_by_at) == (
        Decimal("901.00"),
        Decimal("901.00"),
        until,
    )
    (line,) = order.lines.all()
    assert (line.line_id, line.variant, line.quantity, line.total, line.vat_rate, line.stock_state) == (
        1,
        boots,
        2,
        Decimal("901.00"),
        Decimal(20),
        StockState.RESERVED,
    )
    (event,) = order.events.all()
    assert (event.kind, event.actor) == (EventKind.RECEIVED, user)


def test_numbers_run_on_from_the_highest_there_is(boots: Variant) -> None:
    make_package([(boots, 1)], order_number="SP000041", channel=Channel.MANUAL, package_id=None)
    make_package([(boots, 1)], order_number="SPECIAL")
    make_package([(boots, 1)], order_number="SP9-9")

    numbers = [made(boots, request=f"form-000{n}", reserve_anyway=True).order_number for n in range(2)]

    assert numbers == ["SP000042", "SP000043"]


def test_same_form_sent_twice_makes_one_order(boots: Variant) -> None:
    first, second = made(boots, 2), made(boots, 2)

    assert (first.repeated, second.repeated) == (False, True)
    assert (second.order_id, second.order_number, second.pairs) == (first.order_id, first.order_number, 2)
    assert free(boots) == 3


def test_more_than_available_is_refused_and_names_both_figures(boots: Variant) -> None:
    make_package([(boots, 4)])

    with pytest.raises(MoreThanAvailable) as refusal:
        made(boots, 2)

    assert refusal.value.data == {"articles": "8680000000017: 2 / 1"}
    assert Order.objects.filter(channel=Channel.MANUAL).count() == 0


def test_reserving_anyway_lets_the_figure_go_below_zero(boots: Variant) -> None:
    made(boots, 7, reserve_anyway=True)

    assert free(boots) == -2


@pytest.mark.parametrize("quantity", [0, -1, 20_001])
def test_impossible_quantity_is_refused(boots: Variant, quantity: int) -> None:
    with pytest.raises(InvalidQuantity):
        made(boots, quantity)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"lines": []}, NoArticles),
        ({"request": ""}, FormKeyMissing),
        ({"terms": Terms(collect_amount=Decimal(-1))}, AmountImpossible),
        ({"terms": Terms(collect_amount=Decimal("1.005"))}, AmountImpossible),
    ],
)
def test_wrong_form_is_refused(boots: Variant, fields: dict[str, Any], refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        made(boots, **fields)


# --- its life ---------------------------------------------------------------------------------------------------


@pytest.fixture
def picked(boots: Variant, shelf: Shelf) -> Order:
    order = order_of(made(boots, 2))
    line = order.lines.get()
    confirm_picking(order_id=order.pk, picks=[Pick(line_id=line.pk, shelf_code=shelf.code, quantity=2)])
    order.refresh_from_db()
    return order


def test_picked_order_tells_no_marketplace(picked: Order) -> None:
    assert picked.status == OrderState.PICKING
    assert picked.outbox_messages.count() == 0


def test_order_goes_to_the_carrier_and_to_the_customer(picked: Order) -> None:
    user = make_user()

    hand_to_carrier(order_id=picked.pk, carrier="Aras Kargo", cargo_number=" 123 ", user=user)
    mark_delivered(order_id=picked.pk, user=user)

    picked.refresh_from_db()
    assert (picked.status, picked.cargo_provider, picked.cargo_tracking_number) == (
        OrderState.DELIVERED,
        "Aras Kargo",
        "123",
    )
    assert (picked.shipped_at is None, picked.delivered_at is None) == (False, False)
    sent = picked.events.get(kind=EventKind.SENT)
    assert (sent.to_status, sent.actor, sent.data) == (
        OrderState.SHIPPED,
        user,
        {"carrier": "Aras Kargo", "cargo_number": "123"},
    )


def test_repeating_a_step_changes_nothing(picked: Order) -> None:
    steps = [hand_to_carrier, hand_to_carrier, mark_delivered, mark_delivered, mark_returned, mark_returned]

    results = [step(order_id=picked.pk).repeated for step in steps]

    assert results == [False, True] * 3
    assert PutBack.objects.filter(line__order=picked).count() == 1


def test_order_that_was_not_picked_cannot_leave(boots: Variant) -> None:
    order = order_of(made(boots))

    with pytest.raises(NotPickedYet):
        hand_to_carrier(order_id=order.pk)
    with pytest.raises(NotShipped):
        mark_delivered(order_id=order.pk)
    with pytest.raises(NotShipped):
        mark_returned(order_id=order.pk)


def test_parcel_that_comes_back_is_put_back(picked: Order, boots: Variant, shelf: Shelf) -> None:
    hand_to_carrier(order_id=picked.pk)

    result = mark_returned(order_id=picked.pk, reason="adreste yok")

    (task,) = PutBack.objects.all()
    assert (result.to_put_back, task.quantity, task.reason) == (2, 2, PutBack.Reason.CAME_BACK)
    put_back(put_back_id=task.pk, shelf_code=shelf.code)
    assert free(boots) == 5


def test_cancelled_after_picking_becomes_a_put_back(picked: Order) -> None:
    cancel_order(order_id=picked.pk, reason="vazgeçti")

    assert PutBack.objects.get().state == PutBackState.WAITING
    assert picked.outbox_messages.count() == 0


@pytest.mark.parametrize("step", [hand_to_carrier, mark_delivered, mark_returned])
def test_marketplace_order_is_left_to_the_marketplace(boots: Variant, step: Any) -> None:
    order = make_package([(boots, 1)], status=OrderState.PICKING)

    with pytest.raises(NotManual):
        step(order_id=order.pk)


# --- changing ---------------------------------------------------------------------------------------------------


def edited(order: Order, *lines: WantedLine, **fields: Any) -> Any:
    values: dict[str, Any] = {"recipient": CUSTOMER, "terms": Terms(), **fields}
    return edit_order(order_id=order.pk, lines=lines, **values)


def wanted(variant: Variant, quantity: int, price: str = "450.50") -> WantedLine:
    return WantedLine(variant_id=variant.pk, quantity=quantity, unit_price=Decimal(price))


def test_articles_change_and_known_ones_keep_their_line(boots: Variant, shelf: Shelf) -> None:
    sandals, shoes = make_variant(), make_variant()
    stock(sandals, shelf, 3)
    stock(shoes, shelf, 3)
    order = order_of(made(boots, lines=[wanted(boots, 1), wanted(shoes, 1)]))
    kept = order.lines.get(variant=boots)

    result = edited(order, wanted(boots, 3, "400"), wanted(sandals, 2, "100"))

    order.refresh_from_db()
    lines = [(line.variant, line.line_id, line.quantity) for line in order.lines.order_by("line_id")]
    assert (result.changed, result.lines_changed) == ((), True)
    assert lines == [(boots, 1, 3), (sandals, 3, 2)]
    assert order.lines.get(variant=boots).pk == kept.pk
    assert order.total_amount == Decimal("1400.00")
    assert (free(boots), free(shoes), free(sandals)) == (2, 3, 1)
    event = order.events.get(kind=EventKind.LINES)
    assert event.data == {"articles_before": f"{boots.barcode} × 1, {shoes.barcode} × 1"}


def test_address_changes_without_touching_the_articles(boots: Variant) -> None:
    order = order_of(made(boots, 2))
    elsewhere = Recipient(name="Şule Nur Işık", phone="0532 000 00 00", address="Lale Sk. 1", city="Ankara")

    result = edited(order, wanted(boots, 2), recipient=elsewhere, terms=Terms(note="acele"))

    order.refresh_from_db()
    assert result.lines_changed is False
    assert set(result.changed) == {"district", "city", "shipment_address", "note"}
    assert (order.city, order.district, order.note) == ("Ankara", "", "acele")
    (event,) = order.events.filter(kind=EventKind.LINES)
    assert (len(event.data["changed"]), "Lale Sk. 1" in str(event.data)) == (4, False)


def test_what_an_order_has_reserved_counts_as_available_to_it(boots: Variant) -> None:
    order = order_of(made(boots, 5))

    assert edited(order, wanted(boots, 5, "1")).lines_changed is True
    with pytest.raises(MoreThanAvailable) as refusal:
        edited(order, wanted(boots, 6))
    assert refusal.value.data == {"articles": "8680000000017: 6 / 5"}


def test_oversold_order_may_be_made_smaller(boots: Variant) -> None:
    order = order_of(made(boots, 9, reserve_anyway=True))

    assert edited(order, wanted(boots, 8)).lines_changed is True
    assert free(boots) == -3


def test_order_in_somebodys_hand_keeps_its_articles(boots: Variant) -> None:
    order = order_of(made(boots))
    now = timezone.now()
    PickClaim.objects.create(
        order=order, user=make_user(), claimed_at=now, expires_at=now + timedelta(minutes=5)
    )

    with pytest.raises(BeingPicked):
        edited(order, wanted(boots, 2))
    assert edited(order, wanted(boots, 1), terms=Terms(note="acele")).changed == ("note",)


def test_picked_order_is_not_changed_any_more(picked: Order, boots: Variant) -> None:
    with pytest.raises(AlreadyPicked):
        edited(picked, wanted(boots, 2))


def test_marketplace_order_is_not_changed_here(boots: Variant) -> None:
    with pytest.raises(NotManual):
        edited(make_package([(boots, 1)]), wanted(boots, 2))


def test_changes_are_kept_in_the_history(boots: Variant) -> None:
    order = order_of(made(boots, 2))

    edited(order, wanted(boots, 1), terms=Terms(note="acele"))

    # As they were before the change.
    history = OrderLine.pgh_event_model.objects.filter(id=order.lines.get().pk)  # type: ignore[attr-defined]
    assert [row.quantity for row in history] == [2]
    assert Order.pgh_event_model.objects.filter(id=order.pk, note="").exists()  # type: ignore[attr-defined]
