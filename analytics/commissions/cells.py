"""What a cell means: amounts, order numbers, barcodes and names. Pure functions.

A value is what a workbook stores (text, number, date, truth value, None) or the text of a CSV field. `heading` is the
name of the column, for the sentence. Every function raises a `CellRefused` that names value and heading.
"""

from __future__ import annotations

import math
import re
from datetime import date
from decimal import Decimal
from typing import Any, Final

from analytics.commissions.errors import CellEmpty, CellRefused, NotABarcode, NotAnAmount, NotAnOrderNumber
from gullu.forms import parse_decimal

# What the columns of the database hold; sums of many rows stay far below numeric(14, 2).
MOST_AMOUNT: Final = Decimal(1_000_000_000)
# From here on a number in a workbook no longer has all its digits.
EXACT_BELOW: Final = 10**15
MOST_NAME: Final = 120
_SHOWN: Final = 40
_CURRENCY: Final = re.compile(r"\s*(₺|tl|try)\s*$", re.IGNORECASE)
_BLANKS: Final = re.compile(r"[\s\u00a0\u2007\u202f\u200b\ufeff]+")


def clean(value: Any) -> str:
    """The value as one line of text, without the odd blanks exports are full of; None is empty."""
    return "" if value is None else _BLANKS.sub(" ", str(value)).strip()


def is_empty(value: Any) -> bool:
    """Nothing there, or only blanks."""
    return value is None or (isinstance(value, str) and not clean(value))


def shown(value: Any) -> str:
    """The value for a sentence: printable and short."""
    text = "".join(sign for sign in clean(value) if sign.isprintable())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def stored_number(value: Any) -> Decimal:
    """A stored number as written (0.1 is 0.1); raises ValueError for NaN and infinity."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(value)
    # Excel computes in binary: 57.449999999999996 is 57.45 to whoever made the sheet.
    return Decimal(f"{value:.15g}") if isinstance(value, float) else Decimal(value)


def read_amount(value: Any, *, heading: str) -> Decimal:
    """An amount with its sign, not rounded: `1.234,50 ₺`, `-12,5`, `(12,50)`, 12.5."""
    if is_empty(value):
        raise CellEmpty(heading=heading)
    try:
        amount = stored_number(value) if is_number(value) else _typed_amount(clean(value))
    except (ValueError, ArithmeticError) as error:
        raise NotAnAmount(value=shown(value), heading=heading) from error
    if abs(amount) >= MOST_AMOUNT:
        raise NotAnAmount(value=shown(value), heading=heading)
    return amount


def _typed_amount(text: str) -> Decimal:
    """Minus also as `−` or as the brackets of accountants, also behind the number."""
    plain = _CURRENCY.sub("", text).replace("−", "-").lstrip("₺").strip()
    if plain.startswith("(") and plain.endswith(")"):
        return -parse_decimal(plain[1:-1], places=2)
    if plain.endswith("-"):
        plain = f"-{plain[:-1]}"
    if not plain.isascii():
        raise ValueError(text)
    return parse_decimal(plain, places=2)


def read_order_number(value: Any, *, heading: str) -> str:
    """`10452345678`, also when it arrives as 10452345678.0; our own numbers (`SP000123`) too."""
    number = _code(value, heading=heading, refusal=NotAnOrderNumber)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_/-]{2,39}", number) or not re.search(r"\d{2}", number):
        raise NotAnOrderNumber(value=shown(value), heading=heading)
    return number


def read_barcode(value: Any, *, heading: str) -> str:
    """A barcode of at most 40 characters without blanks; numbers lose their `.0`."""
    barcode = _code(value, heading=heading, refusal=NotABarcode)
    if len(barcode) > 40 or " " in barcode:
        raise NotABarcode(value=shown(value), heading=heading)
    return barcode


def _code(value: Any, *, heading: str, refusal: type[CellRefused]) -> str:
    """A code that may have become a number on its way; one that lost digits by it is refused."""
    if is_empty(value):
        raise CellEmpty(heading=heading)
    text = clean(value).lstrip("'")
    if is_number(value):
        try:
            number = stored_number(value)
        except ValueError as error:
            raise refusal(value=shown(value), heading=heading) from error
        if number != number.to_integral_value() or not 0 <= number < EXACT_BELOW:
            raise refusal(value=shown(value), heading=heading)
        return str(int(number))
    # "1,04523E+10": what a CSV keeps of a number Excel showed shortened. Its last digits are gone.
    if (
        isinstance(value, (bool, date))
        or re.fullmatch(r"\d+[.,]?\d*[eE]\+?\d+", text)
        or text.startswith("#")
    ):
        raise refusal(value=shown(value), heading=heading)
    return re.sub(r"(?<=\d{5})[.,]0+$", "", text)


def read_name(value: Any, *, heading: str) -> str:
    """A name of at most 120 characters, e.g. of a category."""
    text = clean(value)
    if not text:
        raise CellEmpty(heading=heading)
    return "".join(sign for sign in text if sign.isprintable())[:MOST_NAME]
