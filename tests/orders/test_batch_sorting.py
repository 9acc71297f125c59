"""Sorting a batch into slots, and every way an order leaves one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from gullu.models import User
from inventory.errors import InsufficientStock
from inventory.models import RafUrun, Shelf, StockMovement
from inventory.services import adjust_stock
from orders.batch_selectors import batch_rows
from orders.enums import BatchState, OrderState
from orders.models import OrderLine, PickBatch, PickBatchItem, PickScan
from orders.services import cancel_order, confirm_picking, park_order
from orders.services.batches import (
    BoxOutcome,
    collect_box,
    collect_more,
    confirm_slot,
    drop_order,
    finish_batch,
    give_back,
    pause_batch,
    resume_batch,
    scan_shelf,
    sort_box,
    start_sorting,
)
from orders.services.batches.errors import (
    BatchIsClosed,
    BatchIsPaused,
    BatchNotFound,
    NoShelfScanned,
    NotCollected,
    NothingToTakeOut,
    SlotNotFull,
    SlotNotOpen,
)
from tests.factories import make_order, make_shelf, make_user, make_variant, stock
from tests.orders.batching import batch_of, collect, items, slots, stocked, work

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


# --- sorting --------------------------------------------------------------------------------------------------------


def test_a_full_slot_confirms_its_order_from_the_shelves_it_came_from(
    fatma: User, shelf: Shelf, far: Shelf
) -> None:
    goods = make_variant()
    stock(goods, shelf, 1)
    stock(goods, far, 5)
    order = make_order([(goods, 2)])
    batch_id = batch_of(fatma, order)
    collect(batch_id, fatma, shelf, goods)
    collect(batch_id, fatma, far, goods)

    first = sort_box(batch_id=batch_id, variant=goods, user=fatma)
    second = sort_box(batch_id=batch_id, variant=goods, user=fatma)

    assert (first.slot, first.in_slot, first.wanted, first.confirmed) == (1, 1, 2, False)
    assert (second.slot, second.in_slot, second.confirmed, second.outcome) == (
        1,
        2,
        True,
        BoxOutcome.COMPLETE,
    )
    order.refresh_from_db()
    assert (order.status, order.picked_by_id) == (OrderState.PICKING, fatma.pk)
    assert OrderLine.objects.get().scanned
    balances = RafUrun.objects.filter(variant=goods).values_list("shelf_id", "adet")
    assert dict(balances) == {shelf.pk: 0, far.pk: 4}
    assert slots(batch_id) == [(1, False, "")]
    assert PickBatch.objects.get().state == BatchState.CLOSED
    assert PickScan.objects.count() == 0


def test_a_box_goes_to_the_order_that_must_leave_first(fatma: User, shelf: Shelf) -> None:
    goods = stocked(shelf)
    now = timezone.now()
    later = make_order([(goods, 1)], ship_by_at=now + timedelta(days=2))
    sooner = make_order([(goods, 1)], ship_by_at=now + timedelta(hours=2))
    batch_id = batch_of(fatma, later, sooner)
    collect(batch_id, fatma, shelf, goods, goods)

    result = sort_box(batch_id=batch_id, variant=goods, user=fatma)

    assert (result.slot, result.order_number) == (2, sooner.order_number)


def test_a_shortage_leaves_only_its_own_order_unfinished(fatma: User, shelf: Shelf) -> None:
    goods, missing = stocked(shelf), make_variant()
    now = timezone.now()
    urgent = make_order([(goods, 1), (missing, 1)], ship_by_at=now + timedelta(hours=1))
    single = make_order([(goods, 1)], ship_by_at=now + timedelta(days=2))
    batch_id = batch_of(fatma, urgent, single)
    collect(batch_id, fatma, shelf, goods)
    start_sorting(batch_id=batch_id, user=fatma)

    result = sort_box(batch_id=batch_id, variant=goods, user=fatma)
    end = finish_batch(batch_id=batch_id)

    assert (result.order_number, result.confirmed) == (single.order_number, True)
    assert (end.done, end.unfinished, end.pairs_left) == (1, 1, 0)
    urgent.refresh_from_db()
    assert urgent.status == OrderState.CREATED
    assert [slot[1] for slot in slots(batch_id)] == [False, False]


def test_boxes_without_a_slot_change_nothing(fatma: User, shelf: Shelf) -> None:
    goods, missing = stocked(shelf, size="37"), stocked(shelf)
    neighbour, stranger = make_variant(product=goods.product, size="38"), make_variant()
    batch_id = batch_of(fatma, make_order([(goods, 1), (missing, 1)]))
    collect(batch_id, fatma, shelf, goods)
    start_sorting(batch_id=batch_id, user=fatma)

    assert sort_box(batch_id=batch_id, variant=neighbour, user=fatma).outcome is BoxOutcome.NEIGHBOUR
    assert sort_box(batch_id=batch_id, variant=stranger, user=fatma).outcome is BoxOutcome.STRANGER
    with pytest.raises(NotCollected):
        sort_box(batch_id=batch_id, variant=missing, user=fatma)
    sort_box(batch_id=batch_id, variant=goods, user=fatma)
    assert sort_box(batch_id=batch_id, variant=goods, user=fatma).outcome is BoxOutcome.ENOUGH
    assert items(batch_id) == [(shelf.pk, 1, 1)]


def test_a_refused_confirmation_keeps_the_pairs_in_the_slot_and_can_be_repeated(
    fatma: User, shelf: Shelf
) -> None:
    goods = stocked(shelf, 1)
    batch_id = batch_of(fatma, make_order([(goods, 1)]))
    collect(batch_id, fatma, shelf, goods)
    adjust_stock(barcode=goods.barcode, shelf_code=shelf.code, counted=0, reason="boş")

    refused = sort_box(batch_id=batch_id, variant=goods, user=fatma)

    expected = InsufficientStock(barcode=goods.barcode, shelf=shelf.code, wanted=1, there=0).message
    assert (refused.confirmed, refused.problem) == (False, expected)
    assert slots(batch_id) == [(1, True, expected[:200])]
    assert items(batch_id) == [(shelf.pk, 1, 1)]
    adjust_stock(barcode=goods.barcode, shelf_code=shelf.code, counted=1, reason="sayıldı")
    assert confirm_slot(batch_id=batch_id, slot=1, user=fatma).confirmed
    assert slots(batch_id) == [(1, False, "")]


def test_confirming_a_slot_that_is_not_full_or_not_there_is_refused(fatma: User, shelf: Shelf) -> None:
    goods = stocked(shelf)
    batch_id = batch_of(fatma, make_order([(goods, 1)]))

    with pytest.raises(SlotNotFull):
        confirm_slot(batch_id=batch_id, slot=1, user=fatma)
    with pytest.raises(SlotNotOpen):
        confirm_slot(batch_id=batch_id, slot=2, user=fatma)


# --- leaving --------------------------------------------------------------------------------------------------------


def test_a_cancelled_order_leaves_its_slot_and_its_pairs_serve_the_others(fatma: User, shelf: Shelf) -> None:
    goods = stocked(shelf, 2)
    more = stocked(shelf)
    now = timezone.now()
    cancelled = make_order([(goods, 1), (more, 1)], ship_by_at=now + timedelta(hours=1))
    other = make_order([(goods, 1)], ship_by_at=now + timedelta(days=1))
    batch_id = batch_of(fatma, cancelled, other)
    collect(batch_id, fatma, shelf, goods, more)
    start_sorting(batch_id=batch_id, user=fatma)
    assert sort_box(batch_id=batch_id, variant=more, user=fatma).slot == 1
    cancel_order(order_id=cancelled.pk, reason="müşteri vazgeçti")
    assert dict(work(batch_id).surplus()) == {(more.pk, shelf.pk): 1}

    result = sort_box(batch_id=batch_id, variant=goods, user=fatma)

    assert (result.slot, result.confirmed) == (2, True)
    assert slots(batch_id)[0][1] is False
    assert slots(batch_id)[0][2] != ""
    assert items(batch_id) == [(shelf.pk, 1, 1), (shelf.pk, 1, 0)]
    assert dict(work(batch_id).surplus()) == {(more.pk, shelf.pk): 1}


def test_parked_and_elsewhere_prepared_orders_are_released_too(fatma: User, shelf: Shelf) -> None:
    goods = stocked(shelf)
    parked, prepared, left = (make_order([(goods, 1)]) for _number in range(3))
    batch_id = batch_of(fatma, parked, prepared, left)
    park_order(order_id=parked.pk, reason="SYSTEM")
    confirm_picking(order_id=prepared.pk)

    assert dict(work(batch_id).missing()) == {goods.pk: 1}
    start_sorting(batch_id=batch_id, user=fatma)

    assert [(number, active) for number, active, _note in slots(batch_id)] == [
        (1, False),
        (2, False),
        (3, True),
    ]
    assert all(note for _number, active, note in slots(batch_id) if not active)


def test_a_line_cancelled_in_part_gives_its_pair_back(fatma: User, shelf: Shelf) -> None:
    goods, more = stocked(shelf), stocked(shelf)
    order = make_order([(goods, 2), (more, 1)])
    batch_id = batch_of(fatma, order)
    collect(batch_id, fatma, shelf, goods, goods, more)
    for _pair in range(2):
        sort_box(batch_id=batch_id, variant=goods, user=fatma)
    OrderLine.objects.filter(variant=goods).update(quantity=1)

    result = sort_box(batch_id=batch_id, variant=more, user=fatma)

    assert result.confirmed
    assert items(batch_id) == [(shelf.pk, 2, 1), (shelf.pk, 1, 1)]
    assert dict(work(batch_id).surplus()) == {(goods.pk, shelf.pk): 1}


def test_a_dropped_order_is_back_in_the_queue_and_its_pairs_go_back(fatma: User, shelf: Shelf) -> None:
    goods, more = stocked(shelf), stocked(shelf)
    dropped, left = make_order([(goods, 1), (more, 1)]), make_order([(more, 1)])
    batch_id = batch_of(fatma, dropped, left)
    collect(batch_id, fatma, shelf, goods)
    start_sorting(batch_id=batch_id, user=fatma)
    sort_box(batch_id=batch_id, variant=goods, user=fatma)

    result = drop_order(batch_id=batch_id, slot=1)

    assert (result.order_number, result.in_slot, result.closed) == (dropped.order_number, 1, False)
    assert PickScan.objects.count() == 0
    assert dict(work(batch_id).surplus()) == {(goods.pk, shelf.pk): 1}
    assert batch_of(fatma, dropped) != batch_id
    with pytest.raises(SlotNotOpen):
        drop_order(batch_id=batch_id, slot=1)


def test_finishing_lists_what_is_left_over_and_ticking_it_off_empties_the_list(
    fatma: User, shelf: Shelf
) -> None:
    goods = stocked(shelf)
    batch_id = batch_of(fatma, make_order([(goods, 3)]))
    collect(batch_id, fatma, shelf, goods, goods)
    start_sorting(batch_id=batch_id, user=fatma)
    sort_box(batch_id=batch_id, variant=goods, user=fatma)

    end = finish_batch(batch_id=batch_id)

    assert (end.done, end.unfinished, end.pairs_left) == (0, 1, 2)
    assert PickBatch.objects.get().closed_at is not None
    assert finish_batch(batch_id=batch_id) == end
    back = give_back(batch_id=batch_id, item_id=PickBatchItem.objects.get().pk)
    assert back.pairs == 2
    assert finish_batch(batch_id=batch_id).pairs_left == 0
    assert StockMovement.objects.filter(kind="PICK").count() == 0
    with pytest.raises(NothingToTakeOut):
        give_back(batch_id=batch_id, item_id=back.item.pk)


# --- pausing --------------------------------------------------------------------------------------------------------


def test_a_paused_batch_waits_and_somebody_else_goes_on(fatma: User, ali: User, shelf: Shelf) -> None:
    goods = stocked(shelf)
    batch_id = batch_of(fatma, make_order([(goods, 2)]))
    collect(batch_id, fatma, shelf, goods)

    pause_batch(batch_id=batch_id, user=fatma)

    with pytest.raises(BatchIsPaused):
        collect_box(batch_id=batch_id, variant=goods, user=fatma)
    batch = resume_batch(batch_id=batch_id, user=ali)
    assert (batch.state, batch.user_id, batch.shelf_id) == (BatchState.COLLECTING, ali.pk, None)
    with pytest.raises(NoShelfScanned):
        collect_box(batch_id=batch_id, variant=goods, user=ali)
    collect(batch_id, ali, shelf, goods)
    start_sorting(batch_id=batch_id, user=ali)
    sort_box(batch_id=batch_id, variant=goods, user=ali)
    pause_batch(batch_id=batch_id, user=ali)
    assert resume_batch(batch_id=batch_id, user=fatma).state == BatchState.SORTING
    assert collect_more(batch_id=batch_id, user=fatma).state == BatchState.COLLECTING


def test_a_closed_batch_takes_no_scan(fatma: User, shelf: Shelf) -> None:
    goods = stocked(shelf)
    batch_id = batch_of(fatma, make_order([(goods, 1)]))
    finish_batch(batch_id=batch_id)

    with pytest.raises(BatchIsClosed):
        scan_shelf(batch_id=batch_id, shelf=shelf, user=fatma)
    with pytest.raises(BatchIsClosed):
        pause_batch(batch_id=batch_id, user=fatma)
    with pytest.raises(BatchNotFound):
        scan_shelf(batch_id=batch_id + 1, shelf=shelf, user=fatma)


# --- the list -------------------------------------------------------------------------------------------------------


def test_list_shows_open_batches_first_with_their_progress(
    fatma: User, shelf: Shelf, django_assert_num_queries
) -> None:
    goods = stocked(shelf, 9)
    ended = batch_of(fatma, make_order([(goods, 1)]))
    finish_batch(batch_id=ended)
    running = batch_of(fatma, make_order([(goods, 2)]), make_order([(goods, 1)]), make_order([(goods, 1)]))
    collect(running, fatma, shelf, goods)
    start_sorting(batch_id=running, user=fatma)
    sort_box(batch_id=running, variant=goods, user=fatma)
    drop_order(batch_id=running, slot=3)

    with django_assert_num_queries(2):
        rows = batch_rows()

    assert [(row.batch.pk, row.orders, row.orders_done, row.pairs, row.pairs_collected) for row in rows] == [
        (running, 2, 1, 3, 1),
        (ended, 0, 0, 0, 0),
    ]
