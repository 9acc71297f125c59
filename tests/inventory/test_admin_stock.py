from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gullu.roles import MANAGER, OFFICE, WAREHOUSE
from inventory.enums import PushItemState
from inventory.models import Shelf, StockMovement, StockPolicy, StockPushBatch, StockPushItem, StockPushLog
from inventory.services import move_stock
from inventory.stock_grid import size_order, stock_grid
from tests.factories import make_order, make_product, make_shelf, make_user, make_variant, stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client: Client) -> Client:
    client.force_login(make_user(MANAGER))
    return client


def rows(client: Client, name: str, **query: str) -> list[object]:
    return list(client.get(reverse(f"admin:inventory_{name}_changelist"), query).context["cl"].result_list)


def test_central_stock_shows_reserved_and_available_beside_the_balance(manager: Client) -> None:
    variant = make_variant(safety_buffer=1)
    stock(variant, make_shelf(), 5)
    make_order([(variant, 3)])

    (row,) = rows(manager, "centralstock")

    assert (row.qty, row.stock.reserved, row.stock.buffer, row.stock.available) == (5, 3, 1, 1)  # type: ignore[attr-defined]


def test_central_stock_filter_finds_what_is_promised_but_not_there(manager: Client) -> None:
    short, fine = make_variant("short"), make_variant("fine")
    for variant in (short, fine):
        stock(variant, make_shelf(), 1)
    make_order([(short, 2)])

    found = {
        name: [row.variant.barcode for row in rows(manager, "centralstock", available=name)]  # type: ignore[attr-defined]
        for name in ("oversold", "none", "some")
    }

    assert found == {"oversold": ["short"], "none": ["short"], "some": ["fine"]}


def test_central_stock_is_searched_without_turkish_letters(manager: Client) -> None:
    black = make_variant(product=make_product("0172", title="Şık Çizme"))
    stock(black, make_shelf(), 1)
    stock(make_variant(), make_shelf(), 1)

    assert [row.variant for row in rows(manager, "centralstock", q="sik CIZME")] == [black]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "name",
    ["centralstock", "rafurun", "stockmovement", "shelf", "stockpushlog", "stockpushbatch", "stockpushitem"],
)
def test_list_takes_as_many_queries_for_three_rows_as_for_one(
    manager: Client, django_assert_num_queries: object, name: str
) -> None:
    def add() -> None:
        variant = make_variant()
        stock(variant, make_shelf(), 2)
        push = StockPushLog.objects.create(push_time=timezone.now(), success=True)
        batch = StockPushBatch.objects.create(push=push, body_hash="x", computed_at=timezone.now())
        StockPushItem.objects.create(batch=batch, variant=variant, barcode=variant.barcode, quantity=1)

    add()
    url = reverse(f"admin:inventory_{name}_changelist")
    manager.get(url)
    with CaptureQueriesContext(connection) as one:
        manager.get(url)
    add()
    add()

    with django_assert_num_queries(len(one)):  # type: ignore[operator]
        manager.get(url)


def test_shelf_stock_leaves_empty_places_out(manager: Client) -> None:
    variant, first = make_variant(), make_shelf("A-A-01")
    make_shelf("A-A-02")
    stock(variant, first, 1)
    move_stock(barcode=variant.barcode, from_shelf="A-A-01", to_shelf="A-A-02", quantity=1)

    assert [row.shelf.code for row in rows(manager, "rafurun")] == ["A-A-02"]  # type: ignore[attr-defined]


def test_balance_leads_to_the_stock_card_of_its_variant(manager: Client) -> None:
    variant = make_variant()
    stock(variant, make_shelf(), 1)

    response = manager.get(reverse("admin:inventory_centralstock_change", args=[variant.pk]))

    assert response.headers["Location"] == reverse("admin:catalog_variant_change", args=[variant.pk])


@pytest.mark.parametrize("typed", ["a-b-03", "A=B=03", " a*b*03 "])
def test_new_shelf_gets_its_printed_code(manager: Client, typed: str) -> None:
    manager.post(reverse("admin:inventory_shelf_add"), {"code": typed, "route_order": "5", "active": "on"})

    assert [(shelf.code, shelf.route_order) for shelf in Shelf.objects.all()] == [("A-B-03", 5)]


def test_shelf_code_stays_what_is_printed(manager: Client) -> None:
    shelf = make_shelf("A-A-01")

    manager.post(
        reverse("admin:inventory_shelf_change", args=[shelf.pk]),
        {"code": "Z-Z-99", "route_order": "7", "active": "on"},
    )

    shelf.refresh_from_db()
    assert (shelf.code, shelf.route_order) == ("A-A-01", 7)


