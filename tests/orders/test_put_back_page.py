from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import ProductImage, Variant
from gullu import menu_badges
from inventory.contents import quantities
from inventory.models import Shelf
from inventory.scan.home import tiles_for
from orders.enums import Disposition, GoodsCondition, PutBackState
from orders.models import PutBack, ReturnUnit
from orders.services import cancel_order, confirm_picking, put_back
from orders.services.returns import restock_return
from tests.factories import make_order, make_product, make_shelf, make_superuser, make_variant, stock
from tests.inventory.scan_kit import Device, message, outcome

pytestmark = pytest.mark.django_db


def waiting(variant: Variant, shelf: Shelf, quantity: int = 1) -> PutBack:
    """A put-back task: picked from the shelf, then cancelled."""
    stock(variant, shelf, quantity)
    order = make_order([(variant, quantity)])
    confirm_picking(order_id=order.pk)
    cancel_order(order_id=order.pk, reason="vazgeçti")
    return PutBack.objects.get(line__order=order)


def returned(variant: Variant | None, **fields: Any) -> ReturnUnit:
    """A unit that came back, was inspected and accepted, and lies on the returns pile."""
    number = ReturnUnit.objects.count() + 1
    now = timezone.now()
    values: dict[str, Any] = {
        "claim_item_id": f"unit-{number}",
        "claim_id": f"claim-{number}",
        "order_number": f"9000{number}",
        "barcode": variant.barcode if variant else "7770000000000",
        "status": ReturnUnit.Status.ACCEPTED,
        "condition": GoodsCondition.SOUND,
        "inspected_at": now,
        "claimed_at": now,
        "remote_modified_at": now,
        **fields,
    }
    return ReturnUnit.objects.create(variant=variant, **values)


def device() -> Device:
    return Device("put-backs", "put_back")


def chosen_task(response: Any) -> tuple[str, int] | None:
    task = response.context["chosen"]
    return (task.kind, task.pk) if task else None


def listed(response: Any) -> list[tuple[str, int]]:
    return [(task.kind, task.pk) for task, _image in response.context["tasks"]]


def test_page_needs_its_right() -> None:
    assert (Device("put-backs").show().status_code, device().show().status_code) == (403, 200)


def test_item_then_shelf_puts_the_pair_back_and_shows_what_is_left() -> None:
    shelf, other = make_shelf("A-B-03"), make_shelf("A-B-04")
    variant, second = make_variant("8680000000017"), make_variant("8680000000024")
    task, left = waiting(variant, shelf), waiting(second, shelf)
    ProductImage.objects.create(product=variant.product, colour=variant.colour, url="https://x.example/1.jpg")
    worker = device()

    chosen = worker.scan("8680000000017")
    done = worker.scan("A-B-04")

    assert (outcome(chosen), chosen_task(chosen), chosen.context["picture"]) == (
        "OK",
        ("putback", task.pk),
        "https://x.example/1.jpg",
    )
    assert (outcome(done), quantities(other.pk)) == ("DONE", {variant.pk: 1})
    assert (chosen_task(done), listed(done)) == (None, [("putback", left.pk)])
    task.refresh_from_db()
    assert (task.state, task.done_by) == (PutBackState.DONE, worker.user)


def test_the_oldest_task_of_the_barcode_is_chosen_and_the_choice_survives_a_reload() -> None:
    shelf, variant = make_shelf("A-B-03"), make_variant("8680000000017")
    oldest, _newer = waiting(variant, shelf), waiting(variant, shelf)
    worker = device()
    worker.scan("8680000000017")

    assert chosen_task(worker.show()) == ("putback", oldest.pk)
    assert chosen_task(worker.press("clear")) is None
    assert chosen_task(device().show()) is None


def test_repeated_scans_put_back_once() -> None:
    shelf, variant = make_shelf("A-B-03"), make_variant("8680000000017")
    waiting(variant, shelf)
    waiting(variant, shelf)
    worker = device()
    worker.scan("8680000000017", key="first-scan")
    worker.scan("8680000000017", key="first-scan")

    answers = [worker.scan("A-B-03", key="second-scan") for _time in range(3)]

    assert [outcome(one) for one in answers] == ["DONE"] * 3
    assert quantities(shelf.pk) == {variant.pk: 1}
    assert outcome(worker.scan("A-B-03")) == "WRONG"  # no box in hand


