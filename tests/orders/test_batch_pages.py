"""The pages of `Toplu toplama`: one scan is one POST, answered with the truth, in a constant number of statements."""

from __future__ import annotations

import re
from io import BytesIO
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from catalog.models import Variant
from gullu.models import User
from inventory.enums import ScanOutcome
from inventory.models import CentralStock, ScanLog, Shelf
from orders.enums import BatchState, OrderState
from orders.models import Order, PickBatch, PickBatchItem, PickBatchOrder
from orders.services import cancel_order
from orders.services.batches import make_batch
from tests.factories import make_order, make_shelf, make_user, make_variant, stock

pytestmark = pytest.mark.django_db


def picker(name: str) -> User:
    user = make_user(first_name=name, last_name="Demir")
    user.user_permissions.add(Permission.objects.get(codename="pick_orders"))
    return user


@pytest.fixture
def fatma() -> User:
    return picker("Fatma")


@pytest.fixture
def page(fatma: User, client: Client) -> Client:
    client.force_login(fatma)
    return client


@pytest.fixture
def shelf() -> Shelf:
    return make_shelf("A-A-01", route_order=1)


@pytest.fixture
def goods(shelf: Shelf) -> Variant:
    variant = make_variant()
    stock(variant, shelf, 50)
    return variant


def url(batch_id: int) -> str:
    return reverse("scan:batch", args=[batch_id])


def batch_of(user: User, *orders: Order) -> int:
    return make_batch(order_numbers=[order.order_number for order in orders], user=user).batch_id


def send(page: Client, address: str, text: str = "", *, action: str = "", key: str = "") -> tuple[str, str]:
    """Scan or press; returns the outcome and the sentence."""
    response = page.post(address, {"key": key or str(uuid4()), "text": text, "action": action})
    assert response.status_code == 200
    found = re.search(r'answer-message">([^<]*)<', response.content.decode())
    return response["X-Scan-Outcome"], found[1] if found else ""


def outcomes(page: Client, address: str, *texts: str) -> list[str]:
    return [send(page, address, text)[0] for text in texts]


# --- who may ---------------------------------------------------------------------------------------------------------


def addresses(batch_id: int) -> list[str]:
    names = ("scan:batch", "scan:batch-pdf", "scan:batch-xlsx")
    return [reverse("scan:batches"), *(reverse(name, args=[batch_id]) for name in names)]


def test_every_page_asks_for_the_right_to_pick(client: Client, fatma: User, goods: Variant) -> None:
    batch_id = batch_of(fatma, make_order([(goods, 1)]))

    assert [client.get(address).status_code for address in addresses(batch_id)] == [302] * 4
    client.force_login(make_user())
    assert [client.get(address).status_code for address in addresses(batch_id)] == [403] * 4
    client.force_login(fatma)
    assert [client.get(address).status_code for address in addresses(batch_id)] == [200] * 4
    assert [client.get(address).status_code for address in addresses(batch_id + 1)[1:]] == [404] * 3


# --- the list ----------------------------------------------------------------------------------------------------------


def test_propose_makes_a_batch_and_leads_to_it(page: Client, goods: Variant) -> None:
    make_order([(goods, 1)])

    response = page.post(reverse("scan:batches"), {"key": str(uuid4()), "action": "propose", "text": "20"})

    batch = PickBatch.objects.get()
    assert response["X-Scan-Outcome"] == ScanOutcome.OK
    assert re.findall(r'data-goto="([^"]+)"', response.content.decode()) == [url(batch.pk)]


def test_propose_twice_with_one_key_makes_one_batch(page: Client, goods: Variant) -> None:
    for _order in range(2):
        make_order([(goods, 1)])
    key = str(uuid4())

    for _time in range(2):
        send(page, reverse("scan:batches"), "1", action="propose", key=key)

    assert PickBatch.objects.count() == 1


@pytest.mark.parametrize("size", ["", "abc", "0", "101"])
def test_propose_refuses_an_impossible_size(page: Client, goods: Variant, size: str) -> None:
    make_order([(goods, 1)])

    assert send(page, reverse("scan:batches"), size, action="propose")[0] == ScanOutcome.REFUSED
    assert PickBatch.objects.count() == 0


def test_choose_takes_numbers_however_they_are_written(page: Client, goods: Variant) -> None:
    orders = [make_order([(goods, 1)]) for _number in range(3)]
    first, second, third = (order.order_number for order in orders)

    outcome, _message = send(
        page, reverse("scan:batches"), f"{first}, {second};\n{third} {first}", action="choose"
    )

    assert outcome == ScanOutcome.OK
    assert list(PickBatchOrder.objects.order_by("slot").values_list("order_id", flat=True)) == [
        o.pk for o in orders
    ]


