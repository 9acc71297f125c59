from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from gullu.models import User
from gullu.roles import MANAGER
from inventory.counting import (
    Decided,
    Finished,
    approve_count,
    ask_for_count,
    count_box,
    drop_count,
    finish_count,
    moved_meanwhile,
    open_tasks,
    reject_count,
    set_counted,
    start_count,
)
from inventory.doubt import record_surprise
from inventory.enums import CountReason, CountState, MovementKind
from inventory.models import CountTask, RafUrun, Shelf, StockCount, StockDoubt, StockMovement
from inventory.services import move_stock
from inventory.sheet_errors import (
    CountClosed,
    CountInHand,
    CountOutdated,
    CountTaken,
    NoCountYet,
    NothingScanned,
    OwnCount,
)
from orders.models import PickBatch, PickBatchItem
from orders.services import confirm_picking
from tests.factories import make_order, make_shelf, make_superuser, make_user, make_variant, stock
from tests.inventory.scan_kit import take_in_hand

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf() -> Shelf:
    return make_shelf("A-B-03")


def balances(shelf: Shelf) -> dict[str, int]:
    rows = RafUrun.objects.filter(shelf=shelf, adet__gt=0)
    return dict(rows.values_list("variant__barcode", "adet"))


def counted(shelf: Shelf, *found: tuple[object, int], user: User | None = None) -> Finished:
    """A finished count of the shelf: (variant, boxes) were found."""
    person = user or make_user()
    start_count(user=person, shelf=shelf)
    for variant, boxes in found:
        for _box in range(boxes):
            count_box(user=person, variant=variant)  # type: ignore[arg-type]
    return finish_count(user=person)


def test_finish_count_writes_expected_beside_counted_and_books_nothing(shelf: Shelf) -> None:
    less, missing, extra = make_variant("less"), make_variant("missing"), make_variant("extra")
    stock(less, shelf, 3)
    stock(missing, shelf, 2)

    done = counted(shelf, (less, 1), (extra, 1))

    assert (done.shelf_code, done.counted, done.differences, done.state) == (
        "A-B-03",
        2,
        3,
        CountState.COUNTED,
    )
    lines = StockCount.objects.get(pk=done.count_id).lines.order_by("variant__barcode")
    assert list(lines.values_list("variant__barcode", "counted", "expected")) == [
        ("extra", 1, 0),
        ("less", 1, 3),
        ("missing", 0, 2),
    ]
    assert balances(shelf) == {"less": 3, "missing": 2}


def test_approve_count_books_the_differences_with_their_keys(shelf: Shelf) -> None:
    less, extra, boss = make_variant("less"), make_variant("extra"), make_user()
    stock(less, shelf, 3)
    done = counted(shelf, (less, 1), (extra, 2))

    decided = approve_count(count_id=done.count_id, user=boss)

    assert decided == Decided("A-B-03", 0, CountState.APPROVED, repeated=False)
    assert balances(shelf) == {"less": 1, "extra": 2}
    rows = StockMovement.objects.filter(kind=MovementKind.COUNT).order_by("variant__barcode")
    assert [(row.key, row.delta, row.reason, row.actor) for row in rows] == [
        (f"count:{done.count_id}:{extra.pk}", 2, "counted", boss),
        (f"count:{done.count_id}:{less.pk}", -2, "counted", boss),
    ]


def test_approve_count_twice_books_once(shelf: Shelf) -> None:
    extra, boss = make_variant("extra"), make_user()
    done = counted(shelf, (extra, 2))
    approve_count(count_id=done.count_id, user=boss)

    again = approve_count(count_id=done.count_id, user=boss)

    assert (again.repeated, balances(shelf)) == (True, {"extra": 2})


def test_approve_count_keeps_what_was_taken_since_it_was_finished(shelf: Shelf) -> None:
    variant, other = make_variant("one"), make_shelf("A-B-04")
    stock(variant, shelf, 5)
    done = counted(shelf, (variant, 4))
    move_stock(barcode="one", from_shelf="A-B-03", to_shelf=other.code, quantity=2)

    approve_count(count_id=done.count_id, user=make_user())

    assert balances(shelf) == {"one": 2}


