"""Two pickers at once: real threads, one order each, and one story for every order.

The control test takes the claim's arbiter out and sees two people with one order: so these tests are able to fail.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from catalog.models import Variant
from gullu.models import User
from inventory.doubt import record_surprise
from inventory.enums import ScanOutcome
from inventory.models import CentralStock, CountTask, Shelf, StockDoubt, StockMovement
from inventory.scan.kernel import Answer, work_on_scan
from orders import claims
from orders.compiled import NOW, USER
from orders.enums import OrderState
from orders.models import Order, PickBatchOrder, PickClaim
from orders.services import cancel_order, confirm_picking
from orders.services.batches import make_batch
from orders.services.disagreements import report_unsupplied
from orders.services.fast_lane import take_for_box
from orders.services.preparing import Held, hold, scan_box, scan_shelf, take_next
from tests.concurrency.threads import race
from tests.factories import make_order, make_shelf, make_user, make_variant, stock

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5
_keys = count(1)


@pytest.fixture
def shelf() -> Shelf:
    return make_shelf("A-B-03")


@pytest.fixture
def variant(shelf: Shelf) -> Variant:
    variant = make_variant()
    stock(variant, shelf, 60)
    return variant


def scan(user: User, work: Callable[[], Any], *, key: str | None = None) -> Answer:
    """One scan of one person, as the page does it."""

    def handler() -> Answer:
        result = work()
        return Answer(outcome=ScanOutcome.OK, message=str(result))

    return work_on_scan(
        key=key or f"tarama-{next(_keys):05d}", page="prepare", text="x", user=user, handler=handler
    )


def take(user: User) -> int | None:
    with transaction.atomic():
        return take_next(user=user)


def prepare(user: User, shelf: Shelf, variant: Variant) -> Answer:
    """Shelf and box of whatever is in hand."""

    def both() -> str:
        held = hold(user=user)
        if not isinstance(held, Held):
            return "nothing in hand"
        scan_shelf(held, shelf=shelf)
        return scan_box(held, variant=variant, user=user).outcome.value

    return scan(user, both)


def in_hand(user: User) -> Held:
    held = hold(user=user)
    assert isinstance(held, Held)
    return held


def wait_for_somebody_to_wait() -> None:
    """Until another connection waits for a lock of this transaction."""
    with connection.cursor() as cursor:
        for _try in range(200):
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.02)")
    raise AssertionError("nobody waits")


def take_box(user: User, shelf: Shelf, variant: Variant) -> Answer:
    """A box on the fast lane."""
    return scan(user, lambda: take_for_box(user=user, shelf=shelf, variant=variant))


def test_six_people_at_once_get_six_orders(variant: Variant) -> None:
    people = [make_user() for _person in range(6)]
    for _round in range(ROUNDS):
        orders = [make_order([(variant, 1)]) for _order in range(6)]

        taken = race(*[partial(take, person) for person in people])

        assert sorted(taken) == [order.pk for order in orders]
        PickClaim.objects.all().delete()
        Order.objects.all().delete()


def test_of_two_people_and_one_order_one_goes_empty_handed(variant: Variant) -> None:
    people = make_user(), make_user()
    for _round in range(ROUNDS):
        order = make_order([(variant, 1)])

        taken = race(*[partial(take, person) for person in people])

        assert sorted(taken, key=str) == sorted([order.pk, None], key=str)
        PickClaim.objects.all().delete()
        Order.objects.all().delete()


def test_an_expired_claim_is_taken_over_by_exactly_one(variant: Variant) -> None:
    order = make_order([(variant, 1)])
    take(make_user())
    people = [make_user() for _person in range(4)]
    for _round in range(ROUNDS):
        PickClaim.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

        taken = race(*[partial(take, person) for person in people])

        assert [pk for pk in taken if pk is not None] == [order.pk]


def test_scanning_against_a_take_over_ends_with_one_owner(variant: Variant, shelf: Shelf) -> None:
    for _round in range(ROUNDS):
        order = make_order([(variant, 1)])
        first, second = make_user(), make_user()
        take(first)
        PickClaim.objects.filter(order=order).update(expires_at=timezone.now() - timedelta(seconds=1))

        race(partial(prepare, first, shelf, variant), partial(take, second))

        order.refresh_from_db()
        owners = list(PickClaim.objects.filter(order=order).values_list("user", flat=True))
        confirmed_by_first = order.picked_by_id == first.pk
        assert (confirmed_by_first, owners) in [(True, []), (False, [second.pk])]
        Order.objects.filter(status=OrderState.CREATED).delete()


def test_eight_people_prepare_everything_once(variant: Variant, shelf: Shelf) -> None:
    orders = [make_order([(variant, 1)]) for _order in range(24)]
    people = [make_user() for _person in range(8)]

    def work(user: User) -> int:
        done = 0
        take(user)
        while prepare(user, shelf, variant).message == "CONFIRMED":
            done += 1
        return done

    done = race(*[partial(work, person) for person in people])

    assert sum(done) == 24
    assert Order.objects.filter(status=OrderState.PICKING).count() == len(orders)
    assert CentralStock.objects.get(variant=variant).qty == 36
    assert StockMovement.objects.filter(kind="PICK").count() == 24
    assert PickClaim.objects.count() == 0


def test_the_same_person_on_two_devices_confirms_once(variant: Variant, shelf: Shelf) -> None:
    for _round in range(ROUNDS):
        user = make_user()
        make_order([(variant, 1)])
        take(user)

        answers = race(*[partial(prepare, user, shelf, variant)] * 2)

        assert sorted(answer.message for answer in answers) == ["CONFIRMED", "nothing in hand"]


def test_the_same_person_on_two_devices_takes_one_order(variant: Variant) -> None:
    for _round in range(ROUNDS):
        user = make_user()
        first, _second = (make_order([(variant, 1)]) for _order in range(2))

        taken = race(*[partial(take, user)] * 4)

        assert taken == [first.pk] * 4
        assert PickClaim.objects.filter(user=user).count() == 1
        PickClaim.objects.all().delete()
        Order.objects.all().delete()


def test_giving_up_on_one_device_while_scanning_on_another_ends_in_one_story(
    variant: Variant, shelf: Shelf
) -> None:
    for _round in range(ROUNDS):
        user = make_user()
        order = make_order([(variant, 1)])
        take(user)

        def give_up(user: User = user) -> str:
            report_unsupplied(user=user, reason_id=500)
            return f"next {take_next(user=user)}"

        answers = race(partial(scan, user, give_up), partial(prepare, user, shelf, variant))

        assert [type(answer) for answer in answers] == [Answer, Answer]
        assert Order.objects.get(pk=order.pk).status in {OrderState.CANCELLED, OrderState.PICKING}


def test_a_second_device_knows_the_shelf_the_first_one_scanned(variant: Variant, shelf: Shelf) -> None:
    user = make_user()
    make_order([(variant, 1)])
    take(user)
    held = threading.Event()

    def scan_slowly() -> None:
        with transaction.atomic():
            first = in_hand(user)
            held.set()
            # Long enough for the other device to be waiting for this one.
            wait_for_somebody_to_wait()
            scan_shelf(first, shelf=shelf)

    def look() -> tuple[int | None, str]:
        held.wait(timeout=10)
        with transaction.atomic():
            second = in_hand(user)
            return second.claim.shelf_id, second.card.shelf_code

    _none, seen = race(scan_slowly, look)

    assert seen == (shelf.pk, "A-B-03")


def test_an_order_that_goes_into_a_batch_is_not_claimed(
    variant: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The claim begins first and looks at the order last: by then the batch has it, and no lock is left of it."""
    order, following = (make_order([(variant, 1)]) for _order in range(2))
    picker, office = make_user(), make_user()
    begun = "SELECT 1 FROM pg_sleep(0.4)"
    slow_orders = (
        claims.free_orders(user_id=USER, now=NOW).most_urgent_first().extra(where=[f"EXISTS ({begun})"])
    )
    with transaction.atomic():
        slow = claims.claiming(slow_orders)
    monkeypatch.setattr(claims, "_next_candidate", lambda: slow)

    def collect() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.15)")
        return make_batch(order_numbers=[order.order_number], user=office).batch_id

    taken, _batch = race(partial(take, picker), collect)

    assert list(PickBatchOrder.objects.values_list("order", flat=True)) == [order.pk]
    assert (taken, list(PickClaim.objects.values_list("order", flat=True))) == (following.pk, [following.pk])


