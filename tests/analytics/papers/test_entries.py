"""Which models and colours a paper has, and what it says about their sizes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test.utils import CaptureQueriesContext

from analytics.papers.entries import Filter, brands, categories, entries_of, find_entries, span_words
from analytics.papers.kinds import Order
from catalog.models import Variant
from tests.analytics.papers.kit import entries, make_goods
from tests.factories import make_order, make_product, make_shelf, make_variant, stock

pytestmark = pytest.mark.django_db


def codes(wanted: Filter, *, with_stock: bool = False) -> list[tuple[str, str]]:
    return [(entry.code, entry.colour) for entry in find_entries(wanted, with_stock=with_stock)]


def test_entry_is_a_model_in_one_colour_with_its_sizes_in_order() -> None:
    product = make_product("0172")
    for colour, size in (("Siyah", "40"), ("Siyah", "36"), ("Siyah", "36,5"), ("Bej", "S")):
        make_variant(product=product, colour=colour, size=size)

    found = find_entries(Filter(), with_stock=False)

    assert [(entry.colour, [size.size for size in entry.sizes]) for entry in found] == [
        ("Bej", ["S"]),
        ("Siyah", ["36", "36,5", "40"]),
    ]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("şık", ["A-1"]),
        ("SIK a-1", ["A-1"]),
        ("siyah", ["B-2"]),
        ("sik siyah", []),
        ("8689999", ["A-1"]),
        ("", ["A-1", "B-2"]),
    ],
)
def test_search_finds_words_of_model_colour_and_barcode(search: str, found: list[str]) -> None:
    first = make_product("A-1", title="Şık Topuklu")
    make_variant("8689999", product=first, colour="Bej")
    make_goods("B-2", title="Babet")

    assert [code for code, _colour in codes(Filter(search=search))] == found


def test_entry_found_by_one_size_keeps_all_its_sizes() -> None:
    product = make_goods("A-1", sizes=["36", "37"])
    barcode = product.variants.get(size="37").barcode

    (entry,) = find_entries(Filter(search=barcode), with_stock=False)

    assert [size.size for size in entry.sizes] == ["36", "37"]


def test_brand_category_and_activity_narrow_the_choice() -> None:
    make_goods("A-1", brand="Güllü", category="Bot")
    make_goods("B-2", brand="Işıl", category="Bot")
    make_goods("C-3", brand="Güllü", category="Babet", active=False)
    Variant.objects.filter(product__code="B-2", size="36").update(active=False)

    assert codes(Filter(brand="Güllü", category="Bot")) == [("A-1", "Siyah")]
    assert codes(Filter()) == [("A-1", "Siyah"), ("B-2", "Siyah")]
    assert [code for code, _colour in codes(Filter(only_active=False))] == ["A-1", "B-2", "C-3"]
    assert [len(entry.sizes) for entry in find_entries(Filter(), with_stock=False)] == [3, 2]
    assert (brands(), categories()) == (["Güllü", "Işıl"], ["Babet", "Bot"])


def test_only_stock_means_that_a_pair_can_be_delivered() -> None:
    shelf = make_shelf()
    make_goods("A-1", sizes=["36"], shelf=shelf, pairs=1)
    reserved = make_goods("B-2", sizes=["36"], shelf=shelf, pairs=1)
    make_goods("C-3")
    make_order([(reserved.variants.get(), 1)])

    assert codes(Filter(only_stock=True)) == [("A-1", "Siyah")]


def test_shortage_of_one_size_takes_nothing_from_another() -> None:
    shelf = make_shelf()
    product = make_goods("A-1", sizes=["36", "37"])
    stock(product.variants.get(size="36"), shelf, 3)
    make_order([(product.variants.get(size="37"), 2)])

    (entry,) = entries(product, with_stock=True)

    assert (entry.offered, [size.stock.available for size in entry.sizes]) == (3, [3, -2])


@pytest.mark.parametrize(
    ("order", "found"),
    [
        (Order.CODE, ["A-1", "B-2", "C-3"]),
        (Order.NEWEST, ["A-1", "C-3", "B-2"]),
        (Order.CATEGORY, ["B-2", "A-1", "C-3"]),
    ],
)
def test_order_keeps_the_colours_of_a_model_together(order: str, found: list[str]) -> None:
    for code, category in (("B-2", "Babet"), ("C-3", "Çizme"), ("A-1", "Bot")):
        product = make_goods(code, category=category)
        make_variant(product=product, colour="Bej", size="36")

    rows = codes(Filter(order=order))

    assert rows == [(code, colour) for code in found for colour in ("Bej", "Siyah")]


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        (["36", "37", "38", "39"], "36–39"),
        (["36", "38", "39"], "36, 38, 39"),
        (["36", "37"], "36, 37"),
        (["36", "36,5", "37"], "36, 36,5, 37"),
        (["S", "M"], "M, S"),
    ],
)
def test_sizes_are_shortened_only_without_gaps(sizes: list[str], words: str) -> None:
    (entry,) = entries(make_goods("A-1", sizes=sizes))

    assert entry.sizes_words == words


def test_price_words_show_the_range_of_sizes() -> None:
    product = make_goods("A-1", sizes=["36", "37"], price="1299.90")
    same = entries(product)[0]
    Variant.objects.filter(product=product, size="37").update(sale_price=Decimal("1199.90"))
    differing = entries(product)[0]
    unknown = entries(make_goods("B-2", price=None))[0]

    assert [span_words(entry.sale_prices) for entry in (same, differing, unknown)] == [
        "1.299,90 ₺",
        "1.199,90 ₺ – 1.299,90 ₺",
        "—",
    ]


def test_entries_are_read_in_constant_statements(django_assert_num_queries) -> None:
    products = [make_goods(f"A-{number}") for number in range(4)]
    keys = [(product.pk, "Siyah") for product in products]

    for wanted in (keys[:1], keys):
        with django_assert_num_queries(2) as found:
            assert len(entries_of(wanted, only_active=True, with_stock=True)) == len(wanted)
        assert isinstance(found, CaptureQueriesContext)
    with django_assert_num_queries(1):
        entries_of(keys, only_active=True, with_stock=False)


def test_entries_that_no_longer_exist_are_left_out() -> None:
    product = make_goods("A-1")

    found = entries_of(
        [(product.pk, "Siyah"), (product.pk, "Mor"), (0, "Siyah")], only_active=True, with_stock=False
    )

    assert [entry.key for entry in found] == [(product.pk, "Siyah")]