def test_scanning_an_order_in_the_list_finds_its_batch(page: Client, fatma: User, goods: Variant) -> None:
    order, other = make_order([(goods, 1)]), make_order([(goods, 1)])
    batch_id = batch_of(fatma, order)

    by_number = send(page, reverse("scan:batches"), order.order_number)
    by_cargo = send(page, reverse("scan:batches"), f"{order.cargo_tracking_number} ")

    assert by_number == by_cargo
    assert by_number[0] == ScanOutcome.OK
    assert str(batch_id) in by_number[1]
    assert send(page, reverse("scan:batches"), other.order_number)[0] == ScanOutcome.UNKNOWN


def test_list_costs_the_same_with_one_batch_and_with_three(page: Client, fatma: User, goods: Variant) -> None:
    counts = []
    for _batch in range(3):
        batch_of(fatma, make_order([(goods, 1)]))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page.get(reverse("scan:batches"))
        counts.append(len(queries))

    assert counts == [counts[0]] * 3
    assert counts[0] == 4


# --- one batch: the whole way --------------------------------------------------------------------------------------------


def test_a_batch_from_the_walk_to_the_last_slot(
    page: Client, fatma: User, goods: Variant, shelf: Shelf
) -> None:
    far = make_shelf("B-B-02", route_order=2)
    other = make_variant()
    stock(other, far, 1)
    first, second = make_order([(goods, 1)]), make_order([(goods, 1), (other, 1)])
    address = url(batch_of(fatma, first, second))

    walk = outcomes(page, address, "a*a*01", goods.barcode, goods.barcode, far.code, other.barcode)
    assert send(page, address, goods.barcode)[0] == ScanOutcome.WRONG
    send(page, address, action="sort")
    sort = outcomes(page, address, other.barcode, goods.barcode, goods.barcode)

    assert walk == ["OK", "OK", "OK", "OK", "DONE"]
    assert sort == ["OK", "DONE", "DONE"]
    states = Order.objects.order_by("pk").values_list("status", "picked_by_id")
    assert list(states) == [(OrderState.PICKING, fatma.pk)] * 2
    assert CentralStock.objects.get(variant=goods).qty == 48
    assert PickBatch.objects.get().state == BatchState.CLOSED


def test_the_page_shows_the_slot_large_also_after_a_reload(
    page: Client, fatma: User, goods: Variant, shelf: Shelf
) -> None:
    address = url(batch_of(fatma, make_order([(goods, 2)]), make_order([(goods, 1)])))
    outcomes(page, address, shelf.code, goods.barcode, goods.barcode, goods.barcode)
    send(page, address, action="sort")

    send(page, address, goods.barcode)

    shown = page.get(address).content.decode()
    assert re.findall(r'id="slot-number">(\d+)<', shown) == ["1"]


def test_a_confirmed_slot_leads_to_its_cargo_label(
    page: Client, fatma: User, goods: Variant, shelf: Shelf
) -> None:
    order = make_order([(goods, 1)])
    address = url(batch_of(fatma, order, make_order([(goods, 1)])))
    outcomes(page, address, shelf.code, goods.barcode, goods.barcode)
    send(page, address, action="sort")

    response = page.post(address, {"key": str(uuid4()), "text": goods.barcode})

    label = reverse("labels:single", kwargs={"slug": "cargo", "key": order.pk, "output": "pdf"})
    printed = re.findall(r'href="([^"]+)"\s+data-print="auto"', response.content.decode())
    assert printed == [label]
    log = ScanLog.objects.latest("pk")
    assert (log.code, log.reference, log.variant_id) == ("confirmed", order.order_number, goods.pk)


def test_a_repeated_key_counts_once_while_collecting_and_sorting(
    page: Client, fatma: User, goods: Variant, shelf: Shelf
) -> None:
    address = url(batch_of(fatma, make_order([(goods, 3)])))
    outcomes(page, address, shelf.code, goods.barcode, goods.barcode)
    key = str(uuid4())

    again = [send(page, address, goods.barcode, key=key) for _time in range(3)]
    assert again == [again[0]] * 3
    assert PickBatchItem.objects.get().collected == 3
    send(page, address, action="sort")
    key = str(uuid4())
    again = [send(page, address, goods.barcode, key=key) for _time in range(3)]

    assert again == [again[0]] * 3
    assert PickBatchItem.objects.get().sorted == 1


