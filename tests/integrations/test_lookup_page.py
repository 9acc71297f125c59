from __future__ import annotations

from datetime import timedelta
from typing import Any

import pgtrigger
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import BarcodeAlias
from inventory.models import ScanLog
from orders.labels import slip_code
from orders.models import PickBatch, PickBatchOrder, PickClaim
from tests.factories import make_order, make_product, make_shelf, make_user, make_variant, stock
from tests.inventory.scan_kit import Device, message, outcome

pytestmark = pytest.mark.django_db


def device() -> Device:
    return Device("lookup", "look_up")


def test_page_needs_its_right() -> None:
    assert (Device("lookup").show().status_code, device().show().status_code) == (403, 200)


def test_a_product_opens_its_stock_card() -> None:
    shelf = make_shelf("A-B-03")
    variant = make_variant("8680000000017", product=make_product("0172"), safety_buffer=1)
    BarcodeAlias.objects.create(code="ESKI-1", variant=variant)
    stock(variant, shelf, 10)
    order = make_order([(variant, 2)])

    card = device().scan("8680000000017").context

    stock_card = card["stock"]
    assert (card["card"], card["variant"], card["aliases"]) == ("product", variant, ["ESKI-1"])
    assert (stock_card.stock.on_hand, stock_card.stock.reserved, stock_card.stock.buffer) == (10, 2, 1)
    assert stock_card.stock.available == 7
    assert [row.order_number for row in stock_card.reservations] == [order.order_number]
    assert [(row.shelf_code, row.quantity) for row in stock_card.shelves] == [("A-B-03", 10)]


@pytest.mark.parametrize("text", ["ESKI-1", "08680000000017", "8680000000017\r"])
def test_a_product_is_found_by_alias_and_in_spite_of_the_scanner(text: str) -> None:
    variant = make_variant("8680000000017")
    BarcodeAlias.objects.create(code="ESKI-1", variant=variant)

    assert device().scan(text).context.get("variant") == variant


def test_a_shelf_opens_its_contents_and_movements() -> None:
    before, shelf, after = (make_shelf(code) for code in ("A-B-02", "A-B-03", "A-B-04"))
    variant = make_variant()
    stock(variant, shelf, 4)

    card = device().scan("a=b=03").context
    empty = device().scan(before.code).context

    assert (card["card"], card["shelf"], card["pairs"]) == ("shelf", shelf, 4)
    assert [(row.variant, row.adet) for row in card["rows"]] == [(variant, 4)]
    assert [row.delta for row in card["moved"]] == [4]
    assert (card["before"], card["after"]) == ("A-B-02", after.code)
    assert (empty["pairs"], empty["rows"]) == (0, [])


@pytest.mark.parametrize("by", ["order_number", "cargo_tracking_number", "package_id", "slip"])
def test_an_order_opens_by_any_of_its_numbers(by: str) -> None:
    order = make_order([(make_variant(), 1)])
    text = slip_code(order.pk) if by == "slip" else str(getattr(order, by))

    card = device().scan(text).context

    assert (card["card"], card["order"]) == ("order", order)


def test_an_order_card_names_shelves_who_has_it_and_lateness() -> None:
    shelf, variant, ali = make_shelf("A-B-03"), make_variant(), make_user(first_name="Ali", last_name="Can")
    stock(variant, shelf, 3)
    now = timezone.now()
    order = make_order([(variant, 2), ("bilinmeyen", 1)], ship_by_at=now - timedelta(hours=1))
    PickClaim.objects.create(order=order, user=ali, claimed_at=now, expires_at=now + timedelta(minutes=5))

    card = device().scan(order.order_number)

    (known, strange) = card.context["lines"]
    assert [(place.shelf.code, place.adet) for place in known["shelves"]] == [("A-B-03", 3)]
    assert (strange["line"].variant, strange["shelves"]) == (None, [])
    assert (card.context["late"], card.context["claim"].user) == (True, ali)
    assert "Ali Can" in card.content.decode()


