"""Several people on one batch, and batches beside other work: real threads, real PostgreSQL.

The control at the end takes the lock of the batch out and sees it collect too much: so these tests are able to fail.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

import pytest

from catalog.models import Variant
from gullu.models import User
from inventory.enums import ScanOutcome
from inventory.models import CentralStock, Shelf
from inventory.scan.kernel import Answer, work_on_scan
from orders.enums import BatchState, OrderState
from orders.models import Order, PickBatch, PickBatchItem, PickBatchOrder, PickScan
from orders.services import cancel_order
from orders.services.batches import (
    BoxOutcome,
    collect_box,
    drop_order,
    finish_batch,
    locks,
    make_batch,
    propose_batch,
    scan_shelf,
    sort_box,
)
from tests.concurrency.threads import race
from tests.factories import make_order, make_shelf, make_user, make_variant, stock

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 4


@pytest.fixture
def user() -> User:
    return make_user()


@pytest.fixture
def shelf() -> Shelf:
    return make_shelf()


def stocked(shelf: Shelf, pairs: int) -> Variant:
    variant = make_variant()
    stock(variant, shelf, pairs)
    return variant


def batch_of(user: User, *orders: Order) -> int:
    return make_batch(order_numbers=[order.order_number for order in orders], user=user).batch_id


def words(results: list[Any]) -> Counter[str]:
    return Counter(r.outcome.value if hasattr(r, "outcome") else type(r).__name__ for r in results)


def collected_batch(user: User, shelf: Shelf, variant: Variant, *orders: Order, pairs: int) -> int:
    batch_id = batch_of(user, *orders)
    scan_shelf(batch_id=batch_id, shelf=shelf, user=user)
    for _pair in range(pairs):
        collect_box(batch_id=batch_id, variant=variant, user=user)
    return batch_id


def test_six_boxes_at_once_are_not_more_than_the_batch_needs(user: User, shelf: Shelf) -> None:
    for _round in range(ROUNDS):
        goods = stocked(shelf, 9)
        batch_id = batch_of(user, make_order([(goods, 2)]), make_order([(goods, 1)]))
        scan_shelf(batch_id=batch_id, shelf=shelf, user=user)

        results = race(*[partial(collect_box, batch_id=batch_id, variant=goods, user=user)] * 6)

        assert words(results) == {"COUNTED": 2, "COMPLETE": 1, "ENOUGH": 3}
        assert PickBatchItem.objects.get(batch_id=batch_id).collected == 3


def test_six_boxes_at_once_are_not_more_than_the_shelf_holds(user: User, shelf: Shelf) -> None:
    for _round in range(ROUNDS):
        goods = stocked(shelf, 2)
        batch_id = batch_of(user, make_order([(goods, 5)]))
        scan_shelf(batch_id=batch_id, shelf=shelf, user=user)

        results = race(*[partial(collect_box, batch_id=batch_id, variant=goods, user=user)] * 6)

        assert words(results) == {"COUNTED": 2, "ShelfUsedUp": 4}
        assert PickBatchItem.objects.get(batch_id=batch_id).collected == 2


def test_two_people_at_two_shelves_never_book_a_box_on_the_wrong_one(shelf: Shelf) -> None:
    """Whoever scans a shelf takes the batch over; the other's box is refused instead of booked there."""
    fatma, ali, far = make_user(), make_user(), make_shelf()
    goods, others = stocked(shelf, 9), stocked(far, 9)

    def carry(person: User, place: Shelf, variant: Variant, batch_id: int) -> list[str]:
        scan_shelf(batch_id=batch_id, shelf=place, user=person)
        try:
            return [collect_box(batch_id=batch_id, variant=variant, user=person).outcome.value]
        except Exception as error:  # noqa: BLE001  (looked at below)
            return [type(error).__name__]

    for _round in range(ROUNDS):
        batch_id = batch_of(fatma, make_order([(goods, 2), (others, 2)]))

        results = race(
            partial(carry, fatma, shelf, goods, batch_id), partial(carry, ali, far, others, batch_id)
        )

        assert {word for result in results for word in result} <= {"COUNTED", "ShelfOfSomebodyElse"}
        items = PickBatchItem.objects.filter(batch_id=batch_id)
        assert {(item.variant_id, item.shelf_id) for item in items} <= {
            (goods.pk, shelf.pk),
            (others.pk, far.pk),
        }
        finish_batch(batch_id=batch_id)


def test_four_people_sorting_fill_each_slot_once(user: User, shelf: Shelf) -> None:
    for _round in range(ROUNDS):
        goods = stocked(shelf, 4)
        orders = [make_order([(goods, 1)]) for _number in range(4)]
        batch_id = collected_batch(user, shelf, goods, *orders, pairs=4)

        results = race(*[partial(sort_box, batch_id=batch_id, variant=goods, user=user)] * 4)

        assert sorted(result.slot for result in results) == [1, 2, 3, 4]
        assert [result.confirmed for result in results] == [True] * 4
        assert PickBatch.objects.get(pk=batch_id).state == BatchState.CLOSED
        assert CentralStock.objects.get(variant=goods).qty == 0