def test_wrong_boxes_have_a_tone_of_their_own_and_are_kept(page: Client, fatma: User, shelf: Shelf) -> None:
    goods = make_variant(size="37")
    neighbour, stranger = make_variant(product=goods.product, size="38"), make_variant()
    empty = make_shelf("C-C-03")
    for variant in (goods, neighbour, stranger):
        stock(variant, shelf, 5)
    address = url(batch_of(fatma, make_order([(goods, 2)])))

    got = [
        send(page, address, text)
        for text in (
            goods.barcode,
            empty.code,
            goods.barcode,
            shelf.code,
            neighbour.barcode,
            stranger.barcode,
            "??",
        )
    ]

    assert [outcome for outcome, _message in got] == [
        "REFUSED",
        "WRONG",
        "REFUSED",
        "OK",
        "NEIGHBOUR",
        "WRONG",
        "UNKNOWN",
    ]
    assert "A-A-01 (5)" in got[2][1]
    assert f"{goods.product.code} Siyah 37" in got[4][1]
    assert PickBatchItem.objects.count() == 0
    assert list(ScanLog.objects.order_by("pk").values_list("outcome", flat=True)) == [
        outcome for outcome, _ in got
    ]


def test_a_shelf_scanned_while_sorting_is_refused(
    page: Client, fatma: User, goods: Variant, shelf: Shelf
) -> None:
    address = url(batch_of(fatma, make_order([(goods, 1)])))
    send(page, address, action="sort")

    assert send(page, address, shelf.code)[0] == ScanOutcome.REFUSED
    assert send(page, address, goods.barcode)[0] == ScanOutcome.REFUSED
    assert send(page, address, action="collect")[0] == ScanOutcome.OK
    assert outcomes(page, address, shelf.code, goods.barcode) == ["OK", "DONE"]


def test_a_paused_batch_is_continued_by_somebody_else(
    page: Client, fatma: User, goods: Variant, shelf: Shelf
) -> None:
    batch_id = batch_of(fatma, make_order([(goods, 1)]))
    assert send(page, url(batch_id), action="pause")[0] == ScanOutcome.OK
    assert send(page, url(batch_id), shelf.code)[0] == ScanOutcome.REFUSED
    ali = picker("Ali")
    page.force_login(ali)

    assert "Fatma Demir" in page.get(url(batch_id)).content.decode()
    assert send(page, url(batch_id), action="resume")[0] == ScanOutcome.OK

    assert PickBatch.objects.get().user_id == ali.pk
    log = ScanLog.objects.filter(user=ali).get()
    assert (log.text, log.reference) == ("[resume]", f"batch:{batch_id}")


def test_a_box_on_somebody_elses_shelf_is_refused_with_the_name(
    page: Client, fatma: User, goods: Variant, shelf: Shelf
) -> None:
    address = url(batch_of(fatma, make_order([(goods, 2)])))
    send(page, address, shelf.code)
    page.force_login(picker("Ali"))

    outcome, message = send(page, address, goods.barcode)

    assert (outcome, "Fatma Demir" in message) == (ScanOutcome.REFUSED, True)


def test_the_pairs_of_a_cancelled_order_are_listed_for_their_shelf(
    page: Client, fatma: User, goods: Variant, shelf: Shelf
) -> None:
    order = make_order([(goods, 2)])
    batch_id = batch_of(fatma, order, make_order([(goods, 1)]))
    outcomes(page, url(batch_id), shelf.code, goods.barcode, goods.barcode, goods.barcode)
    send(page, url(batch_id), action="sort")
    cancel_order(order_id=order.pk, reason="müşteri vazgeçti")

    def listed() -> list[str]:
        found = page.get(url(batch_id)).context["board"].leftovers
        return [f"{row.shelf_code} {row.pairs}" for row in found]

    assert listed() == ["A-A-01 2"]
    assert send(page, url(batch_id), goods.barcode)[0] == ScanOutcome.DONE
    assert listed() == ["A-A-01 2"]
    item = PickBatchItem.objects.get()
    assert send(page, url(batch_id), str(item.pk), action="give_back")[0] == ScanOutcome.OK
    assert listed() == []


