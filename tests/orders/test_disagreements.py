"""When the shelf disagrees with the books: empty slots, doubt, corrections, parking, giving up."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from catalog.models import Variant
from gullu.models import User
from integrations.models import OutboxMessage
from inventory.doubt import REMEMBERED, Surprise, clear_doubt, record_surprise
from inventory.enums import CountReason, ScanOutcome
from inventory.models import CentralStock, CountTask, RafUrun, ScanLog, Shelf, StockDoubt
from inventory.selectors import availability
from orders.claim_errors import EmptyNeedsShelf, NotOnShelf
from orders.claims import claim_next
from orders.enums import BatchState, OrderState, ParkReason, UnsuppliedReason
from orders.errors import ReasonRequired
from orders.models import Order, OrderLine, PickBatch, PickBatchItem, PickClaim, PickScan
from orders.services.disagreements import (
    SLOT_EMPTY,
    correct_count,
    park,
    report_empty,
    report_unsupplied,
)
from orders.services.preparing import Held, hold, scan_box, scan_shelf
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
    stock(variant, shelf, 3)
    return variant


def in_hand(user: User) -> Held:
    held = hold(user=user)
    assert isinstance(held, Held)
    return held


def at_shelf(user: User, shelf: Shelf, *lines: tuple[Variant, int]) -> OrderLine:
    """An order in the hand of a person who stands at the shelf; its first line."""
    order = make_order(lines)
    assert claim_next(user_id=user.pk, now=timezone.now()) == order.pk
    scan_shelf(in_hand(user), shelf=shelf)
    return OrderLine.objects.filter(order=order).order_by("pk")[0]


def offered(variant: Variant) -> int:
    return availability([variant.barcode])[0].offered


# --- surprises and doubt ------------------------------------------------------------------------------------------


def test_the_first_surprise_asks_for_a_count_and_holds_nothing_back(
    picker: User, variant: Variant, shelf: Shelf
) -> None:
    surprise = record_surprise(variant_id=variant.pk, shelf_id=shelf.pk, user_id=picker.pk, note="1001")

    assert surprise == Surprise(surprises=1, held=0)
    task = CountTask.objects.get()
    assert (task.shelf, task.variant, task.reason, task.note, task.created_by) == (
        shelf,
        variant,
        CountReason.EMPTY,
        "1001",
        picker,
    )
    assert offered(variant) == 3


def test_the_second_surprise_within_30_days_holds_back_what_the_shelf_claims(
    variant: Variant, shelf: Shelf
) -> None:
    stock(variant, make_shelf(), 10)
    record_surprise(variant_id=variant.pk, shelf_id=shelf.pk, user_id=None)

    surprise = record_surprise(variant_id=variant.pk, shelf_id=shelf.pk, user_id=None)

    assert surprise == Surprise(surprises=2, held=3)
    assert (CountTask.objects.count(), offered(variant)) == (1, 10)


def test_two_surprising_shelves_hold_back_both(variant: Variant, shelf: Shelf) -> None:
    other = make_shelf()
    stock(variant, other, 4)
    record_surprise(variant_id=variant.pk, shelf_id=shelf.pk, user_id=None)

    assert record_surprise(variant_id=variant.pk, shelf_id=other.pk, user_id=None).held == 7


def test_a_surprise_older_than_30_days_is_forgotten(variant: Variant, shelf: Shelf) -> None:
    with time_machine.travel(timezone.now() - REMEMBERED - timedelta(hours=1)):
        record_surprise(variant_id=variant.pk, shelf_id=shelf.pk, user_id=None)

    surprise = record_surprise(variant_id=variant.pk, shelf_id=shelf.pk, user_id=None)

    assert surprise == Surprise(surprises=1, held=0)


def test_doubt_does_not_fade_before_it_is_counted(variant: Variant, shelf: Shelf) -> None:
    with time_machine.travel(timezone.now() - REMEMBERED - timedelta(hours=1)):
        record_surprise(variant_id=variant.pk, shelf_id=shelf.pk, user_id=None)
        record_surprise(variant_id=variant.pk, shelf_id=shelf.pk, user_id=None)

    assert record_surprise(variant_id=variant.pk, shelf_id=shelf.pk, user_id=None).surprises == 3


def test_counting_the_shelf_ends_the_doubt_and_the_task(variant: Variant, shelf: Shelf) -> None:
    for _surprise in range(2):
        record_surprise(variant_id=variant.pk, shelf_id=shelf.pk, user_id=None)

    clear_doubt([variant.pk], shelf_id=shelf.pk)

    assert (CountTask.objects.filter(done_at=None).count(), StockDoubt.objects.count()) == (0, 0)
    assert offered(variant) == 3


def test_counting_one_of_two_shelves_keeps_the_doubt_about_the_other(variant: Variant, shelf: Shelf) -> None:
    other = make_shelf()
    stock(variant, other, 4)
    for place in (shelf, other):
        record_surprise(variant_id=variant.pk, shelf_id=place.pk, user_id=None)

    clear_doubt([variant.pk], shelf_id=shelf.pk)

    assert list(StockDoubt.objects.values_list("surprises", "held")) == [(2, 4)]


def test_counting_one_barcode_leaves_the_doubt_about_another(variant: Variant, shelf: Shelf) -> None:
    other = make_variant()
    stock(other, shelf, 2)
    for barcode in (variant, other):
        for _surprise in range(2):
            record_surprise(variant_id=barcode.pk, shelf_id=shelf.pk, user_id=None)

    clear_doubt([variant.pk], shelf_id=shelf.pk)

    assert list(StockDoubt.objects.values_list("variant", "held")) == [(other.pk, 2)]


# --- from the prepare page ----------------------------------------------------------------------------------------


def test_an_empty_slot_becomes_a_count_task_and_names_the_other_shelves(
    picker: User, variant: Variant, shelf: Shelf
) -> None:
    stock(variant, make_shelf("C-01-01"), 2)
    line = at_shelf(picker, shelf, (variant, 1))

    slot = report_empty(in_hand(picker), line_id=line.pk, user=picker)

    assert (slot.shelf_code, slot.shelves, slot.surprise) == ("A-B-03", "C-01-01 (2)", Surprise(1, 0))
    assert CountTask.objects.get().shelf == shelf
    assert [spot.code for spot in in_hand(picker).card.stops()] == ["C-01-01", "A-B-03"]


def test_the_same_empty_slot_reported_twice_for_an_order_is_one_surprise(
    picker: User, variant: Variant, shelf: Shelf
) -> None:
    line = at_shelf(picker, shelf, (variant, 1))
    report_empty(in_hand(picker), line_id=line.pk, user=picker)
    ScanLog.objects.create(
        key="tarama-1",
        page="prepare",
        user=picker,
        text="",
        outcome=ScanOutcome.OK,
        code=SLOT_EMPTY,
        variant=variant,
        shelf=shelf,
        reference=line.order.order_number,
    )

    slot = report_empty(in_hand(picker), line_id=line.pk, user=picker)

    assert slot.surprise is None
    assert StockDoubt.objects.get().surprises == 1


def test_an_empty_slot_is_reported_from_the_shelf_alone(picker: User, variant: Variant) -> None:
    order = make_order([(variant, 1)])
    claim_next(user_id=picker.pk, now=timezone.now())

    with pytest.raises(EmptyNeedsShelf):
        report_empty(in_hand(picker), line_id=order.lines.get().pk, user=picker)


def test_a_shelf_that_need_not_hold_it_is_not_reported(picker: User, variant: Variant, shelf: Shelf) -> None:
    other = make_variant()
    stock(other, make_shelf(), 1)
    at_shelf(picker, shelf, (variant, 1), (other, 1))
    line_of_other = OrderLine.objects.get(variant=other)

    with pytest.raises(NotOnShelf):
        report_empty(in_hand(picker), line_id=line_of_other.pk, user=picker)


def test_correcting_the_count_books_a_reason_and_ends_the_doubt(
    picker: User, variant: Variant, shelf: Shelf
) -> None:
    line = at_shelf(picker, shelf, (variant, 1))
    report_empty(in_hand(picker), line_id=line.pk, user=picker)

    correct_count(
        in_hand(picker), line_id=line.pk, counted=0, reason="kutu yok", user=picker, key="scan:12345678"
    )

    assert CentralStock.objects.get(variant=variant).qty == 0
    assert variant.movements.order_by("-pk")[0].reason == "kutu yok"
    assert (CountTask.objects.filter(done_at=None).count(), StockDoubt.objects.count()) == (0, 0)


def test_boxes_in_hand_are_not_counted_away(picker: User, variant: Variant, shelf: Shelf) -> None:
    """Three by the books: one is in the hand, two lie there; nothing is missing."""
    line = at_shelf(picker, shelf, (variant, 2))
    scan_box(in_hand(picker), variant=variant, user=picker)

    change = correct_count(
        in_hand(picker), line_id=line.pk, counted=2, reason="saydım", user=picker, key="scan:12345678"
    )

    assert change.delta == 0
    assert RafUrun.objects.get(shelf=shelf, variant=variant).adet == 3


def test_boxes_collected_for_a_batch_are_not_counted_away(
    picker: User, variant: Variant, shelf: Shelf
) -> None:
    line = at_shelf(picker, shelf, (variant, 1))
    for state in (BatchState.COLLECTING, BatchState.CLOSED):
        batch = PickBatch.objects.create(created_by=picker, state=state)
        PickBatchItem.objects.create(batch=batch, variant=variant, shelf=shelf, collected=2, sorted=1)

    change = correct_count(
        in_hand(picker), line_id=line.pk, counted=2, reason="saydım", user=picker, key="scan:12345678"
    )

    assert change.delta == 0


def test_parking_gives_the_reason_and_frees_the_hands(picker: User, variant: Variant, shelf: Shelf) -> None:
    line = at_shelf(picker, shelf, (variant, 2))
    scan_box(in_hand(picker), variant=variant, user=picker)

    pairs = park(in_hand(picker), reason=ParkReason.OTHER, note="kutu ezik", user=picker)

    order = Order.objects.get(pk=line.order_id)
    assert (pairs, order.parked, order.park_reason, order.park_note) == (1, True, "OTHER", "kutu ezik")
    assert (PickClaim.objects.count(), PickScan.objects.count()) == (0, 0)
    assert availability([variant.barcode])[0].reserved == 2


def test_parking_without_a_reason_is_refused(picker: User, variant: Variant, shelf: Shelf) -> None:
    at_shelf(picker, shelf, (variant, 1))

    with pytest.raises(ReasonRequired):
        park(in_hand(picker), reason="YOK", note="", user=picker)


def test_reporting_as_not_supplied_cancels_and_tells_the_marketplace(
    picker: User, variant: Variant, shelf: Shelf
) -> None:
    line = at_shelf(picker, shelf, (variant, 1))

    given_up = report_unsupplied(user=picker, reason_id=UnsuppliedReason.DEFECTIVE)

    assert given_up is not None
    assert (given_up.result.released, given_up.pairs) == (1, 0)
    assert Order.objects.get(pk=line.order_id).status == OrderState.CANCELLED
    message = OutboxMessage.objects.get()
    assert (message.kind, message.body["reason_id"]) == ("UNSUPPLIED", 501)
    assert PickClaim.objects.count() == 0


def test_without_an_order_in_hand_nothing_is_reported(picker: User) -> None:
    assert report_unsupplied(user=picker, reason_id=UnsuppliedReason.OUT_OF_STOCK) is None