def test_approve_count_refuses_to_go_below_zero_and_says_what_is_there(shelf: Shelf) -> None:
    variant, other = make_variant("one"), make_shelf("A-B-04")
    stock(variant, shelf, 5)
    done = counted(shelf, (variant, 2))
    move_stock(barcode="one", from_shelf="A-B-03", to_shelf=other.code, quantity=3)

    with pytest.raises(CountOutdated) as caught:
        approve_count(count_id=done.count_id, user=make_user())

    assert caught.value.data == {"shelf": "A-B-03", "barcode": "one", "there": 2, "less": 3}
    assert balances(shelf) == {"one": 2}
    assert StockCount.objects.get(pk=done.count_id).state == CountState.COUNTED


def test_a_count_that_agrees_needs_no_approval_and_shows_in_the_ledger(shelf: Shelf) -> None:
    variant, user = make_variant("one"), make_user()
    stock(variant, shelf, 2)

    done = counted(shelf, (variant, 2), user=user)

    assert (done.differences, done.state) == (0, CountState.APPROVED)
    assert StockMovement.objects.get(kind=MovementKind.COUNT).delta == 0
    assert StockCount.objects.get(pk=done.count_id).decided_by == user


def test_an_empty_shelf_that_is_empty_agrees(shelf: Shelf) -> None:
    done = counted(shelf)

    assert (done.counted, done.differences, done.state) == (0, 0, CountState.APPROVED)


def test_nobody_approves_their_own_count_except_managers_and_the_owner() -> None:
    extra = make_variant()
    refused, allowed = [make_user()], [make_user(MANAGER), make_superuser()]

    for number, person in enumerate([*refused, *allowed]):
        done = counted(make_shelf(f"C-A-0{number}"), (extra, 1), user=person)
        if person in refused:
            with pytest.raises(OwnCount):
                approve_count(count_id=done.count_id, user=person)
        else:
            assert approve_count(count_id=done.count_id, user=person).delta == 1


def test_approving_closes_what_asked_for_the_count_and_ends_the_doubt(shelf: Shelf) -> None:
    variant, other, boss = make_variant(), make_shelf(), make_user()
    stock(variant, shelf, 2)
    ask_for_count(shelf=shelf, user=boss)
    ask_for_count(shelf=other, user=boss)
    for _time in range(2):
        record_surprise(variant_id=variant.pk, shelf_id=shelf.pk, user_id=None)
    assert StockDoubt.objects.get().held == 2

    approve_count(count_id=counted(shelf, (variant, 1)).count_id, user=boss)

    assert [task.shelf for task in open_tasks()] == [other]
    assert StockDoubt.objects.count() == 0


def test_approving_leaves_what_surprised_after_the_count_was_finished(shelf: Shelf) -> None:
    old, new = make_variant(), make_variant()
    stock(old, shelf, 2)
    stock(new, shelf, 2)
    done = counted(shelf, (old, 1), (new, 2))
    for _time in range(2):
        record_surprise(variant_id=new.pk, shelf_id=shelf.pk, user_id=None)

    approve_count(count_id=done.count_id, user=make_user())

    assert [(task.variant, task.reason) for task in open_tasks()] == [(new, CountReason.EMPTY)]
    assert StockDoubt.objects.get().held == 2


def test_rejecting_books_nothing_and_leaves_the_tasks(shelf: Shelf) -> None:
    extra, boss = make_variant(), make_user()
    ask_for_count(shelf=shelf, user=boss)
    done = counted(shelf, (extra, 2))

    first, second = (reject_count(count_id=done.count_id, user=boss) for _time in range(2))

    assert (first.repeated, second.repeated) == (False, True)
    assert balances(shelf) == {}
    assert len(open_tasks()) == 1
    with pytest.raises(CountClosed):
        approve_count(count_id=done.count_id, user=boss)