def test_fast_lane_and_office_never_confirm_one_order_twice(variant: Variant, shelf: Shelf) -> None:
    for _round in range(ROUNDS):
        order = make_order([(variant, 1)])
        before = CentralStock.objects.get(variant=variant).qty
        one, two = make_user(), make_user()

        race(
            partial(take_box, one, shelf, variant),
            partial(take_box, two, shelf, variant),
            partial(confirm_picking, order_id=order.pk),
        )

        assert CentralStock.objects.get(variant=variant).qty == before - 1
        assert Order.objects.get(pk=order.pk).status == OrderState.PICKING


def test_the_fast_lane_leaves_an_order_that_is_being_claimed(variant: Variant, shelf: Shelf) -> None:
    for _round in range(ROUNDS):
        order = make_order([(variant, 1)])
        picker, fast = make_user(), make_user()

        taken, _answer = race(
            partial(take, picker),
            partial(take_box, fast, shelf, variant),
        )

        order.refresh_from_db()
        assert (taken is None) == (order.status == OrderState.PICKING)
        PickClaim.objects.all().delete()
        Order.objects.filter(status=OrderState.CREATED).delete()


def test_cancelling_against_the_last_scan_ends_in_one_story(variant: Variant, shelf: Shelf) -> None:
    for _round in range(ROUNDS):
        order = make_order([(variant, 1)])
        user = make_user()
        take(user)

        answer, _cancelled = race(
            partial(prepare, user, shelf, variant),
            partial(cancel_order, order_id=order.pk, reason="vazgeçti"),
        )

        taken = StockMovement.objects.filter(reference=order.lines.get().ledger_reference).exists()
        assert Order.objects.get(pk=order.pk).status == OrderState.CANCELLED
        assert taken == (answer.message == "CONFIRMED")


def test_one_slot_found_empty_by_four_people_is_one_task_and_four_surprises(
    variant: Variant, shelf: Shelf
) -> None:
    race(*[partial(record_surprise, variant_id=variant.pk, shelf_id=shelf.pk, user_id=None)] * 4)

    assert CountTask.objects.count() == 1
    assert list(StockDoubt.objects.values_list("surprises", "held")) == [(4, 60)]


def test_control_without_the_arbiter_two_people_hold_one_order(
    variant: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a plain "look, then write", two people believe that they have the same order."""
    looked = threading.Barrier(4)

    def look_then_write(*, user_id: int, now: Any) -> int | None:
        order = claims.free_orders(user_id=user_id, now=now).most_urgent_first().first()
        if order is None:
            return None
        looked.wait(timeout=10)
        PickClaim.objects.update_or_create(
            order=order,
            defaults={"user_id": user_id, "claimed_at": now, "expires_at": now + claims.CLAIM_TIME},
        )
        return order.pk

    monkeypatch.setattr("orders.services.preparing.claim_next", look_then_write)
    make_order([(variant, 1)])
    people = [make_user() for _person in range(4)]

    taken = race(*[partial(take, person) for person in people])

    assert len([pk for pk in taken if isinstance(pk, int)]) > 1
