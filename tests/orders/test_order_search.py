"""Searching orders: what words find, by which index, and that no word reads the whole table."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import BarcodeAlias
from gullu.roles import OFFICE
from orders import search
from orders.models import Order
from orders.search import beginning_with, look_up
from tests.factories import make_order, make_product, make_user, make_variant
from tests.orders.plans import fill_table, plan_of, plan_of_rows

pytestmark = pytest.mark.django_db


def found(text: str) -> list[str]:
    return sorted(order.order_number for order in Order.objects.search(text))


# --- what is found ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "sukru",
        "ŞÜKRÜ",
        "şükrü ışık",
        "isik sukru",
        "isi",
        "EL-2026-0042",
        "el-2026",
        "4711471147",
        "7280001",
        "8680000000017",
        "868000",
        "k0172",
        "K0172",
        "k0172 isik",
        "ALT-1",
    ],
)
def test_search_finds_numbers_names_barcodes_and_models(text: str) -> None:
    variant = make_variant("8680000000017", product=make_product("K0172"))
    BarcodeAlias.objects.create(code="ALT-1", variant=variant)
    make_order(
        [(variant, 1)],
        order_number="EL-2026-0042",
        package_id=4711471147,
        cargo_tracking_number="7280001",
        customer_first_name="Şükrü",
        customer_last_name="Işık",
    )
    make_order([(make_variant("99"), 1)], order_number="other", cargo_tracking_number="555")

    assert found(text) == ["EL-2026-0042"]


@pytest.mark.parametrize(
    "text", ["ukru", "0042", "711471147", "8680000000018", "k01720", "sukru other", "%", "_", "'", "\\", "*"]
)
def test_search_does_not_find_what_is_not_there(text: str) -> None:
    make_order(
        [(make_variant("8680000000017", product=make_product("K0172")), 1)],
        order_number="EL-2026-0042",
        package_id=4711471147,
        cargo_tracking_number="7280001",
        customer_first_name="Şükrü",
        customer_last_name="Işık",
    )

    assert found(text) == []


def test_search_finds_a_barcode_the_catalogue_does_not_know() -> None:
    make_order([("YENI-42", 1)], order_number="with-unknown")
    make_order([("YENI-43", 1)], order_number="with-another")

    assert (found("YENI-42"), found("YENI-")) == (["with-unknown"], [])


def test_a_short_number_means_a_whole_word_not_the_beginning_of_any_barcode() -> None:
    make_order([(make_variant("8680000000017"), 1)], order_number="A1")

    assert (found("868"), found("86800"), found("868000")) == ([], [], ["A1"])


def test_an_empty_search_finds_everything() -> None:
    make_order(order_number="one")

    assert (look_up("  "), found(" ")) == ([], ["one"])


def test_a_word_is_quoted_for_the_text_search() -> None:
    assert beginning_with("o'neil\\") == "'o''neil\\\\':*"


# --- how much is read -------------------------------------------------------------------------------------------


def test_search_takes_two_statements_however_many_words(django_assert_num_queries: Any) -> None:
    make_order([(make_variant("8680000000017", product=make_product("K0172")), 1)])

    with django_assert_num_queries(2):
        assert len(Order.objects.search("ayse yilmaz 8680000000017 k0172")) == 1


def test_words_are_looked_up_by_index() -> None:
    fill_table()
    (sql, parameters), (articles, values) = search._own("10452345678"), search._articles("8680000000017")

    own_indexes, own_plan = plan_of(sql.format(place=0), parameters)
    line_indexes, line_plan = plan_of(articles.format(place=0), values)

    assert own_indexes >= {"order_search"}
    # Several indexes begin with the variant; where no line has one, the database has no reason to prefer any.
    by_variant = {name for name in line_indexes if "variant" in name}
    assert "line_unknown_barcode" in line_indexes
    assert by_variant
    assert "Seq Scan" not in own_plan
    assert "Seq Scan" not in line_plan
    assert "'Relation Name': 'orders_order'" not in line_plan


def test_named_orders_are_read_by_their_key() -> None:
    fill_table()
    make_order(order_number="10452345678")

    indexes, plan = plan_of_rows(Order.objects.search("10452345678").order_by("-ordered_at", "-id")[:51])

    assert "Seq Scan" not in plan
    assert indexes <= {"orders_order_pkey", "order_newest"}


def test_a_common_name_is_looked_for_from_the_newest_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_IDS", 2)
    for number in range(4):
        make_order(order_number=f"n{number}", customer_first_name="Ayşe")
    make_order(order_number="m", customer_first_name="Mert")

    (word,) = look_up("ayse")

    assert (word.everywhere, word.cut, word.ids) == (True, False, ())
    assert found("ayse") == ["n0", "n1", "n2", "n3"]


def test_a_number_that_begins_very_many_orders_is_cut_to_the_newest_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search, "MOST_IDS", 2)
    orders = [make_order(order_number=f"77{number}") for number in range(4)]

    (word,) = look_up("77")

    assert (word.cut, word.everywhere) == (True, False)
    assert orders[-1].pk in word.ids


def test_the_list_says_that_a_search_was_cut(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_IDS", 1)
    client.force_login(make_user(OFFICE))
    for number in range(3):
        make_order(order_number=f"77{number}")

    response = client.get(reverse("admin:orders_order_changelist"), {"q": "77"})

    assert ["77" in str(message) for message in response.context["messages"]] == [True]