def test_an_expired_claim_is_nobodys_and_a_batch_names_its_slot() -> None:
    now, user = timezone.now(), make_user()
    order = make_order([(make_variant(), 1)])
    PickClaim.objects.create(order=order, user=user, claimed_at=now, expires_at=now - timedelta(seconds=1))
    batch = PickBatch.objects.create(created_by=user, user=user)
    slot = PickBatchOrder.objects.create(batch=batch, order=order, slot=7)

    card = device().scan(order.order_number).context

    assert (card["claim"], card["slot"]) == (None, slot)


def test_packages_with_the_same_order_number_are_listed_and_opened() -> None:
    first = make_order([(make_variant(), 1)], order_number="10452345678")
    second = make_order([(make_variant(), 1)], order_number="10452345678")
    worker = device()

    listed = worker.scan("10452345678").context
    opened = worker.press("open", f"order:{first.pk}").context

    assert (listed["card"], {order.pk for order in listed["orders"]}) == ("orders", {first.pk, second.pk})
    assert opened["order"] == first


def test_words_find_articles_without_turkish_letters() -> None:
    product = make_product("0172", title="Şık Topuklu")
    sizes = [make_variant(product=product, size=size) for size in ("36", "37")]
    make_variant(product=make_product("0999", title="Bot"))
    worker = device()

    many, one, none = (worker.scan(text) for text in ("sik topuklu", "0172 37", "yok böyle"))

    assert (many.context["card"], many.context["found"]) == ("search", sizes)
    assert one.context["variant"] == sizes[1]
    assert (outcome(none), none.context["card"]) == ("UNKNOWN", "")


def test_what_may_be_two_products_is_refused_with_a_hint() -> None:
    make_variant("1234")
    make_variant("01234")

    response = device().scan("1234")

    assert (outcome(response), response.context["card"]) == ("UNKNOWN", "")
    assert "01234" in message(response)


def test_a_reload_shows_the_same_card_for_an_hour_and_a_link_opens_one() -> None:
    shelf, variant = make_shelf("A-B-03"), make_variant("8680000000017")
    worker = device()
    worker.scan("A-B-03")

    assert worker.show().context["shelf"] == shelf
    assert worker.show(q="8680000000017").context["variant"] == variant
    assert device().show().context["card"] == ""
    with pgtrigger.ignore("inventory.ScanLog:read_only"):
        ScanLog.objects.update(received_at=timezone.now() - timedelta(hours=2))
    assert worker.show().context["card"] == ""


def test_open_refuses_what_is_no_card_and_clear_empties_the_page() -> None:
    make_shelf("A-B-03")
    worker = device()
    worker.scan("A-B-03")

    bad = [worker.press("open", text) for text in ("", "user:1", "order:x", "shelf:1;2")]
    gone = [
        worker.press("open", f"{kind}:999999999").context["card"] for kind in ("order", "product", "shelf")
    ]
    cleared = worker.press("clear")

    assert {outcome(one) for one in bad} == {"UNKNOWN"}
    assert gone == ["", "", ""]
    assert cleared.context["card"] == ""


@pytest.mark.parametrize("text", ["", "9" * 300, "-", "%", "_", "SF" + "9" * 40, "order:1"])
def test_any_text_is_answered(text: str) -> None:
    make_order([(make_variant(), 1)])

    assert outcome(device().scan(text)) == "UNKNOWN"


def test_no_price_and_no_customer_is_shown() -> None:
    variant = make_variant("8680000000017")
    order = make_order([(variant, 1)])
    worker = device()

    text = "".join(worker.scan(code).content.decode() for code in ("8680000000017", order.order_number))

    assert [word for word in ("Yılmaz", "Ayşe", "500,00", "600,00", "200,00", "₺") if word in text] == []


def test_cards_use_a_constant_number_of_statements() -> None:
    worker, counts = device(), []
    for size in (1, 3):
        shelf, variant = make_shelf(), make_variant()
        for _number in range(size):
            stock(variant, shelf, 2)
            stock(make_variant(), shelf, 1)
            make_order([(variant, 1)])
        order = make_order([(make_variant(), 1) for _number in range(size)])
        texts = (variant.barcode, shelf.code, order.order_number)
        counts.append([_statements(lambda t=text: worker.scan(t)) for text in texts])

    assert counts[0] == counts[1]
    assert max(counts[0]) <= 34


def _statements(work: Any) -> int:
    with CaptureQueriesContext(connection) as context:
        work()
    return len(context)
