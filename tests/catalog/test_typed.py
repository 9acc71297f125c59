"""What is typed for a barcode is read alike in the grid, in the step of prices and in a sheet."""

from __future__ import annotations

from decimal import Decimal

import pytest

from catalog.typed import read_typed, typed_text
from gullu.excel.cells import read_amount
from gullu.excel.errors import CellRefused


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1.234,50", "1234.50"),
        ("1234,5", "1234.5"),
        ("1234.50", "1234.50"),
        ("1.234", "1234"),
        ("1 234,50", "1234.50"),
        ("1\u202f234,50 ₺", "1234.50"),
        ("1.234,50 TL", "1234.50"),
        ("1.234,50 try", "1234.50"),
        ("₺1.234,50", "1234.50"),
        ("12,345", "12.345"),
        ("−5", "-5"),
    ],
)
def test_amount_is_read_alike_everywhere(typed: str, amount: str) -> None:
    assert [read_typed("sale_price", typed), read_amount(typed, heading="x")] == [Decimal(amount)] * 2


@pytest.mark.parametrize("typed", ["12,3,4", "1,234.50", "1e5", "NaN", "çok", "٣", "1.23,4", "₺", "TL"])
def test_what_is_no_amount_is_refused_alike_everywhere(typed: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_typed("cost", typed)
    with pytest.raises(CellRefused):
        read_amount(typed, heading="x")


def test_nothing_typed_is_an_unknown_amount() -> None:
    assert [read_typed(name, " ") for name in ("list_price", "sale_price", "cost")] == [None] * 3


@pytest.mark.parametrize("typed", ["", "1,5", "-1", "yarım", "²", "9" * 5000])
def test_buffer_is_a_whole_number(typed: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_typed("safety_buffer", typed)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (Decimal("1299.9"), "1299,90"), ("USD", "USD"), (3, "3"), (True, "on"), (False, "")],
)
def test_value_is_shown_as_it_is_typed(value: object, text: str) -> None:
    assert typed_text(value) == text
