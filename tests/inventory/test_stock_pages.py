"""The stock pages as a device sees them: one scan, one POST, one answer, the truth below it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.contents import quantities
from inventory.enums import GoodsInMode, GoodsInState
from inventory.models import CountTask, GoodsIn, ScanLog, Shelf, StockCount, StockMovement
from inventory.services import move_stock
from tests.factories import make_shelf, make_user, make_variant, stock
from tests.inventory.scan_kit import Device, message, outcome

pytestmark = pytest.mark.django_db

PAGES = {
    "goods-in": "receive_goods",
    "move": "move_goods",
    "move-shelf": "move_goods",
    "counts": "count_goods",
    "shelves": "keep_shelves",
}
# Session, person and two for rights; the key; the kept scan; and six that only
# name savepoints, which are what transactions become inside a test.
MOST_STATEMENTS = 25


@pytest.mark.parametrize(("page", "right"), PAGES.items())
def test_page_needs_its_right_by_name(page: str, right: str, client: Any) -> None:
    stranger, worker = Device(page), Device(page, right)

    assert client.get(worker.url).status_code == 302
    assert (stranger.show().status_code, stranger.scan("A-B-03").status_code) == (403, 403)
    assert worker.show().status_code == 200
    assert ScanLog.objects.count() == 0


@pytest.mark.parametrize(("page", "right"), PAGES.items())
@pytest.mark.parametrize("text", ["", "ç" * 500, "'; DROP TABLE", "-1", "99999"])
def test_page_answers_any_text_and_books_nothing(page: str, right: str, text: str) -> None:
    device = Device(page, right)

    response = device.scan(text)

    assert outcome(response) in {"UNKNOWN", "REFUSED", "WRONG"}
    assert StockMovement.objects.count() == 0
    assert ScanLog.objects.count() == 1


def test_goods_in_from_the_first_scan_to_booking() -> None:
    shelf, variant = make_shelf("A-B-03"), make_variant("8680000000017")
    device = Device("goods-in", "receive_goods")

    answers = [outcome(device.scan(text)) for text in ("a=b=03", "8680000000017", "8680000000017", "12")]
    shown = device.show()
    booked = device.press("book", f"{shown.context['sheet'].pk}:{shown.context['preview'].token}")

    assert answers == ["OK", "OK", "OK", "OK"]
    assert [(line.barcode, line.quantity) for line in shown.context["lines"]] == [("8680000000017", 12)]
    assert (outcome(booked), quantities(shelf.pk)) == ("DONE", {variant.pk: 12})
    assert booked.context["sheet"] is None


def test_goods_in_repeated_scan_and_repeated_press_change_nothing() -> None:
    shelf, variant = make_shelf("A-B-03"), make_variant("8680000000017")
    device = Device("goods-in", "receive_goods")
    device.scan("A-B-03")
    response = [device.scan("8680000000017", key="the-same-key") for _time in range(3)][-1]
    text = f"{response.context['sheet'].pk}:{response.context['preview'].token}"

    pressed = [device.press("book", text) for _time in range(2)]

    assert [outcome(one) for one in pressed] == ["DONE", "DONE"]
    assert message(pressed[0]) != message(pressed[1])
    assert quantities(shelf.pk) == {variant.pk: 1}


def test_goods_in_survives_a_reload_on_another_device() -> None:
    make_shelf("A-B-03")
    make_variant("8680000000017")
    first = Device("goods-in", "receive_goods")
    first.scan("A-B-03")
    first.scan("8680000000017")

    second = Device("goods-in", user=first.user)
    second.scan("8680000000017")

    context = second.show().context
    assert (context["sheet"].shelf.code, context["pairs"], context["last"].quantity) == ("A-B-03", 2, 2)
    assert Device("goods-in", "receive_goods").show().context["sheet"] is None


def test_goods_in_refuses_a_box_before_the_shelf_and_a_second_shelf() -> None:
    make_shelf("A-B-03")
    make_shelf("A-B-04")
    make_variant("8680000000017")
    device = Device("goods-in", "receive_goods")

    before = device.scan("8680000000017")
    device.scan("A-B-03")
    device.scan("8680000000017")
    second = device.scan("A-B-04")
    meant = device.press("shelf", "A-B-04")

    assert [r.context["answer"].code for r in (before, second)] == ["no_shelf_yet", "sheet_has_boxes"]
    assert (outcome(meant), GoodsIn.objects.get().shelf.code) == ("OK", "A-B-04")  # type: ignore[union-attr]


def test_goods_in_sets_unknown_boxes_aside_and_books_them_later() -> None:
    shelf = make_shelf("A-B-03")
    known = make_variant("8680000000017")
    device = Device("goods-in", "receive_goods")
    device.scan("A-B-03")
    device.scan("8680000000017")
    strange = device.scan("9990001112223")
    device.scan("9990001112223")
    context = device.show().context
    device.press("book", f"{context['sheet'].pk}:{context['preview'].token}")

    (waiting,) = device.show().context["set_aside"]
    new = make_variant("9990001112223")
    later = device.press("book_aside", str(waiting.line.pk))

    assert (outcome(strange), strange.context["answer"].code) == ("UNKNOWN", "set_aside")
    assert (waiting.line.quantity, waiting.variant) == (2, None)
    assert outcome(later) == "DONE"
    assert quantities(shelf.pk) == {known.pk: 1, new.pk: 2}
    assert later.context["set_aside"] == []


@pytest.mark.parametrize("text", ["Z-Z-99", "86800000000178680000000024", "8680000000017\t8680000000024"])
def test_goods_in_never_sets_aside_what_is_no_box(text: str) -> None:
    make_shelf("A-B-03")
    make_variant("8680000000017")
    make_variant("8680000000024")
    device = Device("goods-in", "receive_goods")
    device.scan("A-B-03")

    response = device.scan(text)

    assert (outcome(response), response.context["answer"].code) == ("UNKNOWN", "not_recognised")
    assert response.context["lines"] == []


def test_goods_in_replace_shows_what_disappears_and_refuses_a_stale_list() -> None:
    shelf = make_shelf("A-B-03")
    make_shelf("A-B-04")
    gone, kept = make_variant("gone-1"), make_variant("kept-1")
    stock(gone, shelf, 2)
    stock(kept, shelf, 1)
    device = Device("goods-in", "receive_goods")
    device.press("mode", "REPLACE")
    device.scan("A-B-03")
    device.scan("kept-1")
    context = device.show().context
    stale = f"{context['sheet'].pk}:{context['preview'].token}"
    move_stock(barcode="gone-1", from_shelf="A-B-03", to_shelf="A-B-04", quantity=1)

    refused = device.press("book", stale)
    fresh = refused.context["preview"]
    booked = device.press("book", f"{context['sheet'].pk}:{fresh.token}")

    assert [(c.variant, c.less) for c in context["preview"].vanishing] == [(gone, 2)]
    assert (outcome(refused), refused.context["answer"].code) == ("REFUSED", "sheet_changed")
    assert [(c.variant, c.less) for c in fresh.vanishing] == [(gone, 1)]
    assert [row.delta for row in fresh.moved] == [-1]
    assert (outcome(booked), quantities(shelf.pk)) == ("DONE", {kept.pk: 1})


def test_goods_in_can_be_dropped() -> None:
    make_shelf("A-B-03")
    make_variant("8680000000017")
    device = Device("goods-in", "receive_goods")
    device.scan("A-B-03")
    device.scan("8680000000017")

    dropped = device.press("drop")
    again = device.press("drop")

    assert (outcome(dropped), again.context["answer"].code) == ("DONE", "sheet_gone")
    assert GoodsIn.objects.get().state == GoodsInState.DROPPED


def test_goods_in_quantity_form_writes_the_line_it_names() -> None:
    make_shelf("A-B-03")
    make_variant("8680000000017")
    make_variant("8680000000024")
    device = Device("goods-in", "receive_goods")
    first = device.scan_all("A-B-03", "8680000000017", "8680000000024").context["lines"][-1]

    device.press("quantity", "7", line=first.pk)
    bad = [
        device.press("quantity", text, line=first.pk) for text in ("", "x", "-2", "99999999999999", "20001")
    ]

    assert [(one.barcode, one.quantity) for one in device.show().context["lines"]] == [
        ("8680000000024", 1),
        ("8680000000017", 7),
    ]
    assert {outcome(response) for response in bad} == {"REFUSED"}


def test_move_books_with_the_second_shelf() -> None:
    source, target, variant = make_shelf("A-B-03"), make_shelf("A-B-04"), make_variant("8680000000017")
    stock(variant, source, 3)
    device = Device("move", "move_goods")

    answers = [
        device.scan(text, key=f"key-number-{text}") for text in ("A-B-03", "8680000000017", "2", "A-B-04")
    ]
    repeated = device.scan("A-B-04", key="key-number-A-B-04")

    assert [outcome(one) for one in answers] == ["OK", "OK", "OK", "DONE"]
    assert answers[2].context["boxes"] == [(variant, 2, 3)]
    assert (repeated["X-Scan-Repeated"], outcome(repeated)) == ("1", "DONE")
    assert (quantities(source.pk), quantities(target.pk)) == ({variant.pk: 1}, {variant.pk: 2})
    assert (repeated.context["source"], repeated.context["boxes"]) == (None, [])


def test_move_remembers_the_boxes_over_a_reload_and_for_this_person_only() -> None:
    source, variant = make_shelf("A-B-03"), make_variant("8680000000017")
    stock(variant, source, 3)
    device = Device("move", "move_goods")
    device.scan("A-B-03")
    device.scan("8680000000017")
    device.scan("8680000000017")

    assert device.show().context["boxes"] == [(variant, 2, 3)]
    assert Device("move", "move_goods").show().context["source"] is None
    assert outcome(device.press("clear")) == "DONE"
    assert device.show().context["source"] is None


def test_move_refuses_more_than_the_shelf_holds_and_names_where_it_lies() -> None:
    source, other, variant = make_shelf("A-B-03"), make_shelf("K-K-09"), make_variant("8680000000017")
    stock(variant, source, 1)
    stock(variant, other, 4)
    device = Device("move", "move_goods")
    before = device.scan("8680000000017")
    device.scan("A-B-03")
    device.scan("8680000000017")

    refused = device.scan("8680000000017")

    assert before.context["answer"].code == "no_shelf_yet"
    assert outcome(refused) == "WRONG"
    assert "K-K-09 (4)" in message(refused)
    assert refused.context["boxes"] == [(variant, 1, 1)]


def test_move_keeps_the_boxes_when_booking_is_refused() -> None:
    source, variant = make_shelf("A-B-03"), make_variant("8680000000017")
    make_shelf("A-B-04")
    make_shelf("K-K-09", active=False)
    stock(variant, source, 2)
    device = Device("move", "move_goods")
    for text in ("A-B-03", "8680000000017", "8680000000017"):
        device.scan(text)
    closed, same = device.scan("K-K-09"), device.scan("A-B-03")
    move_stock(barcode="8680000000017", from_shelf="A-B-03", to_shelf="A-B-04", quantity=1)

    short = device.scan("A-B-04")
    fewer = device.press("quantity", "1", variant=variant.pk)
    done = device.scan("A-B-04")

    codes = [one.context["answer"].code for one in (closed, same, short)]
    assert codes == ["closed_shelf", "same_shelf", "insufficient_stock"]
    assert [outcome(fewer), outcome(done)] == ["OK", "DONE"]
    assert quantities(source.pk) == {}


def test_move_a_whole_shelf_by_scanning_the_target_twice() -> None:
    source, target = make_shelf("A-B-03"), make_shelf("A-B-04")
    variants = [make_variant() for _number in range(3)]
    for variant in variants:
        stock(variant, source, 2)
    device = Device("move-shelf", "move_goods")

    answers = [device.scan(text) for text in ("A-B-03", "A-B-04", "A-B-04")]

    assert [outcome(one) for one in answers] == ["OK", "OK", "DONE"]
    assert len(answers[1].context["rows"]) == 3
    assert (quantities(source.pk), sum(quantities(target.pk).values())) == ({}, 6)


def test_move_a_whole_shelf_refuses_a_stale_list_and_takes_the_new_one() -> None:
    source, target, variant = make_shelf("A-B-03"), make_shelf("A-B-04"), make_variant()
    stock(variant, source, 2)
    device = Device("move-shelf", "move_goods")
    device.scan("A-B-03")
    device.scan("A-B-04")
    stock(variant, source, 1)

    refused = device.scan("A-B-04")
    booked = device.press("book", refused.context["token"])

    assert (refused.context["answer"].code, refused.context["changed"]) == ("sheet_changed", True)
    assert (outcome(booked), quantities(target.pk)) == ("DONE", {variant.pk: 3})


def test_move_a_whole_shelf_refuses_an_empty_one_a_box_and_itself() -> None:
    source, variant = make_shelf("A-B-03"), make_variant("8680000000017")
    make_shelf("A-B-04")
    stock(variant, source, 2)
    device = Device("move-shelf", "move_goods")

    texts = ("A-B-04", "8680000000017", "A-B-03", "A-B-03")

    assert [outcome(device.scan(text)) for text in texts] == ["REFUSED", "WRONG", "OK", "REFUSED"]
    assert device.press("clear").context["source"] is None
    assert device.press("book", "x").context["answer"].code == "no_shelf_yet"


def statements(work: Any) -> int:
    with CaptureQueriesContext(connection) as context:
        work()
    return len(context)


def seeded(shelf: Shelf, number: int) -> list[Any]:
    variants = [make_variant() for _number in range(number)]
    for variant in variants:
        stock(variant, shelf, 5)
    return variants


@pytest.mark.parametrize("mode", list(GoodsInMode))
def test_goods_in_scan_uses_a_constant_number_of_statements(mode: GoodsInMode) -> None:
    counts = []
    for size in (1, 3):
        shelf = make_shelf()
        variants = seeded(shelf, size)
        device = Device("goods-in", "receive_goods")
        device.press("mode", mode)
        device.scan(shelf.code)
        for variant in variants:
            device.scan(variant.barcode)
        counts.append(statements(lambda d=device, v=variants: d.scan(v[0].barcode)))

    assert counts[0] == counts[1] <= MOST_STATEMENTS


def test_move_scan_uses_a_constant_number_of_statements() -> None:
    counts = []
    for size in (1, 3):
        shelf = make_shelf()
        variants = seeded(shelf, size)
        device = Device("move", "move_goods")
        device.scan(shelf.code)
        for variant in variants:
            device.scan(variant.barcode)
        counts.append(statements(lambda d=device, v=variants: d.scan(v[0].barcode)))

    assert counts[0] == counts[1] <= MOST_STATEMENTS


def test_move_shelf_scan_uses_a_constant_number_of_statements() -> None:
    counts = []
    for size in (1, 3):
        shelf, target = make_shelf(), make_shelf()
        seeded(shelf, size)
        device = Device("move-shelf", "move_goods")
        device.scan(shelf.code)
        aim = statements(lambda d=device, t=target: d.scan(t.code))
        counts.append((aim, statements(lambda d=device, t=target: d.scan(t.code))))

    assert counts[0] == counts[1]
    assert counts[0][0] <= MOST_STATEMENTS
    assert counts[0][1] <= 34  # it books: a posting is nine statements


def test_count_scan_uses_a_constant_number_of_statements() -> None:
    counts = []
    for size in (1, 3):
        shelf = make_shelf()
        variants = seeded(shelf, size)
        device = Device("counts", "count_goods")
        device.scan(shelf.code)
        for variant in variants:
            device.scan(variant.barcode)
        counts.append(statements(lambda d=device, v=variants: d.scan(v[0].barcode)))
        device.press("finish")
        page = Device("count", "count_goods", args=(StockCount.objects.latest("pk").pk,))
        counts.append(statements(page.show))

    assert counts[:2] == counts[2:]
    assert counts[0] <= MOST_STATEMENTS


def test_lists_use_as_many_statements_for_three_rows_as_for_one() -> None:
    rights = ("count_goods", "keep_shelves", "receive_goods")
    devices = [Device(page, *rights) for page in ("counts", "shelves", "goods-in")]
    results = []
    for size in (1, 3):
        while CountTask.objects.count() < size:
            shelf = make_shelf()
            seeded(shelf, 1)
            CountTask.objects.create(shelf=shelf, variant=make_variant(), reason="ASKED")
            StockCount.objects.create(shelf=shelf, counted_by=make_user())
            sheet = GoodsIn.objects.create(mode="ADD", shelf=shelf, state="BOOKED", user=make_user())
            sheet.lines.create(barcode=f"strange-{sheet.pk}", quantity=1, set_aside=True)
        results.append([statements(device.show) for device in devices])

    assert results[0] == results[1]
