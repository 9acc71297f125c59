"""Making a batch and collecting for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from gullu.models import User
from inventory.models import CentralStock, Shelf
from orders.enums import BatchState, OrderState
from orders.models import Order, PickBatch, PickBatchItem, PickBatchOrder, PickClaim, PickScan
from orders.services.batches import (
    BoxOutcome,
    collect_box,
    make_batch,
    propose_batch,
    scan_shelf,
    take_out,
)
from orders.services.batches.errors import (
    InvalidBatchSize,
    NoShelfScanned,
    NothingToCollect,
    NothingToTakeOut,
    NotOnShelf,
    OnNoShelf,
    OrdersNotFree,
    ShelfOfSomebodyElse,
    ShelfUsedUp,
)
from tests.factories import make_order, make_shelf, make_user, make_variant
from tests.orders.batching import batch_of, collect, items, stocked

pytestmark = pytest.mark.django_db


@pytest.fixture
def fatma() -> User:
    return make_user(first_name="Fatma", last_name="Demir")


@pytest.fixture
def ali() -> User:
    return make_user(first_name="Ali", last_name="Kaya")


@pytest.fixture
def shelf() -> Shelf:
    return make_shelf("A-A-01", route_order=1)


@pytest.fixture
def far() -> Shelf:
    return make_shelf("C-C-09", route_order=9)


# --- making ---------------------------------------------------------------------------------------------------------


def test_proposal_numbers_the_slots_along_the_walk(fatma: User, shelf: Shelf, far: Shelf) -> None:
    near_goods, far_goods = stocked(shelf), stocked(far)
    first = make_order([(far_goods, 1)])
    second = make_order([(near_goods, 1)])

    made = propose_batch(size=20, user=fatma)

    assert (made.orders, made.pairs) == (2, 2)
    rows = PickBatchOrder.objects.filter(batch_id=made.batch_id, active=True).order_by("slot")
    assert [(row.slot, row.order_id) for row in rows] == [(1, second.pk), (2, first.pk)]


def test_proposal_leaves_out_orders_that_cannot_be_prepared_now(fatma: User, ali: User, shelf: Shelf) -> None:
    goods = stocked(shelf, 99)
    free = make_order([(goods, 1)])
    make_order([(goods, 1)], payment_pending=True)
    make_order([(goods, 1)], parked=True)
    make_order([("8690000000000", 1)])
    make_order([(goods, 1)], status=OrderState.PICKING)
    make_order([(make_variant(), 1)])
    now = timezone.now()
    claimed, expired = make_order([(goods, 1)]), make_order([(goods, 1)])
    PickClaim.objects.create(order=claimed, user=ali, claimed_at=now, expires_at=now + timedelta(minutes=5))
    PickClaim.objects.create(order=expired, user=ali, claimed_at=now, expires_at=now - timedelta(minutes=5))

    made = propose_batch(size=20, user=fatma)

    rows = PickBatchOrder.objects.filter(batch_id=made.batch_id)
    assert set(rows.values_list("order_id", flat=True)) == {free.pk, expired.pk}
    assert list(PickClaim.objects.values_list("order_id", flat=True)) == [claimed.pk]


def test_proposal_counts_pairs_of_other_batches_and_claims_as_gone(
    fatma: User, ali: User, shelf: Shelf
) -> None:
    goods = stocked(shelf, 3)
    in_batch, claimed, left, too_many = (make_order([(goods, 1)]) for _number in range(4))
    batch_of(ali, in_batch)
    now = timezone.now()
    PickClaim.objects.create(order=claimed, user=ali, claimed_at=now, expires_at=now + timedelta(minutes=5))

    made = propose_batch(size=20, user=fatma)

    assert list(PickBatchOrder.objects.filter(batch_id=made.batch_id).values_list("order_id", flat=True)) == [
        left.pk
    ]
    with pytest.raises(NothingToCollect):
        propose_batch(size=20, user=fatma)
    assert Order.objects.to_prepare().filter(pk=too_many.pk).exists()


def test_proposal_forgets_what_was_left_lying_for_an_order(fatma: User, ali: User, shelf: Shelf) -> None:
    goods = stocked(shelf)
    order = make_order([(goods, 1)])
    PickScan.objects.create(line=order.lines.get(), shelf=shelf, quantity=1, user=ali)

    propose_batch(size=1, user=fatma)

    assert PickScan.objects.count() == 0


@pytest.mark.parametrize("size", [0, -1, 101])
def test_proposal_of_an_impossible_size_is_refused(fatma: User, size: int) -> None:
    with pytest.raises(InvalidBatchSize):
        propose_batch(size=size, user=fatma)


def test_chosen_orders_keep_the_order_they_were_given_in(fatma: User, shelf: Shelf) -> None:
    goods = stocked(shelf)
    first, second = make_order([(goods, 1)]), make_order([(goods, 1)])

    batch_id = batch_of(fatma, second, first)

    rows = PickBatchOrder.objects.filter(batch_id=batch_id).order_by("slot")
    assert [row.order_id for row in rows] == [second.pk, first.pk]


def test_chosen_orders_are_refused_as_a_whole_with_the_reason_of_each(
    fatma: User, ali: User, shelf: Shelf
) -> None:
    goods = stocked(shelf)
    free, taken, parked = (
        make_order([(goods, 1)]),
        make_order([(goods, 1)]),
        make_order([(goods, 1)], parked=True),
    )
    other = batch_of(ali, taken)

    with pytest.raises(OrdersNotFree) as refusal:
        make_batch(
            order_numbers=[free.order_number, taken.order_number, parked.order_number, "yok"], user=fatma
        )

    reasons = refusal.value.data["orders"]
    assert reasons.count("(") == 3
    assert free.order_number not in reasons
    assert f"{taken.order_number} (" in reasons
    assert str(other) in reasons
    assert PickBatch.objects.count() == 1


def test_a_number_of_split_packages_stands_for_all_of_them(fatma: User, shelf: Shelf) -> None:
    goods = stocked(shelf)
    for _package in range(2):
        make_order([(goods, 1)], order_number="10452345678")

    made = make_batch(order_numbers=["10452345678"], user=fatma)

    assert made.orders == 2


# --- collecting -----------------------------------------------------------------------------------------------------


def test_collecting_counts_and_books_nothing(fatma: User, shelf: Shelf) -> None:
    goods = stocked(shelf)
    batch_id = batch_of(fatma, make_order([(goods, 2)]))

    seen = scan_shelf(batch_id=batch_id, shelf=shelf, user=fatma)
    first = collect_box(batch_id=batch_id, variant=goods, user=fatma)
    second = collect_box(batch_id=batch_id, variant=goods, user=fatma)

    assert seen.to_take == 2
    assert (first.outcome, first.collected, first.needed) == (BoxOutcome.COUNTED, 1, 2)
    assert (second.outcome, second.collected, second.needed) == (BoxOutcome.COMPLETE, 2, 2)
    assert items(batch_id) == [(shelf.pk, 2, 0)]
    assert collect_box(batch_id=batch_id, variant=goods, user=fatma).outcome is BoxOutcome.ENOUGH
    assert PickBatch.objects.get().state == BatchState.COLLECTING
    assert CentralStock.objects.get(variant=goods).qty == 5


def test_a_box_before_its_shelf_is_refused(fatma: User, shelf: Shelf) -> None:
    goods = stocked(shelf)
    batch_id = batch_of(fatma, make_order([(goods, 1)]))

    with pytest.raises(NoShelfScanned):
        collect_box(batch_id=batch_id, variant=goods, user=fatma)


def test_a_shelf_without_the_box_is_refused_with_the_shelves_that_have_it(
    fatma: User, shelf: Shelf, far: Shelf
) -> None:
    goods = stocked(shelf, 4)
    batch_id = batch_of(fatma, make_order([(goods, 1)]))
    assert scan_shelf(batch_id=batch_id, shelf=far, user=fatma).to_take == 0

    with pytest.raises(NotOnShelf) as refusal:
        collect_box(batch_id=batch_id, variant=goods, user=fatma)

    assert refusal.value.data["shelves"] == "A-A-01 (4)"
    assert items(batch_id) == []


def test_a_box_that_lies_nowhere_is_refused(fatma: User, shelf: Shelf) -> None:
    goods = make_variant()
    batch_id = batch_of(fatma, make_order([(goods, 1)]))
    scan_shelf(batch_id=batch_id, shelf=shelf, user=fatma)

    with pytest.raises(OnNoShelf):
        collect_box(batch_id=batch_id, variant=goods, user=fatma)


def test_a_shelf_gives_no_more_than_it_holds(fatma: User, shelf: Shelf) -> None:
    goods = stocked(shelf, 1)
    batch_id = batch_of(fatma, make_order([(goods, 2)]))
    collect(batch_id, fatma, shelf, goods)

    with pytest.raises(ShelfUsedUp) as refusal:
        collect_box(batch_id=batch_id, variant=goods, user=fatma)

    assert refusal.value.data["there"] == 1
    assert items(batch_id) == [(shelf.pk, 1, 0)]


def test_pairs_in_another_batch_are_not_on_the_shelf_any_more(fatma: User, ali: User, shelf: Shelf) -> None:
    goods = stocked(shelf, 1)
    theirs, mine = batch_of(ali, make_order([(goods, 1)])), batch_of(fatma, make_order([(goods, 1)]))
    collect(theirs, ali, shelf, goods)
    scan_shelf(batch_id=mine, shelf=shelf, user=fatma)

    with pytest.raises(ShelfUsedUp):
        collect_box(batch_id=mine, variant=goods, user=fatma)


def test_pairs_scanned_for_an_order_in_hand_are_not_on_the_shelf_any_more(
    fatma: User, ali: User, shelf: Shelf
) -> None:
    goods = stocked(shelf, 1)
    batch_id, claimed = batch_of(fatma, make_order([(goods, 1)])), make_order([(goods, 1)])
    now = timezone.now()
    PickScan.objects.create(line=claimed.lines.get(), shelf=shelf, quantity=1, user=ali)
    claim = PickClaim.objects.create(
        order=claimed, user=ali, claimed_at=now, expires_at=now + timedelta(minutes=5)
    )
    scan_shelf(batch_id=batch_id, shelf=shelf, user=fatma)

    with pytest.raises(ShelfUsedUp):
        collect_box(batch_id=batch_id, variant=goods, user=fatma)

    claim.expires_at = now - timedelta(seconds=1)
    claim.save()
    assert collect_box(batch_id=batch_id, variant=goods, user=fatma).outcome is BoxOutcome.COMPLETE


def test_boxes_that_are_not_wanted_change_nothing(fatma: User, shelf: Shelf) -> None:
    goods = stocked(shelf, size="37")
    more = stocked(shelf)
    neighbour = stocked(shelf, product=goods.product, size="38")
    stranger = stocked(shelf)
    batch_id = batch_of(fatma, make_order([(goods, 1), (more, 1)]))
    scan_shelf(batch_id=batch_id, shelf=shelf, user=fatma)

    beside = collect_box(batch_id=batch_id, variant=neighbour, user=fatma)
    assert (beside.outcome, beside.wanted) == (BoxOutcome.NEIGHBOUR, (f"{goods.product.code} Siyah 37",))
    assert collect_box(batch_id=batch_id, variant=stranger, user=fatma).outcome is BoxOutcome.STRANGER
    collect_box(batch_id=batch_id, variant=goods, user=fatma)
    assert collect_box(batch_id=batch_id, variant=goods, user=fatma).outcome is BoxOutcome.ENOUGH
    assert items(batch_id) == [(shelf.pk, 1, 0)]


def test_a_shelf_that_somebody_else_scanned_is_not_mine(
    fatma: User, ali: User, shelf: Shelf, far: Shelf
) -> None:
    goods = stocked(shelf)
    batch_id = batch_of(fatma, make_order([(goods, 2)]))
    collect(batch_id, fatma, shelf, goods)
    scan_shelf(batch_id=batch_id, shelf=far, user=ali)

    with pytest.raises(ShelfOfSomebodyElse) as refusal:
        collect_box(batch_id=batch_id, variant=goods, user=fatma)

    assert refusal.value.data["person"] == "Ali Kaya"
    collect(batch_id, fatma, shelf, goods)
    assert items(batch_id) == [(shelf.pk, 2, 0)]


def test_a_pair_collected_by_mistake_is_taken_out_again(fatma: User, shelf: Shelf) -> None:
    goods = stocked(shelf)
    batch_id = batch_of(fatma, make_order([(goods, 2)]))
    collect(batch_id, fatma, shelf, goods)
    item = PickBatchItem.objects.get()

    take_out(batch_id=batch_id, item_id=item.pk)

    assert items(batch_id) == [(shelf.pk, 0, 0)]
    with pytest.raises(NothingToTakeOut):
        take_out(batch_id=batch_id, item_id=item.pk)
