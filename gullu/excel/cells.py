"""What a cell means: texts, codes and amounts as people and exports write them. Pure functions.

A value is what a workbook stores (text, number, date, truth value, None) or the text of a CSV field. `heading` is the
name of the column, for the sentence. Every `read_…` raises a `CellRefused` that names value and heading.
"""

from __future__ import annotations

import math
import re
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any, Final

from gullu.excel.errors import (
    CellEmpty,
    CellRefused,
    NotABarcode,
    NotACode,
    NotAnAmount,
    NotAText,
    NotAWholeNumber,
    TextTooLong,
)
from gullu.forms import parse_amount

# What the columns of the database hold; sums of many rows stay far below numeric(14, 2).
MOST_AMOUNT: Final = Decimal(1_000_000_000)
# From here on a number in a workbook no longer has all its digits.
EXACT_BELOW: Final = 10**15
LONGEST_BARCODE: Final = 40
_SHOWN: Final = 40
_BLANKS: Final = re.compile(r"[\s\u00a0\u2007\u202f\u200b\ufeff]+")
# "1,04523E+10": what a CSV keeps of a number Excel showed shortened. Its last digits are gone.
_SHORTENED: Final = re.compile(r"\d+[.,]?\d*[eE]\+?\d+")


class _Uncomputed:
    """A cell that holds a formula and no result of it."""

    def __str__(self) -> str:
        return "="


UNCOMPUTED: Final = _Uncomputed()


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


def percent_text(share: float) -> str:
    """A number that is formatted as percent, as it is shown: 0.195 → `%19.5`."""
    try:
        return f"%{(stored_number(share) * 100).normalize():f}"
    except ValueError:
        return f"%{share}"


def read_amount(value: Any, *, heading: str) -> Decimal:
    """An amount with its sign, not rounded: `1.234,50 ₺`, `-12,5`, `(12,50)`, 12.5."""
    if is_empty(value):
        raise CellEmpty(heading=heading)
    try:
        amount = stored_number(value) if is_number(value) else parse_amount(clean(value))
    except (ValueError, ArithmeticError) as error:
        raise NotAnAmount(value=shown(value), heading=heading) from error
    if abs(amount) >= MOST_AMOUNT:
        raise NotAnAmount(value=shown(value), heading=heading)
    return amount


def read_whole(value: Any, *, heading: str) -> int:
    """A whole number: 12, 12.0, `12`, `1.234`."""
    try:
        number = read_amount(value, heading=heading)
    except NotAnAmount as error:
        raise NotAWholeNumber(value=shown(value), heading=heading) from error
    if number != number.to_integral_value():
        raise NotAWholeNumber(value=shown(value), heading=heading)
    return int(number)


def read_barcode(value: Any, *, heading: str) -> str:
    """A barcode of at most 40 characters without blanks; numbers lose their `.0`."""
    barcode = read_code(value, heading=heading, refusal=NotABarcode)
    if len(barcode) > LONGEST_BARCODE or " " in barcode:
        raise NotABarcode(value=shown(value), heading=heading)
    return barcode


def read_code(value: Any, *, heading: str, refusal: type[CellRefused] = NotACode) -> str:
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
    if isinstance(value, (bool, date)) or _SHORTENED.fullmatch(text) or text.startswith("#"):
        raise refusal(value=shown(value), heading=heading)
    return re.sub(r"(?<=\d{5})[.,]0+$", "", text)


def read_text(value: Any, *, heading: str, longest: int, lines: bool = False) -> str:
    """A text; a number as a Turkish Excel shows it (`37`, `37,5`). With `lines`, line ends stay."""
    if isinstance(value, (bool, date, time, timedelta)):
        raise NotAText(value=shown(value), heading=heading)
    if is_number(value):
        try:
            text = f"{stored_number(value).normalize():f}".replace(".", ",")
        except ValueError as error:
            raise NotAText(value=shown(value), heading=heading) from error
    else:
        text = unguarded(str(value)) if lines else unguarded(clean(value))
        text = text.replace("\r\n", "\n").strip()
    if len(text) > longest:
        raise TextTooLong(heading=heading, length=len(text), most=longest)
    return text


# --- texts that a spreadsheet would take for a formula --------------------------------------------------------------

# A cell with only one of these is emptied (`gullu.excel.columns`); Excel makes the long ones of a short one.
EMPTY_SIGNS: Final = frozenset({"-", "–", "—"})
_TRIGGERS: Final = r"[=+\-@\t\r\n＝＋－＠]"
# Also behind blanks, and behind apostrophes of their own: taking one off brings back exactly what was there.
_LOOKS_LIKE_FORMULA: Final = re.compile(rf"['\s]*{_TRIGGERS}")
_GUARDED: Final = re.compile(rf"'['\s]*{_TRIGGERS}")


def guarded(text: str) -> str:
    """A text for CSV: with an apostrophe before it where a spreadsheet would compute it."""
    return f"'{text}" if _is_sign(text) or _LOOKS_LIKE_FORMULA.match(text) else text


def kept_in_workbook(text: str) -> str:
    """A text for a workbook, whose cells are marked as text: only what `unguarded` would change needs a guard."""
    return f"'{text}" if _is_sign(text) or _GUARDED.match(text) else text


def unguarded(text: str) -> str:
    """The text behind the apostrophe that `guarded` put there."""
    return text[1:] if text.startswith("'") and (_GUARDED.match(text) or _is_sign(text)) else text


def _is_sign(text: str) -> bool:
    """Whether a text means "empty this", also behind apostrophes of its own."""
    return text.lstrip("'") in EMPTY_SIGNS
