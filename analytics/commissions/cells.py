"""What a cell of a commission file means: order numbers and names; the rest is in `gullu.excel.cells`. Pure functions.

Every function raises a `CellRefused` that names value and heading.
"""

from __future__ import annotations

import re
from typing import Any, Final

from analytics.commissions.errors import CellEmpty, NotAnOrderNumber
from gullu.excel.cells import (
    EXACT_BELOW,
    MOST_AMOUNT,
    clean,
    is_empty,
    is_number,
    read_amount,
    read_barcode,
    read_code,
    shown,
    stored_number,
)

MOST_NAME: Final = 120


def read_order_number(value: Any, *, heading: str) -> str:
    """`10452345678`, also when it arrives as 10452345678.0; our own numbers (`SP000123`) too."""
    number = read_code(value, heading=heading, refusal=NotAnOrderNumber)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_/-]{2,39}", number) or not re.search(r"\d{2}", number):
        raise NotAnOrderNumber(value=shown(value), heading=heading)
    return number


def read_name(value: Any, *, heading: str) -> str:
    """A name of at most 120 characters, e.g. of a category."""
    text = clean(value)
    if not text:
        raise CellEmpty(heading=heading)
    return "".join(sign for sign in text if sign.isprintable())[:MOST_NAME]


__all__ = [
    "EXACT_BELOW",
    "MOST_AMOUNT",
    "MOST_NAME",
    "clean",
    "is_empty",
    "is_number",
    "read_amount",
    "read_barcode",
    "read_name",
    "read_order_number",
    "shown",
    "stored_number",
]
