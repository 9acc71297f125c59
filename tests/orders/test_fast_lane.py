"""Fast lane: a shelf, any box on it, and the most urgent order of one pair."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from catalog.models import Variant
from gullu.models import User
from inventory.enums import ScanOutcome
from inventory.models import RafUrun, ScanLog, Shelf
from orders.claim_errors import NoShelfHolds, NothingWanted, ShelfWithout, WantedElsewhere
from orders.claims import claim_next
from orders.enums import OrderState
from orders.models import Order, OrderLine, PickBatch, PickBatchOrder
from orders.selectors import wanted_on_shelf
from orders.services.fast_lane import STANDS_THERE, last_at_shelf, take_for_box
from tests.factories import make_order, make_product, make_shelf, make_user, make_variant, stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def picker() -> User:
    return make_user()


@pytest.fixture
def shelf() -> Shelf:
    return make_shelf("A-B-03")


@pytest.fixture
def variant(shelf: Shelf) -> Variant:
    variant = make_variant(product=make_product("0172"), colour="Siyah", size="38")
    stock(variant, shelf, 5)
    return variant


def test_the_most_urgent_order_of_one_pair_is_taken_from_the_scanned_shelf(
    picker: User, variant: Variant, shelf: Shelf
) -> None:
    now = timezone.now()
    stock(variant, make_shelf(), 50)
    make_order([(variant, 1)], ship_by_at=now + timedelta(hours=30))
    overdue = make_order([(variant, 1)], ship_by_at=now - timedelta(hours=2))
    make_order([(variant, 1)], ship_by_at=now + timedelta(hours=3))

    taken = take_for_box(user=picker, shelf=shelf, variant=variant)

    assert (taken.order_id, taken.order_number) == (overdue.pk, overdue.order_number)
    assert Order.objects.get(pk=overdue.pk).status == OrderState.PICKING
    assert RafUrun.objects.get(shelf=shelf, variant=variant).adet == 4
    assert OrderLine.objects.get(order=overdue).scanned


def test_of_equal_deadlines_the_older_order_is_taken(picker: User, variant: Variant, shelf: Shelf) -> None:
    now = timezone.now()
    deadline = now + timedelta(hours=4)
    make_order([(variant, 1)], ship_by_at=deadline, ordered_at=now - timedelta(hours=1))
    older = make_order([(variant, 1)], ship_by_at=deadline, ordered_at=now - timedelta(hours=2))

    assert take_for_box(user=picker, shelf=shelf, variant=variant).order_id == older.pk


def test_orders_that_are_more_than_this_pair_or_in_other_hands_are_left_alone(
    picker: User, variant: Variant, shelf: Shelf
) -> None:
    other = make_variant()
    stock(other, shelf, 9)
    claimed = make_order([(variant, 1)], ship_by_at=timezone.now() - timedelta(days=3))
    claim_next(user_id=make_user().pk, now=timezone.now())
    make_order([(variant, 2)])
    make_order([(variant, 1), (other, 1)])
    make_order([(variant, 1), (variant, 1)])
    make_order([(variant, 1)], parked=True)
    make_order([(variant, 1)], payment_pending=True)
    batched = make_order([(variant, 1)])
    batch = PickBatch.objects.create(created_by=picker)
    PickBatchOrder.objects.create(batch=batch, order=batched, slot=1)

    with pytest.raises(WantedElsewhere) as refusal:
        take_for_box(user=picker, shelf=shelf, variant=variant)

    assert refusal.value.data["order"] == claimed.order_number
    assert RafUrun.objects.get(shelf=shelf, variant=variant).adet == 5


def test_an_order_already_in_my_own_hand_may_be_taken(picker: User, variant: Variant, shelf: Shelf) -> None:
    order = make_order([(variant, 1)])
    claim_next(user_id=picker.pk, now=timezone.now())

    assert take_for_box(user=picker, shelf=shelf, variant=variant).order_id == order.pk


def test_a_box_nobody_waits_for_goes_back(picker: User, variant: Variant, shelf: Shelf) -> None:
    with pytest.raises(NothingWanted):
        take_for_box(user=picker, shelf=shelf, variant=variant)


def test_a_box_the_shelf_does_not_hold_is_refused_with_the_shelves_that_do(
    picker: User, variant: Variant
) -> None:
    make_order([(variant, 1)])

    with pytest.raises(ShelfWithout) as refusal:
        take_for_box(user=picker, shelf=make_shelf("C-01-01"), variant=variant)

    assert refusal.value.data["shelves"] == "A-B-03 (5)"


def test_a_box_no_shelf_holds_is_refused(picker: User, shelf: Shelf) -> None:
    variant = make_variant()
    make_order([(variant, 1)])

    with pytest.raises(NoShelfHolds):
        take_for_box(user=picker, shelf=shelf, variant=variant)


def test_the_shelf_scanned_last_on_this_page_is_where_the_person_stands(picker: User, shelf: Shelf) -> None:
    def scan(user: User, page: str, scanned: Shelf | None, number: int) -> None:
        ScanLog.objects.create(
            key=f"tarama-{number}", page=page, user=user, text="", outcome=ScanOutcome.OK, shelf=scanned
        )

    other = make_shelf()
    scan(picker, "fast", other, 1)
    scan(picker, "fast", shelf, 2)
    scan(picker, "fast", None, 3)
    scan(picker, "move", other, 4)
    scan(make_user(), "fast", other, 5)

    last = last_at_shelf(user_id=picker.pk, page="fast")
    assert last is not None
    assert last.shelf == shelf


def test_nobody_stands_for_ever_where_they_scanned_last(picker: User, shelf: Shelf) -> None:
    with time_machine.travel(timezone.now() - STANDS_THERE):
        ScanLog.objects.create(
            key="tarama-1", page="fast", user=picker, text="", outcome=ScanOutcome.OK, shelf=shelf
        )

    assert last_at_shelf(user_id=picker.pk, page="fast") is None


def test_what_waits_for_boxes_of_a_shelf_is_listed_most_urgent_first(
    picker: User, variant: Variant, shelf: Shelf, django_assert_num_queries
) -> None:
    now = timezone.now()
    urgent = make_variant(product=make_product("0200"))
    stock(urgent, shelf, 1)
    elsewhere = make_variant()
    stock(elsewhere, make_shelf(), 1)
    make_order([(variant, 1)], ship_by_at=now + timedelta(hours=9))
    make_order([(variant, 1)], ship_by_at=now + timedelta(hours=8))
    make_order([(urgent, 1)], ship_by_at=now + timedelta(hours=1))
    make_order([(elsewhere, 1)])
    make_order([(variant, 2)])

    with django_assert_num_queries(1):
        rows = wanted_on_shelf(shelf_id=shelf.pk, user_id=picker.pk, now=now)

    assert [(row.article, row.orders, row.there) for row in rows] == [
        ("0200 Siyah 37", 1, 1),
        ("0172 Siyah 38", 2, 5),
    ]