def test_two_people_with_a_box_of_the_same_barcode_each_get_a_task() -> None:
    shelf, variant = make_shelf("A-B-03"), make_variant("8680000000017")
    waiting(variant, shelf)
    waiting(variant, shelf)
    ali, veli = device(), device()
    ali.scan("8680000000017")
    veli.scan("8680000000017")

    answers = [ali.scan("A-B-03"), veli.scan("A-B-03")]

    assert [outcome(one) for one in answers] == ["DONE", "DONE"]
    assert quantities(shelf.pk) == {variant.pk: 2}
    assert veli.show().context["waiting"] == 0


def test_a_task_that_somebody_else_finished_is_refused_when_it_was_the_last() -> None:
    shelf, variant = make_shelf("A-B-03"), make_variant("8680000000017")
    task = waiting(variant, shelf)
    worker = device()
    worker.scan("8680000000017")
    put_back(put_back_id=task.pk, shelf_code="A-B-03")

    refused = worker.scan("A-B-03")

    assert (outcome(refused), refused.context["answer"].code) == ("REFUSED", "put_back_closed")
    assert quantities(shelf.pk) == {variant.pk: 1}


def test_another_size_of_a_waiting_model_is_a_neighbour_and_anything_else_is_wrong() -> None:
    shelf, product = make_shelf("A-B-03"), make_product("0172")
    variant = make_variant("8680000000017", product=product, size="37")
    make_variant("8680000000024", product=product, size="38")
    make_variant("8680000000031")
    waiting(variant, shelf)
    worker = device()

    near, wrong, strange = (worker.scan(text) for text in ("8680000000024", "8680000000031", "9999999999994"))

    assert [outcome(one) for one in (near, wrong, strange)] == ["NEIGHBOUR", "WRONG", "UNKNOWN"]
    assert "0172 Siyah 37" in message(near)


def test_a_closed_shelf_is_refused_and_the_box_stays_chosen() -> None:
    shelf, variant = make_shelf("A-B-03"), make_variant("8680000000017")
    make_shelf("K-K-09", active=False)
    task = waiting(variant, shelf)
    worker = device()
    worker.scan("8680000000017")

    refused = worker.scan("K-K-09")

    assert (outcome(refused), refused.context["answer"].code) == ("REFUSED", "closed_shelf")
    assert chosen_task(worker.show()) == ("putback", task.pk)


def test_no_price_and_no_customer_is_shown() -> None:
    shelf, variant = make_shelf("A-B-03"), make_variant("8680000000017")
    waiting(variant, shelf)
    worker = device()

    text = worker.show().content.decode() + worker.scan("8680000000017").content.decode()

    assert [word for word in ("Yılmaz", "500,00", "600,00") if word in text] == []


# --- returns of customers ---------------------------------------------------------------------------------------------


def test_an_accepted_return_goes_onto_a_shelf_like_a_put_back() -> None:
    shelf, variant = make_shelf("A-B-03"), make_variant("8680000000017")
    unit = returned(variant)
    worker = device()

    chosen = worker.scan("8680000000017")
    done = worker.scan("A-B-03")

    unit.refresh_from_db()
    assert (outcome(chosen), chosen_task(chosen)) == ("OK", ("return", unit.pk))
    assert unit.order_number in chosen.content.decode()
    assert (outcome(done), quantities(shelf.pk)) == ("DONE", {variant.pk: 1})
    assert (unit.disposition, unit.shelf, unit.settled_by) == (Disposition.RESTOCKED, shelf, worker.user)
    assert listed(done) == []


