"""Preparing one order with the scanner: who has it, which shelf, which box, and what confirms it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import ProductImage, Variant
from gullu.models import User
from inventory.errors import InsufficientStock
from inventory.models import CentralStock, RafUrun, Shelf
from inventory.services import adjust_stock
from orders.cards import Step, TimeLeft
from orders.claim_errors import (
    BoxesInHand,
    ClaimLost,
    EnoughOfIt,
    NeighbourBox,
    NoShelfHolds,
    OrderInBatch,
    OrderInOtherHands,
    ShelfFirst,
    ShelfWithout,
    WrongBox,
)
from orders.claims import CLAIM_TIME, claim_next, lock_claim
from orders.enums import OrderState, ParkReason
from orders.errors import OrderClosed, OrderIsParked, OrderNotFound, OrderUnpaid, UnknownOrderBarcode
from orders.models import Order, OrderLine, PickBatch, PickBatchOrder, PickClaim, PickScan
from orders.selectors import order_card, queue
from orders.services import cancel_order, confirm_picking, park_order
from orders.services.preparing import (
    BoxOutcome,
    Held,
    Lost,
    confirm,
    give_back,
    hold,
    scan_box,
    scan_shelf,
    start_again,
    take_by_number,
    take_next,
    taken_over,
)
from tests.factories import make_order, make_product, make_shelf, make_user, make_variant, stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def picker() -> User:
    return make_user(first_name="Fatma", last_name="Demir")


@pytest.fixture
def shelf() -> Shelf:
    return make_shelf("A-B-03")


@pytest.fixture
def variant(shelf: Shelf) -> Variant:
    variant = make_variant(product=make_product("0172"), colour="Siyah", size="38")
    stock(variant, shelf, 5)
    return variant


def in_hand(user: User) -> Held:
    held = hold(user=user)
    assert isinstance(held, Held)
    return held


def take_order(user: User, *lines: tuple[Variant, int], **fields) -> Order:
    order = make_order(lines, **fields)
    assert claim_next(user_id=user.pk, now=timezone.now()) == order.pk
    return order


# --- which order is next ------------------------------------------------------------------------------------------


def test_the_next_order_is_the_one_that_must_leave_first(picker: User, variant: Variant) -> None:
    now = timezone.now()
    make_order([(variant, 1)], ship_by_at=now + timedelta(hours=9))
    late = make_order([(variant, 1)], ship_by_at=now - timedelta(hours=1))
    make_order([(variant, 1)], ship_by_at=None)

    assert take_next(user=picker) == late.pk


def test_of_equal_deadlines_the_older_order_is_next(picker: User, variant: Variant) -> None:
    now = timezone.now()
    deadline = now + timedelta(hours=5)
    make_order([(variant, 1)], ship_by_at=deadline, ordered_at=now - timedelta(hours=1))
    older = make_order([(variant, 1)], ship_by_at=deadline, ordered_at=now - timedelta(hours=3))

    assert take_next(user=picker) == older.pk


def test_orders_that_cannot_be_prepared_are_never_next(picker: User, variant: Variant) -> None:
    make_order([(variant, 1)], status=OrderState.PICKING)
    make_order([(variant, 1)], payment_pending=True)
    make_order([(variant, 1)], parked=True)
    make_order([("8690000000000", 1)])
    make_order([])
    in_batch = make_order([(variant, 1)])
    batch = PickBatch.objects.create(created_by=picker)
    PickBatchOrder.objects.create(batch=batch, order=in_batch, slot=1)

    assert take_next(user=picker) is None


def test_two_people_get_different_orders(picker: User, variant: Variant) -> None:
    first, second = make_order([(variant, 1)]), make_order([(variant, 1)])
    other = make_user()

    assert (take_next(user=picker), take_next(user=other)) == (first.pk, second.pk)


def test_an_expired_claim_is_taken_over_without_the_boxes_of_the_person_before(
    picker: User, variant: Variant, shelf: Shelf
) -> None:
    order = take_order(picker, (variant, 2))
    scan_shelf(in_hand(picker), shelf=shelf)
    scan_box(in_hand(picker), variant=variant, user=picker)
    other = make_user()
    assert take_next(user=other) is None
    PickClaim.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert take_next(user=other) == order.pk

    assert hold(user=picker) is None
    held = in_hand(other)
    assert (held.claim.shelf, held.card.scanned) == (None, 0)


def test_an_expired_claim_nobody_took_is_still_mine(picker: User, variant: Variant, shelf: Shelf) -> None:
    order = take_order(picker, (variant, 1))
    PickClaim.objects.update(expires_at=timezone.now() - timedelta(hours=1))

    scan_shelf(in_hand(picker), shelf=shelf)

    claim = PickClaim.objects.get(order=order)
    assert claim.expires_at > timezone.now() + CLAIM_TIME - timedelta(minutes=1)


def test_every_scan_prolongs_the_claim(picker: User, variant: Variant, shelf: Shelf) -> None:
    take_order(picker, (variant, 3))
    scan_shelf(in_hand(picker), shelf=shelf)
    PickClaim.objects.update(expires_at=timezone.now() + timedelta(seconds=5))

    scan_box(in_hand(picker), variant=variant, user=picker)

    assert PickClaim.objects.get().expires_at > timezone.now() + CLAIM_TIME - timedelta(minutes=1)


def test_a_claim_taken_over_under_our_feet_books_nothing(
    picker: User, variant: Variant, shelf: Shelf
) -> None:
    take_order(picker, (variant, 1))
    scan_shelf(in_hand(picker), shelf=shelf)
    held = in_hand(picker)
    PickClaim.objects.update(user=make_user())

    with pytest.raises(ClaimLost):
        scan_shelf(held, shelf=shelf)


# --- asked for by number ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["order_number", "cargo_tracking_number", "package_id"])
def test_an_order_is_taken_by_any_of_its_numbers(picker: User, variant: Variant, number: str) -> None:
    take_order(picker, (variant, 1))
    wanted = make_order([(variant, 1)])

    taken = take_by_number(user=picker, text=str(getattr(wanted, number)))

    assert taken.pk == wanted.pk
    assert list(PickClaim.objects.values_list("order", "user")) == [(wanted.pk, picker.pk)]


def test_who_has_an_order_is_said_when_it_is_asked_for(picker: User, variant: Variant) -> None:
    order = take_order(picker, (variant, 1))

    with pytest.raises(OrderInOtherHands) as refusal:
        take_by_number(user=make_user(), text=order.order_number)

    assert refusal.value.data["person"] == "Fatma Demir"


def test_my_own_order_asked_for_again_stays_mine(picker: User, variant: Variant) -> None:
    order = take_order(picker, (variant, 1))

    assert take_by_number(user=picker, text=order.order_number) == order


def test_an_order_with_scanned_boxes_is_not_left_for_another(
    picker: User, variant: Variant, shelf: Shelf
) -> None:
    take_order(picker, (variant, 2))
    scan_shelf(in_hand(picker), shelf=shelf)
    scan_box(in_hand(picker), variant=variant, user=picker)
    other = make_order([(variant, 1)])

    with pytest.raises(BoxesInHand):
        take_by_number(user=picker, text=other.order_number)


def test_of_packages_with_one_number_the_one_to_prepare_is_taken(picker: User, variant: Variant) -> None:
    make_order([(variant, 1)], order_number="10400", status=OrderState.SHIPPED)
    open_one = make_order([(variant, 1)], order_number="10400")

    assert take_by_number(user=picker, text="10400") == open_one


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"status": OrderState.SHIPPED}, OrderClosed),
        ({"payment_pending": True}, OrderUnpaid),
        ({"parked": True}, OrderIsParked),
    ],
)
def test_why_an_order_cannot_be_taken_is_said(
    picker: User, variant: Variant, fields: dict, refusal: type
) -> None:
    make_order([(variant, 1)], order_number="10400", **fields)

    with pytest.raises(refusal):
        take_by_number(user=picker, text="10400")


def test_an_order_of_an_unknown_barcode_cannot_be_taken(picker: User, variant: Variant) -> None:
    make_order([("8690000000000", 1), (variant, 1)], order_number="10400")

    with pytest.raises(UnknownOrderBarcode):
        take_by_number(user=picker, text="10400")


def test_an_order_in_a_batch_is_said_to_be_there(picker: User, variant: Variant) -> None:
    order = make_order([(variant, 1)])
    batch = PickBatch.objects.create(created_by=picker)
    PickBatchOrder.objects.create(batch=batch, order=order, slot=1)

    with pytest.raises(OrderInBatch) as refusal:
        take_by_number(user=picker, text=order.order_number)

    assert refusal.value.data["batch"] == batch.pk


def test_an_unknown_number_is_not_found(picker: User) -> None:
    with pytest.raises(OrderNotFound):
        take_by_number(user=picker, text="yok")


# --- the shelf ----------------------------------------------------------------------------------------------------


def test_a_shelf_that_holds_it_is_remembered(picker: User, variant: Variant, shelf: Shelf) -> None:
    take_order(picker, (variant, 1))

    result = scan_shelf(in_hand(picker), shelf=shelf)

    assert (result.shelf_code, result.take) == ("A-B-03", "0172 Siyah 38")
    assert PickClaim.objects.get().shelf == shelf


def test_a_shelf_that_does_not_hold_it_is_refused_with_those_that_do(picker: User, variant: Variant) -> None:
    stock(variant, make_shelf("C-01-01", route_order=1), 2)
    take_order(picker, (variant, 1))

    with pytest.raises(ShelfWithout) as refusal:
        scan_shelf(in_hand(picker), shelf=make_shelf("D-01-01"))

    assert refusal.value.data["shelves"] == "C-01-01 (2), A-B-03 (5)"


def test_when_no_shelf_holds_it_the_ways_out_are_named(picker: User, shelf: Shelf) -> None:
    take_order(picker, (make_variant(), 1))

    with pytest.raises(NoShelfHolds):
        scan_shelf(in_hand(picker), shelf=shelf)


def test_a_shelf_emptied_by_this_very_order_is_refused(picker: User, variant: Variant) -> None:
    small, other = make_shelf("C-01-01"), make_shelf("C-01-02")
    short = make_variant()
    stock(short, small, 1)
    stock(short, other, 1)
    take_order(picker, (short, 2))
    scan_shelf(in_hand(picker), shelf=small)
    scan_box(in_hand(picker), variant=short, user=picker)

    with pytest.raises(ShelfWithout) as refusal:
        scan_box(in_hand(picker), variant=short, user=picker)

    assert refusal.value.data["shelves"] == "C-01-02 (1)"


# --- the box ------------------------------------------------------------------------------------------------------


def test_the_box_before_the_shelf_is_refused(picker: User, variant: Variant) -> None:
    take_order(picker, (variant, 1))

    with pytest.raises(ShelfFirst) as refusal:
        scan_box(in_hand(picker), variant=variant, user=picker)

    assert refusal.value.data["shelves"] == "A-B-03 (5)"


@pytest.mark.parametrize(
    ("colour", "size", "got", "wanted"),
    [("Siyah", "39", "39", "38"), ("Bej", "38", "Bej", "Siyah"), ("Bej", "40", "Bej 40", "Siyah 38")],
)
def test_the_neighbouring_box_is_named_by_what_differs(
    picker: User, variant: Variant, colour: str, size: str, got: str, wanted: str
) -> None:
    neighbour = make_variant(product=variant.product, colour=colour, size=size)
    take_order(picker, (variant, 1))

    with pytest.raises(NeighbourBox) as refusal:
        scan_box(in_hand(picker), variant=neighbour, user=picker)

    assert (refusal.value.data["got"], refusal.value.data["wanted"]) == (got, wanted)


def test_another_model_is_the_wrong_box(picker: User, variant: Variant) -> None:
    stranger = make_variant(product=make_product("0200"), colour="Siyah", size="38")
    take_order(picker, (variant, 1))

    with pytest.raises(WrongBox) as refusal:
        scan_box(in_hand(picker), variant=stranger, user=picker)

    assert (refusal.value.data["got"], refusal.value.data["wanted"]) == ("0200 Siyah 38", "0172 Siyah 38")


def test_the_only_box_confirms_from_the_scanned_shelf_and_brings_the_next_order(
    picker: User, variant: Variant
) -> None:
    fullest, scanned = make_shelf("C-01-01"), make_shelf("C-01-02")
    stock(variant, fullest, 50)
    stock(variant, scanned, 1)
    order = take_order(picker, (variant, 1))
    following = make_order([(variant, 1)])
    scan_shelf(in_hand(picker), shelf=scanned)

    result = scan_box(in_hand(picker), variant=variant, user=picker)

    assert (result.outcome, result.order_id, result.next_order) == (
        BoxOutcome.CONFIRMED,
        order.pk,
        following.pk,
    )
    assert Order.objects.get(pk=order.pk).status == OrderState.PICKING
    assert RafUrun.objects.get(shelf=scanned, variant=variant).adet == 0
    assert OrderLine.objects.get(order=order).scanned
    assert in_hand(picker).order.pk == following.pk


def test_boxes_of_an_order_are_counted_until_the_last_confirms(picker: User, variant: Variant) -> None:
    other_shelf, other = make_shelf("C-01-01"), make_variant(product=make_product("0200"))
    stock(variant, other_shelf, 1)
    stock(other, other_shelf, 1)
    order = take_order(picker, (variant, 2), (other, 1))
    scan_shelf(in_hand(picker), shelf=other_shelf)

    first = scan_box(in_hand(picker), variant=variant, user=picker)
    second = scan_box(in_hand(picker), variant=other, user=picker)
    with pytest.raises(EnoughOfIt):
        scan_box(in_hand(picker), variant=other, user=picker)
    scan_shelf(in_hand(picker), shelf=Shelf.objects.get(code="A-B-03"))
    last = scan_box(in_hand(picker), variant=variant, user=picker)

    assert (first.missing, second.missing) == ("0172 Siyah 38, 0200 Siyah 37", "0172 Siyah 38")
    assert last.outcome is BoxOutcome.CONFIRMED
    assert Order.objects.get(pk=order.pk).status == OrderState.PICKING
    assert CentralStock.objects.get(variant=variant).qty == 4
    assert PickScan.objects.count() == 0


def test_two_lines_of_one_barcode_are_filled_one_after_the_other(
    picker: User, variant: Variant, shelf: Shelf
) -> None:
    order = take_order(picker, (variant, 1), (variant, 1))
    scan_shelf(in_hand(picker), shelf=shelf)

    scan_box(in_hand(picker), variant=variant, user=picker)
    scan_box(in_hand(picker), variant=variant, user=picker)

    assert list(OrderLine.objects.filter(order=order).values_list("deducted_quantity", flat=True)) == [1, 1]


def test_stock_that_vanished_before_the_last_box_keeps_the_order_in_hand(
    picker: User, variant: Variant, shelf: Shelf
) -> None:
    take_order(picker, (variant, 1))
    scan_shelf(in_hand(picker), shelf=shelf)
    held = in_hand(picker)
    adjust_stock(barcode=variant.barcode, shelf_code="A-B-03", counted=0, reason="sayım")

    with pytest.raises(InsufficientStock):
        scan_box(held, variant=variant, user=picker)

    assert PickClaim.objects.count() == 1


# --- the order changes under the picker's hands ------------------------------------------------------------------


def test_an_order_cancelled_meanwhile_is_let_go_with_its_boxes(
    picker: User, variant: Variant, shelf: Shelf
) -> None:
    order = take_order(picker, (variant, 2))
    scan_shelf(in_hand(picker), shelf=shelf)
    scan_box(in_hand(picker), variant=variant, user=picker)
    cancel_order(order_id=order.pk, reason="vazgeçti")

    lost = hold(user=picker)

    assert isinstance(lost, Lost)
    assert (lost.order_number, lost.pairs) == (order.order_number, 1)
    assert (PickClaim.objects.count(), PickScan.objects.count()) == (0, 0)


@pytest.mark.parametrize("ending", ["confirmed", "parked", "unpaid"])
def test_an_order_others_closed_meanwhile_is_let_go_with_a_sentence(
    picker: User, variant: Variant, ending: str
) -> None:
    order = take_order(picker, (variant, 1))
    if ending == "confirmed":
        confirm_picking(order_id=order.pk)
    elif ending == "parked":
        park_order(order_id=order.pk, reason=ParkReason.PRODUCT)
    else:
        Order.objects.filter(pk=order.pk).update(payment_pending=True)

    lost = hold(user=picker)

    assert isinstance(lost, Lost)
    assert order.order_number in lost.sentence


def test_an_order_that_became_complete_is_confirmed_by_the_button(
    picker: User, variant: Variant, shelf: Shelf
) -> None:
    order = take_order(picker, (variant, 2))
    scan_shelf(in_hand(picker), shelf=shelf)
    scan_box(in_hand(picker), variant=variant, user=picker)
    OrderLine.objects.filter(order=order).update(quantity=1)
    assert in_hand(picker).card.step() is Step.CONFIRM

    confirm(in_hand(picker), user=picker)

    assert CentralStock.objects.get(variant=variant).qty == 4


def test_an_order_that_became_smaller_than_what_was_scanned_is_scanned_again(
    picker: User, variant: Variant, shelf: Shelf
) -> None:
    order = take_order(picker, (variant, 3))
    scan_shelf(in_hand(picker), shelf=shelf)
    for _box in range(2):
        scan_box(in_hand(picker), variant=variant, user=picker)
    OrderLine.objects.filter(order=order).update(quantity=1)
    assert in_hand(picker).card.step() is Step.AGAIN

    assert start_again(in_hand(picker)) == 2

    assert in_hand(picker).card.step() is Step.BOX


def test_giving_back_frees_the_order_and_forgets_its_boxes(
    picker: User, variant: Variant, shelf: Shelf
) -> None:
    order = take_order(picker, (variant, 2))
    scan_shelf(in_hand(picker), shelf=shelf)
    scan_box(in_hand(picker), variant=variant, user=picker)

    assert give_back(in_hand(picker)) == 1

    assert take_next(user=make_user()) == order.pk
    assert PickScan.objects.count() == 0


def test_nothing_was_taken_over_from_somebody_who_scanned_nothing(picker: User) -> None:
    assert taken_over(user=picker, page="prepare") is None


# --- what is shown ------------------------------------------------------------------------------------------------


def test_the_card_shows_picture_shelves_in_walking_order_and_a_short_name(picker: User) -> None:
    product = make_product("0172")
    variant = make_variant(product=product, colour="Siyah", size="38")
    far, near = make_shelf("A-01-09", route_order=9), make_shelf("Z-01-01", route_order=1)
    stock(variant, far, 2)
    stock(variant, near, 1)
    for position in (2, 1):
        ProductImage.objects.create(
            product=product, colour="Siyah", url=f"https://cdn.example/{position}.jpg", position=position
        )
    ProductImage.objects.create(product=product, colour="Bej", url="https://cdn.example/bej.jpg")
    order = take_order(picker, (variant, 2))

    card = order_card(order.pk, now=timezone.now())

    assert card is not None
    assert [(spot.code, spot.quantity) for spot in card.stops()] == [("Z-01-01", 1), ("A-01-09", 2)]
    assert (card.first.picture, card.customer) == ("https://cdn.example/1.jpg", "Ayşe Y.")


def test_the_queue_shows_the_next_orders_most_urgent_first_without_those_of_others(
    picker: User, variant: Variant
) -> None:
    now = timezone.now()
    orders = [make_order([(variant, 1)], ship_by_at=now + timedelta(hours=n)) for n in range(13)]
    take_next(user=picker)
    take_next(user=make_user())

    shown = queue(user_id=picker.pk, now=now)

    assert shown.current is not None
    assert shown.current.order_id == orders[0].pk
    assert [card.order_id for card in shown.upcoming] == [order.pk for order in orders[2:12]]


@pytest.mark.parametrize("orders", [1, 3])
def test_the_queue_costs_one_statement(
    picker: User, variant: Variant, orders: int, django_assert_num_queries
) -> None:
    for _order in range(orders):
        make_order([(variant, 1), (make_variant(), 2)])
    take_next(user=picker)

    with django_assert_num_queries(1):
        shown = queue(user_id=picker.pk, now=timezone.now())

    assert len(shown.upcoming) == orders - 1


def test_claiming_costs_few_statements(picker: User, variant: Variant, django_assert_num_queries) -> None:
    make_order([(variant, 1)])

    with django_assert_num_queries(2):  # the second asks whether a batch took it in the same instant
        claim_next(user_id=picker.pk, now=timezone.now())

    with django_assert_num_queries(1):
        claim = lock_claim(picker.pk)
        assert claim is not None
        assert claim.order.order_number
        assert claim.shelf is None


@pytest.mark.parametrize(
    ("left", "shown"),
    [
        (timedelta(days=1, hours=3, minutes=20), (False, False, 1, 3, 20)),
        (timedelta(hours=2), (False, True, 0, 2, 0)),
        (-timedelta(minutes=5), (True, False, 0, 0, 5)),
    ],
)
def test_time_left_is_days_hours_and_minutes(left: timedelta, shown: tuple) -> None:
    now = timezone.now()

    time_left = TimeLeft.until(now + left, now)

    assert (time_left.late, time_left.urgent, time_left.days, time_left.hours, time_left.minutes) == shown