def test_a_box_too_many_is_not_sorted(user: User, shelf: Shelf) -> None:
    for _round in range(ROUNDS):
        goods = stocked(shelf, 9)
        batch_id = collected_batch(
            user, shelf, goods, make_order([(goods, 3)]), make_order([(goods, 1)]), pairs=3
        )

        results = race(*[partial(sort_box, batch_id=batch_id, variant=goods, user=user)] * 5)

        assert words(results) == {"COUNTED": 3, "NotCollected": 2}
        assert PickBatchItem.objects.get(batch_id=batch_id).sorted == 3


def test_one_key_sent_four_times_at_once_counts_once(user: User, shelf: Shelf) -> None:
    goods = stocked(shelf, 9)
    batch_id = batch_of(user, make_order([(goods, 5)]))
    scan_shelf(batch_id=batch_id, shelf=shelf, user=user)

    def scan() -> Answer:
        collect_box(batch_id=batch_id, variant=goods, user=user)
        return Answer(outcome=ScanOutcome.OK)

    key = "a-key-made-on-the-device"
    answers = race(
        *[partial(work_on_scan, key=key, page="batch", text=goods.barcode, user=user, handler=scan)] * 4
    )

    assert [answer.outcome for answer in answers] == [ScanOutcome.OK] * 4
    assert sorted(answer.repeated for answer in answers) == [False, True, True, True]
    assert PickBatchItem.objects.get().collected == 1


def test_two_proposals_at_once_share_no_order_and_no_pair(user: User, shelf: Shelf) -> None:
    for _round in range(ROUNDS):
        goods = stocked(shelf, 3)
        orders = [make_order([(goods, 1)]) for _number in range(5)]

        race(*[partial(propose_batch, size=2, user=user)] * 3)

        slots = PickBatchOrder.objects.filter(order__in=orders, active=True).values_list(
            "order_id", flat=True
        )
        assert len(slots) == len(set(slots)) == 3
        for batch_id in PickBatch.objects.exclude(state=BatchState.CLOSED).values_list("pk", flat=True):
            finish_batch(batch_id=batch_id)
        Order.objects.filter(pk__in=[order.pk for order in orders]).update(parked=True, park_reason="SYSTEM")


def test_the_last_box_and_a_cancellation_at_once_end_one_way_or_the_other(user: User, shelf: Shelf) -> None:
    for _round in range(ROUNDS):
        goods = stocked(shelf, 2)
        order = make_order([(goods, 1)])
        batch_id = collected_batch(user, shelf, goods, order, pairs=1)

        sorted_, cancelled = race(
            partial(sort_box, batch_id=batch_id, variant=goods, user=user),
            partial(cancel_order, order_id=order.pk, reason="vazgeçti"),
        )

        order.refresh_from_db()
        assert order.status == OrderState.CANCELLED
        taken = cancelled.to_put_back == 1
        assert getattr(sorted_, "confirmed", False) is taken
        assert CentralStock.objects.get(variant=goods).qty == (1 if taken else 2)
        finish_batch(batch_id=batch_id)
        assert PickScan.objects.count() == 0


def test_dropping_finishing_and_sorting_at_once_lose_no_pair(user: User, shelf: Shelf) -> None:
    for _round in range(ROUNDS):
        goods = stocked(shelf, 4)
        orders = [make_order([(goods, 2)]), make_order([(goods, 2)])]
        batch_id = collected_batch(user, shelf, goods, *orders, pairs=4)

        race(
            *[partial(sort_box, batch_id=batch_id, variant=goods, user=user)] * 3,
            partial(drop_order, batch_id=batch_id, slot=2),
            partial(finish_batch, batch_id=batch_id),
        )

        item = PickBatchItem.objects.get(batch_id=batch_id)
        picked = Order.objects.filter(
            pk__in=[order.pk for order in orders], status=OrderState.PICKING
        ).count()
        assert (item.collected, item.sorted) == (4, 2 * picked)
        assert CentralStock.objects.get(variant=goods).qty == 4 - 2 * picked
        assert PickScan.objects.count() == 0


# --- control: without the lock the race is there -----------------------------------------------------------------


def test_control_without_the_lock_of_the_batch_too_much_is_collected(
    user: User, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "lock_batch", _unlocked_batch)
    monkeypatch.setattr(locks, "lock_items", _unlocked_items)
    seen: Counter[str] = Counter()
    for _round in range(40):
        goods = stocked(shelf, 9)
        batch_id = batch_of(user, make_order([(goods, 2)]))
        scan_shelf(batch_id=batch_id, shelf=shelf, user=user)
        seen = words(race(*[partial(collect_box, batch_id=batch_id, variant=goods, user=user)] * 6))
        if seen[BoxOutcome.COUNTED.value] + seen[BoxOutcome.COMPLETE.value] > 2 or seen["IntegrityError"]:
            break

    assert seen != {"COUNTED": 1, "COMPLETE": 1, "ENOUGH": 4}


def _unlocked_batch(batch_id: int) -> PickBatch:
    return PickBatch.objects.select_related("user", "shelf").get(pk=batch_id)


def _unlocked_items(batch_id: int) -> list[PickBatchItem]:
    rows = PickBatchItem.objects.filter(batch_id=batch_id).select_related("shelf", "variant__product")
    return list(rows.order_by("pk"))
