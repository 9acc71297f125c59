"""`Böl` on the picking pages: what is at hand leaves now, the rest becomes another parcel."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Variant
from integrations.models import OutboxMessage
from inventory.models import RafUrun, Shelf
from orders.enums import Channel, OrderState
from orders.models import Order, OrderLine, PickBatchItem, PickClaim, PickScan
from orders.scan.answers import put_back_words
from orders.services import ask_split, confirm_picking
from orders.services.batches import start_sorting
from orders.services.batches.releasing import being_split
from tests.factories import make_order, make_product, make_shelf, make_variant, stock
from tests.inventory.scan_kit import Device, message, outcome
from tests.orders.batching import batch_of, collect, slots

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf() -> Shelf:
    return make_shelf("A-B-03")


@pytest.fixture
def boots(shelf: Shelf) -> Variant:
    variant = make_variant(product=make_product("0172"), colour="Siyah", size="38")
    stock(variant, shelf, 5)
    return variant


@pytest.fixture
def sandals() -> Variant:
    """By the books on a shelf where nobody finds them."""
    variant = make_variant(product=make_product("0200"), colour="Bej", size="37")
    stock(variant, make_shelf("K-K-09"), 5)
    return variant


@pytest.fixture
def picker() -> Device:
    return Device("prepare", "pick_orders", "look_up")


def offers(response: Any) -> list[tuple[str, str]]:
    """(question, token) of every button that splits."""
    found = re.findall(
        r'data-action="split"[^>]*?data-field-token="(\w*)"\s+data-confirm="([^"]*)"',
        response.content.decode(),
    )
    return [(html.unescape(question), token) for token, question in found]


def begin(picker: Device, order: Order, *boxes: Variant) -> str:
    """Take the order in hand, scan these boxes; the token of its split."""
    picker.scan(order.order_number)
    (_question, token) = offers(picker.scan_all("A-B-03", *(box.barcode for box in boxes)))[0]
    return token


def in_lines(order: Order) -> dict[str, int]:
    return dict(OrderLine.objects.filter(order=order).values_list("barcode", "quantity"))


def test_the_question_names_what_goes_into_which_parcel(
    picker: Device, boots: Variant, sandals: Variant
) -> None:
    order = make_order([(boots, 2), (sandals, 2)])
    picker.show()
    picker.scan("A-B-03")

    ((question, _token),) = offers(picker.scan(boots.barcode))

    whole, _gap, first, second = question.split("\n")
    assert order.order_number in whole
    assert first.endswith(": 0172 Siyah 38")
    assert second.endswith(": 0172 Siyah 38, 0200 Bej 37 × 2")


def test_nothing_is_offered_while_nothing_or_everything_is_scanned(picker: Device, boots: Variant) -> None:
    make_order([(boots, 2)])

    assert offers(picker.show()) == []
    refused = picker.press("split", token="")

    assert (outcome(refused), refused.context["answer"].code) == ("REFUSED", "nothing_to_split")
    assert Order.objects.get().split_asked_at is None


def test_an_order_of_the_marketplace_leaves_the_hand_until_its_parcels_come(
    picker: Device, boots: Variant, sandals: Variant
) -> None:
    order, following = make_order([(boots, 2), (sandals, 1)]), make_order([(boots, 1)])
    token = begin(picker, order, boots)

    done = picker.press("split", token=token)

    order.refresh_from_db()
    line = order.lines.get(variant=boots)
    asked = OutboxMessage.objects.get(kind="SPLIT")
    assert outcome(done) == "OK"
    assert message(done).endswith(put_back_words(1))
    assert order.split_asked_at is not None
    assert asked.body["groups"] == [[{"line_id": line.line_id, "quantity": 1}]]
    assert PickScan.objects.count() == 0
    assert list(PickClaim.objects.values_list("order_id", flat=True)) == [following.pk]
    assert RafUrun.objects.get(variant=boots).adet == 5


def test_a_split_order_cannot_be_taken_and_nobody_is_said_to_have_it(
    picker: Device, boots: Variant, sandals: Variant
) -> None:
    order = make_order([(boots, 1), (sandals, 1)])
    picker.press("split", token=begin(picker, order, boots))
    child = make_order([(boots, 1)], order_number=order.order_number)
    Device("prepare", "pick_orders").show()

    waiting, again = picker.scan("A-B-03"), picker.scan(str(order.package_id))

    assert PickClaim.objects.get().order_id == child.pk
    assert waiting.context["answer"].code == "nothing_waits"
    assert again.context["answer"].code == "order_being_split"


def test_an_order_of_our_own_stays_in_hand_as_the_parcel_that_is_complete(
    picker: Device, boots: Variant, sandals: Variant
) -> None:
    order = make_order([(boots, 2), (sandals, 1)], channel=Channel.MANUAL, package_id=None)
    token = begin(picker, order, boots)

    done = picker.press("split", token=token)
    confirmed = picker.press("confirm")

    rest = Order.objects.exclude(pk=order.pk).get()
    assert outcome(done) == "OK"
    assert 'data-action="confirm"' in done.content.decode()
    assert outcome(confirmed) == "DONE"
    assert (in_lines(order), in_lines(rest)) == ({boots.barcode: 1}, {boots.barcode: 1, sandals.barcode: 1})
    assert Order.objects.get(pk=order.pk).status == OrderState.PICKING
    assert PickClaim.objects.get().order_id == rest.pk  # the queue offered it at once
    assert OutboxMessage.objects.filter(kind="SPLIT").count() == 0


def test_what_was_shown_is_what_may_be_split(picker: Device, boots: Variant, sandals: Variant) -> None:
    order = make_order([(boots, 2), (sandals, 1)])
    token = begin(picker, order, boots)
    PickScan.objects.update(quantity=2)

    refused = picker.press("split", token=token)

    assert (outcome(refused), refused.context["answer"].code) == ("REFUSED", "split_changed")
    assert Order.objects.get().split_asked_at is None
    assert PickClaim.objects.count() == 1


def test_the_same_press_sent_twice_splits_once(picker: Device, boots: Variant, sandals: Variant) -> None:
    order = make_order([(boots, 1), (sandals, 1)])
    token = begin(picker, order, boots)

    answers = [picker.press("split", key="bir-dugme", token=token) for _time in range(2)]

    assert [message(answer) for answer in answers] == [message(answers[0])] * 2
    assert OutboxMessage.objects.filter(kind="SPLIT").count() == 1


def test_pairs_taken_before_leave_with_the_first_parcel(
    picker: Device, shelf: Shelf, boots: Variant, sandals: Variant
) -> None:
    order = make_order([(boots, 1), (sandals, 1)])
    taken = make_variant()
    stock(taken, shelf, 2)
    earlier = make_order([(taken, 2)])
    confirm_picking(order_id=earlier.pk)
    OrderLine.objects.filter(order=earlier).update(order=order)
    token = begin(picker, order, boots)

    picker.press("split", token=token)

    (group,) = OutboxMessage.objects.get(kind="SPLIT").body["groups"]
    line_ids = dict(order.lines.values_list("variant", "line_id"))
    assert {part["line_id"]: part["quantity"] for part in group} == {
        line_ids[taken.pk]: 2,
        line_ids[boots.pk]: 1,
    }


def test_an_order_split_by_the_office_falls_out_of_the_hand(picker: Device, boots: Variant) -> None:
    order = make_order([(boots, 2)])
    begin(picker, order, boots)
    ask_split(order_id=order.pk, groups=[{order.lines.get().pk: 1}])

    told = picker.scan(boots.barcode)

    assert (outcome(told), told.context["answer"].code) == ("REFUSED", "order_lost")
    assert message(told).endswith(put_back_words(1))


def test_the_look_up_page_says_that_an_order_is_being_split(picker: Device, boots: Variant) -> None:
    order = make_order([(boots, 2)])
    ask_split(order_id=order.pk, groups=[{order.lines.get().pk: 1}])

    shown = Device("lookup", user=picker.user).scan(order.order_number)

    asked_at = timezone.localtime(Order.objects.get().split_asked_at)
    assert f"{asked_at:%d.%m.%Y %H:%M}</span>" in shown.content.decode()


def test_splitting_costs_a_constant_number_of_statements(
    picker: Device, boots: Variant, sandals: Variant
) -> None:
    counts = []
    for lines in (2, 6):
        order = make_order([(boots, 2), *((sandals, 1) for _line in range(lines))])
        token = begin(picker, order, boots)
        with CaptureQueriesContext(connection) as queries:
            picker.press("split", token=token)
        counts.append(len(queries))

    assert counts == [counts[0]] * 2
    assert counts[0] <= 36


# --- in a batch -----------------------------------------------------------------------------------------------------


def sorted_batch(user: Any, shelf: Shelf, boots: Variant, *orders: Order) -> tuple[int, Device]:
    """A batch of these orders with one pair of boots in the first slot."""
    batch_id = batch_of(user, *orders)
    collect(batch_id, user, shelf, boots)
    start_sorting(batch_id=batch_id, user=user)
    page = Device("batch", "pick_orders", user=user, args=(batch_id,))
    page.scan(boots.barcode)
    return batch_id, page


def test_an_order_of_the_marketplace_leaves_its_slot(
    picker: Device, shelf: Shelf, boots: Variant, sandals: Variant
) -> None:
    order, other = make_order([(boots, 1), (sandals, 1)]), make_order([(sandals, 1)])
    batch_id, page = sorted_batch(picker.user, shelf, boots, order, other)
    ((question, token),) = offers(page.show())

    done = page.press("split", "1", token=token)

    order.refresh_from_db()
    assert ": 0172 Siyah 38\n" in question
    assert (outcome(done), done.context["answer"].code) == ("OK", "split")
    assert order.split_asked_at is not None
    assert slots(batch_id) == [(1, False, being_split()), (2, True, "")]
    assert PickScan.objects.count() == 0
    assert PickBatchItem.objects.values_list("collected", "sorted").get() == (1, 0)


def test_an_order_of_our_own_is_confirmed_from_its_slot_at_once(
    picker: Device, shelf: Shelf, boots: Variant, sandals: Variant
) -> None:
    order = make_order([(boots, 1), (sandals, 1)], channel=Channel.MANUAL, package_id=None)
    other = make_order([(sandals, 1)])
    batch_id, page = sorted_batch(picker.user, shelf, boots, order, other)
    ((_question, token),) = offers(page.show())

    done = page.press("split", "1", token=token)

    rest = Order.objects.exclude(pk__in=[order.pk, other.pk]).get()
    assert outcome(done) == "DONE"
    assert Order.objects.get(pk=order.pk).status == OrderState.PICKING
    assert (in_lines(rest), rest.status) == ({sandals.barcode: 1}, OrderState.CREATED)
    assert slots(batch_id) == [(1, False, ""), (2, True, "")]


def test_a_slot_that_is_empty_or_unknown_is_not_split(
    picker: Device, shelf: Shelf, boots: Variant, sandals: Variant
) -> None:
    order, other = make_order([(boots, 1), (sandals, 1)]), make_order([(sandals, 1)])
    _batch_id, page = sorted_batch(picker.user, shelf, boots, order, other)

    answers = [page.press("split", number, token="") for number in ("2", "9", "x")]

    codes = [answer.context["answer"].code for answer in answers]
    assert codes == ["nothing_to_split", "slot_not_open", "slot_not_open"]


def test_an_order_split_by_the_office_is_lost_for_its_batch(
    picker: Device, shelf: Shelf, boots: Variant, sandals: Variant
) -> None:
    order, other = make_order([(boots, 1), (sandals, 1)]), make_order([(boots, 1)])
    batch_id, page = sorted_batch(picker.user, shelf, boots, order, other)
    ask_split(order_id=order.pk, groups=[{order.lines.get(variant=boots).pk: 1}])

    page.press("pause")
    page.press("resume")

    assert slots(batch_id)[0] == (1, False, being_split())