def test_buttons_drop_take_out_and_finish(page: Client, fatma: User, goods: Variant, shelf: Shelf) -> None:
    address = url(batch_of(fatma, *[make_order([(goods, 2)]) for _number in range(3)]))
    outcomes(page, address, shelf.code, goods.barcode)
    item = PickBatchItem.objects.get()

    assert send(page, address, str(item.pk), action="take_out")[0] == ScanOutcome.OK
    assert send(page, address, str(item.pk), action="take_out")[0] == ScanOutcome.REFUSED
    assert send(page, address, "3", action="drop")[0] == ScanOutcome.OK
    assert send(page, address, "3", action="drop")[0] == ScanOutcome.REFUSED
    assert send(page, address, "x", action="drop")[0] == ScanOutcome.REFUSED
    assert send(page, address, "1", action="confirm")[0] == ScanOutcome.REFUSED
    assert send(page, address, action="finish")[0] == ScanOutcome.DONE
    assert Order.objects.to_prepare().count() == 3


def test_scanning_into_a_batch_that_does_not_exist_is_not_found(page: Client, goods: Variant) -> None:
    response = page.post(url(1), {"key": str(uuid4()), "text": goods.barcode})

    assert response.status_code == 404


# --- statements: one scan is small, whatever the batch ---------------------------------------------------------------------


def statements(page: Client, address: str, text: str) -> int:
    """Statements of one scan without the savepoints, which in a running shop are two begins and two commits less."""
    with CaptureQueriesContext(connection) as queries:
        send(page, address, text)
    return len([row for row in queries if "SAVEPOINT" not in row["sql"]])


def scans_of_a_batch(page: Client, fatma: User, orders: int) -> dict[str, int]:
    """Statements of each kind of scan in a batch of so many orders, each of two pairs, all on one shelf."""
    shelf = make_shelf()
    variants = [make_variant() for _number in range(orders)]
    for variant in variants:
        stock(variant, shelf, 4)
    address = url(batch_of(fatma, *[make_order([(variant, 2)]) for variant in variants]))
    one = variants[0].barcode
    counts = {
        name: statements(page, address, text) for name, text in (("shelf", shelf.code), ("first box", one))
    }
    counts["next box"] = statements(page, address, one)
    counts["wrong box"] = statements(page, address, one)
    for variant in variants[1:]:
        outcomes(page, address, variant.barcode, variant.barcode)
    send(page, address, action="sort")
    counts["into a slot"] = statements(page, address, one)
    counts["full slot"] = statements(page, address, one)
    with CaptureQueriesContext(connection) as queries:
        page.get(address)
    return {**counts, "page": len(queries)}


def test_a_scan_takes_as_many_statements_in_a_batch_of_twenty_as_in_one_of_three(
    page: Client, fatma: User
) -> None:
    small, large = scans_of_a_batch(page, fatma, 3), scans_of_a_batch(page, fatma, 20)

    assert small == large
    # A full slot also confirms its order: locks, movements, both balances, event, message to the marketplace.
    limits = {name: 40 if name == "full slot" else 20 for name in large}
    assert {name: count for name, count in large.items() if count > limits[name]} == {}


# --- paper -----------------------------------------------------------------------------------------------------------------


def test_the_list_for_excel_has_a_row_for_each_slot_in_walking_order(
    page: Client, fatma: User, shelf: Shelf
) -> None:
    far, missing = make_variant(colour="Kırmızı", size="39"), make_variant()
    near = make_variant(colour="Taba", size="36")
    stock(far, make_shelf("Z-Z-09", route_order=99), 5)
    stock(near, shelf, 1)
    orders = [make_order([(far, 1)]), make_order([(near, 1)]), make_order([(missing, 1)])]
    batch_id = batch_of(fatma, *orders)

    response = page.get(reverse("scan:batch-xlsx", args=[batch_id]))

    sheet = load_workbook(BytesIO(response.content)).active
    rows = [
        [cell for cell in row if cell is not None] for row in sheet.iter_rows(min_row=2, values_only=True)
    ]
    wanted = [(near, "A-A-01", orders[1]), (far, "Z-Z-09", orders[0]), (missing, None, orders[2])]
    for row, (variant, shelf_code, order) in zip(rows, wanted, strict=True):
        assert {variant.product.code, variant.colour, variant.size, order.order_number, 1} <= set(row)
        assert shelf_code is None or shelf_code in row


def test_the_printed_list_is_a_pdf(page: Client, fatma: User, goods: Variant) -> None:
    batch_id = batch_of(fatma, make_order([(goods, 1)]))

    response = page.get(reverse("scan:batch-pdf", args=[batch_id]))

    assert response["Content-Type"] == "application/pdf"
    assert b"".join(response).startswith(b"%PDF-")
