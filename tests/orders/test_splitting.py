"""Breaking an order up: asked of the marketplace, or done here for orders of our own."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from catalog.models import Variant
from gullu.errors import DomainError
from integrations.models import OutboxMessage
from inventory.selectors import availability
from orders.enums import Channel, EventKind, OrderState
from orders.errors import (
    AlreadySplitting,
    NothingToSplit,
    NotSplittable,
    NotSplitting,
    OrderBeingSplit,
    SplitBeyondLine,
    UnknownPickLine,
)
from orders.models import Order
from orders.services import (
    ask_split,
    cancel_order,
    confirm_picking,
    end_split,
    give_up_split,
    release_unreplaced,
)
from tests.factories import make_order, make_shelf, make_user, make_variant, stock
from tests.orders.incoming import START, apply, line, package, stock_states, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def boots() -> Variant:
    variant = make_variant("8680000000017")
    stock(variant, make_shelf("A-B-03"), 5)
    return variant


def reserved(variant: Variant) -> int:
    return availability([variant.barcode])[0].reserved


def test_a_marketplace_order_waits_for_its_parcels(boots: Variant) -> None:
    apply(package(10, line(boots.barcode, 3, line_id=7)))
    order = stored(10)
    user = make_user()

    asked = ask_split(order_id=order.pk, groups=[{order.lines.get().pk: 1}], user=user)

    order.refresh_from_db()
    message = OutboxMessage.objects.get(kind="SPLIT")
    assert (asked.parcels, asked.waiting, asked.children) == (2, True, ())
    assert order.split_asked_at is not None
    assert message.body == {"groups": [[{"line_id": 7, "quantity": 1}]]}
    assert (message.written_by, message.order) == (user, order)
    assert not Order.objects.to_prepare().exists()
    assert reserved(boots) == 3


@pytest.mark.parametrize(
    "act", [confirm_picking, lambda order_id: cancel_order(order_id=order_id, reason="x")]
)
def test_nothing_else_happens_to_an_order_that_is_being_split(boots: Variant, act: object) -> None:
    apply(package(10, line(boots.barcode, 2)))
    order = stored(10)
    ask_split(order_id=order.pk, groups=[{order.lines.get().pk: 1}])

    with pytest.raises(OrderBeingSplit):
        act(order_id=order.pk)  # type: ignore[operator]

    assert reserved(boots) == 2


def test_a_refused_split_brings_the_order_back_and_can_be_asked_again(boots: Variant) -> None:
    apply(package(10, line(boots.barcode, 2)))
    order = stored(10)
    groups = [{order.lines.get().pk: 1}]
    ask_split(order_id=order.pk, groups=groups)

    end_split(order_id=order.pk, reason="Paket bölünemez")
    end_split(order_id=order.pk, reason="Paket bölünemez")
    assert list(Order.objects.to_prepare()) == [order]
    ask_split(order_id=order.pk, groups=groups)

    assert OutboxMessage.objects.filter(kind="SPLIT").count() == 2
    assert order.events.filter(kind=EventKind.SPLIT_ENDED).count() == 1


def test_giving_up_a_split_that_nobody_asked_for_is_refused() -> None:
    with pytest.raises(NotSplitting):
        give_up_split(order_id=make_order([(make_variant(), 1)]).pk)


def test_what_cannot_be_split_is_refused_and_nothing_is_written(boots: Variant) -> None:
    apply(package(10, line(boots.barcode, 2)))
    order = stored(10)
    pk = order.lines.get().pk
    wrong: list[tuple[list[dict[int, int]], type[DomainError]]] = [
        ([{pk: 2}], NothingToSplit),
        ([], NothingToSplit),
        ([{pk: 1}, {pk: 2}], SplitBeyondLine),
        ([{pk + 1000: 1}], UnknownPickLine),
    ]

    for groups, error in wrong:
        with pytest.raises(error):
            ask_split(order_id=order.pk, groups=groups)

    order.refresh_from_db()
    assert order.split_asked_at is None
    assert not OutboxMessage.objects.exists()


def test_a_split_is_asked_for_once_and_only_of_open_orders(boots: Variant) -> None:
    apply(package(10, line(boots.barcode, 2)), package(11, line(boots.barcode, 2), state=OrderState.SHIPPED))
    first, gone = stored(10), stored(11)
    ask_split(order_id=first.pk, groups=[{first.lines.get().pk: 1}])

    with pytest.raises(AlreadySplitting):
        ask_split(order_id=first.pk, groups=[{first.lines.get().pk: 1}])
    with pytest.raises(NotSplittable):
        ask_split(order_id=gone.pk, groups=[{gone.lines.get().pk: 1}])


def test_pairs_stay_promised_until_the_parcels_of_a_split_are_here(boots: Variant) -> None:
    """The marketplace shows the dead package first; selling its pairs in between would sell them twice."""
    apply(package(10, line(boots.barcode, 3, line_id=1)))
    order = stored(10)
    ask_split(order_id=order.pk, groups=[{order.lines.get().pk: 1}])
    dead = package(
        10, line(boots.barcode, 3, line_id=1), minute=5, state=OrderState.CANCELLED, superseded=True
    )

    apply(dead)
    assert (reserved(boots), stock_states(10)) == (3, {1: "RESERVED"})
    apply(package(11, line(boots.barcode, 1, line_id=1), minute=6, origin_package_ids=(10,)))
    assert stock_states(10) == {1: "RESERVED"}
    apply(package(12, line(boots.barcode, 2, line_id=1), minute=6, origin_package_ids=(10,)))

    order.refresh_from_db()
    assert (reserved(boots), stock_states(10)) == (3, {1: "RELEASED"})
    assert order.split_asked_at is None
    assert sorted(o.marketplace_package for o in Order.objects.to_prepare()) == [11, 12]


def test_a_dead_package_seen_for_the_first_time_keeps_its_promise_too(boots: Variant) -> None:
    dead = package(10, line(boots.barcode, 2), state=OrderState.CANCELLED, superseded=True)

    apply(dead)
    assert reserved(boots) == 2
    apply(package(11, line(boots.barcode, 2), minute=1, origin_package_ids=(10,)))

    assert (reserved(boots), stock_states(10)) == (2, {1: "RELEASED"})


def test_a_package_nobody_replaced_frees_its_pairs_only_after_its_time(boots: Variant) -> None:
    apply(package(10, line(boots.barcode, 2), state=OrderState.CANCELLED, superseded=True))

    early = release_unreplaced(before=START - timedelta(minutes=1))
    late = release_unreplaced(before=timezone.now() + timedelta(days=3650))
    again = release_unreplaced(before=timezone.now() + timedelta(days=3650))

    assert (early, [(gone.package_id, gone.pairs) for gone in late], again) == ([], [(10, 2)], [])
    assert reserved(boots) == 0


def test_an_order_of_our_own_is_split_at_once(boots: Variant) -> None:
    other = make_variant()
    order = make_order([(boots, 2), (other, 1)], channel=Channel.MANUAL, package_id=None)
    first, second = order.lines.order_by("pk")
    order.lines.update(unit_gross=Decimal(100), unit_price=Decimal(100))
    first.total, second.total = Decimal("199.99"), Decimal("100.00")
    first.save()
    second.save()

    asked = ask_split(order_id=order.pk, groups=[{first.pk: 1}])

    (child,) = Order.objects.filter(pk__in=asked.children)
    order.refresh_from_db()
    assert (asked.parcels, asked.waiting) == (2, False)
    assert (child.order_number, child.channel, child.package_id) == (order.order_number, Channel.MANUAL, None)
    assert list(order.lines.values_list("barcode", "quantity")) == [(boots.barcode, 1)]
    assert sorted(child.lines.values_list("barcode", "quantity")) == sorted(
        [(boots.barcode, 1), (other.barcode, 1)]
    )
    assert order.total_amount + child.total_amount == Decimal("299.99")
    assert (reserved(boots), reserved(other)) == (2, 1)
    assert not OutboxMessage.objects.exists()


def test_a_picked_order_of_our_own_is_not_split(boots: Variant) -> None:
    order = make_order([(boots, 2)], channel=Channel.MANUAL, package_id=None)
    confirm_picking(order_id=order.pk)

    with pytest.raises(NotSplittable):
        ask_split(order_id=order.pk, groups=[{order.lines.get().pk: 1}])
