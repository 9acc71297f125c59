"""Counting and keeping shelves as a device sees it."""

from __future__ import annotations

import pytest

from gullu.models import User
from inventory.contents import quantities
from inventory.models import Shelf, StockCount
from tests.factories import make_product, make_shelf, make_superuser, make_user, make_variant, stock
from tests.inventory.scan_kit import Device, outcome

pytestmark = pytest.mark.django_db


def count_device(*rights: str, user: User | None = None) -> Device:
    return Device("counts", "count_goods", *rights, user=user)


def test_count_is_blind_until_it_is_finished() -> None:
    shelf = make_shelf("A-B-03")
    variant = make_variant("8680000000017", product=make_product("0172"))
    stock(variant, shelf, 7531)
    device = count_device()
    device.scan("A-B-03")

    counting = device.scan("8680000000017")
    count = StockCount.objects.get()
    others = Device("count", "count_goods", args=(count.pk,)).show()
    finished = device.press("finish")
    after = Device("count", "count_goods", args=(count.pk,)).show()

    assert [b"7531" in page.content for page in (counting, others, after)] == [False, False, True]
    assert (outcome(finished), finished.context["count"]) == ("DONE", None)
    assert [(line.counted, line.expected, delta) for line, delta in after.context["rows"]] == [
        (1, 7531, -7530)
    ]


def test_count_approval_needs_the_right_and_another_person() -> None:
    shelf, variant = make_shelf("A-B-03"), make_variant("8680000000017")
    counter = count_device("approve_counts")
    for text in ("A-B-03", "8680000000017", "3"):
        counter.scan(text)
    counter.press("finish")
    pk = StockCount.objects.get().pk
    without = Device("count", "count_goods", args=(pk,))
    own = Device("count", user=counter.user, args=(pk,))
    boss = Device("count", "count_goods", "approve_counts", args=(pk,))

    codes = [device.press("approve").context["answer"].code for device in (without, own)]
    shown = [(d.show().context["may_approve"], d.show().context["own"]) for d in (without, own, boss)]
    approved, again = boss.press("approve"), boss.press("approve")

    assert codes == ["not_allowed", "own_count"]
    assert shown == [(False, False), (True, True), (True, False)]
    assert [outcome(approved), outcome(again)] == ["DONE", "DONE"]
    assert quantities(shelf.pk) == {variant.pk: 3}


def test_count_can_be_rejected_and_the_owner_may_approve_an_own_one() -> None:
    make_shelf("A-B-03")
    make_variant("8680000000017")
    owner = count_device(user=make_superuser())
    for _round in range(2):
        for text in ("A-B-03", "8680000000017"):
            owner.scan(text)
        owner.press("finish")
    first, second = StockCount.objects.order_by("pk")

    answers = [
        Device("count", user=owner.user, args=(first.pk,)).press("reject"),
        Device("count", user=owner.user, args=(second.pk,)).press("approve"),
    ]

    assert [outcome(one) for one in answers] == ["DONE", "DONE"]
    assert [row.state for row in StockCount.objects.order_by("pk")] == ["REJECTED", "APPROVED"]


def test_count_page_takes_no_scan_and_unknown_counts_do_not_exist() -> None:
    shelf = make_shelf("A-B-03")
    count = StockCount.objects.create(shelf=shelf, counted_by=make_user())
    device = Device("count", "count_goods", args=(count.pk,))

    assert device.scan("A-B-03").context["answer"].code == "no_scan_here"
    assert Device("count", "count_goods", args=(count.pk + 1,)).show().status_code == 404


def test_counts_lists_tasks_and_counts_and_lets_approvers_ask_and_drop() -> None:
    shelf = make_shelf("A-B-03")
    make_shelf("A-B-04")
    left = StockCount.objects.create(shelf=shelf, counted_by=make_user())
    worker, boss = count_device(), count_device("approve_counts")

    refused = [worker.press("ask", "A-B-03"), worker.press("drop_other", str(left.pk))]
    asked = [boss.press("ask", "a=b=04"), boss.press("ask", "A-B-04"), boss.press("ask", "Z-Z-99")]
    dropped = boss.press("drop_other", str(left.pk))

    assert [one.context["answer"].code for one in refused] == ["not_allowed", "not_allowed"]
    assert [outcome(one) for one in asked] == ["DONE", "DONE", "UNKNOWN"]
    assert [task.shelf.code for task in boss.show().context["tasks"]] == ["A-B-04"]
    assert (outcome(dropped), boss.show().context["counts"]) == ("DONE", [])


def test_counts_drop_gives_the_own_count_up() -> None:
    make_shelf("A-B-03")
    device = count_device()
    count = device.scan("A-B-03").context["count"]

    assert outcome(device.press("drop", str(count.pk))) == "DONE"
    assert device.show().context["count"] is None


def test_shelves_previews_and_makes_a_range() -> None:
    make_shelf("A-01-02")
    device = Device("shelves", "keep_shelves")

    shown = device.press("preview", first="a-01-01", last="A-02-02")
    before = Shelf.objects.count()
    made = device.press("create", first="A-01-01", last="A-02-02")
    bad = [
        device.press("preview", first="A-9", last="A-1"),
        device.press("create", first="A-01-01", last="Z-99-99"),
    ]

    assert (shown.context["range"].existing, len(shown.context["range"].new), before) == (("A-01-02",), 3, 1)
    assert (outcome(made), Shelf.objects.count()) == ("DONE", 4)
    assert [one.context["answer"].code for one in bad] == ["bad_shelf_range", "shelf_range_too_large"]


def test_shelves_shows_a_scanned_shelf_and_changes_its_place() -> None:
    for place, code in enumerate(["A-01", "A-02", "A-03"]):
        make_shelf(code, route_order=place * 10)
    device = Device("shelves", "keep_shelves")

    shown = device.scan("A-03")
    after = device.press("after", "A-01", shelf="A-03")
    number = device.press("route", "99", shelf="A-01")
    closed = device.press("close", "A-03")
    opened = device.press("open", "A-03")
    everything = device.press("all")

    assert (shown.context["shelf"].code, shown.context["before"], shown.context["after"]) == (
        "A-03",
        "A-02",
        "",
    )
    assert (after.context["before"], after.context["after"]) == ("A-01", "A-02")
    assert (number.context["shelf"].code, number.context["before"]) == ("A-01", "A-02")
    assert [closed.context["shelf"].active, opened.context["shelf"].active] == [False, True]
    assert everything.context["shelf"] is None
    assert {outcome(one) for one in (shown, after, number, closed, opened, everything)} == {"OK"}


def test_shelves_lists_a_block_and_what_is_empty() -> None:
    full, _empty, _other = make_shelf("A-01"), make_shelf("A-02"), make_shelf("B-01")
    stock(make_variant(), full, 1)
    device = Device("shelves", "keep_shelves")

    block, empty = device.show(block="A"), device.show(block="", empty="1")

    assert [row.code for row in block.context["listed"]] == ["A-01", "A-02"]
    assert device.show().content.count(b"A-0") == 1  # the example in the form: no list was asked for
    assert [row.code for row in empty.context["listed"]] == ["A-02", "B-01"]
    assert outcome(device.press("by_code")) == "DONE"
