from __future__ import annotations

from typing import Any

import pytest

from catalog.models import BarcodeAlias
from inventory.scanning import ScannedKind, find_shelf, read, typed_quantity
from tests.factories import make_shelf, make_variant

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("text", ["A-B-03", "a=b*03\r", "\tA-B-03", "a_b_03"])
def test_read_knows_a_shelf_as_scanners_send_it(text: str) -> None:
    shelf = make_shelf("A-B-03")

    scanned = read(text)

    assert (scanned.kind, scanned.shelf, scanned.variant, scanned.hint) == (
        ScannedKind.SHELF,
        shelf,
        None,
        "",
    )


def test_read_knows_a_product_by_barcode_and_by_alias() -> None:
    variant = make_variant("8680000000017")
    BarcodeAlias.objects.create(code="ESKI-1", variant=variant)

    found = [(read(text).kind, read(text).variant) for text in ("8680000000017\t", "ESKI-1")]

    assert found == [(ScannedKind.PRODUCT, variant)] * 2


def test_read_takes_no_shelf_by_a_prefix() -> None:
    make_shelf("A-B-03")

    assert find_shelf("A-B-0") is None
    assert read("A-B").kind is ScannedKind.UNKNOWN


def test_read_of_an_unknown_code_keeps_its_text_without_a_hint() -> None:
    scanned = read(" 111222333\r")

    assert (scanned.kind, scanned.text, scanned.hint) == (ScannedKind.UNKNOWN, "111222333", "")


def test_read_of_a_shelf_label_that_does_not_exist_is_no_strange_barcode() -> None:
    scanned = read("z=z=99")

    assert scanned.kind is ScannedKind.UNKNOWN
    assert "Z-Z-99" in scanned.hint


def test_read_refuses_two_scans_glued_together_with_a_hint() -> None:
    make_variant("8680000000017")
    make_variant("8680000000024")

    scanned = read("86800000000178680000000024")

    assert (scanned.kind, scanned.variant, scanned.hint != "") == (ScannedKind.UNKNOWN, None, True)


def test_read_of_nothing_is_unknown() -> None:
    assert (read("").kind, read(" \r\n").text) == (ScannedKind.UNKNOWN, "")


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("12", 12),
        ("0", 0),
        ("9999", 9999),
        ("12345", None),
        ("-1", None),
        ("1,5", None),
        ("", None),
        ("٣", None),
    ],
)
def test_typed_quantity_takes_short_whole_numbers_only(text: str, quantity: int | None) -> None:
    assert typed_quantity(text) == quantity


def test_typed_quantity_leaves_short_codes_alone() -> None:
    BarcodeAlias.objects.create(code="77", variant=make_variant("123"))
    make_shelf("55")

    assert [typed_quantity(text) for text in ("123", "77", "55", "12")] == [None, None, None, 12]


def test_read_uses_two_statements_for_a_product(django_assert_num_queries: Any) -> None:
    make_variant("8680000000017")

    with django_assert_num_queries(2):
        read("8680000000017")