def test_one_count_for_each_shelf_and_each_person(shelf: Shelf) -> None:
    ali, veli, other = make_user(), make_user(first_name="Veli", last_name="Kaya"), make_shelf()
    first = start_count(user=ali, shelf=shelf)

    assert start_count(user=ali, shelf=shelf).pk == first.pk
    with pytest.raises(CountTaken) as caught:
        start_count(user=veli, shelf=shelf)
    with pytest.raises(CountInHand):
        start_count(user=ali, shelf=other)

    assert (caught.value.data["shelf"], caught.value.data["person"]) == ("A-B-03", "Fatma Demir")


def test_set_counted_writes_the_number_and_zero_forgets_it(shelf: Shelf) -> None:
    user, variant = make_user(), make_variant()
    count = start_count(user=user, shelf=shelf)
    count_box(user=user, variant=variant)

    set_counted(user=user, variant_id=variant.pk, quantity=12)
    assert list(count.lines.values_list("counted", flat=True)) == [12]
    set_counted(user=user, variant_id=variant.pk, quantity=0)

    assert count.lines.count() == 0
    with pytest.raises(NothingScanned):
        set_counted(user=user, variant_id=None, quantity=1)


def test_counting_needs_a_shelf_first() -> None:
    user, variant = make_user(), make_variant()

    for attempt in (
        lambda: count_box(user=user, variant=variant),
        lambda: set_counted(user=user, variant_id=variant.pk, quantity=1),
        lambda: finish_count(user=user),
    ):
        with pytest.raises(NoCountYet):
            attempt()


def test_drop_count_frees_the_shelf_and_others_need_the_right(shelf: Shelf) -> None:
    ali, veli = make_user(), make_user()
    count = start_count(user=ali, shelf=shelf)

    with pytest.raises(CountClosed):
        drop_count(count_id=count.pk, user=veli)
    drop_count(count_id=count.pk, user=veli, any_person=True)
    with pytest.raises(CountClosed):
        drop_count(count_id=count.pk, user=ali)

    assert start_count(user=veli, shelf=shelf).pk != count.pk


def test_ask_for_count_lists_a_shelf_once(shelf: Shelf) -> None:
    user = make_user()

    assert [ask_for_count(shelf=shelf, user=user) for _time in range(2)] == [True, False]
    assert CountTask.objects.get().created_by == user


def test_moved_meanwhile_names_movements_during_the_count_only(shelf: Shelf) -> None:
    variant, other, user = make_variant("one"), make_shelf("A-B-04"), make_user()
    stock(variant, shelf, 5)
    start_count(user=user, shelf=shelf)
    move_stock(barcode="one", from_shelf="A-B-03", to_shelf=other.code, quantity=1)
    done = finish_count(user=user)
    move_stock(barcode="one", from_shelf="A-B-03", to_shelf=other.code, quantity=2)

    count = StockCount.objects.get(pk=done.count_id)

    assert [row.delta for row in moved_meanwhile(count)] == [-1]
    StockCount.objects.filter(pk=count.pk).update(started_at=timezone.now() + timedelta(hours=1))
    count.refresh_from_db()
    assert moved_meanwhile(count) == []


def test_boxes_in_pickers_hands_are_not_expected_on_the_shelf(shelf: Shelf) -> None:
    """Scanned for an order, or collected for a batch: still in the books, but nobody can count them there."""
    variant, user = make_variant("one"), make_user()
    stock(variant, shelf, 6)
    order = make_order([(variant, 2)])
    take_in_hand(order, shelf, 2)
    for state, collected, placed in (("COLLECTING", 3, 2), ("CLOSED", 5, 0)):
        batch = PickBatch.objects.create(state=state, created_by=user)
        PickBatchItem.objects.create(
            batch=batch, variant=variant, shelf=shelf, collected=collected, sorted=placed
        )

    done = counted(shelf, (variant, 3))

    assert (done.differences, done.state) == (0, CountState.APPROVED)
    confirm_picking(order_id=order.pk)
    assert balances(shelf) == {"one": 4}