def test_shelf_with_a_history_cannot_be_deleted(manager: Client) -> None:
    used, unused = make_shelf(), make_shelf()
    stock(make_variant(), used, 1)

    answers = [
        manager.post(reverse("admin:inventory_shelf_delete", args=[shelf.pk]), {"post": "yes"}).status_code
        for shelf in (used, unused)
    ]

    assert answers == [403, 302]
    assert list(Shelf.objects.all()) == [used]


def test_stock_policy_opens_at_its_only_row(manager: Client) -> None:
    page = manager.get(reverse("admin:inventory_stockpolicy_changelist"), follow=True)
    manager.post(page.redirect_chain[0][0], {"safety_buffer": "1", "risk_buffer": "2"})

    assert list(StockPolicy.objects.values_list("pk", "safety_buffer", "risk_buffer")) == [(1, 1, 2)]


def test_stock_policy_is_closed_to_the_office(client: Client) -> None:
    client.force_login(make_user(OFFICE))

    answers = [
        client.get(reverse("admin:inventory_stockpolicy_changelist")).status_code,
        client.post(
            reverse("admin:inventory_stockpolicy_change", args=[1]), {"safety_buffer": "9"}
        ).status_code,
    ]

    assert (answers, StockPolicy.objects.count()) == ([403, 403], 0)


def test_movements_come_newest_first_and_are_searched_by_shelf(manager: Client) -> None:
    variant = make_variant()
    for code in ("A-A-01", "B-B-02"):
        stock(variant, make_shelf(code), 1)

    newest = [row.shelf.code for row in rows(manager, "stockmovement")]  # type: ignore[attr-defined]

    assert newest == ["B-B-02", "A-A-01"]
    assert [row.shelf.code for row in rows(manager, "stockmovement", q="a-a")] == ["A-A-01"]  # type: ignore[attr-defined]
    assert StockMovement.objects.count() == 2


def test_push_page_leads_to_the_barcodes_of_its_requests(manager: Client) -> None:
    variant = make_variant()
    push = StockPushLog.objects.create(push_time=timezone.now(), success=False, error_message="503")
    batches = [
        StockPushBatch.objects.create(push=push, body_hash=text, computed_at=timezone.now())
        for text in ("a", "b")
    ]
    for batch in batches:
        StockPushItem.objects.create(
            batch=batch, variant=variant, barcode=variant.barcode, quantity=1, state=PushItemState.FAILED
        )

    page = manager.get(reverse("admin:inventory_stockpushlog_change", args=[push.pk]))
    items = rows(manager, "stockpushitem", batch__id__exact=str(batches[0].pk))

    assert page.context["batches"] == batches
    assert [item.batch_id for item in items] == [batches[0].pk]  # type: ignore[attr-defined]


# --- grid -------------------------------------------------------------------------------------------------------


def test_grid_shows_available_by_colour_and_size() -> None:
    product = make_product()
    black36 = make_variant(product=product, colour="Siyah", size="36")
    black40 = make_variant(product=product, colour="Siyah", size="40")
    beige36 = make_variant(product=product, colour="Bej", size="36")
    stock(black36, make_shelf(), 4)
    make_order([(black36, 1), (black40, 2)])

    grid = stock_grid(product_id=product.pk)

    assert grid.sizes == ("36", "40")
    assert [row.colour for row in grid.rows] == ["Bej", "Siyah"]
    assert [
        [cell and (cell.variant_id, cell.stock.available) for cell in row.cells] for row in grid.rows
    ] == [
        [(beige36.pk, 0), None],
        [(black36.pk, 3), (black40.pk, -2)],
    ]
    assert grid.available == 1


def test_grid_takes_two_queries_whatever_its_size(django_assert_num_queries: object) -> None:
    product = make_product()
    for size in ("36", "37", "38"):
        make_variant(product=product, size=size)

    with django_assert_num_queries(2):  # type: ignore[operator]
        stock_grid(product_id=product.pk)


def test_sizes_are_ordered_as_numbers() -> None:
    assert sorted(["40", "36,5", "9", "S", "36"], key=size_order) == ["9", "36", "36,5", "40", "S"]


def test_warehouse_may_open_the_shelves(client: Client) -> None:
    client.force_login(make_user(WAREHOUSE))

    assert rows(client, "shelf") == []
