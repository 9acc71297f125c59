from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from catalog.models import BarcodeAlias, ProductImage, Variant
from orders.pasted import MOST_LINES, read_articles
from tests.factories import make_order, make_product, make_shelf, make_variant, stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def boots() -> Variant:
    variant = make_variant("8680000000017", product=make_product("0172"), size="38", colour="Siyah")
    stock(variant, make_shelf(), 4)
    return variant


def said(text: str) -> list[tuple[str, int, Decimal | None]]:
    return [
        (row.variant.barcode if row.variant and not row.problem else row.problem, row.quantity, row.price)
        for row in read_articles(text).rows
    ]


def problem(text: str) -> str:
    (row,) = read_articles(text).rows
    return row.problem


@pytest.mark.parametrize(
    ("text", "quantity", "price"),
    [
        ("8680000000017", 1, "500.00"),
        ("  8680000000017 2 ", 2, "500.00"),
        ("8680000000017 2 1.234,50", 2, "1234.50"),
        ("8680000000017 3 1.234,50 ₺", 3, "1234.50"),
        ("8680000000017 450,00", 1, "450.00"),
        ("8680000000017\t2\t1.234,50", 2, "1234.50"),
        ("8680000000017\t\t99,9", 1, "99.90"),
        ("8680000000017;2;1234.50 TL", 2, "1234.50"),
        ("8680000000017;", 1, "500.00"),
        ("0172-38 Siyah", 1, "500.00"),
        ("0172-38 SİYAH 2 400", 2, "400.00"),
        ("0172-38 siyah;2;400", 2, "400.00"),
        ("08680000000017 2", 2, "500.00"),
        ("8680000000017 1 0", 1, "0"),
    ],
)
def test_line_is_read_as_it_is_written(boots: Variant, text: str, quantity: int, price: str) -> None:
    assert said(text) == [(boots.barcode, quantity, Decimal(price))]


def test_article_shows_what_is_available_and_its_picture(boots: Variant) -> None:
    ProductImage.objects.create(product=boots.product, colour="Siyah", url="/1.jpg")
    make_order([(boots, 3)])

    (row,) = read_articles("8680000000017 2").rows

    assert (row.available, row.short, row.picture, row.total) == (1, True, "/1.jpg", Decimal("1000.00"))


def test_pairs_an_order_has_already_count_as_available_to_it(boots: Variant) -> None:
    make_order([(boots, 4)])

    (row,) = read_articles("8680000000017 4", own={boots.pk: 4}).rows

    assert (row.available, row.short) == (4, False)


def test_alias_names_the_product(boots: Variant) -> None:
    BarcodeAlias.objects.create(code="ESKI-1", variant=boots)

    assert said("ESKI-1 2") == [(boots.barcode, 2, Decimal("500.00"))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("8680000000017 0", "“0” is no quantity"),
        ("8680000000017 -2", "“-2” is no quantity"),
        ("8680000000017 20001", "“20001” is no quantity"),
        ("8680000000017\t8680000000024", "“8680000000024” is no quantity"),
        ("8680000000017 2 12,345", "“12,345” is no price"),
        ("8680000000017 2 -5", "“-5” is no price"),
        ("8680000000017 2 1e9", "“1e9” is no price"),
        ("8680000000017;1;2;3", "“8680000000017;1;2;3” has more than three columns"),
        ("8680000000099", "8680000000099 is not known"),
        ("8680000000099 2", "8680000000099 is not known"),
        (";2", "— is not known"),
    ],
)
def test_line_that_cannot_be_taken_says_which_value_and_why(boots: Variant, text: str, words: str) -> None:

    with translation.override("en"):
        assert problem(text).partition(":")[0] == words


def test_barcode_and_quantity_are_never_run_together(boots: Variant) -> None:
    """`868000000001 7` is not the barcode 8680000000017."""
    with translation.override("en"):
        assert problem("868000000001 7").partition(":")[0] == "868000000001 is not known"


def test_two_scans_in_one_line_are_refused_with_a_hint(boots: Variant) -> None:
    other = make_variant("8680000000024")

    with translation.override("en"):
        words = problem(f"{boots.barcode}{other.barcode}")

    assert words == "Two scans ran together: nothing was booked, scan each box again on its own."


def test_stock_code_of_two_variants_is_refused_with_their_barcodes(boots: Variant) -> None:
    make_variant("8680000000024", stock_code=boots.stock_code)

    with translation.override("en"):
        words = problem("0172-38 Siyah 2")

    assert words == "“0172-38 Siyah 2” can mean 8680000000017, 8680000000024: write the barcode alone."


def test_article_without_a_price_asks_for_one(boots: Variant) -> None:
    make_variant("8680000000024", sale_price=None, list_price=None)

    with translation.override("en"):
        assert problem("8680000000024 2").partition(":")[0] == "8680000000024 has no sale price"
    assert said("8680000000024 2 10")[0][1:] == (2, Decimal(10))


def test_lines_with_one_article_are_merged_at_the_place_of_the_first(boots: Variant) -> None:
    other = make_variant("8680000000024")

    rows = read_articles("8680000000017\n8680000000024\n8680000000017 2 450,00").rows

    assert [(row.variant, row.quantity, row.price, row.numbers) for row in rows] == [
        (boots, 3, Decimal("450.00"), (1, 3)),
        (other, 1, Decimal("500.00"), (2,)),
    ]


def test_one_article_with_two_prices_is_refused(boots: Variant) -> None:

    with translation.override("en"):
        words = problem("8680000000017 1 450\n8680000000017 1 400")

    assert words == "8680000000017 is given with two prices: write it once, or with the same price."


def test_sums_leave_refused_lines_out(boots: Variant) -> None:
    pasted = read_articles("8680000000017 2\n\nnobody-knows 5")

    assert (pasted.pairs, pasted.total, len(pasted.problems)) == (2, Decimal("1000.00"), 1)


def test_more_lines_than_allowed_are_refused_in_one_row(boots: Variant) -> None:
    rows = read_articles("8680000000017\n" * (MOST_LINES + 5)).rows

    assert [(row.quantity, bool(row.problem)) for row in rows] == [(MOST_LINES, False), (0, True)]


def test_many_known_lines_take_as_many_statements_as_one(
    boots: Variant, django_assert_num_queries: object
) -> None:
    barcodes = [make_variant().barcode for _number in range(30)]
    with CaptureQueriesContext(connection) as one:
        read_articles(barcodes[0])

    with django_assert_num_queries(len(one)):  # type: ignore[operator]
        rows = read_articles("\n".join(barcodes)).rows

    assert [row.variant.barcode for row in rows if row.variant] == barcodes