def test_both_kinds_stand_in_one_list_and_the_put_back_comes_first() -> None:
    shelf, variant = make_shelf("A-B-03"), make_variant("8680000000017")
    unit = returned(variant, inspected_at=timezone.now() - timedelta(days=2))
    task = waiting(variant, shelf)
    worker = device()

    shown = worker.show()
    first = worker.scan("8680000000017")
    worker.scan("A-B-03")
    second = worker.scan("8680000000017")

    assert (listed(shown), shown.context["waiting"]) == ([("return", unit.pk), ("putback", task.pk)], 2)
    assert (chosen_task(first), chosen_task(second)) == (("putback", task.pk), ("return", unit.pk))
    icons = [f"#{name}" in shown.content.decode() for name in ("return", "put-backs")]
    assert icons == [True, True]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "WaitingInAction"},
        {"condition": ""},
        {"condition": "DAMAGED"},
        {"disposition": "WRITTEN_OFF"},
    ],
)
def test_a_return_that_is_not_ours_to_sell_does_not_wait_here(fields: dict[str, str]) -> None:
    variant = make_variant("8680000000017")
    returned(variant, **fields)
    worker = device()

    assert outcome(worker.scan("8680000000017")) == "WRONG"
    assert listed(worker.show()) == []


def test_repeated_scans_restock_a_return_once() -> None:
    shelf, variant = make_shelf("A-B-03"), make_variant("8680000000017")
    returned(variant)
    returned(variant)
    worker = device()
    worker.scan("8680000000017")

    answers = [worker.scan("A-B-03", key="ayni-okutma") for _time in range(3)]

    assert [outcome(one) for one in answers] == ["DONE"] * 3
    assert quantities(shelf.pk) == {variant.pk: 1}


def test_two_people_with_a_returned_box_each_get_a_unit() -> None:
    shelf, variant = make_shelf("A-B-03"), make_variant("8680000000017")
    units = [returned(variant), returned(variant)]
    ali, veli = device(), device()
    ali.scan("8680000000017")
    veli.scan("8680000000017")

    answers = [ali.scan("A-B-03"), veli.scan("A-B-03")]

    settled = ReturnUnit.objects.filter(pk__in=[unit.pk for unit in units]).order_by("pk")
    assert [outcome(one) for one in answers] == ["DONE", "DONE"]
    assert [unit.settled_by for unit in settled] == [ali.user, veli.user]
    assert quantities(shelf.pk) == {variant.pk: 2}


@pytest.mark.parametrize("code", ["A-B-03", "K-K-09"])
def test_a_return_that_somebody_else_settled_is_refused(code: str) -> None:
    make_shelf("K-K-09")
    shelf, variant = make_shelf("A-B-03"), make_variant("8680000000017")
    unit = returned(variant)
    worker = device()
    worker.scan("8680000000017")
    restock_return(unit_id=unit.pk, shelf_code="A-B-03")

    refused = worker.scan(code)

    assert (outcome(refused), refused.context["answer"].code) == ("REFUSED", "return_already_settled")
    assert quantities(shelf.pk) == {variant.pk: 1}


def test_another_size_of_a_returned_model_is_a_neighbour() -> None:
    product = make_product("0172")
    returned(make_variant("8680000000017", product=product, size="37"))
    make_variant("8680000000024", product=product, size="38")

    near = device().scan("8680000000024")

    assert outcome(near) == "NEIGHBOUR"
    assert "0172 Siyah 37" in message(near)


def test_home_and_menu_count_both_kinds() -> None:
    shelf, variant = make_shelf("A-B-03"), make_variant("8680000000017")
    waiting(variant, shelf)
    returned(variant)
    returned(variant, status="WaitingInAction")

    tiles = {tile.page: tile.count for tile in tiles_for(make_superuser())}

    assert (tiles["put-backs"], menu_badges.put_backs()) == (2, 2)


def test_page_and_scan_use_a_constant_number_of_statements() -> None:
    shelf, worker = make_shelf("A-B-03"), device()
    counts: list[list[int]] = []
    for size in (1, 3):
        while PutBack.objects.filter(state=PutBackState.WAITING).count() < size + 1:
            waiting(make_variant(), shelf)
            returned(make_variant())
        task = PutBack.objects.filter(state=PutBackState.WAITING).order_by("pk")[0]
        counts.append(
            [
                _statements(worker.show),
                _statements(lambda t=task: worker.scan(t.variant.barcode)),
                _statements(lambda: worker.scan("A-B-03")),
            ]
        )

    assert counts[0] == counts[1]
    assert counts[0][1] <= 24
    assert counts[0][2] <= 40  # it books: a posting, the task, the order's timeline


def _statements(work: Any) -> int:
    with CaptureQueriesContext(connection) as context:
        work()
    return len(context)
